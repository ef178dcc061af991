"""Short films in the containers that cameras on the web use, made by FFmpeg's own multiplexers."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

RATE = 25
WIDTH, HEIGHT = 160, 96
ENCODERS = {"h264": "libx264", "hevc": "libx265"}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def film(container: str, *, codec: str = "h264", pictures: int = 50, gop: int = 25, between: int = 0) -> bytes:
    """A moving bar with a key frame every `gop` pictures and `between` pictures coded from both sides."""
    file = io.BytesIO()
    options = dict(FRAGMENTED) if container == "mp4" else {}
    with av.open(file, "w", format=container, options=options) as out:
        _write(out, codec, pictures, gop, between)
    return file.getvalue()


def hls(
    folder: Path, *, codec: str = "h264", pictures: int = 100, gop: int = 25, fragments: bool = False, between: int = 0
) -> Path:
    """A folder with `index.m3u8` that has ended, a segment a GOP."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {"hls_time": f"{gop / RATE}", "hls_list_size": "0", "hls_playlist_type": "vod"}
    if fragments:
        options["hls_segment_type"] = "fmp4"
    with av.open(str(folder / "index.m3u8"), "w", format="hls", options=options) as out:
        _write(out, codec, pictures, gop, between)
    return folder


@cache
def _pictures(count: int) -> list[np.ndarray]:
    pictures = []
    for number in range(count):
        pixels = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
        left = number * 3 % (WIDTH - 20)
        pixels[:, left : left + 20] = 200
        pictures.append(pixels)
    return pictures


def _write(out: av.container.OutputContainer, codec: str, count: int, gop: int, between: int) -> None:
    options = {"preset": "ultrafast"}
    if codec == "h264":
        options["x264-params"] = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={between}:b-adapt=0"
    else:
        options["x265-params"] = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={between}:b-adapt=0:log-level=error"
        options["x265-params"] += ":pools=1:frame-threads=1:open-gop=0"
    stream = out.add_stream(ENCODERS[codec], rate=RATE, options=options)
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.time_base = Fraction(1, RATE)
    for number, pixels in enumerate(_pictures(count)):
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts = number
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
