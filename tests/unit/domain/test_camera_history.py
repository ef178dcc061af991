"""What is written down of a camera's states, and the uptime that follows from it."""

from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState
from tmcwall.domain.history import CameraState, Diary, HealthChange, Uptime, camera_state, clock_is_off, uptime

START = datetime(2026, 3, 1, tzinfo=UTC)
WORKING, LOST, UNKNOWN, UNSTABLE = CameraState.WORKING, CameraState.LOST, CameraState.UNKNOWN, CameraState.UNSTABLE


class Day:
    """A diary that is asked every second."""

    def __init__(self):
        self.diary = Diary("c1")
        self.seconds = 0
        self.changes = []

    def passes(self, state, *, seconds, cause=None):
        for _ in range(seconds):
            self._note(self.diary.note(state, cause=cause, at=self.now, now_s=1000.0 + self.seconds))
            self.seconds += 1

    def ends(self):
        self._note(self.diary.close(at=self.now, now_s=1000.0 + self.seconds))

    def _note(self, change):
        if change is not None:
            self.changes.append(change)

    @property
    def now(self):
        return START + timedelta(seconds=self.seconds)

    def states(self):
        return [(change.state, (change.at - START).total_seconds()) for change in self.changes]

    def share(self):
        return uptime(self.changes, since=START, until=self.now).share


@pytest.fixture
def day():
    return Day()


def test_a_change_is_written_down_when_it_has_lasted_with_the_time_at_which_it_began(day):
    day.passes(WORKING, seconds=100)
    day.passes(LOST, seconds=60, cause=FaultCode.CONNECTION_LOST)
    day.passes(WORKING, seconds=100)
    assert day.states() == [(WORKING, 0), (LOST, 100), (WORKING, 160)]
    assert [change.cause for change in day.changes] == [None, FaultCode.CONNECTION_LOST, None]
    assert [(change.up_s, change.known_s) for change in day.changes] == [(0, 0), (100, 100), (0, 60)]


def test_a_dip_that_is_over_at_once_is_counted_and_not_written_down(day):
    day.passes(WORKING, seconds=97)
    day.passes(LOST, seconds=3)
    day.passes(WORKING, seconds=100)
    day.ends()
    assert day.states() == [(WORKING, 0), (UNKNOWN, 200)]
    assert (day.changes[-1].changes, day.changes[-1].up_s, day.changes[-1].known_s) == (2, 197, 200)


def test_a_link_that_comes_and_goes_for_half_an_hour_fills_few_rows_and_does_not_hide(day):
    """R34"""
    day.passes(WORKING, seconds=600)
    for _ in range(180):
        day.passes(LOST, seconds=5)
        day.passes(WORKING, seconds=5)
    day.passes(WORKING, seconds=595)
    day.ends()
    assert len(day.changes) < 15
    assert {change.state for change in day.changes} == {WORKING, UNSTABLE, UNKNOWN}
    assert sum(change.changes for change in day.changes) == pytest.approx(360, abs=2)
    unstable = next(change for change in day.changes if change.state is UNSTABLE)
    assert (unstable.at - START).total_seconds() < 640
    assert day.changes[-2].state is WORKING
    assert day.changes[-2].at == START + timedelta(seconds=2395)
    assert day.share() == pytest.approx((600 + 900 + 595) / (600 + 1800 + 595), abs=0.01)


def test_a_camera_that_dies_after_it_was_unstable_is_lost_since_it_died(day):
    for _ in range(20):
        day.passes(WORKING, seconds=10)
        day.passes(LOST, seconds=10)
    day.passes(LOST, seconds=600)
    assert day.states()[-1] == (LOST, 390)


def test_a_camera_that_changes_every_few_minutes_is_written_down_each_time(day):
    for _ in range(10):
        day.passes(WORKING, seconds=180)
        day.passes(LOST, seconds=180)
    assert len(day.changes) == 20


def test_the_rows_of_a_day_are_bounded_whatever_the_link_does(day):
    for second in range(0, 86_400, 24):
        day.passes((WORKING, LOST)[second // 24 % 2], seconds=24)
    assert len(day.changes) < 24 * 12 + 10


def test_another_cause_of_the_same_state_is_no_change(day):
    for cause in (FaultCode.CONNECTION_REFUSED, FaultCode.NO_ANSWER) * 10:
        day.passes(LOST, seconds=30, cause=cause)
    assert len(day.changes) == 1


def test_a_camera_that_nobody_looks_at_has_no_history(day):
    day.passes(UNKNOWN, seconds=100)
    day.ends()
    assert day.changes == []


@pytest.mark.parametrize(
    ("tile", "camera"),
    [
        (TileState.LIVE, WORKING),
        (TileState.REDUCED, WORKING),
        (TileState.STALE, LOST),
        (TileState.PAUSED, UNKNOWN),
        (TileState.CONNECTING, UNKNOWN),
        (TileState.QUARANTINED, UNKNOWN),
        (TileState.MOVED, CameraState.MOVED),
    ],
)
def test_what_the_workstation_chose_is_not_the_cameras_health(tile, camera):
    assert camera_state(tile) is camera


def change(hours, state, *, up_h=0.0, known_h=0.0):
    return HealthChange("c1", START + timedelta(hours=hours), state, None, 1, up_h * 3600, known_h * 3600)


def test_uptime_is_of_the_time_in_which_it_is_known():
    changes = [change(0, WORKING), change(10, UNKNOWN, up_h=10, known_h=10), change(20, LOST)]
    found = uptime(changes, since=START, until=START + timedelta(hours=25))
    assert found == Uptime(10 * 3600, 15 * 3600)
    assert found.share == pytest.approx(10 / 15)


def test_a_state_that_began_before_the_range_and_goes_on_after_it_counts_within_it():
    changes = [change(-30, LOST), change(5, WORKING, known_h=35)]
    found = uptime(changes, since=START, until=START + timedelta(hours=10))
    assert found == Uptime(5 * 3600, 10 * 3600)


def test_where_nothing_is_known_there_is_no_uptime():
    assert uptime([], since=START, until=START + timedelta(days=1)).share is None


def test_a_clock_more_than_two_seconds_off_is_named():
    assert [clock_is_off(offset) for offset in (None, 1999, -2001, 7_200_000)] == [False, False, True, True]
