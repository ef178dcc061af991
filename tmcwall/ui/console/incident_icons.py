"""The icons of incident types: one SVG each under `resources/icons/incidents`, drawn in the text colour."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from tmcwall.domain.incident import IncidentType
from tmcwall.resources import resource
from tmcwall.ui import theme


@cache
def _renderer(kind: IncidentType) -> QSvgRenderer:
    return QSvgRenderer(str(resource(f"icons/incidents/{kind.value}.svg")))


def paint_incident(painter: QPainter, kind: IncidentType, box: QRectF) -> None:
    """Draw the icon of a type on a raised plate."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.BORDER), 1))
    painter.setBrush(QColor(theme.RAISED))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.SPACE, theme.SPACE)
    margin = box.width() / 6
    _renderer(kind).render(painter, box.adjusted(margin, margin, -margin, -margin))
    painter.restore()
