"""Which incidents bring cameras up by themselves, and which camera comes onto which reserved tile.

Reserved tiles are shared out by priority: the nearest camera of each incident comes before the second camera of any.
What is up stays where it is until its incident is over or a more severe one needs the tile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.geo import distance_m
from tmcwall.domain.incident import (
    OPEN_STATUSES,
    Certainty,
    Drill,
    Incident,
    IncidentType,
    Severity,
    Source,
)

CAMERAS_OF_ONE: Final = 4
REPEAT_WITHIN_M: Final = 150.0
REPEAT_WITHIN: Final = timedelta(minutes=10)
BEFORE_THE_CALL: Final = timedelta(seconds=60)
"""Where a recording begins to be shown."""
_BY_SEVERITY: Final = {severity: rank for rank, severity in enumerate(Severity)}
_DISMISSED: Final = frozenset({Certainty.PRANK, Certainty.DUPLICATE})

Cell = tuple[str, int]
"""A wall and the number of a tile on it."""
Wanted = tuple[str, str]
"""An incident and a camera, by their ids."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An incident whose cameras come up."""

    incident: Incident
    cameras: tuple[str, ...]
    """Ids, the best first."""
    radius_m: float
    repeats: int = 0
    """Reports of the same that came after it: counted, and given no tiles of their own."""

    @property
    def urgency(self) -> tuple[int, bool, datetime, str]:
        """To sort by: the most severe first, real ones before exercises, of equals the one that came first."""
        one = self.incident
        return -_BY_SEVERITY[one.severity], one.drill is not Drill.ACTUAL, one.received_at, one.id


def comes_up(incident: Incident, *, least: Severity | None) -> bool:
    """By its severity; `least` None: none does. What Kenita sends and is no crime never does."""
    if least is None or incident.status not in OPEN_STATUSES or incident.certainty in _DISMISSED:
        return False
    if incident.source is Source.KENITA and incident.type is not IncidentType.CRIME:
        return False
    return _BY_SEVERITY[incident.severity] >= _BY_SEVERITY[least]


def is_repeat(later: Incident, earlier: Incident) -> bool:
    """Whether two reports with a position are of the same: type, place within 150 m and time within ten minutes."""
    here, there = later.place.position, earlier.place.position
    return (
        here is not None
        and there is not None
        and later.type is earlier.type
        and (later.drill is Drill.ACTUAL) == (earlier.drill is Drill.ACTUAL)
        and abs(later.called_at - earlier.called_at) <= REPEAT_WITHIN
        and distance_m(here, there) <= REPEAT_WITHIN_M
    )


def share_out(raised: Sequence[Raised], cells: Sequence[Cell], *, held: Mapping[Cell, Wanted]) -> Mapping[Cell, Wanted]:
    """Which camera of which incident each of these cells shows; one that already stands somewhere keeps its cell."""
    by_urgency = sorted(raised, key=lambda one: one.urgency)
    rounds = max((len(one.cameras) for one in by_urgency), default=0)
    wanted: list[Wanted] = []
    seen: set[str] = set()
    for place in range(min(rounds, CAMERAS_OF_ONE)):
        for one in by_urgency:
            if place < len(one.cameras) and one.cameras[place] not in seen:
                seen.add(one.cameras[place])
                wanted.append((one.incident.id, one.cameras[place]))
    wanted = wanted[: len(cells)]
    kept = {cell: held[cell] for cell in cells if cell in held and held[cell] in wanted}
    left = [one for one in wanted if one not in kept.values()]
    free = [cell for cell in cells if cell not in kept]
    return {**kept, **dict(zip(free, left, strict=False))}
