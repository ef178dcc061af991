"""Layouts that all workstations have, as they came and went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.shared_layout import SharedLayout

_table = tables.shared_layouts


def all_shared(session: Session) -> tuple[SharedLayout, ...]:
    """By name; those that were taken back are among them."""
    found = session.execute(select(_table).order_by(_table.c.name, _table.c.id))
    return tuple(value_from_row(row, SharedLayout, _table) for row in found.mappings())


def put(session: Session, layout: SharedLayout, *, by: Officer, at: datetime) -> None:
    """For all workstations, with its operation and custody row. Raises DomainError(NOT_ALLOWED, FIELD_INVALID)."""
    demand(by, Action.SHARE_LAYOUTS)
    operations.change(session, layout, actor=by.nrp, at=at)
