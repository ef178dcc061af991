"""Where a city's cameras are: the best ones around a place, those that see it, those in a rectangle of a map."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.geo import EARTH_RADIUS_M, RADII_M, Coverage, nearest, sees, view_of

_CELLS_A_DEGREE: Final = 100
"""A cell is about 1.1 km high, as far as the nearest cameras of a place are looked for."""
_COLUMNS: Final = 360 * _CELLS_A_DEGREE
_SLACK: Final = 1.001
_SLACK_DEG: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Rectangle:
    """WGS84 degrees, edges included. With `west` greater than `east` it lies across the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    def __contains__(self, position: Position) -> bool:
        if not self.south <= position.lat <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= position.lon <= self.east
        return position.lon >= self.west or position.lon <= self.east


@dataclass(frozen=True, slots=True)
class _Cells:
    """Rows and columns of cells, both ends included. Columns go on beyond the 180th meridian."""

    south: int
    west: int
    north: int
    east: int

    def __len__(self) -> int:
        return max(0, self.north - self.south + 1) * self._columns

    def __contains__(self, cell: tuple[int, int]) -> bool:
        row, column = cell
        return self.south <= row <= self.north and (column - self.west) % _COLUMNS < self._columns

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for row in range(self.south, self.north + 1):
            for column in range(self.west, self.west + self._columns):
                yield row, column % _COLUMNS

    @property
    def _columns(self) -> int:
        return min(_COLUMNS, self.east - self.west + 1)


class CameraIndex:
    """A list of cameras by place; one without a position is nowhere. Immutable, so that any thread may ask.

    It answers what a look at every camera would, in the order of the list, but looks only at those in the cells of a
    grid that the question touches.
    """

    def __init__(self, cameras: Iterable[Camera]) -> None:
        self._cells: defaultdict[tuple[int, int], list[tuple[int, Camera]]] = defaultdict(list)
        """With its place in the list."""
        self._farthest_view_m = 0.0
        for place, camera in enumerate(cameras):
            if camera.position is not None:
                cell = _row(camera.position.lat), _column(camera.position.lon) % _COLUMNS
                self._cells[cell].append((place, camera))
                self._farthest_view_m = max(self._farthest_view_m, view_of(camera).range_m)

    def nearest(
        self,
        position: Position,
        *,
        is_working: Callable[[Camera], bool],
        is_hidden: Callable[[Camera], bool] = lambda _camera: False,
        count: int = 4,
    ) -> Coverage:
        """See `geo.nearest`."""
        around = self._in_cells(_cells_around(position, max(RADII_M)))
        return nearest(around, position, is_working=is_working, is_hidden=is_hidden, count=count)

    def that_see(self, position: Position) -> tuple[Camera, ...]:
        """The cameras in whose view a place lies; see `geo.sees`."""
        around = self._in_cells(_cells_around(position, self._farthest_view_m))
        return tuple(camera for camera in around if sees(camera, position))

    def within(self, rectangle: Rectangle) -> tuple[Camera, ...]:
        """The cameras that stand in a part of the map."""
        west, east = _column(rectangle.west), _column(rectangle.east)
        if rectangle.west > rectangle.east:
            east += _COLUMNS
        cells = _Cells(_row(rectangle.south), west, _row(rectangle.north), east)
        found = self._in_cells(cells)
        return tuple(camera for camera in found if camera.position is not None and camera.position in rectangle)

    def _in_cells(self, cells: _Cells) -> list[Camera]:
        """In the order of the list. Of many cells only those with cameras are looked at."""
        if len(cells) > len(self._cells):
            asked = [cell for cell in self._cells if cell in cells]
        else:
            asked = [cell for cell in cells if cell in self._cells]
        found = [placed for cell in asked for placed in self._cells[cell]]
        return [camera for _place, camera in sorted(found, key=lambda placed: placed[0])]


def _row(lat: float) -> int:
    return math.floor(lat * _CELLS_A_DEGREE)


def _column(lon: float) -> int:
    return math.floor(lon * _CELLS_A_DEGREE)


def _cells_around(position: Position, radius_m: float) -> _Cells:
    """The cells that a circle on the sphere touches, and a little more."""
    reach_deg = math.degrees(radius_m / EARTH_RADIUS_M) * _SLACK + _SLACK_DEG
    south, north = _row(position.lat - reach_deg), _row(position.lat + reach_deg)
    if abs(position.lat) + reach_deg >= 90.0:  # a pole lies in the circle, and with it every meridian
        return _Cells(south, 0, north, _COLUMNS)
    # Where the circle touches a meridian (a right-angled triangle with the pole): wider than at its centre's latitude.
    half_deg = math.degrees(
        math.asin(min(1.0, math.sin(math.radians(reach_deg)) / math.cos(math.radians(position.lat))))
    )
    return _Cells(
        south, _column(position.lon - half_deg - _SLACK_DEG), north, _column(position.lon + half_deg + _SLACK_DEG)
    )
