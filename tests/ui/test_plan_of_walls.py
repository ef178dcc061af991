"""The plan of the walls: what is on which monitor, and how it is changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.desk import Desk
from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.texts import Translator
from tmcwall.ui.console.camera_tree import camera_mime
from tmcwall.ui.console.plan import GRIDS, PlanPanel
from tmcwall.ui.console.plan_canvas import PlanCanvas, tile_mime

SAY = Translator()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> PlanPanel:
    panel = PlanPanel(desk.layouts, desk.cameras, desk.monitors, desk.duty, translate=SAY)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    return panel


def canvas(panel: PlanPanel, wall: str = "DP-1") -> PlanCanvas:
    return panel._cards[wall].canvas


def shown(desk: Desk, wall: str = "DP-1") -> WallPlan:
    return desk.layouts.current().walls[wall]


def drop(onto: PlanCanvas, index: int, mime: QMimeData) -> None:
    place = onto.tile_box(index).center()
    event = QDropEvent(
        QPointF(place), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    onto.dropEvent(event)


def test_every_grid_of_the_product_can_be_chosen() -> None:
    assert GRIDS[:8] == ("1x1", "2x2", "3x3", "4x4", "5x5", "6x6", "7x7", "8x8")
    assert GRIDS[8:] == ("1+5", "1+7", "2+8")
    assert all(parse_grid(grid).cells for grid in GRIDS)


def test_a_dropped_camera_stands_in_the_tile_it_was_dropped_on(panel: PlanPanel, desk: Desk) -> None:
    camera = desk.cameras.all()[77]
    drop(canvas(panel), 11, camera_mime([camera.id]))
    assert shown(desk).cameras[11] == camera.id
    assert panel.selected == ("DP-1", 11)


def test_several_dropped_cameras_fill_the_next_empty_tiles_but_no_reserved_one(panel: PlanPanel, desk: Desk) -> None:
    ids = [camera.id for camera in desk.cameras.all()[40:43]]
    desk.layouts.put("DP-1", WallPlan("2x2", {1: "kept"}, (2,)))
    drop(canvas(panel), 0, camera_mime(ids))
    assert shown(desk).cameras == {0: ids[0], 1: "kept", 3: ids[1]}


def test_dragging_a_tile_onto_another_swaps_them(panel: PlanPanel, desk: Desk) -> None:
    before = dict(shown(desk).cameras)
    drop(canvas(panel), 1, tile_mime("DP-1", 0))
    assert (shown(desk).cameras[0], shown(desk).cameras[1]) == (before[1], before[0])


def test_tiles_of_two_walls_can_be_swapped(panel: PlanPanel, desk: Desk) -> None:
    one, other = shown(desk).cameras[0], shown(desk, "DP-2").cameras[3]
    drop(canvas(panel, "DP-2"), 3, tile_mime("DP-1", 0))
    assert shown(desk).cameras[0] == other
    assert shown(desk, "DP-2").cameras[3] == one


def test_arrows_move_the_selection_over_large_tiles_too(panel: PlanPanel, qtbot: QtBot) -> None:
    second = canvas(panel, "DP-2")
    panel.select("DP-2", 0)
    qtbot.keyClick(second, Qt.Key.Key_Right)
    assert second.selected == 1
    qtbot.keyClick(second, Qt.Key.Key_Left)
    qtbot.keyClick(second, Qt.Key.Key_Down)
    assert second.selected == 3


def test_delete_clears_a_tile_and_undo_brings_it_back(panel: PlanPanel, desk: Desk, qtbot: QtBot) -> None:
    before = dict(shown(desk).cameras)
    panel.select("DP-1", 2)
    with qtbot.waitSignal(panel.undo_offered):
        qtbot.keyClick(canvas(panel), Qt.Key.Key_Delete)
    assert 2 not in shown(desk).cameras
    panel.undo()
    assert shown(desk).cameras == before


def test_r_reserves_a_tile_and_releases_it(panel: PlanPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.select("DP-1", 11)
    qtbot.keyClick(canvas(panel), Qt.Key.Key_R)
    assert shown(desk).reserved == (11, 12, 13, 14, 15)
    qtbot.keyClick(canvas(panel), Qt.Key.Key_R)
    assert shown(desk).reserved == (12, 13, 14, 15)


def test_a_smaller_grid_says_how_many_cameras_lost_their_tile(panel: PlanPanel, desk: Desk, qtbot: QtBot) -> None:
    before = shown(desk)
    with qtbot.waitSignal(panel.undo_offered) as told:
        panel._choose_grid("DP-1", "2x2")
    assert told.args == ["Kisi lebih kecil: 7 kamera tidak tampil lagi."]
    assert len(shown(desk).cameras) == 4
    panel.undo()
    assert shown(desk) == before


def test_a_camera_that_is_asked_for_goes_to_the_selected_tile_else_to_the_first_empty_one(
    panel: PlanPanel, desk: Desk
) -> None:
    assert panel.place("first")
    assert shown(desk).cameras[11] == "first"
    panel.select("DP-2", 4)
    assert panel.place("second")
    assert shown(desk, "DP-2").cameras[4] == "second"
    panel.select("DP-2", -1)
    assert panel.selected is None


def test_incident_cameras_go_to_the_reserved_tiles_in_their_order(panel: PlanPanel, desk: Desk) -> None:
    assert panel.show_on_reserved(["a", "b"]) == 2
    assert [shown(desk).cameras.get(index) for index in (12, 13, 14, 15)] == ["a", "b", None, None]
    assert panel.show_on_reserved(["c"]) == 1
    assert [shown(desk).cameras.get(index) for index in (12, 13, 14, 15)] == ["c", None, None, None]


def test_the_cards_use_the_room_they_are_given(panel: PlanPanel, qtbot: QtBot) -> None:
    panel.resize(500, 400)
    panel.show()
    qtbot.waitUntil(lambda: panel._scroll.viewport().width() > 0)
    small = canvas(panel).height()
    panel.resize(1400, 900)
    qtbot.waitUntil(lambda: canvas(panel).height() > small)
    room = panel._scroll.viewport()
    assert panel._cards["DP-1"].width() >= room.width() // 2 - 20


def test_opening_a_wall_shows_on_its_card(panel: PlanPanel, desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel._cards["DP-2"]._switch, Qt.MouseButton.LeftButton)
    assert [monitor.open for monitor in desk.monitors.all] == [True, True]
    assert panel._cards["DP-2"]._switch.text() == "Tutup dinding"


def test_a_layout_is_saved_under_a_name_without_a_dialog(panel: PlanPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.start_save()
    panel._bar._name.setText("Arus balik")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel._bar._name, Qt.Key.Key_Return)
    assert told.args == ["Tata letak “Arus balik” disimpan."]
    assert desk.layouts.current().name == "Arus balik"
    assert panel._bar._names.currentText() == "F4  Arus balik"


def test_many_monitors_stay_readable(panel: PlanPanel, desk: Desk) -> None:
    panel.resize(560, 500)
    assert canvas(panel).width() > 400
    assert canvas(panel, "DP-2").y() == canvas(panel).y()
    assert panel._cards["DP-2"].y() > panel._cards["DP-1"].y()
