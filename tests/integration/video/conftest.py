from fractions import Fraction

import av
import numpy as np
import pytest

from tmcwall.rtsp.h264 import nal_units


@pytest.fixture(scope="session")
def film():
    """The NAL units of fifty real pictures, a key frame every ten."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 320, 180, "yuv420p"
    context.time_base = Fraction(1, 25)
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "keyint=10:scenecut=0:aud=1"}
    packets = []
    for number in range(50):
        pixels = np.full((180, 320, 3), 40, np.uint8)
        pixels[:, number * 6 : number * 6 + 20] = 200
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    return [nal_units(bytes(packet)) for packet in packets]
