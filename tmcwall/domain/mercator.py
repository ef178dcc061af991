"""The projection of the map: Web Mercator, as tiles of the whole world have it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.camera import Position
from tmcwall.domain.geo import EARTH_RADIUS_M

TILE: Final = 256
"""Pixels of a tile's side; at zoom z the world is 2^z tiles wide."""
LARGEST_LAT: Final = 85.05112877980659
"""Degrees: where the projected world is a square. What lies beyond is drawn at its edge."""


@dataclass(frozen=True, slots=True)
class WorldPoint:
    """From west to east and from north to south, each 0 to 1."""

    x: float
    y: float


def world_of(position: Position) -> WorldPoint:
    lat = math.radians(max(-LARGEST_LAT, min(LARGEST_LAT, position.lat)))
    return WorldPoint(position.lon / 360 + 0.5, 0.5 - math.asinh(math.tan(lat)) / (2 * math.pi))


def position_of(point: WorldPoint) -> Position:
    """On the map's edge for a point outside it."""
    x, y = min(1.0, max(0.0, point.x)), min(1.0, max(0.0, point.y))
    lat = math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))
    return Position(max(-90.0, min(90.0, lat)), (x - 0.5) * 360)


def world_length(metres: float, *, lat: float) -> float:
    """How long so many metres are on the map at that latitude, in parts of the world's width."""
    return metres / (2 * math.pi * EARTH_RADIUS_M * math.cos(math.radians(max(-LARGEST_LAT, min(LARGEST_LAT, lat)))))


def metres_per_pixel(zoom: float, *, lat: float) -> float:
    return 1 / (world_length(1.0, lat=lat) * TILE * 2**zoom)
