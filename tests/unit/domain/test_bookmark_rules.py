"""Ranges of bookmarks, and who may release the hold on footage."""

from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.bookmark import (
    LONGEST_CLIP,
    Range,
    check_range,
    range_around,
    range_between,
)
from tmcwall.domain.fault import DomainCode, DomainError

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)


def test_one_key_press_keeps_half_a_minute_before_and_after() -> None:
    assert range_around(NOW) == Range(NOW - timedelta(seconds=30), NOW + timedelta(seconds=30))


def test_in_and_out_marks_may_come_in_either_order() -> None:
    later = NOW + timedelta(minutes=2)
    assert range_between(later, NOW, pre_roll_s=5, post_roll_s=0) == Range(NOW - timedelta(seconds=5), later)


def test_an_empty_range_and_one_that_is_too_long_are_refused() -> None:
    with pytest.raises(DomainError) as empty:
        range_between(NOW, NOW, pre_roll_s=0, post_roll_s=0)
    with pytest.raises(DomainError) as backwards:
        check_range(Range(NOW, NOW - timedelta(seconds=1)))
    with pytest.raises(DomainError) as long:
        check_range(Range(NOW, NOW + LONGEST_CLIP + timedelta(seconds=1)))
    assert [error.value.code for error in (empty, backwards, long)] == [
        DomainCode.RANGE_EMPTY, DomainCode.RANGE_EMPTY, DomainCode.RANGE_TOO_LONG,
    ]  # fmt: skip
