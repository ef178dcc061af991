"""Annotations over the picture that is shown, and a new one that is drawn with the mouse or the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atan2, cos, pi, sin
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tmcwall.domain.annotation import Annotation
from tmcwall.domain.derived_copy import DrawnShape
from tmcwall.ui import theme

_STEP: Final = 0.01
"""Parts of the picture that an arrow key moves."""
_SMALLEST: Final = 0.004
_HEAD: Final = 4 * theme.SPACE
_ARROWS: Final = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """What is being drawn, in parts of the picture."""

    shape: DrawnShape
    x: float = 0.4
    y: float = 0.4
    to_x: float = 0.6
    to_y: float = 0.6
    text: str = ""

    @property
    def is_large_enough(self) -> bool:
        across, down = abs(self.to_x - self.x), abs(self.to_y - self.y)
        match self.shape:
            case DrawnShape.BOX:
                return min(across, down) >= _SMALLEST
            case DrawnShape.ARROW:
                return max(across, down) >= _SMALLEST
            case DrawnShape.TEXT:
                return True


class AnnotationCanvas(QWidget):
    """Lies over the picture and leaves the mouse and the keyboard to it, but while something is drawn."""

    drawn = Signal(object)
    """Stroke."""
    given_up = Signal()

    def __init__(self, picture: Callable[[], QRect], parent: QWidget) -> None:
        """`picture` is where the picture is on the parent, whose place this covers."""
        super().__init__(parent)
        self._picture = picture
        self._shown: Sequence[Annotation] = ()
        self._chosen = ""
        self._stroke: Stroke | None = None
        self._from: tuple[float, float] | None = None
        self._end()

    @property
    def is_drawing(self) -> bool:
        return self._stroke is not None

    @property
    def shown(self) -> Sequence[Annotation]:
        return self._shown

    def show_annotations(self, shown: Sequence[Annotation], chosen: str = "") -> None:
        """`chosen` is the id of the one that stands out."""
        if (shown, chosen) != (self._shown, self._chosen):
            self._shown, self._chosen = shown, chosen
            self.update()

    def begin(self, stroke: Stroke) -> None:
        """Draw from there on; `drawn` or `given_up` follows."""
        self._stroke = stroke
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()
        self.update()

    def give_up(self) -> None:
        if self.is_drawing:
            self._end()
            self.given_up.emit()

    def _end(self) -> None:
        self._stroke = self._from = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.update()

    def _finish(self) -> None:
        stroke = self._stroke
        if stroke is not None and stroke.is_large_enough:
            self._end()
            self.drawn.emit(stroke)

    def _part(self, point: QPointF) -> tuple[float, float]:
        picture = self._picture()
        across = (point.x() - picture.x()) / max(picture.width(), 1)
        down = (point.y() - picture.y()) / max(picture.height(), 1)
        return min(1.0, max(0.0, across)), min(1.0, max(0.0, down))

    def _place(self, x: float, y: float) -> QPointF:
        picture = self._picture()
        return QPointF(picture.x() + x * picture.width(), picture.y() + y * picture.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(strong=True))
        for one in self._shown:
            colour = theme.YELLOW if one.id == self._chosen else theme.SKY
            self._paint(painter, Stroke(one.shape, one.x, one.y, one.to_x, one.to_y, one.text), colour)
        if self._stroke is not None:
            self._paint(painter, self._stroke, theme.ORANGE)
        painter.end()

    def _paint(self, painter: QPainter, stroke: Stroke, colour: str) -> None:
        one, other = self._place(stroke.x, stroke.y), self._place(stroke.to_x, stroke.to_y)
        for pen in (QPen(QColor(theme.WALL), 5), QPen(QColor(colour), 2)):
            painter.setPen(pen)
            match stroke.shape:
                case DrawnShape.BOX:
                    painter.drawRect(QRectF(one, other).normalized())
                case DrawnShape.ARROW:
                    angle = atan2(other.y() - one.y(), other.x() - one.x())
                    painter.drawLine(one, other)
                    for side in (angle + 0.8 * pi, angle - 0.8 * pi):
                        painter.drawLine(other, other + QPointF(_HEAD * cos(side), _HEAD * sin(side)))
                case DrawnShape.TEXT:
                    pass
        if stroke.text or stroke.shape is DrawnShape.TEXT:
            self._paint_words(painter, stroke.text or "…", one, QColor(colour))

    def _paint_words(self, painter: QPainter, words: str, at: QPointF, colour: QColor) -> None:
        """Above the point, and within the picture."""
        picture, metrics = self._picture(), painter.fontMetrics()
        room = max(picture.width() - 2 * theme.SPACE, 1)
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        strip = QRectF(0, 0, metrics.horizontalAdvance(words) + 2 * theme.SPACE, metrics.height())
        left = min(max(at.x(), picture.left()), picture.right() - strip.width())
        top = min(max(at.y() - strip.height() - theme.SPACE, picture.top()), picture.bottom() - strip.height())
        strip.moveTo(left, top)
        painter.fillRect(strip, QColor(theme.WALL))
        painter.setPen(colour)
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None and event.button() is Qt.MouseButton.LeftButton:
            self._from = self._part(event.position())
            self._draw_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._draw_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and event.button() is Qt.MouseButton.LeftButton:
            self._draw_to(event.position())
            self._from = None
            self._finish()

    def _draw_to(self, point: QPointF) -> None:
        stroke, begun = self._stroke, self._from
        if stroke is not None and begun is not None:
            across, down = self._part(point)
            if stroke.shape is DrawnShape.TEXT:
                begun = across, down
            self._stroke = Stroke(stroke.shape, *begun, across, down, stroke.text)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nothing that is pressed while something is drawn goes to the player."""
        stroke = self._stroke
        if stroke is None:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Escape:
                self.give_up()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._finish()
            case key if (step := _ARROWS.get(Qt.Key(key))) is not None:
                sized = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._stroke = _moved(stroke, *step, sized=sized)
                self.update()
        event.accept()


def _moved(stroke: Stroke, across: float, down: float, *, sized: bool) -> Stroke:
    """Wholly, or only its second point; it stays within the picture."""
    if sized:
        return Stroke(stroke.shape, stroke.x, stroke.y, _in(stroke.to_x + across), _in(stroke.to_y + down), stroke.text)
    across = min(max(across, -min(stroke.x, stroke.to_x)), 1 - max(stroke.x, stroke.to_x))
    down = min(max(down, -min(stroke.y, stroke.to_y)), 1 - max(stroke.y, stroke.to_y))
    x, y, to_x, to_y = stroke.x + across, stroke.y + down, stroke.to_x + across, stroke.to_y + down
    return Stroke(stroke.shape, _in(x), _in(y), _in(to_x), _in(to_y), stroke.text)


def _in(part: float) -> float:
    return round(min(1.0, max(0.0, part)), 4)
