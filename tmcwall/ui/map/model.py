"""What all maps of a program show: cameras, incidents and the layers of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QPainterPath

from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Incident, is_marked
from tmcwall.domain.mercator import WorldPoint, world_length, world_of
from tmcwall.ui.map.camera_field import CameraField
from tmcwall.ui.map.layers import MapArea, MapLayer, MapMark
from tmcwall.ui.map.viewport import PATH_UNIT, WorldBox
from tmcwall.ui.services import CameraService, IncidentService


@dataclass(frozen=True, slots=True)
class PlacedIncident:
    incident: Incident
    point: WorldPoint
    accuracy: float
    """Radius in parts of the world; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class PlacedMark:
    mark: MapMark
    point: WorldPoint


@dataclass(frozen=True, slots=True)
class PlacedArea:
    area: MapArea
    path: QPainterPath
    """In parts of the world by `PATH_UNIT`."""


@dataclass(frozen=True, slots=True)
class PlacedLayer:
    layer: MapLayer
    marks: tuple[PlacedMark, ...]
    areas: tuple[PlacedArea, ...]


class MapModel(QObject):
    """Follows the services; the rest is put in. Cameras that are hidden, and those of other units, are not there."""

    changed = Signal()
    cameras_changed = Signal()
    """They are others, or stand elsewhere: `changed` follows."""

    def __init__(self, cameras: CameraService, incidents: IncidentService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self._incidents = incidents
        self._layers: dict[str, PlacedLayer] = {}
        self._off: set[str] = set()
        self.sectors_shown = True
        self.incidents: Sequence[PlacedIncident] = ()
        self.field = CameraField((), state=lambda camera_id: cameras.status(camera_id).state)
        cameras.cameras_changed.connect(self._take_cameras)
        cameras.statuses_changed.connect(self._take_statuses)
        for changed in (incidents.listed, incidents.arrived, incidents.changed):
            changed.connect(self._take_incidents)
        self._take_cameras()
        self._take_incidents()

    def layers(self) -> Sequence[MapLayer]:
        """All there are, in the order they are drawn in."""
        return [placed.layer for placed in self._layers.values()]

    def is_on(self, layer_id: str) -> bool:
        return layer_id not in self._off

    def shown(self, zoom: float) -> Sequence[PlacedLayer]:
        """Those that are switched on and near enough."""
        return [
            placed for key, placed in self._layers.items() if key not in self._off and zoom >= placed.layer.least_zoom
        ]

    def put_layer(self, layer: MapLayer) -> None:
        """Add it, or have it take the place of the one of that id."""
        self._layers[layer.id] = _placed(layer)
        self.changed.emit()

    def switch(self, layer_id: str, *, on: bool) -> None:
        (self._off.discard if on else self._off.add)(layer_id)
        self.changed.emit()

    def show_sectors(self, *, on: bool) -> None:
        self.sectors_shown = on
        self.changed.emit()

    def box(self) -> WorldBox | None:
        """With all cameras and incidents in it; None where there are none."""
        corners = [placed.point for placed in self.incidents]
        if len(self.field):
            xs, ys = self.field.x, self.field.y
            corners += [WorldPoint(float(xs.min()), float(ys.min())), WorldPoint(float(xs.max()), float(ys.max()))]
        return WorldBox.around(corners)

    @Slot()
    def _take_cameras(self) -> None:
        book = self._cameras
        shown = [camera for camera in book.all() if not book.lifecycle(camera.id).hidden]
        self.field = CameraField(shown, state=lambda camera_id: book.status(camera_id).state)
        self.cameras_changed.emit()
        self.changed.emit()

    @Slot(object)
    def _take_statuses(self, camera_ids: frozenset[str]) -> None:
        if any(map(self._is_misplaced, camera_ids)):
            self._take_cameras()
        elif self.field.put({camera_id: self._cameras.status(camera_id).state for camera_id in camera_ids}):
            self.changed.emit()

    def _is_misplaced(self, camera_id: str) -> bool:
        """Whether a quarantine was put on it, or lifted, without the list of cameras being read again."""
        hidden = self._cameras.lifecycle(camera_id).hidden
        if self.field.place_of(camera_id) is not None:
            return hidden
        camera = self._cameras.get(camera_id)
        return camera is not None and camera.position is not None and not hidden

    @Slot()
    def _take_incidents(self) -> None:
        self.incidents = [
            _placed_incident(incident, position)
            for incident in self._incidents.open()
            if is_marked(incident) and (position := incident.place.position) is not None
        ]
        self.changed.emit()


def _placed_incident(incident: Incident, position: Position) -> PlacedIncident:
    accuracy = world_length(incident.place.accuracy_m or 0.0, lat=position.lat)
    return PlacedIncident(incident, world_of(position), accuracy)


def _placed(layer: MapLayer) -> PlacedLayer:
    marks = tuple(PlacedMark(mark, world_of(mark.position)) for mark in layer.marks)
    return PlacedLayer(layer, marks, tuple(PlacedArea(area, _path(area)) for area in layer.areas))


def _path(area: MapArea) -> QPainterPath:
    path = QPainterPath()
    for ring in area.rings:
        for corner, position in enumerate(ring):
            point = world_of(position)
            (path.lineTo if corner else path.moveTo)(point.x * PATH_UNIT, point.y * PATH_UNIT)
        path.closeSubpath()
    return path
