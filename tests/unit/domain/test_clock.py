"""Times from outside, in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tmcwall.domain.clock import EARLIEST, LATEST, SystemClock, in_utc, plausible


def test_a_time_from_outside_is_kept_in_utc():
    assert in_utc(datetime.fromisoformat("2025-03-28T14:03:22+07:00")) == datetime(2025, 3, 28, 7, 3, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+07:00",
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-07:00",
        "9999-12-31T20:00:00Z",
    ],
)
def test_a_time_that_no_clock_shows_is_refused(text):
    with pytest.raises(ValueError, match="a year from 1970 to 2199"):
        in_utc(datetime.fromisoformat(text))


@pytest.mark.parametrize("hours", [-23, 23])
def test_the_first_and_the_last_moment_that_are_taken_can_be_shown_everywhere(hours):
    zone = timezone(timedelta(hours=hours))
    for moment in (EARLIEST, LATEST - timedelta(microseconds=1)):
        assert in_utc(moment.astimezone(zone)).astimezone(zone) == moment


def test_ages_never_go_back():
    clock = SystemClock()
    first_ns = clock.monotonic_ns()
    assert clock.monotonic_ns() >= first_ns


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T20:00:00-12:00"])
def test_of_a_time_that_nobody_takes_the_nearest_is_one_that_everybody_takes(text):
    moment = plausible(datetime.fromisoformat(text))
    assert in_utc(moment) == moment
    assert moment in {EARLIEST, LATEST - timedelta(microseconds=1)}
