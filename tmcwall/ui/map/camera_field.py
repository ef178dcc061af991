"""All cameras of a city as arrays, so that ten thousand of them are sorted into what a view shows within a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tmcwall.domain.camera import Camera
from tmcwall.domain.health import TileState
from tmcwall.domain.mercator import WorldPoint, world_of
from tmcwall.ui.map.viewport import Viewport

BEARINGS: Final = 36
"""Bearings that a symbol is drawn at; after them the symbol without bearing."""
CLUSTER: Final = 64
"""Pixels of a square whose cameras are drawn as one."""
SINGLE_ZOOM: Final = 16.75
"""From here on every camera is drawn by itself."""
_SMALLEST_CLUSTER: Final = 2
_SLACK: Final = 24
"""Pixels outside the view that a symbol may still reach into it from."""

STATES: Final = tuple(TileState)
_CODES: Final = {state: code for code, state in enumerate(STATES)}
_UNTROUBLED: Final = frozenset({
    TileState.LIVE, TileState.REDUCED, TileState.OFF, TileState.PAUSED, TileState.CONNECTING, TileState.BUILDING,
})  # fmt: skip
_IS_DEAD: Final = np.array([state not in _UNTROUBLED for state in STATES])
_IS_LIVE: Final = np.array([state in {TileState.LIVE, TileState.REDUCED} for state in STATES])

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cameras that stand too near to each other to be told apart at this zoom."""

    middle: WorldPoint
    total: int
    live: int
    dead: int
    """In trouble: neither live nor merely unknown because nobody looks at them."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a zoom shows of the whole field: cameras by place in the field, and clusters."""

    singles: Integers
    clusters: tuple[Cluster, ...]
    cluster_x: Floats
    cluster_y: Floats


class CameraField:
    """Cameras with a position, in the order they were given. States are put in; where they stand never changes."""

    def __init__(self, cameras: Iterable[Camera], *, state: Callable[[str], TileState]) -> None:
        self.cameras: Sequence[Camera] = [camera for camera in cameras if camera.position is not None]
        points = [world_of(camera.position) for camera in self.cameras if camera.position is not None]
        self.x: Floats = np.array([point.x for point in points])
        self.y: Floats = np.array([point.y for point in points])
        self.bearing: Integers = np.array([_bearing(camera) for camera in self.cameras], dtype=np.int64)
        self.state: Integers = np.array([_CODES[state(camera.id)] for camera in self.cameras], dtype=np.int64)
        self._places = {camera.id: place for place, camera in enumerate(self.cameras)}
        self._sorted: tuple[float, Sorted] | None = None

    def __len__(self) -> int:
        return len(self.cameras)

    def put(self, states: Mapping[str, TileState]) -> bool:
        """Whether one of them is on the map and has changed."""
        changed = False
        for camera_id, state in states.items():
            place = self._places.get(camera_id)
            if place is not None and self.state[place] != _CODES[state]:
                self.state[place] = _CODES[state]
                changed = True
        if changed:
            self._sorted = None
        return changed

    def place_of(self, camera_id: str) -> int | None:
        return self._places.get(camera_id)

    def state_of(self, place: int) -> TileState:
        return STATES[int(self.state[place])]

    def sort(self, zoom: float) -> Sorted:
        """Kept until the zoom or a state changes: moving the map costs nothing."""
        if self._sorted is None or self._sorted[0] != zoom:
            self._sorted = zoom, self._sort(zoom)
        return self._sorted[1]

    def in_view(self, viewport: Viewport) -> Integers:
        """Those drawn by themselves, by place in the field."""
        singles = self.sort(viewport.zoom).singles
        return singles[_inside(self.x[singles], self.y[singles], viewport, slack=_SLACK)]

    def clusters_in_view(self, viewport: Viewport) -> Sequence[Cluster]:
        found = self.sort(viewport.zoom)
        inside = _inside(found.cluster_x, found.cluster_y, viewport, slack=_SLACK)
        return [found.clusters[place] for place in np.flatnonzero(inside)]

    def within(self, viewport: Viewport, *, left: float, top: float, right: float, bottom: float) -> Sequence[Camera]:
        """Every camera that stands in a rectangle of the screen, those in clusters among them; from left to right."""
        x, y = self.x * viewport.scale - viewport.left, self.y * viewport.scale - viewport.top
        inside = np.flatnonzero((x >= left) & (x <= right) & (y >= top) & (y <= bottom))
        return [self.cameras[place] for place in inside[np.argsort(x[inside], kind="stable")]]

    def _sort(self, zoom: float) -> Sorted:
        everything = np.arange(len(self.cameras))
        none: Floats = np.zeros(0)
        if zoom >= SINGLE_ZOOM or not len(everything):
            return Sorted(everything, (), none, none)
        cells_a_side = Viewport(WorldPoint(0, 0), zoom, 1, 1).scale / CLUSTER
        columns, rows = (self.x * cells_a_side).astype(np.int64), (self.y * cells_a_side).astype(np.int64)
        _cells, cell_of, counts = np.unique(rows << 32 | columns, return_inverse=True, return_counts=True)
        dead = np.bincount(cell_of, weights=_IS_DEAD[self.state])
        live = np.bincount(cell_of, weights=_IS_LIVE[self.state])
        x, y = np.bincount(cell_of, weights=self.x) / counts, np.bincount(cell_of, weights=self.y) / counts
        crowded = counts >= _SMALLEST_CLUSTER
        facts = zip(x[crowded], y[crowded], counts[crowded], live[crowded], dead[crowded], strict=True)
        clusters = tuple(
            Cluster(WorldPoint(float(east), float(south)), int(total), int(lit), int(dark))
            for east, south, total, lit, dark in facts
        )
        return Sorted(np.flatnonzero(~crowded[cell_of]), clusters, x[crowded], y[crowded])


def _inside(x: Floats, y: Floats, viewport: Viewport, *, slack: int) -> npt.NDArray[np.bool_]:
    box = viewport.grown(slack).box
    return (x >= box.west) & (x <= box.east) & (y >= box.north) & (y <= box.south)


def _bearing(camera: Camera) -> int:
    view = camera.view
    if view is None or view.bearing_deg is None:
        return BEARINGS
    return round(view.bearing_deg / (360 / BEARINGS)) % BEARINGS
