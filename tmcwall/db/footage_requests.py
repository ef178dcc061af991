"""Requests for footage to the owners of cameras, the same at all workstations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, null, select
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.footage_request import FootageRequest, RequestAnswer

_table = tables.footage_requests


def get(session: Session, request_id: str) -> FootageRequest | None:
    found = _read(session, _table.c.id == request_id)
    return found[0] if found else None


def newest(session: Session, *, limit: int) -> Sequence[FootageRequest]:
    """Those that wait for an answer by when it is due, then the others, the newest first."""
    waiting = (_table.c.answer == RequestAnswer.OPEN.value) & ~_table.c.withdrawn
    order = (
        ~waiting,
        case((waiting, _table.c.due_on), else_=null()),
        _table.c.asked_on.desc(),
        _table.c.id.desc(),
    )
    rows = session.execute(select(_table).order_by(*order).limit(limit)).mappings()
    return tuple(value_from_row(row, FootageRequest, _table) for row in rows)


def of_case(session: Session, case_id: str) -> Sequence[FootageRequest]:
    """Oldest first, those that were withdrawn among them."""
    return _read(session, _table.c.case_id == case_id)


def covering(session: Session, moment: datetime) -> Sequence[FootageRequest]:
    """Those whose span holds a moment, but for the withdrawn."""
    return _read(session, (_table.c.starts_at <= moment) & (_table.c.ends_at >= moment) & ~_table.c.withdrawn)


def _read(session: Session, condition: ColumnElement[bool]) -> Sequence[FootageRequest]:
    rows = session.execute(select(_table).where(condition).order_by(_table.c.asked_on, _table.c.id)).mappings()
    return tuple(value_from_row(row, FootageRequest, _table) for row in rows)
