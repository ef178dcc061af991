"""The desktop's face on the engine and its decoders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault
from tmcwall.domain.health import Limits
from tmcwall.video.feed.camera_list import WantedCameras
from tmcwall.video.feed.engine_link import EngineLink
from tmcwall.video.feed.pacing import Board, Int64s, indices
from tmcwall.video.feed.tile_feed import FileFeed, Picture, ReplayFeed, TileFeed
from tmcwall.video.feed.tile_memory import TileMemoryPool
from tmcwall.video.ipc.messages import (
    AcceptView,
    ClipCut,
    ClipFailed,
    CutClip,
    DecoderRestarted,
    DropCameras,
    EngineStarted,
    File,
    HideTile,
    Hold,
    Playback,
    PutCameras,
    Record,
    RecordingResumed,
    RecordingStopped,
    ReleaseHold,
    Replay,
    Report,
    ServerClock,
    ShowTile,
    Source,
    StreamReport,
    ViewForgotten,
)
from tmcwall.video.ipc.processes import engine_command
from tmcwall.video.ipc.suspend import SuspendDetector

_ENGINE_SILENT_NS: Final = 3_000_000_000
_ENGINE_STARTING_NS: Final = 10_000_000_000
"""Until the first word of a new engine."""
_ENGINE_HUNG_S: Final = 12
_LOOK_MS: Final = 250
_REPORT_NS: Final = 1_000_000_000
"""Reports come once a second: what has grown since the last one may have grown that long ago."""

_Opened = TypeVar("_Opened", bound=TileFeed)


class VideoFeed(QObject):
    """The desktop's face on the engine and its decoders. GUI thread only; never waits."""

    stream_reported = Signal(object)
    """messages.StreamReport"""
    clip_cut = Signal(object)
    """messages.ClipCut"""
    clip_failed = Signal(object)
    """messages.ClipFailed"""
    recording_stopped = Signal(object)
    """messages.RecordingStopped"""
    recording_resumed = Signal()
    view_forgotten = Signal(str)
    """camera id: the engine has begun to learn its accepted view"""
    tile_memory_freed = Signal()
    """There is memory again, after a tile could not be opened or resized for want of it"""
    engine_lost = Signal()
    engine_started = Signal()
    stopped = Signal()

    def __init__(
        self,
        *,
        clock: Clock,
        recordings: Path,
        limits: Limits | None = None,
        decoders: int | None = None,
        tile_memory: TileMemoryPool | None = None,
        keep_s: float = 600,
        keep_bytes: int = 20 << 30,
        reserve_bytes: int | None = None,
        rule: AddressRule | None = None,
        ca_file: Path | None = None,
        fingerprints: Mapping[str, str] | None = None,
        restart_s: float = 0.2,
        sleep: SuspendDetector | None = None,
        hung_s: int = _ENGINE_HUNG_S,
        logs: Path | None = None,
        hardware: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """Nothing runs before `start`. `tile_memory` has a file for each decoder; without it there are `decoders` of
        them, or as many as suit the machine. With `hardware` decoders use a device that works. Without `logs` the
        engine's warnings go to standard error.

        Cameras may stand where `rule` allows; without one anywhere, as `view` may look. Over TLS they must be
        vouched for by `ca_file`, or have the certificate that `fingerprints` knows for their `host:port`.
        An engine that ends is replaced at once, one that ends soon after `restart_s`; one that says nothing is ended
        after `hung_s`.
        Raises Fault(COMPONENT_MISSING) if the system has no shared memory.
        """
        super().__init__(parent)
        self._clock = clock
        self._limits = limits or Limits()
        self._tile_memory = tile_memory or TileMemoryPool(decoders or default_decoders())
        self._tiles: set[TileFeed] = set()
        self._reports: dict[tuple[str, str], StreamReport] = {}
        self._received_ns: dict[tuple[str, str], int] = {}
        self._reported_ns: dict[tuple[str, str], int] = {}
        self._cameras = WantedCameras()
        self._fingerprints = fingerprints or {}
        self._played: dict[str, File | Replay] = {}
        self._playbacks: dict[str, Playback] = {}
        self._recorded: list[str] = []
        self._server_offset_ms: int | None = None
        self._holds: dict[str, Hold] = {}
        self._clips: dict[str, CutClip] = {}
        self._accepted: dict[str, AcceptView] = {}
        """Views that the engine has not forgotten yet, by camera id."""
        self._last_heard_ns = 0
        self._is_starting = False
        self._decoder_pids: list[int] = []
        fds = self._tile_memory.fds
        self._link = EngineLink(
            lambda: engine_command(
                tile_memory=fds,
                recordings=recordings,
                keep_s=keep_s,
                keep_bytes=keep_bytes,
                reserve_bytes=reserve_bytes,
                rule=rule,
                ca_file=ca_file,
                logs=logs,
                hardware=hardware,
            ),
            inherited=fds,
            restart_s=restart_s,
            parent=self,
        )
        self._link.received.connect(self._on_message)
        self._link.started.connect(self._replay)
        self._link.lost.connect(self._engine_lost)
        self._link.stopped.connect(self._link_stopped)
        self._silent_seconds = 0
        self._hung_s = hung_s
        self._sleep = sleep or SuspendDetector(clock)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._look_for_sleep)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tick)

    @property
    def engine_pid(self) -> int | None:
        """Process id of the running engine."""
        return self._link.pid

    @property
    def decoder_pids(self) -> Sequence[int]:
        """Process ids of the decoders, as the engine last said."""
        return tuple(self._decoder_pids)

    def start(self) -> None:
        """Start the engine. Call it in the thread that lives as long as the program."""
        self._second.start()
        self._look.start()
        self._link.start()

    def stop(self) -> None:
        """End the engine and its decoders; `stopped` follows within 3 s."""
        self._second.stop()
        self._look.stop()
        self._link.stop()

    def set_cameras(self, cameras: Sequence[Source]) -> None:
        """All cameras that may be asked for from now on. The sequence must not change afterwards."""
        self._cameras = WantedCameras(cameras, self._fingerprints)
        self._link.send_cameras(self._cameras)

    def record(self, camera_ids: Sequence[str]) -> None:
        """The cameras whose rolling recording runs."""
        self._recorded = list(camera_ids)
        self._link.send(Record(self._recorded))

    def open_tile(
        self, camera_id: str, width: int, height: int, *, profile: Profile | None = None, priority: bool = False
    ) -> TileFeed:
        """Show a camera in a tile of that many pixels; without `profile` the engine chooses one of its streams.

        Raises Fault(PICTURE_MEMORY_FULL); `tile_memory_freed` follows when it is worth another try. So do the others.
        """
        return self._open(TileFeed, camera_id, width, height, profile=profile, priority=priority)

    def open_file(self, path: Path, width: int, height: int) -> FileFeed:
        """Play a file of this machine in a tile of that many pixels, at once and from its start."""
        return self._open_played(FileFeed, File(f"file-{uuid4()}", os.fsencode(path.resolve())), width, height)

    def open_replay(self, camera_id: str, from_s: float, width: int, height: int) -> ReplayFeed:
        """Show what was recorded of a camera, from a moment in seconds since the epoch on."""
        source = Replay(f"replay-{uuid4()}", of=camera_id, from_utc=from_s)
        opened = self._open_played(ReplayFeed, source, width, height)
        opened.replay_from(from_s, self._clock.monotonic_ns())
        return opened

    def cut_clip(self, request: CutClip) -> None:
        """Cut a clip; `clip_cut` or `clip_failed` follows, even if the engine dies meanwhile."""
        self._clips[request.request] = request
        self._link.send(request)

    def hold(self, hold: Hold) -> None:
        """Keep recorded segments until `release_hold`."""
        self._holds[hold.hold] = hold
        self._link.send(hold)

    def release_hold(self, hold_id: str) -> None:
        self._holds.pop(hold_id, None)
        self._link.send(ReleaseHold(hold_id))

    def set_server_clock(self, offset_ms: int | None) -> None:
        """The server's clock minus ours in milliseconds, for the recording; None where no server is known."""
        self._server_offset_ms = offset_ms
        self._link.send(ServerClock(offset_ms))

    def accept_view(self, camera_id: str) -> None:
        """What this camera shows now is what it is to show: the reference is learnt anew.

        `view_forgotten` follows, even if the engine is not there now or dies meanwhile.
        """
        self._accepted[camera_id] = AcceptView(camera_id)
        self._link.send(self._accepted[camera_id])

    # What tiles ask for (tile_feed.TileOwner).

    def resize_tile(self, tile: TileFeed, width: int, height: int) -> None:
        """Have a tile decoded to another size. Raises Fault(PICTURE_MEMORY_FULL); it keeps its size then."""
        ages = tile.ages()
        self._tile_memory.allocate(tile, width, height)
        tile.carry(ages)
        self._send_tile(tile)

    def prioritise_tile(self, tile: TileFeed, *, priority: bool) -> None:
        """Keep or drop a tile's claim on the processor."""
        tile.priority = priority
        self._send_tile(tile)

    def set_tile_visible(self, tile: TileFeed, *, visible: bool) -> None:
        """Decode for a tile, or leave it out."""
        tile.visible = visible
        self._send_tile(tile)

    def close_tile(self, tile: TileFeed) -> None:
        """Give a tile's memory back, once its decoder has let go of it."""
        self._tiles.discard(tile)
        self._tile_memory.release(tile)
        self._link.send(HideTile(tile=tile.tile, decoder=tile.decoder))
        if self._played.pop(tile.camera_id, None) is not None:
            self._playbacks.pop(tile.camera_id, None)
            for known in (self._reports, self._received_ns, self._reported_ns):
                known.pop((tile.camera_id, Profile.MAIN), None)
            self._link.send(DropCameras([tile.camera_id]))

    def play(self, message: Playback) -> None:
        """Pass on how a file is to be played."""
        if message.camera in self._played:
            self._playbacks[message.camera] = message
            self._link.send(message)

    def report_of(self, tile: TileFeed) -> StreamReport | None:
        """The engine's last word on the stream a tile shows: of two the smaller, where the engine chose."""
        profiles = (tile.profile,) if tile.profile is not None else (Profile.SUB, Profile.MAIN)
        for profile in profiles:
            report = self._reports.get((tile.camera_id, profile))
            if report is not None:
                return report
        return None

    def received_ns(self, report: StreamReport) -> int:
        """A time at which the engine still received this stream, whatever its decoder did; 0 = not known."""
        return self._received_ns.get((report.camera, report.profile), 0)

    def reported_ns(self, report: StreamReport) -> int:
        """When that report came."""
        return self._reported_ns.get((report.camera, report.profile), 0)

    def engine_silent(self, now_ns: int) -> bool:
        """Whether nothing has been heard of the engine for so long that it must be dead or stopped."""
        return now_ns - self._last_heard_ns > (_ENGINE_STARTING_NS if self._is_starting else _ENGINE_SILENT_NS)

    def slept_since_ns(self, since_ns: int) -> int:
        """How long the machine has slept since that monotonic time."""
        return self._sleep.slept_since_ns(since_ns)

    # Opening.

    def _open(
        self, kind: type[_Opened], camera_id: str, width: int, height: int, *, profile: Profile | None, priority: bool
    ) -> _Opened:
        """A tile at the decoder where its camera may be already."""
        tile_memory = self._tile_memory
        decoder = next((tile.decoder for tile in self._tiles if tile.camera_id == camera_id), None)
        if decoder is None:
            decoder = tile_memory.least_used()
        opened = kind(
            self,
            tile_memory.board(decoder),
            camera_id=camera_id,
            decoder=decoder,
            tile=tile_memory.take_tile(decoder),
            profile=profile,
            priority=priority,
            limits=self._limits,
        )
        try:
            tile_memory.allocate(opened, width, height)
        except Fault:
            tile_memory.give_back_tile(decoder, opened.tile)
            raise
        self._tiles.add(opened)
        self._send_tile(opened)
        return opened

    def _open_played(self, kind: type[_Opened], source: File | Replay, width: int, height: int) -> _Opened:
        """A tile for something that is played, not live, which has a name of its own to the engine."""
        self._played[source.camera] = source
        self._link.send(PutCameras([source]))
        try:
            return self._open(kind, source.camera, width, height, profile=Profile.MAIN, priority=True)
        except Fault:
            del self._played[source.camera]
            self._link.send(DropCameras([source.camera]))
            raise

    # The engine.

    def _send_tile(self, tile: TileFeed) -> None:
        self._link.send(
            ShowTile(
                tile=tile.tile,
                decoder=tile.decoder,
                camera=tile.camera_id,
                generation=tile.generation,
                offset=tile.extent.offset,
                width=tile.width,
                height=tile.height,
                profile=tile.profile,
                priority=tile.priority,
                visible=tile.visible,
            )
        )

    @Slot()
    def _replay(self) -> None:
        """Tell a new engine everything that an earlier one was told and that still holds."""
        self._last_heard_ns = self._clock.monotonic_ns()
        self._is_starting = True
        self._link.send_cameras(self._cameras)
        self._link.send(PutCameras(list(self._played.values())))
        for hold in self._holds.values():
            self._link.send(hold)
        self._link.send(ServerClock(self._server_offset_ms))
        self._link.send(Record(self._recorded))
        for tile in sorted(self._tiles, key=lambda tile: tile.generation):
            self._send_tile(tile)
        for playback in self._playbacks.values():
            self._link.send(playback)
        for unanswered in (*self._clips.values(), *self._accepted.values()):
            self._link.send(unanswered)

    @Slot(object)
    def _on_message(self, report: Report) -> None:
        self._last_heard_ns = self._clock.monotonic_ns()
        self._is_starting = False
        match report:
            case StreamReport():
                key = (report.camera, report.profile)
                before = self._reports.get(key)
                if before is not None and report.frames_received > before.frames_received:
                    self._received_ns[key] = self._last_heard_ns - _REPORT_NS
                self._reports[key] = report
                self._reported_ns[key] = self._last_heard_ns
                self.stream_reported.emit(report)
            case EngineStarted():
                self._decoder_pids = list(report.decoder_pids)
                self.engine_started.emit()
            case DecoderRestarted(decoder=decoder, pid=pid) if decoder < len(self._decoder_pids):
                self._decoder_pids[decoder] = pid
                self._tile_memory.writers_gone(decoder)
            case ClipCut():
                if self._clips.pop(report.request, None) is not None:
                    self.clip_cut.emit(report)
            case ClipFailed():
                if self._clips.pop(report.request, None) is not None:
                    self.clip_failed.emit(report)
            case ViewForgotten(camera=camera):
                self._accepted.pop(camera, None)
                self.view_forgotten.emit(camera)
            case RecordingStopped():
                self.recording_stopped.emit(report)
            case RecordingResumed():
                self.recording_resumed.emit()
            case _:
                pass

    @Slot()
    def _engine_lost(self) -> None:
        self._last_heard_ns = 0
        self._reports.clear()
        self._decoder_pids = []
        self._tile_memory.writers_gone()
        self.engine_lost.emit()

    @Slot()
    def _link_stopped(self) -> None:
        self._decoder_pids = []
        self.stopped.emit()

    def _end_hung_engine(self) -> None:
        """Counted in seconds in which we ran ourselves: while we stood still its words waited in the pipe."""
        silent = self._link.pid is not None and self.engine_silent(self._clock.monotonic_ns())
        self._silent_seconds = self._silent_seconds + 1 if silent else 0
        if self._silent_seconds >= self._hung_s:
            self._silent_seconds = 0
            self._link.kill()

    @Slot()
    def _look_for_sleep(self) -> None:
        """Often: the first thing an officer sees after the machine has slept must not look live."""
        self._sleep.look()

    @Slot()
    def _tick(self) -> None:
        """Once a second: give memory back, measure how many pictures come, and end an engine that hangs."""
        self._end_hung_engine()
        if self._tile_memory.reclaim():
            self.tile_memory_freed.emit()
        for tile in self._tiles:
            tile.count_second()


class Pacer:
    """Which pictures of a set of tiles are due: one comparison for all tiles of a memory file at once."""

    def __init__(self, tiles: Iterable[TileFeed]) -> None:
        by_board: dict[Board, list[TileFeed]] = {}
        for tile in tiles:
            by_board.setdefault(tile.board, []).append(tile)
        self._groups: list[tuple[Board, Int64s, dict[int, TileFeed]]] = [
            (board, indices(tile.tile for tile in group), {tile.tile: tile for tile in group})
            for board, group in by_board.items()
        ]

    def due(self, now_ns: int) -> list[tuple[TileFeed, Picture]]:
        """The tiles that have a new picture to be shown now, with it; each picture comes once."""
        found: list[tuple[TileFeed, Picture]] = []
        for board, tile_indices, feeds in self._groups:
            for due in board.due(tile_indices, now_ns):
                feed = feeds[due.tile]
                found.append((feed, feed.picture(due)))
        return found


def default_decoders() -> int:
    """How many decoder processes this machine should run: two are enough for few cores, more share many."""
    return max(2, min(8, (os.cpu_count() or 2) // 2))
