"""The true times of pictures that come in pieces: their own, unless arrival, and a playlist, say otherwise."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import Final, NamedTuple

from tmcwall.containers.track import CLOCK_RATE
from tmcwall.video.ipc.timeline import NS, UNTRUE

_COMPARED_S: Final = 8.0
"""So long a stretch of arrivals is needed before they say something."""
_COMPARED: Final = 3
_KEPT: Final = 64
"""Arrivals that are compared at most: two minutes of short segments."""
_ROUNDED: Final = 1.45
"""Lengths in a playlist may be whole seconds: before arrivals have told, only a larger factor is believed."""
_LONGEST_SEGMENT_S: Final = 60.0
_PARTS: Final = 3
"""Without a playlist: in all of so many parts of the arrivals the times have to run too fast, or too slow."""
_JITTER_S: Final = 0.1
_LEAPS: Final = 2
"""So many segments in a row whose times do not follow those before: it is no restart of the camera."""
_USUAL_STEP: Final = CLOCK_RATE // 25


class _Seen(NamedTuple):
    """When a segment came that was waited for, and where by either account it begins, in seconds."""

    arrival_s: float
    own_s: float
    listed_s: float


class SegmentClock:
    """Corrects the times of pictures that run too fast or too slow, or start over with each segment.

    What decides is how fast segments come while a client waits for them. Where that agrees with the playlist's lengths
    these are taken, for they are exact. `begin` each segment with its first picture, then `place` its pictures. A body
    without end has no playlist: there every burst is a segment.
    """

    def __init__(self) -> None:
        self.factor = 1.0
        """True time by the stream's own; 1 where that is believed."""
        self._seen: deque[_Seen] = deque(maxlen=_KEPT)
        self._own_s = 0.0
        self._listed_s = 0.0
        self._listed_last_s: float | None = None
        """Length of the segment before, as listed, 0 where nothing lists it; None before the first."""
        self._first = 0
        """Of the segment, by the stream's own clock."""
        self._true_first = 0
        self._newest = 0
        self._step = _USUAL_STEP
        self._leaps = 0

    @property
    def is_correcting(self) -> bool:
        return self.factor != 1.0 or self._leaps >= _LEAPS

    def begin(self, first: int, *, listed_s: float | None, follows: bool, came_ns: int | None) -> None:
        """A segment begins with the time `first`. `follows`: nothing is missing before it. `came_ns`: when it came,
        where it was waited for; None where it lay there already. `listed_s` None: there is no playlist.
        """
        before_s, self._listed_last_s = self._listed_last_s, listed_s or 0.0
        if before_s is None or not follows:
            self._seen.clear()
            self._own_s = self._listed_s = 0.0
            self._leaps = 0
            self._rebase(first, first if before_s is None or not self.is_correcting else self._follow_on())
        else:
            span_s = (first - self._first) / CLOCK_RATE
            if 0 < span_s <= max(_LONGEST_SEGMENT_S, 10 * before_s):
                self._leaps = 0
                true_first = self.place(first)
            else:
                span_s = (self._newest + self._step - self._first) / CLOCK_RATE
                self._leaps += 1
                true_first = first if self._leaps < _LEAPS else self._follow_on()
            self._own_s += span_s
            self._listed_s += before_s
            self._rebase(first, true_first)
        if came_ns is not None:
            self._seen.append(_Seen(came_ns / NS, self._own_s, self._listed_s))
        self.factor = self._judged_by_arrival() if listed_s is None else self._judged(listed_s)

    def place(self, timestamp: int) -> int:
        """The true time of a picture, in the same ticks."""
        step = timestamp - self._newest
        if 0 < step <= CLOCK_RATE:
            self._step = step
        self._newest = max(self._newest, timestamp)
        if self.factor == 1.0:
            return self._true_first + timestamp - self._first
        return self._true_first + round((timestamp - self._first) * self.factor)

    def _follow_on(self) -> int:
        """Just after the newest picture so far."""
        return self._true_first + round((self._newest + self._step - self._first) * self.factor)

    def _rebase(self, first: int, true_first: int) -> None:
        self._first = self._newest = first
        self._true_first = true_first

    def _judged_by_arrival(self) -> float:
        seen = self._seen
        if len(seen) <= _PARTS or seen[-1].arrival_s - seen[0].arrival_s < _COMPARED_S:
            return self.factor
        edges = [seen[(len(seen) - 1) * part // _PARTS] for part in range(_PARTS + 1)]
        came_s, own_s = edges[-1].arrival_s - edges[0].arrival_s, edges[-1].own_s - edges[0].own_s
        drift = own_s - came_s
        if own_s <= 0 or abs(drift) <= UNTRUE * came_s + _JITTER_S:
            return 1.0
        parts = [(later.own_s - one.own_s, later.arrival_s - one.arrival_s) for one, later in pairwise(edges)]
        goes_on = all((own - came) * drift > 0 and abs(own - came) > UNTRUE * came / 2 for own, came in parts)
        return came_s / own_s if goes_on else self.factor

    def _judged(self, longest_wait_s: float) -> float:
        """`longest_wait_s`: so much later than it could a segment may have been seen."""
        first, last = (self._seen[0], self._seen[-1]) if self._seen else (None, None)
        if (
            first is None
            or last is None
            or len(self._seen) < _COMPARED
            or last.arrival_s - first.arrival_s < _COMPARED_S
        ):
            factor = self._listed_s / self._own_s if self._own_s > 0 and self._listed_s > 1 else 1.0
            return factor if not 1 / _ROUNDED < factor < _ROUNDED else self.factor
        came_s, own_s = last.arrival_s - first.arrival_s, last.own_s - first.own_s
        listed_s = last.listed_s - first.listed_s
        tolerated_s = max(UNTRUE * came_s, longest_wait_s)
        if own_s <= 0 or abs(own_s - came_s) <= tolerated_s:
            return 1.0
        return (listed_s if abs(listed_s - came_s) <= tolerated_s else came_s) / own_s
