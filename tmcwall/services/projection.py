"""From a place on the ground to the point of a camera's picture where it is seen, and back.

The ground is taken as a plane: four points or more, set by hand, give the homography between its metres and the
picture (least squares after moving both into their middles, as Hartley has it in "In Defense of the Eight-Point
Algorithm", 1997). Hills, bridges and lenses that bend straight lines make it less exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tmcwall.domain.calibration import LEAST_POINTS, MOST_POINTS, PicturePoint
from tmcwall.domain.camera import Position
from tmcwall.domain.geo import EARTH_RADIUS_M

_Matrix = npt.NDArray[np.float64]

_LEAST_SPREAD: Final = 0.02
"""Of the picture or of the ground's extent: three of four points nearer to a line than this share of it say nothing."""
_LARGEST_ERROR: Final = 0.05
"""Of the picture: five points or more that fit one plane no better than this are set wrong."""
_LARGEST_ELLIPSE: Final = 3.0
"""Of the picture's width; what is larger is no ellipse that helps anybody."""
_AROUND: Final = 24
"""Points of an accuracy circle."""


@dataclass(frozen=True, slots=True)
class PictureSpot:
    """A point of the picture: 0 to 1 from the left and from the top within it, beyond that outside."""

    x: float
    y: float

    @property
    def inside(self) -> bool:
        return 0.0 <= self.x <= 1.0 and 0.0 <= self.y <= 1.0


@dataclass(frozen=True, slots=True)
class GroundProjection:
    """Of one camera. Immutable."""

    origin: Position
    matrix: tuple[tuple[float, float, float], ...]
    """From metres east and north of `origin` to the picture."""
    front: float
    """The sign of the third coordinate before the camera."""

    def spot(self, position: Position) -> PictureSpot | None:
        """None: it lies behind the camera, or on its horizon."""
        return self._seen(*_metres(self.origin, position))

    def outline(self, position: Position, radius_m: float) -> tuple[PictureSpot, ...]:
        """Around the circle of an accuracy; empty: it reaches behind the camera or far beyond the picture."""
        east, north = _metres(self.origin, position)
        found = []
        for step in range(_AROUND):
            turn = 2 * math.pi * step / _AROUND
            spot = self._seen(east + radius_m * math.cos(turn), north + radius_m * math.sin(turn))
            if spot is None or max(abs(spot.x), abs(spot.y)) > _LARGEST_ELLIPSE:
                return ()
            found.append(spot)
        return tuple(found)

    def direction(self, position: Position) -> tuple[float, float]:
        """From the middle of the picture towards a place that is not in it, also one behind the camera: right, down."""
        east, north = _metres(self.origin, position)
        x, y, depth = (row[0] * east + row[1] * north + row[2] for row in self.matrix)
        right, down = self.front * (x - 0.5 * depth), self.front * (y - 0.5 * depth)
        length = math.hypot(right, down)
        return (right / length, down / length) if length else (0.0, 1.0)

    def _seen(self, east: float, north: float) -> PictureSpot | None:
        x, y, depth = (row[0] * east + row[1] * north + row[2] for row in self.matrix)
        if depth * self.front <= 1e-9:
            return None
        return PictureSpot(x / depth, y / depth)


def projection_of(points: Sequence[PicturePoint]) -> GroundProjection | None:
    """None for points that say nothing of the ground: too few, on one line, twice, or as no camera sees them."""
    if not LEAST_POINTS <= len(points) <= MOST_POINTS:
        return None
    origin = points[0].position
    ground = np.array([_metres(origin, one.position) for one in points])
    picture = np.array([(one.x, one.y) for one in points])
    if not (_spread_out(ground) and _spread_out(picture)):
        return None
    homography = _homography(ground, picture)
    if homography is None:
        return None
    depths = ground @ homography[2, :2] + homography[2, 2]
    if not (np.all(depths > 0) or np.all(depths < 0)):
        return None
    seen = (ground @ homography[:2, :2].T + homography[:2, 2]) / depths[:, None]
    if float(np.max(np.linalg.norm(seen - picture, axis=1))) > _LARGEST_ERROR:
        return None
    rows = tuple((float(row[0]), float(row[1]), float(row[2])) for row in homography)
    return GroundProjection(origin, rows, 1.0 if depths[0] > 0 else -1.0)


def _homography(ground: _Matrix, picture: _Matrix) -> _Matrix | None:
    """Of the smallest singular value, scaled to a largest element of 1."""
    from_ground, from_picture = _centred(ground), _centred(picture)
    rows = []
    for (east, north), (x, y) in zip(_moved(ground, from_ground), _moved(picture, from_picture), strict=True):
        rows.append([-east, -north, -1, 0, 0, 0, x * east, x * north, x])
        rows.append([0, 0, 0, -east, -north, -1, y * east, y * north, y])
    _left, sizes, right = np.linalg.svd(np.array(rows, dtype=np.float64))
    if sizes[7] < 1e-6 * sizes[0]:
        return None
    found: _Matrix = np.linalg.inv(from_picture) @ right[-1].reshape(3, 3) @ from_ground
    largest = float(np.max(np.abs(found)))
    return found / largest if math.isfinite(largest) and largest > 0 else None


def _centred(points: _Matrix) -> _Matrix:
    """Moves the points around nought, at 1.4 from it on average."""
    middle = points.mean(axis=0)
    size = math.sqrt(2) / float(np.mean(np.linalg.norm(points - middle, axis=1)))
    return np.array([[size, 0, -size * middle[0]], [0, size, -size * middle[1]], [0, 0, 1]])


def _moved(points: _Matrix, matrix: _Matrix) -> _Matrix:
    return points @ matrix[:2, :2].T + matrix[:2, 2]


def _spread_out(points: _Matrix) -> bool:
    """Whether among the points are four of which no three lie on a line."""
    extent = float(np.max(np.ptp(points, axis=0)))
    if extent <= 0:
        return False
    count = len(points)
    good = [
        (one, two, three)
        for one in range(count) for two in range(one + 1, count) for three in range(two + 1, count)
        if _height(points[one], points[two], points[three]) > _LEAST_SPREAD * extent
    ]  # fmt: skip
    spread = set(good)
    return any(
        {(a, b, c), (a, b, d), (a, c, d), (b, c, d)} <= spread
        for a in range(count) for b in range(a + 1, count) for c in range(b + 1, count) for d in range(c + 1, count)
    )  # fmt: skip


def _height(one: _Matrix, two: _Matrix, three: _Matrix) -> float:
    """Of the triangle over its longest side; 0: they lie on a line."""
    surface = abs(float((two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])))
    longest = max(float(np.linalg.norm(a - b)) for a, b in ((one, two), (two, three), (three, one)))
    return surface / longest if longest > 0 else 0.0


def _metres(origin: Position, position: Position) -> tuple[float, float]:
    """East and north; within what a camera sees the earth is flat."""
    north = math.radians(position.lat - origin.lat) * EARTH_RADIUS_M
    east = math.radians(position.lon - origin.lon) * EARTH_RADIUS_M * math.cos(math.radians(origin.lat))
    return east, north
