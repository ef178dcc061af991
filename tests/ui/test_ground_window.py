"""Ground points are set on a still of the camera, by mouse or keyboard, with positions that are typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from tests.afternoon import NOW
from tests.services_stage import EXAMPLES, camera
from tests.ui.onscreen import button, field, words
from tests.ui.test_review import FakeClip
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.operation import Entity
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.texts import Translator
from tmcwall.ui.console.ground_window import GroundWindow

KNOWN = EXAMPLES[Entity.CAMERA_CALIBRATION]
POSITION = "Letak titik (lintang, bujur)"


class Calibrations(QObject):
    saved = Signal(str)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.known = {}
        self.put_points = []
        self.taken_back = []

    def get(self, camera_id):
        return self.known.get(camera_id)

    def put(self, camera_id, points):
        self.put_points.append((camera_id, tuple(points)))

    def take_back(self, camera_id):
        self.taken_back.append(camera_id)


@pytest.fixture
def calibrations(qapp):
    return Calibrations()


@pytest.fixture
def live():
    return FakeClip()


@pytest.fixture
def window(calibrations, live, desk, qtbot):
    window = GroundWindow(calibrations, desk.masks, lambda *_: live, clock=desk.clock, translate=Translator())
    qtbot.addWidget(window)
    window.open_camera(camera())
    yield window
    window.close()


def press(widget, key):
    widget.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_a_still_is_taken_and_its_feed_is_given_back(window, live, qtbot):
    qtbot.waitUntil(lambda: window.still.has_picture)
    assert live.closed


def test_points_are_set_by_keyboard_with_the_positions_that_are_typed(window, calibrations, qtbot):
    for number, place in enumerate(
        ("-7.5606, 110.8018", "-7.5606, 110.8020", "-7.5602, 110.8020", "-7.5602, 110.8018")
    ):
        press(window, Qt.Key.Key_N)
        qtbot.keyClicks(field(window, POSITION), place)
        for _ in range(number):
            press(window, Qt.Key.Key_Right)
            press(window, Qt.Key.Key_Up)
    qtbot.mouseClick(button(window, "Simpan"), Qt.MouseButton.LeftButton)
    ((camera_id, points),) = calibrations.put_points
    assert (camera_id, len(points)) == ("CAM-1", 4)
    assert (points[3].x, points[3].y, points[3].position.lat) == (0.515, 0.485, -7.5602)


def test_a_click_in_the_picture_is_a_point_and_a_second_one_moves_it_until_its_position_is_typed(window, qtbot):
    window.canvas.clicked.emit(0.2, 0.8)
    window.canvas.clicked.emit(0.25, 0.8)
    assert window.items.count() == 1
    qtbot.keyClicks(field(window, POSITION), "-7.5, 110.8")
    window.canvas.clicked.emit(0.7, 0.8)
    assert [window.items.item(row).text() for row in range(2)] == [
        "Titik 1: -7.5, 110.8", "Titik 2: letak belum ditulis"
    ]  # fmt: skip
    press(window, Qt.Key.Key_Delete)
    assert window.items.count() == 1


def test_a_point_without_a_position_is_not_saved_and_says_so(window, calibrations, qtbot):
    press(window, Qt.Key.Key_N)
    qtbot.mouseClick(button(window, "Simpan"), Qt.MouseButton.LeftButton)
    assert calibrations.put_points == []
    assert any("Tulis letak setiap titik" in line for line in words(window))


def test_points_that_say_nothing_are_refused_in_words_and_saved_ones_are_told(window, calibrations):
    calibrations.refused.emit(DomainError(DomainCode.CALIBRATION_DEGENERATE, "CAM-1"))
    assert any("tidak menentukan bidang tanah" in line for line in words(window))
    calibrations.saved.emit("CAM-2")
    assert "Titik tanah disimpan." not in words(window)
    calibrations.saved.emit("CAM-1")
    assert "Titik tanah disimpan." in words(window)


def test_what_is_known_is_shown_and_may_be_taken_back(window, calibrations, qtbot):
    calibrations.known["CAM-1"] = KNOWN
    window.open_camera(camera())
    assert window.items.item(0).text() == "Titik 1: -7.560600, 110.801800"
    qtbot.mouseClick(button(window, "Cabut semua"), Qt.MouseButton.LeftButton)
    assert (calibrations.taken_back, window.items.count()) == (["CAM-1"], 0)


def test_privacy_masks_cover_the_still_that_points_are_set_on(window, desk):
    house = Box(0.1, 0.2, 0.3, 0.4)
    desk.masks.put(PrivacyMask(id="m1", camera_id=camera().id, box=house, set_by="87654321", set_at=NOW))
    assert list(window.still.masks) == [house]
