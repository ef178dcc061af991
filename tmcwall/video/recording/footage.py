"""Recorded access units, read back from their segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.recording.segments import IndexEntry, Segment


@dataclass(frozen=True, slots=True)
class RecordedUnit:
    """An access unit, and where it lies."""

    segment: Segment
    entry: IndexEntry


def units_of(segments: Iterable[Segment], *, profile: str) -> Iterator[RecordedUnit]:
    """Those of one stream, each once: a recording that was stopped and started again begins with the GOP that was
    running, which it may hold twice. Raises Fault(FOOTAGE_MISSING).
    """
    seen: set[tuple[int, int, int]] = set()
    for segment in segments:
        if segment.header.profile != profile:
            continue
        for entry in segment.entries():
            name = (entry.run, entry.rtp, entry.arrival_ns)
            if name not in seen:
                seen.add(name)
                yield RecordedUnit(segment, entry)


def payloads(units: Iterable[RecordedUnit]) -> Iterator[bytes]:
    """The bytes as received. Raises OSError, Fault(FOOTAGE_MISSING)."""
    path: Path | None = None
    file: BinaryIO | None = None
    try:
        for unit in units:
            if unit.segment.path != path:
                if file is not None:
                    file.close()
                path = unit.segment.path
                file = path.open("rb")
            assert file is not None
            file.seek(unit.entry.offset)
            payload = file.read(unit.entry.size)
            if len(payload) != unit.entry.size:
                raise Fault(FaultCode.FOOTAGE_MISSING, "segment shorter than its index")
            yield payload
    finally:
        if file is not None:
            file.close()
