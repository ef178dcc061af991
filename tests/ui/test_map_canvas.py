"""The map, drawn and asked with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW
from tests.ui.city_map import MIDDLE, CityMap, camera, incident, unplaced
from tmcwall.domain.camera import Position, View
from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Certainty, Drill
from tmcwall.domain.lifecycle import Decision, Lifecycle
from tmcwall.ui import theme
from tmcwall.ui.map.layers import MapArea, MapLayer, MapMark, MapSector
from tmcwall.ui.map.spots import SpotKey, SpotKind
from tmcwall.ui.theme import Shape, Style

LEFT = Qt.MouseButton.LeftButton
UNIT = Style(theme.SKY, Shape.SQUARE)


def seen(city: CityMap) -> QImage:
    return city.canvas.grab().toImage()


def has_colour(image: QImage, colour: str, around: QPoint, *, reach: int = 20) -> bool:
    wanted = QColor(colour)
    return any(
        abs(found.red() - wanted.red()) + abs(found.green() - wanted.green()) + abs(found.blue() - wanted.blue()) < 12
        for x in range(around.x() - reach, around.x() + reach)
        for y in range(around.y() - reach, around.y() + reach)
        if (found := image.pixelColor(x, y)).isValid()
    )


@pytest.mark.parametrize("state", [TileState.LIVE, TileState.LOST, TileState.FROZEN, TileState.REFUSED])
def test_a_camera_is_drawn_in_the_colour_of_its_state(qtbot: QtBot, state: TileState) -> None:
    city = CityMap(qtbot, camera(1), states={"C1": state})
    assert has_colour(seen(city), theme.STATES[state].colour, city.pixel_of("C1"), reach=8)


def test_a_new_state_is_drawn_at_once(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), states={"C1": TileState.LIVE})
    city.book.put_state(TileState.LOST, "C1")
    assert has_colour(seen(city), theme.STATES[TileState.LOST].colour, city.pixel_of("C1"), reach=8)


def test_a_click_selects_and_a_second_one_brings_the_camera_to_a_tile(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=80))
    wanted: list[str] = []
    city.canvas.camera_activated.connect(wanted.append)
    qtbot.mouseClick(city.canvas, LEFT, pos=city.pixel_of("C2"))
    assert city.canvas.selection == SpotKey(SpotKind.CAMERA, "C2")
    qtbot.mouseDClick(city.canvas, LEFT, pos=city.pixel_of("C2"))
    assert wanted == ["C2"]


def test_a_click_beside_everything_selects_nothing(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1))
    city.canvas.select(SpotKey(SpotKind.CAMERA, "C1"))
    qtbot.mouseClick(city.canvas, LEFT, pos=QPoint(10, 10))
    assert city.canvas.selection is None


def test_a_drag_moves_the_map_and_selects_nothing(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1))
    before = city.pixel_of("C1")
    qtbot.mousePress(city.canvas, LEFT, pos=before)
    qtbot.mouseMove(city.canvas, before + QPoint(60, 0))
    qtbot.mouseMove(city.canvas, before + QPoint(100, 40))
    qtbot.mouseRelease(city.canvas, LEFT, pos=before + QPoint(100, 40))
    assert city.pixel_of("C1") == before + QPoint(100, 40)
    assert city.canvas.selection is None


def test_a_box_with_shift_takes_all_cameras_in_it_also_those_in_clusters(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=4), camera(3, east_m=3000), zoom=14.0)
    found: list[list[str]] = []
    city.canvas.band_drawn.connect(lambda ids, _at: found.append(list(ids)))
    middle = city.pixel(MIDDLE)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(city.canvas, LEFT, shift, middle - QPoint(40, 40))
    qtbot.mouseMove(city.canvas, middle + QPoint(40, 40))
    qtbot.mouseRelease(city.canvas, LEFT, shift, middle + QPoint(40, 40))
    assert found == [["C1", "C2"]]


def test_the_wheel_zooms_at_the_pointer(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1, east_m=120))
    place = city.pixel_of("C1")
    turned = QWheelEvent(
        QPointF(place), QPointF(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(city.canvas, turned)
    assert city.canvas.viewport.zoom == 18.0
    assert (city.pixel_of("C1") - place).manhattanLength() <= 1


def test_keys_move_zoom_and_show_everything(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=2000))
    before = city.pixel_of("C1")
    qtbot.keyClick(city.canvas, Qt.Key.Key_Left)
    assert city.pixel_of("C1").x() == before.x() + 96
    qtbot.keyClick(city.canvas, Qt.Key.Key_Minus)
    assert city.canvas.viewport.zoom == 17.0
    qtbot.keyClick(city.canvas, Qt.Key.Key_Plus)
    assert city.canvas.viewport.zoom == 17.5
    qtbot.keyClick(city.canvas, Qt.Key.Key_Home)
    assert all(city.canvas.rect().contains(city.pixel_of(one)) for one in ("C1", "C2"))


def test_tab_goes_through_what_is_in_sight_incidents_first_and_then_leaves(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1, east_m=-90), camera(2, east_m=90), incidents=(incident(),))
    gone: list[str] = []
    for _step in range(3):
        assert city.canvas.focusNextPrevChild(True)
        assert city.canvas.selection is not None
        gone.append(city.canvas.selection.kind.value)
    assert gone == ["incident", "camera", "camera"]
    assert city.canvas.selection == SpotKey(SpotKind.CAMERA, "C2")
    city.canvas.focusNextPrevChild(True)
    assert city.canvas.selection is None


def test_enter_does_what_a_double_click_does_and_escape_gives_the_selection_up(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), incidents=(incident(),))
    cameras, incidents = list[str](), list[str]()
    city.canvas.camera_activated.connect(cameras.append)
    city.canvas.incident_activated.connect(incidents.append)
    city.canvas.select(SpotKey(SpotKind.CAMERA, "C1"))
    qtbot.keyClick(city.canvas, Qt.Key.Key_Return)
    city.canvas.select(SpotKey(SpotKind.INCIDENT, incident().id))
    qtbot.keyClick(city.canvas, Qt.Key.Key_Enter)
    assert (cameras, incidents) == (["C1"], [incident().id])
    qtbot.keyClick(city.canvas, Qt.Key.Key_Escape)
    assert city.canvas.selection is None


def test_a_cluster_is_entered(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=30), zoom=14.0)
    seen(city)
    city.canvas.focusNextPrevChild(True)
    assert city.canvas.selection is not None
    assert city.canvas.selection.kind is SpotKind.CLUSTER
    qtbot.keyClick(city.canvas, Qt.Key.Key_Return)
    assert city.canvas.viewport.zoom == 16.0
    assert city.canvas.selection is None


def test_a_double_click_on_a_cluster_enters_it_and_on_nothing_zooms(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=30), zoom=14.0)
    qtbot.mouseDClick(city.canvas, LEFT, pos=city.pixel_of("C1"))
    assert city.canvas.viewport.zoom == 16.0
    qtbot.mouseDClick(city.canvas, LEFT, pos=QPoint(20, 20))
    assert city.canvas.viewport.zoom == 17.0


@pytest.mark.parametrize("by_key", [False, True])
def test_the_menu_is_of_the_place_by_mouse_and_of_the_selection_by_key(qtbot: QtBot, by_key: bool) -> None:
    city = CityMap(qtbot, camera(1, east_m=100))
    city.canvas.select(SpotKey(SpotKind.CAMERA, "C1"))
    asked = []
    city.canvas.menu_requested.connect(asked.append)
    reason = QContextMenuEvent.Reason.Keyboard if by_key else QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(city.canvas, QContextMenuEvent(reason, city.pixel(MIDDLE), QPoint()))
    [pointed] = asked
    expected = city.book.cameras["C1"].position if by_key else MIDDLE
    assert (pointed.position.lat, pointed.position.lon) == pytest.approx((expected.lat, expected.lon), abs=1e-5)
    assert (pointed.key is not None) == by_key


def test_hidden_cameras_are_not_on_the_map_and_go_at_once(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=50))
    city.book.lifecycles["C1"] = Lifecycle(quarantine=Decision("diserang", "87654321", NOW))
    city.book.put_state(TileState.QUARANTINED, "C1")
    assert [one.id for one in city.model.field.cameras] == ["C2"]
    del city.book.lifecycles["C1"]
    city.book.put_state(TileState.OFF, "C1")
    assert len(city.model.field) == 2


def test_pranks_duplicates_and_what_has_no_place_are_not_on_the_map(qtbot: QtBot) -> None:
    city = CityMap(
        qtbot,
        incidents=(
            incident(0),
            incident(1, certainty=Certainty.PRANK),
            incident(2, certainty=Certainty.DUPLICATE),
            unplaced(3),
        ),
    )
    assert [placed.incident.id for placed in city.model.incidents] == [incident(0).id]


def test_a_drill_has_its_badge(qtbot: QtBot) -> None:
    real = CityMap(qtbot, incidents=(incident(drill=Drill.ACTUAL),))
    drill = CityMap(qtbot, incidents=(incident(drill=Drill.EXERCISE),))
    below = drill.pixel(MIDDLE) + QPoint(0, 26)
    assert has_colour(seen(drill), theme.YELLOW, below, reach=6)
    assert not has_colour(seen(real), theme.YELLOW, below, reach=6)
    assert (real.canvas.has_drills(), drill.canvas.has_drills()) == (False, True)


def test_sectors_stand_near_by_only_and_are_empty_for_a_dark_camera(qtbot: QtBot) -> None:
    east = View(90, 60, 80)
    live = CityMap(qtbot, camera(1, view=east), states={"C1": TileState.LIVE})
    dark = CityMap(qtbot, camera(1, view=east), states={"C1": TileState.LOST})
    inside = live.pixel_of("C1") + QPoint(40, 0)
    ground = seen(dark).pixelColor(inside)
    assert seen(live).pixelColor(inside) != ground
    live.model.show_sectors(on=False)
    assert seen(live).pixelColor(inside) == ground


def test_layers_of_others_are_drawn_named_and_switched_off(qtbot: QtBot) -> None:
    city = CityMap(qtbot)
    ring = tuple(Position(MIDDLE.lat + lat, MIDDLE.lon + lon) for lat, lon in ((-1, -1), (-1, 1), (1, 1), (1, -1)))
    city.model.put_layer(
        MapLayer(
            "warnings", "Peringatan", marks=(MapMark("U1", MIDDLE, UNIT, "Unit 1", drill=Drill.TEST),),
            sectors=(MapSector(MIDDLE, 100, theme.SKY),),
            areas=(MapArea("W1", (ring,), theme.PURPLE, "Hujan lebat", ends_at=NOW, drill=Drill.EXERCISE),),
            attribution="BMKG",
        )
    )  # fmt: skip
    empty = QColor(theme.BACKGROUND)
    corner = QPoint(37, 41)
    assert seen(city).pixelColor(corner) != empty
    assert "BMKG" in city.canvas.attribution()
    told: list[str] = []
    city.canvas.mark_activated.connect(told.append)
    qtbot.mouseDClick(city.canvas, LEFT, pos=city.pixel(MIDDLE))
    assert told == ["U1"]
    city.model.switch("warnings", on=False)
    assert "BMKG" not in city.canvas.attribution()
    assert seen(city).pixelColor(corner) == empty
    city.model.switch("warnings", on=True)
    city.model.put_layer(MapLayer("warnings", "Peringatan"))
    assert seen(city).pixelColor(corner) == empty


def test_a_layer_of_small_things_is_shown_near_by_only(qtbot: QtBot) -> None:
    city = CityMap(qtbot)
    city.model.put_layer(MapLayer("rt", "RT", least_zoom=15.0, attribution="Kelurahan"))
    assert len(city.model.shown(15.0)) == 1
    assert city.model.shown(14.9) == []


def test_what_is_pointed_at_is_said(qtbot: QtBot) -> None:
    city = CityMap(qtbot, camera(1))
    before = seen(city)
    qtbot.mouseMove(city.canvas, city.pixel_of("C1"))
    assert seen(city) != before
    QApplication.sendEvent(city.canvas, QEvent(QEvent.Type.Leave))
    assert seen(city) == before


def test_until_it_is_moved_the_map_shows_all_cameras_that_come(qtbot: QtBot) -> None:
    city = CityMap(qtbot)
    fresh = CityMap(qtbot, camera(1))
    assert city.canvas.viewport.centre == fresh.canvas.viewport.centre
    far = camera(2, east_m=9000)
    fresh.book.cameras["C2"] = far
    fresh.book.cameras_changed.emit()
    assert not fresh.canvas.rect().contains(fresh.pixel_of("C2"))


def test_boundaries_that_are_guessed_are_said_to_be(qtbot: QtBot) -> None:
    assert "Batas kelurahan: perkiraan" in CityMap(qtbot).canvas.attribution()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_it_is_as_sharp_as_what_it_is_drawn_on(qtbot: QtBot, ratio: float) -> None:
    city = CityMap(qtbot, camera(1), camera(2, east_m=300), camera(3, east_m=303), incidents=(incident(),), zoom=16.0)
    image = QImage(round(800 * ratio), round(600 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    city.canvas.paint_on(painter, city.canvas.viewport, smooth=True)
    painter.end()
    severe = theme.SEVERITIES[incident().severity].colour
    assert has_colour(image, severe, city.pixel(MIDDLE) * ratio, reach=round(24 * ratio))
