"""Short streams as libx264 and libx265 code them, for tests that look into coded pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from tmcwall.containers.annex_b import nal_units
from tmcwall.rtsp.codecs import H264, HEVC

_RATE = 25
_SIZE = (320, 192)


def _scene(number: int) -> VideoFrame:
    """Noise under a bar that goes to the right."""
    width, height = _SIZE
    noise = np.random.default_rng(7).integers(0, 255, (height * 3 // 2, width), np.uint8)
    noise[:height, 4 * number : 4 * number + 40] = 230
    frame = av.VideoFrame.from_ndarray(noise, format="yuv420p")
    frame.pts = number
    frame.time_base = Fraction(1, _RATE)
    return frame


@cache
def coded(codec: str, options: str, *, count: int = 12) -> tuple[tuple[bytes, ...], ...]:
    """The NAL units of each picture, in decoding order; `options` as the encoder's own, parted by colons."""
    encoder = av.CodecContext.create({H264: "libx264", HEVC: "libx265"}[codec], "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = _SIZE
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, _RATE)
    encoder.thread_count = 1
    own = {H264: "x264-params", HEVC: "x265-params"}[codec]
    quiet = "" if codec == H264 else "log-level=none:pools=1:frame-threads=1:repeat-headers=1:"
    encoder.options = {"preset": "ultrafast", own: f"{quiet}bframes=0:qp=30:{options}"}
    packets = [packet for number in range(count) for packet in encoder.encode(_scene(number))]
    packets += encoder.encode(None)
    return tuple(tuple(nal_units(bytes(packet))) for packet in packets)


def decoded(codec: str, units: Iterable[Sequence[bytes] | bytes]) -> list[bytes]:
    """The pictures of access units, as the decoder gives them out when nothing is hidden."""
    decoder = av.CodecContext.create(codec, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    frames: list[VideoFrame] = []
    for unit in units:
        payload = unit if isinstance(unit, bytes) else b"".join(b"\0\0\0\1" + nal for nal in unit)
        frames += decoder.decode(av.Packet(payload))
    frames += decoder.decode(None)
    return [frame.to_ndarray().tobytes() for frame in frames]
