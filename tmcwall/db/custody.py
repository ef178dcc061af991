"""The chain of custody of this workstation: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import columns_of, value_from_row
from tmcwall.domain.custody import ChainBreak, CustodyAction, CustodyRow, next_row, verify_chain

_table = tables.custody


def append(
    session: Session, *, actor: str, action: CustodyAction, about: str, at: datetime, reason: str = ""
) -> CustodyRow:
    """Adds the next row. `about` names an object: `bookmark/<id>`, `camera/<id>`."""
    row = next_row(head(session), actor=actor, action=action, about=about, time=at.astimezone(UTC), reason=reason)
    session.execute(insert(_table).values(columns_of(row)))
    return row


def head(session: Session) -> CustodyRow | None:
    """The newest row."""
    row = session.execute(select(_table).order_by(_table.c.seq.desc()).limit(1)).mappings().first()
    return None if row is None else value_from_row(row, CustodyRow, _table)


def about(session: Session, object_name: str) -> tuple[CustodyRow, ...]:
    """Every row about one object, oldest first."""
    found = session.execute(select(_table).where(_table.c.object == object_name).order_by(_table.c.seq))
    return tuple(value_from_row(row, CustodyRow, _table) for row in found.mappings())


def every(session: Session) -> Iterator[CustodyRow]:
    """The whole chain, oldest first, as it is read."""
    for row in session.execute(select(_table).order_by(_table.c.seq)).mappings():
        yield value_from_row(row, CustodyRow, _table)


def verify(session: Session) -> ChainBreak | None:
    """The first break of the chain, or None."""
    return verify_chain(every(session))
