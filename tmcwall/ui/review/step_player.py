"""Plays the clips of up to nine cameras in step: one clock, which play, pause, steps, speed and the timeline move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.in_step import CameraInStep, SharedClock, Sight
from tmcwall.services.footage_tracks import CameraTrack
from tmcwall.texts import Translator
from tmcwall.texts import in_step as texts
from tmcwall.texts import review as review_texts
from tmcwall.ui import theme
from tmcwall.ui.console.moments import date_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.masking import MasksOf, no_masks
from tmcwall.ui.review.camera_cell import CameraCell, OpenInStep
from tmcwall.ui.review.playback_keys import chosen_speed, obey, speed_text
from tmcwall.ui.review.step_grid import StepGrid, exact_time

_TICK_MS: Final = 20
_LEAD_NS: Final = 250_000_000
"""From asking for a place to the clock going on from there: cameras are to begin together."""
_LATE_NS: Final = 200_000_000
"""A camera that lacks its picture for so long makes the clock wait for it."""
_BROKEN_NS: Final = 3_000_000_000
"""One that lacks it for so long is not waited for."""
_LEAST_LATE_S: Final = 0.08
"""By so little all are shown earlier, for the others still have their pictures of then."""
_ROUNDING_S: Final = 0.001
_BACKWARDS_MS: Final = 200
_PICTURE_S: Final = 0.04


class StepPlayer(QWidget):
    """Up to `across` times `across` cameras, by the keys of `playback_keys`."""

    def __init__(
        self,
        open_file: OpenInStep,
        *,
        clock: Clock,
        translate: Translator,
        masks_of: MasksOf = no_masks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_file = open_file
        self._monotonic = clock
        self._translate = translate
        self._cells: tuple[CameraCell, ...] = ()
        self._clock: SharedClock | None = None
        self._speed = 1.0
        self._late_since: dict[int, int] = {}
        """By cell: since when it has lacked its picture."""
        self.grid = StepGrid(translate=translate, masks_of=masks_of)
        self._toggle = QPushButton(translate(review_texts.PLAYER_PLAY))
        self._toggle.setMinimumWidth(24 * theme.SPACE)
        self._toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._toggle.clicked.connect(self.toggle)
        self._pace = plain_label("")
        self._pace.setFont(theme.font(strong=True))
        self._time = plain_label("")
        self._time.setFont(theme.font(strong=True))
        self._time.setToolTip(translate(texts.IN_STEP_HELP))
        controls = QHBoxLayout()
        controls.setSpacing(3 * theme.SPACE)
        controls.addWidget(self._toggle)
        controls.addWidget(self._pace)
        controls.addStretch(1)
        controls.addWidget(self._time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self.grid, 1)
        layout.addLayout(controls)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ticks = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self.tick)
        self._backwards = QTimer(self, interval=_BACKWARDS_MS)
        self._backwards.timeout.connect(self._go_back)

    @property
    def moment(self) -> datetime | None:
        """What the clock shows; None: nothing is open."""
        return self._clock.moment_at(self._now()) if self._clock is not None else None

    @property
    def speed(self) -> float:
        """Negative backwards, 0 while it stands."""
        if self._backwards.isActive():
            return -self._speed
        return self._clock.speed if self._clock is not None else 0.0

    @property
    def cells(self) -> Sequence[CameraCell]:
        return self._cells

    @property
    def cameras_seen(self) -> frozenset[str]:
        """Those of which a picture is shown."""
        return frozenset(cell.camera.camera_id for cell in self._cells if not cell.image.isNull())

    @property
    def bookmarks_seen(self) -> frozenset[str]:
        """Of the clips whose picture is of the moment."""
        moment = self.grid.moment
        cells = [cell for cell in self._cells if moment is not None and cell.sight(moment) is Sight.PICTURE]
        return frozenset(cell.clip.bookmark_id for cell in cells if cell.clip is not None)

    def open_cameras(self, cameras: Sequence[CameraInStep], moment: datetime, *, across: int) -> None:
        """Show the first of these at that moment; it stands there until it is played."""
        self.close_all()
        self._cells = tuple(CameraCell(camera, self._open_file) for camera in cameras[: across * across])
        self._clock = SharedClock(moment, self._now())
        self.grid.show_cells(self._cells, across=across)
        self._fit()
        self._ticks.start()
        self.go_to(moment)

    def close_all(self) -> None:
        """Let go of the files; nothing of them stays on screen."""
        self._ticks.stop()
        self._backwards.stop()
        for cell in self._cells:
            cell.close()
        self._cells, self._clock, self._speed = (), None, 1.0
        self._late_since.clear()
        self.grid.show_cells((), across=2)
        self._show_state()

    def show_tracks(self, tracks: Sequence[CameraTrack]) -> None:
        """See `StepGrid.show_tracks`."""
        self.grid.show_tracks(tracks)

    @Slot()
    def toggle(self) -> None:
        if self.speed:
            self.pause()
        else:
            self._play(1.0)

    def pause(self) -> None:
        self._backwards.stop()
        moment = self.moment
        if moment is not None:
            self._stand_at(moment)

    def play_on(self, *, slower: bool = False) -> None:
        """At the recording's pace; where it plays already twice as fast, or half."""
        playing = self.speed > 0
        self._play(chosen_speed(self._speed, runs=playing, slower=slower))

    def play_back(self, *, slower: bool = False) -> None:
        """Backwards, as one still after the other; where it does already, twice as fast, or half."""
        if self._clock is None:
            return
        runs = self._backwards.isActive()
        if not runs:
            self.pause()
            self._backwards.start()
        self._speed = chosen_speed(self._speed, runs=runs, slower=slower)
        self._show_state()

    def step(self, frames: int) -> None:
        """So many pictures of the camera that has most of them; all stand there."""
        moment = self.moment
        if moment is not None:
            self.pause()
            lengths = [cell.clip.picture_s for cell in self._cells if cell.clip is not None]
            self.go_to(moment + timedelta(seconds=frames * min(lengths, default=_PICTURE_S)))

    def skip(self, seconds: float) -> None:
        moment = self.moment
        if moment is not None:
            self.go_to(moment + timedelta(seconds=seconds))

    def go_to(self, moment: datetime) -> None:
        """All of them, playing or not."""
        if self._clock is None:
            return
        if self._clock.speed:
            self._play_from(moment, self._clock.speed)
            return
        now_ns = self._now()
        self._clock = SharedClock(moment, now_ns)
        for cell in self._cells:
            if cell.choose_clip(moment):
                cell.stand()
            cell.show(moment, now_ns)
        self._show_state()

    def _now(self) -> int:
        return self._monotonic.monotonic_ns()

    def _play(self, speed: float) -> None:
        self._backwards.stop()
        moment = self.moment
        if moment is not None:
            self._speed = speed
            self._play_from(moment, speed)

    def _play_from(self, moment: datetime, speed: float) -> None:
        for cell in self._cells:
            cell.choose_clip(moment)
        self._clock = SharedClock(moment, self._now() + _LEAD_NS, speed)
        self._late_since.clear()
        for cell in self._cells:
            cell.play(moment, self._clock.at_ns, speed=speed, go_there=True)
        self._show_state()

    def _stand_at(self, moment: datetime) -> None:
        self._clock = SharedClock(moment, self._now())
        for cell in self._cells:
            cell.stand()
        self._show_state()

    @Slot()
    def tick(self) -> None:
        """Take the pictures of now; the timer does."""
        clock, now_ns = self._clock, self._now()
        if clock is None:
            return
        moment = clock.moment_at(now_ns)
        for cell in self._cells:
            if clock.speed and cell.choose_clip(moment):
                cell.play(moment, max(now_ns, clock.at_ns), speed=clock.speed, go_there=True)
        shown = moment - timedelta(seconds=self._held_back_s(moment)) if clock.speed else moment
        changed = [cell.look(shown, now_ns) for cell in self._cells]
        self._mark_behind(shown)
        if clock.speed:
            self._wait_for_late(clock, moment, now_ns)
            if all(cell.clip is None for cell in self._cells):
                self._stand_at(moment)
        if clock.speed or any(changed) or shown != self.grid.moment:
            self.grid.show_moment(shown)
            self._show_state()

    def _mark_behind(self, moment: datetime) -> None:
        """What is shown as of one moment is never more than one picture apart."""
        for cell in self._cells:
            cell.is_behind = False
        seen = [cell for cell in self._cells if cell.sight(moment) is Sight.PICTURE]
        newest = max((cell.shown_at for cell in seen if cell.shown_at is not None), default=moment)
        picture_s = max((cell.clip.picture_s for cell in seen if cell.clip is not None), default=_PICTURE_S)
        for cell in seen:
            apart = newest - cell.shown_at if cell.shown_at is not None else timedelta(0)
            cell.is_behind = apart.total_seconds() > picture_s + _ROUNDING_S

    def _held_back_s(self, moment: datetime) -> float:
        """By how much all are shown earlier, for the one that is a little late."""
        late = (cell.late_by_s(moment) for cell in self._cells)
        return max((one for one in late if one <= _LEAST_LATE_S), default=0.0)

    def _wait_for_late(self, clock: SharedClock, moment: datetime, now_ns: int) -> None:
        """The clock stands a little while where a camera does not keep up: none runs away from the others."""
        for number, cell in enumerate(self._cells):
            if cell.sight(moment) is not Sight.WAITING or cell.fault is not None:
                self._late_since.pop(number, None)
            elif now_ns >= clock.at_ns:
                self._late_since.setdefault(number, now_ns)
        late = any(_LATE_NS <= now_ns - since < _BROKEN_NS for since in self._late_since.values())
        if late and now_ns >= clock.at_ns:
            self._clock = later = clock.delayed(now_ns, by_ns=_LEAD_NS)
            for cell in self._cells:
                cell.play(later.moment, later.at_ns, speed=later.speed, go_there=False)

    @Slot()
    def _go_back(self) -> None:
        moment = self.moment
        if moment is None or not any(cell.clip is not None for cell in self._cells):
            self.pause()
            self._show_state()
        else:
            self.go_to(moment - timedelta(seconds=self._speed * _BACKWARDS_MS / 1000))

    def _show_state(self) -> None:
        say, moment = self._translate, self.moment
        self._toggle.setEnabled(moment is not None)
        self._toggle.setText(say(review_texts.PLAYER_PAUSE if self.speed else review_texts.PLAYER_PLAY))
        shown = "" if self.speed in (0.0, 1.0) else say(review_texts.PLAYER_SPEED, speed=speed_text(self.speed))
        self._pace.setText(shown)
        day = date_text(say.zone.date_of(moment), say) if moment is not None else ""
        self._time.setText(f"{day}, {exact_time(moment, say)}" if moment is not None else "")

    def _fit(self) -> None:
        """Pictures of the size in which they are painted."""
        size = self.grid.picture_size()
        resized = [cell.resize(size) for cell in self._cells]
        if any(resized) and self._clock is not None and not self._clock.speed:
            self.go_to(self._clock.moment)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not obey(event, self):
            super().keyPressEvent(event)
