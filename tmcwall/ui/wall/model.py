"""What one wall shows, as plain values with a signal: the window draws it, whoever wires it changes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.derived_copy import Box
from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Drill, Incident, IncidentType, Severity, Source, Status
from tmcwall.domain.layout import Grid, WallPlan, parse_grid

CAMERA_MIME = "application/x-tmcwall-camera"
"""Drag and drop: the camera's id in UTF-8."""

_BY_SEVERITY = (Severity.CRITICAL, Severity.SEVERE, Severity.MODERATE, Severity.MINOR)


@dataclass(frozen=True, slots=True)
class TileCamera:
    """The camera of a tile as its caption names it. `known` is False for a camera that is no longer in the list."""

    id: str
    name: str
    number: int | None = None
    known: bool = True
    withheld: TileState | None = None
    """The state of a camera that is not to be shown, such as one in quarantine; None for one that may be."""
    withheld_reason: str = ""
    """In the words of whoever has decided so."""
    masks: tuple[Box, ...] = ()
    """What is covered in every picture of it."""

    @property
    def may_be_shown(self) -> bool:
        return self.known and self.withheld is None


@dataclass(frozen=True, slots=True)
class Marker:
    """An open incident in a camera's view. An alarm has not been acknowledged yet."""

    incident_id: str
    type: IncidentType
    severity: Severity
    source: Source
    drill: Drill = Drill.ACTUAL
    alarm: bool = False


def marker_of(incident: Incident) -> Marker:
    """The marker an incident puts on the tiles of cameras that see its place."""
    return Marker(
        incident_id=incident.id,
        type=incident.type,
        severity=incident.severity,
        source=incident.source,
        drill=incident.drill,
        alarm=incident.status is Status.NEW,
    )


def most_severe_first(markers: Sequence[Marker]) -> tuple[Marker, ...]:
    """Alarms before acknowledged ones, then by severity."""
    return tuple(sorted(markers, key=lambda marker: (not marker.alarm, _BY_SEVERITY.index(marker.severity))))


class WallModel(QObject):
    """Grid, cameras in cells, reserved and locked cells, and markers by camera id."""

    changed = Signal()
    """Grid, cells or reserved cells."""
    markers_changed = Signal()

    def __init__(self, grid: Grid | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = grid or parse_grid("4x4")
        self.cells: Mapping[int, TileCamera] = {}
        self.reserved: frozenset[int] = frozenset()
        self.locked: frozenset[int] = frozenset()
        self._markers: dict[str, tuple[Marker, ...]] = {}

    def show(
        self,
        grid: Grid,
        cells: Mapping[int, TileCamera],
        *,
        reserved: Collection[int] = (),
        locked: Collection[int] = (),
    ) -> None:
        """Show these cameras in the cells of a grid; cells beyond the grid are dropped."""
        count = len(grid.cells)
        self.grid = grid
        self.cells = {index: camera for index, camera in cells.items() if 0 <= index < count}
        self.reserved = frozenset(index for index in reserved if 0 <= index < count)
        self.locked = frozenset(index for index in locked if 0 <= index < count)
        self.changed.emit()

    def put(self, cell: int, camera: TileCamera | None) -> None:
        """Fill one cell, or empty it with None."""
        cells = {index: there for index, there in self.cells.items() if index != cell}
        if camera is not None:
            cells[cell] = camera
        self.show(self.grid, cells, reserved=self.reserved, locked=self.locked)

    def swap(self, one: int, other: int) -> None:
        """Exchange what two cells show; either may be empty."""
        cells = dict(self.cells)
        first, second = cells.pop(one, None), cells.pop(other, None)
        if first is not None:
            cells[other] = first
        if second is not None:
            cells[one] = second
        self.show(self.grid, cells, reserved=self.reserved, locked=self.locked)

    def mark(self, markers: Mapping[str, Sequence[Marker]]) -> None:
        """All markers there are now, by camera id."""
        self._markers = {camera: most_severe_first(there) for camera, there in markers.items() if there}
        self.markers_changed.emit()

    def markers(self, camera_id: str) -> tuple[Marker, ...]:
        """Most severe first."""
        return self._markers.get(camera_id, ())

    def plan(self) -> WallPlan:
        """What is shown, as it is stored in a layout."""
        cameras = {cell: camera.id for cell, camera in self.cells.items()}
        return WallPlan(self.grid.name, cameras, tuple(sorted(self.reserved)), tuple(sorted(self.locked)))
