"""About where each kelurahan lies, while its boundary is not known: the part of the map nearest to its middle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.mercator import WorldPoint, world_length, world_of
from tmcwall.domain.region import Kelurahan

_CORNERS: Final = 24
_LEAST_REACH_M: Final = 500.0
_LARGEST_REACH_M: Final = 3000.0
_NEIGHBOURS: Final = 3
"""The reach of a cell at the edge of a town follows the distance to so many of the nearest others."""


@dataclass(frozen=True, slots=True)
class RegionCell:
    """A guess, to be labelled as one: boundaries of kelurahan follow rivers and streets."""

    kelurahan: Kelurahan
    middle: WorldPoint
    ring: tuple[WorldPoint, ...]
    """Convex, without its first corner again at the end."""


def cells_of(regions: Iterable[Kelurahan]) -> tuple[RegionCell, ...]:
    """Voronoi cells of the middles, none reaching much farther than its neighbours are. Without a middle: none.

    534 of them take 36 ms: not for the thread of a screen.
    """
    placed = [(row, row.centre, world_of(row.centre)) for row in regions if row.centre is not None]
    placed.sort(key=lambda entry: entry[2].x)
    cells = []
    for place, (row, centre, middle) in enumerate(placed):
        furthest = world_length(2 * _LARGEST_REACH_M, lat=centre.lat)
        near = _nearest_first(_around(placed, place, furthest), middle)
        usual = near[min(_NEIGHBOURS, len(near)) - 1][0] if near else 0.0
        least, most = (world_length(metres, lat=centre.lat) for metres in (_LEAST_REACH_M, _LARGEST_REACH_M))
        reach = max(least, min(most, usual))
        ring = _circle(middle, reach)
        for distance, other in near:
            if distance > 2 * reach:
                break
            ring = _nearer_half(ring, middle, other)
        cells.append(RegionCell(row, middle, tuple(ring)))
    return tuple(cells)


_Placed = Sequence[tuple[Kelurahan, object, WorldPoint]]


def _around(placed: _Placed, place: int, furthest: float) -> list[WorldPoint]:
    """The other middles that are no farther to the west or the east; `placed` is in order from west to east."""
    x = placed[place][2].x
    found = []
    for other in range(place - 1, -1, -1):
        if x - placed[other][2].x > furthest:
            break
        found.append(placed[other][2])
    for other in range(place + 1, len(placed)):
        if placed[other][2].x - x > furthest:
            break
        found.append(placed[other][2])
    return found


def _nearest_first(points: Iterable[WorldPoint], middle: WorldPoint) -> list[tuple[float, WorldPoint]]:
    """With their distances; one that is at the same place is left out."""
    distances = ((math.hypot(point.x - middle.x, point.y - middle.y), point) for point in points)
    return sorted((pair for pair in distances if pair[0] > 0), key=lambda pair: pair[0])


def _circle(middle: WorldPoint, radius: float) -> list[WorldPoint]:
    turns = (2 * math.pi * corner / _CORNERS for corner in range(_CORNERS))
    return [WorldPoint(middle.x + radius * math.cos(turn), middle.y + radius * math.sin(turn)) for turn in turns]


def _nearer_half(ring: Sequence[WorldPoint], middle: WorldPoint, other: WorldPoint) -> list[WorldPoint]:
    """What of a convex ring is nearer to its middle than to another one (Sutherland and Hodgman)."""
    towards_x, towards_y = other.x - middle.x, other.y - middle.y
    border = (other.x + middle.x) / 2 * towards_x + (other.y + middle.y) / 2 * towards_y
    beyond = [point.x * towards_x + point.y * towards_y - border for point in ring]
    kept: list[WorldPoint] = []
    for corner, point in enumerate(ring):
        before, after = beyond[corner - 1], beyond[corner]
        if (before > 0) != (after > 0):
            share = before / (before - after)
            start = ring[corner - 1]
            kept.append(WorldPoint(start.x + (point.x - start.x) * share, start.y + (point.y - start.y) * share))
        if after <= 0:
            kept.append(point)
    return kept
