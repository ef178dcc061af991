"""One tile of a wall: which camera, where on the canvas, what lies on its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from tmcwall.domain import derived_copy
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.source import SessionKind
from tmcwall.texts import Translator
from tmcwall.texts import wall as texts
from tmcwall.texts.oddities import cause_text
from tmcwall.ui.pictures import image_of
from tmcwall.ui.wall import about, labels
from tmcwall.ui.wall.history import History
from tmcwall.ui.wall.labels import Scale
from tmcwall.ui.wall.model import Marker, TileCamera
from tmcwall.ui.wall.replaying import Replay, ReplayWords
from tmcwall.video.feed.tile_feed import Picture, TileFeed
from tmcwall.video.ipc.messages import StreamReport

_SAME_SHAPE = 0.04
"""A picture whose aspect differs by less from its tile's is stretched to fill it."""
_CLEAN = frozenset({TileState.LIVE})
_BEHIND_S = 2.0
_BRIGHT = frozenset({TileState.LIVE, TileState.REDUCED})


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
    scale: Scale
    has_picture: bool
    notice: str
    about: tuple[str, ...]
    replay: ReplayWords | None


class Box(NamedTuple):
    """A part of the canvas in device pixels."""

    x: int
    y: int
    width: int
    height: int


class Label(NamedTuple):
    """Something that lies on a tile's picture, and where, from the tile's corner."""

    x: int
    y: int
    image: QImage


