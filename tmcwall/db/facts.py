"""Small JSON values that this workstation remembers under a key."""

from __future__ import annotations

from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.domain.operation import Json


def get(session: Session, key: str) -> Json:
    """None if it was never put."""
    # A JSON column holds whatever JSON was put in.
    return cast("Json", session.scalar(select(tables.facts.c.value).where(tables.facts.c.key == key)))


def put(session: Session, key: str, value: Json) -> None:
    statement = insert(tables.facts).values(key=key, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def drop(session: Session, key: str) -> None:
    session.execute(delete(tables.facts).where(tables.facts.c.key == key))
