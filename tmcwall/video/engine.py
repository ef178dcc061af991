"""The engine process: one session per camera and stream, recording, clips, and the decoders it feeds.

Started by the desktop program (`tmcwall.video.processes`); commands come on standard input, reports go to standard
output, and it ends with its input. It decodes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec
import psutil

from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Profile, RecordPolicy
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault
from tmcwall.log import LogBook
from tmcwall.video import budget
from tmcwall.video.blame import Blame, Marks, suspects
from tmcwall.video.link import RECEIVE_BYTES
from tmcwall.video.pipes import FrameReader, FrameWriter
from tmcwall.video.processes import decoder_command, die_with_parent
from tmcwall.video.reconnect import OpeningGate, Timing
from tmcwall.video.recorder import Keeping
from tmcwall.video.recording import FLUSH_S, Recording
from tmcwall.video.routing import Routing, TileKey
from tmcwall.video.stream import Conditions, Stream, StreamKey
from tmcwall.video.timeline import NS
from tmcwall.video.trust import Trust
from tmcwall.video.wakeups import PacedSelector
from tmcwall.video.wire import (
    COMMANDS,
    CONTROL,
    CameraSource,
    Command,
    CutClip,
    DecodedReport,
    DecoderRestarted,
    EngineStarted,
    HideTile,
    Hold,
    Playback,
    Record,
    ReleaseHold,
    Report,
    SetCameras,
    ShowTile,
    Shutdown,
    StreamFault,
    StreamReport,
    StreamUrl,
    pack,
)
from tmcwall.video.workers import DecoderEvents, DecoderProcess, Reserve

REPORT_S: Final = 1.0
_REPORT_BYTES: Final = 4 * 1024 * 1024
_MAIN_PIXELS_A_CORE: Final = 2 * 1920 * 1080
_NETWORK_SCHEMES: Final = frozenset({"rtsp", "rtsps", "http", "https"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`memories` are the inherited descriptors of the decoders' memory files, one a decoder."""

    memories: tuple[int, ...]
    recordings: Path
    keeping: Keeping = field(default_factory=Keeping)
    timing: Timing = field(default_factory=Timing)
    logs: Path | None = None
    rule: AddressRule = field(default_factory=AddressRule.anywhere)
    """Where cameras may stand."""
    patience: budget.Patience = field(default_factory=budget.Patience)
    idle: Callable[[], float] = lambda: 1.0 - psutil.cpu_percent() / 100
    """The share of all cores that had nothing to do since it was last asked."""
    ca_file: Path | None = None
    """Who vouches for cameras over TLS; the system's authorities where None."""
    command_of: Callable[[int], list[str]] = lambda chute: decoder_command(chute=chute)
    """A decoder's command line for its end of a chute."""
    decoder_bytes: int = 2 << 30
    """A decoder with more memory of its own is replaced."""
    crashes: int = 3
    crash_window_s: float = 600.0
    """A stream that is inside a codec each time that many decoders are lost within that time is held as long."""


