"""What the engine's loop does for recording: collects units per stream, and cuts clips once their end has passed."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import (
    ClipCut,
    ClipFailed,
    CutClip,
    Hold,
    RecordingResumed,
    RecordingStopped,
    ReleaseHold,
    Replay,
    ServerClock,
)
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.recording.clip import CutResult, cut
from tmcwall.video.recording.recorder import Keeping, Recorder
from tmcwall.video.recording.replay import ReplayStream
from tmcwall.video.recording.segments import Segment, SegmentHeader
from tmcwall.video.sessions.access_unit_source import StreamKey
from tmcwall.video.sessions.stream import Stream

FLUSH_S: Final = 0.5
"""How much of the newest footage a `kill -9` may take."""
_LATE_S: Final = 0.2
_SETS_WITHIN_S: Final = 60.0
"""How long after its end parameter sets may come that a clip is decoded with."""
_REPLAY_KEPT_S: Final = 600.0
"""From the moment at which a replay is sent somewhere: up to then the footage from there on is kept."""
_LONGEST_WAIT_S: Final = 5.0
"""Between looks at the clock: it may be set while a clip waits for its end."""

log = logging.getLogger(__name__)

RecordingNews = ClipCut | ClipFailed | RecordingStopped | RecordingResumed


class RecordingTap:
    """Collects the units of one recorded stream between two flushes."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._units: list[TimedUnit] = list(stream.gop)
        self._sink = self._units.append
        stream.add_sink(self._sink)

    def close(self) -> None:
        self.stream.remove_sink(self._sink)

    def take(self, *, server_offset_ms: int | None) -> tuple[SegmentHeader, list[TimedUnit]] | None:
        """What came since the last call."""
        found = self.stream.format
        if not self._units or found is None:
            return None
        units = self._units.copy()
        self._units.clear()
        state = self.stream.state
        header = SegmentHeader(
            camera=self.stream.key.camera,
            profile=self.stream.key.profile,
            codec=found.codec,
            clock_rate=found.clock_rate,
            parameter_sets=list(found.parameter_sets),
            width=state.width,
            height=state.height,
            clock_offset_ms=self.stream.clock_offset_ms,
            camera_clock=self.stream.camera_clock,
            server_offset_ms=server_offset_ms,
            paced=found.paced,
        )
        return header, units


