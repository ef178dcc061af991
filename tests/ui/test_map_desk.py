"""The map in the console: beside the list of cameras, in windows of its own, and on monitors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.city_map import MIDDLE, incident
from tests.ui.onscreen import field, named, words
from tests.ui.test_console_window import actions_of, open_console, press
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Drill
from tmcwall.domain.layout import WallPlan
from tmcwall.maps.problem import MapProblem, MapRefusal
from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.remembered import Remembered
from tmcwall.ui.console.window import ConsoleWindow
from tmcwall.ui.map.canvas import MapCanvas, Pointed
from tmcwall.ui.map.layers import MapLayer
from tmcwall.ui.map.picture import picture_of, save_picture
from tmcwall.ui.map.pictures import OpenedMap
from tmcwall.ui.map.spots import SpotKey, SpotKind
from tmcwall.ui.wall.monitors import Monitor


@pytest.fixture
def console(desk: Desk, qtbot: QtBot) -> ConsoleWindow:
    desk.cameras.coverage = Coverage(300.0, tuple(desk.cameras.all()[:3]))
    console = open_console(desk, Translator())
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    press(console, ActionId.GO_MAP)
    return console


def canvas(console: ConsoleWindow) -> MapCanvas:
    return console.map.panel.canvas


def menu_of(console: ConsoleWindow, key: SpotKey | None = None) -> dict[str, QAction]:
    """Asked for at the middle of the city; its entries by their words."""
    canvas(console).menu_requested.emit(Pointed(MIDDLE, key, QPoint(100, 100)))
    return entries(console)


def entries(console: ConsoleWindow) -> dict[str, QAction]:
    menu = next(menu for menu in console.map.panel.findChildren(QMenu) if menu.isVisible())
    found = {entry.text(): entry for entry in menu.actions() if entry.text()}
    menu.hide()
    return found


def map_menu(console: ConsoleWindow) -> dict[str, QAction]:
    """What the button above the map offers."""
    menu = named(console.map.panel, QPushButton, "Lapisan, cetak, dan layar peta").menu()
    menu.aboutToShow.emit()
    return {entry.text(): entry for entry in menu.actions() if entry.text()}


def plan(desk: Desk, wall: str = "DP-1") -> WallPlan:
    return desk.layouts.current().walls[wall]


def test_a_key_goes_to_the_map_and_one_back_to_the_list(console: ConsoleWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(canvas(console).hasFocus)
    press(console, ActionId.GO_CAMERAS)
    assert not canvas(console).isVisible()
    assert console.cameras.isVisible()


def test_slash_searches_the_map_while_it_is_in_front(console: ConsoleWindow, qtbot: QtBot) -> None:
    press(console, ActionId.SEARCH)
    qtbot.waitUntil(field(console, "Cari di peta").hasFocus)
    press(console, ActionId.GO_CAMERAS)
    press(console, ActionId.SEARCH)
    qtbot.waitUntil(field(console, "Cari kamera").hasFocus)


def search(console: ConsoleWindow, qtbot: QtBot, text: str) -> None:
    line = field(console, "Cari di peta")
    line.setText(text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def shown_place(console: ConsoleWindow) -> tuple[float, float]:
    view = canvas(console).viewport
    middle = view.position_at(view.width / 2, view.height / 2)
    return middle.lat, middle.lon


def test_a_search_flies_to_a_camera_by_its_number_and_selects_it(
    console: ConsoleWindow, desk: Desk, qtbot: QtBot
) -> None:
    search(console, qtbot, "17")
    camera = desk.cameras.by_number(17)
    assert camera is not None
    assert camera.position is not None
    assert shown_place(console) == pytest.approx((camera.position.lat, camera.position.lon), abs=1e-6)
    assert canvas(console).selection == SpotKey(SpotKind.CAMERA, camera.id)
    assert console.cameras.selected_camera() == camera.id


def test_a_search_flies_to_a_position_as_it_is_typed(console: ConsoleWindow, qtbot: QtBot) -> None:
    search(console, qtbot, "-7.5655, 110.8068")
    assert shown_place(console) == pytest.approx((-7.5655, 110.8068), abs=1e-6)


def test_a_search_flies_to_an_incident(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.incidents.put(replace(incident(77), external_id="112-77"))
    search(console, qtbot, "112-77")
    assert shown_place(console) == pytest.approx((MIDDLE.lat, MIDDLE.lon), abs=1e-6)
    assert console.incidents.selected == incident(77).id


def test_what_is_not_on_the_map_is_said(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    search(console, qtbot, "xyzzy")
    assert "Tidak ada “xyzzy” di peta." in words(console)
    first = desk.cameras.all()[0]
    desk.cameras.cameras[first.id] = replace(first, position=None, number=999)
    search(console, qtbot, "999")
    assert f"{first.name} belum punya posisi di peta." in words(console)


def test_while_it_is_typed_finds_are_offered_and_escape_goes_back_to_the_map(
    console: ConsoleWindow, qtbot: QtBot
) -> None:
    press(console, ActionId.SEARCH)
    line = field(console, "Cari di peta")
    line.setText("17")
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert console.map.panel.offered()[0].startswith("Kamera 17")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""


def test_a_camera_that_is_activated_comes_to_a_tile(console: ConsoleWindow, desk: Desk) -> None:
    canvas(console).camera_activated.emit("CAM-X")
    assert "CAM-X" in plan(desk).cameras.values()


def test_the_menu_of_a_camera_brings_it_to_a_tile(console: ConsoleWindow, desk: Desk) -> None:
    camera = desk.cameras.all()[3]
    menu_of(console, SpotKey(SpotKind.CAMERA, camera.id))[f"Tampilkan {camera.name} di petak"].trigger()
    assert camera.id in plan(desk).cameras.values()


def test_an_incident_here_opens_the_form_with_the_place(console: ConsoleWindow) -> None:
    menu_of(console)["Kejadian di sini…"].trigger()
    assert field(console, "Posisi (lintang, bujur)").text() == "-7.56550, 110.80680"


def test_who_may_not_handle_incidents_reports_none_from_the_map(console: ConsoleWindow, desk: Desk) -> None:
    desk.duty.sign_out()
    assert not menu_of(console)["Kejadian di sini…"].isEnabled()


def test_the_nearest_cameras_of_a_place_come_to_the_reserved_tiles(console: ConsoleWindow, desk: Desk) -> None:
    menu_of(console)["Kamera terdekat dari sini"].trigger()
    assert desk.cameras.asked_near == [MIDDLE]
    found = [camera.id for camera in desk.cameras.coverage.cameras]
    assert [plan(desk).cameras.get(cell) for cell in plan(desk).reserved][:3] == found


def test_that_no_camera_is_near_a_place_is_said(console: ConsoleWindow, desk: Desk) -> None:
    desk.cameras.coverage = Coverage(None, ())
    before = plan(desk)
    menu_of(console)["Kamera terdekat dari sini"].trigger()
    assert plan(desk) == before
    assert any("cakupan" in said.lower() for said in words(console))


def test_that_no_tile_is_reserved_is_said(console: ConsoleWindow, desk: Desk) -> None:
    desk.layouts.put("DP-1", replace(plan(desk), reserved=()))
    menu_of(console)["Kamera terdekat dari sini"].trigger()
    assert any("petak cadangan" in said.lower() for said in words(console))


def test_an_incident_on_the_map_is_one_in_the_queue(console: ConsoleWindow, desk: Desk) -> None:
    chosen = desk.incidents.open()[2]
    menu_of(console, SpotKey(SpotKind.INCIDENT, chosen.id))["Buka kejadian ini"].trigger()
    assert console.incidents.selected == chosen.id


def test_a_box_brings_its_cameras_to_the_empty_tiles_and_can_be_undone(console: ConsoleWindow, desk: Desk) -> None:
    before = plan(desk)
    new = [camera.id for camera in desk.cameras.all()[200:220]]
    canvas(console).band_drawn.emit(new, QPoint(50, 50))
    entries(console)["20 kamera ke petak kosong"].trigger()
    after = plan(desk)
    assert {cell: after.cameras[cell] for cell in before.cameras} == before.cameras
    assert set(after.cameras.values()) - set(before.cameras.values()) == set(new[:1])
    assert "1 kamera dari peta ditampilkan; 19 tidak mendapat petak." in words(console)
    console.plan.undo()
    assert plan(desk) == before


def test_a_box_fills_a_wall_but_its_locked_and_reserved_tiles(console: ConsoleWindow, desk: Desk) -> None:
    desk.layouts.put("DP-1", replace(plan(desk), locked=(0,)))
    before = plan(desk)
    new = [camera.id for camera in desk.cameras.all()[200:220]]
    canvas(console).band_drawn.emit(new, QPoint(50, 50))
    entries(console)["Penuhi dinding terpilih dengan 20 kamera"].trigger()
    after = plan(desk)
    assert after.cameras[0] == before.cameras[0]
    assert [after.cameras[cell] for cell in range(1, 12)] == new[:11]
    assert not set(after.reserved) & set(after.cameras)
    console.plan.undo()
    assert plan(desk) == before


def test_an_empty_box_and_a_full_wall_are_said(console: ConsoleWindow, desk: Desk) -> None:
    canvas(console).band_drawn.emit([], QPoint(50, 50))
    assert "Tidak ada kamera di kotak itu." in words(console)
    desk.monitors.close_wall("DP-1")
    console.map.show_on_empty(["CAM-X"])
    assert "Tidak ada petak untuk kamera itu." in words(console)


def test_a_window_of_its_own_stands_beside_the_console_once(console: ConsoleWindow, qtbot: QtBot) -> None:
    press(console, ActionId.MAP_WINDOW)
    press(console, ActionId.MAP_WINDOW)
    [window] = console.map.windows.windows()
    assert window.isVisible()
    assert set(actions_of(console).get(ActionId.TAG).associatedObjects()) >= {window}
    window.close()
    assert console.map.windows.windows() == []


def test_a_map_takes_the_place_of_a_wall_and_gives_it_back(console: ConsoleWindow, desk: Desk) -> None:
    map_menu(console)["Penuhi layar 1 (DELL P2723QE)"].trigger()
    [window] = console.map.windows.windows()
    assert window.geometry() == QRect(0, 0, 3840, 2160)
    assert not desk.monitors.monitors()[0].open
    desk.monitors.open_wall("DP-1")
    assert console.map.windows.windows() == []
    assert console.map.windows.on_monitors() == []


def test_a_map_waits_for_a_monitor_that_was_unplugged(console: ConsoleWindow, desk: Desk) -> None:
    console.map.windows.fill("DP-2")
    [window] = console.map.windows.windows()
    plugged = desk.monitors.all
    desk.monitors.all = plugged[:1]
    desk.monitors.changed.emit()
    assert window.isHidden()
    desk.monitors.all = plugged
    desk.monitors.changed.emit()
    assert window.isVisible()


def test_a_map_on_a_monitor_is_closed_from_its_own_menu(console: ConsoleWindow) -> None:
    console.map.windows.fill("DP-2")
    menu = QMenu()
    console.map.windows.add_entries(menu, monitor="DP-2")
    next(entry for entry in menu.actions() if entry.text() == "Tutup peta ini").trigger()
    assert console.map.windows.windows() == []


def test_maps_on_monitors_come_back_at_the_next_start(desk: Desk, tmp_path: Path) -> None:
    remembered = Remembered(tmp_path / "console.ini")
    first = open_console(desk, Translator(), remembered)
    first.map.windows.fill("DP-2")
    first.leave()
    second = open_console(desk, Translator(), remembered)
    assert [window.monitor for window in second.map.windows.windows()] == ["DP-2"]
    second.leave()


def test_a_monitor_that_was_never_seen_keeps_its_map(desk: Desk, tmp_path: Path) -> None:
    Remembered(tmp_path / "console.ini").keep_words("maps", ["HDMI-9"])
    console = open_console(desk, Translator(), Remembered(tmp_path / "console.ini"))
    assert console.map.windows.windows() == []
    assert console.map.windows.on_monitors() == ["HDMI-9"]
    desk.monitors.all = [*desk.monitors.all, Monitor("HDMI-9", "TV", QRect(100, 100, 640, 480))]
    desk.monitors.changed.emit()
    assert len(console.map.windows.windows()) == 1
    console.leave()


def test_layers_are_switched_in_the_menu(console: ConsoleWindow) -> None:
    console.map.model.put_layer(MapLayer("units", "Unit di jalan", attribution="Polresta"))
    map_menu(console)["Unit di jalan"].trigger()
    assert not console.map.model.is_on("units")
    map_menu(console)["Sektor pandang kamera"].trigger()
    assert not console.map.model.sectors_shown


def test_what_is_wrong_with_a_map_file_stands_below_the_map(console: ConsoleWindow) -> None:
    problems = tuple(MapProblem("kota.mbtiles", refusal, 3) for refusal in MapRefusal)
    console.map.panel.show_problems(OpenedMap(problems=problems))
    said = [label.text() for label in console.map.panel.findChildren(QLabel) if label.isVisible()]
    assert sum(line.count("kota.mbtiles") for line in said) == len(MapRefusal)
    console.map.panel.show_problems(OpenedMap())
    assert not any("kota.mbtiles" in line for line in words(console))


@pytest.mark.parametrize("ending", [".png", ".pdf"])
def test_the_map_is_saved_as_it_is_shown_in_the_format_that_is_chosen(
    console: ConsoleWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    chosen = tmp_path / "peta"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(chosen), ""))
    entry = "Simpan gambar PNG…" if ending == ".png" else "Simpan untuk dicetak (PDF)…"
    with qtbot.waitSignal(console.map.panel.told):
        map_menu(console)[entry].trigger()
    begins = b"\x89PNG" if ending == ".png" else b"%PDF"
    assert chosen.with_suffix(ending).read_bytes().startswith(begins)


def test_a_picture_that_cannot_be_saved_is_said(console: ConsoleWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for ending in (".png", ".pdf"):
        with qtbot.waitSignal(console.map.panel.refused):
            console.map.panel.save(tmp_path / "tiada" / f"peta{ending}", at=NOW)


@pytest.fixture
def drill_console(desk: Desk, qtbot: QtBot) -> ConsoleWindow:
    desk.incidents.incidents = {"i": replace(incident(), id="i", drill=Drill.EXERCISE)}
    console = open_console(desk, Translator(Language.ID))
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    return console


def test_a_picture_is_twice_as_sharp_and_has_a_foot(drill_console: ConsoleWindow) -> None:
    shown = canvas(drill_console)
    image = picture_of(shown, at=NOW, station="Surakarta", translate=Translator())
    assert image.width() == 2 * shown.viewport.width
    assert image.height() > 2 * shown.viewport.height
    assert isinstance(image, QImage)


def test_a_high_map_is_printed_upright(tmp_path: Path) -> None:
    image = QImage(200, 400, QImage.Format.Format_RGB32)
    image.fill(0)
    assert save_picture(image, tmp_path / "peta.pdf")
