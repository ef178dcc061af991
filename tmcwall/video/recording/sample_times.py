"""When the access units of a clip are shown: by their own RTP time, or by their arrival where that is not true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from tmcwall.video.ipc.timeline import NO_RUN, NS, UNTRUE, ArrivalPace
from tmcwall.video.recording.footage import RecordedUnit

_STEP_NS: Final = NS
"""Of each such stretch the least delayed unit counts: neither jitter nor a burst is drift."""
_LEAST_DRIFT_NS: Final = NS // 5
_PACED_UNTRUE: Final = 0.1
_EDGE: Final = 3
"""Steps at either end of a run, of which the least delayed unit counts."""
_PARTS: Final = 3
"""Drift has to go on through every third of a run: a stall is in some of them."""


def untrue_runs(units: Iterable[RecordedUnit], later: Iterable[RecordedUnit] = ()) -> frozenset[int]:
    """The runs whose RTP time and arrival drift apart by more than `UNTRUE`: those of which that was found out while
    they came, and those in which it shows all through these units. What was found out `later` counts where their RTP
    time already lasts another time than they took.

    What was let go at the pace of its own clock can only have come slower than that says: it waited for more.
    """
    found_out = {unit.entry.run for unit in later if unit.entry.by_arrival}
    runs = ((run, list(group)) for run, group in groupby(units, key=lambda unit: unit.entry.run))
    return frozenset(
        run
        for run, group in runs
        if any(unit.entry.by_arrival for unit in group)
        or _is_untrue(group)
        or (run in found_out and _lasts_another_time(group))
    )


class SampleTimes:
    """RTP time within a run, arrival in a run that is `untrue`; a new run begins where it arrived."""

    def __init__(self, untrue: frozenset[int]) -> None:
        self._untrue = untrue
        self._origin: RecordedUnit | None = None
        self._run = NO_RUN
        self._rate = 0
        self._base = 0
        self._rtp_base = 0
        self._arrival_base_ns = 0
        self._pace = ArrivalPace()
        self._newest = 0

    def of(self, unit: RecordedUnit) -> int:
        """Ticks from the start of the clip, of the unit's own clock rate."""
        entry, rate = unit.entry, unit.segment.header.clock_rate
        if self._origin is None:
            self._origin = unit
            self._run, self._rate = entry.run, rate
            self._begin(unit)
        if rate != self._rate:
            self._rate, self._newest = rate, self._newest * rate // self._rate
        if entry.run != self._run:
            origin = self._origin.entry
            arrived = (entry.arrival_ns - origin.arrival_ns) * rate // NS
            if arrived <= self._newest:
                arrived = (entry.arrival_utc_ns - origin.arrival_utc_ns) * rate // NS
            self._run, self._base = entry.run, max(arrived, self._newest + 1)
            self._begin(unit)
        if entry.run in self._untrue:
            passed = (self._pace.place(entry.arrival_ns) - self._arrival_base_ns) * rate // NS
            pts = max(self._base + passed, self._newest + 1) if passed else self._base
        else:
            pts = self._base + entry.rtp - self._rtp_base
        self._newest = max(self._newest, pts)
        return pts

    def _begin(self, unit: RecordedUnit) -> None:
        self._rtp_base, self._arrival_base_ns = unit.entry.rtp, unit.entry.arrival_ns
        self._pace = ArrivalPace()


def _is_untrue(run: Sequence[RecordedUnit]) -> bool:
    drift = _drift(run)
    return drift > _PACED_UNTRUE if run[0].segment.header.paced else drift != 0.0


def _lasts_another_time(run: Sequence[RecordedUnit]) -> bool:
    least = list(_least_offsets_ns(run))
    edge = max(1, min(_EDGE, len(least) // 2))
    apart_ns = abs(min(least[-edge:]) - min(least[:edge]))
    return apart_ns > max(UNTRUE * (len(least) - edge) * _STEP_NS, _LEAST_DRIFT_NS)


def _drift(run: Sequence[RecordedUnit]) -> float:
    """By which part of the time arrival ran slower than the RTP time, or faster where negative, all through the run; 0
    for what is not beyond `UNTRUE`.
    """
    least = list(_least_offsets_ns(run))
    apart = max(1, len(least) // _PARTS)
    drifts = [later - earlier for earlier, later in zip(least, least[apart:], strict=False)]
    if len(drifts) < _PARTS - 1:
        return 0.0
    tolerated_ns = UNTRUE * apart * _STEP_NS
    mean = sum(drifts) / len(drifts)
    goes_on = min(drifts) > tolerated_ns / 2 or max(drifts) < -tolerated_ns / 2
    if not goes_on or abs(mean) <= tolerated_ns or abs(mean) * len(least) / apart <= _LEAST_DRIFT_NS:
        return 0.0
    return mean / (apart * _STEP_NS)


def _least_offsets_ns(run: Sequence[RecordedUnit]) -> Iterator[int]:
    """Of each step of its arrival in which something came."""
    first_ns = run[0].entry.arrival_ns
    steps = groupby(run, key=lambda unit: (unit.entry.arrival_ns - first_ns) // _STEP_NS)
    for _, group in steps:
        yield min(unit.entry.arrival_ns - unit.entry.rtp * NS // unit.segment.header.clock_rate for unit in group)
