"""Neighbourhoods: the RT and RW of a kelurahan with where they lie, as lists give it.

No boundaries of RT are published for these towns, and they have no Kemendagri code: an RT is known by its kelurahan's
code with its RW's and its own number. All RT of one RW are one synchronised value, so that a city of 12,000 RT is some
2,000 of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from tmcwall.domain.camera import Position
from tmcwall.domain.geo import distance_m
from tmcwall.domain.shape import Between, Id, Longest, Matching

USUAL_RT_RADIUS_M: Final = 75.0
"""Fewer than fifty households."""
USUAL_RW_RADIUS_M: Final = 250.0
LARGEST_RADIUS_M: Final = 5_000.0
MOST_CORNERS: Final = 100
MOST_RT: Final = 99
"""Of one RW."""

Number = Annotated[str, Matching("[0-9]{3}")]
Population = Annotated[int, Between(0, 1_000_000)]


@dataclass(frozen=True, slots=True)
class Area:
    """About the middle of a neighbourhood and how far it reaches, and its boundary where somebody has drawn one."""

    middle: Position
    radius_m: Annotated[float, Between(1, LARGEST_RADIUS_M)]
    boundary: tuple[Position, ...] = ()
    """Corners, the first not repeated at the end."""

    def __contains__(self, position: Position) -> bool:
        if len(self.boundary) < 3:
            return distance_m(self.middle, position) <= self.radius_m
        inside, before = False, self.boundary[-1]
        for corner in self.boundary:
            if (corner.lat > position.lat) != (before.lat > position.lat):
                share = (position.lat - corner.lat) / (before.lat - corner.lat)
                inside ^= position.lon < corner.lon + share * (before.lon - corner.lon)
            before = corner
        return inside


def area_within(boundary: Sequence[Position]) -> Area:
    """Its middle is that of its surface; its radius reaches the farthest corner. Three corners or more."""
    first, surface, lat, lon = boundary[0], 0.0, 0.0, 0.0
    for one, next_one in zip(boundary, (*boundary[1:], first), strict=True):
        part = (one.lon - first.lon) * (next_one.lat - first.lat) - (next_one.lon - first.lon) * (one.lat - first.lat)
        surface += part
        lat += part * (one.lat + next_one.lat - 2 * first.lat)
        lon += part * (one.lon + next_one.lon - 2 * first.lon)
    if abs(surface) < 1e-15:
        count = len(boundary)
        middle = Position(sum(one.lat for one in boundary) / count, sum(one.lon for one in boundary) / count)
    else:
        middle = Position(first.lat + lat / (3 * surface), first.lon + lon / (3 * surface))
    farthest = max(distance_m(middle, corner) for corner in boundary)
    return Area(middle, min(LARGEST_RADIUS_M, max(1.0, farthest)), tuple(boundary))


@dataclass(frozen=True, slots=True)
class Rt:
    """One RT of an RW."""

    rt: Number
    area: Area
    population: Population | None = None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """An RW with the RT of it that are known, by number."""

    id: Id
    """`33.74.13.1003/004`: see `neighbourhood_id`."""
    adm4: Annotated[str, Longest(32)]
    rw: Number
    area: Area | None = None
    """Of the whole RW; None: known by its RT only."""
    rts: tuple[Rt, ...] = ()
    population: Population | None = None

    def rt(self, number: str) -> Rt | None:
        return next((one for one in self.rts if one.rt == number), None)

    def reach(self) -> Area | None:
        """Of the whole RW: as drawn, else a circle around its RT."""
        if self.area is not None or not self.rts:
            return self.area
        count = len(self.rts)
        middle = Position(
            sum(one.area.middle.lat for one in self.rts) / count, sum(one.area.middle.lon for one in self.rts) / count
        )
        farthest = max(distance_m(middle, one.area.middle) + one.area.radius_m for one in self.rts)
        return Area(middle, min(LARGEST_RADIUS_M, farthest))


def neighbourhood_id(adm4: str, rw: str) -> str:
    return f"{adm4}/{rw}"


def with_listed(known: Neighbourhood | None, listed: Neighbourhood) -> Neighbourhood:
    """What a list says of an RW, over what is known of it: an RT that is not in the list stays."""
    if known is None:
        return listed
    rts = {one.rt: one for one in (*known.rts, *listed.rts)}
    return replace(
        listed,
        area=listed.area or known.area,
        population=known.population if listed.population is None else listed.population,
        rts=tuple(rts[number] for number in sorted(rts)),
    )


class Neighbourhoods:
    """All RW that are known, by kelurahan and number."""

    def __init__(self, known: Iterable[Neighbourhood] = ()) -> None:
        self._by_id = {one.id: one for one in known}

    def __len__(self) -> int:
        return len(self._by_id)

    def all(self) -> Sequence[Neighbourhood]:
        """By code and number."""
        return [self._by_id[key] for key in sorted(self._by_id)]

    def get(self, adm4: str, rw: str) -> Neighbourhood | None:
        return self._by_id.get(neighbourhood_id(adm4, rw))

    def area_of(self, adm4: str, rw: str, rt: str | None) -> Area | None:
        """Of an RT, or of a whole RW where `rt` is None; None: not known."""
        found = self.get(adm4, rw)
        if found is None:
            return None
        if rt is None:
            return found.reach()
        one = found.rt(rt)
        return None if one is None else one.area

    def position_of(self, adm4: str, rw: str, rt: str | None) -> Position | None:
        """The middle of an RT, else of its RW; None: neither is known."""
        area = (self.area_of(adm4, rw, rt) if rt else None) or self.area_of(adm4, rw, None)
        return None if area is None else area.middle
