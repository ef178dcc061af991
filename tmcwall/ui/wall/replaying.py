"""Instant replay on a wall: what happened a moment ago, in the tile of its camera, and back to live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tmcwall.domain.fault import FaultCode
from tmcwall.texts import Text, Translator
from tmcwall.texts import wall as texts
from tmcwall.video.feed.tile_feed import ReplayFeed

STEP_S: Final = 10.0
"""How far one press goes."""
LONGEST_S: Final = 600.0
_FORGOTTEN_S: Final = 1800.0
"""A replay that stands still for so long is not looked at: the tile is live again."""
_LIVE_AGAIN_S: Final = 1.0
"""Nearer to now than this there is nothing to be replayed."""


@dataclass(frozen=True, slots=True)
class ReplayWords:
    """What stands on a tile that shows a recording."""

    word: str
    """With the distance from now."""
    rest: str
    """The time of day of the picture, and whether it stands still."""


class Replay:
    """One tile's replay. It ends at the moment at which the officer last asked to go back: all that was missed is seen.

    `now_s` are seconds since the epoch, `now_ns` is monotonic.
    """

    def __init__(self, feed: ReplayFeed, *, now_s: float) -> None:
        self.feed = feed
        self._ends_s = now_s

    def back(self, *, now_s: float, now_ns: int) -> None:
        """A step further back, ten minutes from now at most."""
        self._ends_s = now_s
        self.feed.replay_from(max(self.feed.shown_s(now_ns) - STEP_S, now_s - LONGEST_S), now_ns)

    def forward(self, *, now_ns: int) -> bool:
        """A step nearer to now; False where that leaves nothing to be replayed."""
        moment_s = self.feed.shown_s(now_ns) + STEP_S
        if moment_s > self._ends_s - _LIVE_AGAIN_S:
            return False
        self.feed.replay_from(moment_s, now_ns)
        return True

    def toggle_pause(self, now_ns: int) -> bool:
        """Whether it stands still now."""
        if self.feed.playing:
            self.feed.pause(now_ns)
        else:
            self.feed.play(now_ns)
        return not self.feed.playing

    def over(self, *, now_s: float, now_ns: int) -> bool:
        """Whether the tile is to be live again."""
        shown_s = self.feed.shown_s(now_ns)
        return self.feed.ended_by is not None or shown_s >= self._ends_s or now_s - shown_s > _FORGOTTEN_S

    def refusal(self) -> Text | None:
        """Why there is nothing to be seen, where that is so."""
        ended_by = self.feed.ended_by
        if ended_by in {None, FaultCode.STREAM_ENDED}:
            return None
        return texts.REPLAY_NOTHING if ended_by is FaultCode.FOOTAGE_MISSING else texts.REPLAY_FAILED

    def shown_at(self, now_ns: int) -> datetime:
        """When the picture that is shown was recorded."""
        return datetime.fromtimestamp(self.feed.shown_s(now_ns), UTC)

    def say(self, *, now_s: float, now_ns: int, arrived: bool, translate: Translator) -> ReplayWords:
        """`arrived`: a picture of it is on the tile."""
        shown_s = self.feed.shown_s(now_ns)
        away_s = max(0, round(now_s - shown_s))
        word = translate(texts.REPLAY, minutes=f"{away_s // 60:02d}", seconds=f"{away_s % 60:02d}")
        if not arrived:
            return ReplayWords(word, translate(texts.REPLAY_LOADING))
        zone = translate.zone
        time = zone.time_of_day(datetime.fromtimestamp(shown_s, UTC))
        text = texts.REPLAY_AT if self.feed.playing else texts.REPLAY_HELD
        return ReplayWords(word, translate(text, time=time, zone=zone))
