"""The rows of operations, this workstation's own and those of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import columns_of
from tmcwall.domain.operation import FIRST_HASH, Entity, Operation

_table = tables.operations


def is_pending() -> ColumnElement[bool]:
    return and_(_table.c.own, _table.c.acknowledged.is_(False))


def last(session: Session, identity: str) -> tuple[int, str]:
    """Number and hash of a device's newest operation."""
    row = session.execute(
        select(_table.c.number, _table.c.hash)
        .where(_table.c.device == identity)
        .order_by(_table.c.number.desc())
        .limit(1)
    ).first()
    return (0, FIRST_HASH) if row is None else (row.number, row.hash)


def keep(session: Session, operation: Operation, *, own: bool) -> None:
    keep_all(session, [operation], own=own)


def keep_all(session: Session, operations: Sequence[Operation], *, own: bool) -> None:
    """In this order."""
    rows = [columns_of(one) | {"hash": one.hash, "own": own, "acknowledged": not own} for one in operations]
    if rows:
        session.execute(insert(_table), rows)


def put_again(session: Session, operation: Operation) -> None:
    """In the place of the one with its id, which has never left this workstation."""
    changed = columns_of(operation) | {"hash": operation.hash}
    session.execute(update(_table).where(_table.c.id == str(operation.id)).values(changed))


def read(session: Session, condition: ColumnElement[bool], *, limit: int | None = None) -> tuple[Operation, ...]:
    statement = select(_table).where(condition).order_by(_table.c.position).limit(limit)
    return tuple(operation_of(row) for row in session.execute(statement).mappings())


def operation_of(row: RowMapping) -> Operation:
    return Operation(
        id=UUID(row[_table.c.id]),
        device=row[_table.c.device],
        number=row[_table.c.number],
        actor=row[_table.c.actor],
        made_at=cast("datetime", row[_table.c.made_at]),  # what `Moment` gives
        entity=Entity(row[_table.c.entity]),
        entity_id=row[_table.c.entity_id],
        base_revision=row[_table.c.base_revision],
        fields=row[_table.c.fields],
        schema_version=row[_table.c.schema_version],
        previous_hash=row[_table.c.previous_hash],
        signature=row[_table.c.signature],
    )
