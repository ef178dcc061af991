"""Papers of private cameras, the same at all workstations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.camera_dossier import CameraDossier
from tmcwall.domain.officer import Action, Officer, demand

_table = tables.camera_dossiers


def get(session: Session, camera_id: str) -> CameraDossier | None:
    row = session.execute(select(_table).where(_table.c.id == camera_id)).mappings().first()
    return None if row is None else value_from_row(row, CameraDossier, _table)


def of(session: Session, camera_ids: Collection[str]) -> Mapping[str, CameraDossier]:
    """By camera id; those without are left out. As many cameras as one statement may name."""
    found = session.execute(select(_table).where(_table.c.id.in_(camera_ids))).mappings()
    return {row["id"]: value_from_row(row, CameraDossier, _table) for row in found}


def change(
    session: Session, camera_id: str, step: Callable[[CameraDossier], CameraDossier], *, by: Officer, at: datetime
) -> CameraDossier:
    """Raises DomainError(NOT_ALLOWED), and what `step` does."""
    demand(by, Action.CHANGE_STANDING)
    changed = step(get(session, camera_id) or CameraDossier(camera_id))
    operations.change(session, changed, actor=by.nrp, at=at)
    return changed
