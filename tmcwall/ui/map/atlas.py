"""Pictures of camera symbols in every state and bearing, drawn once, so that all are put on the map in one call."""

from __future__ import annotations

import math
from typing import Final, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from tmcwall.ui import theme
from tmcwall.ui.map.camera_field import BEARINGS, STATES, Floats, Integers
from tmcwall.ui.marks import paint_shape

SYMBOL: Final = 32
"""Pixels of a symbol's square, its nose included."""
_DISC: Final = 10.0
_MARK: Final = 11.0
_FIELDS: Final = 10
"""Of QPainter.PixmapFragment: x, y, left, top, width, height, two scales, rotation, opacity; all double."""


class Atlas:
    """For one ratio of pixels. Rows are states, columns bearings; the last column has none."""

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio
        self._side = math.ceil(SYMBOL * ratio)
        plates = [_plate(bearing, self._side) for bearing in range(BEARINGS + 1)]
        self._pixmap = QPixmap(self._side * (BEARINGS + 1), self._side * len(STATES))
        self._pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._pixmap)
        for row, state in enumerate(STATES):
            mark = _mark(theme.STATES[state], self._side)
            for column, plate in enumerate(plates):
                painter.drawPixmap(column * self._side, row * self._side, plate)
                painter.drawPixmap(column * self._side, row * self._side, mark)
        painter.end()
        self._kept: Floats = np.zeros((0, _FIELDS))

    def draw(self, painter: QPainter, x: Floats, y: Floats, *, states: Integers, bearings: Integers) -> None:
        """All symbols, in pixels of the screen."""
        count = len(x)
        if not count:
            return
        fragments = np.empty((count, _FIELDS))
        fragments[:, 0], fragments[:, 1] = x, y
        fragments[:, 2], fragments[:, 3] = bearings * self._side, states * self._side
        fragments[:, 4] = fragments[:, 5] = self._side
        fragments[:, 6] = fragments[:, 7] = 1 / self._ratio
        fragments[:, 8], fragments[:, 9] = 0.0, 1.0
        self._kept = fragments  # Qt reads it during the call
        first = cast(
            "QPainter.PixmapFragment", shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
        )  # it is declared to return an Object
        painter.drawPixmapFragments(first, count, self._pixmap)


def _plate(bearing: int, side: int) -> QPixmap:
    """A dark disc with a nose towards where the camera looks."""
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / SYMBOL, side / SYMBOL)
    painter.translate(SYMBOL / 2, SYMBOL / 2)
    painter.setPen(QPen(QColor(theme.TEXT_SOFT), 1.2))
    painter.setBrush(QColor(theme.BACKGROUND))
    if bearing < BEARINGS:
        painter.save()
        painter.rotate(bearing * 360 / BEARINGS)
        painter.setBrush(QColor(theme.TEXT_SOFT))
        painter.drawPolygon(QPolygonF([QPointF(-5.5, -8), QPointF(0, -15), QPointF(5.5, -8)]))
        painter.restore()
    painter.drawEllipse(QPointF(0, 0), _DISC, _DISC)
    painter.end()
    return pixmap


def _mark(style: theme.Style, side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.scale(side / SYMBOL, side / SYMBOL)
    corner = (SYMBOL - _MARK) / 2
    paint_shape(painter, style, QRectF(corner, corner, _MARK, _MARK))
    painter.end()
    return pixmap
