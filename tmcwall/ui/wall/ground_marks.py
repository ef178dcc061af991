"""Where incidents are in the pictures of cameras whose ground is known: a spot with its accuracy, or an arrow."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tmcwall.domain.health import TileState
from tmcwall.services.projection import GroundMark, PictureSpot
from tmcwall.ui import theme
from tmcwall.ui.wall.tile import WallTile

_AROUND: Final = QColor(theme.WALL)
_EDGE: Final = 0.06
"""Of the picture's height: so far from its edge an arrow stands."""


def paint_ground_marks(painter: QPainter, tile: WallTile) -> None:
    """None on a camera that has moved: its points are elsewhere now. Its markers are named on the tile as ever."""
    marked = [marker for marker in tile.markers if marker.ground is not None]
    if not marked or not tile.has_picture or tile.verdict.state is TileState.MOVED:
        return
    box = QRectF(tile.box.x, tile.box.y, tile.box.width, tile.box.height)
    line = max(2.0, tile.scale.frame / 2)
    painter.save()
    painter.setClipRect(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for marker in reversed(marked):
        assert marker.ground is not None, "only those were taken"
        colour = QColor(theme.SEVERITIES[marker.severity].colour)
        _paint(painter, marker.ground, box, line=line, colour=colour)
    painter.restore()


def _paint(painter: QPainter, mark: GroundMark, box: QRectF, *, line: float, colour: QColor) -> None:
    outline = QPolygonF([_point(spot, box) for spot in mark.outline])
    inside = mark.spot is not None and mark.spot.inside
    for pen in (QPen(_AROUND, line + 2), QPen(colour, line)):
        painter.setPen(pen)
        if mark.outline:
            painter.drawPolygon(outline)
        if mark.spot is not None and inside:
            _paint_cross(painter, _point(mark.spot, box), size=max(6.0, box.height() * 0.03))
        elif not inside:
            painter.drawPolygon(_arrow(mark.direction, box))


def _paint_cross(painter: QPainter, at: QPointF, *, size: float) -> None:
    painter.drawLine(QPointF(at.x() - size, at.y()), QPointF(at.x() + size, at.y()))
    painter.drawLine(QPointF(at.x(), at.y() - size), QPointF(at.x(), at.y() + size))


def _arrow(direction: tuple[float, float], box: QRectF) -> QPolygonF:
    """A triangle at the edge of the picture that points out of it."""
    right, down = direction
    size = box.height() * _EDGE
    half_width, half_height = box.width() / 2 - size, box.height() / 2 - size
    # The picture is wider than high, and so is the direction that was measured in shares of it.
    right, down = right * box.width(), down * box.height()
    length = math.hypot(right, down) or 1.0
    right, down = right / length, down / length
    reach = min(half_width / abs(right) if right else math.inf, half_height / abs(down) if down else math.inf)
    tip = box.center() + QPointF(right, down) * (reach + size * 0.8)
    back = box.center() + QPointF(right, down) * (reach - size * 0.6)
    side = QPointF(-down, right) * size * 0.7
    return QPolygonF([tip, back + side, back - side])


def _point(spot: PictureSpot, box: QRectF) -> QPointF:
    return QPointF(box.x() + spot.x * box.width(), box.y() + spot.y * box.height())
