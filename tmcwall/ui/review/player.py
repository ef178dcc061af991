"""Plays a clip: picture, play and pause, a bar to seek, and the time of the frame in the station's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from tmcwall.domain.bookmark import Clip
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain, fault_text
from tmcwall.ui import theme
from tmcwall.ui.console.moments import length_text, moment_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.pictures import image_of
from tmcwall.ui.review.playback_keys import chosen_speed, obey, speed_text
from tmcwall.ui.review.screen import Screen
from tmcwall.video.feed.tile_feed import Picture

_PICTURE_MS: Final = 20
_STEPS_PER_S: Final = 10
_SKIP_S: Final = 5.0
_LAST_PICTURE_S: Final = 0.2
_REPORT_NS: Final = 1_500_000_000
_BACKWARDS_MS: Final = 200
"""Backwards is a row of stills, one each."""
_FRAME_S: Final = 0.04
"""How long a picture lasts in a clip that does not say how many it has."""


class ClipFeed(Protocol):
    """What the player needs of `video.feed.tile_feed.FileFeed`."""

    @property
    def playing(self) -> bool: ...
    @property
    def ended(self) -> bool: ...
    @property
    def position_s(self) -> float: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def building(self) -> bool: ...
    def play(self, *, speed: float = 1.0) -> None: ...
    def pause(self) -> None: ...
    def seek(self, position_s: float) -> None: ...
    def newest_due(self, now_ns: int) -> Picture | None: ...
    def whole(self, picture: Picture) -> bool: ...
    def verdict(self, now_ns: int) -> TileStatus: ...
    def resize(self, width: int, height: int) -> None: ...
    def close(self) -> None: ...


OpenFile = Callable[[Path, int, int], ClipFeed]
"""`VideoFeed.open_file`."""


class ClipPlayer(QWidget):
    """One clip at a time, by the keys of `playback_keys`."""

    def __init__(
        self, open_file: OpenFile, *, clock: Clock, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open_file = open_file
        self._clock = clock
        self._translate = translate
        self._feed: ClipFeed | None = None
        self._first_at: datetime | None = None
        self._reported_s = 0.0
        self._reckoned = (0.0, 0)
        """Where it was in its clip, and when."""
        self._sought: float | None = None
        self._wanted_s: float | None = None
        """Where to go once the clip is open: what opens hears nothing yet."""
        self._speed, self._frame_s = 1.0, _FRAME_S
        say = translate
        self._screen = Screen()
        self._screen.setAccessibleName(say(texts.PLAYER_NAME))
        self._toggle = QPushButton(say(texts.PLAYER_PLAY))
        self._toggle.setMinimumWidth(24 * theme.SPACE)
        self._toggle.clicked.connect(self.toggle)
        self._bar = QSlider(Qt.Orientation.Horizontal)
        self._bar.setAccessibleName(say(texts.PLAYER_SEEK))
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._bar.sliderMoved.connect(self._seek_to_step)
        self._bar.actionTriggered.connect(self._on_bar_action)
        self._time = plain_label("")
        self._time.setFont(theme.font(strong=True))
        self._position = plain_label("", soft=True)
        self._pace = plain_label("")
        self._pace.setFont(theme.font(strong=True))
        controls = QHBoxLayout()
        controls.setSpacing(3 * theme.SPACE)
        controls.addWidget(self._toggle)
        controls.addWidget(self._pace)
        controls.addWidget(self._bar, 1)
        controls.addWidget(self._position)
        controls.addWidget(self._time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._screen, 1)
        layout.addLayout(controls)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pictures = QTimer(self)
        self._pictures.setTimerType(Qt.TimerType.PreciseTimer)
        self._pictures.setInterval(_PICTURE_MS)
        self._pictures.timeout.connect(self._next)
        self._backwards = QTimer(self)
        self._backwards.setInterval(_BACKWARDS_MS)
        self._backwards.timeout.connect(self._go_back)
        self.close_clip()

    @property
    def speed(self) -> float:
        """Of the recording's; negative backwards, 0 while it stands."""
        if self._backwards.isActive():
            return -self._speed
        return self._speed if self._feed is not None and self._feed.playing else 0.0

    @property
    def moment(self) -> datetime | None:
        """When what is shown was recorded; None without a clip, or where its clip does not say."""
        if self._feed is None or self._first_at is None:
            return None
        return self._first_at + timedelta(seconds=self.position_s())

    @property
    def has_picture(self) -> bool:
        return self._screen.has_picture

    @property
    def screen_of_clip(self) -> Screen:
        """The picture, for who draws over it."""
        return self._screen

    @property
    def is_playing(self) -> bool:
        """Whether pictures are shown one after the other, at the speed of the clip."""
        return self._feed is not None and self._feed.playing and self.has_picture

    @property
    def is_at_end(self) -> bool:
        return self._feed is not None and self._feed.ended

    @property
    def duration_s(self) -> float:
        """0 until it is known."""
        return self._feed.duration_s if self._feed is not None else 0.0

    @property
    def remark(self) -> str:
        """What stands over the picture."""
        return self._screen.remark

    @property
    def words(self) -> str:
        """What stands in place of the picture."""
        return self._screen.words

    def open_clip(self, path: Path, clip: Clip) -> None:
        """Play a clip from its start; what cannot be played says why in place of the picture."""
        self.close_clip()
        self._first_at = clip.first_packet_at
        if clip.packets and clip.first_packet_at is not None and clip.last_packet_at is not None:
            self._frame_s = (clip.last_packet_at - clip.first_packet_at).total_seconds() / clip.packets or _FRAME_S
        if not path.is_file():
            self._screen.show_words(self._translate(texts.PLAY_MISSING))
            return
        box = self._screen.box()
        try:
            self._feed = self._open_file(path, box.width(), box.height())
        except Fault as fault:
            reason = explain(fault, self._translate)
            self._screen.show_words(self._translate(texts.PLAYER_FAULT, reason=reason))
            return
        self._screen.show_words(self._translate(texts.PLAYER_WAITING))
        self._toggle.setEnabled(True)
        self._bar.setEnabled(True)
        self._pictures.start()
        self._show_state()

    def close_clip(self) -> None:
        """Let go of the file; nothing of it stays on screen."""
        self._pictures.stop()
        self._backwards.stop()
        self._speed, self._frame_s, self._wanted_s = 1.0, _FRAME_S, None
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
        self._reported_s = 0.0
        self._reckoned = (0.0, 0)
        self._sought = None
        self._screen.show_words(self._translate(texts.PLAYER_NONE))
        self._toggle.setText(self._translate(texts.PLAYER_PLAY))
        self._toggle.setEnabled(False)
        self._bar.setEnabled(False)
        self._bar.setRange(0, 0)
        self._time.clear()
        self._position.clear()
        self._pace.clear()

    def show_message(self, text: str) -> None:
        """A sentence in place of the picture."""
        self._screen.show_words(text)

    @Slot()
    def toggle(self) -> None:
        feed = self._feed
        if feed is None:
            return
        if feed.playing or self._backwards.isActive():
            self.pause()
        else:
            if feed.ended:
                self._seek(0.0)
            self._play(1.0)

    def pause(self) -> None:
        self._backwards.stop()
        if self._feed is not None:
            self._hold_position()
            self._feed.pause()
            self._show_state()

    def play_on(self, *, slower: bool = False) -> None:
        """`L`: at the recording's pace; where it plays already twice as fast, or half."""
        playing = self._feed is not None and self._feed.playing
        self._play(chosen_speed(self._speed, runs=playing, slower=slower))

    def play_back(self, *, slower: bool = False) -> None:
        """`J`: backwards, as one still after the other; where it does already, twice as fast, or half."""
        feed = self._feed
        if feed is None:
            return
        runs = self._backwards.isActive()
        if not runs:
            self.pause()
            self._backwards.start()
        self._speed = chosen_speed(self._speed, runs=runs, slower=slower)
        self._show_state()

    def step(self, frames: int) -> None:
        """So many pictures forth, or back; it stands there."""
        feed = self._feed
        if feed is None:
            return
        self.pause()
        shown = self.position_s() + frames * self._frame_s
        # Half a picture early: the first one from there on is shown, however unevenly they came.
        self._seek(max(0.0, shown - 0.5 * self._frame_s), shown=max(0.0, shown))

    def go_to(self, moment: datetime) -> None:
        """To what was recorded then, or the nearer end of the clip; if that is being opened, once it is open."""
        if self._first_at is not None and self._feed is not None:
            position_s = max(0.0, (moment - self._first_at).total_seconds())
            if self._feed.duration_s:
                self._seek(position_s)
            else:
                self._wanted_s = position_s

    def _play(self, speed: float) -> None:
        self._backwards.stop()
        if self._feed is not None:
            self._hold_position()
            self._speed = speed
            self._feed.play(speed=speed)
            self._show_state()

    def _hold_position(self) -> None:
        """What was reckoned with the speed so far."""
        if self._feed is not None and self._sought is None:
            self._reckoned = (self.position_s(), self._clock.monotonic_ns())

    @Slot()
    def _go_back(self) -> None:
        position_s = self.position_s()
        if position_s <= 0.0:
            self.pause()
        else:
            self._seek(max(0.0, position_s - self._speed * _BACKWARDS_MS / 1000))

    def go_to_position(self, position_s: float) -> None:
        """Show the picture there, playing or not."""
        self._seek(position_s)

    def skip(self, seconds: float) -> None:
        feed = self._feed
        if feed is not None:
            self._seek(min(max(0.0, self.position_s() + seconds), feed.duration_s))

    def position_s(self) -> float:
        """Where it was sent until it says it is there; then as last reported, and the time since while it plays."""
        feed = self._feed
        if feed is None:
            return 0.0
        now_ns = self._clock.monotonic_ns()
        if feed.position_s != self._reported_s:
            self._reported_s = feed.position_s
            self._reckoned = (feed.position_s, now_ns)
            self._sought = None
        if self._sought is not None:
            return self._sought
        position, at_ns = self._reckoned
        if feed.playing and at_ns:
            position += min(now_ns - at_ns, _REPORT_NS) / 1e9 * self._speed
        return min(position, feed.duration_s) if feed.duration_s else position

    @Slot()
    def _next(self) -> None:
        feed = self._feed
        if feed is None:
            return
        if self._wanted_s is not None and feed.duration_s:
            wanted_s, self._wanted_s = self._wanted_s, None
            self._seek(wanted_s)
        now_ns = self._clock.monotonic_ns()
        picture = feed.newest_due(now_ns)
        if picture is not None:
            image = image_of(picture)
            if feed.whole(picture):
                self._screen.show_image(image, remark=self._translate(texts.PLAYER_BUILDING) if feed.building else "")
        elif not self.has_picture:
            self._show_fault(feed.verdict(now_ns))
        self._show_state()

    def _show_fault(self, verdict: TileStatus) -> None:
        """Why there is no picture yet, once it is known."""
        if verdict.cause is None or verdict.cause is FaultCode.STREAM_ENDED:
            return
        if verdict.state not in (TileState.CONNECTING, TileState.LIVE):
            reason = self._translate(fault_text(verdict.cause))
            self._screen.show_words(self._translate(texts.PLAYER_FAULT, reason=reason))

    def _show_state(self) -> None:
        feed, say = self._feed, self._translate
        if feed is None:
            return
        self._toggle.setText(say(texts.PLAYER_PAUSE if self.speed else texts.PLAYER_PLAY))
        self._pace.setText("" if self.speed in (0.0, 1.0) else say(texts.PLAYER_SPEED, speed=speed_text(self.speed)))
        position, duration = self.position_s(), feed.duration_s
        self._bar.setRange(0, round(duration * _STEPS_PER_S))
        self._bar.setSingleStep(_STEPS_PER_S)
        self._bar.setPageStep(round(_SKIP_S * _STEPS_PER_S))
        if not self._bar.isSliderDown():
            self._bar.setValue(round(position * _STEPS_PER_S))
        now, length = timedelta(seconds=position), timedelta(seconds=duration)
        self._position.setText(say(texts.PLAYER_POSITION, now=length_text(now), length=length_text(length)))
        if self._first_at is not None:
            self._time.setText(moment_text(self._first_at + now, say))

    def _seek(self, position_s: float, *, shown: float | None = None) -> None:
        """Go there, but not beyond the last picture: a clip that is asked for what it has not shows nothing.

        `shown` is where the picture is that is seen then, where that is known better.
        """
        feed = self._feed
        if feed is not None:
            last_s = max(0.0, feed.duration_s - _LAST_PICTURE_S) if feed.duration_s else position_s
            target_s = min(position_s, last_s)
            self._sought = target_s if shown is None else min(shown, last_s)
            self._reported_s = feed.position_s
            self._reckoned = (self._sought, self._clock.monotonic_ns())
            feed.seek(target_s)
            self._show_state()

    @Slot(int)
    def _seek_to_step(self, step: int) -> None:
        self._seek(step / _STEPS_PER_S)

    @Slot(int)
    def _on_bar_action(self, action: int) -> None:
        """Steps by key or a click beside the handle; dragging comes by `sliderMoved`."""
        if action != QSlider.SliderAction.SliderMove.value:
            self._seek(self._bar.sliderPosition() / _STEPS_PER_S)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._feed is not None:
            box = self._screen.box()
            self._feed.resize(box.width(), box.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not obey(event, self):
            super().keyPressEvent(event)
