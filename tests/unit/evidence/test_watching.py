"""A redacted copy has been watched when all of it was seen, whatever the order, and not too fast."""

import pytest

from tmcwall.evidence.redaction import Watching


def watch(watching: Watching, begin_s: float, end_s: float, *, speed: float = 1.0) -> None:
    for number in range(round(begin_s * 25), round(end_s * 25) + 1):
        watching.saw(number / 25, speed=speed)


def test_from_the_first_to_the_last_picture_is_complete():
    watching = Watching(10.0)
    watch(watching, 0, 10)
    assert watching.is_complete


def test_nothing_seen_is_not_complete():
    assert not Watching(10.0).is_complete


@pytest.mark.parametrize(("begin_s", "end_s"), [(0, 9), (1, 10), (3, 4)])
def test_a_part_is_not_complete(begin_s, end_s):
    watching = Watching(10.0)
    watch(watching, begin_s, end_s)
    assert not watching.is_complete


def test_a_second_that_was_jumped_over_is_missing_until_it_is_seen():
    watching = Watching(10.0)
    watch(watching, 0, 4)
    watch(watching, 5, 10)
    assert not watching.is_complete
    watch(watching, 4, 5)
    assert watching.is_complete


def test_parts_may_be_seen_in_any_order():
    watching = Watching(10.0)
    watch(watching, 6, 10)
    watch(watching, 0, 7)
    assert watching.is_complete


@pytest.mark.parametrize(("speed", "counts"), [(2.0, True), (4.0, False), (0.0, False)])
def test_what_goes_by_too_fast_or_stands_still_is_not_seen(speed, counts):
    watching = Watching(10.0)
    watch(watching, 0, 10, speed=speed)
    assert watching.is_complete is counts
