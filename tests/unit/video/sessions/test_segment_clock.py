"""The times of pictures that come by the segment, where the camera's own are not true."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from tmcwall.containers.track import CLOCK_RATE
from tmcwall.video.sessions.segment_clock import SegmentClock

NS = 1_000_000_000
RATE = 25
SEGMENT_S = 2
PICTURES = RATE * SEGMENT_S


def played(
    own: Callable[[int], int],
    *,
    segments: int = 20,
    listed_s: float = SEGMENT_S,
    waited: bool = True,
    late_s: Callable[[int], float] = lambda _segment: 0.0,
) -> tuple[SegmentClock, list[int]]:
    """Segments of two seconds whose pictures have those times of their own; and the times they are given."""
    clock, times = SegmentClock(), []
    for segment in range(segments):
        came_ns = round((segment * SEGMENT_S + late_s(segment)) * NS)
        first = segment * PICTURES
        clock.begin(own(first), listed_s=listed_s, follows=True, came_ns=came_ns if waited else None)
        times += [clock.place(own(number)) for number in range(first, first + PICTURES)]
    return clock, times


def rate_of(times: list[int]) -> float:
    """Seconds of these by seconds that went by, over the second half."""
    half = times[len(times) // 2 :]
    return (half[-1] - half[0]) / CLOCK_RATE / ((len(half) - 1) / RATE)


def at(speed: float) -> Callable[[int], int]:
    return lambda number: round(number * CLOCK_RATE / RATE * speed)


def test_true_times_are_left_as_they_are():
    clock, times = played(at(1.0), late_s=lambda segment: segment % 2)
    assert times == [number * 3600 for number in range(1000)]
    assert not clock.is_correcting


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.8, 1.3, 2.0, 10.0])
def test_times_that_run_too_fast_or_too_slow_are_brought_back_to_the_time_that_goes_by(speed: float):
    clock, times = played(at(speed))
    assert rate_of(times) == pytest.approx(1.0, abs=0.02)
    assert times == sorted(times)
    assert clock.is_correcting


@pytest.mark.parametrize("listed_s", [1.0, 10.0])
def test_a_playlist_that_lies_is_not_believed_against_the_arrival(listed_s: float):
    _, times = played(at(2.0), listed_s=listed_s, segments=60)
    assert rate_of(times) == pytest.approx(1.0, abs=0.02)


def test_lengths_that_are_rounded_change_nothing_where_segments_come_as_fast_as_their_times_say():
    _, times = played(at(1.0), listed_s=2.5, segments=40)
    assert rate_of(times) == pytest.approx(1.0, abs=0.02)


def test_of_what_lies_there_already_only_a_large_difference_to_the_playlist_counts():
    assert rate_of(played(at(2.0), waited=False)[1]) == pytest.approx(1.0, abs=0.02)
    assert rate_of(played(at(1.2), waited=False)[1]) == pytest.approx(1.2, abs=0.02)


def test_times_that_start_over_with_each_segment_go_on():
    clock, times = played(lambda number: number % PICTURES * 3600)
    later = times[3 * PICTURES :]
    assert [after - before for before, after in pairwise(later)] == [3600] * (len(later) - 1)
    assert clock.is_correcting


def test_a_camera_that_starts_over_once_begins_anew():
    _, times = played(lambda number: number * 3600 if number < 10 * PICTURES else (number - 10 * PICTURES) * 3600)
    assert times[10 * PICTURES :] == [number * 3600 for number in range(10 * PICTURES)]


def test_behind_a_gap_times_are_compared_anew_and_the_correction_stays():
    clock, _ = played(at(2.0))
    clock.begin(at(2.0)(40 * PICTURES), listed_s=SEGMENT_S, follows=False, came_ns=80 * NS)
    assert clock.factor == pytest.approx(0.5, abs=0.02)
