"""Boxes over a picture, and a new one that is drawn with the mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tmcwall.domain.derived_copy import Box
from tmcwall.ui import theme

_SMALLEST: Final = 0.004
"""Parts of the picture; a click is no box."""


@dataclass(frozen=True, slots=True)
class ShownBox:
    box: Box
    words: str
    chosen: bool = False


class BoxCanvas(QWidget):
    """Lies over the picture; what it draws on top of it is seen here only, the copy is covered by who makes it."""

    drawn = Signal(object)
    """Box."""

    def __init__(self, picture: Callable[[], QRect], parent: QWidget) -> None:
        """`picture` is where the picture is on the parent, whose place this covers."""
        super().__init__(parent)
        self._picture = picture
        self._boxes: Sequence[ShownBox] = ()
        self._from: QPointF | None = None
        self._to = QPointF()
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_boxes(self, boxes: Sequence[ShownBox]) -> None:
        if boxes != self._boxes:
            self._boxes = boxes
            self.update()

    def _part(self, point: QPointF) -> QPointF:
        """A point of this widget as parts of the picture, within it."""
        picture = self._picture()
        across = (point.x() - picture.x()) / max(picture.width(), 1)
        down = (point.y() - picture.y()) / max(picture.height(), 1)
        return QPointF(min(1.0, max(0.0, across)), min(1.0, max(0.0, down)))

    def _place(self, box: Box) -> QRectF:
        picture = self._picture()
        return QRectF(
            picture.x() + box.x * picture.width(),
            picture.y() + box.y * picture.height(),
            box.width * picture.width(),
            box.height * picture.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL, strong=True))
        for shown in self._boxes:
            colour = QColor(theme.YELLOW if shown.chosen else theme.SKY)
            place = self._place(shown.box)
            inside = QColor(colour)
            inside.setAlpha(70)
            painter.fillRect(place, inside)
            painter.setPen(QPen(colour, 2))
            painter.drawRect(place)
            painter.drawText(place.adjusted(theme.SPACE, 0, 200, 200), Qt.AlignmentFlag.AlignLeft, shown.words)
        if self._from is not None:
            painter.setPen(QPen(QColor(theme.ORANGE), 2, Qt.PenStyle.DashLine))
            painter.drawRect(QRectF(self._from, self._to).normalized())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._from = self._to = event.position()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._to = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        one, two = self._part(self._from), self._part(event.position())
        self._from = None
        self.update()
        left, top = min(one.x(), two.x()), min(one.y(), two.y())
        width, height = abs(one.x() - two.x()), abs(one.y() - two.y())
        if width >= _SMALLEST and height >= _SMALLEST:
            self.drawn.emit(Box(left, top, width, height))
