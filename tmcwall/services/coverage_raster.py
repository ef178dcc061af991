"""Counts coverage in squares of a few metres on a local plane: what sectors cover of places, and where a camera lacks.

A plane about the middle of a town is exact to a few tenths of a percent over its size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.coverage import (
    DETECT,
    BlindHit,
    Candidate,
    CoverageRule,
    Place,
    PlaceCoverage,
    Sector,
    sector_of,
)
from tmcwall.domain.geo import EARTH_RADIUS_M

Mask = npt.NDArray[np.bool_]

MOST_SQUARES: Final = 6_000_000
_BLOCK_M: Final = 200.0
"""Side of the squares for each of which one candidate is thought of."""
_HIT_M2: Final = 20_000.0
_RT_M2: Final = 10_000.0
"""What an incident that nobody saw, and an RT without a working camera, count beside square metres uncovered."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres east and north of a south-western corner."""

    corner: Position
    step_m: float
    rows: int
    columns: int

    @classmethod
    def around(cls, places: Sequence[Place], *, step_m: float) -> Plane:
        """Over all places. The step is made wider where there would be too many squares. `places` are not empty."""
        south = min(one.middle.lat - _deg(one.radius_m) for one in places)
        north = max(one.middle.lat + _deg(one.radius_m) for one in places)
        squeeze = math.cos(math.radians((south + north) / 2.0))
        west = min(one.middle.lon - _deg(one.radius_m) / squeeze for one in places)
        east = max(one.middle.lon + _deg(one.radius_m) / squeeze for one in places)
        height, width = _metres(north - south), _metres(east - west) * squeeze
        step = max(step_m, math.sqrt(height * width / MOST_SQUARES))
        return cls(Position(south, west), step, math.ceil(height / step), math.ceil(width / step))

    def metres(self, position: Position) -> tuple[float, float]:
        """East and north of the corner."""
        return (
            _metres(position.lon - self.corner.lon) * self._squeeze,
            _metres(position.lat - self.corner.lat),
        )

    def position(self, east: float, north: float) -> Position:
        return Position(self.corner.lat + _deg(north), self.corner.lon + _deg(east) / self._squeeze)

    def window(self, east: float, north: float, radius_m: float) -> tuple[slice, slice]:
        """The squares within a radius, and their corners."""
        rows = slice(max(0, int((north - radius_m) / self.step_m)), max(0, int((north + radius_m) / self.step_m) + 1))
        columns = slice(max(0, int((east - radius_m) / self.step_m)), max(0, int((east + radius_m) / self.step_m) + 1))
        return rows, columns

    def middles(self, rows: slice, columns: slice) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """East of the columns (one row) and north of the rows (one column), of the middles of squares."""
        east = (np.arange(columns.start, min(columns.stop, self.columns)) + 0.5) * self.step_m
        north = (np.arange(rows.start, min(rows.stop, self.rows)) + 0.5) * self.step_m
        return east[None, :].astype(np.float32), north[:, None].astype(np.float32)

    @property
    def _squeeze(self) -> float:
        return math.cos(math.radians(self.corner.lat + _deg(self.rows * self.step_m) / 2.0))


def covered(plane: Plane, sectors: Iterable[Sector]) -> Mask:
    """The squares whose middle lies in any of the sectors: each once, however many cameras see it."""
    mask = np.zeros((plane.rows, plane.columns), dtype=np.bool_)
    for sector in sectors:
        east, north = plane.metres(sector.position)
        rows, columns = plane.window(east, north, sector.range_m)
        to_east, to_north = plane.middles(rows, columns)
        if not to_east.size or not to_north.size:
            continue
        to_east, to_north = to_east - np.float32(east), to_north - np.float32(north)
        inside = to_east**2 + to_north**2 <= sector.range_m**2
        if sector.fov_deg < 360.0:
            off = np.degrees(np.arctan2(to_east, to_north)) - sector.bearing_deg
            inside &= np.abs((off + 180.0) % 360.0 - 180.0) <= sector.fov_deg / 2.0
        mask[rows, columns] |= inside
    return mask


