"""Privacy masks of one camera, drawn on a still of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.derived_copy import Box, DrawnShape
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.texts import Translator
from tmcwall.texts import annotation as annotation_texts
from tmcwall.texts import masks as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import MaskService
from tmcwall.ui.console.camera_still import CameraStill
from tmcwall.ui.console.moments import moment_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.review.annotation_canvas import AnnotationCanvas, Stroke
from tmcwall.ui.services import OpenLive

_WIDTH: Final = 200 * theme.SPACE
_HEIGHT: Final = 150 * theme.SPACE
_MASK_ROLE: Final = Qt.ItemDataRole.UserRole + 1


class MaskWindow(QWidget):
    """By mouse or keyboard: B begins a mask, arrow keys move it, with Shift they size it, Enter sets it; Del lifts the
    one that is selected, F5 takes a new picture.
    """

    def __init__(
        self,
        masks: MaskService,
        open_live: OpenLive,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._masks = masks
        self._translate = say = translate
        self._camera: Camera | None = None
        self.screen_of_camera = CameraStill(masks, open_live, clock=clock, translate=translate)
        self.canvas = AnnotationCanvas(self.screen_of_camera.box, self.screen_of_camera)
        self.screen_of_camera.lay_over(self.canvas)
        self.items = QListWidget()
        self.items.setAccessibleName(say(texts.LIST))
        self.words = plain_label("", soft=True)
        self.words.setWordWrap(True)
        self._new = QPushButton(say(texts.NEW))
        self._new.clicked.connect(self.draw)
        self._lift = QPushButton(say(texts.LIFT))
        self._lift.clicked.connect(self.lift)
        self._again = QPushButton(say(texts.AGAIN))
        self._again.clicked.connect(self.take_still)
        self._lay_out()
        self.canvas.drawn.connect(self._set)
        self.canvas.given_up.connect(self._forget)
        self.items.currentItemChanged.connect(self._show_state)
        masks.changed.connect(self._show_masks)
        masks.refused.connect(self._tell_refused)

    def _lay_out(self) -> None:
        help_text = plain_label(self._translate(texts.HELP), soft=True)
        help_text.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        for button in (self._new, self._lift, self._again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.items.setMaximumHeight(30 * theme.SPACE)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(help_text)
        layout.addWidget(self.screen_of_camera, 1)
        layout.addWidget(self.items)
        layout.addWidget(self.words)
        layout.addLayout(buttons)
        self.resize(_WIDTH, _HEIGHT)

    def open_camera(self, camera: Camera) -> None:
        self.canvas.give_up()
        self._camera = camera
        self.setWindowTitle(self._translate(texts.TITLE, camera=camera.name))
        self.words.clear()
        self._show_masks()
        self.take_still()
        self.show()
        self.raise_()
        self.activateWindow()
        self.items.setFocus()

    @Slot()
    def take_still(self) -> None:
        """The next picture of the camera; it stays until another one is asked for."""
        if self._camera is not None:
            self.screen_of_camera.take(self._camera.id)

    @Slot()
    def draw(self) -> None:
        if self._camera is not None and self._masks.can_set:
            self.words.setText(self._translate(annotation_texts.DRAWING))
            self.canvas.begin(Stroke(DrawnShape.BOX))

    @Slot()
    def lift(self) -> None:
        """The one that is selected, by who may."""
        chosen = self._chosen()
        if chosen is not None and self._masks.can_lift:
            self.words.clear()
            self._masks.lift(chosen)

    @Slot(object)
    def _set(self, stroke: Stroke) -> None:
        if self._camera is not None:
            left, top = min(stroke.x, stroke.to_x), min(stroke.y, stroke.to_y)
            box = Box(left, top, abs(stroke.to_x - stroke.x), abs(stroke.to_y - stroke.y))
            self._masks.add(self._camera.id, box)
        self.words.setText(self._translate(texts.SET))
        self.items.setFocus()

    @Slot()
    def _forget(self) -> None:
        self.words.clear()
        self.items.setFocus()

    def _chosen(self) -> PrivacyMask | None:
        item: QListWidgetItem | None = self.items.currentItem()
        found = item.data(_MASK_ROLE) if item is not None else None
        return found if isinstance(found, PrivacyMask) else None

    @Slot()
    def _show_masks(self) -> None:
        if self._camera is None:
            return
        say = self._translate
        self.items.clear()
        for number, mask in enumerate(self._masks.of_camera(self._camera.id), 1):
            time, officer = moment_text(mask.set_at, say), officer_text(mask.set_by)
            line = QListWidgetItem(say(texts.LINE, number=number, time=time, officer=officer))
            line.setData(_MASK_ROLE, mask)
            self.items.addItem(line)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        self._new.setEnabled(self._masks.can_set)
        self._lift.setEnabled(self._masks.can_lift and self._chosen() is not None)

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_B:
                self.draw()
            case Qt.Key.Key_Delete:
                self.lift()
            case Qt.Key.Key_F5:
                self.take_still()
            case Qt.Key.Key_Escape:
                self.close()
            case _:
                super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.canvas.give_up()
        self.screen_of_camera.put_away()
        super().closeEvent(event)
