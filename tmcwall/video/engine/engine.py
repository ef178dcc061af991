"""The engine: one session per camera and stream, recording, clips, and the decoders it feeds. It decodes nothing."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import Clock
from tmcwall.net.trust import Trust
from tmcwall.video.engine.budget import plan
from tmcwall.video.engine.budget.load_shedder import LoadShedder, Machine
from tmcwall.video.engine.budget.load_shedding import Patience
from tmcwall.video.engine.decoder_pool import DecoderLimits, DecoderPool, Streams
from tmcwall.video.engine.reports import file_report, stream_report
from tmcwall.video.engine.scene_references import SceneReferences
from tmcwall.video.engine.sources import Sources
from tmcwall.video.engine.stream_routing import TileKey
from tmcwall.video.ipc.messages import (
    AcceptView,
    Command,
    CutClip,
    DropCameras,
    EngineStarted,
    HideTile,
    Hold,
    Playback,
    PutCameras,
    Record,
    ReleaseHold,
    Replay,
    Report,
    ServerClock,
    ShowTile,
    Shutdown,
    StreamUrl,
    ViewForgotten,
)
from tmcwall.video.ipc.suspend import SuspendDetector, boottime_ns
from tmcwall.video.recording.collecting import FLUSH_S, RecordingCollector
from tmcwall.video.recording.recorder import Keeping
from tmcwall.video.recording.replay import ReplayStream
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.reconnect import OpeningGate, Timing
from tmcwall.video.sessions.stream import Stream

VIEWS_FOLDER: Final = "views"
"""Within the recordings: what each camera is to show."""
REPORT_S: Final = 1.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`tile_memory` are the inherited descriptors of the decoders' memory files, one a decoder."""

    tile_memory: tuple[int, ...]
    recordings: Path
    keeping: Keeping = field(default_factory=Keeping)
    timing: Timing = field(default_factory=Timing)
    logs: Path | None = None
    rule: AddressRule = field(default_factory=AddressRule.anywhere)
    """Where cameras may stand."""
    patience: Patience = field(default_factory=Patience)
    machine: Machine = field(default_factory=Machine)
    boot_clock_ns: Callable[[], int] = boottime_ns
    """A clock that goes on while the machine sleeps."""
    ca_file: Path | None = None
    """Who vouches for cameras over TLS; the system's authorities where None."""
    decoding: DecoderLimits = field(default_factory=DecoderLimits)


