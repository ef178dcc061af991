"""The shapes that stand beside the words of states and severities, drawn with the painter at any size."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from tmcwall.domain.health import TileState
from tmcwall.ui.theme import STATES, Shape, Style


def paint_shape(painter: QPainter, style: Style, box: QRectF) -> None:
    """Draw a shape in its colour into a square box; the painter's state is kept."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 24, box.height() / 24)
    path, filled = _SHAPES[style.shape]()
    if filled:
        painter.fillPath(path, QColor(style.colour))
    else:
        pen = QPen(QColor(style.colour), 3.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
    painter.restore()


def state_icon(state: TileState, size: int = 16) -> QIcon:
    """The shape of a state as an icon for trees and lists; `size` in pixels."""
    return _icon(STATES[state], size)


def _icon(style: Style, size: int) -> QIcon:
    icon = QIcon()
    for factor in (1, 2):
        pixmap = QPixmap(size * factor, size * factor)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_shape(painter, style, QRectF(0, 0, size * factor, size * factor))
        painter.end()
        pixmap.setDevicePixelRatio(factor)
        icon.addPixmap(pixmap)
    return icon


# Each builder answers a path in a box of 24x24 and whether it is filled (else stroked).
_Drawn = tuple[QPainterPath, bool]


def _polygon(points: list[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _lines(*strokes: list[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    for stroke in strokes:
        path.moveTo(*stroke[0])
        for point in stroke[1:]:
            path.lineTo(*point)
    return path


def _disc() -> _Drawn:
    path = QPainterPath()
    path.addEllipse(QPointF(12, 12), 8.5, 8.5)
    return path, True


def _ring() -> _Drawn:
    path = QPainterPath()
    path.addEllipse(QPointF(12, 12), 8, 8)
    return path, False


def _dots() -> _Drawn:
    path = QPainterPath()
    for x in (4.0, 12.0, 20.0):
        path.addEllipse(QPointF(x, 12), 2.9, 2.9)
    return path, True


def _half() -> _Drawn:
    path = QPainterPath()
    path.addEllipse(QPointF(12, 12), 9.5, 9.5)
    hole = QPainterPath()
    hole.addEllipse(QPointF(12, 12), 6.6, 6.6)
    right = QPainterPath()
    right.addRect(QRectF(12, 0, 12, 24))
    return path.subtracted(hole.intersected(right)), True


def _triangle() -> _Drawn:
    mark = QPainterPath()
    mark.addRoundedRect(QRectF(10.7, 8.5, 2.6, 7), 1.2, 1.2)
    mark.addEllipse(QPointF(12, 18.2), 1.5, 1.5)
    return _polygon([(12, 2), (23, 21.5), (1, 21.5)]).subtracted(mark), True


def _cross() -> _Drawn:
    return _lines([(4, 4), (20, 20)], [(20, 4), (4, 20)]), False


def _square() -> _Drawn:
    path = QPainterPath()
    path.addRoundedRect(QRectF(3.5, 3.5, 17, 17), 2, 2)
    return path, True


def _frame() -> _Drawn:
    path = QPainterPath()
    path.addRoundedRect(QRectF(3, 4.5, 18, 15), 2, 2)
    return path, False


def _arrow() -> _Drawn:
    return _lines([(2.5, 12), (21, 12)], [(14, 4.5), (21.5, 12), (14, 19.5)]), False


def _barred() -> _Drawn:
    path = QPainterPath()
    path.addEllipse(QPointF(12, 12), 9.5, 9.5)
    path.moveTo(5.5, 12)
    path.lineTo(18.5, 12)
    return path, False


def _diamond() -> _Drawn:
    return _polygon([(12, 1.5), (22.5, 12), (12, 22.5), (1.5, 12)]), True


def _octagon() -> _Drawn:
    corners = [(math.cos(math.radians(22.5 + 45 * n)), math.sin(math.radians(22.5 + 45 * n))) for n in range(8)]
    return _polygon([(12 + 10.5 * x, 12 + 10.5 * y) for x, y in corners]), True


def _plug() -> _Drawn:
    return _lines([(8, 2.5), (8, 8)], [(16, 2.5), (16, 8)], [(4.5, 9), (19.5, 9), (17.5, 15), (12, 16.5), (6.5, 15), (4.5, 9)], [(12, 16.5), (12, 22)]), False  # fmt: skip  # noqa: E501 - one outline


def _bars() -> _Drawn:
    path = QPainterPath()
    path.addRoundedRect(QRectF(4.5, 3.5, 5.5, 17), 1.5, 1.5)
    path.addRoundedRect(QRectF(14, 3.5, 5.5, 17), 1.5, 1.5)
    return path, True


def _rewind() -> _Drawn:
    path = _polygon([(12, 4), (12, 20), (1.5, 12)])
    path.addPath(_polygon([(22.5, 4), (22.5, 20), (12, 12)]))
    return path, True


_SHAPES: Final[Mapping[Shape, Callable[[], _Drawn]]] = {
    Shape.DISC: _disc,
    Shape.RING: _ring,
    Shape.DOTS: _dots,
    Shape.HALF: _half,
    Shape.TRIANGLE: _triangle,
    Shape.CROSS: _cross,
    Shape.SQUARE: _square,
    Shape.FRAME: _frame,
    Shape.ARROW: _arrow,
    Shape.BARRED: _barred,
    Shape.DIAMOND: _diamond,
    Shape.OCTAGON: _octagon,
    Shape.PLUG: _plug,
    Shape.BARS: _bars,
    Shape.REWIND: _rewind,
}
