"""One camera's place among several in step: its open clip, and its picture of the moment that all show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import TileStatus
from tmcwall.domain.in_step import CameraInStep, ClipOfCamera, Sight, sight_of
from tmcwall.ui.pictures import image_of
from tmcwall.video.feed.tile_feed import Picture

_SOON_S: Final = 3.0
"""A clip that begins so soon is opened before the clock comes to it."""
_PATIENCE_NS: Final = 400_000_000
"""So long a place that was asked for may take before a newer one is asked for."""


class StepFeed(Protocol):
    """What a cell needs of `video.feed.tile_feed.FileFeed`."""

    @property
    def building(self) -> bool: ...
    def pause(self) -> None: ...
    def seek(self, position_s: float) -> None: ...
    def play_in_step(self, from_s: float, at_ns: int, *, speed: float, seek: bool) -> None: ...
    def picture_near(self, place_s: float) -> Picture | None: ...
    def whole(self, picture: Picture) -> bool: ...
    def verdict(self, now_ns: int) -> TileStatus: ...
    def resize(self, width: int, height: int) -> None: ...
    def close(self) -> None: ...


OpenInStep = Callable[[Path, int, int], StepFeed]
"""`VideoFeed.open_file`."""


class CameraCell:
    """Holds what the grid paints. It opens and closes files as the moment comes to them and leaves them."""

    def __init__(self, camera: CameraInStep, open_file: OpenInStep) -> None:
        self.camera = camera
        self.clip: ClipOfCamera | None = None
        self.image = QImage()
        """Of `shown_at`; whether that is of the moment, `sight` says."""
        self.fault: FaultCode | None = None
        """Why its clip cannot be played."""
        self.is_behind = False
        """Others show a picture more than one picture's length later."""
        self._open_file = open_file
        self._feed: StepFeed | None = None
        self._place_s: float | None = None
        self._sequence = -1
        self._size = QSize(320, 180)
        self._wanted: datetime | None = None
        self._asked: datetime | None = None
        self._asked_ns = 0

    @property
    def shown_at(self) -> datetime | None:
        """When the picture that is held was recorded."""
        if self.clip is None or self._place_s is None:
            return None
        return self.clip.begins + timedelta(seconds=self._place_s)

    @property
    def building(self) -> bool:
        """Nothing says yet that the picture is whole."""
        return self._feed is not None and self._feed.building

    def sight(self, moment: datetime) -> Sight:
        seen = sight_of(self.clip, moment, self._place_s)
        return Sight.WAITING if seen is Sight.PICTURE and self.is_behind else seen

    def choose_clip(self, moment: datetime) -> bool:
        """Open the clip of that moment, or of soon after; whether it is another one now."""
        clip = self.clip if self.clip is not None and self.clip.begins <= moment <= self.clip.ends else None
        clip = clip or self.camera.clip_at(moment) or self.camera.clip_after(moment, within_s=_SOON_S)
        if clip is self.clip:
            return False
        self.close()
        self.clip = clip
        if clip is not None:
            try:
                self._feed = self._open_file(clip.path, self._size.width(), self._size.height())
            except Fault as fault:
                self.fault = fault.code
        return True

    def play(self, moment: datetime, at_ns: int, *, speed: float, go_there: bool) -> None:
        """That moment is due at `at_ns`. `go_there` where its picture is not here; else it goes on from where it is."""
        self._wanted = self._asked = None
        if self._feed is not None and self.clip is not None:
            seek = go_there and self.sight(moment) is not Sight.PICTURE
            self._feed.play_in_step(self.clip.place_s(moment), at_ns, speed=speed, seek=seek)

    def stand(self) -> None:
        """It stays at the picture of the moment."""
        if self._feed is not None:
            self._feed.pause()

    def show(self, moment: datetime, now_ns: int) -> None:
        """The picture of that moment, standing; of many that are asked for quickly the newest comes."""
        self._wanted = moment
        self._ask(now_ns)

    def late_by_s(self, moment: datetime) -> float:
        """How far the newest picture that is here lies before that moment; 0 where it does not lack one."""
        feed, clip = self._feed, self.clip
        if feed is None or clip is None or sight_of(clip, moment, None) is not Sight.WAITING:
            return 0.0
        place_s = clip.place_s(moment)
        picture = feed.picture_near(place_s)
        late_s = place_s - picture.place_ns / 1e9 if picture is not None else 0.0
        return late_s if late_s > 0.5 * clip.picture_s else 0.0

    def look(self, moment: datetime, now_ns: int) -> bool:
        """Take the picture that is nearest to that moment; whether there is another one than before."""
        feed, clip = self._feed, self.clip
        if feed is None or clip is None:
            return False
        picture = feed.picture_near(clip.place_s(moment))
        changed = picture is not None and picture.sequence != self._sequence
        if picture is not None and changed:
            image = image_of(picture)
            if not feed.whole(picture):
                return False
            self.image, self._sequence, self._place_s = image, picture.sequence, picture.place_ns / 1e9
        elif picture is None:
            self._note_fault(feed.verdict(now_ns))
        self._ask(now_ns)
        return changed

    def resize(self, size: QSize) -> bool:
        """Whether pictures of another size come from now on; those that were there are gone."""
        if size == self._size or size.isEmpty():
            return False
        self._size = size
        if self._feed is None:
            return False
        self._feed.resize(size.width(), size.height())
        self._sequence = -1
        return True

    def close(self) -> None:
        """Let go of the file and of its picture."""
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
        self.clip = self.fault = self._place_s = self._wanted = self._asked = None
        self.image, self._sequence = QImage(), -1

    def _ask(self, now_ns: int) -> None:
        feed, clip, wanted = self._feed, self.clip, self._wanted
        if feed is None or clip is None or wanted is None:
            return
        asked = self._asked
        answered = asked is None or (self._place_s is not None and clip.is_of(self._place_s, asked))
        if not answered and now_ns - self._asked_ns < _PATIENCE_NS:
            return
        # Half a picture early, for the first one from there on is shown; and never behind the last.
        last_s = clip.place_s(clip.ends) - clip.picture_s
        feed.seek(max(0.0, min(clip.place_s(wanted) - 0.5 * clip.picture_s, last_s)))
        self._asked, self._asked_ns, self._wanted = wanted, now_ns, None

    def _note_fault(self, status: TileStatus) -> None:
        if status.cause is not None and status.cause is not FaultCode.STREAM_ENDED:
            self.fault = status.cause
