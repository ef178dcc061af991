"""Footage: a coded loop of H.264 or H.265 pictures, written by libx264 and libx265, read from any file."""

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
import psutil
from av.bitstream import BitStreamFilterContext
from av.error import FFmpegError
from av.video.stream import VideoStream

from tmcwall.containers.annex_b import nal_units
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.private_files import make_private_file, make_private_folder
from tmcwall.rtsp.codecs import H264, HEVC, is_parameter_set
from tmcwall.rtsp.h265 import nal_kind

Bgr = npt.NDArray[np.uint8]
"""A picture, shape (height, width, 3), blue first."""

CLOCK_RATE: Final = 90_000
_IDR, _AUD = 5, 9
_HEVC_AUD: Final = 35
_IRAP: Final = range(16, 24)
_ENCODERS: Final = {H264: "libx264", HEVC: "libx265"}


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
    parameter_sets: tuple[bytes, ...]
    frame_rate: float
    duration: int
    width: int
    height: int
    codec: str = H264


def read_footage(path: Path) -> Footage:
    """The coded stream of a file, not decoded. Raises Fault(FILE_UNREADABLE, NO_VIDEO or CODEC_UNSUPPORTED)."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise Fault(FaultCode.NO_VIDEO, path.name, retryable=False)
            stream = container.streams.video[0]
            codec = stream.codec_context.name
            if codec not in _ENCODERS:
                raise Fault(FaultCode.CODEC_UNSUPPORTED, codec, retryable=False)
            rate = stream.average_rate or stream.guessed_rate or Fraction(25)
            size = (stream.codec_context.width, stream.codec_context.height)
            units = _read_units(stream, rate)
    except (FFmpegError, OSError) as error:
        raise Fault(FaultCode.FILE_UNREADABLE, path.name, retryable=False) from error
    return _assemble(units, rate, size, codec=codec, name=path.name)


def write_footage(
    path: Path,
    pictures: Iterable[Bgr],
    *,
    frame_rate: int,
    gop: int,
    bit_rate: int,
    preset: str,
    codec: str = H264,
    slices: int = 1,
    refreshes: bool = False,
) -> None:
    """Code pictures into an MP4 file that appears whole or not at all. `bit_rate` in bit/s is the upper bound.

    `refreshes`: they are built up bit by bit within each `gop`, and only the first is a key picture.

    A process that is killed meanwhile leaves a file that `remove_abandoned` knows.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    make_private_folder(path.parent)
    make_private_file(temporary)  # FFmpeg asks for no mode
    options = {
        "preset": preset,
        "crf": "25",
        "maxrate": str(bit_rate),
        "bufsize": str(bit_rate),
        "g": str(gop),
        "keyint_min": str(gop),
        "sc_threshold": "0",
        "bf": "0",
        "slices": str(slices),
    }
    if refreshes:
        options["intra-refresh"] = "1"
    if codec == HEVC:
        fixed = f"log-level=none:pools=1:keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0"
        options["x265-params"] = f"{fixed}:slices={slices}:intra-refresh={int(refreshes)}"
    try:
        with av.open(str(temporary), "w", format="mp4") as container:
            stream: VideoStream | None = None
            for index, picture in enumerate(pictures):
                if stream is None:
                    added = container.add_stream(_ENCODERS[codec], rate=frame_rate, options=options)
                    assert isinstance(added, VideoStream)
                    stream = added
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
        # Else a power cut may leave the new name on blocks that were never written.
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Remove what writers that live no longer left half made in this folder."""
    for temporary in folder.glob(".*.mp4.*"):
        writer = temporary.suffix.removeprefix(".")
        if writer.isdecimal() and not psutil.pid_exists(int(writer)):
            temporary.unlink(missing_ok=True)


def _read_units(stream: VideoStream, rate: Fraction) -> list[tuple[int, list[bytes]]]:
    """Presentation time in 1/90000 s and NAL units of each picture, in coding order."""
    extradata = stream.codec_context.extradata or b""
    length_prefixed = extradata[:1] == b"\x01"
    converter = BitStreamFilterContext(f"{stream.codec_context.name}_mp4toannexb", stream) if length_prefixed else None
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
    units: list[tuple[int, list[bytes]]], rate: Fraction, size: tuple[int, int], *, codec: str, name: str
) -> Footage:  # fmt: skip
    sets: dict[int, bytes] = {}
    start: int | None = None
    pictures: list[Picture] = []
    for time, nals in units:
        sets |= {nal_type(codec, nal): nal for nal in nals if is_parameter_set(codec, nal)}
        coded = tuple(nal for nal in nals if not is_parameter_set(codec, nal) and not _is_delimiter(codec, nal))
        key = any(_is_key(codec, nal) for nal in coded)
        if start is None and key:
            start = time
        if start is not None and coded:
            pictures.append(Picture(coded, key, time - start))
    if not pictures or len(sets) < (3 if codec == HEVC else 2):
        raise Fault(FaultCode.FILE_UNREADABLE, name, retryable=False)
    duration = round(len(pictures) * CLOCK_RATE / rate)
    ordered = tuple(sets[kind] for kind in sorted(sets))
    return Footage(tuple(pictures), ordered, float(rate), duration, size[0], size[1], codec)


def nal_type(codec: str, nal: bytes) -> int:
    return nal_kind(nal) if codec == HEVC else nal[0] & 0x1F


def _is_key(codec: str, nal: bytes) -> bool:
    return nal_type(codec, nal) in _IRAP if codec == HEVC else nal_type(codec, nal) == _IDR


def _is_delimiter(codec: str, nal: bytes) -> bool:
    return nal_type(codec, nal) == (_HEVC_AUD if codec == HEVC else _AUD)
