"""Annotations in the review: drawn by mouse and by keyboard over the picture, listed beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, make_row
from tests.clocks import FakeClock
from tests.desk import Desk
from tmcwall.domain.annotation import Annotation
from tmcwall.domain.derived_copy import Box, DrawnShape
from tmcwall.texts import Translator
from tmcwall.ui.review.annotation_canvas import AnnotationCanvas, Stroke
from tmcwall.ui.review.annotation_panel import AnnotationPanel
from tmcwall.ui.review.player import ClipPlayer

SAY = Translator()


class StandingPlayer(ClipPlayer):
    """Shows one picture of one moment."""

    @property
    def moment(self):
        return NOW


@pytest.fixture
def player(qtbot: QtBot) -> ClipPlayer:
    player = StandingPlayer(lambda *_: pytest.fail("no file"), clock=FakeClock(NOW), translate=SAY)
    qtbot.addWidget(player)
    player.resize(640, 400)
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    player.screen_of_clip.show_image(image, remark="")
    player.show()
    return player


@pytest.fixture
def panel(desk: Desk, player: ClipPlayer, qtbot: QtBot) -> AnnotationPanel:
    panel = AnnotationPanel(desk.annotations, player, translate=SAY)
    qtbot.addWidget(panel)
    panel.show_row(make_row(3, desk.cameras.all()))
    return panel


def annotation(**changes: object) -> Annotation:
    made = Annotation(
        id="a1", bookmark_id="bookmark-3", shape=DrawnShape.BOX, starts_at=NOW, ends_at=NOW + timedelta(seconds=2),
        x=0.2, y=0.2, to_x=0.4, to_y=0.6, text="pelaku", made_by="87654321", made_at=NOW,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # a builder takes any field


def press(widget, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    widget.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def key(key: Qt.Key) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)


def point(canvas: AnnotationCanvas, player: ClipPlayer, x: float, y: float) -> QPoint:
    box = player.screen_of_clip.box()
    return QPoint(round(box.x() + x * box.width()), round(box.y() + y * box.height()))


def test_a_box_is_dragged_over_the_picture_and_kept_in_parts_of_it(panel, player, desk, qtbot: QtBot) -> None:
    panel.text.setText("pelaku")
    assert panel.obey(key(Qt.Key.Key_B))
    canvas = panel.canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=point(canvas, player, 0.25, 0.25))
    qtbot.mouseMove(canvas, point(canvas, player, 0.4, 0.4))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=point(canvas, player, 0.5, 0.75))
    ((bookmark_id, drawn),) = desk.annotations.added
    assert (bookmark_id, drawn.shape, drawn.starts_at, drawn.text) == ("bookmark-3", DrawnShape.BOX, NOW, "pelaku")
    assert (drawn.x, drawn.y, drawn.to_x, drawn.to_y) == pytest.approx((0.25, 0.25, 0.5, 0.75), abs=0.01)
    assert not canvas.is_drawing


def test_an_arrow_is_drawn_by_keyboard_alone(panel, desk) -> None:
    panel.obey(key(Qt.Key.Key_A))
    press(panel.canvas, Qt.Key.Key_Right)
    press(panel.canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(panel.canvas, Qt.Key.Key_Return)
    ((_, drawn),) = desk.annotations.added
    assert drawn.shape is DrawnShape.ARROW
    assert (drawn.x, drawn.y, drawn.to_x, drawn.to_y) == pytest.approx((0.41, 0.4, 0.61, 0.61))


def test_escape_gives_up_what_is_drawn_and_keeps_the_window(panel, desk) -> None:
    panel.obey(key(Qt.Key.Key_B))
    event = key(Qt.Key.Key_Escape)
    panel.canvas.keyPressEvent(event)
    assert event.isAccepted()
    assert desk.annotations.added == []
    assert not panel.canvas.is_drawing


def test_words_without_words_are_asked_for(panel, desk) -> None:
    panel.obey(key(Qt.Key.Key_T))
    assert panel.words.text() == "Tulis keterangannya dulu."
    assert not panel.canvas.is_drawing


def test_they_are_listed_beside_the_picture_and_shown_over_it_at_their_time(panel, desk) -> None:
    later = annotation(id="a2", starts_at=NOW + timedelta(seconds=9), ends_at=NOW + timedelta(seconds=10), text="")
    desk.annotations.changed.emit("bookmark-3", (annotation(), later))
    assert panel.title.text() == "Anotasi (2)"
    assert panel.items.item(0).text().endswith("Kotak · pelaku\nNRP 87654321")
    panel.show_moment(NOW + timedelta(seconds=1))
    assert panel.canvas.shown == (annotation(),)
    panel.show_moment(NOW + timedelta(seconds=9.5))
    assert panel.canvas.shown == (later,)


def test_who_made_one_alters_its_place_and_its_words_and_removes_it(panel, desk) -> None:
    desk.annotations.changed.emit("bookmark-3", (annotation(),))
    panel.items.setCurrentRow(0)
    panel.obey(key(Qt.Key.Key_E))
    panel.text.setText("saksi")
    press(panel.canvas, Qt.Key.Key_Left)
    press(panel.canvas, Qt.Key.Key_Enter)
    ((altered, drawn),) = desk.annotations.altered
    assert (altered, drawn.text, drawn.x, drawn.lasts_s) == ("a1", "saksi", pytest.approx(0.19), 2.0)
    panel.obey(key(Qt.Key.Key_Delete))
    assert desk.annotations.removed == ["a1"]


def test_one_of_another_officer_is_shown_and_not_altered(panel, desk) -> None:
    desk.annotations.changed.emit("bookmark-3", (annotation(made_by="11112222"),))
    panel.items.setCurrentRow(0)
    panel.alter()
    panel.remove()
    assert (desk.annotations.altered, desk.annotations.removed) == ([], [])


def test_who_may_not_draw_sees_them_only(panel, desk) -> None:
    desk.annotations.allowed = False
    panel.draw(DrawnShape.BOX)
    assert not panel.canvas.is_drawing


def test_a_stroke_that_is_only_a_click_is_no_box() -> None:
    assert not Stroke(DrawnShape.BOX, 0.5, 0.5, 0.5, 0.5).is_large_enough
    assert Stroke(DrawnShape.TEXT, 0.5, 0.5, 0.5, 0.5, "x").is_large_enough


def test_what_is_masked_of_the_camera_is_black_in_the_player(player) -> None:
    screen = player.screen_of_clip
    screen.cover((Box(0.5, 0.5, 0.25, 0.25),))
    shown, box = screen.grab().toImage(), screen.box()
    assert shown.pixelColor(box.x() + round(0.6 * box.width()), box.y() + round(0.6 * box.height())).lightness() == 0
    assert shown.pixelColor(box.x() + round(0.3 * box.width()), box.y() + round(0.3 * box.height())).lightness() == 255