def places_of_squares(plane: Plane, places: Sequence[Place]) -> npt.NDArray[np.int32]:
    """Of each square the place that it belongs to, by its number in the list; -1: none.

    One with a boundary has what lies in it; of the others, each square belongs to the nearest whose radius reaches it.
    """
    owner = np.full((plane.rows, plane.columns), -1, dtype=np.int32)
    nearest = np.full((plane.rows, plane.columns), np.inf, dtype=np.float32)
    for number, place in enumerate(places):
        east, north = plane.metres(place.middle)
        rows, columns = plane.window(east, north, place.radius_m)
        to_east, to_north = plane.middles(rows, columns)
        if not to_east.size or not to_north.size:
            continue
        if place.boundary:
            inside = _in_boundary(plane, place.boundary, to_east, to_north)
            owner[rows, columns][inside] = number
            nearest[rows, columns][inside] = 0.0
            continue
        apart = (to_east - np.float32(east)) ** 2 + (to_north - np.float32(north)) ** 2
        mine = (apart <= place.radius_m**2) & (apart < nearest[rows, columns])
        owner[rows, columns][mine] = number
        nearest[rows, columns][mine] = apart[mine]
    return owner


def _in_boundary(
    plane: Plane, boundary: Sequence[Position], east: npt.NDArray[np.float32], north: npt.NDArray[np.float32]
) -> Mask:
    corners = [plane.metres(one) for one in boundary]
    inside = np.zeros((north.shape[0], east.shape[1]), dtype=np.bool_)
    before_east, before_north = corners[-1]
    for corner_east, corner_north in corners:
        if corner_north != before_north:
            crosses = (corner_north > north) != (before_north > north)
            at = corner_east + (north - corner_north) / (before_north - corner_north) * (before_east - corner_east)
            inside ^= crosses & (east < at)
        before_east, before_north = corner_east, corner_north
    return inside


@dataclass(frozen=True, slots=True)
class Counted:
    """What the counting of a town gives."""

    step_m: float
    places: Sequence[PlaceCoverage]
    candidates: Sequence[Candidate]


def count(
    places: Sequence[Place],
    cameras: Sequence[Camera],
    working: frozenset[str],
    *,
    rule: CoverageRule,
    hits: Sequence[BlindHit] = (),
    without_live: Sequence[Position] = (),
    step_m: float = 10.0,
    most_candidates: int = 20,
) -> Counted:
    """Of one town. `without_live` are the middles of RT without a working camera. Takes seconds: in a worker."""
    plane = Plane.around(places, step_m=step_m)
    owner = places_of_squares(plane, places)
    square = plane.step_m**2
    sizes = _per_place(owner, np.ones_like(owner, dtype=np.bool_), len(places))
    paper: dict[str, npt.NDArray[np.int64]] = {}
    now: dict[str, npt.NDArray[np.int64]] = {}
    seen = np.zeros_like(owner, dtype=np.bool_)
    for name, px_per_m in rule.classes.items():
        sectors = [found for one in cameras if (found := sector_of(one, px_per_m, rule=rule)) is not None]
        paper[name] = _per_place(owner, covered(plane, sectors), len(places))
        alive = covered(plane, [one for one in sectors if one.camera_id in working])
        now[name] = _per_place(owner, alive, len(places))
        seen |= alive
    every, alive_in, flagged = _standing(plane, owner, cameras, working, rule, len(places))
    hit_at = _numbers_at(plane, owner, [one.position for one in hits], len(places))
    counted = [
        PlaceCoverage(
            place,
            float(sizes[number]) * square,
            {name: float(counts[number]) * square for name, counts in paper.items()},
            {name: float(counts[number]) * square for name, counts in now.items()},
            cameras=int(every[number]),
            working=int(alive_in[number]),
            assumed=int(flagged[number]),
            hits=int(hit_at[number]),
        )
        for number, place in enumerate(places)
    ]
    candidates = _candidates(plane, owner, places, seen, hits, without_live)[:most_candidates]
    return Counted(plane.step_m, counted, candidates)


def _per_place(owner: npt.NDArray[np.int32], mask: Mask, places: int) -> npt.NDArray[np.int64]:
    chosen = owner[mask]
    return np.bincount(chosen[chosen >= 0], minlength=places)


