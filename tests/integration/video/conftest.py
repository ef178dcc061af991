from fractions import Fraction

import av
import numpy as np
import pytest

from tmcwall.containers.annex_b import nal_units


def coded(pictures, *, key_every=10):
    """The NAL units of pictures given as arrays, shape (height, width, 3)."""
    context = av.CodecContext.create("libx264", "w")
    context.height, context.width = pictures[0].shape[:2]
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, 25)
    context.options = {"preset": "ultrafast", "tune": "zerolatency"}
    context.options["x264-params"] = f"keyint={key_every}:scenecut=0:aud=1"
    packets = []
    for number, pixels in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return [nal_units(bytes(packet)) for packet in packets]


def moving_bar(*, width, height, count=50):
    pictures = []
    for number in range(count):
        pixels = np.full((height, width, 3), 40, np.uint8)
        pixels[:, number * 3 : number * 3 + 20] = 200
        pictures.append(pixels)
    return pictures


@pytest.fixture(scope="session")
def film():
    """The NAL units of fifty real pictures, a key frame every ten."""
    return coded(moving_bar(width=320, height=180))


@pytest.fixture(scope="session")
def small_film():
    return coded(moving_bar(width=160, height=96))


@pytest.fixture(scope="session")
def black_film():
    return coded([np.zeros((180, 320, 3), np.uint8)] * 20)
