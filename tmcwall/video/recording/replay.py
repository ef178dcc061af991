"""Instant replay: what was recorded of a camera, out of the segments on disk, at the pace at which it came.

A replay is a stream as any other to the routing and the decoders, with another source. It reads segments that are
still being written.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from tmcwall.containers.annex_b import nal_units
from tmcwall.containers.decoder_configuration import overlaid, parameter_sets_of
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import Replay
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.recording.footage import identity_of
from tmcwall.video.recording.gaps import silence_ns
from tmcwall.video.recording.segments import IndexEntry, Segment
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey

_AHEAD_NS: Final = 100_000_000
"""Pictures are handed over this long before they are due, as much as a live one may be delayed."""
_READ: Final = 50
"""Access units in one look at the disk."""
_BURST_S: Final = 0.1
"""Between two looks on the way from the key frame to the moment asked for: a decoder takes 250 at once."""
_WRITTEN_WITHIN_NS: Final = 3 * NS
"""What came longer ago than this is on disk, or was not recorded."""
_POLL_S: Final = 0.2
_FOREVER_NS: Final = 1 << 62

_T = TypeVar("_T")

log = logging.getLogger(__name__)

Footage = Callable[[str, int, int], Awaitable[list[Segment]]]
"""The segments of a camera that touch a range in UTC nanoseconds, oldest first."""

Keep = Callable[[str, int | None], None]
"""Keep the footage of a camera from a moment (UTC nanoseconds) on, in place of what was kept before; None lets go."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Access units of one segment, in order, each with its bytes as a decoder needs them."""

    segment: Segment
    units: Sequence[tuple[IndexEntry, bytes]]


