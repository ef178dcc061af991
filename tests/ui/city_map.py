"""A small city for tests of the map, and a map that shows it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tests.afternoon import make_incident
from tests.fake_services import FakeCameraBook, FakeIncidentDesk
from tmcwall.domain.camera import Camera, Position, View
from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Incident, Place
from tmcwall.domain.mercator import world_of
from tmcwall.texts import Translator
from tmcwall.ui.map.canvas import MapCanvas
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.pictures import MapFiles, MapPictures

MIDDLE = Position(-7.5655, 110.8068)


def camera(number: int, *, north_m: float = 0, east_m: float = 0, view: View | None = None) -> Camera:
    """So far from the middle of the city."""
    position = Position(MIDDLE.lat + north_m / 111_320, MIDDLE.lon + east_m / 110_350)
    return Camera(f"C{number}", f"Simpang {number}", "rtsp://192.0.2.1/1", number=number, position=position, view=view)


def incident(number: int = 0, **changes: object) -> Incident:
    made = make_incident(number, **changes)
    return replace(made, place=replace(made.place, position=MIDDLE))


def unplaced(number: int) -> Incident:
    return replace(make_incident(number), place=Place(text="entah di mana"))


class CityMap:
    """A canvas of 800x600 pixels at the middle of the city."""

    def __init__(
        self,
        qtbot: QtBot,
        *cameras: Camera,
        states: dict[str, TileState] | None = None,
        incidents: tuple[Incident, ...] = (),
        zoom: float = 17.5,
    ) -> None:
        self.book = FakeCameraBook(cameras, states)
        self.desk = FakeIncidentDesk(incidents)
        self.model = MapModel(self.book, self.desk)
        self.pictures = MapPictures(MapFiles(), ())
        self.canvas = MapCanvas(self.model, self.pictures, translate=Translator())
        qtbot.addWidget(self.canvas)
        self.canvas.resize(800, 600)
        self.canvas.show()
        self.canvas.fly_to(MIDDLE)
        self.canvas.zoom(zoom - self.canvas.viewport.zoom)

    def pixel(self, position: Position) -> QPoint:
        x, y = self.canvas.viewport.to_screen(world_of(position))
        return QPoint(round(x), round(y))

    def pixel_of(self, camera_id: str) -> QPoint:
        position = self.book.cameras[camera_id].position
        assert position is not None
        return self.pixel(position)
