"""Counts of traffic and positions of units, as the server keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tmcwall.domain.camera import Position
from tmcwall.domain.traffic_count import CountedPlace, TrafficCount
from tmcwall.domain.unit_position import GONE_AFTER, UnitKind, UnitPosition
from tmcwall.server.city_tables import CountRow, UnitPositionRow
from tmcwall.sync.city import MOST_COUNTS, CountsReceipt

_COUNTS_KEPT: Final = timedelta(days=31)
_OVERLAP: Final = timedelta(seconds=10)
"""A transaction may become visible after one that began later."""


def take_counts(session: Session, counts: Sequence[TrafficCount], *, by: str, now: datetime) -> CountsReceipt:
    """Of two counts of one period the one that was sent later holds; in whatever order they come."""
    taken = repeated = older = 0
    for count in counts:
        row = session.get(CountRow, (count.place.id, count.starts_at, count.period_min))
        if row is not None and _count(row) == count:
            repeated += 1
        elif row is not None and count.sent_at <= row.sent_at:
            older += 1
        else:
            session.merge(_row(count, by=by, now=now))
            taken += 1
    return CountsReceipt(taken=taken, repeated=repeated, older=older)


def counts_since(
    session: Session, after: datetime | None, *, now: datetime
) -> tuple[tuple[TrafficCount, ...], datetime, bool]:
    """Counts of the last two days, or that came after a moment; what to ask behind next; and whether more are there.

    The last moments are given again, so that none is missed: counts are the same however often they come.
    """
    wanted = select(CountRow).order_by(CountRow.received_at, CountRow.place, CountRow.starts_at, CountRow.period_min)
    if after is None:
        wanted = wanted.where(CountRow.starts_at > now - timedelta(days=2))
    else:
        wanted = wanted.where(CountRow.received_at > after)
    rows = session.scalars(wanted.limit(MOST_COUNTS + 1)).all()
    if len(rows) > MOST_COUNTS:
        # Rows of one moment stand together: the page ends before a moment that it does not hold whole.
        last = rows[-1].received_at
        whole = [row for row in rows if row.received_at < last]
        return tuple(map(_count, whole)), whole[-1].received_at, True
    return tuple(map(_count, rows)), now - _OVERLAP, False


def take_positions(session: Session, positions: Sequence[UnitPosition]) -> int:
    """How many are newer than what was known."""
    taken = 0
    for one in positions:
        row = session.get(UnitPositionRow, one.unit)
        if row is None or row.at < one.at:
            session.merge(
                UnitPositionRow(
                    unit=one.unit,
                    kind=one.kind.value,
                    lat=one.position.lat,
                    lon=one.position.lon,
                    accuracy_m=one.accuracy_m,
                    at=one.at,
                    source=one.source,
                    note=one.note,
                )
            )
            taken += 1
    return taken


def positions(session: Session, *, now: datetime) -> tuple[UnitPosition, ...]:
    """Of the last shift, by unit."""
    rows = session.scalars(
        select(UnitPositionRow).where(UnitPositionRow.at > now - GONE_AFTER).order_by(UnitPositionRow.unit)
    )
    return tuple(
        UnitPosition(
            row.unit, UnitKind(row.kind), Position(row.lat, row.lon), row.accuracy_m, row.at, row.source, row.note
        )
        for row in rows
    )


def forget_old(session: Session, *, now: datetime) -> None:
    session.execute(delete(CountRow).where(CountRow.starts_at < now - _COUNTS_KEPT))
    session.execute(delete(UnitPositionRow).where(UnitPositionRow.at < now - GONE_AFTER))


def _row(count: TrafficCount, *, by: str, now: datetime) -> CountRow:
    position = count.place.position
    return CountRow(
        place=count.place.id,
        starts_at=count.starts_at,
        period_min=count.period_min,
        name=count.place.name,
        lat=None if position is None else position.lat,
        lon=None if position is None else position.lon,
        vehicles=count.vehicles,
        vc=count.vc,
        sent_at=count.sent_at,
        sent_by=by,
        received_at=now,
    )


def _count(row: CountRow) -> TrafficCount:
    position = None if row.lat is None or row.lon is None else Position(row.lat, row.lon)
    place = CountedPlace(row.place, row.name, position)
    return TrafficCount(place, row.starts_at, row.period_min, row.vehicles, row.vc, row.sent_at)
