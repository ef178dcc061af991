"""Cutting a clip out of the recording: the bytes as received, from the key frame at or before the asked start."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tmcwall.containers.mp4 import Mp4Writer
from tmcwall.domain.bookmark import Gap, SetsFrom
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import disk_fault, sync_folder
from tmcwall.private_files import make_private_folder, open_private
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.recording.clip_start import players_start_late, start_of_clip
from tmcwall.video.recording.footage import RecordedUnit, payloads, units_of
from tmcwall.video.recording.gaps import gaps_of
from tmcwall.video.recording.parameter_sets import ParameterSets
from tmcwall.video.recording.sample_times import SampleTimes, untrue_runs
from tmcwall.video.recording.segments import Segment

_HASH_BYTES: Final = 1024 * 1024
_FINDING_OUT_NS: Final = 20 * NS


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
    sets_from: tuple[SetsFrom, ...] = ()
    """Where parameter sets of its description are from that its key frames needed and did not bring."""
    times_by_arrival: bool = False
    """Whether times of its pictures are those of their arrival, for the camera's own disagree with it."""
    players_start_late: bool = False
    """Whether stock players show the first of the pictures that were asked for wrong: nothing earlier was recorded from
    which they could begin.
    """


def cut(
    segments: Sequence[Segment],
    *,
    start_utc_ns: int,
    end_utc_ns: int,
    path: Path,
    cancelled: Callable[[], bool] = lambda: False,
) -> CutResult:
    """Cut one camera's segments, oldest first, into an MP4 file that is whole or not there.

    Segments after the end serve for what they know of the stream: parameter sets may come late.

    Raises Fault(FOOTAGE_MISSING) if nothing was recorded in the range, DISK_FULL or DISK_FAILED if it cannot be
    written, CLIP_FAILED if it was cancelled or no parameter sets are known.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        units = choose(segments, start_utc_ns=start_utc_ns, end_utc_ns=end_utc_ns)
        make_private_folder(path.parent)
        try:
            asked = (start_utc_ns, end_utc_ns)
            result = _write(part, units, segments, asked, cancelled)
            part.replace(path)
            sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise disk_fault(error) from error
    return result


def choose(segments: Sequence[Segment], *, start_utc_ns: int, end_utc_ns: int) -> list[RecordedUnit]:
    """The access units from where decoding has to start (`start_of_clip`) to the last one at or before the end.

    Raises OSError, Fault(FOOTAGE_MISSING).
    """
    profile = _profile_to_cut(segments, start_utc_ns)
    units = [unit for unit in units_of(segments, profile=profile) if unit.entry.arrival_utc_ns <= end_utc_ns]
    first = start_of_clip(units, start_utc_ns)
    if first is None:
        raise Fault(FaultCode.FOOTAGE_MISSING, "nothing recorded in the range", retryable=False)
    return units[first:]


def _profile_to_cut(segments: Sequence[Segment], start_utc_ns: int) -> str:
    """A clip never mixes streams: the one recorded at the start, else the first."""
    running = [segment for segment in segments if segment.first_utc_ns <= start_utc_ns <= segment.last_utc_ns]
    chosen = running or [one for one in segments if one.last_utc_ns >= start_utc_ns] or list(segments)
    return chosen[0].header.profile if chosen else ""


def _write(
    part: Path,
    chosen: Sequence[RecordedUnit],
    segments: Sequence[Segment],
    asked: tuple[int, int],
    cancelled: Callable[[], bool],
) -> CutResult:
    formats = ParameterSets(segments)
    writer: Mp4Writer | None = None
    untrue = untrue_runs(chosen, _soon_after(chosen[-1], segments))
    times = SampleTimes(untrue)
    units: list[RecordedUnit] = []
    undecodable: set[int] = set()
    with open_private(part, "w+b") as file:
        for index, (unit, payload) in enumerate(zip(chosen, payloads(chosen), strict=True)):
            if cancelled():
                raise Fault(FaultCode.CLIP_FAILED, "cancelled")
            new = formats.of(unit, payload)
            if new is None:
                undecodable.add(index)
                continue
            if writer is None:
                writer = Mp4Writer(file, new)
            elif formats.changed:
                writer.describe(new)
            writer.write(payload, pts=times.of(unit), key=unit.entry.key)
            units.append(unit)
        if writer is None:
            raise Fault(FaultCode.CLIP_FAILED, "no parameter sets in the recording", retryable=False)
        writer.finish()
        file.flush()
        os.fsync(file.fileno())
        digest, size_bytes = _sha256(file)
    places = [(unit.segment, unit.entry) for unit in chosen]
    return CutResult(
        sha256=digest,
        stream_sha256=" ".join(writer.stream_sha256),
        size_bytes=size_bytes,
        first_utc=units[0].entry.arrival_utc_ns / NS,
        last_utc=units[-1].entry.arrival_utc_ns / NS,
        packets=len(units),
        packets_lost=sum(unit.entry.lost for unit in units[1:]),
        gaps=tuple(gaps_of(places, start_utc_ns=asked[0], end_utc_ns=asked[1], undecodable=undecodable)),
        camera_clock_ms=_first_known(unit.segment.header.clock_offset_ms for unit in units),
        server_clock_ms=_first_known(unit.segment.header.server_offset_ms for unit in units),
        sets_from=tuple(formats.completed_from),
        times_by_arrival=any(unit.entry.run in untrue for unit in units),
        players_start_late=players_start_late(chosen, asked[0]),
    )


def _soon_after(last: RecordedUnit, segments: Sequence[Segment]) -> Iterator[RecordedUnit]:
    """What came while it was found out whether the times of the last units are true."""
    until_ns = last.entry.arrival_ns + _FINDING_OUT_NS
    for unit in units_of(segments, profile=last.segment.header.profile):
        if last.entry.arrival_ns < unit.entry.arrival_ns <= until_ns:
            yield unit


def _first_known(offsets_ms: Iterable[int | None]) -> int | None:
    return next((offset_ms for offset_ms in offsets_ms if offset_ms is not None), None)


def _sha256(file: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    file.seek(0)
    while data := file.read(_HASH_BYTES):
        digest.update(data)
    return digest.hexdigest(), file.tell()