class RecordingCollector:
    """The recorder's thread and the clip cutter's, seen from the engine's loop."""

    def __init__(
        self, recordings: Path, *, clock: Clock, keeping: Keeping, report: Callable[[RecordingNews], None]
    ) -> None:
        self._clock = clock
        self._report = report
        self._loop = asyncio.get_running_loop()
        self.recorder = Recorder(recordings, clock=clock, keeping=keeping, report=self._from_thread)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._cutter = ThreadPoolExecutor(1, thread_name_prefix="clip")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="replay")
        self._stopping = threading.Event()
        self._taps: dict[str, RecordingTap] = {}
        self._clips: dict[str, asyncio.Task[None]] = {}
        self.is_stopped = False
        self._server_offset_ms: int | None = None
        """The server's clock minus ours, as of now; written into every segment that begins."""

    def start(self) -> None:
        self._thread.start()

    def is_recording(self, stream: Stream) -> bool:
        tap = self._taps.get(stream.key.camera)
        return not self.is_stopped and tap is not None and tap.stream is stream and stream.state.connected

    def record(self, streams: dict[str, Stream]) -> None:
        """Exactly these streams, by camera, are recorded from now on."""
        for camera, tap in list(self._taps.items()):
            if streams.get(camera) is not tap.stream:
                self._flush(tap)
                tap.close()
                del self._taps[camera]
                if camera not in streams:
                    self.recorder.end(camera)
        for camera, stream in streams.items():
            if camera not in self._taps:
                self._taps[camera] = RecordingTap(stream)

    def flush(self) -> None:
        """Hand what has come to the recorder's thread."""
        for tap in self._taps.values():
            self._flush(tap)

    def handle(self, command: Hold | ReleaseHold | CutClip | ServerClock) -> None:
        """One command of the desktop program."""
        match command:
            case Hold():
                self.recorder.hold(command)
            case ReleaseHold(hold=hold):
                self.recorder.release_hold(hold)
            case CutClip():
                self.cut(command)
            case ServerClock(offset_ms=offset_ms):
                self._server_offset_ms = offset_ms

    def cut(self, request: CutClip) -> None:
        """Cut a clip once its end has passed. A request that is known already is not started twice."""
        if request.request in self._clips:
            return
        task = self._loop.create_task(self._cut(request))
        self._clips[request.request] = task
        task.add_done_callback(lambda _: self._clips.pop(request.request, None))

    def replay(self, key: StreamKey, source: Replay, *, changed: Callable[[ReplayStream], None]) -> ReplayStream:
        """Play what was recorded."""
        return ReplayStream(
            key,
            source,
            footage=self._footage,
            keep=partial(self._keep, f"replay:{key.camera}"),
            reader=self._reader,
            clock=self._clock,
            changed=changed,
        )

    async def stop(self, *, timeout_s: float) -> None:
        """Write what has come, give up waiting clips: the desktop program asks for them again."""
        self._stopping.set()
        for task in list(self._clips.values()):
            task.cancel()
        self.flush()
        self.recorder.stop()
        deadline = self._loop.time() + timeout_s
        while self._thread.is_alive() and self._loop.time() < deadline:  # noqa: ASYNC110 - a thread has no event
            await asyncio.sleep(0.01)
        for executor in (self._cutter, self._reader):
            executor.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        try:
            self.recorder.run()
        except Exception:
            # The top of the recorder's thread: loud, and said on the screen; tagging goes on.
            log.exception("bug in the recorder")
            self._from_thread(RecordingStopped(fault=FaultCode.DISK_FAILED, detail="internal error"))

    def _from_thread(self, news: RecordingStopped | RecordingResumed) -> None:
        self._loop.call_soon_threadsafe(self._take_news, news)

    def _take_news(self, news: RecordingStopped | RecordingResumed) -> None:
        self.is_stopped = isinstance(news, RecordingStopped)
        self._report(news)

    def _flush(self, tap: RecordingTap) -> None:
        taken = tap.take(server_offset_ms=self._server_offset_ms)
        if taken is not None and not self.recorder.write(*taken):
            log.warning("recording of camera %s is behind: %d pictures left out", tap.stream.key.camera, len(taken[1]))

    def _keep(self, pin: str, camera: str, from_ns: int | None) -> None:
        """What is replayed is not deleted under it; nor is it kept for good where a replay is forgotten."""
        if from_ns is None:
            self.recorder.unpin(pin)
            return
        until_utc = self._clock.utc().timestamp() + _REPLAY_KEPT_S
        self.recorder.pin(Hold(hold=pin, camera=camera, start_utc=from_ns / NS, end_utc=until_utc))

    async def _footage(self, camera: str, start_ns: int, end_ns: int) -> list[Segment]:
        return await asyncio.wrap_future(self.recorder.footage(camera, start_ns, end_ns))

    async def _cut(self, request: CutClip) -> None:
        pin = f"clip:{request.request}"
        kept_until = request.end_utc + _SETS_WITHIN_S
        hold = Hold(hold=pin, camera=request.camera, start_utc=request.start_utc, end_utc=kept_until)
        self.recorder.pin(hold)
        try:
            result = await self._cut_when_due(request)
        except Fault as fault:
            self._report(ClipFailed(request=request.request, fault=fault.code, detail=fault.detail))
        except Exception:
            # The top of this clip's task: a bug that its footage brings out is loud, and the officer can try again.
            log.exception("bug while cutting a clip of camera=%s", request.camera)
            self._report(ClipFailed(request=request.request, fault=FaultCode.CLIP_FAILED, detail="internal error"))
        else:
            self._report(
                ClipCut(
                    request=request.request,
                    path=request.path,
                    sha256=result.sha256,
                    stream_sha256=result.stream_sha256,
                    size_bytes=result.size_bytes,
                    first_utc=result.first_utc,
                    last_utc=result.last_utc,
                    packets=result.packets,
                    packets_lost=result.packets_lost,
                    gaps=result.gaps,
                    camera_clock_ms=result.camera_clock_ms,
                    server_clock_ms=result.server_clock_ms,
                    sets_from=result.sets_from,
                    times_by_arrival=result.times_by_arrival,
                    players_start_late=result.players_start_late,
                )
            )
        finally:
            self.recorder.unpin(pin)

    async def _cut_when_due(self, request: CutClip) -> CutResult:
        if not request.start_utc < request.end_utc:
            raise Fault(FaultCode.CLIP_FAILED, "the range is empty", retryable=False)
        while (left_s := request.end_utc + _LATE_S - self._clock.utc().timestamp()) > 0:  # noqa: ASYNC110 - a clock
            await asyncio.sleep(min(left_s, _LONGEST_WAIT_S))
        self.flush()
        start_ns, end_ns = round(request.start_utc * NS), round(request.end_utc * NS)
        segments = await self._footage(request.camera, start_ns, end_ns + int(_SETS_WITHIN_S * NS))
        return await self._loop.run_in_executor(
            self._cutter,
            partial(
                cut,
                segments,
                start_utc_ns=start_ns,
                end_utc_ns=end_ns,
                path=Path(request.path),
                cancelled=self._stopping.is_set,
            ),
        )
