"""All decoders of an engine: which streams are on them, and which stream they were lost of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.video.engine.crash_attribution import CodecMarks, CrashAttribution, suspects
from tmcwall.video.engine.decoder_processes import DecoderEvents, DecoderProcess, Reserve
from tmcwall.video.engine.stream_routing import Routing
from tmcwall.video.ipc.circuit_breaker import CircuitBreaker
from tmcwall.video.ipc.messages import SOFTWARE, DecodedReport, DecoderRestarted, StreamFault, ViewLearnt
from tmcwall.video.ipc.processes import decoder_command
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey
from tmcwall.video.sessions.reconnect import Timing

_CLOSING_SHARE: Final = 0.6
"""Of the time there is to stop: after it a decoder is killed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DecoderLimits:
    command_of: Callable[[int, bool], list[str]] = lambda fd_channel, hardware: decoder_command(
        fd_channel=fd_channel, hardware=hardware
    )
    """A decoder's command line for its end of a channel, and whether it shall look for a device."""
    hardware: bool = False
    most_bytes: int = 2 << 30
    """A decoder with more memory of its own is replaced."""
    crashes: int = 3
    crash_window_s: float = 600.0
    """A stream that is inside a codec each time that many decoders are lost within that time is held as long."""


@dataclass(frozen=True, slots=True)
class Streams:
    """What the decoders need to know of streams."""

    stream: Callable[[StreamKey], AccessUnitSource | None]
    """The running stream of a key; None for a file, whose path `file_of` gives."""
    file_of: Callable[[StreamKey], bytes]
    switched: Callable[[], None]
    """A tile has changed over to another stream, so that the old one may end."""
    failed: Callable[[StreamKey], None]
    """A decoder cannot go on with a stream."""
    opened: Callable[[StreamKey], None]
    """A decoder begins with a stream."""
    view_checked: Callable[[StreamKey], bool]
    """Whether the view of a stream is compared with a reference."""
    view_learnt: Callable[[StreamKey, bytes], None]
    """What a stream is to show, to be given to `routing.expect_view` when it is opened again."""


class DecoderPool:
    """Keeps one decoder a memory file, and opens every stream again where its decoder was lost.

    `routing` knows which streams they have for which tiles.
    """

    def __init__(
        self,
        tile_memory: Sequence[int],
        *,
        streams: Streams,
        limits: DecoderLimits,
        clock: Clock,
        timing: Timing,
        restarted: Callable[[DecoderRestarted], None],
    ) -> None:
        """`tile_memory` are descriptors; `restarted` is called for each decoder that has taken a lost one's place."""
        self._streams = streams
        self._clock = clock
        self._timing = timing
        self._restarted = restarted
        self._attribution = CrashAttribution(clock, most=limits.crashes, within_s=limits.crash_window_s)
        self._marks = [CodecMarks(memory) for memory in tile_memory]
        self._limits = limits
        self._with_device = CircuitBreaker(clock, rest_s=limits.crash_window_s)
        """Losses of decoders that had a device or came to nothing: after two the next ones have none for a while."""
        self._reserve = Reserve(self._command)
        events = DecoderEvents(ready=self._ready, lost=self._lost, hung=self._hung, reported=self._reported)
        self._processes = {
            number: DecoderProcess(
                number,
                self._reserve,
                memory=memory,
                most_bytes=limits.most_bytes,
                clock=clock,
                timing=timing,
                events=events,
            )
            for number, memory in enumerate(tile_memory)
        }
        self._once_lost: set[int] = set()
        self.routing = Routing(
            self._processes,
            stream=streams.stream,
            file_of=streams.file_of,
            switched=streams.switched,
            held=self._attribution.holds,
            opened=streams.opened,
            view_checked=streams.view_checked,
        )

    def __contains__(self, number: int) -> bool:
        return number in self._processes

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes.values()]

    def start(self) -> list[asyncio.Task[None]]:
        """Start and watch them, each in a task that ends with `close`. Raises OSError."""
        for process in self._processes.values():
            process.start()
        return [asyncio.create_task(process.watch()) for process in self._processes.values()]

    def release_due(self) -> None:
        """Try held streams again whose time is over."""
        for key in self._attribution.release_due():
            self.routing.open_again(key)

    async def close(self, *, timeout_s: float) -> None:
        self._reserve.close()
        endings = [process.close(grace_s=timeout_s * _CLOSING_SHARE) for process in self._processes.values()]
        await asyncio.gather(*endings)

    def _command(self, fd_channel: int) -> list[str]:
        return self._limits.command_of(fd_channel, self._limits.hardware and not self._with_device.resting)

    def _ready(self, number: int) -> None:
        self.routing.decoder_ready(number)
        if all(process.ready for process in self._processes.values()):
            self._reserve.refill()
        if number in self._once_lost:
            self._restarted(DecoderRestarted(decoder=number, pid=self._processes[number].pid))

    def _lost(self, number: int) -> None:
        self._once_lost.add(number)
        if self._limits.hardware and self._processes[number].device != SOFTWARE:
            self._with_device.failed()
            if self._with_device.resting:
                log.warning("decoders use no device for a while, for they were lost with it")
                self._reserve.renew()
        marks = self._marks[number]
        inside = self.routing.inside_codec(number, marks.since_ns)
        for tile in [tile for decoder, tile in self.routing.tiles if decoder == number]:
            marks.clear(tile)
        suspected = suspects(inside, now_ns=self._clock.monotonic_ns(), hung_s=self._timing.stream_hung_s)
        for key in self._attribution.note_loss(suspected):
            log.error("stream held, its decoder was lost too often: camera=%s profile=%s", *key)
        self.routing.decoder_lost(number)

    def _hung(self, number: int) -> bool:
        limit_ns = self._clock.monotonic_ns() - int(self._timing.stream_hung_s * NS)
        inside = self.routing.inside_codec(number, self._marks[number].since_ns)
        return any(since_ns < limit_ns for since_ns in inside.values())

    def _reported(self, number: int, report: DecodedReport | ViewLearnt | StreamFault) -> None:
        channel = self.routing.reported(number, report)
        if channel is None:
            return
        if isinstance(report, StreamFault):
            self._streams.failed(channel.key)
        elif isinstance(report, ViewLearnt):
            self._streams.view_learnt(channel.key, report.view)
