"""Guessing passwords takes longer and longer; an officer who mistypes is never kept out of a shift."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.sign_in_delay import AT_ONCE, FORGOTTEN_AFTER, LONGEST_WAIT, Attempts, remaining_wait, with_attempt

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)


def after_attempts(count: int) -> Attempts | None:
    attempts = None
    for _ in range(count):
        attempts = with_attempt(attempts, now=NOW)
    return attempts


def test_the_first_three_wrong_passwords_cost_no_wait() -> None:
    assert [remaining_wait(after_attempts(count), now=NOW) for count in range(AT_ONCE)] == [timedelta()] * AT_ONCE


def test_after_that_the_wait_doubles_up_to_a_minute() -> None:
    waits = [remaining_wait(after_attempts(count), now=NOW).total_seconds() for count in range(3, 12)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]


@given(count=st.integers(0, 10**6), elapsed_s=st.integers(-(10**6), 10**6))
def test_nobody_ever_waits_longer_than_a_minute(count: int, elapsed_s: int) -> None:
    wait = remaining_wait(Attempts(count, NOW), now=NOW + timedelta(seconds=elapsed_s))
    assert timedelta() <= wait <= LONGEST_WAIT


def test_the_wait_passes() -> None:
    attempts = after_attempts(5)
    assert remaining_wait(attempts, now=NOW + timedelta(seconds=3)) == timedelta(seconds=5)
    assert remaining_wait(attempts, now=NOW + timedelta(seconds=8)) == timedelta()


def test_after_a_day_without_attempts_they_are_counted_anew() -> None:
    assert with_attempt(after_attempts(9), now=NOW + FORGOTTEN_AFTER + timedelta(seconds=1)).count == 1