class WallTile:
    """A rectangle of the canvas, in device pixels, with a camera or without. GUI thread only."""

    def __init__(self, cell: int) -> None:
        self.cell = cell
        self.selected = False
        self.drop_target = False
        """Something is held over it."""
        self.camera: TileCamera | None = None
        self.feed: TileFeed | None = None
        self.main: TileFeed | None = None
        """The main stream while this tile fills the screen."""
        self.replay: Replay | None = None
        """Its pictures are shown in place of the live ones, which go on coming."""
        self.refusal: FaultCode | None = None
        """Why a feed could not be opened or resized."""
        self.verdict = TileStatus(TileState.OFF)
        self.paused = False
        self.shown = 0
        """Pictures that were painted, each counted once."""
        self.history = History()
        self.telling = False
        """Whether the tile says how its video does."""
        self.reserved = False
        self.markers: tuple[Marker, ...] = ()
        self.picture: Picture | None = None
        """What is shown, in the decoder's memory."""
        self.kept: QImage | None = None
        """What is shown where that memory is not to be used any more."""
        self.labels: list[Label] = []
        self.place = self.box = Box(0, 0, 0, 0)
        """The tile on the canvas, and the part of it that the picture covers."""
        self.density = 1.0
        """Device pixels to a pixel of the desktop; to be set before the rectangle."""
        self.scale = Scale.of(0)
        self._rect = QRect()
        self._source: TileFeed | None = None
        self._words: _Words | None = None
        self._aspect = 0.0

    @property
    def rect(self) -> QRect:
        """Where the tile lies on the canvas, in device pixels; empty where it cannot be seen."""
        return self._rect

    @rect.setter
    def rect(self, rect: QRect) -> None:
        self._rect = rect
        self.place = Box(rect.x(), rect.y(), rect.width(), rect.height())
        self.box = self._fit()
        self.scale = Scale.of(rect.height(), density=self.density)

    # The camera.

    def picture_size(self) -> tuple[int, int]:
        """Pixels to decode to."""
        return self.box.width, self.box.height

    def learn_aspect(self, feed: TileFeed) -> bool:
        """Take over the shape of the camera's picture from the engine's report; whether that changed anything."""
        report = feed.report()
        if report is None or not report.width or not report.height:
            return False
        before = self.box
        self._aspect = report.width / report.height
        self.box = self._fit()
        return self.box != before

    def take(self, feed: TileFeed, picture: Picture) -> bool:
        """Show this picture from now on; False if this tile is not to show it."""
        if self.replay is not None:
            if feed is not self.replay.feed:
                return False
        elif self.paused or (self.main is not None and feed is self.feed and self._source is self.main):
            return False
        if feed is not self._source:
            self._source = feed
            self._words = None
        self.picture = picture
        self.kept = None
        return True

    def remember(self, now_ns: int) -> None:
        """Once a second: how the video does."""
        feed = self.main if self.showing_main else self.feed
        if feed is not None:
            self.history.note(now_ns, source=feed, decoded=feed.ages().decoded, shown=self.shown)

    def on_report(self, report: StreamReport, now_ns: int) -> None:
        """The engine has said how a stream of this camera does; only that of the picture shown counts."""
        feed = self.main if self.showing_main else self.feed
        if feed is not None and feed.report() is report:
            self.history.note_report(
                now_ns, stream=report.profile, frames=report.frames_received, lost=report.packets_lost
            )  # fmt: skip

    def count_painted(self, delay_ns: int) -> None:
        """A picture was painted for the first time, so long after it was due."""
        self.shown += 1
        if self.replay is None:
            self.history.note_painted(delay_ns)

    def keep_picture(self) -> None:
        """Keep what is shown although its memory is about to be given back."""
        self._hold()
        self._source = None

    def forget_picture(self) -> None:
        self.picture = self.kept = self._source = None
        self._aspect = 0.0
        self.paused = False

    def pause(self, *, paused: bool) -> None:
        """Stay with the picture that is shown, or go on."""
        self.paused = paused
        self._hold()

    def _hold(self) -> None:
        """Show a copy. A picture that is being written over meanwhile is not kept: the one of before stays."""
        if self.picture is not None:
            image = image_of(self.picture)
            if self.picture_was_whole() or self.kept is None:
                self.kept = image
            self.picture = None

    def be_live(self) -> None:
        """Show the newest live picture at once: what was recorded is not to stand there without its mark."""
        self.picture = self.kept = self._source = None
        for feed in (self.main, self.feed):
            newest = feed.newest_whole() if feed is not None else None
            if feed is not None and newest is not None and self.take(feed, newest):
                return

    @property
    def shown_feed(self) -> TileFeed | None:
        """Whose pictures are on the tile, or will be."""
        if self.replay is not None:
            return self.replay.feed
        return self.main if self.showing_main else self.feed

    @property
    def showing_main(self) -> bool:
        """Whether the main stream's picture has come."""
        return self.main is not None and self._source is self.main

    @property
    def masks(self) -> Sequence[derived_copy.Box]:
        """What is covered of its picture, live or recorded."""
        return self.camera.masks if self.camera is not None else ()

    @property
    def has_picture(self) -> bool:
        return self.picture is not None or self.kept is not None

    @property
    def dimmed(self) -> bool:
        """Whether there is a picture that must not look live; a replay has a frame and a word of its own."""
        return self.has_picture and self.replay is None and self.verdict.state not in _BRIGHT

    @property
    def has_alarm(self) -> bool:
        """Whether an incident that nobody has taken up lies in this camera's view."""
        return bool(self.markers) and self.markers[0].alarm

    # Words.

    def judge(self, now_ns: int, translate: Translator, *, now_s: float) -> bool:
        """Find out the tile's state; whether anything that is drawn of it has changed. `now_s` is UTC."""
        feed = self.main if self.showing_main else self.feed
        if self.camera is not None and self.camera.withheld is not None:
            self.verdict = TileStatus(self.camera.withheld)
        elif self.camera is None or feed is None:
            self.verdict = TileStatus(TileState.OFF, cause=self.refusal)
        else:
            self.verdict = feed.verdict(now_ns)
            if self.verdict.state in _CLEAN and not self.has_picture:
                self.verdict = TileStatus(TileState.CONNECTING)  # decoded, but not a picture of it is on the screen yet
            if self.paused and self.verdict.state is not TileState.OFF:
                self.verdict = TileStatus(TileState.PAUSED, self.verdict.age_s)
        words = self._say(now_ns, translate, now_s=now_s)
        if words == self._words:
            return False
        self._words = words
        self.labels = self._compose(words, translate)
        return True

    def _say(self, now_ns: int, translate: Translator, *, now_s: float) -> _Words:
        verdict = self.verdict
        live = verdict.state in _CLEAN
        age = ""
        if not live and verdict.age_s is not None and verdict.state not in {TileState.PAUSED, TileState.OFF}:
            text, fields = texts.age_text(verdict.age_s)
            age = translate(text, **fields)
        waiting = self.main is not None and not self.showing_main and self.replay is None
        return _Words(
            camera=self.camera,
            state=verdict.state,
            age=age,
            cause=self._say_cause(translate),
            markers=self.markers,
            width=self.rect.width(),
            height=self.rect.height(),
            scale=self.scale,
            has_picture=self.has_picture,
            notice=translate(texts.MAIN_STREAM_COMING) if waiting else self._say_behind(translate),
            about=self.about(now_ns, translate) if self.telling else (),
            replay=self.replay.say(
                now_s=now_s, now_ns=now_ns, arrived=self._source is self.replay.feed, translate=translate
            )
            if self.replay is not None
            else None,
        )

    def _say_cause(self, translate: Translator) -> str:
        """Why it is not live, and that another way to read the camera is being tried meanwhile."""
        verdict = self.verdict
        if verdict.state in _CLEAN or verdict.cause is None:
            return self.camera.withheld_reason if self.camera is not None else ""
        awaited = self._key_awaited(translate)
        if awaited:
            return awaited
        report = self.feed.report() if self.feed is not None else None
        return cause_text(verdict.cause, report.session if report is not None else SessionKind.OWN, translate)

    def _say_behind(self, translate: Translator) -> str:
        """How much later than its source a picture is shown, where an officer has to know: HLS comes by the segment."""
        feed = self.main if self.showing_main else self.feed
        report = feed.report() if feed is not None and self.replay is None else None
        if report is None or report.behind_s < _BEHIND_S or self.verdict.state not in _BRIGHT:
            return ""
        return translate(texts.BEHIND, seconds=round(report.behind_s))

    def _key_awaited(self, translate: Translator) -> str:
        """Since when pictures come that nothing can be decoded with, and what is known of when that ends."""
        feed = self.main if self.showing_main else self.feed
        report = feed.report() if feed is not None and self.verdict.cause is FaultCode.NO_KEY_FRAME else None
        if report is None or report.waits_for_key_since_s is None:
            return ""
        return texts.key_awaited_text(translate, since_s=report.waits_for_key_since_s, every_s=report.key_interval_s)

    def about(self, now_ns: int, translate: Translator) -> tuple[str, ...]:
        """How the video does, in words, line by line; nothing where there is no camera."""
        feed = self.main if self.showing_main else self.feed
        if feed is None:
            return ()
        size = (feed.width, feed.height)
        return about.lines(feed.report(), self.history.latest(now_ns), size=size, translate=translate)

    def _compose(self, words: _Words, translate: Translator) -> list[Label]:
        scale = words.scale
        edge = scale.frame
        width, height = words.width - 2 * edge, words.height
        if words.camera is None:
            text = texts.RESERVED_TILE if self.reserved else texts.EMPTY_TILE
            image = labels.notice(translate(text), width=width, scale=scale)
            return [_centred(image, words.width, height)]
        clean = words.state in _CLEAN or words.replay is not None
        found = [Label(edge, edge, labels.caption(words.camera, width=width, scale=scale, strip=not clean))]
        top = edge + found[0].image.height()
        if words.markers:
            image = labels.markers(words.markers, translate=translate, width=width, scale=scale)
            found.append(Label(edge, top, image))
            top += image.height()
        if words.about:
            image = labels.lines(words.about, width=width, height=height - edge - top, scale=scale)
            found.append(Label(edge, top, image))
        if not words.camera.known:
            image = labels.notice(translate(texts.CAMERA_GONE), width=width, scale=scale)
            return [*found, _centred(image, words.width, height)]
        if words.replay is not None:
            image = labels.replay(words.replay.word, words.replay.rest, width=width, scale=scale)
            found.append(Label(edge, height - edge - image.height(), image))
        elif not clean:
            image = labels.status(
                words.state,
                age=words.age,
                cause=words.cause,
                translate=translate,
                width=width,
                scale=scale,
                strip=words.has_picture,
            )
            bottom = Label(edge, height - edge - image.height(), image)
            found.append(bottom if words.has_picture else _centred(image, words.width, height))
        if words.notice:
            image = labels.notice(words.notice, width=width, scale=scale)
            found.append(Label(edge + width - image.width(), edge, image))
        return found

    # Painting.

    def picture_was_whole(self) -> bool:
        """Asked after painting: whether what was painted was not overwritten meanwhile."""
        return self.picture is None or self._source is None or self._source.whole(self.picture)

    def _fit(self) -> Box:
        """As much of the rectangle as keeps the aspect of the camera's picture."""
        rect = self._rect
        width, height = rect.width(), rect.height()
        if self._aspect and not rect.isEmpty() and abs(self._aspect * height / width - 1) >= _SAME_SHAPE:
            width = min(width, round(rect.height() * self._aspect))
            height = min(height, round(rect.width() / self._aspect))
        return Box(rect.x() + (rect.width() - width) // 2, rect.y() + (rect.height() - height) // 2, width, height)


def _centred(image: QImage, width: int, height: int) -> Label:
    return Label((width - image.width()) // 2, (height - image.height()) // 2, image)
