"""Cutting a clip out of the recording: the bytes as received, from the key frame at or before the asked start."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tmcwall.domain.bookmark import Gap
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import picture_size
from tmcwall.video.configuration import completed, parameter_sets_of
from tmcwall.video.gaps import gaps_of
from tmcwall.video.mp4 import Mp4Writer, VideoFormat, nal_units
from tmcwall.video.segments import IndexEntry, Segment
from tmcwall.video.timeline import NS

_HASH_BYTES: Final = 1024 * 1024
_PLAIN_GAP_NS: Final = NS


@dataclass(frozen=True, slots=True)
class CutResult:
    """What was cut. The real range is that of the packets, pre-roll before the asked start included."""

    sha256: str
    stream_sha256: str
    """Of the video stream as stock tools print it; of several, in a clip with several codecs, one after the other."""
    size_bytes: int
    first_utc: float
    last_utc: float
    packets: int
    packets_lost: int
    gaps: tuple[Gap, ...]
    camera_clock_ms: int | None = None
    """The camera's clock minus ours, as the first of its segments knew it."""
    server_clock_ms: int | None = None
    """The server's clock minus ours, likewise."""


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
            asked = (start_utc_ns, end_utc_ns)
            result = _write(part, units, asked, cancelled)
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


def _write(part: Path, units: Sequence[_Unit], asked: tuple[int, int], cancelled: Callable[[], bool]) -> CutResult:
    formats = _Formats()
    writer: Mp4Writer | None = None
    with part.open("w+b") as file:
        for unit, pts, payload in zip(units, _presentation(units), _payloads(units), strict=True):
            if cancelled():
                raise Fault(FaultCode.CLIP_FAILED, "cancelled")
            new = formats.of(unit, payload)
            if writer is None:
                writer = Mp4Writer(file, new)
            elif formats.changed:
                writer.describe(new)
            writer.write(payload, pts=pts, key=unit.entry.key)
        assert writer is not None
        writer.finish()
        file.flush()
        os.fsync(file.fileno())
        digest, size_bytes = _sha256(file)
    places = [(unit.segment, unit.entry) for unit in units]
    return CutResult(
        sha256=digest,
        stream_sha256=" ".join(writer.stream_sha256),
        size_bytes=size_bytes,
        first_utc=units[0].entry.arrival_utc_ns / NS,
        last_utc=units[-1].entry.arrival_utc_ns / NS,
        packets=len(units),
        packets_lost=sum(unit.entry.lost for unit in units[1:]),
        gaps=tuple(gaps_of(places, start_utc_ns=asked[0], end_utc_ns=asked[1])),
        camera_clock_ms=_first_known(unit.segment.header.clock_offset_ms for unit in units),
        server_clock_ms=_first_known(unit.segment.header.server_offset_ms for unit in units),
    )


def _first_known(offsets_ms: Iterable[int | None]) -> int | None:
    return next((offset_ms for offset_ms in offsets_ms if offset_ms is not None), None)


class _Formats:
    """Follows the format of consecutive access units; it changes at key frames only."""

    def __init__(self) -> None:
        self.changed = False
        self._present: VideoFormat | None = None

    def of(self, unit: _Unit, payload: bytes) -> VideoFormat:
        """The format of a unit. Raises Fault(CLIP_FAILED) where the recording holds no parameter sets."""
        self.changed = False
        header = unit.segment.header
        present = self._present
        if present is not None and not unit.entry.key:
            return present
        same = present if present is not None and present.codec == header.codec else None
        known = same.parameter_sets if same is not None else tuple(header.parameter_sets)
        sets = completed(header.codec, parameter_sets_of(header.codec, nal_units(payload)), known)
        if same is not None and (not sets or sets == same.parameter_sets):
            return same
        if not sets:
            raise Fault(FaultCode.CLIP_FAILED, "no parameter sets in the recording", retryable=False)
        opening = b"".join(b"\0\0\0\1" + one for one in sets)
        width, height = picture_size(header.codec, opening) or (header.width, header.height)
        self._present = VideoFormat(header.codec, width, height, header.clock_rate, sets)
        self.changed = True
        return self._present


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


def _presentation(units: Sequence[_Unit]) -> Iterator[int]:
    """Ticks from the start of the clip, of the unit's own clock rate: RTP time within a run; a new run begins where it
    arrived.
    """
    origin = units[0].entry
    rate = units[0].segment.header.clock_rate
    run, base, rtp_base = origin.run, 0, origin.rtp
    newest = 0
    for unit in units:
        entry, own_rate = unit.entry, unit.segment.header.clock_rate
        if own_rate != rate:
            rate, newest = own_rate, newest * own_rate // rate
        if entry.run != run:
            arrived = (entry.arrival_ns - origin.arrival_ns) * rate // NS
            if arrived <= newest:
                arrived = (entry.arrival_utc_ns - origin.arrival_utc_ns) * rate // NS
            run, base, rtp_base = entry.run, max(arrived, newest + 1), entry.rtp
        pts = base + entry.rtp - rtp_base
        newest = max(newest, pts)
        yield pts


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
