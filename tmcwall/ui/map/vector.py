"""The map's background as paths: about where each kelurahan lies, and the streets and boundaries that were imported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from tmcwall.domain.mercator import WorldPoint
from tmcwall.domain.region_cells import RegionCell
from tmcwall.maps.geojson import FeatureKind, Rank, VectorLayer
from tmcwall.ui import theme
from tmcwall.ui.map.viewport import PATH_UNIT, Viewport

_NAMES_FROM: Final = 12.5
_MINOR_FROM: Final = 14.5
_STREET_NAMES_FROM: Final = 15.0
_CELL: Final = ("#161c21", "#192026", "#151b22", "#1a1f27", "#171e20")
"""Fills of neighbouring cells, hardly different: what they divide is a guess."""
_CELL_EDGE: Final = "#3a4651"
_AREA_EDGE: Final = "#5b6b79"
_STREETS: Final = {
    Rank.MINOR: ("#39434c", 1.2),
    Rank.PLAIN: ("#46515b", 2.0),
    Rank.MIDDLE: ("#5d6873", 3.4),
    Rank.MAIN: ("#8b7a4d", 5.0),
}
"""Colour and width in pixels at zoom 14.5, the one drawn first first."""


@dataclass(frozen=True, slots=True)
class _Shape:
    path: QPainterPath
    kind: FeatureKind
    rank: Rank
    name: str
    anchor: QPointF


class VectorMap:
    """Made and drawn in the thread of the map's pictures."""

    def __init__(self, cells: Sequence[RegionCell], layers: Iterable[VectorLayer], *, filled: bool) -> None:
        """`filled`: nothing lies below it, so that areas are filled."""
        self._filled = filled
        self._cells = [_of_cell(cell) for cell in cells]
        self._shapes = [shape for layer in layers for shape in _of_layer(layer)]
        self._boxes = _boxes([shape.path for shape in self._shapes])
        self._cell_boxes = _boxes([shape.path for shape in self._cells])

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Without clearing what lies below; names are never laid over each other."""
        scale = viewport.scale / PATH_UNIT
        place = QTransform(scale, 0, 0, scale, -viewport.left, -viewport.top)
        cells = [(number, self._cells[number]) for number in _touched(self._cell_boxes, viewport)]
        shapes = [self._shapes[number] for number in _touched(self._boxes, viewport)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(place, combine=True)
        _paint_areas(painter, cells, shapes, filled=self._filled)
        _paint_streets(painter, shapes, zoom=viewport.zoom)
        painter.restore()
        names = _Names(painter, place)
        for shape in shapes:
            if viewport.zoom >= (_NAMES_FROM if shape.kind is FeatureKind.AREA else _STREET_NAMES_FROM):
                names.put(shape, small=shape.kind is not FeatureKind.AREA)
        for _number, cell in cells if viewport.zoom >= _NAMES_FROM else ():
            names.put(cell, small=False)


def _paint_areas(
    painter: QPainter, cells: Iterable[tuple[int, _Shape]], shapes: Iterable[_Shape], *, filled: bool
) -> None:
    edge = _pen(_CELL_EDGE, 1.2)
    edge.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(edge)
    for number, cell in cells:
        painter.setBrush(QColor(_CELL[number % len(_CELL)]) if filled else Qt.BrushStyle.NoBrush)
        painter.drawPath(cell.path)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(_AREA_EDGE, 1.6))
    for shape in shapes:
        if shape.kind is FeatureKind.AREA:
            painter.drawPath(shape.path)


def _paint_streets(painter: QPainter, shapes: Sequence[_Shape], *, zoom: float) -> None:
    wide = max(0.5, min(2.4, math.exp2((zoom - 14.5) / 2.2)))
    for rank, (colour, width) in _STREETS.items():
        if rank is Rank.MINOR and zoom < _MINOR_FROM:
            continue
        painter.setPen(_pen(colour, max(1.0, width * wide)))
        for shape in shapes:
            if shape.kind is FeatureKind.LINE and shape.rank is rank:
                painter.drawPath(shape.path)


class _Names:
    """Words at places, where there is room for them."""

    def __init__(self, painter: QPainter, place: QTransform) -> None:
        self._painter = painter
        self._place = place
        self._taken: list[QRectF] = []

    def put(self, shape: _Shape, *, small: bool) -> None:
        if not shape.name:
            return
        font: QFont = theme.font(theme.SMALL - 1 if small else theme.SMALL, strong=not small)
        metrics = QFontMetricsF(font)
        middle = self._place.map(shape.anchor)
        box = QRectF(0, 0, metrics.horizontalAdvance(shape.name) + 6, metrics.height())
        box.moveCenter(middle)
        if any(box.intersects(taken) for taken in self._taken):
            return
        self._taken.append(box)
        painter = self._painter
        painter.setFont(font)
        painter.setPen(QColor(theme.BACKGROUND))
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            painter.drawText(box.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, shape.name)
        painter.setPen(QColor(theme.TEXT_FAINT if small else theme.TEXT_SOFT))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shape.name)


def _pen(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _point(point: WorldPoint) -> QPointF:
    return QPointF(point.x * PATH_UNIT, point.y * PATH_UNIT)


def _of_cell(cell: RegionCell) -> _Shape:
    path = QPainterPath()
    for corner, point in enumerate(cell.ring):
        (path.lineTo if corner else path.moveTo)(_point(point))
    path.closeSubpath()
    return _Shape(path, FeatureKind.AREA, Rank.PLAIN, cell.kelurahan.name, _point(cell.middle))


def _of_layer(layer: VectorLayer) -> Iterable[_Shape]:
    for feature in layer.features:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for part in feature.parts:
            path.moveTo(part[0] * PATH_UNIT, part[1] * PATH_UNIT)
            for place in range(2, len(part), 2):
                path.lineTo(part[place] * PATH_UNIT, part[place + 1] * PATH_UNIT)
            if feature.kind is FeatureKind.AREA:
                path.closeSubpath()
        first = feature.parts[0]
        if feature.kind is FeatureKind.AREA:
            anchor = path.boundingRect().center()
        else:
            middle = len(first) // 4 * 2
            anchor = QPointF(first[middle] * PATH_UNIT, first[middle + 1] * PATH_UNIT)
        yield _Shape(path, feature.kind, feature.rank, feature.name, anchor)


def _boxes(paths: Sequence[QPainterPath]) -> npt.NDArray[np.float64]:
    """West, north, east, south of each."""
    rectangles = [path.boundingRect() for path in paths]
    rows = [(one.left(), one.top(), one.right(), one.bottom()) for one in rectangles]
    return np.array(rows, dtype=np.float64).reshape(-1, 4) / PATH_UNIT


def _touched(boxes: npt.NDArray[np.float64], viewport: Viewport) -> list[int]:
    view = viewport.box
    west, north, east, south = boxes.T
    inside = (east >= view.west) & (west <= view.east) & (south >= view.north) & (north <= view.south)
    return [int(number) for number in np.flatnonzero(inside)]
