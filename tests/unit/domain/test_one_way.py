"""The indicator of local one-way traffic, by its exact rule."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.one_way import Comparison, OneWayRule, OneWayState, indicate, judge, parse_gate
from tmcwall.domain.traffic_count import CountedPlace, TrafficCount
from tmcwall.domain.traffic_count import hours as whole_hours

NOON = datetime(2025, 3, 28, 12, tzinfo=UTC)
ON, OFF, TOO_LITTLE = OneWayState
GATE = CountedPlace("KLK")


def quarter(minute: int, vehicles: int, *, period_min: int = 15, sent_s: int = 0) -> TrafficCount:
    starts_at = NOON + timedelta(minutes=minute)
    return TrafficCount(GATE, starts_at, period_min, vehicles, None, NOON + timedelta(hours=2, seconds=sent_s))


@pytest.mark.parametrize(
    ("counted", "state"),
    [
        ((3000, 3000, 3000), ON),
        ((3000, 2999, 3100), OFF),
        ((3000, None, 3100), TOO_LITTLE),
        ((None, None, None), TOO_LITTLE),
        ((3000, 3000), TOO_LITTLE),
        ((0, 0, 4000), ON),
        ((None, 4000, None), ON),
        ((0, 0, 3999), OFF),
        ((0, 3000, 3000, 3000), ON),
        ((4000, 0, 0, 0), OFF),
    ],
)
def test_the_published_rule(counted: Sequence[int | None], state: OneWayState) -> None:
    assert judge(counted, OneWayRule()) is state


def test_the_thresholds_and_the_comparison_are_settings() -> None:
    above = OneWayRule(comparison=Comparison.EXCEEDS)
    assert [judge(counted, above) for counted in ((3000, 3000, 3000), (3001, 3001, 3001), (0, 0, 4000))] == [
        OFF, ON, OFF,
    ]  # fmt: skip
    assert judge((500, 500), OneWayRule(sustained=500, hours=2)) is ON


@pytest.mark.parametrize(
    ("sustained", "hours", "once"), [(3000, 0, 4000), (0, 3, 4000), (5000, 3, 4000), (1, 1, 99_999)]
)
def test_numbers_that_make_no_rule_are_refused(sustained: int, hours: int, once: int) -> None:
    with pytest.raises(DomainError) as refused:
        OneWayRule(sustained, hours, once)
    assert refused.value.code is DomainCode.FIELD_INVALID


def test_the_last_whole_hours_are_looked_at() -> None:
    counted = {NOON - timedelta(hours=back): 3000 + back for back in range(1, 5)}
    indication = indicate(counted, OneWayRule(), now=NOON + timedelta(minutes=59))
    assert (indication.state, indication.counted, indication.until) == (ON, (3003, 3002, 3001), NOON)


def test_a_counter_may_be_late_for_a_while_and_then_its_hour_is_missing() -> None:
    counted = {NOON - timedelta(hours=back): 3000 for back in range(2, 5)}
    assert indicate(counted, OneWayRule(), now=NOON + timedelta(minutes=14)).state is ON
    late = indicate(counted, OneWayRule(), now=NOON + timedelta(minutes=15))
    assert (late.state, late.counted) == (TOO_LITTLE, (3000, 3000, None))


def test_four_quarters_are_an_hour_and_three_are_none() -> None:
    quarters = [quarter(minute, 750) for minute in (0, 15, 30, 45)]
    assert whole_hours(quarters) == {NOON: 3000}
    assert whole_hours(quarters[:3]) == {}


def test_periods_of_different_length_are_not_added_up() -> None:
    mixed = [quarter(0, 750), quarter(15, 750), quarter(30, 1500, period_min=30)]
    assert whole_hours(mixed) == {}
    assert whole_hours([*mixed, quarter(0, 3100, period_min=60)]) == {NOON: 3100}


def test_a_period_that_came_twice_counts_once_as_it_was_sent_last() -> None:
    first, later = quarter(0, 10, period_min=60, sent_s=0), quarter(0, 12, period_min=60, sent_s=1)
    assert whole_hours([first, later]) == whole_hours([later, first]) == {NOON: 12}


def test_a_gate_is_written_with_its_own_rule_or_without_one() -> None:
    assert parse_gate("KLK") == ("KLK", OneWayRule())
    assert parse_gate("KLK > 2500 2 3500") == ("KLK", OneWayRule(2500, 2, 3500, Comparison.EXCEEDS))
    for wrong in ("", "KLK >=", "KLK => 1 2 3", "KLK > a 2 3", "KLK > 9 2 3"):
        with pytest.raises(DomainError):
            parse_gate(wrong)
