"""One odd camera, marked `#compat`: FFmpeg's RTSP in a process of its own talks to it, through our relay."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Literal

import msgspec

from tmcwall.containers.annex_b import nal_units, nal_views
from tmcwall.containers.track import CLOCK_RATE
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import Carrier
from tmcwall.net.reach import address_of
from tmcwall.rtsp.assembler import Assembler
from tmcwall.rtsp.auth import Authorizer, Scheme
from tmcwall.rtsp.codecs import H264, HEVC, JPEG, assembler_of
from tmcwall.video.ipc.access_units import unpack_access_unit
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import ACCESS_UNIT, COMPAT_REPORTS, CompatFault, OpenCompat, StreamUrl, pack
from tmcwall.video.ipc.pipes import FrameReader, widen_pipe
from tmcwall.video.ipc.processes import decoder_environment, demuxer_command, start_process
from tmcwall.video.ipc.timeline import NS, TimedUnit, Timeline
from tmcwall.video.sessions.compat_relay import Relay
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.oddity_log import OddityLog
from tmcwall.video.sessions.stream_format import StreamFormat

_PIPE_BYTES: Final = 1024 * 1024
_POLL_S: Final = 0.02
_USUAL_INTERVAL_S: Final = 0.04


class CompatSession:
    """As `session.Session`. The process dies with the session; what it says is believed as far as it can be checked."""

    def __init__(
        self,
        source: StreamUrl,
        context: SessionContext,
        *,
        opened: Callable[[StreamFormat], None],
        received: Callable[[TimedUnit], None],
        camera: str = "",
        command: Callable[[], Sequence[str]] = demuxer_command,
    ) -> None:
        """It is known of `camera` how often it sends pictures. `command` gives the command line of a `demuxer`."""
        address = address_of(source.url)
        self._secure = address.scheme == "rtsps"
        self._context = context
        self._fingerprint = source.fingerprint
        self._clock = context.clock
        self._timing = context.timing
        self._opened = opened
        self._received = received
        self._command = command
        allow_basic = context.allow_basic or self._secure
        self._authorizer = Authorizer(source.username, source.password, allow_basic=allow_basic)
        self._relay = Relay(address, self._authorizer)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: FrameReader | None = None
        self._oddity_log = OddityLog(camera)
        self._rhythm = context.picture_history.rhythm(camera, source)
        self._timeline = Timeline(CLOCK_RATE, expected_interval_s=self._rhythm.picture_s or _USUAL_INTERVAL_S)
        self._assembler: Assembler | None = None
        self._first = asyncio.Event()
        self._ended: asyncio.Future[Fault] = asyncio.get_running_loop().create_future()
        self._last_unit_ns = 0
        self._waiting_for_key = True
        self.behind_s = 0.0
        self.clock_offset_ms: int | None = None
        self.camera_clock: CameraClock | None = None
        self.carrier = Carrier.TCP

    @property
    def frame_interval_s(self) -> float:
        return self._timeline.frame_interval_s

    @property
    def oddities(self) -> Mapping[Oddity, int]:
        """What FFmpeg has let through of them."""
        return self._assembler.oddities if self._assembler is not None else {}

    @property
    def login(self) -> Scheme | None:
        return self._authorizer.scheme

    async def open(self) -> None:
        """Reach the camera, start the process and wait until it knows the stream. Raises Fault."""
        try:
            await self._relay.open(
                rule=self._context.rule,
                resolver=self._context.resolver,
                tls=self._context.trust.context(self._fingerprint) if self._secure else None,
                fingerprint=self._fingerprint,
                timeout_s=self._timing.connect_s,
            )
            self._start()
            # The process needs a while to start where the machine is busy; the camera is not to blame for that.
            async with asyncio.timeout(self._timing.decoder_start_s):
                await self._until_first()
        except TimeoutError as error:
            raise Fault(FaultCode.NO_ANSWER, "no answer within the limit") from error

    async def run(self) -> None:
        """Watch over the stream until it fails: always ends with a Fault, or by cancellation."""
        started_ns = self._last_unit_ns = self._clock.monotonic_ns()
        while not self._ended.done():
            await asyncio.wait([self._ended], timeout=self._timing.watch_s)
            now_ns = self._clock.monotonic_ns()
            if self._assembler is not None:
                self._timeline.note_rate(self._assembler.oddities)
            self._oddity_log.say(self.oddities)
            silence_s = self._rhythm.silence_s(self._timing.stalled_s, self._timeline.frame_interval_s)
            if now_ns - self._last_unit_ns > silence_s * NS:
                raise Fault(FaultCode.STREAM_STALLED, "packets have stopped")
            if self._waiting_for_key and now_ns - started_ns > self._rhythm.key_wait_s(self._timing.no_key_s) * NS:
                raise Fault(FaultCode.NO_KEY_FRAME, "no key frame since PLAY")
        raise self._why()

    async def close(self) -> None:
        """Kill the process, and let the camera go."""
        self._relay.close()
        process = self._process
        if process is None:
            return
        self._process = None
        if self._reader is not None:
            self._reader.close()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        while process.poll() is None:  # noqa: ASYNC110 - a process has no event
            await asyncio.sleep(_POLL_S)

    def _start(self) -> None:
        try:
            process = self._process = start_process(self._command(), environment=decoder_environment())
        except OSError as error:
            raise Fault(FaultCode.DECODER_LOST, "no demultiplexer") from error
        assert process.stdin is not None
        assert process.stdout is not None
        widen_pipe(process.stdout.fileno(), _PIPE_BYTES)
        command = OpenCompat(
            port=self._relay.port,
            path=self._relay.path,
            open_s=self._timing.open_s,
            silent_s=self._rhythm.silence_s(self._timing.stalled_s, 0.0),
        )
        with suppress(OSError):  # its end is noticed where it is read
            process.stdin.write(pack(command))
        self._reader = FrameReader(process.stdout.fileno(), received=self._take, ended=self._pipe_ended)

    async def _until_first(self) -> None:
        first = asyncio.ensure_future(self._first.wait())
        waited: list[asyncio.Future[Literal[True]] | asyncio.Future[Fault]] = [first, self._ended, self._relay.ended]
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            first.cancel()
        if not self._first.is_set():
            raise self._why()

    def _why(self) -> Fault:
        """The camera's own refusal tells more than what the process makes of it."""
        if self._relay.refusal is not None:
            return self._relay.refusal
        relayed = self._relay.ended.result() if self._relay.ended.done() else None
        if relayed is not None and relayed.code is not FaultCode.CONNECTION_LOST:
            return relayed
        if self._ended.done():
            return self._ended.result()
        return relayed or Fault(FaultCode.CONNECTION_LOST, "closed by the camera")

    def _pipe_ended(self, fault: Fault | None) -> None:
        self._end(fault or Fault(FaultCode.DECODER_LOST, "the demultiplexer is gone"))

    def _end(self, fault: Fault) -> None:
        if not self._ended.done():
            self._ended.set_result(fault)

    def _take(self, kind: int, body: bytes) -> None:
        if self._ended.done():
            return
        try:
            if kind == ACCESS_UNIT:
                self._take_unit(body)
                return
            report = COMPAT_REPORTS.decode(body)
            if isinstance(report, CompatFault):
                self._end(Fault(report.fault, report.detail))
                return
            if report.codec not in {H264, HEVC, JPEG}:
                raise Fault(FaultCode.CODEC_UNSUPPORTED, "not H.264, H.265 or JPEG", retryable=False)
            sets = tuple(nal_units(bytes.fromhex(report.parameter_sets)))
        except Fault as fault:
            self._end(fault)
            return
        except (msgspec.MsgspecError, ValueError):
            self._end(Fault(FaultCode.DECODER_LOST, "the demultiplexer sent what it may not"))
            return
        self._assembler = assembler_of(report.codec, sets)
        self._opened(StreamFormat(report.codec, CLOCK_RATE, sets))
        self._first.set()

    def _take_unit(self, body: bytes) -> None:
        found = unpack_access_unit(body)
        if self._assembler is None:
            raise Fault(FaultCode.DECODER_LOST, "the demultiplexer sent what it may not")
        if found.damaged:
            self._assembler.lose()
        pictures = [found.payload] if self._assembler.codec == JPEG else nal_views(found.payload)
        unit = self._assembler.assemble(pictures, found.schedule_ns)
        if unit is None:
            return
        now_ns = self._last_unit_ns = self._clock.monotonic_ns()
        self._waiting_for_key = self._waiting_for_key and not unit.key
        self._received(self._timeline.timed(unit, now_ns))
