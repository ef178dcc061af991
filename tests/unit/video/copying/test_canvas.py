"""What is drawn into pictures of a copy."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from tmcwall.domain.derived_copy import Box, Cover, Drawing, DrawnShape, Stamp
from tmcwall.domain.station_zone import StationZone
from tmcwall.video.copying.canvas import Canvas, StampStrip, plain_letters, time_text

NOISE = np.random.default_rng(2).integers(0, 255, (144 * 3 // 2, 160), np.uint8)


def canvas(rows: int = 0) -> Canvas:
    return Canvas(VideoFrame.from_ndarray(NOISE, format="yuv420p"), width=160, height=144, rows=rows)


def planes(drawn: Canvas):
    data = drawn.under(np.zeros((0, 160), np.uint8)).to_ndarray()
    return data[:144], data[144:].reshape(2, 72, 80)


@pytest.mark.parametrize("box", [Box(0, 0, 1, 1), Box(0.31, 0.27, 0.013, 0.017), Box(0.95, 0.95, 0.5, 0.5)])
def test_one_colour_covers_all_of_the_box_and_little_beside_it(box):
    drawn = canvas()
    drawn.cover(box, Cover.SOLID)
    luma, chroma = planes(drawn)
    left, top = int(box.x * 160), int(box.y * 144)
    right, bottom = (
        min(160, int(np.ceil((box.x + box.width) * 160))),
        min(144, int(np.ceil((box.y + box.height) * 144))),
    )
    assert (luma[top:bottom, left:right] == 16).all()
    assert (chroma[:, top // 2 : (bottom + 1) // 2, left // 2 : (right + 1) // 2] == 128).all()
    changed = np.argwhere(luma != NOISE[:144])
    assert changed[:, 0].min() >= top - 1
    assert changed[:, 0].max() <= bottom
    assert changed[:, 1].min() >= left - 1
    assert changed[:, 1].max() <= right


@pytest.mark.parametrize("side", [0.1, 0.5, 1.0])
def test_squares_are_at_least_sixteen_pixels_and_at_most_eight_beside_each_other(side):
    drawn = canvas()
    drawn.cover(Box(0, 0, side, side), Cover.MOSAIC)
    luma, _ = planes(drawn)
    wide = int(160 * side)
    changes = np.flatnonzero(np.diff(luma[0, :wide].astype(int)))
    assert len(changes) <= 7
    assert all(step >= 16 for step in np.diff([-1, *changes]))


def test_the_strip_stands_above_the_picture_and_covers_nothing():
    strip = StampStrip(Stamp("SALINAN", 0.0), width=160, height=144)
    whole = canvas(strip.rows).under(strip.at(0.0)).to_ndarray()
    assert (whole[strip.rows : strip.rows + 144] == NOISE[:144]).all()
    assert whole[: strip.rows].max() > 150


def test_without_a_stamp_there_is_no_strip():
    assert StampStrip(None, width=160, height=144).rows == 0


def test_the_time_is_the_stations_with_its_zone():
    assert time_text(Stamp("", 1_796_000_400.0), 5.24) == "30-11-2026 08:00:05.24 WIB"
    assert time_text(Stamp("", 1_796_000_400.0, StationZone.WIT), 0) == "30-11-2026 10:00:00.00 WIT"


def test_letters_that_the_font_does_not_have_are_replaced():
    assert plain_letters("Jalan Café №7 市") == "Jalan Cafe No7 ?"


@pytest.mark.parametrize("width", [64, 320, 1920])
def test_long_words_are_made_smaller_until_they_fit(width):
    strip = StampStrip(
        Stamp("LP/B/123456/XI/2026/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH " * 2, 0.0), width=width, height=360
    )
    assert (strip.at(0.0)[:, -2:] == 16).all()


@pytest.mark.parametrize("shape", DrawnShape)
def test_an_annotation_is_white_with_a_black_edge_where_it_was_drawn(shape):
    drawn = canvas()
    drawn.luma[:] = 100
    drawn.draw(Drawing(shape=shape, from_s=0, until_s=1, x=0.25, y=0.5, to_x=0.75, to_y=0.75, text="pelaku"))
    assert {16, 235} <= set(np.unique(drawn.luma))
    assert (drawn.luma[:20] == 100).all(), "nothing is drawn elsewhere"
    if shape is DrawnShape.BOX:
        assert drawn.luma[round(0.6 * 143), round(0.25 * 159)] == 235
        assert drawn.luma[90, 80] == 100, "what is inside of it stays to be seen"


def test_long_words_of_an_annotation_stay_within_the_picture():
    drawn = canvas()
    drawn.luma[:] = 100
    words = Drawing(shape=DrawnShape.TEXT, from_s=0, until_s=1, x=0.99, y=0.0, to_x=0.99, to_y=0.0, text="pelaku " * 20)
    drawn.draw(words)
    assert (drawn.luma[:, -2:] == 100).all()
    assert (drawn.luma != 100).any()
