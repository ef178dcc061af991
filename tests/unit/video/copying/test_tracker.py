"""Where a region is between its keys."""

import numpy as np
import pytest

from tmcwall.domain.derived_copy import Box, KeyBox, Region
from tmcwall.video.copying.tracker import WIDTH_FOLLOWED, RegionTracker, small_luma

WIDTH, HEIGHT, SIDE = 320, 180, 30
THING = np.random.default_rng(3).integers(0, 255, (SIDE, SIDE), np.uint8)


def picture(x: int, y: int, *, plain: bool = False):
    luma = np.full((HEIGHT, WIDTH), 90, np.uint8)
    luma[y : y + SIDE, x : x + SIDE] = 91 if plain else THING
    return luma


def box(x: float, y: float) -> Box:
    return Box(x / WIDTH, y / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT)


def bent(number: int) -> tuple[int, int]:
    """There and back: at both ends the straight line is far from the turning point."""
    return 20 + 4 * number, 40 + 3 * min(number, 20 - number)


def followed(way, *, keys, count=21, plain=False) -> dict[int, Box]:
    region = Region(tuple(KeyBox(number / 10, box(*way(number))) for number in keys))
    tracker = RegionTracker(region)
    for number in range(count):
        tracker.look(number, number / 10, picture(*way(number), plain=plain))
    tracker.finish()
    return dict(tracker.boxes)


def holds(outer: Box, x: int, y: int) -> bool:
    return (
        outer.x * WIDTH <= x
        and outer.y * HEIGHT <= y
        and (outer.x + outer.width) * WIDTH >= x + SIDE
        and (outer.y + outer.height) * HEIGHT >= y + SIDE
    )


@pytest.mark.parametrize("keys", [(0, 20), (0, 10, 20), (0, 3, 20)])
def test_what_turns_between_two_keys_is_inside_of_the_box_in_every_picture(keys):
    boxes = followed(bent, keys=keys)
    assert list(boxes) == list(range(21))
    assert [number for number in boxes if not holds(boxes[number], *bent(number))] == []


def test_what_has_nothing_to_follow_is_covered_along_the_straight_line():
    boxes = followed(lambda number: (20 + 4 * number, 40), keys=(0, 20), plain=True)
    assert [number for number in boxes if not holds(boxes[number], 20 + 4 * number, 40)] == []


def test_what_stands_still_gets_a_box_with_a_margin_and_not_more():
    boxes = followed(lambda number: (100, 60), keys=(0, 20))
    for one in boxes.values():
        assert holds(one, 100, 60)
        assert one.width * WIDTH < SIDE * 1.5


def test_outside_of_its_keys_a_region_has_no_box():
    assert list(followed(bent, keys=(5, 9))) == [5, 6, 7, 8, 9]


def test_one_key_covers_one_picture():
    assert list(followed(bent, keys=(7,))) == [7]


def test_a_box_that_leaves_the_picture_stays_a_box():
    boxes = followed(lambda number: (290 - 14 * number, 150 - 7 * number), keys=(0, 20))
    assert all(one.x >= 0 and one.x + one.width <= 1.000001 for one in boxes.values())


def test_large_pictures_are_followed_smaller():
    assert small_luma(np.zeros((1080, 1920), np.uint8)).shape == (360, WIDTH_FOLLOWED)
    assert small_luma(np.zeros((180, 320), np.uint8)).shape == (180, 320)
