"""A decoded picture reaches the window in its own colours: matrix, range, layout, odd sizes."""

import av
import numpy as np
import pytest

from tmcwall.video.decode.scaling import Scaler
from tmcwall.video.ipc.colour_conversion import BT601, BT709, FULL_RANGE, LARGEST_BLOCK, ColourConverter
from tmcwall.video.ipc.shared_frames import Planes

ORANGE = (30, 120, 220, 255)  # blue, green, red, alpha


def coded(colour, *, size, pixel_format, kb_kr=(0.114, 0.299), full=False, matrix=0):
    """A picture of one colour as a decoder hands it out."""
    width, height = size
    blue, green, red = (part / 255 for part in colour[:3])
    kb, kr = kb_kr
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    scale, base, chroma = (255, 0, 255) if full else (219, 16, 224)
    planes = (
        base + scale * luma,
        128 + chroma * (blue - luma) / (2 - 2 * kb),
        128 + chroma * (red - luma) / (2 - 2 * kr),
    )
    frame = av.VideoFrame(width, height, pixel_format)
    for plane, value in zip(frame.planes, planes, strict=True):
        plane.update(bytes([round(value)]) * plane.buffer_size)
    frame.colorspace = matrix
    frame.color_range = 2 if full else 1
    return frame


def painted(frame, width, height):
    """The tile's pixels, shape (height, width, 4), inside a border that must stay zero."""
    slot = np.full(Planes.of(width, height).size + 64, 77, np.uint8)
    colours = Scaler(width, height).convert(frame, slot.ctypes.data)
    assert (slot[-64:] == 77).all()
    return coloured(slot, width, height, colours=colours)


def coloured(slot, width, height, *, colours=BT601):
    window = np.zeros((height + 1, width + LARGEST_BLOCK, 4), np.uint8)
    colouring = ColourConverter()
    colouring.paint(slot.ctypes.data, (width, height), colours, target=window.ctypes.data, stride=window.strides[0])
    written = -(-width // colouring.block) * colouring.block
    assert window[:height, :width, 3].all()
    assert not window[height:].any()
    assert not window[:, written:].any()
    return window[:height, :width]


@pytest.mark.parametrize(
    ("look", "matrix_of"),
    [
        ({"pixel_format": "yuv420p", "matrix": BT601}, (0.114, 0.299)),
        ({"pixel_format": "yuv420p", "matrix": BT709}, (0.0722, 0.2126)),
        ({"pixel_format": "yuvj420p", "matrix": BT601, "full": True}, (0.114, 0.299)),
        ({"pixel_format": "yuv420p", "matrix": BT709, "full": True}, (0.0722, 0.2126)),
        ({"pixel_format": "yuv444p", "matrix": BT601}, (0.114, 0.299)),
        ({"pixel_format": "yuv422p", "matrix": 2}, (0.114, 0.299)),
    ],
)
@pytest.mark.parametrize("tile", [(320, 180), (160, 90), (152, 87)])
def test_a_colour_is_painted_as_the_camera_meant_it(look, matrix_of, tile):
    frame = coded(ORANGE, size=(320, 180), kb_kr=matrix_of, **look)
    assert np.abs(painted(frame, *tile).astype(int) - ORANGE).max() <= 4


def test_large_pictures_that_say_nothing_are_read_as_television_of_high_definition():
    frame = coded(ORANGE, size=(1280, 720), pixel_format="yuv420p", kb_kr=(0.0722, 0.2126), matrix=2)
    assert np.abs(painted(frame, 320, 180).astype(int) - ORANGE).max() <= 4


def test_colours_that_nobody_knows_are_painted_like_those_of_a_plain_camera():
    size = Planes.of(64, 36).size
    slot = np.random.default_rng(1).integers(16, 235, size, np.uint8)
    plain = coloured(slot, 64, 36)
    for colours in (-1, 1 << 62, FULL_RANGE << 1, 3):
        assert (coloured(slot, 64, 36, colours=colours) == plain).all()


@pytest.mark.parametrize("width", [*range(2, 140), 240, 384, 426, 1366])
def test_nothing_is_written_behind_the_last_block_of_a_row(width):
    coloured(np.full(Planes.of(width, 8).size, 128, np.uint8), width, 8)


def test_sizes_that_were_not_used_for_long_are_prepared_again():
    colouring = ColourConverter()
    slot = np.full(Planes.of(1600, 2).size, 128, np.uint8)
    window = np.zeros((2, 1600, 4), np.uint8)
    for width in (16, *range(32, 1600, 16), 16):
        window[:] = 0
        colouring.paint(slot.ctypes.data, (width, 2), BT601, target=window.ctypes.data, stride=6400)
        assert window[:, :width].all()
