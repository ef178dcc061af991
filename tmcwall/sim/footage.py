"""Footage: a coded loop of H.264 pictures, written by libx264 and read from any file FFmpeg can open."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.bitstream import BitStreamFilterContext
from av.error import FFmpegError
from av.video.stream import VideoStream

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.h264 import nal_units

Bgr = npt.NDArray[np.uint8]
"""A picture, shape (height, width, 3), blue first."""

CLOCK_RATE: Final = 90_000
_SPS, _PPS, _AUD = 7, 8, 9


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture without parameter sets. `offset` is its time within the loop, in 1/90000 s."""

    nals: tuple[bytes, ...]
    key: bool
    offset: int


@dataclass(frozen=True, slots=True)
class Footage:
    """A loop that starts with a key frame. Pictures in coding order; `duration` in 1/90000 s."""

    pictures: tuple[Picture, ...]
    sps: bytes
    pps: bytes
    frame_rate: float
    duration: int
    width: int
    height: int


def read_footage(path: Path) -> Footage:
    """The H.264 stream of a file, not decoded. Raises Fault(FILE_UNREADABLE, NO_VIDEO or CODEC_UNSUPPORTED)."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise Fault(FaultCode.NO_VIDEO, path.name, retryable=False)
            stream = container.streams.video[0]
            if stream.codec_context.name != "h264":
                raise Fault(FaultCode.CODEC_UNSUPPORTED, stream.codec_context.name, retryable=False)
            rate = stream.average_rate or stream.guessed_rate or Fraction(25)
            size = (stream.codec_context.width, stream.codec_context.height)
            units = _read_units(stream, rate)
    except (FFmpegError, OSError) as error:
        raise Fault(FaultCode.FILE_UNREADABLE, path.name, retryable=False) from error
    return _assemble(units, rate, size, path.name)


def write_footage(
    path: Path, pictures: Iterable[Bgr], *, frame_rate: int, gop: int, bit_rate: int, preset: str
) -> None:
    """Code pictures into an MP4 file that appears whole or not at all. `bit_rate` in bit/s is the upper bound."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {
        "preset": preset,
        "crf": "25",
        "maxrate": str(bit_rate),
        "bufsize": str(bit_rate),
        "g": str(gop),
        "keyint_min": str(gop),
        "sc_threshold": "0",
        "bf": "0",
    }
    try:
        with av.open(str(temporary), "w", format="mp4") as container:
            stream: VideoStream | None = None
            for index, picture in enumerate(pictures):
                if stream is None:
                    stream = container.add_stream("libx264", rate=frame_rate, options=options)
                    stream.height, stream.width = picture.shape[:2]
                    stream.pix_fmt = "yuv420p"
                    stream.codec_context.thread_count = 1
                planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
                frame = av.VideoFrame.from_ndarray(np.asarray(planes, np.uint8), format="yuv420p")
                frame.pts = index
                frame.time_base = Fraction(1, frame_rate)
                container.mux(stream.encode(frame))
            if stream is not None:
                container.mux(stream.encode(None))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read_units(stream: VideoStream, rate: Fraction) -> list[tuple[int, list[bytes]]]:
    """Presentation time in 1/90000 s and NAL units of each picture, in coding order."""
    extradata = stream.codec_context.extradata or b""
    length_prefixed = extradata[:1] == b"\x01"
    converter = BitStreamFilterContext("h264_mp4toannexb", stream) if length_prefixed else None
    units: list[tuple[int, list[bytes]]] = []
    container = stream.container
    assert isinstance(container, av.container.InputContainer)
    for packet in container.demux(stream):
        converted = converter.filter(packet if packet.size else None) if converter is not None else [packet]
        for part in converted:
            if not part.size:
                continue
            tick = len(units) * CLOCK_RATE / rate
            time = part.pts * part.time_base * CLOCK_RATE if part.pts is not None and part.time_base else tick
            units.append((round(time), nal_units(bytes(part))))
    if units and not length_prefixed:
        units[0] = (units[0][0], [*nal_units(extradata), *units[0][1]])
    return units


def _assemble(
    units: list[tuple[int, list[bytes]]], rate: Fraction, size: tuple[int, int], name: str
) -> Footage:  # fmt: skip
    sps = pps = b""
    start: int | None = None
    pictures: list[Picture] = []
    for time, nals in units:
        for nal in nals:
            sps = nal if nal[0] & 0x1F == _SPS else sps
            pps = nal if nal[0] & 0x1F == _PPS else pps
        coded = tuple(nal for nal in nals if nal[0] & 0x1F not in (_SPS, _PPS, _AUD))
        key = any(nal[0] & 0x1F == 5 for nal in coded)
        if start is None and key:
            start = time
        if start is not None and coded:
            pictures.append(Picture(coded, key, time - start))
    if not pictures or not sps or not pps:
        raise Fault(FaultCode.FILE_UNREADABLE, name, retryable=False)
    duration = round(len(pictures) * CLOCK_RATE / rate)
    return Footage(tuple(pictures), sps, pps, float(rate), duration, size[0], size[1])