class Engine:
    """Carries out commands, keeps streams, decoders and recording, and reports. Lives on one asyncio loop."""

    def __init__(self, options: EngineOptions, *, clock: Clock, report: Callable[[Report], None]) -> None:
        self._timing = options.timing
        self._clock = clock
        self._sleep = SuspendDetector(clock, boot_clock_ns=options.boot_clock_ns)
        self._cores = options.machine.cores
        self._report = report
        self._context = SessionContext(
            clock=clock, timing=options.timing, rule=options.rule, trust=Trust(options.ca_file)
        )
        self._gate = OpeningGate(clock)
        self._rng = Random()  # noqa: S311 - jitter, no secret
        self._sources = Sources()
        self._scene_references = SceneReferences(options.recordings / VIEWS_FOLDER)
        self._shown: dict[TileKey, ShowTile] = {}
        self._recorded: frozenset[str] = frozenset()
        self._streams: dict[StreamKey, AccessUnitSource] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._planned = False
        self._replaced: set[StreamKey] = set()
        """Streams whose source has changed since the last plan."""
        self._decoders = DecoderPool(
            options.tile_memory,
            streams=Streams(
                stream=self._streams.get,
                file_of=self._sources.file_of,
                switched=self._plan_soon,
                failed=self._decoding_failed,
                opened=self._fetch_view,
                view_checked=self._view_checked,
                view_learnt=self._keep_view,
            ),
            limits=options.decoding,
            clock=clock,
            timing=options.timing,
            restarted=report,
        )
        self._routing = self._decoders.routing
        self._load_shedder = LoadShedder(
            self._routing,
            stream=self._streams.get,
            machine=options.machine,
            patience=options.patience,
            clock=clock,
        )
        self._recording = RecordingCollector(options.recordings, clock=clock, keeping=options.keeping, report=report)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`, then end everything within the deadline. Raises OSError if a decoder cannot start."""
        self._recording.start()
        watches = self._decoders.start()
        self._report(EngineStarted(pid=os.getpid(), decoder_pids=self._decoders.pids))
        ticking = asyncio.create_task(self._tick())
        stopped = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopped, ticking, *watches], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            ticking.cancel()
            stopped.cancel()
            await self._stop()
            for watch in watches:
                watch.cancel()
            await asyncio.wait([ticking, stopped, *watches])

    def handle(self, command: Command) -> None:
        """One command of the desktop program."""
        match command:
            case PutCameras(cameras=sources):
                self._change_sources(partial(self._sources.put, sources))
            case DropCameras(cameras=cameras):
                self._change_sources(partial(self._sources.drop, cameras))
                self._routing.forget_playbacks(cameras)
            case ShowTile():
                if command.decoder in self._decoders:
                    self._shown[command.decoder, command.tile] = command
            case HideTile(tile=tile, decoder=decoder):
                self._shown.pop((decoder, tile), None)
            case Record(cameras=wanted):
                self._recorded = frozenset(wanted)
            case Hold() | ReleaseHold() | CutClip() | ServerClock():
                self._recording.handle(command)
            case Playback():
                self._play(command)
            case AcceptView(camera=camera):
                # After the plan that earlier commands have asked for: its streams are to hear of it.
                asyncio.get_running_loop().call_soon(self._accept_view, camera)
            case Shutdown():
                return
        self._plan_soon()

    # Streams and tiles

    def _change_sources(self, change: Callable[[], None]) -> None:
        """Close what comes from elsewhere now, or from nowhere."""
        known = self._streams.keys() | self._routing.wanted_streams()
        before = {key: (self._sources.of(key), self._view_checked(key)) for key in known}
        change()
        for key, (source, checked) in before.items():
            if self._sources.of(key) != source:
                self._replaced.add(key)
                self._close_stream(key)
            elif self._view_checked(key) != checked:
                self._replaced.add(key)

    def _plan_soon(self) -> None:
        """Once for all commands of one read."""
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self._plan)

    def _plan(self) -> None:
        """Bring streams, tiles and recording in line with what was asked."""
        self._planned = False
        shown = {tile: asked for tile, asked in self._shown.items() if asked.camera in self._sources}
        for tile in list(self._routing.tiles):
            if tile not in shown:
                self._routing.hide(tile)
        profiles = plan.choose(
            [self._wish(tile, asked) for tile, asked in shown.items()],
            {asked.camera: self._offer(asked.camera) for asked in shown.values()},
            plan.Limits.of(cores=self._cores, shedding=self._load_shedder.shedding),
        )
        recorded = self._sources.recorded(self._recorded)
        wanted = {tile: StreamKey(asked.camera, profiles[tile]) for tile, asked in shown.items()}
        first = {tile: self._at_first(key, shown[tile]) for tile, key in wanted.items()}
        for key in {*wanted.values(), *first.values(), *recorded.values()}:
            self._ensure_stream(key)
        for key in self._replaced:
            self._routing.stream_replaced(key)
        self._replaced.clear()
        for tile, asked in shown.items():
            present = self._routing.tiles.get(tile)
            if present is None or present.shown.camera != asked.camera:
                self._routing.show(asked, first[tile])
            elif present.shown is not asked:
                self._routing.show(asked, wanted[tile])
            self._routing.retarget(tile, wanted[tile])
        streams = {camera: self._streams.get(key) for camera, key in recorded.items()}
        self._recording.record({camera: stream for camera, stream in streams.items() if isinstance(stream, Stream)})
        self._close_unwanted({*wanted.values(), *recorded.values()})
        self._load_shedder.plan_streams()

    def _at_first(self, wanted: StreamKey, asked: ShowTile) -> StreamKey:
        """What a new tile begins with: the small stream, which comes sooner, until the large one delivers."""
        main = self._streams.get(wanted)
        if asked.profile is not None or wanted.profile != Profile.MAIN or not self._offer(asked.camera).has_sub:
            return wanted
        return wanted if main is not None and main.gop else StreamKey(asked.camera, Profile.SUB)

    def _ensure_stream(self, key: StreamKey) -> None:
        if key in self._streams:
            return
        match self._sources.of(key):
            case Replay() as source:
                self._streams[key] = self._recording.replay(key, source, changed=self._stream_changed)
            case StreamUrl() as source:
                self._streams[key] = Stream(
                    key, source, self._context, gate=self._gate, rng=self._rng, changed=self._stream_changed
                )
            case _:
                return  # a file is played by its decoder

    def _close_unwanted(self, wanted: set[StreamKey]) -> None:
        keep = wanted | self._routing.wanted_streams()
        for key in [key for key in self._streams if key not in keep]:
            self._close_stream(key)

    def _close_stream(self, key: StreamKey) -> None:
        stream = self._streams.pop(key, None)
        if stream is None:
            return
        task = asyncio.get_running_loop().create_task(stream.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _wish(self, tile: TileKey, asked: ShowTile) -> plan.Wish:
        present = self._routing.tiles.get(tile)
        current = present.current.profile if present is not None and present.current is not None else None
        return plan.Wish(
            tile,
            asked.camera,
            asked.width * asked.height,
            profile=asked.profile,
            priority=asked.priority,
            visible=asked.visible,
            current=current,
        )

    def _offer(self, camera: str) -> plan.Offer:
        offer = plan.Offer(has_sub=self._sources.has_sub(camera))
        main = self._streams.get(StreamKey(camera, Profile.MAIN))
        sub = self._streams.get(StreamKey(camera, Profile.SUB))
        return replace(
            offer,
            sub_pixels=(sub.state.width * sub.state.height if sub is not None else 0) or offer.sub_pixels,
            main_pixels=(main.state.width * main.state.height if main is not None else 0) or offer.main_pixels,
        )

    # Views

    def _view_checked(self, key: StreamKey) -> bool:
        """Of live streams only, and not where somebody turns the camera."""
        return isinstance(self._streams.get(key), Stream) and not self._sources.turns(key.camera)

    def _fetch_view(self, key: StreamKey) -> None:
        if self._view_checked(key):
            self._scene_references.fetch(key, partial(self._routing.expect_view, key))

    def _keep_view(self, key: StreamKey, view: bytes) -> None:
        if self._view_checked(key):
            self._scene_references.keep(key, view)

    def _accept_view(self, camera: str) -> None:
        self._scene_references.forget(camera, then=partial(self._report, ViewForgotten(camera=camera)))
        for profile in (Profile.MAIN, Profile.SUB):
            self._routing.expect_view(StreamKey(camera, profile), b"")

    # Reports

    async def _tick(self) -> None:
        """Flush the recording, and report every stream once a second."""
        loop = asyncio.get_running_loop()
        next_report = loop.time() + REPORT_S
        while True:
            await asyncio.sleep(FLUSH_S)
            self._recording.flush()
            self._look_for_sleep()
            self._decoders.release_due()
            if loop.time() >= next_report:
                next_report = loop.time() + REPORT_S
                if self._load_shedder.weigh():
                    self._plan_soon()
                for stream in self._streams.values():
                    self._report_stream(stream)
                for key in self._routing.wanted_streams() - self._streams.keys():
                    self._report_file(key)

    def _look_for_sleep(self) -> None:
        """After a sleep cameras have long given us up: open all anew, as many at a time as after failures."""
        slept_s = self._sleep.look()
        if slept_s:
            log.warning("the machine has slept for %.0f s: all streams are opened again", slept_s)
            for stream in self._streams.values():
                stream.reopen()

    def _stream_changed(self, stream: AccessUnitSource) -> None:
        self._recording.flush()  # what came is of the format that the stream had
        if self._streams.get(stream.key) is stream:
            self._report_stream(stream)
            self._plan_soon()  # its picture's size may be known only now

    def _decoding_failed(self, key: StreamKey) -> None:
        stream = self._streams.get(key)
        if stream is not None:
            self._stream_changed(stream)
        else:
            self._report_file(key)

    def _play(self, asked: Playback) -> None:
        """A file is played by its decoder, a recording by us."""
        key = StreamKey(asked.camera, Profile.MAIN)
        if isinstance(self._sources.of(key), Replay):
            self._ensure_stream(key)  # its tile was asked for just now
        replay = self._streams.get(key)
        if isinstance(replay, ReplayStream):
            replay.playback(speed=asked.speed, seek_s=asked.seek_s)
        else:
            self._routing.playback(asked)

    def _report_stream(self, stream: AccessUnitSource) -> None:
        channels = list(self._routing.channels_of(stream.key))
        self._report(
            stream_report(
                stream,
                channels,
                recording=isinstance(stream, Stream) and self._recording.is_recording(stream),
                turns=self._sources.turns(stream.key.camera),
                clock=self._clock,
            )
        )

    def _report_file(self, key: StreamKey) -> None:
        self._report(file_report(key, list(self._routing.channels_of(key))))

    # The end

    async def _stop(self) -> None:
        """All producers at once, within one deadline."""
        limit_s = self._timing.stop_s
        self._recording.flush()
        self._scene_references.close()
        closing = [asyncio.create_task(stream.close()) for stream in self._streams.values()]
        decoders = asyncio.create_task(self._decoders.close(timeout_s=limit_s))
        recording = asyncio.create_task(self._recording.stop(timeout_s=limit_s))
        await asyncio.wait([*closing, *self._closing, decoders, recording], timeout=limit_s)
