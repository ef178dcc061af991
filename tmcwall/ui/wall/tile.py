"""One tile of a wall: which camera, where on the canvas, what lies on its picture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState, Verdict
from tmcwall.ui import theme
from tmcwall.ui.texts import Translator
from tmcwall.ui.texts import wall as texts
from tmcwall.ui.texts.faults import short_cause
from tmcwall.ui.wall import about, labels
from tmcwall.ui.wall.about import Rates
from tmcwall.ui.wall.labels import Scale
from tmcwall.ui.wall.model import Marker, TileCamera
from tmcwall.video.tilefeed import Picture, TileFeed

_WALL = QColor(theme.WALL)
_DIM = QColor(0, 0, 0, 150)
_SAME_SHAPE = 0.04
"""A picture whose aspect differs by less from its tile's is stretched to fill it."""
_CLEAN = frozenset({TileState.LIVE})


@dataclass(frozen=True, slots=True)
class _Words:
    """Everything the labels of a tile say; they are painted anew when this changes."""

    camera: TileCamera | None
    state: TileState
    age: str
    cause: str
    markers: tuple[Marker, ...]
    width: int
    height: int
    has_picture: bool
    notice: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    at: QPoint
    image: QImage


class WallTile:
    """A rectangle of the canvas, in device pixels, with a camera or without. GUI thread only."""

    def __init__(self, cell: int) -> None:
        self.cell = cell
        self.rect = QRect()
        self.camera: TileCamera | None = None
        self.feed: TileFeed | None = None
        self.main: TileFeed | None = None
        """The main stream while this tile fills the screen."""
        self.verdict = Verdict(TileState.OFF)
        self.paused = False
        self.shown = 0
        """Pictures that were painted, each counted once."""
        self.rates: Rates | None = None
        """Counted while the tile says how its video does."""
        self.reserved = False
        self.markers: tuple[Marker, ...] = ()
        self._image: QImage | None = None
        self._picture: Picture | None = None
        self._source: TileFeed | None = None
        self._images: dict[tuple[int, int, int], QImage] = {}
        self._words: _Words | None = None
        self._labels: list[_Label] = []
        self._aspect = 0.0

    # The camera.

    def picture_size(self) -> tuple[int, int]:
        """Pixels to decode to: the tile, or as much of it as keeps the aspect of the camera's picture."""
        box = self._picture_box()
        return box.width(), box.height()

    def learn_aspect(self, feed: TileFeed) -> bool:
        """Take over the shape of the camera's picture from the engine's report; whether that changed anything."""
        report = feed.report()
        if report is None or not report.width or not report.height:
            return False
        before = self._picture_box()
        self._aspect = report.width / report.height
        return self._picture_box() != before

    def take(self, feed: TileFeed, picture: Picture) -> bool:
        """Show this picture from now on; False if this tile is not to show it."""
        if self.paused or (self.main is not None and feed is self.feed and self._source is self.main):
            return False
        key = (feed.generation, feed.tile, picture.slot)
        image = self._images.get(key)
        if image is None:
            image = QImage(
                picture.pixels, picture.width, picture.height, 4 * picture.width, QImage.Format.Format_RGB32
            )  # fmt: skip
            self._images[key] = image
        if feed is not self._source:
            self._source = feed
            self._words = None
        self._image = image
        self._picture = picture
        return True

    def keep_picture(self) -> None:
        """Keep what is shown although its memory is about to be given back."""
        self._image = self._image.copy() if self._image is not None else None
        self._picture = None
        self._source = None
        self._images.clear()

    def forget_picture(self) -> None:
        self.keep_picture()
        self._image = None
        self._aspect = 0.0
        self.paused = False

    @property
    def showing_main(self) -> bool:
        """Whether the main stream's picture has come."""
        return self.main is not None and self._source is self.main

    @property
    def has_alarm(self) -> bool:
        """Whether an incident that nobody has taken up lies in this camera's view."""
        return bool(self.markers) and self.markers[0].alarm

    # Words.

    def judge(self, now_ns: int, translate: Translator) -> bool:
        """Find out the tile's state; whether anything that is drawn of it has changed."""
        feed = self.main if self.showing_main else self.feed
        if self.camera is None or feed is None:
            self.verdict = Verdict(TileState.OFF)
        else:
            self.verdict = feed.verdict(now_ns)
            if self.paused and self.verdict.state is not TileState.OFF:
                self.verdict = Verdict(TileState.PAUSED, self.verdict.age_s)
        words = self._say(now_ns, translate)
        if words == self._words:
            return False
        self._words = words
        self._labels = self._compose(words, translate)
        return True

    def _say(self, now_ns: int, translate: Translator) -> _Words:
        verdict = self.verdict
        live = verdict.state in _CLEAN
        age = ""
        if not live and verdict.age_s is not None and verdict.state not in {TileState.PAUSED, TileState.OFF}:
            text, fields = texts.age_text(verdict.age_s)
            age = translate(text, **fields)
        cause = "" if live or verdict.cause is None else _cause(verdict.cause, translate)
        waiting = self.main is not None and not self.showing_main
        return _Words(
            camera=self.camera,
            state=verdict.state,
            age=age,
            cause=cause,
            markers=self.markers,
            width=self.rect.width(),
            height=self.rect.height(),
            has_picture=self._image is not None,
            notice=translate(texts.MAIN_STREAM_COMING) if waiting else "",
            about=self._say_about(now_ns, translate),
        )

    def _say_about(self, now_ns: int, translate: Translator) -> tuple[str, ...]:
        feed = self.main if self.showing_main else self.feed
        if self.rates is None or feed is None:
            return ()
        report = feed.report()
        if report is not None:
            self.rates.note(now_ns, received=report.frames_received, displayed=self.shown)
        return about.lines(report, self.rates, size=(feed.width, feed.height), translate=translate)

    def _compose(self, words: _Words, translate: Translator) -> list[_Label]:
        scale = Scale.of(words.height)
        edge = scale.frame
        width, height = words.width - 2 * edge, words.height
        if words.camera is None:
            text = texts.RESERVED_TILE if self.reserved else texts.EMPTY_TILE
            image = labels.notice(translate(text), width=width, scale=scale)
            return [_Label(_centred(image, words.width, height), image)]
        clean = words.state in _CLEAN
        found = [_Label(QPoint(edge, edge), labels.caption(words.camera, width=width, scale=scale, strip=not clean))]
        top = edge + found[0].image.height()
        if words.markers:
            image = labels.markers(words.markers, translate=translate, width=width, scale=scale)
            found.append(_Label(QPoint(edge, top), image))
            top += image.height()
        if words.about:
            image = labels.lines(words.about, width=width, scale=scale)
            found.append(_Label(QPoint(edge, top), image))
        if not words.camera.known:
            image = labels.notice(translate(texts.CAMERA_GONE), width=width, scale=scale)
            return [*found, _Label(_centred(image, words.width, height), image)]
        if not clean:
            image = labels.status(
                words.state,
                age=words.age,
                cause=words.cause,
                translate=translate,
                width=width,
                scale=scale,
                strip=words.has_picture,
            )
            bottom = QPoint(edge, height - edge - image.height())
            at = bottom if words.has_picture else _centred(image, words.width, height)
            found.append(_Label(at, image))
        if words.notice:
            image = labels.notice(words.notice, width=width, scale=scale)
            found.append(_Label(QPoint(edge + width - image.width(), edge), image))
        return found

    # Painting. The painter's units are device pixels.

    def paint_all(self, painter: QPainter, *, selected: bool) -> None:
        """Everything, on whatever was there before."""
        if self._image is None:
            painter.fillRect(self.rect, _WALL)
        self._paint_edges(painter)
        self.paint_picture(painter, selected=selected)

    def paint_picture(self, painter: QPainter, *, selected: bool) -> None:
        """The picture and what lies on it, inside the tile's edges; without a picture nothing is cleared."""
        image = self._image
        if image is not None:
            rect, box = self.rect, self._picture_box()
            if box != rect:
                _fill_around(painter, rect, box)
            width = box.width() - (box.right() == rect.right())
            height = box.height() - (box.bottom() == rect.bottom())
            if image.height() == box.height() and 0 <= image.width() - box.width() < 8:
                painter.drawImage(box.x(), box.y(), image, 0, 0, width, height)
            else:
                painter.drawImage(QRect(box.x(), box.y(), width, height), image)
            if self.verdict.state not in _CLEAN and self.verdict.state is not TileState.REDUCED:
                painter.fillRect(box.x(), box.y(), width, height, _DIM)
        if self.has_alarm:
            self._paint_alarm(painter)
        if selected:
            self._paint_selection(painter)
        corner = self.rect.topLeft()
        for label in self._labels:
            painter.drawImage(corner + label.at, label.image)

    def picture_was_whole(self) -> bool:
        """Asked after painting: whether what was painted was not overwritten meanwhile."""
        return self._picture is None or self._source is None or self._source.whole(self._picture)

    def _paint_selection(self, painter: QPainter) -> None:
        frame = Scale.of(self.rect.height()).frame
        inner = frame if self.has_alarm else 0
        rect = self.rect.adjusted(inner, inner, -inner, -inner)
        line = min(6, frame - 1)
        _frame(painter, rect, line + 1, _WALL)
        _frame(painter, rect, line, QColor(theme.ACCENT))

    def _paint_edges(self, painter: QPainter) -> None:
        """A line at the right and one below, on which no picture is painted."""
        rect = self.rect
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), _WALL)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, _WALL)
        if self.camera is None:
            painter.setPen(QPen(QColor(theme.RAISED), 1))
            painter.drawRect(rect.adjusted(2, 2, -3, -3))

    def _paint_alarm(self, painter: QPainter) -> None:
        frame = Scale.of(self.rect.height()).frame
        _frame(painter, self.rect, frame, QColor(theme.SEVERITIES[self.markers[0].severity].colour))

    def _picture_box(self) -> QRect:
        rect = self.rect
        if not self._aspect or rect.isEmpty():
            return rect
        own = rect.width() / rect.height()
        if abs(self._aspect / own - 1) < _SAME_SHAPE:
            return rect
        width = min(rect.width(), round(rect.height() * self._aspect))
        height = min(rect.height(), round(rect.width() / self._aspect))
        return QRect(
            rect.x() + (rect.width() - width) // 2, rect.y() + (rect.height() - height) // 2, width, height
        )  # fmt: skip


def _cause(code: FaultCode, translate: Translator) -> str:
    return translate(short_cause(code))


def _centred(image: QImage, width: int, height: int) -> QPoint:
    return QPoint((width - image.width()) // 2, (height - image.height()) // 2)


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
