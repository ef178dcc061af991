"""A decoder process for streams that are tested one after another, locked in and watched as the wall's are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.engine.decoder_processes import DecoderEvents, DecoderProcess, Reserve
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit
from tmcwall.video.ipc.colour_conversion import LARGEST_BLOCK, ColourConverter
from tmcwall.video.ipc.messages import CloseStream, DecodedReport, OpenStream, Output, StreamFault, ViewLearnt
from tmcwall.video.ipc.processes import decoder_command
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, SLOTS, Memory, Planes
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.sessions.probe import DecodedPictures
from tmcwall.video.sessions.reconnect import Timing

_MOST_BYTES: Final = 1 << 30
_CLOSE_S: Final = 1.0
_TILE: Final = 0
_PIXEL: Final = 4


@dataclass(frozen=True, slots=True)
class ProbePicture:
    """A whole picture: rows of four bytes a pixel (blue, green, red, unused), `stride` bytes apart."""

    width: int
    height: int
    stride: int
    pixels: bytes


class ProbeDecoder:
    """`sessions.probe.PictureDecoder`, while its block runs. The process is started with the first stream."""

    def __init__(self, clock: Clock, *, timing: Timing | None = None) -> None:
        self._clock = clock
        self._timing = timing or Timing()
        self._memory: Memory | None = None
        self._reserve = Reserve(lambda channel: decoder_command(fd_channel=channel))
        self._process: DecoderProcess | None = None
        self._watching: asyncio.Task[None] | None = None
        self._stream = 0
        self._size = (0, 0)
        self._waiting_for_key = True
        self._unsent: OpenStream | None = None
        """What a process that is being replaced is to open."""
        self._fault: Fault | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            await self._process.close(grace_s=_CLOSE_S)
        if self._watching is not None:
            await self._watching
        self._reserve.close()
        if self._memory is not None:
            self._memory.close()

    @property
    def fault(self) -> Fault | None:
        return self._fault

    @property
    def pictures(self) -> DecodedPictures | None:
        tile = self._memory.tiles[_TILE] if self._memory is not None else None
        if tile is None or int(tile["generation"]) != self._stream or not int(tile["sequence"]):
            return None
        slot = tile["slots"][int(tile["sequence"]) % SLOTS]
        return DecodedPictures(int(tile["decoded"]), int(slot["schedule_ns"]), int(slot["decoded_ns"]))

    def begin(self, codec: str, *, width: int, height: int) -> None:
        """As `PictureDecoder`. Raises Fault(DECODER_LOST, COMPONENT_MISSING)."""
        process = self._process or self._start()
        if self._stream:
            process.send(CloseStream(stream=self._stream))
        self._stream += 1
        self._size = (width, height)
        self._waiting_for_key = True
        self._fault = None
        process.streams = 1
        output = Output(tile=_TILE, generation=self._stream, offset=HEADER_BYTES, width=width, height=height)
        opening = OpenStream(stream=self._stream, codec=codec, outputs=[output], view_checked=False)
        self._unsent = None if process.pid else opening
        process.send(opening)

    def take(self, unit: TimedUnit) -> None:
        """Never waits: what the decoder cannot take is left out up to the next key frame."""
        process = self._process
        if process is None or process.behind or (self._waiting_for_key and not unit.key):
            self._waiting_for_key = True
            return
        damaged = unit.damaged or self._waiting_for_key
        self._waiting_for_key = False
        packed = AccessUnit(self._stream, unit.key, damaged, unit.schedule_ns, unit.arrival_ns, unit.payload)
        process.write(pack_access_unit(packed))

    def picture(self) -> ProbePicture | None:
        """A copy of the newest picture of the stream that was begun last; None where there is none that is whole."""
        memory = self._memory
        if memory is None or self.pictures is None:
            return None
        width, height = self._size
        tile = memory.tiles[_TILE]
        index = int(tile["sequence"]) % SLOTS
        slot = tile["slots"][index]
        before = int(slot["begin"]), int(slot["end"])
        stride = -(-width // LARGEST_BLOCK) * LARGEST_BLOCK * _PIXEL
        target = np.empty(stride * height, np.uint8)
        source = memory.address + HEADER_BYTES + index * Planes.of(width, height).size
        colours = int(slot["colours"])
        ColourConverter().paint(source, self._size, colours, target=target.ctypes.data, stride=stride)
        if before[0] != before[1] or before != (int(slot["begin"]), int(slot["end"])):
            return None
        return ProbePicture(width, height, stride, target.tobytes())

    def _start(self) -> DecoderProcess:
        self._memory = Memory.create()
        events = DecoderEvents(
            ready=self._send_unsent, lost=self._note_lost, hung=self._hangs_in_codec, reported=self._take_report
        )
        process = DecoderProcess(
            0,
            self._reserve,
            memory=self._memory.fd,
            most_bytes=_MOST_BYTES,
            clock=self._clock,
            timing=self._timing,
            events=events,
        )
        try:
            process.start()
        except OSError as error:
            raise Fault(FaultCode.DECODER_LOST, error.strerror or "no decoder") from error
        self._process = process
        self._watching = asyncio.create_task(process.watch())
        return process

    def _send_unsent(self, _number: int) -> None:
        if self._process is not None and self._unsent is not None:
            self._process.send(self._unsent)
            self._unsent = None

    def _note_lost(self, _number: int) -> None:
        self._fault = Fault(FaultCode.DECODER_CRASHED, "")

    def _hangs_in_codec(self, _number: int) -> bool:
        assert self._memory is not None
        since_ns = int(self._memory.tiles[_TILE]["codec_ns"])
        return since_ns > 0 and self._clock.monotonic_ns() - since_ns > self._timing.stream_hung_s * NS

    def _take_report(self, _number: int, report: DecodedReport | ViewLearnt | StreamFault) -> None:
        if isinstance(report, StreamFault) and report.stream == self._stream:
            self._fault = Fault(report.fault, report.detail)
