from itertools import pairwise

import pytest

from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.ipc.timeline import Timeline

MS = 1_000_000
FRAME = 3600


def places(timeline, delays_ms, *, start_rtp=0, start_ns=10**12):
    """Where pictures every 40 ms are placed that arrive with these delays."""
    return [
        timeline.place(start_rtp + number * FRAME, start_ns + (number * 40 + delay) * MS)
        for number, delay in enumerate(delays_ms)
    ]


def test_the_least_delayed_packet_sets_the_schedule():
    schedule = places(Timeline(90_000), [30, 5, 20, 80, 5])
    assert [(due - 10**12) // MS - number * 40 for number, due in enumerate(schedule)] == [30, 5, 5, 5, 5]


def test_a_backlog_shows_as_delay_against_the_schedule():
    timeline = Timeline(90_000)
    places(timeline, [0, 0, 0])
    assert timeline.place(3 * FRAME, 10**12 + 2120 * MS) == 10**12 + 120 * MS


def test_a_slow_camera_clock_is_followed_upwards():
    timeline = Timeline(90_000)
    timeline.place(0, 10**12)
    late = [timeline.place(number * FRAME, 10**12 + number * 40_010_000) for number in range(1, 2000)]
    assert 10**12 + 1999 * 40_010_000 - late[-1] < 3 * MS


@pytest.mark.parametrize("ppm", [500, -500])
def test_a_clock_that_drifts_by_500_ppm_for_half_an_hour_stays_one_run_without_delay(ppm):
    """R21"""
    timeline = Timeline(90_000)
    interval_ns = 40 * MS + 40 * ppm
    delays, runs = [], set()
    for number in range(45_000):
        arrival_ns = 10**12 + number * interval_ns
        delays.append(arrival_ns - timeline.place(number * FRAME, arrival_ns))
        runs.add(timeline.run)
    assert len(runs) == 1
    assert 0 <= max(delays) < 7 * MS


def test_a_camera_that_runs_later_than_it_began_is_followed_within_the_window():
    began_early = [0] * 5 + [120] * 300
    schedule = places(Timeline(90_000, window_s=10), began_early)
    offsets = [(due - 10**12) // MS - number * 40 for number, due in enumerate(schedule)]
    assert offsets[200] == 0
    assert offsets[260] == 120


def test_after_a_pause_longer_than_the_window_only_what_comes_now_counts():
    timeline = Timeline(90_000, window_s=10)
    places(timeline, [0] * 50)
    arrival = 10**12 + 20_090 * MS
    assert timeline.place(500 * FRAME, arrival) == arrival


def test_two_pictures_in_a_window_keep_the_least_delay_of_both():
    timeline = Timeline(90_000, window_s=10)
    timeline.place(0, 10**12)
    assert timeline.place(4 * 90_000, 10**12 + 4100 * MS) == 10**12 + 4000 * MS


def test_a_jump_of_the_camera_clock_begins_a_new_run():
    timeline = Timeline(90_000)
    places(timeline, [0, 0])
    first = timeline.run
    arrival = 10**12 + 80 * MS
    assert timeline.place(3600 * 90_000, arrival) == arrival
    assert timeline.run != first


def test_a_pause_of_the_stream_is_no_jump():
    timeline = Timeline(90_000)
    places(timeline, [0, 0])
    run = timeline.run
    timeline.place(20 * 90_000, 10**12 + 20_000 * MS)
    assert timeline.run == run


def test_the_frame_interval_counts_pictures_that_come_out_of_order():
    timeline = Timeline(90_000)
    order = [0] + [number for group in range(1, 400, 3) for number in (group + 2, group, group + 1)]
    for step, number in enumerate(order):
        timeline.place(number * FRAME, 10**12 + step * 40 * MS)
    assert abs(timeline.frame_interval_s - 0.04) < 0.001


def unit(rtp, *, damaged=False, discontinuity=False, key=False, lost=0):
    return AccessUnit(b"sets+picture", rtp, key, damaged, lost, 5, discontinuity)


def test_a_unit_in_its_time_is_the_unit_as_it_came():
    timeline = Timeline(90_000)
    timeline.timed(unit(0, key=True), 10**12)
    timed = timeline.timed(unit(FRAME, key=True, lost=3), 10**12 + 70 * MS)
    assert timed[:5] == (b"sets+picture", 5, True, False, 3)
    assert (timed.run, timed.rtp) == (timeline.run, FRAME)
    assert (timed.schedule_ns, timed.arrival_ns) == (10**12 + 40 * MS, 10**12 + 70 * MS)


def test_only_the_first_unit_of_a_connection_opens_it():
    timeline = Timeline(90_000)
    assert [timeline.timed(unit(n * FRAME), 10**12 + n * 40 * MS).opening for n in range(3)] == [True, False, False]
    jump = timeline.timed(unit(3600 * 90_000), 10**12 + 120 * MS)
    assert not jump.opening


def test_the_first_unit_of_each_run_is_damaged_and_the_next_is_as_it_came():
    timeline = Timeline(90_000)
    first = timeline.timed(unit(0), 10**12)
    same = timeline.timed(unit(FRAME), 10**12 + 40 * MS)
    harmed = timeline.timed(unit(2 * FRAME, damaged=True), 10**12 + 80 * MS)
    jump = timeline.timed(unit(3600 * 90_000), 10**12 + 120 * MS)
    assert [timed.damaged for timed in (first, same, harmed, jump)] == [True, False, True, True]
    assert first.run == same.run == harmed.run != jump.run


def test_a_discontinuity_begins_a_new_run_where_the_time_alone_would_not():
    timeline = Timeline(90_000)
    before = timeline.timed(unit(0), 10**12)
    after = timeline.timed(unit(FRAME, discontinuity=True), 10**12 + 90 * MS)
    assert after.run != before.run
    assert after.damaged
    assert not after.opening
    assert after.schedule_ns == after.arrival_ns


def test_a_schedule_that_is_known_better_stands():
    timeline = Timeline(90_000)
    assert timeline.timed(unit(0), 10**12, 10**12 + 7).schedule_ns == 10**12 + 7
    assert timeline.timed(unit(FRAME), 10**12 + 70 * MS).schedule_ns == 10**12 + 40 * MS


def access_unit(timestamp, *, continues=False):
    return AccessUnit(
        b"picture", timestamp, key=not continues, damaged=False, lost=0, prefixed=0, discontinuity=False,
        continues=continues,
    )  # fmt: skip


def timed(timestamps):
    timeline = Timeline(90_000)
    return [timeline.timed(access_unit(rtp), 10**12 + number * 40 * MS) for number, rtp in enumerate(timestamps)]


@pytest.mark.parametrize(
    "timestamps",
    [[0] * 400, [0, FRAME] * 200, [number // 2 * 2 * FRAME for number in range(400)]],
    ids=["one time for all", "two times in turn", "each time twice"],
)
def test_pictures_whose_time_does_not_advance_have_that_of_their_arrival(timestamps):
    units = timed(timestamps)
    assert len({unit.run for unit in units}) == 1
    assert 0 <= units[-1].arrival_ns - units[-1].schedule_ns <= 80 * MS
    assert units[-1].schedule_ns - units[99].schedule_ns == pytest.approx(300 * 40 * MS, abs=40 * MS)
    assert not any(unit.damaged for unit in units[1:])


def test_each_unit_of_a_connection_has_a_number_of_its_own():
    assert [unit.number for unit in timed([0, FRAME, FRAME, 10**9, 0])] == [1, 2, 3, 4, 5]


def test_the_rest_of_a_picture_has_number_and_time_of_its_beginning():
    timeline = Timeline(90_000)
    begun = timeline.timed(access_unit(0), 10**12)
    rest = timeline.timed(access_unit(7, continues=True), 10**12 + MS)
    assert (rest.number, rest.run, rest.rtp, rest.schedule_ns) == (
        begun.number,
        begun.run,
        begun.rtp,
        begun.schedule_ns,
    )
    assert (rest.key, rest.damaged, rest.continues, rest.opening) == (False, True, True, False)


def arrivals(count, interval_ms, *, jitter_ms=0):
    """When pictures arrive, in nanoseconds; every third is late by the jitter."""
    return [10**12 + (number * interval_ms + (jitter_ms if number % 3 else 0)) * MS for number in range(count)]


def delays_ms(timeline, rtps, arrival_ns):
    return [(at - timeline.place(rtp, at)) / MS for rtp, at in zip(rtps, arrival_ns, strict=True)]


@pytest.mark.parametrize("interval_ms", [80, 20, 42], ids=["half as many", "twice as many", "5 % fewer"])
def test_a_clock_that_is_not_that_of_its_pictures_is_not_believed_and_the_delay_stays_true(interval_ms):
    timeline = Timeline(90_000)
    count = 40_000 // interval_ms
    delays = delays_ms(timeline, range(0, count * FRAME, FRAME), arrivals(count, interval_ms, jitter_ms=7))
    assert timeline.by_arrival
    assert min(delays) >= 0
    assert max(delays[count // 2 :]) < 20
    assert timeline.frame_interval_s == pytest.approx(interval_ms / 1000, rel=0.02)


def test_a_clock_that_is_not_believed_places_pictures_more_evenly_than_they_arrive():
    timeline = Timeline(90_000)
    placed = [timeline.place(number * FRAME, at) for number, at in enumerate(arrivals(500, 80, jitter_ms=30))]
    steps = [later - earlier for earlier, later in pairwise(placed[300:])]
    assert max(steps) - min(steps) < 30 * MS


@pytest.mark.parametrize("still", [[0] * 60, [0, 1] * 30], ids=["still", "two stamps in turn"])
def test_a_clock_that_stands_still_is_not_believed_within_a_second(still):
    timeline = Timeline(90_000)
    delays = delays_ms(timeline, still, arrivals(60, 40))
    assert timeline.by_arrival
    assert max(delays[25:]) < 10


@pytest.mark.parametrize("clock_rate", [1000, 8000, 90_000_000])
def test_a_wrong_clock_rate_in_the_description_is_found_out(clock_rate):
    timeline = Timeline(clock_rate)
    delays = delays_ms(timeline, range(0, 300 * 7200, 7200), arrivals(300, 80))
    assert timeline.by_arrival
    assert max(delays[200:]) < 10
    assert timeline.frame_interval_s == pytest.approx(0.08, rel=0.02)


def test_a_clock_that_leaps_with_each_picture_costs_few_runs():
    timeline = Timeline(1000)
    runs = set()
    for number, at in enumerate(arrivals(100, 80)):
        timeline.place(number * 7200, at)
        runs.add(timeline.run)
    assert len(runs) == 3


@pytest.mark.parametrize("ppm", [200, -500])
def test_neither_jitter_nor_bursts_nor_an_ordinary_clock_are_taken_for_a_wrong_rate(ppm):
    timeline = Timeline(90_000)
    interval_ns = 40 * MS + 40 * ppm
    for number in range(3000):
        stalled_ns = max(0, 2000 - number % 500 * 40) * MS  # every 20 s nothing for two seconds, then all at once
        jitter_ns = number * 7919 % 31 * MS
        timeline.place(number * FRAME, 10**12 + number * interval_ns + max(stalled_ns, jitter_ns))
        assert not timeline.by_arrival


def test_one_change_of_the_delay_is_no_wrong_rate():
    timeline = Timeline(90_000)
    places(timeline, [0] * 400 + [400] * 600 + [100] * 400)
    assert not timeline.by_arrival


def test_a_clock_that_agrees_with_the_arrival_again_is_believed_again():
    timeline = Timeline(90_000)
    half_as_many = arrivals(300, 80)
    for number, at in enumerate(half_as_many):
        timeline.place(number * FRAME, at)
    believed = [not timeline.by_arrival]
    later = [timeline.place((300 + number) * FRAME, half_as_many[-1] + (1 + number) * 40 * MS) for number in range(400)]
    assert [*believed, not timeline.by_arrival] == [False, True]
    assert {after - before for before, after in pairwise(later[350:])} == {40 * MS}


def test_of_a_wrong_rate_a_new_source_begins_a_new_run_and_no_trust():
    timeline = Timeline(90_000)
    for number, at in enumerate(arrivals(300, 80)):
        timeline.place(number * FRAME, at)
    before = timeline.run
    timeline.restart()
    arrival_ns = 10**12 + 30_000 * MS
    assert timeline.place(7, arrival_ns) <= arrival_ns
    assert timeline.run != before
    assert timeline.by_arrival
