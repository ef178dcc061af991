"""Clips of several cameras on one clock: what that clock shows, and what there is to be seen of each camera then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from tmcwall.domain.bookmark import Clip, ClipState, GapCause

_PICTURE_S: Final = 0.04
"""How long a picture lasts in a clip that does not say how many it has."""
_NEAR_PICTURES: Final = 1.0
_LEAST_NEAR_S: Final = 0.045
"""A clip's pictures come unevenly, and the clock of the screen ticks between them."""


@dataclass(frozen=True, slots=True)
class SharedClock:
    """It shows `moment` until `at_ns` of the monotonic clock, and from then on runs at `speed` of the recording's."""

    moment: datetime
    at_ns: int
    speed: float = 0.0
    """0: it stands."""

    def moment_at(self, now_ns: int) -> datetime:
        elapsed_s = max(0, now_ns - self.at_ns) / 1e9
        return self.moment + timedelta(seconds=elapsed_s * self.speed)

    def delayed(self, now_ns: int, *, by_ns: int) -> SharedClock:
        """It stands for so long, and goes on from where it is."""
        return replace(self, moment=self.moment_at(now_ns), at_ns=now_ns + by_ns)


@dataclass(frozen=True, slots=True)
class ClipOfCamera:
    """A clip that is ready, and whose file is here."""

    bookmark_id: str
    clip: Clip
    path: Path
    begins: datetime
    ends: datetime
    """When its last picture came."""

    @property
    def picture_s(self) -> float:
        """How long one of its pictures lasts, on average."""
        length_s = (self.ends - self.begins).total_seconds()
        return length_s / (self.clip.packets - 1) if self.clip.packets > 1 and length_s > 0 else _PICTURE_S

    def place_s(self, moment: datetime) -> float:
        """Where that moment lies in its file."""
        return (moment - self.begins).total_seconds()

    def gap_at(self, moment: datetime) -> GapCause | None:
        """Why there is no picture of that moment in it; None where there is one."""
        within = (gap for gap in self.clip.gaps if gap.starts_at + self._shown < moment < gap.ends_at)
        return next((gap.cause for gap in within), None)

    def is_of(self, picture_s: float, moment: datetime) -> bool:
        """Whether the picture at that place of the file is the one of that moment."""
        near_s = max(_NEAR_PICTURES * self.picture_s, _LEAST_NEAR_S)
        return abs(picture_s - self.place_s(moment)) <= near_s

    @property
    def _shown(self) -> timedelta:
        """The picture in front of a gap is seen as long as any other."""
        return timedelta(seconds=self.picture_s)


def clip_of_camera(bookmark_id: str, clip: Clip | None, path: Path | None) -> ClipOfCamera | None:
    """None where it cannot be played, or does not say when its pictures came."""
    if clip is None or path is None or clip.state is not ClipState.READY:
        return None
    if clip.first_packet_at is None or clip.last_packet_at is None:
        return None
    return ClipOfCamera(bookmark_id, clip, path, clip.first_packet_at, clip.last_packet_at)


@dataclass(frozen=True, slots=True)
class CameraInStep:
    """A camera with its clips, in any order."""

    camera_id: str
    name: str
    clips: tuple[ClipOfCamera, ...]

    def clip_at(self, moment: datetime) -> ClipOfCamera | None:
        """Of several that hold it the one that goes on longest."""
        there = [one for one in self.clips if one.begins <= moment <= one.ends]
        return max(there, key=lambda one: one.ends, default=None)

    def clip_after(self, moment: datetime, *, within_s: float) -> ClipOfCamera | None:
        """The one that begins so soon."""
        soon = [one for one in self.clips if 0.0 < one.place_s(moment) * -1 <= within_s]
        return min(soon, key=lambda one: one.begins, default=None)


class Sight(StrEnum):
    """What a camera's place shows."""

    PICTURE = "picture"
    """Of this moment."""
    WAITING = "waiting"
    """There is a picture of this moment, and it is not here yet."""
    GAP = "gap"
    """Its clip lacks this moment; why is known."""
    NO_CLIP = "no_clip"


def sight_of(clip: ClipOfCamera | None, moment: datetime, picture_s: float | None) -> Sight:
    """`picture_s` is where the picture that is there lies in the clip's file; None: none is."""
    if clip is None or not clip.begins <= moment <= clip.ends:
        return Sight.NO_CLIP
    if clip.gap_at(moment) is not None:
        return Sight.GAP
    return Sight.PICTURE if picture_s is not None and clip.is_of(picture_s, moment) else Sight.WAITING
