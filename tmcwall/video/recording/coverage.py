"""What the rolling recording has of a camera, read from its files while others write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tmcwall.domain.bookmark import Gap
from tmcwall.domain.fault import Fault
from tmcwall.domain.footage_timeline import Footage, FootageSource, Span
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.recording.gaps import Place, gaps_of
from tmcwall.video.recording.segments import read_segments


def recorded_in(recordings: Path) -> Callable[[str, Span], Footage | None]:
    """`recorded` for one folder of recordings."""
    return partial(recorded, recordings)


def recorded(recordings: Path, camera: str, shown: Span) -> Footage | None:
    """Of the segments that touch that range; None where there are none. Reads many files: for a thread of its own.

    Between two of its pictures there is a picture all the time, or a gap with its cause.
    """
    start_ns, end_ns = round(shown.starts_at.timestamp() * NS), round(shown.ends_at.timestamp() * NS)
    first_ns = 0
    last: Place | None = None
    gaps: list[Gap] = []
    for segment in read_segments(recordings, camera):
        if not segment.touches(start_ns, end_ns):
            continue
        try:
            units = [(segment, entry) for entry in segment.entries()]
        except Fault:
            continue  # it was deleted meanwhile
        if not units:
            continue
        first_ns = first_ns or units[0][1].arrival_utc_ns
        joined = units if last is None else [last, *units]
        last = units[-1]
        gaps += gaps_of(
            joined, start_utc_ns=joined[0][1].arrival_utc_ns, end_utc_ns=last[1].arrival_utc_ns
        )  # fmt: skip
    if last is None:
        return None
    span = Span(datetime.fromtimestamp(first_ns / NS, UTC), datetime.fromtimestamp(last[1].arrival_utc_ns / NS, UTC))
    return Footage(span, FootageSource.RECORDING, tuple(gaps))
