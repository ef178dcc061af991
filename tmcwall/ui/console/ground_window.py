"""Points of the ground, set on a still of a camera, with the positions that an officer writes beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.calibration import MOST_POINTS, CameraCalibration, PicturePoint
from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.texts import Translator
from tmcwall.texts import ground_points as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import MaskService
from tmcwall.ui.console.camera_still import CameraStill
from tmcwall.ui.console.incident_form import read_position
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.review.screen import Screen
from tmcwall.ui.services import OpenLive

_STEP: Final = 0.005
"""Of the picture that an arrow key moves a point."""
_RADIUS: Final = 7.0
_ARROWS: Final = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}


class CalibrationService(Protocol):
    """The part of `Calibrations` that is set here."""

    @property
    def saved(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...
    def get(self, camera_id: str) -> CameraCalibration | None: ...
    def put(self, camera_id: str, points: Sequence[PicturePoint]) -> None: ...
    def take_back(self, camera_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float
    words: str = ""
    """The position as it was typed."""


class GroundCanvas(QWidget):
    """The points over the still; a click asks for one, or for another place of the one that is selected."""

    clicked = Signal(float, float)
    """In parts of the picture."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._screen = screen
        self._points: Sequence[_Point] = ()
        self._chosen = -1

    def show_points(self, points: Sequence[_Point], chosen: int) -> None:
        self._points, self._chosen = points, chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(strong=True))
        box = self._screen.box()
        for number, point in enumerate(self._points):
            at = QPointF(box.x() + point.x * box.width(), box.y() + point.y * box.height())
            ring = QRectF(at.x() - _RADIUS, at.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
            colour = QColor(theme.ACCENT if number == self._chosen else theme.YELLOW)
            for pen in (QPen(QColor(theme.WALL), 4), QPen(colour, 2)):
                painter.setPen(pen)
                painter.drawEllipse(ring)
                painter.drawText(at + QPointF(_RADIUS + 3, -_RADIUS), str(number + 1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        box = self._screen.box()
        at = event.position()
        if event.button() is Qt.MouseButton.LeftButton and box.contains(at.toPoint()):
            self.clicked.emit((at.x() - box.x()) / box.width(), (at.y() - box.y()) / box.height())


class GroundWindow(QWidget):
    """By mouse or keyboard; what is typed is kept until the window is closed."""

    def __init__(
        self,
        calibrations: CalibrationService,
        masks: MaskService,
        open_live: OpenLive,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._calibrations = calibrations
        self._translate = say = translate
        self._camera: Camera | None = None
        self._points: list[_Point] = []
        self.still = CameraStill(masks, open_live, clock=clock, translate=translate)
        self.canvas = GroundCanvas(self.still)
        self.still.lay_over(self.canvas)
        self.items = QListWidget()
        self.items.setAccessibleName(say(texts.POINTS))
        self.items.setMaximumHeight(34 * theme.SPACE)
        self._position = QLineEdit()
        self._position.setAccessibleName(say(texts.POSITION))
        self._position.setPlaceholderText(say(texts.POSITION))
        self._position.setMaxLength(60)
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self._new = QPushButton(say(texts.NEW))
        self._remove = QPushButton(say(texts.REMOVE))
        self._save = QPushButton(say(texts.SAVE))
        self._back = QPushButton(say(texts.TAKE_BACK))
        self._again = QPushButton(say(texts.AGAIN))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        help_text = plain_label(self._translate(texts.HELP), soft=True)
        help_text.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        for button in (self._new, self._remove, self._again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self._back, self._save):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(help_text)
        layout.addWidget(self.still, 1)
        layout.addWidget(self.items)
        layout.addWidget(self._position)
        layout.addWidget(self.words)
        layout.addLayout(buttons)
        self.resize(200 * theme.SPACE, 150 * theme.SPACE)

    def _connect(self) -> None:
        self.canvas.clicked.connect(self._click)
        self.items.currentRowChanged.connect(self._choose)
        self._position.textEdited.connect(self._type)
        self._new.clicked.connect(self.add_point)
        self._remove.clicked.connect(self.remove_point)
        self._save.clicked.connect(self.save)
        self._back.clicked.connect(self._take_back)
        self._again.clicked.connect(self.take_still)
        self._calibrations.saved.connect(self._tell_saved)
        self._calibrations.refused.connect(self._tell_refused)

    def open_camera(self, camera: Camera) -> None:
        self._camera = camera
        self.setWindowTitle(self._translate(texts.TITLE, camera=camera.name))
        self.words.clear()
        known = self._calibrations.get(camera.id)
        self._points = [] if known is None else [_Point(one.x, one.y, _typed(one.position)) for one in known.points]
        self._show(0)
        self.take_still()
        self.show()
        self.raise_()
        self.activateWindow()
        self.items.setFocus()

    @Slot()
    def add_point(self) -> None:
        """In the middle, to be moved by arrow keys."""
        self._click_new(0.5, 0.5)

    @Slot()
    def remove_point(self) -> None:
        row = self.items.currentRow()
        if 0 <= row < len(self._points):
            del self._points[row]
            self._show(min(row, len(self._points) - 1))

    @Slot()
    def save(self) -> None:
        """`saved` or what is wrong is said below."""
        positions = [read_position(point.words) for point in self._points]
        if self._camera is None:
            return
        points = [
            PicturePoint(round(point.x, 5), round(point.y, 5), position)
            for point, position in zip(self._points, positions, strict=True)
            if position is not None
        ]
        if len(points) < len(self._points):
            self.words.setText(self._translate(texts.BAD_POSITION))
            return
        self._calibrations.put(self._camera.id, points)

    @Slot()
    def take_still(self) -> None:
        if self._camera is not None:
            self.still.take(self._camera.id)

    @Slot()
    def _take_back(self) -> None:
        if self._camera is not None and self._calibrations.get(self._camera.id) is not None:
            self._points = []
            self._show(-1)
            self._calibrations.take_back(self._camera.id)

    @Slot(float, float)
    def _click(self, x: float, y: float) -> None:
        """Another place of a point that has no position yet, else a new one."""
        row = self.items.currentRow()
        if 0 <= row < len(self._points) and not self._points[row].words:
            self._points[row] = replace(self._points[row], x=x, y=y)
            self._show(row)
        else:
            self._click_new(x, y)

    def _click_new(self, x: float, y: float) -> None:
        if len(self._points) < MOST_POINTS:
            self._points.append(_Point(x, y))
            self._show(len(self._points) - 1)
            self._position.setFocus()

    @Slot(str)
    def _type(self, words: str) -> None:
        row = self.items.currentRow()
        if 0 <= row < len(self._points):
            self._points[row] = replace(self._points[row], words=words.strip())
            self.items.item(row).setText(self._line(row))
            self.canvas.show_points(self._points, row)

    @Slot(int)
    def _choose(self, row: int) -> None:
        chosen = self._points[row] if 0 <= row < len(self._points) else None
        self._position.setEnabled(chosen is not None)
        self._position.setText("" if chosen is None else chosen.words)
        self._remove.setEnabled(chosen is not None)
        self.canvas.show_points(self._points, row)

    def _show(self, row: int) -> None:
        self.items.blockSignals(True)
        self.items.clear()
        self.items.addItems([self._line(number) for number in range(len(self._points))])
        self.items.setCurrentRow(row)
        self.items.blockSignals(False)
        self._choose(row)
        self._new.setEnabled(len(self._points) < MOST_POINTS)

    def _line(self, number: int) -> str:
        say = self._translate
        return say(texts.POINT, number=number + 1, position=self._points[number].words or say(texts.NO_POSITION))

    @Slot(str)
    def _tell_saved(self, camera_id: str) -> None:
        if self._camera is not None and camera_id == self._camera.id:
            self.words.setText(self._translate(texts.SAVED))

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.items.currentRow()
        match event.key():
            case Qt.Key.Key_N:
                self.add_point()
            case Qt.Key.Key_Delete:
                self.remove_point()
            case Qt.Key.Key_F5:
                self.take_still()
            case Qt.Key.Key_Escape:
                self.close()
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if 0 <= row < len(self._points):
                right, down = _ARROWS[Qt.Key(event.key())]
                point = self._points[row]
                x, y = min(1.0, max(0.0, point.x + right)), min(1.0, max(0.0, point.y + down))
                self._points[row] = replace(point, x=x, y=y)
                self.canvas.show_points(self._points, row)
            case _:
                super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.still.put_away()
        super().closeEvent(event)


def _typed(position: Position) -> str:
    return f"{position.lat:.6f}, {position.lon:.6f}"
