"""The process that makes copies: coded pictures in, coded pictures or a still out; no file, no socket (ADR 0027).

It locks itself in before the first byte of a clip, as a decoder does. Its parent reads and writes the files.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from typing import Final, Protocol

import av
import cv2
import msgspec
import numpy as np
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from tmcwall.domain.derived_copy import Box, CopyJob, Cover, Drawing, DrawnShape, KeyBox, Region, Stamp
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.copying.canvas import Canvas, StampStrip
from tmcwall.video.copying.protocol import (
    CODECS,
    COMMANDS,
    LARGEST_PIECE,
    STILL,
    Boxes,
    CopyFault,
    Made,
    Make,
    NoMore,
    Track,
    pack,
)
from tmcwall.video.copying.tracker import RegionTracker, small_luma
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit, unpack_access_unit
from tmcwall.video.ipc.messages import ACCESS_UNIT, LARGEST_HEIGHT, LARGEST_WIDTH
from tmcwall.video.ipc.pipes import BlockingWriter, read_frames
from tmcwall.video.ipc.processes import die_with_parent, lower_priority
from tmcwall.video.ipc.sandbox import confine

_PIPE_IN, _PIPE_OUT, _ERRORS = 0, 1, 2
_ENCODER: Final = "libx264"
_PRESET, _PRESET_OF_LARGE = "superfast", "ultrafast"
_LARGE: Final = 1280 * 720
"""Pixels; above, the better preset takes twice the time."""
_QUALITY: Final = "21"
_TICKS: Final = 90_000
_KEY_EVERY: Final = 50
_THREADS: Final = 2
_MOST_WAITING: Final = 2
"""Pictures for the encoder, of 3 MB each at 1080p."""
_NS: Final = 1_000_000_000
_BOXES_A_MESSAGE: Final = 1000


class _Work(Protocol):
    """What is done with the pictures of a clip, in the order in which they are shown."""

    def take(self, frame: VideoFrame, number: int, at_s: float) -> None: ...

    def finish(self) -> tuple[int, int]:
        """Width and height of what was made."""
        ...


class _Decoder:
    """Pictures out of access units of both codecs."""

    def __init__(self) -> None:
        self._contexts: dict[int, VideoCodecContext] = {}
        self._running: int | None = None
        self.undecodable = 0

    def decode(self, unit: AccessUnit) -> Iterator[VideoFrame]:
        if unit.stream != self._running and self._running is not None:
            yield from self._flush(self._running)
        self._running = unit.stream
        packet = av.Packet(unit.payload)
        packet.pts = packet.dts = unit.schedule_ns
        yield from self._frames(unit.stream, packet)

    def finish(self) -> Iterator[VideoFrame]:
        if self._running is not None:
            yield from self._flush(self._running)

    def _flush(self, stream: int) -> Iterator[VideoFrame]:
        yield from self._frames(stream, None)
        del self._contexts[stream]

    def _frames(self, stream: int, packet: av.Packet[Stream] | None) -> Iterator[VideoFrame]:
        if stream not in self._contexts:
            self._contexts[stream] = open_decoder(CODECS[stream])
        try:
            frames = self._contexts[stream].decode(packet)
        except av.error.FFmpegError:
            self.undecodable += 1
            return
        for frame in frames:
            if frame.width > LARGEST_WIDTH or frame.height > LARGEST_HEIGHT:
                raise Fault(FaultCode.PICTURE_TOO_LARGE, f"{frame.width}x{frame.height}", retryable=False)
            yield frame


class _Tracking:
    """Finds out where the regions are, and answers it at the end."""

    def __init__(self, job: CopyJob, out: BlockingWriter) -> None:
        self._out = out
        self._trackers = [RegionTracker(region) for region in job.regions]
        self._pictures = 0

    def take(self, frame: VideoFrame, number: int, at_s: float) -> None:
        luma = small_luma(Canvas(frame, width=frame.width & ~1, height=frame.height & ~1).luma)
        for tracker in self._trackers:
            tracker.look(number, at_s, luma)
        self._pictures = number + 1

    def finish(self) -> tuple[int, int]:
        found: defaultdict[int, list[tuple[int, Box]]] = defaultdict(list)
        for region, tracker in enumerate(self._trackers):
            tracker.finish()
            for picture, box in tracker.boxes:
                found[picture].append((region, box))
        for first in range(0, self._pictures, _BOXES_A_MESSAGE):
            last = min(self._pictures, first + _BOXES_A_MESSAGE)
            self._out.write(pack(Boxes(first=first, pictures=[found[picture] for picture in range(first, last)])))
        return 0, 0


class _Making:
    """Covers, stamps and codes each picture. All have the size of the first.

    Coding has a thread of its own: it takes longer than all else, which goes on meanwhile.
    """

    def __init__(self, job: CopyJob, boxes: dict[int, list[tuple[int, Box]]], out: BlockingWriter) -> None:
        self._job = job
        self._boxes = boxes
        self._out = out
        self._encoder: VideoCodecContext | None = None
        self._strip = StampStrip(None, width=2, height=2)
        self._size = (0, 0)
        self._last_ticks = -1
        self._coding = ThreadPoolExecutor(1, thread_name_prefix="coding")
        self._waiting: deque[Future[None]] = deque()

    def take(self, frame: VideoFrame, number: int, at_s: float) -> None:
        if self._encoder is None:
            self._begin(frame)
        width, height = self._size
        canvas = Canvas(frame, width=width, height=height, rows=self._strip.rows)
        for mask in self._job.masks:
            canvas.cover(mask, Cover.SOLID)
        for region, box in self._boxes.get(number, ()):
            canvas.cover(box, self._job.regions[region].cover)
        for drawing in self._job.drawings:
            if drawing.from_s <= at_s <= drawing.until_s:
                canvas.draw(drawing)
        made = canvas.under(self._strip.at(at_s))
        made.pts = self._last_ticks = max(int(at_s * _TICKS), self._last_ticks + 1)
        made.time_base = Fraction(1, _TICKS)
        if len(self._waiting) == _MOST_WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._coding.submit(self._code, made))

    def finish(self) -> tuple[int, int]:
        if self._encoder is None:
            return 0, 0
        while self._waiting:
            self._waiting.popleft().result()
        self._code(None)
        return self._encoder.width, self._encoder.height

    def _begin(self, frame: VideoFrame) -> None:
        width, height = frame.width & ~1, frame.height & ~1
        if not width or not height:
            raise Fault(FaultCode.STREAM_BROKEN, f"{frame.width}x{frame.height}", retryable=False)
        self._size = (width, height)
        self._strip = StampStrip(self._job.stamp, width=width, height=height)
        self._encoder = open_encoder(width, height + self._strip.rows)

    def _code(self, picture: VideoFrame | None) -> None:
        assert self._encoder is not None
        for packet in self._encoder.encode(picture):
            at_ns = (packet.pts or 0) * _NS // _TICKS
            unit = AccessUnit(0, packet.is_keyframe, False, at_ns, 0, bytes(packet))
            self._out.write(b"".join(pack_access_unit(unit)))


class _Still:
    """Keeps the picture that is shown at a moment, and gives it as PNG, with masked places black."""

    def __init__(self, at_s: float, masks: Sequence[Box], out: BlockingWriter) -> None:
        self._at_s = at_s
        self._masks = masks
        self._out = out
        self._shown: tuple[float, VideoFrame] | None = None

    def take(self, frame: VideoFrame, number: int, at_s: float) -> None:
        if at_s <= self._at_s or number == 0:
            self._shown = (at_s, frame)

    def finish(self) -> tuple[int, int]:
        if self._shown is None:
            return 0, 0
        at_s, frame = self._shown
        pixels = frame.to_ndarray(format="bgr24")
        for mask in self._masks:
            left, top = int(mask.x * frame.width), int(mask.y * frame.height)
            right, bottom = (mask.x + mask.width) * frame.width, (mask.y + mask.height) * frame.height
            pixels[top : int(np.ceil(bottom)), left : int(np.ceil(right))] = 0
        _, png = cv2.imencode(".png", pixels)
        data = np.asarray(png, np.uint8).tobytes()
        for begin in range(0, len(data), LARGEST_PIECE):
            piece = data[begin : begin + LARGEST_PIECE]
            unit = AccessUnit(STILL, True, False, round(at_s * _NS), 0, piece)
            self._out.write(b"".join(pack_access_unit(unit)))
        return frame.width, frame.height


def open_decoder(codec: str) -> VideoCodecContext:
    """One that allocates no picture above the largest size."""
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    context.thread_type = "NONE"
    context.options = {"max_pixels": str(LARGEST_WIDTH * LARGEST_HEIGHT)}
    return context


def open_encoder(width: int, height: int) -> VideoCodecContext:
    """Pictures leave it in the order in which they are shown; parameter sets stand in front of key pictures."""
    context = av.CodecContext.create(_ENCODER, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = width, height
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, _TICKS)
    context.framerate = Fraction(25)
    context.gop_size = _KEY_EVERY
    context.thread_count = _THREADS
    preset = _PRESET_OF_LARGE if width * height > _LARGE else _PRESET
    context.options = {"preset": preset, "crf": _QUALITY, "x264-params": "bframes=0:log-level=none"}
    return context


def make(frames: Iterator[tuple[int, bytes]], out: BlockingWriter, locks: Sequence[str]) -> None:
    """Do one job, whose commands and access units come as frames. Raises Fault and msgspec.MsgspecError."""
    command = COMMANDS.decode(next(frames)[1])
    boxes: dict[int, list[tuple[int, Box]]] = {}
    work: _Work
    match command:
        case Track(job=job):
            work = _Tracking(job, out)
        case Make(job=job) if job.still_at_s is not None:
            work = _Still(job.still_at_s, job.masks, out)
        case Make(job=job):
            work = _Making(job, boxes, out)
        case _:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "no job", retryable=False)
    decoder = _Decoder()
    pictures = 0
    for kind, body in frames:
        if kind == ACCESS_UNIT:
            decoded = decoder.decode(unpack_access_unit(body))
        else:
            match COMMANDS.decode(body):
                case Boxes(first=first, pictures=lists):
                    boxes.update(enumerate(lists, first))
                    continue
                case NoMore():
                    decoded = decoder.finish()
                case _:
                    raise Fault(FaultCode.PROTOCOL_BROKEN, "two jobs", retryable=False)
        for frame in decoded:
            work.take(frame, pictures, (frame.pts or 0) / _NS)
            pictures += 1
        if kind != ACCESS_UNIT:
            break
    width, height = work.finish()
    made = Made(width=width, height=height, pictures=pictures, undecodable=decoder.undecodable, locks=sorted(locks))
    out.write(pack(made))


def _load_all() -> None:
    """Nothing can be loaded later."""
    cv2.setNumThreads(1)
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):
                importlib.import_module(module.name)
    _rehearse()


def _rehearse() -> None:
    """All steps once, for what libraries load when it is first used."""
    box = Box(0.2, 0.2, 0.5, 0.5)
    tracker = RegionTracker(Region((KeyBox(0.0, box), KeyBox(1.0, box))))
    noise = np.random.default_rng(1).integers(0, 255, (128, 128), np.uint8)
    for number in range(3):
        tracker.look(number, number / 2, noise)
    tracker.finish()
    strip = StampStrip(Stamp("x", 0.0), width=64, height=64)
    canvas = Canvas(VideoFrame(64, 64, "yuv444p"), width=64, height=64, rows=strip.rows)
    canvas.cover(box, Cover.MOSAIC)
    for shape in DrawnShape:
        canvas.draw(Drawing(shape=shape, from_s=0, until_s=1, x=0.2, y=0.4, to_x=0.7, to_y=0.8, text="x"))
    frame = canvas.under(strip.at(0.0))
    cv2.imencode(".png", frame.to_ndarray(format="bgr24"))
    open_encoder(64, 64).open()


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: ARG001 - called as all programs are
    """`python -m tmcwall.video.copying.process`; see `processes.copier_command`."""
    die_with_parent()
    lower_priority()
    av.logging.set_level(None)
    _load_all()
    out = BlockingWriter(_PIPE_OUT)
    locks = [str(lock) for lock in confine(keep={_PIPE_IN, _PIPE_OUT, _ERRORS})]
    try:
        make(read_frames(_PIPE_IN), out, locks)
    except Fault as fault:
        with suppress(OSError):
            out.write(pack(CopyFault(fault=fault.code, detail=fault.detail[:200])))
    except (OSError, StopIteration, MemoryError, msgspec.MsgspecError):
        pass  # the parent has gone, or sees by the end of our pipe that we have
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