def _numbers_at(
    plane: Plane, owner: npt.NDArray[np.int32], positions: Iterable[Position], places: int
) -> npt.NDArray[np.int64]:
    found = np.zeros(places, dtype=np.int64)
    for position in positions:
        number = _owner_at(plane, owner, position)
        if number >= 0:
            found[number] += 1
    return found


def _owner_at(plane: Plane, owner: npt.NDArray[np.int32], position: Position) -> int:
    east, north = plane.metres(position)
    row, column = math.floor(north / plane.step_m), math.floor(east / plane.step_m)
    return int(owner[row, column]) if 0 <= row < plane.rows and 0 <= column < plane.columns else -1


def _standing(
    plane: Plane,
    owner: npt.NDArray[np.int32],
    cameras: Iterable[Camera],
    working: frozenset[str],
    rule: CoverageRule,
    places: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cameras in each place, those that work, and those of which a view is assumed."""
    there = [one for one in cameras if one.position is not None]
    sectors = {one.id: sector_of(one, rule.classes.get(DETECT, 25.0), rule=rule) for one in there}
    assumed = [one for one in there if (found := sectors[one.id]) is not None and found.assumed]
    groups = (there, [one for one in there if one.id in working], assumed)
    every, alive, flagged = (
        _numbers_at(plane, owner, [one.position for one in group if one.position is not None], places)
        for group in groups
    )
    return every, alive, flagged


def _candidates(
    plane: Plane,
    owner: npt.NDArray[np.int32],
    places: Sequence[Place],
    seen: Mask,
    hits: Sequence[BlindHit],
    without_live: Sequence[Position],
) -> list[Candidate]:
    """The best first: square metres that nothing sees, incidents that nobody saw, RT without a working camera."""
    side = max(1, round(_BLOCK_M / plane.step_m))
    rows, columns = math.ceil(plane.rows / side), math.ceil(plane.columns / side)
    bare = np.zeros((rows * side, columns * side), dtype=np.bool_)
    bare[: plane.rows, : plane.columns] = (owner >= 0) & ~seen
    uncovered = bare.reshape(rows, side, columns, side).sum(axis=(1, 3)) * plane.step_m**2
    marks: dict[tuple[int, int], list[Position]] = {}

    def blocks_of(positions: Iterable[Position]) -> Mapping[tuple[int, int], int]:
        found: dict[tuple[int, int], int] = {}
        for position in positions:
            east, north = plane.metres(position)
            key = (math.floor(north / plane.step_m / side), math.floor(east / plane.step_m / side))
            if 0 <= key[0] < rows and 0 <= key[1] < columns:
                found[key] = found.get(key, 0) + 1
                marks.setdefault(key, []).append(position)
        return found

    hit_blocks, rt_blocks = blocks_of(one.position for one in hits), blocks_of(without_live)
    scores = uncovered.astype(np.float64)
    for key, number in hit_blocks.items():
        scores[key] += number * _HIT_M2
    for key, number in rt_blocks.items():
        scores[key] += number * _RT_M2
    best = np.argsort(-scores, axis=None, kind="stable")[:200]
    made = []
    for flat in best:
        key = (int(flat) // columns, int(flat) % columns)
        if scores[key] <= 0:
            break
        position = _where(plane, key, side, marks.get(key, ()))
        number = _owner_at(plane, owner, position)
        code = places[number].code if number >= 0 else ""
        made.append(
            Candidate(
                position,
                code,
                float(scores[key]),
                float(uncovered[key]),
                hit_blocks.get(key, 0),
                rt_blocks.get(key, 0),
            )
        )
    return made


def _where(plane: Plane, key: tuple[int, int], side: int, marks: Sequence[Position]) -> Position:
    """The middle of what counts there, else of the block."""
    if marks:
        return Position(sum(one.lat for one in marks) / len(marks), sum(one.lon for one in marks) / len(marks))
    return plane.position((key[1] + 0.5) * side * plane.step_m, (key[0] + 0.5) * side * plane.step_m)


def _deg(metres: float) -> float:
    return math.degrees(metres / EARTH_RADIUS_M)


def _metres(degrees: float) -> float:
    return math.radians(degrees) * EARTH_RADIUS_M
