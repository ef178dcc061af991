"""What traffic counters have counted, and the hours that this makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.camera import Position

HOUR: Final = timedelta(hours=1)
PERIODS_MIN: Final = (5, 10, 15, 20, 30, 60)
"""Of a count: what fills an hour without a rest."""
MOST_VEHICLES_PER_HOUR: Final = 20_000
"""More pass no road: whoever says so counts in another unit."""


@dataclass(frozen=True, slots=True)
class CountedPlace:
    """Where a counter is. `id` is its owner's."""

    id: str
    name: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class TrafficCount:
    """Vehicles that passed in `period_min` minutes from `starts_at`; `vc` is volume by capacity, where it is known."""

    place: CountedPlace
    starts_at: datetime
    period_min: int
    vehicles: int
    vc: float | None
    sent_at: datetime
    """Of two counts of one period the one that was sent later holds."""


def hour_of(moment: datetime) -> datetime:
    """When its hour began."""
    return moment.replace(minute=0, second=0, microsecond=0)


def hours(counts: Iterable[TrafficCount]) -> Mapping[datetime, int]:
    """Vehicles of each whole hour that was counted whole, by its beginning, of the counts of one place.

    An hour of which a part is missing is none: it must count neither as zero nor as what its other parts say.
    """
    newest: dict[tuple[datetime, int], TrafficCount] = {}
    for count in counts:
        key = (count.starts_at, count.period_min)
        if key not in newest or newest[key].sent_at <= count.sent_at:
            newest[key] = count
    parts: defaultdict[tuple[datetime, int], list[int]] = defaultdict(list)
    for (starts_at, period_min), count in newest.items():
        parts[hour_of(starts_at), period_min].append(count.vehicles)
    whole: dict[datetime, int] = {}
    for (hour, period_min), counted in sorted(parts.items()):  # of an hour counted twice, the longer periods
        if len(counted) * period_min == 60:
            whole[hour] = sum(counted)
    return whole
