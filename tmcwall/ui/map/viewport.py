"""Which part of the world a map shows, and how large."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tmcwall.domain.camera import Position
from tmcwall.domain.mercator import TILE, WorldPoint, position_of, world_of

LEAST_ZOOM: Final = 4.0
MOST_ZOOM: Final = 19.0
PATH_UNIT: Final = 2.0**24
"""Paths are kept in parts of the world so small that Qt's rounding is none."""
_CLOSEST_FIT: Final = 16.0
_MARGIN: Final = 0.9


@dataclass(frozen=True, slots=True)
class WorldBox:
    """A part of the map, in the units of `WorldPoint`."""

    west: float
    north: float
    east: float
    south: float

    @classmethod
    def around(cls, points: Iterable[WorldPoint]) -> WorldBox | None:
        """The smallest with all of them; None without any."""
        found = list(points)
        if not found:
            return None
        xs, ys = [point.x for point in found], [point.y for point in found]
        return cls(min(xs), min(ys), max(xs), max(ys))

    def contains(self, other: WorldBox) -> bool:
        return (
            self.west <= other.west
            and self.north <= other.north
            and self.east >= other.east
            and self.south >= other.south
        )


@dataclass(frozen=True, slots=True)
class Viewport:
    """Width and height in the screen's logical pixels, as all that is measured on it."""

    centre: WorldPoint
    zoom: float
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels that the whole world would be wide."""
        return TILE * math.exp2(self.zoom)

    @property
    def left(self) -> float:
        """Pixels from the world's west edge to the view's."""
        return self.centre.x * self.scale - self.width / 2

    @property
    def top(self) -> float:
        return self.centre.y * self.scale - self.height / 2

    @property
    def box(self) -> WorldBox:
        scale = self.scale
        left, top = self.left / scale, self.top / scale
        return WorldBox(left, top, left + self.width / scale, top + self.height / scale)

    def to_screen(self, point: WorldPoint) -> tuple[float, float]:
        scale = self.scale
        return point.x * scale - self.left, point.y * scale - self.top

    def to_world(self, x: float, y: float) -> WorldPoint:
        scale = self.scale
        return WorldPoint((self.left + x) / scale, (self.top + y) / scale)

    def position_at(self, x: float, y: float) -> Position:
        return position_of(self.to_world(x, y))

    def sized(self, width: int, height: int) -> Viewport:
        return replace(self, width=max(1, width), height=max(1, height))

    def panned(self, dx: float, dy: float) -> Viewport:
        """As if the paper were drawn by so many pixels."""
        centre = WorldPoint(self.centre.x - dx / self.scale, self.centre.y - dy / self.scale)
        return replace(self, centre=_on_the_map(centre))

    def zoomed(self, steps: float, *, x: float, y: float) -> Viewport:
        """Larger or smaller, with what is at that pixel staying there."""
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, self.zoom + steps))
        fixed = self.to_world(x, y)
        scale = TILE * 2.0**zoom
        centre = WorldPoint(fixed.x + (self.width / 2 - x) / scale, fixed.y + (self.height / 2 - y) / scale)
        return replace(self, zoom=zoom, centre=_on_the_map(centre))

    def at(self, position: Position, *, zoom: float | None = None) -> Viewport:
        """The same view with that place in its middle; closer if it shows more than at `zoom`."""
        nearer = self.zoom if zoom is None else max(zoom, self.zoom)
        return replace(self, zoom=min(MOST_ZOOM, nearer), centre=_on_the_map(world_of(position)))

    def fitting(self, box: WorldBox) -> Viewport:
        """All of a part of the world, and not much more."""
        wide, high = max(box.east - box.west, 1e-12), max(box.south - box.north, 1e-12)
        scale = _MARGIN * min(self.width / wide, self.height / high)
        zoom = max(LEAST_ZOOM, min(_CLOSEST_FIT, math.log2(scale / TILE)))
        middle = WorldPoint((box.west + box.east) / 2, (box.north + box.south) / 2)
        return replace(self, zoom=zoom, centre=_on_the_map(middle))

    def grown(self, pixels: int) -> Viewport:
        """With so much more at each side."""
        return replace(self, width=self.width + 2 * pixels, height=self.height + 2 * pixels)


def _on_the_map(point: WorldPoint) -> WorldPoint:
    return WorldPoint(max(0.0, min(1.0, point.x)), max(0.0, min(1.0, point.y)))
