"""Boxes and their keys: what is allowed, and where a region is."""

import pytest

from tmcwall.domain.derived_copy import Box, KeyBox, Region

LEFT, RIGHT = Box(0.1, 0.2, 0.1, 0.1), Box(0.5, 0.4, 0.2, 0.1)


@pytest.mark.parametrize(
    "sides", [(-0.1, 0, 1, 1), (0, 1.1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 1.5), (float("nan"), 0, 1, 1)]
)
def test_a_box_outside_the_picture_is_refused(sides):
    with pytest.raises(ValueError, match="outside"):
        Box(*sides)


def test_between_two_boxes_lies_the_straight_line():
    middle = LEFT.towards(RIGHT, 0.5)
    assert (middle.x, middle.y, middle.width) == pytest.approx((0.3, 0.3, 0.15))
    assert (LEFT.towards(RIGHT, 0), LEFT.towards(RIGHT, 1)) == (LEFT, RIGHT)


def test_a_region_lasts_from_its_first_key_to_its_last():
    first, last = KeyBox(1.0, LEFT), KeyBox(3.0, RIGHT)
    region = Region((first, last))
    assert region.between(0.99) is None
    assert region.between(1.0) == (first, last)
    assert region.between(2.5) == (first, last)
    assert region.between(3.0) == (last, last)
    assert region.between(3.01) is None


@pytest.mark.parametrize("times", [(), (1.0, 1.0), (2.0, 1.0)])
def test_keys_out_of_order_are_refused(times):
    with pytest.raises(ValueError, match="order"):
        Region(tuple(KeyBox(at_s, LEFT) for at_s in times))
