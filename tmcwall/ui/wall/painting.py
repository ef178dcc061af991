"""How tiles come onto the screen: pictures first, then what lies on them.

`TilesPainter` is all that a canvas knows of it, so that a painter with a graphics card can take its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Protocol

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from tmcwall.ui import theme
from tmcwall.ui.masking import paint_masks
from tmcwall.ui.pictures import Sheet, address_of
from tmcwall.ui.wall.largepages import LargePages
from tmcwall.ui.wall.tile import WallTile
from tmcwall.video.feed.tile_feed import Picture
from tmcwall.video.ipc.shared_frames import WIDTH_STEP

_WALL: Final = QColor(theme.WALL)
_DIM: Final = QColor(0, 0, 0, 150)
_DROP: Final = QColor(122, 162, 247, 90)
_BGRA: Final = frozenset(
    {QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32, QImage.Format.Format_ARGB32_Premultiplied}
)


class TilesPainter(Protocol):
    """Paints the tiles of one canvas, within its paint event. Rectangles of tiles are in device pixels."""

    def paint_new(self, tiles: Collection[WallTile]) -> None:
        """Only the new pictures of these tiles and what lies on them; nothing else has changed."""
        ...

    def paint_all(self, tiles: Iterable[WallTile], banner: QImage | None) -> None:
        """These tiles wholly, and a notice over the lower part of the canvas."""
        ...


class RasterPainter:
    """Paints with the processor, pictures straight into the window's own memory where it can be reached."""

    def __init__(self, canvas: QWidget) -> None:
        self._canvas = canvas
        self._sheets: dict[tuple[int, int], Sheet] = {}
        self._pages = LargePages()

    def paint_new(self, tiles: Collection[WallTile]) -> None:
        surface = self._surface()
        if surface is None:
            painter = self._painter()
            for tile in tiles:
                self._paint_tile(painter, tile)
        else:
            painter = QPainter(surface)
            address, stride = address_of(surface), surface.bytesPerLine()
            width, height = surface.width(), surface.height()
            self._pages.ask(address, stride * height)
            for tile in tiles:
                box, picture = tile.box, tile.picture
                if (
                    picture is not None
                    and picture.fills_its_rows
                    and (picture.width, picture.height) == (box.width, box.height)
                    and box.x + box.width <= width
                    and box.y + box.height <= height
                ):
                    picture.paint(address + box.y * stride + 4 * box.x, stride)
                    self._paint_over(painter, tile)
                else:
                    self._paint_tile(painter, tile)
        painter.end()

    def paint_all(self, tiles: Iterable[WallTile], banner: QImage | None) -> None:
        painter = self._painter()
        for tile in tiles:
            if not tile.has_picture:
                painter.fillRect(tile.rect, _WALL)
            self._paint_tile(painter, tile)
        if banner is not None:
            ratio = self._canvas.devicePixelRatio()
            width, height = round(self._canvas.width() * ratio), round(self._canvas.height() * ratio)
            painter.drawImage((width - banner.width()) // 2, round(height * 0.9) - banner.height(), banner)
        painter.end()
        self._sheets.clear()

    def _surface(self) -> QImage | None:
        """The window's memory. A painter of the widget would carry the whole region as its clip and copy a picture
        through it in spans; tiles paint inside their rectangles only, so no clip is needed.
        """
        window = self._canvas.window()
        device = window.backingStore().paintDevice()
        if not isinstance(device, QImage) or device.format() not in _BGRA:
            return None
        if self._canvas.mapTo(window, QPoint(0, 0)) != QPoint(0, 0):
            return None
        return QImage(device.bits(), device.width(), device.height(), device.bytesPerLine(), device.format())

    def _painter(self) -> QPainter:
        """A painter of the widget whose units are device pixels."""
        painter = QPainter(self._canvas)
        ratio = self._canvas.devicePixelRatio()
        painter.scale(1 / ratio, 1 / ratio)
        return painter

    def _paint_tile(self, painter: QPainter, tile: WallTile) -> None:
        """The picture with what is around it, and what lies on it; without a picture nothing is cleared."""
        rect, box = tile.rect, tile.box
        image = self._image(tile.picture) if tile.picture is not None else tile.kept
        if image is not None:
            inside = QRect(box.x, box.y, box.width, box.height)
            if inside != rect:
                _fill_around(painter, rect, inside)
            if image.height() == box.height and 0 <= image.width() - box.width < WIDTH_STEP:
                painter.drawImage(box.x, box.y, image, 0, 0, box.width, box.height)
            else:
                painter.drawImage(inside, image)
        self._paint_over(painter, tile)

    def _image(self, picture: Picture) -> QImage:
        """The picture, until the next one of that size."""
        size = (picture.width, picture.height)
        if size not in self._sheets:
            self._sheets[size] = Sheet(*size)
        return self._sheets[size].paint(picture)

    def _paint_over(self, painter: QPainter, tile: WallTile) -> None:
        if tile.masks and tile.has_picture:
            paint_masks(painter, QRect(*tile.box), tile.masks)
        if tile.dimmed:
            box = tile.box
            painter.fillRect(box.x, box.y, box.width, box.height, _DIM)
        x, y, width, height = tile.place
        painter.fillRect(x + width - 1, y, 1, height, _WALL)
        painter.fillRect(x, y + height - 1, width, 1, _WALL)
        if tile.camera is None:
            painter.setPen(QPen(QColor(theme.RAISED), 1))
            painter.drawRect(tile.rect.adjusted(2, 2, -3, -3))
        if tile.has_alarm:
            colour = QColor(theme.SEVERITIES[tile.markers[0].severity].colour)
            _frame(painter, tile.rect, tile.scale.frame, colour)
        if tile.replay is not None:
            _paint_replay(painter, tile)
        if tile.selected:
            _paint_selection(painter, tile)
        for label in tile.labels:
            painter.drawImage(x + label.x, y + label.y, label.image)
        if tile.drop_target:
            painter.fillRect(tile.rect, _DROP)


def _paint_selection(painter: QPainter, tile: WallTile) -> None:
    frame = tile.scale.frame
    inner = frame * (tile.has_alarm + (tile.replay is not None))
    rect = tile.rect.adjusted(inner, inner, -inner, -inner)
    line = min(6, frame - 1)
    _frame(painter, rect, line + 1, _WALL)
    _frame(painter, rect, line, QColor(theme.ACCENT))


def _paint_replay(painter: QPainter, tile: WallTile) -> None:
    frame = tile.scale.frame
    inner = frame if tile.has_alarm else 0
    _frame(painter, tile.rect.adjusted(inner, inner, -inner, -inner), frame, QColor(theme.REPLAY.colour))


def _fill_around(painter: QPainter, rect: QRect, box: QRect) -> None:
    """The stripes beside a picture of another shape: the labels that lie there are translucent."""
    painter.fillRect(rect.x(), rect.y(), rect.width(), box.y() - rect.y(), _WALL)
    painter.fillRect(rect.x(), box.bottom() + 1, rect.width(), rect.bottom() - box.bottom(), _WALL)
    painter.fillRect(rect.x(), box.y(), box.x() - rect.x(), box.height(), _WALL)
    painter.fillRect(box.right() + 1, box.y(), rect.right() - box.right(), box.height(), _WALL)


def _frame(painter: QPainter, rect: QRect, line: int, colour: QColor) -> None:
    painter.fillRect(rect.x(), rect.y(), rect.width(), line, colour)
    painter.fillRect(rect.x(), rect.bottom() - line + 1, rect.width(), line, colour)
    painter.fillRect(rect.x(), rect.y(), line, rect.height(), colour)
    painter.fillRect(rect.right() - line + 1, rect.y(), line, rect.height(), colour)