class ReplayStream(AccessUnitSource):
    """Plays the recording of a camera from a moment on; at its end it waits to be sent elsewhere.

    Where nothing was recorded it says so as its fault: FOOTAGE_MISSING where there is none at all, STREAM_ENDED where
    it has come to an end. `changed` is called when that, or the place, changes.
    """

    def __init__(
        self,
        key: StreamKey,
        source: Replay,
        *,
        footage: Footage,
        keep: Keep,
        reader: Executor,
        clock: Clock,
        changed: Callable[[ReplayStream], None],
    ) -> None:
        super().__init__(key)
        self._camera, self._target_s = source.of, source.from_utc
        self._footage = footage
        self._keep = keep
        self._reader = reader
        self._clock = clock
        self._changed = changed
        self._speed = 1.0
        self._seek_requested = False
        self._control_changed = asyncio.Event()
        self._position_ns: int | None = None
        self._due_ns = 0
        self._silent_ns = 0
        """A longer stretch without pictures is passed over."""
        self._last: tuple[int, int] | None = None
        """Run and arrival (UTC) of the unit before."""
        self._last_identity: tuple[object, ...] = ()
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def position_s(self) -> float | None:
        return None if self._position_ns is None else self._position_ns / NS

    def playback(self, *, speed: float, seek_s: float | None) -> None:
        """0 pauses; `seek_s` is a moment in seconds since the epoch, shown even while paused."""
        self._speed = max(0.0, speed)
        if seek_s is not None:
            self._target_s = seek_s
            self._seek_requested = True
        self._control_changed.set()

    async def close(self) -> None:
        self._keep(self._camera, None)
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def _run(self) -> None:
        while True:
            self._seek_requested = False
            try:
                await self._play()
            except Fault as fault:
                await self._end(fault)
            except Exception:
                # The top of this replay's task: loud, and the live pictures go on.
                log.exception("bug in the replay of camera=%s", self._camera)
                await self._end(Fault(FaultCode.FOOTAGE_MISSING, "internal error"))

    async def _play(self) -> None:
        """From `_target_s` until another place is asked for. Raises Fault where there is no more."""
        target_ns = round(self._target_s * NS)
        segments = await self._footage(self._camera, 0, _FOREVER_NS)
        if not segments:
            raise Fault(FaultCode.FOOTAGE_MISSING, retryable=False)
        target_ns = min(max(target_ns, segments[0].first_utc_ns), segments[-1].last_utc_ns)
        self._keep(self._camera, target_ns)
        segment = next(one for one in reversed(segments) if one.first_utc_ns <= target_ns)
        entries = await self._in_reader(segment.entries)
        first = next((i for i in reversed(range(len(entries))) if _begins(entries, i, target_ns)), None)
        if first is None:
            first = next((i for i, entry in enumerate(entries) if entry.key), len(entries))
        self._position_ns, self._last = target_ns, None
        self._due_ns = self._clock.monotonic_ns() + _AHEAD_NS
        self.state.codec = segment.header.codec
        self.state.connected, self.state.fault, self.state.detail = True, None, ""
        self._changed(self)
        while not self._seek_requested:
            self._silent_ns = silence_ns(entries)
            for begin in range(first, len(entries), _READ):
                piece = await self._in_reader(partial(_read, segment, entries[begin : begin + _READ]))
                if not await self._play_piece(piece, target_ns):
                    return
            segment, entries, first = await self._next(segment, len(entries))

    async def _play_piece(self, piece: _Piece, target_ns: int) -> bool:
        """False when another place was asked for."""
        if piece.segment.header.codec != self.state.codec:
            self.state.codec = piece.segment.header.codec
        hurried = False
        for entry, payload in piece.units:
            if entry.arrival_utc_ns > target_ns:
                if not await self._wait_until_due(entry):
                    return False
                self._position_ns = entry.arrival_utc_ns
            else:
                hurried = True
            self._send(entry, payload)
            self._last_identity = identity_of(piece.segment, entry)
        if hurried:
            await asyncio.sleep(_BURST_S)
        return not self._seek_requested

    def _send(self, entry: IndexEntry, payload: bytes) -> None:
        now_ns = self._clock.monotonic_ns()
        before, self._last = self._last, (entry.run, entry.arrival_utc_ns)
        new_run = before is None or before[0] != entry.run
        damaged = new_run or entry.lost > 0
        self._take(
            TimedUnit(
                payload, 0, entry.key, damaged, entry.lost, entry.run, entry.rtp, self._due_ns, now_ns,
                until_whole=entry.until_whole,
            )
        )  # fmt: skip

    async def _wait_until_due(self, entry: IndexEntry) -> bool:
        """Wait, and through a pause; False when another place was asked for."""
        step_ns = entry.arrival_utc_ns - self._last[1] if self._last is not None else 0
        self._due_ns += min(max(step_ns, 0), self._silent_ns)
        while not self._seek_requested:
            now_ns = self._clock.monotonic_ns()
            if self._speed == 0:
                self._changed(self)
                await self._wait_for_control(None)
                self._due_ns = self._clock.monotonic_ns() + _AHEAD_NS
                self._changed(self)
                continue
            left_ns = self._due_ns - _AHEAD_NS - now_ns
            if left_ns < -NS:
                self._due_ns = now_ns + _AHEAD_NS  # the machine was asleep or too slow: no hurry after it
            if left_ns <= 0:
                return True
            await self._wait_for_control(left_ns / NS)
        return False

    async def _next(self, segment: Segment, done: int) -> tuple[Segment, list[IndexEntry], int]:
        """What comes after `done` units of a segment: more of it, or the segment after. Raises Fault at the end."""
        assert self._position_ns is not None
        while not self._seek_requested:
            found = await self._footage(self._camera, segment.first_utc_ns, _FOREVER_NS)
            entries = await self._in_reader(segment.entries)
            if len(entries) > done:
                return segment, entries, done
            later = next((one for one in found if one.first_utc_ns > segment.first_utc_ns), None)
            if later is not None:
                entries = await self._in_reader(later.entries)
                return later, entries, self._first_new(later, entries)
            if round(self._clock.utc().timestamp() * NS) - self._position_ns > _WRITTEN_WITHIN_NS:
                raise Fault(FaultCode.STREAM_ENDED, retryable=False)
            await self._wait_for_control(_POLL_S)
        return segment, [], 0

    def _first_new(self, segment: Segment, entries: Sequence[IndexEntry]) -> int:
        """A recording that was stopped and started again may hold the GOP that was running twice."""
        known = (i for i, entry in enumerate(entries, 1) if identity_of(segment, entry) == self._last_identity)
        return next(known, 0)

    async def _end(self, fault: Fault) -> None:
        """Say why there is no more, and wait to be sent elsewhere."""
        self.state.connected = fault.code is not FaultCode.FOOTAGE_MISSING
        self.state.fault, self.state.detail = fault.code, fault.detail
        self._changed(self)
        while not self._seek_requested:
            await self._wait_for_control(None)

    async def _wait_for_control(self, within_s: float | None) -> None:
        self._control_changed.clear()
        try:
            await asyncio.wait_for(self._control_changed.wait(), within_s)
        except TimeoutError:
            return

    async def _in_reader(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)


def _begins(entries: Sequence[IndexEntry], index: int, target_ns: int) -> bool:
    """Whether the picture is whole at the moment asked for, if decoding starts with that one."""
    whole = index + entries[index].until_whole
    return entries[index].key and whole < len(entries) and entries[whole].arrival_utc_ns <= target_ns


def _read(segment: Segment, entries: Sequence[IndexEntry]) -> _Piece:
    """Raises Fault(FOOTAGE_MISSING) where the files are gone."""
    return _Piece(segment, list(_payloads(segment, entries)))


def _payloads(segment: Segment, entries: Sequence[IndexEntry]) -> Iterator[tuple[IndexEntry, bytes]]:
    header = segment.header
    known = overlaid(header.codec, header.known_sets, header.parameter_sets)
    sets = b"".join(b"\0\0\0\1" + one for one in known)
    try:
        with segment.path.open("rb") as file:
            for entry in entries:
                file.seek(entry.offset)
                payload = file.read(entry.size)
                if entry.key and not any(parameter_sets_of(header.codec, nal_units(payload))):
                    payload = sets + payload
                yield entry, payload
    except OSError as error:
        raise Fault(FaultCode.FOOTAGE_MISSING, f"segment unreadable: {error.strerror}", retryable=False) from error
