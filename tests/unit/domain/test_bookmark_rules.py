"""Ranges of bookmarks, and who may release the hold on footage."""

from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.bookmark import (
    LONGEST_CLIP,
    Bookmark,
    Range,
    check_range,
    range_around,
    range_between,
    release_hold,
)
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role

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


def test_only_a_supervisor_with_a_reason_releases_a_hold() -> None:
    bookmark = Bookmark("b", "cam", "Gendengan", NOW, NOW + timedelta(seconds=1), NOW, "12345678", case_id="c")
    supervisor = Officer("123456789", "Sri", Role.SUPERVISOR)
    assert not release_hold(bookmark, by=supervisor, reason="perkara selesai").held
    with pytest.raises(DomainError) as without_reason:
        release_hold(bookmark, by=supervisor, reason=" ")
    with pytest.raises(DomainError) as operator:
        release_hold(bookmark, by=Officer("12345678", "Budi", Role.OPERATOR), reason="penuh")
    assert (without_reason.value.code, operator.value.code) == (DomainCode.FIELD_MISSING, DomainCode.NOT_ALLOWED)
