"""The rolling recording: streams as received into segments, bounded by age and size; held footage is never deleted."""

from __future__ import annotations

import errno
import os
import queue
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final

import msgspec

from tmcwall.containers.annex_b import nal_units
from tmcwall.domain.bookmark import GapCause
from tmcwall.domain.clock import Clock
from tmcwall.durable import disk_fault, replace_file
from tmcwall.private_files import make_private_folder
from tmcwall.video.ipc.messages import Hold, RecordingResumed, RecordingStopped
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.recording.segments import IndexEntry, Segment, SegmentHeader, SegmentWriter, camera_folder, scan

HOLDS_FILE: Final = "holds.json"
SEAM_NS: Final = 2 * NS
"""A range that starts within this time after a segment may need the segment's last key frame."""
_BUILT_UP_NS: Final = 30 * NS
"""The same, where pictures are built up bit by bit."""
_MOST_KNOWN_BYTES: Final = 16 * 1024
"""Of parameter sets; a header has to stay a short line."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much is recorded and kept. Held segments count as bytes but are never deleted."""

    keep_s: float = 600.0
    keep_bytes: int = 20 * 1024**3
    segment_s: float = 10.0
    reserve_bytes: int = 256 * 1024**2
    """Where the disk has less than this left, the oldest footage goes; where none may go, recording stops, so that
    tagging goes on."""
    queue_bytes: int = 64 * 1024**2
    """What may wait for a slow disk; beyond it footage is lost and counted as lost."""
    retry_s: float = 5.0
    expire_every_s: float = 2.0


class _Holds(msgspec.Struct, frozen=True):
    holds: list[Hold]


@dataclass(frozen=True, slots=True)
class _Batch:
    header: SegmentHeader
    units: Sequence[TimedUnit]
    size: int
    utc_minus_monotonic_ns: int
    left_out: bool
    """Before it came what could not be taken."""


@dataclass(slots=True)
class _Track:
    """The open segment of one camera. `expected` is the run and clock relation it was opened with."""

    writer: SegmentWriter
    header: SegmentHeader
    opened_ns: int
    utc_minus_monotonic_ns: int


