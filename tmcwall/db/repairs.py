"""The ledger of repairs of cameras, the same at all workstations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.repair import Repair, check_repair

_table = tables.repairs


def newest(session: Session, *, limit: int) -> tuple[Repair, ...]:
    """Those that are open, the longest down first, then the others, the newest first."""
    is_open = _table.c.done_on.is_(None) & ~_table.c.withdrawn
    waiting = session.execute(select(_table).where(is_open).order_by(_table.c.down_since, _table.c.id).limit(limit))
    over = session.execute(
        select(_table).where(~is_open).order_by(_table.c.opened_at.desc(), _table.c.id.desc()).limit(limit)
    )
    found = [*waiting.mappings(), *over.mappings()][:limit]
    return tuple(value_from_row(row, Repair, _table) for row in found)


def since(session: Session, moment: datetime) -> tuple[Repair, ...]:
    """Those that were open at that moment or later, oldest first."""
    wanted = or_(_table.c.done_on.is_(None), _table.c.done_on >= moment.date()) & ~_table.c.withdrawn
    rows = session.execute(select(_table).where(wanted).order_by(_table.c.opened_at, _table.c.id)).mappings()
    return tuple(value_from_row(row, Repair, _table) for row in rows)


def begin(session: Session, repair: Repair, *, by: Officer, at: datetime) -> Repair:
    """Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID)."""
    demand(by, Action.HANDLE_INCIDENTS)
    checked = check_repair(repair)
    operations.change(session, checked, actor=by.nrp, at=at)
    return checked


def step(session: Session, repair_id: str, change: Callable[[Repair], Repair], *, by: Officer, at: datetime) -> Repair:
    """Raises DomainError(NOT_ALLOWED, NOT_FOUND), and what `change` does."""
    demand(by, Action.HANDLE_INCIDENTS)
    row = session.execute(select(_table).where(_table.c.id == repair_id)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, repair_id)
    changed = change(value_from_row(row, Repair, _table))
    operations.change(session, changed, actor=by.nrp, at=at)
    return changed
