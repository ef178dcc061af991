"""What was last known of the city besides incidents, so that it is there when the server is not.

Values come from the server or from a file, are replaced by newer ones and go when they are over: no operations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.domain.area_warning import AreaWarning
from tmcwall.domain.traffic_count import TrafficCount
from tmcwall.domain.unit_position import GONE_AFTER, UnitPosition

_table = tables.city_readings
_COUNTS_SHOWN: Final = timedelta(days=7)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class CityReadings:
    """All that is known."""

    warnings: tuple[AreaWarning, ...] = ()
    units: tuple[UnitPosition, ...] = ()
    counts: tuple[TrafficCount, ...] = ()


def put_counts(session: Session, counts: Iterable[TrafficCount]) -> int:
    """How many are new, or newer than what was known of their period."""
    known = {_key(count): count for count in _all(session, "count", TrafficCount)}
    taken = 0
    for count in counts:
        before = known.get(_key(count))
        if before is None or before.sent_at < count.sent_at:
            _put(session, "count", _key(count), until=count.starts_at + _COUNTS_SHOWN, value=count)
            known[_key(count)] = count
            taken += 1
    return taken


def replace_present(session: Session, *, warnings: Iterable[AreaWarning], units: Iterable[UnitPosition]) -> None:
    """What the server says holds now; what it does not say any more is over."""
    session.execute(delete(_table).where(_table.c.kind.in_(("warning", "unit"))))
    for warning in warnings:
        _put(session, "warning", f"{warning.sender} {warning.id}", until=warning.expires_at, value=warning)
    for unit in units:
        _put(session, "unit", unit.unit, until=unit.at + GONE_AFTER, value=unit)


def read(session: Session, *, now: datetime) -> CityReadings:
    """What is not over."""
    return CityReadings(
        _all(session, "warning", AreaWarning, now=now),
        _all(session, "unit", UnitPosition, now=now),
        _all(session, "count", TrafficCount, now=now),
    )


def forget_old(session: Session, *, now: datetime) -> None:
    session.execute(delete(_table).where(_table.c.until <= now))


def _key(count: TrafficCount) -> str:
    return f"{count.place.id} {count.starts_at.isoformat()} {count.period_min}"


def _put(session: Session, kind: str, key: str, *, until: datetime, value: object) -> None:
    row = {"kind": kind, "key": key, "until": until, "value": msgspec.to_builtins(value)}
    statement = insert(_table).values(row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "key"], set_={"until": until, "value": row["value"]}
        )
    )  # fmt: skip


def _all(session: Session, kind: str, shape: type[V], *, now: datetime | None = None) -> tuple[V, ...]:
    wanted = select(_table.c.value).where(_table.c.kind == kind).order_by(_table.c.key)
    if now is not None:
        wanted = wanted.where(_table.c.until > now)
    return tuple(msgspec.convert(value, shape) for value in session.scalars(wanted))
