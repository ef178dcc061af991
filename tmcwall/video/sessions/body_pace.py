"""How the pictures of a body without end come, and so when they are to be shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from tmcwall.containers.track import CLOCK_RATE
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.ipc.timeline import NS, UNTRUE
from tmcwall.video.sessions.playout import Playout
from tmcwall.video.sessions.segment_clock import SegmentClock

_OPENING_NS: Final = 3 * NS // 10
"""So long after the first picture older ones may come, that the server keeps for those who join."""
_AT_WILL_S: Final = 12.0
"""What is so far ahead of the time that went by is no live picture of a camera."""
_FASTEST: Final = 65
"""Pictures a second of a camera."""
_TOGETHER_NS: Final = NS // 10
"""What comes within this time of the first comes in one burst."""
_APART_NS: Final = 4 * NS // 10
"""Between the beginnings of two bursts there is more."""
_OF_A_BURST: Final = 4
_BURSTS: Final = 3
"""So many within `_WITHIN_NS`: it is no hiccup of the network."""
_WITHIN_NS: Final = 10 * NS
_SAMPLED_NS: Final = NS // 2
_LARGEST_STEP: Final = 10 * CLOCK_RATE
_USUAL_STEP: Final = CLOCK_RATE // 25
_READ_AHEAD_S: Final = 4.0
_LIVE_AHEAD_S: Final = 30.0
"""A camera whose times run too fast seems to be ahead until that is found out."""
_LEAST_HURRIED_S: Final = 2.0


class Coming(Enum):
    OPENING = auto()
    """Nobody knows yet: pictures from before this connection may come first, at once."""
    EVENLY = auto()
    """As they are taken: they are shown as they come."""
    IN_BURSTS = auto()
    """Several at once, again and again: they are shown at the pace of their own clock."""
    AT_WILL = auto()
    """As fast as they are read, like a file: at the pace of their own clock, and no faster are they read."""


class BodyPace:
    """Says how pictures come, and corrects their times where these run too fast or too slow for what comes in bursts.

    What comes evenly keeps its times: `Timeline` judges those. `take` pictures as they come, then `put` each.
    """

    def __init__(self, playout: Playout, *, by_fragment: bool) -> None:
        """`by_fragment`: the container itself holds pictures back until a few are together."""
        self._playout = playout
        self._by_fragment = by_fragment
        self.coming = Coming.OPENING
        self._clock = SegmentClock()
        self._first_ns = 0
        self._count = 0
        self._newest = 0
        self._lasts = 0
        """Of all that came, by its own clock."""
        self._burst_ns = 0
        """When the present burst began."""
        self._of_burst = 0
        self._bursts: deque[int] = deque(maxlen=_BURSTS)
        self._gaps: deque[int] = deque(maxlen=8)
        """Between the beginnings of bursts."""
        self._sampled_ns: int | None = None
        self._least_ns: deque[int] = deque(maxlen=20)
        """Of each stretch between two samples how much later than its time a picture came at least."""
        self._late_ns = 0
        """By so much the newest came later than it could have."""
        self._waits_too_long = False
        """What waits has times that are not true."""

    @property
    def is_paced(self) -> bool:
        return self.coming is not Coming.EVENLY

    @property
    def is_correcting(self) -> bool:
        return self.coming is Coming.IN_BURSTS and self._clock.is_correcting

    @property
    def most_ahead_s(self) -> float:
        """No more is read while so much waits."""
        return _READ_AHEAD_S if self.coming is Coming.AT_WILL else _LIVE_AHEAD_S

    def take(self, units: Sequence[AccessUnit], now_ns: int) -> list[AccessUnit]:
        """Pictures that have come, with their true times."""
        timed = [self._in_true_time(unit, now_ns) for unit in units]
        # Where more waits it is shown a little faster, for it is older than it need be.
        self._playout.most_ahead_s = max(_LEAST_HURRIED_S, 1.5 * max(self._gaps, default=0) / NS)
        return timed

    def put(self, unit: AccessUnit, now_ns: int) -> list[AccessUnit]:
        """A picture that was taken, into the queue. The answer is what is shown at once: it and all that waits where it
        is shown as it comes, those before it where it was found out that they waited for too long.
        """
        if not self.is_paced:
            return [*self._playout.take_all(), unit]
        overdue = self._playout.take_all() if self._waits_too_long else []
        self._waits_too_long = False
        self._playout.put(unit)
        self._playout.note_newest(now_ns, late_ns=self._late_ns)
        return overdue

    def _in_true_time(self, unit: AccessUnit, now_ns: int) -> AccessUnit:
        if not self._count:
            self._first_ns = self._burst_ns = now_ns
            self._newest = unit.timestamp
        step = unit.timestamp - self._newest
        if not -CLOCK_RATE < step < 0:
            self._lasts += step if 0 <= step <= _LARGEST_STEP else _USUAL_STEP
            self._newest = unit.timestamp
        self._count += 1
        self._note_burst(now_ns)
        self._judge(now_ns)
        is_sample = self._sampled_ns is None or now_ns - self._sampled_ns >= _SAMPLED_NS
        if is_sample:
            self._sampled_ns = now_ns
        if self.coming is Coming.IN_BURSTS:
            if is_sample:
                self._correct(unit.timestamp, now_ns)
            unit = unit._replace(timestamp=self._clock.place(unit.timestamp))
        self._measure_delay(now_ns - unit.timestamp * NS // CLOCK_RATE, is_sample=is_sample)
        return unit

    def _correct(self, timestamp: int, now_ns: int) -> None:
        before = self._clock.factor
        self._clock.begin(timestamp, listed_s=None, follows=True, came_ns=now_ns)
        if self._clock.factor != before:
            self._least_ns.clear()
        if self._clock.factor < before * (1 - UNTRUE):
            self._waits_too_long = True

    def _measure_delay(self, offset_ns: int, *, is_sample: bool) -> None:
        if is_sample or not self._least_ns:
            self._least_ns.append(offset_ns)
        self._least_ns[-1] = min(self._least_ns[-1], offset_ns)
        self._late_ns = self._least_ns[-1] - min(self._least_ns)

    def _note_burst(self, now_ns: int) -> None:
        self._of_burst += 1
        apart_ns = now_ns - self._burst_ns
        if apart_ns <= _TOGETHER_NS:
            return
        if apart_ns >= _APART_NS and self._of_burst > _OF_A_BURST:
            if self._burst_ns > self._first_ns + _OPENING_NS:
                self._bursts.append(self._burst_ns)
            self._gaps.append(apart_ns)
        self._burst_ns = now_ns
        self._of_burst = 1

    def _judge(self, now_ns: int) -> None:
        passed_s = (now_ns - self._first_ns) / NS
        if self.coming in {Coming.OPENING, Coming.EVENLY}:
            is_ahead = self._lasts / CLOCK_RATE - passed_s >= _AT_WILL_S
            if is_ahead and self._count > _FASTEST * max(passed_s, 1.0):
                self.coming = Coming.AT_WILL
                return
        if self.coming is Coming.OPENING and now_ns - self._first_ns >= _OPENING_NS:
            self.coming = Coming.IN_BURSTS if self._by_fragment else Coming.EVENLY
        if (
            self.coming is Coming.EVENLY
            and len(self._bursts) == _BURSTS
            and self._bursts[-1] - self._bursts[0] <= _WITHIN_NS
        ):
            self.coming = Coming.IN_BURSTS
