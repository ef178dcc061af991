"""Gaps in a stretch of recording and their causes, from the marks that were written beside its access units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from tmcwall.domain.bookmark import Gap, GapCause
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.recording.segments import IndexEntry, Segment

_SILENT_NS: Final = NS
"""A camera that sends no picture for longer has stopped, unless it always takes its time."""
_SILENT_INTERVALS: Final = 3
_LONGEST_SILENT_NS: Final = 60 * NS
_SEAM_NS: Final = NS // 2
"""Recording that was stopped and started again within this time has lost nothing: it begins with the running GOP."""

Place = tuple[Segment, IndexEntry]
"""An access unit, and where it lies."""


def silence_ns(entries: Sequence[IndexEntry]) -> int:
    """From which time without a picture on that stream has stopped: a few times its usual interval."""
    steps = sorted(later.arrival_ns - earlier.arrival_ns for earlier, later in pairwise(entries))
    usual_ns = steps[len(steps) // 2] if steps else 0
    return max(_SILENT_NS, min(_SILENT_INTERVALS * usual_ns, _LONGEST_SILENT_NS))


def gaps_of(
    units: Sequence[Place], *, start_utc_ns: int, end_utc_ns: int, undecodable: Collection[int] = ()
) -> list[Gap]:
    """Between consecutive access units of one stream, and to both ends of the range that was asked for, in order.

    The units with the indices `undecodable` are gaps themselves.
    """
    first_ns, last_ns = units[0][1].arrival_utc_ns, units[-1][1].arrival_utc_ns
    kept = [index for index in range(len(units)) if index not in undecodable]
    silent_ns = silence_ns([entry for _, entry in units])
    found = list(_between(units, kept, silent_ns))
    if kept[0] > 0:
        shown_ns = units[kept[0]][1].arrival_utc_ns
        found.insert(0, _gap(max(start_utc_ns, first_ns), shown_ns, GapCause.UNDECODABLE))
    if kept[-1] < len(units) - 1:
        found.append(_gap(units[kept[-1]][1].arrival_utc_ns, last_ns, GapCause.UNDECODABLE))
    if first_ns - start_utc_ns > max(_SEAM_NS, silent_ns - _SILENT_NS):
        found.insert(0, _gap(start_utc_ns, first_ns, GapCause.NOT_RECORDED))
    if end_utc_ns - last_ns > silent_ns:
        found.append(_gap(last_ns, end_utc_ns, GapCause.NOT_RECORDED))
    return found


def _between(units: Sequence[Place], kept: Sequence[int], silent_ns: int) -> Iterator[Gap]:
    for before, index in pairwise(kept):
        earlier, later = units[before], units[index]
        cause = GapCause.UNDECODABLE if index - before > 1 else _cause(earlier, later, silent_ns)
        if cause is not None:
            entry = later[1]
            yield _gap(earlier[1].arrival_utc_ns, entry.arrival_utc_ns, cause, packets=entry.lost)


def _cause(earlier: Place, later: Place, silent_ns: int) -> GapCause | None:
    before, after = earlier[0].header, later[0].header
    entry = later[1]
    step_ns = entry.arrival_utc_ns - earlier[1].arrival_utc_ns
    if earlier[0] != later[0]:
        if before.engine != after.engine:
            return GapCause.ENGINE_REPLACED
        if after.resumed is not None and (step_ns > _SEAM_NS or entry.run != earlier[1].run):
            return after.resumed
    if entry.left_out:
        return GapCause.RECORDING_STOPPED
    if entry.opening:
        return GapCause.RECONNECTED
    if entry.lost:
        return GapCause.PACKETS_LOST
    return GapCause.NO_PICTURES if step_ns > silent_ns else None


def _gap(from_ns: int, to_ns: int, cause: GapCause, *, packets: int = 0) -> Gap:
    begins = datetime.fromtimestamp(from_ns / NS, UTC)
    return Gap(begins, max(begins, datetime.fromtimestamp(to_ns / NS, UTC)), cause, packets)
