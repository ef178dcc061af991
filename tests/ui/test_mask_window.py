"""Privacy masks are drawn on a still of the camera, and lifted from a list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.test_review import FakeClip
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.texts import Translator
from tmcwall.texts.faults import explain
from tmcwall.ui.console.mask_window import MaskWindow

SAY = Translator()
HOUSE = Box(0.5, 0.0, 0.25, 0.5)


@pytest.fixture
def live() -> FakeClip:
    return FakeClip()


@pytest.fixture
def window(desk: Desk, live: FakeClip, qtbot: QtBot) -> Iterator[MaskWindow]:
    window = MaskWindow(desk.masks, lambda *_: live, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.open_camera(desk.cameras.all()[0])
    yield window
    window.close()


def mask_of(desk: Desk) -> PrivacyMask:
    return PrivacyMask(id="m1", camera_id=desk.cameras.all()[0].id, box=HOUSE, set_by="87654321", set_at=NOW)


def press(widget, key: Qt.Key) -> None:
    widget.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_a_still_is_taken_and_its_feed_is_given_back(window: MaskWindow, live: FakeClip, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.screen_of_camera.has_picture)
    assert live.closed


def test_a_mask_is_drawn_and_set_by_keyboard(window: MaskWindow, desk: Desk) -> None:
    press(window, Qt.Key.Key_B)
    press(window.canvas, Qt.Key.Key_Right)
    press(window.canvas, Qt.Key.Key_Return)
    ((camera_id, box),) = desk.masks.added
    assert camera_id == desk.cameras.all()[0].id
    assert (box.x, box.y) == pytest.approx((0.41, 0.4))
    assert (box.width, box.height) == pytest.approx((0.2, 0.2))


def test_what_is_masked_is_covered_in_the_still_and_listed_with_who_set_it(window: MaskWindow, desk: Desk) -> None:
    desk.masks.put(mask_of(desk))
    assert window.screen_of_camera.masks == (HOUSE,)
    assert window.items.item(0).text().endswith("NRP 87654321")


def test_the_selected_one_is_lifted_by_who_may_and_by_nobody_else(window: MaskWindow, desk: Desk) -> None:
    desk.masks.put(mask_of(desk))
    window.items.setCurrentRow(0)
    desk.masks.can_lift = False
    press(window, Qt.Key.Key_Delete)
    assert desk.masks.lifted == []
    desk.masks.can_lift = True
    press(window, Qt.Key.Key_Delete)
    assert desk.masks.lifted == ["m1"]


def test_who_may_not_set_one_draws_none(window: MaskWindow, desk: Desk) -> None:
    desk.masks.can_set = False
    press(window, Qt.Key.Key_B)
    assert not window.canvas.is_drawing


def test_a_camera_whose_picture_cannot_be_opened_says_why(desk: Desk, qtbot: QtBot) -> None:
    fault = Fault(FaultCode.PICTURE_MEMORY_FULL, "")

    def refuse(*_: object) -> FakeClip:
        raise fault

    window = MaskWindow(desk.masks, refuse, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.open_camera(desk.cameras.all()[0])
    assert window.screen_of_camera.words == explain(fault, SAY)
