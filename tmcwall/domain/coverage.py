"""What cameras can see of a town, on paper and as they work now: sectors by class, areas, and what a report says.

Buildings, trees and slopes are not known: every number is the best case, and the report says so. Classes are those of
IEC 62676-4 by pixels a metre; which there are is a rule, since the edition of 2025 names others than that of 2014.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from tmcwall.domain.camera import Camera, Mount, Position
from tmcwall.domain.geo import EARTH_RADIUS_M, distance_m, view_of

DETECT: Final = "detect"
"""The class of the widest reach: somebody is there."""
CLASSES: Final[Mapping[str, float]] = {DETECT: 25.0, "observe": 62.5, "recognise": 125.0, "identify": 250.0}
"""Pixels a metre of the object."""
_WHOLE_DEG: Final = 360.0
_FLAT_DEG: Final = 120.0
"""Wider than this a lens does not draw a plane any more: its pixels are spread over the arc."""
_SAME_POLE_M: Final = 5.0


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """What is taken for what is not known of cameras."""

    classes: Mapping[str, float] = field(default_factory=lambda: dict(CLASSES))
    """Pixels a metre, by the name of the class."""
    width_px: int = 1920
    """Of a camera's picture: lists of cameras do not say it."""
    unknown_fov_deg: float = 90.0
    """Of a camera whose direction, but not its field of view, is known; and to judge the pixels of one that is
    counted all around.
    """


@dataclass(frozen=True, slots=True)
class Sector:
    """What one camera covers in one class."""

    camera_id: str
    position: Position
    bearing_deg: float
    fov_deg: float
    """360 for one that is counted all around."""
    range_m: float
    assumed: bool = False
    """Its bearing or field of view is not known, or it is turned: counted all around with half its range."""


def reach_m(px_per_m: float, *, fov_deg: float, width_px: int) -> float:
    """How far a picture of that width has at least so many pixels a metre."""
    if fov_deg >= _FLAT_DEG:
        return width_px / (px_per_m * math.radians(fov_deg))
    return width_px / (2.0 * px_per_m * math.tan(math.radians(fov_deg) / 2.0))


def sector_of(camera: Camera, px_per_m: float, *, rule: CoverageRule) -> Sector | None:
    """None for a camera whose position is not known."""
    if camera.position is None:
        return None
    view = view_of(camera)
    if view.bearing_deg is None or not view.fov_deg or camera.mount is Mount.PTZ:
        reach = reach_m(px_per_m, fov_deg=view.fov_deg or rule.unknown_fov_deg, width_px=rule.width_px)
        return Sector(camera.id, camera.position, 0.0, _WHOLE_DEG, min(view.range_m / 2.0, reach), assumed=True)
    reach = reach_m(px_per_m, fov_deg=view.fov_deg, width_px=rule.width_px)
    return Sector(camera.id, camera.position, view.bearing_deg, view.fov_deg, min(view.range_m, reach))


def once_each(cameras: Iterable[Camera]) -> tuple[Camera, ...]:
    """Without what is in a list twice: a turned camera with several entries (its presets) at one pole and one host."""
    kept: list[Camera] = []
    turned: dict[str, list[Camera]] = {}
    for camera in cameras:
        if camera.mount is Mount.PTZ and camera.position is not None:
            host = (urlsplit(camera.url).hostname or camera.url).casefold()
            same = turned.setdefault(host, [])
            if any(
                one.position is not None and distance_m(one.position, camera.position) <= _SAME_POLE_M for one in same
            ):
                continue
            same.append(camera)
        kept.append(camera)
    return tuple(kept)


def outline(sector: Sector, *, step_deg: float = 10.0) -> tuple[Position, ...]:
    """Corners for a map, the first not repeated."""
    whole = sector.fov_deg >= _WHOLE_DEG
    steps = max(2, math.ceil(sector.fov_deg / step_deg))
    first = sector.bearing_deg - sector.fov_deg / 2.0
    arc = [first + sector.fov_deg * number / steps for number in range(steps + (0 if whole else 1))]
    corners = tuple(_beside(sector.position, bearing, sector.range_m) for bearing in arc)
    return corners if whole else (sector.position, *corners)


def _beside(position: Position, bearing_deg: float, metres: float) -> Position:
    north, east = metres * math.cos(math.radians(bearing_deg)), metres * math.sin(math.radians(bearing_deg))
    lat = position.lat + math.degrees(north / EARTH_RADIUS_M)
    lon = position.lon + math.degrees(east / (EARTH_RADIUS_M * math.cos(math.radians(position.lat))))
    return Position(lat, lon)


@dataclass(frozen=True, slots=True)
class Place:
    """An area that is asked about: a boundary, else a point and a radius."""

    code: str
    """`33.72.01.1007`, or `33.72.01.1007/003/008` for an RT."""
    name: str
    middle: Position
    radius_m: float
    boundary: tuple[Position, ...] = ()
    estimated: bool = False
    """Its boundary is not known: what is nearer to its middle than to any other counts as its."""


@dataclass(frozen=True, slots=True)
class BlindHit:
    """An incident that no working camera saw."""

    position: Position
    at: datetime


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """Of one place, in square metres by class."""

    place: Place
    area_m2: float
    on_paper: Mapping[str, float]
    now: Mapping[str, float]
    cameras: int
    """That stand in it and are in use,"""
    working: int
    """of which so many show a picture now,"""
    assumed: int
    """and of so many bearing or field of view is not known."""
    hits: int = 0

    def share(self, name: str, *, now: bool) -> float:
        """0..1 of the place that is covered in a class."""
        covered = (self.now if now else self.on_paper).get(name, 0.0)
        return covered / self.area_m2 if self.area_m2 else 0.0


@dataclass(frozen=True, slots=True)
class RtWithout:
    """An RT in which no camera works (the indicator of Smart RT)."""

    adm4: str
    rw: str
    rt: str
    cameras: int
    """That stand in it and do not work; 0: it has none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A point at which a camera would help most."""

    position: Position
    code: str
    """Of the kelurahan."""
    score: float
    uncovered_m2: float
    hits: int
    without_live: int
    """RT without a working camera whose middle lies there."""


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """All of a town. `step_m` is the side of the squares in which it was counted."""

    town: str
    made_at: datetime
    made_by: str
    rule: CoverageRule
    step_m: float
    places: Sequence[PlaceCoverage]
    without_live: Sequence[RtWithout]
    candidates: Sequence[Candidate]
    sectors: Sequence[Sector]
    """Of the class of the widest reach, on paper."""
    working: frozenset[str]
    without_position: int
    """Cameras that are in no number, for nobody knows where they stand."""


def rts_without_live(
    cameras: Iterable[Camera], working: frozenset[str], known: Iterable[tuple[str, str, str]] = ()
) -> tuple[RtWithout, ...]:
    """By code. `known` are the RT that there are (adm4, RW, RT), those without any camera among them."""
    counts: dict[tuple[str, str, str], list[int]] = {key: [0, 0] for key in known}
    for camera in cameras:
        if camera.adm4 and camera.rw and camera.rt:
            count = counts.setdefault((camera.adm4, camera.rw, camera.rt), [0, 0])
            count[0] += 1
            count[1] += camera.id in working
    return tuple(RtWithout(*key, count[0]) for key, count in sorted(counts.items()) if not count[1])
