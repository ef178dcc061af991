"""How cameras have been doing: the history of their states, clocks, codecs and readers, of this workstation only.

What lies between the end of one run of the program and the start of the next is unknown, and not down: a sign of life
every minute says when a run ended that could not say so itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlalchemy import RowMapping, Table, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from tmcwall.db import facts, tables
from tmcwall.db.rows import columns_of, value_from_row
from tmcwall.domain.camera import Profile
from tmcwall.domain.history import (
    DAY,
    DOWN,
    MONTH,
    UP,
    CameraHistory,
    CameraState,
    ClockReading,
    CodecChange,
    HealthChange,
    ReaderChange,
    Uptimes,
    uptime,
)
from tmcwall.domain.source import SessionKind

_health = tables.camera_health
_clocks = tables.camera_clocks
_codecs = tables.camera_codecs
_readers = tables.camera_readers
_ALIVE: Final = "health_alive_at"


def add(
    session: Session,
    changes: Sequence[HealthChange],
    clocks: Sequence[ClockReading],
    codecs: Sequence[CodecChange] = (),
    readers: Sequence[ReaderChange] = (),
    *,
    at: datetime,
) -> None:
    """Write down what has changed, and that the program ran at that moment."""
    for table, found in ((_health, changes), (_clocks, clocks), (_codecs, codecs), (_readers, readers)):
        if found:
            session.execute(insert(table), [columns_of(value) for value in found])
    facts.put(session, _ALIVE, at.isoformat())


def end_last_run(session: Session) -> int:
    """What the last run left open ends where it was last known to run; how many cameras that were."""
    alive = known_until(session)
    newest = select(func.max(_health.c.id)).group_by(_health.c.camera_id)
    found = session.execute(
        select(_health).where(_health.c.id.in_(newest), _health.c.state != CameraState.UNKNOWN.value)
    ).mappings()
    ended = []
    for change in [value_from_row(row, HealthChange, _health) for row in found]:
        at = max(change.at, alive or change.at)
        lasted_s = (at - change.at).total_seconds()
        ended.append(
            HealthChange(
                change.camera_id,
                at,
                CameraState.UNKNOWN,
                changes=1,
                up_s=lasted_s if change.state in UP else 0.0,
                known_s=lasted_s if change.state in UP | DOWN else 0.0,
            )
        )
    if ended:
        session.execute(insert(_health), [columns_of(change) for change in ended])
    return len(ended)


def known_until(session: Session) -> datetime | None:
    """The last sign of life of the program."""
    alive = facts.get(session, _ALIVE)
    return datetime.fromisoformat(alive) if isinstance(alive, str) else None


def history(session: Session, camera_id: str, *, since: datetime, until: datetime) -> CameraHistory:
    """For the console, and for the evidence of a clip of that range."""
    changes = _range(session, _health, camera_id, since=since, until=until)
    clocks = _range(session, _clocks, camera_id, since=since, until=until)
    codecs = select(_codecs).where(_codecs.c.camera_id == camera_id, _codecs.c.at >= since, _codecs.c.at <= until)
    readers = select(_readers).where(_readers.c.camera_id == camera_id, _readers.c.at >= since, _readers.c.at <= until)
    return CameraHistory(
        tuple(value_from_row(row, HealthChange, _health) for row in changes),
        tuple(value_from_row(row, ClockReading, _clocks) for row in clocks),
        known_until(session),
        tuple(
            value_from_row(row, CodecChange, _codecs)
            for row in session.execute(codecs.order_by(_codecs.c.id)).mappings()
        ),
        tuple(
            value_from_row(row, ReaderChange, _readers)
            for row in session.execute(readers.order_by(_readers.c.id)).mappings()
        ),
    )


def last_codecs(session: Session) -> Mapping[tuple[str, Profile], str]:
    """With which codec each stream came last, by camera id and profile."""
    newest = select(func.max(_codecs.c.id)).group_by(_codecs.c.camera_id, _codecs.c.profile)
    rows = session.execute(select(_codecs).where(_codecs.c.id.in_(newest))).mappings()
    changes = [value_from_row(row, CodecChange, _codecs) for row in rows]
    return {(change.camera_id, change.profile): change.codec for change in changes}


def last_readers(session: Session) -> Mapping[tuple[str, Profile], SessionKind]:
    """In which way each stream was read last, by camera id and profile."""
    newest = select(func.max(_readers.c.id)).group_by(_readers.c.camera_id, _readers.c.profile)
    rows = session.execute(select(_readers).where(_readers.c.id.in_(newest))).mappings()
    changes = [value_from_row(row, ReaderChange, _readers) for row in rows]
    return {(change.camera_id, change.profile): change.session for change in changes}


def uptimes(session: Session, *, now: datetime) -> Mapping[str, Uptimes]:
    """Of every camera that has a history, by id."""
    alive = known_until(session)
    until = min(now, alive) if alive is not None else now
    clocks = _last_clocks(session)
    before = select(func.max(_health.c.id)).where(_health.c.at < now - MONTH).group_by(_health.c.camera_id)
    rows = session.execute(
        select(_health)
        .where(or_(_health.c.at >= now - MONTH, _health.c.id.in_(before)))
        .order_by(_health.c.camera_id, _health.c.id)
    ).mappings()
    recent = (value_from_row(row, HealthChange, _health) for row in rows)
    found = {}
    for camera_id, group in groupby(recent, key=lambda change: change.camera_id):
        changes = list(group)
        found[camera_id] = Uptimes(
            uptime(changes, since=now - DAY, until=until),
            uptime(changes, since=now - MONTH, until=until),
            clocks.get(camera_id),
        )
    return found


def between(session: Session, *, since: datetime, until: datetime) -> Mapping[str, tuple[HealthChange, ...]]:
    """The changes of every camera in a range, each with the one before it, by id."""
    before = select(func.max(_health.c.id)).where(_health.c.at <= since).group_by(_health.c.camera_id)
    wanted = or_(and_(_health.c.at > since, _health.c.at <= until), _health.c.id.in_(before))
    rows = session.execute(select(_health).where(wanted).order_by(_health.c.camera_id, _health.c.id)).mappings()
    changes = (value_from_row(row, HealthChange, _health) for row in rows)
    return {camera_id: tuple(group) for camera_id, group in groupby(changes, key=lambda change: change.camera_id)}


def expire(session: Session, *, before: datetime) -> int:
    """Drop what is older, but of each camera, or stream, the newest; how many rows."""
    dropped = 0
    for table, of in (
        (_health, ()),
        (_clocks, ()),
        (_codecs, (_codecs.c.profile,)),
        (_readers, (_readers.c.profile,)),
    ):
        newest = select(func.max(table.c.id)).group_by(table.c.camera_id, *of)
        gone = session.execute(
            delete(table).where(table.c.at < before, table.c.id.not_in(newest)).returning(table.c.id)
        )
        dropped += len(gone.all())
    return dropped


def _range(session: Session, table: Table, camera_id: str, *, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """The rows of a camera in a range, and the one before it."""
    before = select(func.max(table.c.id)).where(table.c.camera_id == camera_id, table.c.at <= since)
    asked = select(table).where(table.c.camera_id == camera_id, table.c.at <= until)
    first = session.scalar(before) or 0
    return session.execute(asked.where(table.c.id >= first).order_by(table.c.id)).mappings().all()


def _last_clocks(session: Session) -> Mapping[str, ClockReading]:
    newest = select(func.max(_clocks.c.id)).group_by(_clocks.c.camera_id)
    rows = session.execute(select(_clocks).where(_clocks.c.id.in_(newest))).mappings()
    readings = [value_from_row(row, ClockReading, _clocks) for row in rows]
    return {reading.camera_id: reading for reading in readings}
