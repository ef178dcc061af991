"""Planned outages of cameras, with their times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.outage import PlannedOutage, check_outage

_table = tables.planned_outages


def not_over(session: Session, *, now: datetime) -> tuple[PlannedOutage, ...]:
    """Those under way and those to come, the next first."""
    wanted = select(_table).where(_table.c.ends_at > now, ~_table.c.cancelled)
    found = session.execute(wanted.order_by(_table.c.starts_at, _table.c.id))
    return tuple(value_from_row(row, PlannedOutage, _table) for row in found.mappings())


def plan(session: Session, outage: PlannedOutage, *, by: Officer, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID)."""
    demand(by, Action.CHANGE_STANDING)
    check_outage(outage, now=at)
    operations.change(session, outage, actor=by.nrp, at=at)


def cancel(session: Session, outage_id: str, *, by: Officer, at: datetime) -> None:
    """The cameras are in use again at once. Raises DomainError(NOT_ALLOWED, NOT_FOUND)."""
    demand(by, Action.CHANGE_STANDING)
    row = session.execute(select(_table).where(_table.c.id == outage_id)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, outage_id)
    outage = value_from_row(row, PlannedOutage, _table)
    cancelled = PlannedOutage(
        outage.id, outage.camera_ids, outage.starts_at, outage.ends_at, outage.reason, outage.planned_by, cancelled=True
    )
    operations.change(session, cancelled, actor=by.nrp, at=at)