class Recorder:
    """Writes on a thread of its own (`run`); every other method is for the engine's loop and never waits.

    `report` is called on the recorder's thread with RecordingStopped and RecordingResumed.
    """

    def __init__(
        self,
        recordings: Path,
        *,
        clock: Clock,
        keeping: Keeping,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        report: Callable[[RecordingStopped | RecordingResumed], None],
    ) -> None:
        self._recordings = recordings
        self._clock = clock
        self._keeping = keeping
        self._free_bytes = free_bytes
        self._report = report
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._given_bytes = 0
        """Written by the loop only, and `_done_bytes` by the thread only: what waits is the difference."""
        self._done_bytes = 0
        self._engine = token_hex(8)
        self._behind: set[str] = set()
        """Cameras whose newest footage was not taken; for the loop."""
        self._interrupted: dict[str, GapCause] = {}
        """Cameras that were recorded before and are not now, with the reason; for the thread, as all that follows."""
        self._reconnected: set[str] = set()
        """Cameras of whose newest connection nothing is written yet."""
        self._tracks: dict[str, _Track] = {}
        self._segments: list[Segment] = []
        self._holds: dict[str, Hold] = {}
        self._pins: dict[str, Hold] = {}
        self._stopped = False
        self._retry_at_ns = 0
        self._expire_at_ns = 0
        self._utc_minus_monotonic_ns: int | None = None
        self._set_forward_ns = 0
        """By how much the clock was set forward lately."""
        self._set_forward_until_ns = 0

    def write(self, header: SegmentHeader, units: Sequence[TimedUnit]) -> bool:
        """Take units of one stream for writing; False if the disk is so far behind that they were dropped."""
        size = sum(len(unit.payload) for unit in units)
        if self._given_bytes - self._done_bytes + size > self._keeping.queue_bytes:
            self._behind.add(header.camera)
            return False
        offset_ns = round(self._clock.utc().timestamp() * NS) - self._clock.monotonic_ns()
        batch = _Batch(header, units, size, offset_ns, header.camera in self._behind)
        self._behind.discard(header.camera)
        self._given_bytes += size
        self._jobs.put(lambda: self._write(batch))
        return True

    def end(self, camera: str) -> None:
        """No more comes of that camera for now: close its segment."""
        self._jobs.put(lambda: self._close_track(camera, GapCause.NOT_RECORDED))

    def hold(self, hold: Hold) -> None:
        """Keep what touches the range until `release_hold`, also over a restart."""
        self._jobs.put(lambda: self._change_holds(add=hold))

    def release_hold(self, hold: str) -> None:
        self._jobs.put(lambda: self._change_holds(remove=hold))

    def pin(self, hold: Hold) -> None:
        """A hold that ends with this process: footage a waiting clip needs."""
        self._jobs.put(lambda: self._pins.__setitem__(hold.hold, hold))

    def unpin(self, hold: str) -> None:
        self._jobs.put(lambda: _forget(self._pins, hold))

    def footage(self, camera: str, start_utc_ns: int, end_utc_ns: int) -> Future[list[Segment]]:
        """The segments that touch a range, oldest first, everything written so far included."""
        future: Future[list[Segment]] = Future()
        self._jobs.put(lambda: future.set_result(self._find(camera, start_utc_ns, end_utc_ns)))
        return future

    def stop(self) -> None:
        """Let `run` end after what is queued has been written."""
        self._jobs.put(None)

    def run(self) -> None:
        """The recorder's thread: works through the queue, and deletes what is too old or too much."""
        self._segments = self._load()
        while True:
            try:
                job = self._jobs.get(timeout=self._keeping.expire_every_s)
            except queue.Empty:
                job = _nothing
            if job is None:
                break
            job()
            if self._clock.monotonic_ns() >= self._expire_at_ns:
                self._expire()
                self._expire_at_ns = self._clock.monotonic_ns() + int(self._keeping.expire_every_s * NS)
        for camera in list(self._tracks):
            self._close_track(camera)

    def _load(self) -> list[Segment]:
        with suppress(OSError, msgspec.MsgspecError):
            saved = msgspec.json.decode((self._recordings / HOLDS_FILE).read_bytes(), type=_Holds)
            self._holds = {hold.hold: hold for hold in saved.holds} | self._holds
        try:
            return list(scan(self._recordings))
        except OSError as error:
            self._fail(error)
            return []

    def _write(self, batch: _Batch) -> None:
        self._done_bytes += batch.size
        now_ns = self._clock.monotonic_ns()
        if self._stopped and now_ns < self._retry_at_ns:
            self._close_track(batch.header.camera, GapCause.RECORDING_STOPPED)
            return
        try:
            self._append(batch)
        except OSError as error:
            self._close_track(batch.header.camera, GapCause.RECORDING_STOPPED)
            self._fail(error)
        else:
            if self._stopped and batch.header.camera in self._tracks:
                self._stopped = False
                self._report(RecordingResumed())

    def _append(self, batch: _Batch) -> None:
        camera = batch.header.camera
        track = self._tracks.get(camera)
        waiting: list[tuple[IndexEntry, bytes]] = []
        left_out = batch.left_out
        for unit in batch.units:
            if unit.key and (track is None or self._is_due(track, batch, unit)):
                if track is not None:
                    _write_some(track, waiting)
                    waiting = []
                    self._close_track(camera)
                track = self._open_track(batch, unit)
            if unit.opening:
                self._reconnected.add(camera)
            if not unit.key and camera in self._reconnected:
                continue  # nothing that is recorded can be decoded with it
            if track is None or _stream(track.header) != _stream(batch.header):
                continue
            entry = IndexEntry(
                0, 0, unit.lost, unit.run, unit.key, unit.arrival_ns + track.utc_minus_monotonic_ns, unit.arrival_ns,
                unit.rtp, camera in self._reconnected, left_out, unit.number, unit.continues, unit.until_whole,
                unit.by_arrival,
            )  # fmt: skip
            self._reconnected.discard(camera)
            left_out = False
            waiting.append((entry, unit.payload[unit.prefixed :] if unit.prefixed else unit.payload))
        if track is not None:
            _write_some(track, waiting)

    def _is_due(self, track: _Track, batch: _Batch, unit: TimedUnit) -> bool:
        """Whether a new segment starts at this key frame."""
        stepped = abs(batch.utc_minus_monotonic_ns - track.utc_minus_monotonic_ns) > NS // 2
        old = unit.arrival_ns - track.opened_ns >= self._keeping.segment_s * NS
        return old or stepped or _format(track.header) != _format(batch.header)

    def _open_track(self, batch: _Batch, unit: TimedUnit) -> _Track:
        if not self._make_room():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        header = msgspec.structs.replace(
            batch.header,
            known_sets=_known_sets(batch.header, unit),
            engine=self._engine,
            built_up=unit.until_whole > 0,
            resumed=self._interrupted.pop(batch.header.camera, None),
        )
        writer = SegmentWriter(
            camera_folder(self._recordings, header.camera),
            header,
            opened_utc_ns=unit.arrival_ns + batch.utc_minus_monotonic_ns,
        )
        track = _Track(writer, header, unit.arrival_ns, batch.utc_minus_monotonic_ns)
        self._tracks[header.camera] = track
        return track

    def _close_track(self, camera: str, interrupted: GapCause | None = None) -> None:
        """`interrupted` is why nothing follows at once; what came first stands."""
        if interrupted is not None:
            self._interrupted.setdefault(camera, interrupted)
        track = self._tracks.pop(camera, None)
        if track is None:
            return
        track.writer.close()
        self._segments.append(track.writer.as_segment())

    def _make_room(self) -> bool:
        """Delete the oldest footage that is not held until the disk has its reserve; False where that is not enough."""
        make_private_folder(self._recordings)
        held = self._held()
        for segment in sorted(self._segments, key=lambda segment: segment.last_utc_ns):
            if self._free_bytes(self._recordings) >= self._keeping.reserve_bytes:
                return True
            if not is_held(segment, held):
                segment.delete()
                self._segments.remove(segment)
        return self._free_bytes(self._recordings) >= self._keeping.reserve_bytes

    def _fail(self, error: OSError) -> None:
        self._retry_at_ns = self._clock.monotonic_ns() + int(self._keeping.retry_s * NS)
        if not self._stopped:
            self._stopped = True
            fault = disk_fault(error)
            self._report(RecordingStopped(fault=fault.code, detail=fault.detail))

    def _change_holds(self, *, add: Hold | None = None, remove: str = "") -> None:
        if add is not None:
            self._holds[add.hold] = add
        _forget(self._holds, remove)
        try:
            replace_file(self._recordings / HOLDS_FILE, msgspec.json.encode(_Holds(list(self._holds.values()))))
        except OSError as error:
            self._fail(error)

    def _find(self, camera: str, start_utc_ns: int, end_utc_ns: int) -> list[Segment]:
        open_segments = [track.writer.as_segment() for track in self._tracks.values()]
        found = [
            segment
            for segment in [*self._segments, *open_segments]
            if segment.header.camera == camera and segment.touches(start_utc_ns - _seam_ns(segment), end_utc_ns)
        ]
        return sorted(found, key=lambda segment: segment.first_utc_ns)

    def _expire(self) -> None:
        oldest_ns = self._oldest_utc_ns()
        held = self._held()
        for segment in expired(self._segments, held, oldest_utc_ns=oldest_ns, keep_bytes=self._keeping.keep_bytes):
            try:
                segment.delete()
            except OSError as error:
                self._fail(error)
                return
            self._segments.remove(segment)
        self._stop_before_the_disk_is_full()

    def _oldest_utc_ns(self) -> int:
        """What is older may go. A clock that is set forward makes nothing older, until its time has really passed."""
        now_ns = self._clock.monotonic_ns()
        utc_ns = round(self._clock.utc().timestamp() * NS)
        keep_ns = int(self._keeping.keep_s * NS)
        step_ns = utc_ns - now_ns - self._utc_minus_monotonic_ns if self._utc_minus_monotonic_ns is not None else 0
        self._utc_minus_monotonic_ns = utc_ns - now_ns
        if step_ns > NS // 2:
            self._set_forward_ns += step_ns
            self._set_forward_until_ns = now_ns + keep_ns
        elif now_ns >= self._set_forward_until_ns:
            self._set_forward_ns = 0
        return utc_ns - keep_ns - self._set_forward_ns

    def _stop_before_the_disk_is_full(self) -> None:
        """Open segments grow meanwhile."""
        try:
            if not self._tracks or self._make_room():
                return
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            full = error
        for camera in list(self._tracks):
            self._close_track(camera, GapCause.RECORDING_STOPPED)
        self._fail(full)

    def _held(self) -> list[Hold]:
        return [*self._holds.values(), *self._pins.values()]