class Engine:
    """Obeys commands, keeps streams, decoders and recording, and reports. Lives on one asyncio loop."""

    def __init__(self, options: EngineOptions, *, clock: Clock, report: Callable[[Report], None]) -> None:
        self._options = options
        self._clock = clock
        self._report = report
        self._conditions = Conditions(
            clock=clock,
            timing=options.timing,
            gate=OpeningGate(clock),
            rng=Random(),  # noqa: S311 - jitter, no secret
            buffer=memoryview(bytearray(RECEIVE_BYTES)),
            rule=options.rule,
            trust=Trust(options.ca_file),
        )
        self._blame = Blame(clock, most=options.crashes, within_s=options.crash_window_s)
        self._marks = [Marks(memory) for memory in options.memories]
        self._reserve = Reserve(options.command_of)
        events = DecoderEvents(
            ready=self._decoder_ready,
            lost=self._decoder_lost,
            hung=self._decoder_hung,
            reported=self._decoder_reported,
        )
        self._decoders = {
            number: DecoderProcess(
                number,
                self._reserve,
                memory=memory,
                most_bytes=options.decoder_bytes,
                clock=clock,
                timing=options.timing,
                events=events,
            )
            for number, memory in enumerate(options.memories)
        }
        self._restarted: set[int] = set()
        self._cameras: dict[str, CameraSource] = {}
        self._shown: dict[TileKey, ShowTile] = {}
        self._recorded: frozenset[str] = frozenset()
        self._streams: dict[StreamKey, Stream] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._planned = False
        self._replaced: set[StreamKey] = set()
        """Streams whose source has changed since the last plan."""
        self._routing = Routing(
            self._decoders,
            stream=self._streams.get,
            file_of=self._file_of,
            switched=self._plan_soon,
            held=self._blame.holds,
        )
        self._relief = budget.Relief()
        self._recording = Recording(options.recordings, clock=clock, keeping=options.keeping, report=report)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`, then end everything within the deadline. Raises OSError if a decoder cannot start."""
        self._recording.start()
        for decoder in self._decoders.values():
            decoder.start()
        self._report(EngineStarted(pid=os.getpid(), decoder_pids=[d.pid for d in self._decoders.values()]))
        watches = [asyncio.create_task(decoder.watch()) for decoder in self._decoders.values()]
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

    def obey(self, command: Command) -> None:
        """One command of the desktop program."""
        match command:
            case SetCameras(cameras=cameras):
                self._set_cameras(cameras)
            case ShowTile():
                if 0 <= command.decoder < len(self._decoders):
                    self._shown[command.decoder, command.tile] = command
            case HideTile(tile=tile, decoder=decoder):
                self._shown.pop((decoder, tile), None)
            case Record(cameras=wanted):
                self._recorded = frozenset(wanted)
            case Hold():
                self._recording.hold(command)
            case ReleaseHold():
                self._recording.release_hold(command)
            case CutClip():
                self._recording.cut(command)
            case Playback(camera=camera, speed=speed, seek_s=seek_s):
                self._routing.playback(camera, speed=speed, seek_s=seek_s)
            case Shutdown():
                return
        self._plan_soon()

    # Streams and tiles

    def _set_cameras(self, cameras: Sequence[CameraSource]) -> None:
        keys = self._streams.keys() | self._routing.wanted_streams()
        before = {key: self._source(key) for key in keys}
        self._cameras = {camera.camera: camera for camera in cameras}
        for key in keys:
            if self._source(key) != before[key]:
                self._replaced.add(key)
                self._close_stream(key)

    def _plan_soon(self) -> None:
        """Once for all commands of one read."""
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self._plan)

    def _plan(self) -> None:
        """Bring streams, tiles and recording in line with what was asked."""
        self._planned = False
        shown = {tile: asked for tile, asked in self._shown.items() if asked.camera in self._cameras}
        for tile in list(self._routing.tiles):
            if tile not in shown:
                self._routing.hide(tile)
        profiles = budget.choose(
            [self._wish(tile, asked) for tile, asked in shown.items()],
            {asked.camera: self._offer(asked.camera) for asked in shown.values()},
            budget.Limits(main_pixels=_MAIN_PIXELS_A_CORE * (os.cpu_count() or 1)),
        )
        recorded = self._recorded_keys()
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
        self._recording.record({camera: self._streams[key] for camera, key in recorded.items() if key in self._streams})
        self._close_unwanted({*wanted.values(), *recorded.values()})
        self._ration()

    def _ration(self) -> None:
        self._routing.allot(budget.ration(self._routing.demands(), relief=self._relief.level))

    def _weigh(self) -> None:
        """Once a second: leave more out where decoders fall behind, and less once there is room again."""
        before = self._relief.level
        load = budget.Load(lag_s=_of_most(self._routing.lags_s()), idle=self._options.idle())
        self._relief = budget.adapt(
            self._relief, load, now_s=self._clock.monotonic_ns() / NS, patience=self._options.patience
        )
        if self._relief.level != before:
            log.info("relief %d after %d: pictures %.2f s late, %.0f %% idle", self._relief.level, before,
                     load.lag_s, load.idle * 100)  # fmt: skip
            self._ration()

    def _at_first(self, wanted: StreamKey, asked: ShowTile) -> StreamKey:
        """What a new tile begins with: the small stream, which comes sooner, until the large one delivers."""
        main = self._streams.get(wanted)
        if asked.profile != "auto" or wanted.profile != budget.MAIN or not self._offer(asked.camera).has_sub:
            return wanted
        return wanted if main is not None and main.gop else StreamKey(asked.camera, budget.SUB)

    def _ensure_stream(self, key: StreamKey) -> None:
        source = self._source(key)
        if key not in self._streams and source is not None and not _file_path(source.url):
            self._streams[key] = Stream(key, source, self._conditions, changed=self._stream_changed)

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

    def _wish(self, tile: TileKey, asked: ShowTile) -> budget.Wish:
        present = self._routing.tiles.get(tile)
        current = present.current.profile if present is not None and present.current is not None else None
        return budget.Wish(
            tile,
            asked.camera,
            asked.width * asked.height,
            profile=asked.profile,
            priority=asked.priority,
            current=current,
        )

    def _offer(self, camera: str) -> budget.Offer:
        offer = budget.Offer(has_sub=self._cameras[camera].sub is not None)
        main = self._streams.get(StreamKey(camera, Profile.MAIN.value))
        sub = self._streams.get(StreamKey(camera, Profile.SUB.value))
        return budget.Offer(
            has_sub=offer.has_sub,
            sub_pixels=(sub.state.width * sub.state.height if sub is not None else 0) or offer.sub_pixels,
            main_pixels=(main.state.width * main.state.height if main is not None else 0) or offer.main_pixels,
        )

    def _recorded_keys(self) -> dict[str, StreamKey]:
        keys = {}
        for camera in self._recorded:
            source = self._cameras.get(camera)
            if source is None or source.record == RecordPolicy.OFF or _file_path(source.main.url):
                continue
            is_sub = source.record == RecordPolicy.SUB and source.sub is not None
            keys[camera] = StreamKey(camera, Profile.SUB.value if is_sub else Profile.MAIN.value)
        return keys

    def _source(self, key: StreamKey) -> StreamUrl | None:
        camera = self._cameras.get(key.camera)
        if camera is None:
            return None
        return camera.main if key.profile == Profile.MAIN else camera.sub

    def _file_of(self, key: StreamKey) -> str:
        source = self._source(key)
        return _file_path(source.url) if source is not None else ""

    # Decoders

    def _decoder_ready(self, number: int) -> None:
        self._routing.decoder_ready(number)
        if number in self._restarted:
            self._report(DecoderRestarted(decoder=number, pid=self._decoders[number].pid))

    def _decoder_lost(self, number: int) -> None:
        self._restarted.add(number)
        marks = self._marks[number]
        inside = self._routing.inside_codec(number, marks.since_ns)
        for tile in [tile for decoder, tile in self._routing.tiles if decoder == number]:
            marks.clear(tile)
        for key in self._blame.accuse(suspects(inside, now_ns=self._clock.monotonic_ns())):
            log.error("stream held, its decoder was lost too often: camera=%s profile=%s", *key)
        self._routing.decoder_lost(number)

    def _decoder_hung(self, number: int) -> bool:
        limit_ns = self._clock.monotonic_ns() - int(self._options.timing.stream_hung_s * NS)
        inside = self._routing.inside_codec(number, self._marks[number].since_ns)
        return any(since_ns < limit_ns for since_ns in inside.values())

    def _decoder_reported(self, number: int, report: DecodedReport | StreamFault) -> None:
        channel = self._routing.reported(number, report)
        if channel is None or isinstance(report, DecodedReport):
            return
        stream = self._streams.get(channel.key)
        if stream is not None:
            self._stream_changed(stream)
        else:
            self._report(self._file_report(channel.key))

    # Reports

    async def _tick(self) -> None:
        """Flush the recording, and report every stream once a second."""
        loop = asyncio.get_running_loop()
        next_report = loop.time() + REPORT_S
        while True:
            await asyncio.sleep(FLUSH_S)
            self._recording.flush()
            for key in self._blame.release_due():
                self._routing.open_again(key)
            if loop.time() >= next_report:
                next_report = loop.time() + REPORT_S
                self._weigh()
                for stream in self._streams.values():
                    self._report(self._stream_report(stream))
                for key in self._routing.wanted_streams() - self._streams.keys():
                    self._report(self._file_report(key))

    def _stream_changed(self, stream: Stream) -> None:
        if self._streams.get(stream.key) is stream:
            self._report(self._stream_report(stream))
            self._plan_soon()  # its picture's size may be known only now

    def _stream_report(self, stream: Stream) -> StreamReport:
        state = stream.state
        decoder_faults = [channel for channel in self._routing.channels_of(stream.key) if channel.fault is not None]
        fault, detail = state.fault, state.detail
        if fault is None and decoder_faults:
            fault, detail = decoder_faults[0].fault, decoder_faults[0].detail
        ration = next((channel.ration for channel in self._routing.channels_of(stream.key)), budget.Ration())
        return StreamReport(
            camera=stream.key.camera,
            profile=stream.key.profile,
            connected=state.connected,
            fault=fault,
            detail=detail,
            retry_in_s=stream.retry_in_s(),
            codec=state.codec,
            width=state.width,
            height=state.height,
            frames_received=state.frames_received,
            reconnects=state.reconnects,
            packets_lost=state.packets_lost,
            frame_interval_s=stream.frame_interval_s,
            recording=self._recording.is_recording(stream),
            plan=ration.plan,
            plan_reason=ration.reason,
            clock_offset_ms=stream.clock_offset_ms,
        )

    def _file_report(self, key: StreamKey) -> StreamReport:
        """A file is read by its decoder: what is known of it, the decoder has said."""
        channels = list(self._routing.channels_of(key))
        fault = next((channel for channel in channels if channel.fault is not None), None)
        report = next((channel.report for channel in channels if channel.report is not None), None)
        return StreamReport(
            camera=key.camera,
            profile=key.profile,
            connected=report is not None and fault is None,
            fault=fault.fault if fault is not None else None,
            detail=fault.detail if fault is not None else "",
            width=report.width if report is not None else 0,
            height=report.height if report is not None else 0,
            frames_received=report.frames_decoded if report is not None else 0,
            position_s=report.position_s if report is not None else None,
            duration_s=report.duration_s if report is not None else None,
        )

    # The end

    async def _stop(self) -> None:
        """All producers at once, within one deadline."""
        limit_s = self._options.timing.stop_s
        self._reserve.close()
        self._recording.flush()
        closing = [asyncio.create_task(stream.close()) for stream in self._streams.values()]
        endings = [asyncio.create_task(d.close(grace_s=limit_s * 0.6)) for d in self._decoders.values()]
        recording = asyncio.create_task(self._recording.stop(timeout_s=limit_s))
        await asyncio.wait([*closing, *self._closing, *endings, recording], timeout=limit_s)


def _of_most(lags_s: Sequence[float]) -> float:
    """What three quarters of the streams do not exceed: one that hangs alone is no lack of power."""
    return sorted(lags_s)[3 * (len(lags_s) - 1) // 4] if lags_s else 0.0


def _file_path(url: str) -> str:
    """The path a `file:` URL or a plain path names; empty for an address on the network."""
    scheme = url.split(":", 1)[0].lower() if "://" in url or url.startswith("file:") else ""
    if scheme in _NETWORK_SCHEMES:
        return ""
    return unquote(urlsplit(url).path) if scheme == "file" else url


async def serve(options: EngineOptions, *, commands: int, reports: int, clock: Clock) -> None:
    """Run an engine between two pipes until the one ends or a signal asks for the end."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    writer = FrameWriter(reports, limit=_REPORT_BYTES, lost=stop.set)

    def report(message: Report) -> None:
        """A desktop program that does not read loses the reports that come again every second, and no others."""
        if not (writer.full and isinstance(message, StreamReport)):
            writer.write([pack(message)])

    engine = Engine(options, clock=clock, report=report)

    def received(kind: int, body: bytes) -> None:
        if kind != CONTROL:
            log.error("the desktop program sent frames of kind %d", kind)
            stop.set()
            return
        try:
            command = COMMANDS.decode(body)
        except msgspec.MsgspecError:
            # Without the text: it may quote a URL.
            log.error("the desktop program sent a malformed command")  # noqa: TRY400 - as above
            stop.set()
            return
        if isinstance(command, Shutdown):
            stop.set()
        else:
            engine.obey(command)

    def ended(fault: Fault | None) -> None:
        if fault is not None:
            log.error("commands ended: %s", fault)
        stop.set()

    reader = FrameReader(commands, received=received, ended=ended)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await engine.run(stop)
    finally:
        reader.close()
        writer.flush()
        writer.close()


def parse_arguments(arguments: Sequence[str] | None) -> EngineOptions:
    """See `processes.engine_command`."""
    parser = argparse.ArgumentParser(prog="tmcwall engine-process")
    parser.add_argument("--memory", required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    parser.add_argument("--keep-seconds", type=float, required=True)
    parser.add_argument("--keep-bytes", type=int, required=True)
    parser.add_argument("--logs", type=Path)
    parser.add_argument("--networks", default="")
    parser.add_argument("--loopback", action="store_true")
    parser.add_argument("--ca-file", type=Path)
    options = parser.parse_args(arguments)
    return EngineOptions(
        memories=tuple(int(part) for part in options.memory.split(",") if part),
        recordings=options.recordings,
        keeping=Keeping(keep_s=options.keep_seconds, keep_bytes=options.keep_bytes),
        logs=options.logs,
        rule=AddressRule.of(filter(None, options.networks.split(",")), loopback=options.loopback),
        ca_file=options.ca_file,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m tmcwall.video.engine ...`: does not return, because a name look-up may still hang in a thread."""
    options = parse_arguments(arguments)
    # In order: what was recorded is written out, and the cameras are told.
    die_with_parent(signal.SIGTERM)
    _open_log(options.logs)
    # Nothing that prints by mistake may stand between the reports.
    reports = os.dup(1)
    os.dup2(2, 1)
    # Thousands of short-lived tuples a second are no garbage in circles: look for that rarely.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    code = 0
    try:
        # Not `asyncio.run`: at the end that waits for name look-ups, which have no limit.
        loop = asyncio.SelectorEventLoop(PacedSelector())
        loop.run_until_complete(serve(options, commands=0, reports=reports, clock=SystemClock()))
    except OSError as error:
        log.error("engine cannot run: %s", error.strerror)  # noqa: TRY400 - a fault of the world
        code = 3
    except Exception:
        # The top of this process: loud in the log; the desktop program starts a new engine.
        log.exception("bug in the engine")
        code = 1
    sys.stderr.flush()
    os._exit(code)


def _open_log(folder: Path | None) -> None:
    """To the folder; where there is none, or it cannot be written, warnings to standard error. Open until the end."""
    if folder is not None:
        try:
            LogBook(folder, process="engine")
        except OSError:
            folder = None
    if folder is None:
        logging.basicConfig(level=logging.WARNING, format="engine %(levelname)s %(message)s", stream=sys.stderr)


if __name__ == "__main__":
    main()
