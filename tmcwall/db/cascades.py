"""What happened in the cascades of Kenita alarms. Steps are written with `operations.change` and never altered."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.incident import OPEN_STATUSES
from tmcwall.domain.kenita import CascadeStep

_steps = tables.cascade_steps
_incidents = tables.incidents


def of_open_incidents(session: Session) -> tuple[CascadeStep, ...]:
    """Oldest first."""
    is_open = _incidents.c.status.in_([status.value for status in OPEN_STATUSES])
    of_open = _steps.c.incident_id.in_(select(_incidents.c.id).where(is_open))
    found = session.execute(select(_steps).where(of_open).order_by(_steps.c.at, _steps.c.id))
    return tuple(value_from_row(row, CascadeStep, _steps) for row in found.mappings())


def some(session: Session, step_ids: Collection[str]) -> tuple[CascadeStep, ...]:
    """Those of these that are known."""
    rows = (session.execute(select(_steps).where(_steps.c.id == step_id)).mappings().first() for step_id in step_ids)
    return tuple(value_from_row(row, CascadeStep, _steps) for row in rows if row is not None)