def expired(
    segments: Iterable[Segment], holds: Sequence[Hold], *, oldest_utc_ns: int, keep_bytes: int
) -> list[Segment]:
    """The closed segments to delete: older than the limit, and the oldest of what is too much. Never a held one."""
    ordered = sorted(segments, key=lambda segment: segment.last_utc_ns)
    total = sum(segment.size_bytes for segment in ordered)
    gone = []
    for segment in ordered:
        if segment.last_utc_ns >= oldest_utc_ns and total <= keep_bytes:
            break
        if not is_held(segment, holds):
            gone.append(segment)
            total -= segment.size_bytes
    return gone


def is_held(segment: Segment, holds: Sequence[Hold]) -> bool:
    """Whether a hold's range touches the segment, the seam before the range included."""
    return any(
        hold.camera == segment.header.camera
        and segment.touches(round(hold.start_utc * NS) - _seam_ns(segment), round(hold.end_utc * NS))
        for hold in holds
    )


def _seam_ns(segment: Segment) -> int:
    """So long after its end a range may start that needs it."""
    return _BUILT_UP_NS if segment.header.built_up else SEAM_NS


def _stream(header: SegmentHeader) -> tuple[str, str]:
    return header.profile, header.codec


def _format(header: SegmentHeader) -> tuple[object, ...]:
    return header.profile, header.codec, header.clock_rate, header.parameter_sets, header.width, header.height


def _known_sets(header: SegmentHeader, unit: TimedUnit) -> list[bytes]:
    """What was put in front of a key frame, where the session description does not say it."""
    if not 0 < unit.prefixed <= _MOST_KNOWN_BYTES:
        return []
    known = nal_units(unit.payload[: unit.prefixed])
    return [] if all(one in header.parameter_sets for one in known) else known


def _write_some(track: _Track, waiting: list[tuple[IndexEntry, bytes]]) -> None:
    if waiting:
        track.writer.write(waiting)


def _forget(holds: dict[str, Hold], hold: str) -> None:
    holds.pop(hold, None)


def _nothing() -> None:
    """What the thread does when there is no job."""
