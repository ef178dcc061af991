from itertools import pairwise
from pathlib import Path

import pytest

from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.ipc.timeline import NS, TimedUnit, Timeline
from tmcwall.video.recording.footage import RecordedUnit
from tmcwall.video.recording.sample_times import SampleTimes, untrue_runs
from tmcwall.video.recording.segments import IndexEntry, Segment, SegmentHeader

MS = 1_000_000
UTC_NS = 1_700_000_000 * NS


def segment(*, clock_rate=90_000, paced=False):
    header = SegmentHeader(
        camera="simpang-5", profile="main", codec="h264", clock_rate=clock_rate, parameter_sets=[], paced=paced
    )
    return Segment(Path("one.h264"), header, 0, 0, 0)


def recorded(pictures, within=None, *, run=1):
    """Access units of pictures, each with its RTP time and its arrival in milliseconds."""
    return [
        RecordedUnit(within or segment(), IndexEntry(0, 1, 0, run, False, UTC_NS + at * MS, at * MS, rtp))
        for rtp, at in pictures
    ]


def times_s(units):
    times = SampleTimes(untrue_runs(units))
    return [times.of(unit) / unit.segment.header.clock_rate for unit in units]


@pytest.mark.parametrize("seconds", [3, 20, 300])
@pytest.mark.parametrize("interval_ms", [80, 20, 43], ids=["half as many", "twice as many", "7 % fewer"])
def test_a_clip_of_a_camera_whose_times_are_not_those_of_its_pictures_lasts_as_long_as_they_took(interval_ms, seconds):
    count = seconds * 1000 // interval_ms
    units = recorded([(number * 3600, number * interval_ms + number * 7 % 13) for number in range(count)])
    assert untrue_runs(units) == {1}
    assert times_s(units)[-1] == pytest.approx(count * interval_ms / 1000, rel=0.02, abs=0.1)


@pytest.mark.parametrize(
    ("clock_rate", "ticks"), [(1000, 7200), (8000, 7200), (90_000, 80), (90_000, 0)],
    ids=["1000 said", "8000 said", "milliseconds", "still"],
)  # fmt: skip
def test_whatever_the_times_are_a_clip_lasts_as_long_as_its_pictures_took(clock_rate, ticks):
    units = recorded([(number * ticks, number * 80) for number in range(250)], segment(clock_rate=clock_rate))
    times = times_s(units)
    assert times[-1] == pytest.approx(249 * 0.08, rel=0.02)
    assert all(later > earlier for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    "late_ms",
    [lambda n: n * 7919 % 41, lambda n: max(0, 2000 - n % 250 * 40), lambda n: 0 if n < 200 else 1500,
     lambda n: n * 40 // 5000, lambda n: max(0, 1000 - n * 20)],
    ids=["jitter", "stalls with bursts", "one change of the delay", "200 ppm", "old pictures first"],
)  # fmt: skip
def test_where_the_network_is_to_blame_pictures_keep_the_times_of_their_camera(late_ms):
    units = recorded([(number * 3600, number * 40 + late_ms(number)) for number in range(500)])
    assert untrue_runs(units) == frozenset()
    assert {round(later - earlier, 6) for earlier, later in pairwise(times_s(units))} == {0.04}


def test_what_was_let_go_at_its_own_pace_keeps_its_times():
    units = recorded([(number * 3600, number * 36) for number in range(500)], segment(paced=True))
    assert untrue_runs(units) == frozenset()


def test_a_clip_of_segments_whose_times_are_half_as_long_as_they_took_lasts_as_long_as_they_took():
    """Two seconds of pictures for every four: they are shown, then the next segment is waited for."""
    half = [(number * 3600, number // 50 * 4000 + number % 50 * 40) for number in range(500)]
    units = recorded(half, segment(paced=True))
    assert times_s(units)[-1] == pytest.approx(half[-1][1] / 1000, rel=0.02)


def test_a_clip_over_the_moment_of_finding_out_lasts_as_long_as_its_pictures_took():
    """Ten minutes are right, then the camera sends half as many pictures under the same times."""
    timeline = Timeline(90_000)
    pictures = [(number * 3600, number * 40 if number < 500 else 20_000 + (number - 500) * 80) for number in range(900)]
    units = [recorded_from(timeline.timed(AccessUnit(b"", rtp, False, False, 0, 0, False), at * MS))
             for rtp, at in pictures]  # fmt: skip
    assert units[500].entry.by_arrival is False
    assert units[-1].entry.by_arrival is True
    assert times_s(units)[-1] == pytest.approx(pictures[-1][1] / 1000, rel=0.02)


def after_half(pictures_before):
    """Twenty seconds are right, then half as many pictures come; split where a clip ends."""
    timeline = Timeline(90_000)
    pictures = [(number * 3600, number * 40 if number < 500 else 20_000 + (number - 500) * 80) for number in range(900)]
    units = [recorded_from(timeline.timed(AccessUnit(b"", rtp, False, False, 0, 0, False), at * MS))
             for rtp, at in pictures]  # fmt: skip
    return units[:pictures_before], units[pictures_before:]


def test_what_is_found_out_just_after_a_clip_counts_only_where_its_own_times_are_wrong():
    before, later = after_half(500)
    assert untrue_runs(before, later) == frozenset()
    over_the_change, later = after_half(560)
    assert not any(unit.entry.by_arrival for unit in over_the_change)
    assert len(untrue_runs(over_the_change, later)) == 1


def recorded_from(unit: TimedUnit):
    entry = IndexEntry(
        0, 1, 0, unit.run, unit.key, UTC_NS + unit.arrival_ns, unit.arrival_ns, unit.rtp, by_arrival=unit.by_arrival
    )
    return RecordedUnit(segment(), entry)


def test_a_new_run_begins_where_it_arrived_whichever_clock_the_one_before_had():
    slow = [(number * 3600, number * 80) for number in range(100)]
    later = [(7 + number * 3600, 10_000 + number * 40) for number in range(100)]
    times = times_s(recorded(slow, run=1) + recorded(later, run=2))
    assert times[99] == pytest.approx(99 * 0.08, abs=0.1)
    assert times[100] == pytest.approx(10, abs=0.001)
    assert times[-1] == pytest.approx(10 + 99 * 0.04, abs=0.001)
