"""The icons of incident types."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from tmcwall.domain.incident import IncidentType
from tmcwall.resources import resource
from tmcwall.ui.console.incident_icons import paint_incident


@pytest.mark.parametrize("kind", list(IncidentType))
def test_every_type_has_an_icon_that_draws(kind: IncidentType, qapp: object) -> None:
    assert QSvgRenderer(str(resource(f"icons/incidents/{kind.value}.svg"))).isValid()
    image = QImage(36, 36, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_incident(painter, kind, QRectF(0, 0, 36, 36))
    painter.end()
    light = sum(image.pixelColor(x, y).lightness() > 128 for x in range(36) for y in range(36))
    assert light > 20
