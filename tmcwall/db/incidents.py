"""Incidents and their notes. They are written with `operations.change`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.incident import OPEN_STATUSES, Incident, IncidentNote

_incidents = tables.incidents
_notes = tables.incident_notes


def open_incidents(session: Session) -> tuple[Incident, ...]:
    """Newest first."""
    statuses = [status.value for status in OPEN_STATUSES]
    return _read(session, select(_incidents).where(_incidents.c.status.in_(statuses)))


def closed_into_open(session: Session) -> tuple[Incident, ...]:
    """Newest first: what was merged into an open one and is over itself."""
    is_open = _incidents.c.status.in_([status.value for status in OPEN_STATUSES])
    into = _incidents.c.duplicate_of.in_(select(_incidents.c.id).where(is_open))
    return _read(session, select(_incidents).where(into, ~is_open))


def called_between(session: Session, since: datetime, until: datetime, *, limit: int) -> tuple[Incident, ...]:
    """Newest first, whatever became of them; `until` is not included."""
    called = _incidents.c.called_at
    return _read(session, select(_incidents).where(called >= since, called < until).limit(limit))


def get(session: Session, incident_id: str) -> Incident | None:
    found = _read(session, select(_incidents).where(_incidents.c.id == incident_id))
    return found[0] if found else None


def of_case(session: Session, case_id: str) -> tuple[Incident, ...]:
    """Newest first: those that say so themselves; bookmarks tie others to the case."""
    return _read(session, select(_incidents).where(_incidents.c.case_id == case_id))


def notes(session: Session, incident_id: str) -> tuple[IncidentNote, ...]:
    """Oldest first."""
    found = session.execute(
        select(_notes).where(_notes.c.incident_id == incident_id).order_by(_notes.c.written_at, _notes.c.id)
    )
    return tuple(value_from_row(row, IncidentNote, _notes) for row in found.mappings())


def get_note(session: Session, note_id: str) -> IncidentNote | None:
    row = session.execute(select(_notes).where(_notes.c.id == note_id)).mappings().first()
    return None if row is None else value_from_row(row, IncidentNote, _notes)


def _read(session: Session, statement: Select[tuple[object, ...]]) -> tuple[Incident, ...]:
    found = session.execute(statement.order_by(_incidents.c.received_at.desc(), _incidents.c.id.desc()))
    return tuple(value_from_row(row, Incident, _incidents) for row in found.mappings())
