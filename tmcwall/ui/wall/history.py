"""How a tile's video did in the last ten minutes: one sample a second, in memory of a fixed size."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

SPAN_S: Final = 600
_SECOND_NS: Final = 1_000_000_000
_REPORTS_END_NS: Final = 3 * _SECOND_NS
"""The engine reports once a second: after so long without, nothing is known of what came in."""
_STILL_THE_SAME_S: Final = 2.5
"""A sample stands for so many seconds before it: the wall's clock is not exact."""
_SMOOTHED: Final = 3

Line = npt.NDArray[np.float32]
"""One value a second, the oldest first, SPAN_S of them; NaN where nothing is known."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One second. NaN means that it is not known."""

    received_fps: float = np.nan
    decoded_fps: float = np.nan
    displayed_fps: float = np.nan
    delay_ms: float = np.nan
    """From a picture's own schedule to its paint, the mean."""
    packets_lost: float = np.nan
    """In that second."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The last ten minutes, as charts want them."""

    age_s: Line
    """Seconds before now, from the oldest to 0."""
    received_fps: Line
    decoded_fps: Line
    displayed_fps: Line
    delay_ms: Line
    packets_lost: Line


_COLUMNS: Final = tuple(field.name for field in fields(Sample))


@dataclass(slots=True)
class _Reported:
    """What the engine said last of the stream, and what followed from it."""

    stream: str
    at_ns: int
    frames: int
    lost: int
    fps: float = np.nan
    lost_since: int = 0
    """Packets, since the last sample."""


class History:
    """Counts that only grow become values a second. GUI thread only; costs nothing between two samples."""

    def __init__(self) -> None:
        self._values = np.full((SPAN_S, len(_COLUMNS)), np.nan, np.float32)
        self._second = -SPAN_S
        self._sampled_ns = 0
        self._decoded = 0
        self._shown = 0
        self._delays_ns = 0
        self._delayed = 0
        self._source: object = None
        self._reported: _Reported | None = None

    def note_report(self, now_ns: int, *, stream: str, frames: int, lost: int) -> None:
        """Counts of the engine, when they come. A count that went back, or of another stream, begins anew."""
        before = self._reported
        self._reported = after = _Reported(stream, now_ns, frames, lost)
        if before is None or before.stream != stream or frames < before.frames or lost < before.lost:
            return
        after.lost_since = before.lost_since + lost - before.lost
        if now_ns > before.at_ns:
            after.fps = (frames - before.frames) * 1e9 / (now_ns - before.at_ns)

    def note_painted(self, delay_ns: int) -> None:
        """A picture was painted for the first time, so long after it was due."""
        self._delays_ns += delay_ns
        self._delayed += 1

    def note(self, now_ns: int, *, source: object, decoded: int, shown: int) -> None:
        """Counts of the decoder and the wall, about once a second.

        `source` is whatever the counts come from: with another one they begin anew.
        """
        if source is self._source and decoded >= self._decoded and now_ns > self._sampled_ns:
            self._keep(now_ns, decoded=decoded, shown=shown)
        self._source = source
        self._sampled_ns, self._decoded, self._shown = now_ns, decoded, shown
        self._delays_ns = self._delayed = 0

    def latest(self, now_ns: int) -> Sample:
        """Means of the last seconds, which do not flicker as single ones do."""
        recent = self._recent(now_ns, seconds=_SMOOTHED)
        known = ~np.isnan(recent)
        means = np.where(known, recent, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return Sample(*(float(mean) for mean in np.where(known.any(axis=0), means, np.nan)))

    def lines(self, now_ns: int) -> Lines:
        """All of it, as of now."""
        values = self._recent(now_ns, seconds=SPAN_S)
        return Lines(np.arange(1 - SPAN_S, 1, dtype=np.float32), *values.T)

    def _keep(self, now_ns: int, *, decoded: int, shown: int) -> None:
        passed_s = (now_ns - self._sampled_ns) / 1e9
        reported = self._reported
        if reported is not None and now_ns - reported.at_ns > _REPORTS_END_NS:
            reported = None
        sample = (
            reported.fps if reported else np.nan,
            (decoded - self._decoded) / passed_s,
            (shown - self._shown) / passed_s,
            self._delays_ns / self._delayed / 1e6 if self._delayed else np.nan,
            reported.lost_since / passed_s if reported else np.nan,
        )
        if reported is not None:
            reported.lost_since = 0
        second = now_ns // _SECOND_NS
        missed = np.arange(max(self._second + 1, second - SPAN_S + 1), second)
        self._values[missed % SPAN_S] = np.nan
        since = self._sampled_ns // _SECOND_NS + 1 if passed_s < _STILL_THE_SAME_S else second
        self._values[np.arange(min(since, second), second + 1) % SPAN_S] = sample
        self._second = second

    def _recent(self, now_ns: int, *, seconds: int) -> npt.NDArray[np.float32]:
        """The last so many seconds up to now, the oldest first."""
        now = now_ns // _SECOND_NS
        wanted = np.arange(now - seconds + 1, now + 1)
        there = (wanted <= self._second) & (wanted > self._second - SPAN_S)
        return np.where(there[:, None], self._values[wanted % SPAN_S], np.float32(np.nan))
