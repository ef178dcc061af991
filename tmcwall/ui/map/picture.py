"""The map as a picture for a report: whose data it is, when it was made and where, and whether it shows an exercise."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from tmcwall.domain.incident import Drill
from tmcwall.texts import Translator
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import map as texts
from tmcwall.ui import theme
from tmcwall.ui.map.canvas import MapCanvas
from tmcwall.ui.map.painting import wrapped

_SHARPNESS: Final = 2.0
"""Pixels of the picture for one of the screen."""
_PAGE_MARGIN_MM: Final = 12.0


def picture_of(canvas: MapCanvas, *, at: datetime, station: str, translate: Translator) -> QImage:
    """What the map shows, twice as sharp, with a foot that says what has to be said. In the thread of the screen."""
    viewport = canvas.viewport
    font = theme.font(theme.SMALL)
    metrics = QFontMetricsF(font)
    time = translate.zone.long_text(at)
    head = translate(texts.PRINTED_AT, station=station, time=time) if station else translate(texts.PRINTED, time=time)
    drill = translate(incident_texts.DRILLS[Drill.EXERCISE]) if canvas.has_drills() else ""
    room = viewport.width - 4.0 * theme.SPACE
    lines = wrapped([part for part in (drill, head, *canvas.attribution()) if part], metrics.horizontalAdvance, room)
    foot = round(len(lines) * (metrics.height() + 2) + 2 * theme.SPACE)
    image = QImage(
        round(viewport.width * _SHARPNESS), round((viewport.height + foot) * _SHARPNESS), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(_SHARPNESS)
    image.fill(QColor(theme.BACKGROUND))
    painter = QPainter(image)
    painter.save()
    painter.setClipRect(QRectF(0, 0, viewport.width, viewport.height))
    canvas.paint_on(painter, viewport, smooth=True, for_screen=False)
    painter.restore()
    painter.setFont(font)
    painter.setPen(QPen(QColor(theme.TEXT)))
    for number, line in enumerate(lines):
        top = viewport.height + theme.SPACE + number * (metrics.height() + 2)
        box = QRectF(2 * theme.SPACE, top, room, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
    painter.end()
    return image


def save_picture(image: QImage, file: Path) -> bool:
    """As PDF on one A4 page, or as PNG, by the name's ending; whether it could be written. Takes a while."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if file.suffix.lower() == ".pdf":
        _print(image, buffer)
    else:
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, Qt takes words only
    try:
        file.write_bytes(buffer.data().data())
    except OSError:
        return False
    return True


def _print(image: QImage, to: QIODevice) -> None:
    writer = QPdfWriter(to)
    orientation = (
        QPageLayout.Orientation.Landscape if image.width() >= image.height() else QPageLayout.Orientation.Portrait
    )
    margins = QMarginsF(_PAGE_MARGIN_MM, _PAGE_MARGIN_MM, _PAGE_MARGIN_MM, _PAGE_MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), orientation, margins, QPageLayout.Unit.Millimeter)
    )
    writer.setCreator("tmcwall")
    painter = QPainter(writer)
    factor = min(writer.width() / image.width(), writer.height() / image.height())
    painter.drawImage(QRectF(0, 0, image.width() * factor, image.height() * factor), image)
    painter.end()
