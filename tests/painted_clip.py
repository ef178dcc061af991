"""Clips of painted pictures, coded as a camera would and written as the recorder writes them; and pictures of clips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from tmcwall.containers.annex_b import nal_units
from tmcwall.containers.decoder_configuration import parameter_sets_of
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat

FPS = 25
_TICKS = 90_000
Grey = npt.NDArray[np.uint8]


def write_clip(path: Path, pictures: Iterable[Grey], *, codec: str = "h264", gop: int = 25) -> Path:
    """Pictures of brightness, shape (height, width) with even sides, 40 ms apart."""
    encoder: VideoCodecContext | None = None
    writer: Mp4Writer | None = None
    with path.open("wb") as file:

        def write(packets):
            nonlocal writer
            for packet in packets:
                data = bytes(packet)
                if writer is None:
                    sets = tuple(parameter_sets_of(codec, nal_units(data)))
                    writer = Mp4Writer(file, VideoFormat(codec, encoder.width, encoder.height, _TICKS, sets))
                writer.write(data, pts=packet.pts * _TICKS // FPS, key=packet.is_keyframe)

        for number, grey in enumerate(pictures):
            if encoder is None:
                encoder = _encoder(codec, grey.shape[1], grey.shape[0], gop)
            colour = np.full((grey.shape[0] // 2, grey.shape[1]), 128, np.uint8)
            frame = VideoFrame.from_ndarray(np.concatenate([grey, colour]), format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            write(encoder.encode(frame))
        write(encoder.encode(None))
        writer.finish()
    return path


def _encoder(codec: str, width: int, height: int, gop: int) -> VideoCodecContext:
    encoder = av.CodecContext.create({"h264": "libx264", "hevc": "libx265"}[codec], "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, FPS)
    encoder.gop_size = gop
    encoder.thread_count = 1
    own = "x264-params" if codec == "h264" else "x265-params"
    quiet = "log-level=none" if codec == "h264" else "log-level=none:pools=1:frame-threads=1:repeat-headers=1"
    encoder.options = {"preset": "ultrafast", own: f"{quiet}:bframes=0", "crf": "18"}
    return encoder


def pictures_of(path: Path) -> Iterator[tuple[float, Grey]]:
    """Time and brightness of each picture, as a stock player shows it."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.time, np.asarray(frame.to_ndarray()[: frame.height], np.uint8)
