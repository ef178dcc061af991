"""Cutting a clip out of the recording: the bytes as received, from the key frame at or before the asked start."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.configuration import parameter_sets_of
from tmcwall.video.mp4 import Mp4Writer, VideoTrack, nal_units
from tmcwall.video.segments import IndexEntry, Segment
from tmcwall.video.timeline import NS

_HASH_BYTES: Final = 1024 * 1024
_PLAIN_GAP_NS: Final = NS


@dataclass(frozen=True, slots=True)
class CutResult:
    """What was cut. The real range is that of the packets, pre-roll before the asked start included."""

    sha256: str
    stream_sha256: str
    size_bytes: int
    first_utc: float
    last_utc: float
    packets: int
    packets_lost: int
    gaps: int
    """Places where the stream was interrupted for more than a second or began anew."""


@dataclass(frozen=True, slots=True)
class _Unit:
    segment: Segment
    entry: IndexEntry


def cut(
    segments: Sequence[Segment],
    *,
    start_utc_ns: int,
    end_utc_ns: int,
    path: Path,
    cancelled: Callable[[], bool] = lambda: False,
) -> CutResult:
    """Cut one camera's segments, oldest first, into an MP4 file that is whole or not there.

    Raises Fault(FOOTAGE_MISSING) if nothing was recorded in the range, DISK_FULL or DISK_FAILED if it cannot be
    written, CLIP_FAILED if it was cancelled or the recording holds no parameter sets.
    """
    units = choose(segments, start_utc_ns=start_utc_ns, end_utc_ns=end_utc_ns)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            result = _write(part, units, cancelled)
            part.replace(path)
            _sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise Fault(FaultCode.DISK_FULL if full else FaultCode.DISK_FAILED, error.strerror or "") from error
    return result


def choose(segments: Sequence[Segment], *, start_utc_ns: int, end_utc_ns: int) -> list[_Unit]:
    """The access units from the key frame at or before the start to the last one at or before the end.

    Where recording began after the start, from its first key frame. Raises Fault(FOOTAGE_MISSING).
    """
    profile = _profile_to_cut(segments, start_utc_ns)
    units = [
        unit
        for unit in _without_repetition(segment for segment in segments if segment.header.profile == profile)
        if unit.entry.arrival_utc_ns <= end_utc_ns
    ]
    keys = [index for index, unit in enumerate(units) if unit.entry.key]
    before = [index for index in keys if units[index].entry.arrival_utc_ns <= start_utc_ns]
    if before and not _ended_before(units, before[-1], start_utc_ns):
        return units[before[-1] :]
    after = [index for index in keys if units[index].entry.arrival_utc_ns > start_utc_ns]
    if not after:
        raise Fault(FaultCode.FOOTAGE_MISSING, "nothing recorded in the range", retryable=False)
    return units[after[0] :]


def _without_repetition(segments: Iterable[Segment]) -> Iterator[_Unit]:
    """A recording that was stopped and started again begins with the GOP that was running, which it may hold twice."""
    seen: set[tuple[int, int]] = set()
    for segment in segments:
        for entry in segment.entries():
            name = (entry.run, entry.rtp)
            if name not in seen:
                seen.add(name)
                yield _Unit(segment, entry)


def _profile_to_cut(segments: Sequence[Segment], start_utc_ns: int) -> str:
    """A clip never mixes streams: the one recorded at the start, else the first."""
    running = [segment for segment in segments if segment.first_utc_ns <= start_utc_ns <= segment.last_utc_ns]
    chosen = running or list(segments)
    return chosen[0].header.profile if chosen else ""


def _ended_before(units: Sequence[_Unit], key: int, start_utc_ns: int) -> bool:
    """Whether the footage from that key frame on breaks off well before the start."""
    last_ns = units[key].entry.arrival_utc_ns
    for unit in units[key + 1 :]:
        if unit.entry.arrival_utc_ns > start_utc_ns:
            return unit.entry.arrival_utc_ns - last_ns > _PLAIN_GAP_NS and start_utc_ns - last_ns > _PLAIN_GAP_NS
        last_ns = unit.entry.arrival_utc_ns
    return start_utc_ns - last_ns > _PLAIN_GAP_NS


def _write(part: Path, units: Sequence[_Unit], cancelled: Callable[[], bool]) -> CutResult:
    header = units[0].segment.header
    payloads = _payloads(units)
    first = next(payloads)
    sets = list(parameter_sets_of(header.codec, nal_units(first))) or header.parameter_sets
    if not sets:
        raise Fault(FaultCode.CLIP_FAILED, "no parameter sets in the recording", retryable=False)
    track = VideoTrack(header.codec, header.width, header.height, header.clock_rate, sets)
    with part.open("w+b") as file:
        writer = Mp4Writer(file, track)
        for unit, pts in zip(units, _presentation(units, header.clock_rate), strict=True):
            if cancelled():
                raise Fault(FaultCode.CLIP_FAILED, "cancelled")
            writer.write(first if unit is units[0] else next(payloads), pts=pts, key=unit.entry.key)
        writer.finish()
        file.flush()
        os.fsync(file.fileno())
        digest, size_bytes = _sha256(file)
    return CutResult(
        sha256=digest,
        stream_sha256=writer.stream_sha256,
        size_bytes=size_bytes,
        first_utc=units[0].entry.arrival_utc_ns / NS,
        last_utc=units[-1].entry.arrival_utc_ns / NS,
        packets=len(units),
        packets_lost=sum(unit.entry.lost for unit in units[1:]),
        gaps=_count_gaps(units),
    )


def _payloads(units: Sequence[_Unit]) -> Iterator[bytes]:
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


def _presentation(units: Sequence[_Unit], clock_rate: int) -> Iterator[int]:
    """Ticks from the start of the clip: RTP time within a run; a new run begins where it arrived."""
    origin = units[0].entry
    run, base, rtp_base = origin.run, 0, origin.rtp
    newest = 0
    for unit in units:
        entry = unit.entry
        if entry.run != run:
            arrived = (entry.arrival_ns - origin.arrival_ns) * clock_rate // NS
            if arrived <= newest:
                arrived = (entry.arrival_utc_ns - origin.arrival_utc_ns) * clock_rate // NS
            run, base, rtp_base = entry.run, max(arrived, newest + 1), entry.rtp
        pts = base + entry.rtp - rtp_base
        newest = max(newest, pts)
        yield pts


def _count_gaps(units: Sequence[_Unit]) -> int:
    return sum(
        earlier.entry.run != later.entry.run
        or later.entry.arrival_utc_ns - earlier.entry.arrival_utc_ns > _PLAIN_GAP_NS
        for earlier, later in pairwise(units)
    )


def _sha256(file: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    file.seek(0)
    while data := file.read(_HASH_BYTES):
        digest.update(data)
    return digest.hexdigest(), file.tell()


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
