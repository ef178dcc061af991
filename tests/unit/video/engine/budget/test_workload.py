import pytest

from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.engine.budget.plan import MOST_SHEDDING, Demand, StreamPlan, plan_streams
from tmcwall.video.engine.budget.workload import (
    Measured,
    decode_seconds,
    least_shedding,
    picture_seconds,
    pixel_seconds,
    usual_pixels,
    work,
)

MILLISECOND = 1e-3


def stream(*, priority=False, visible=True, fps=25.0):
    return Demand(visible=visible, priority=priority, pixels=100, fps=fps, picture_s=MILLISECOND)


STREAMS = {number: stream() for number in range(128)}


def work_at(demands, shedding):
    return work(demands, plan_streams(demands, shedding=shedding))


def test_a_stream_that_was_not_measured_takes_as_much_a_pixel_as_the_others():
    assert pixel_seconds([Measured(100, 1.0), Measured(100, 2.0), Measured(1000, 30.0)]) == 0.02


def test_before_anything_was_measured_a_usual_machine_is_expected():
    assert 0.1 * MILLISECOND < 640 * 360 * pixel_seconds([]) < 3 * MILLISECOND


def test_a_camera_that_has_sent_nothing_is_taken_to_be_as_large_as_the_others():
    assert usual_pixels([0, 1920 * 1080, 0]) == 1920 * 1080
    assert usual_pixels([]) == 640 * 360


def test_a_picture_without_loop_filter_was_cheaper_than_it_is_in_full():
    assert (
        decode_seconds(DecodePlan.NO_DEBLOCK, MILLISECOND) > MILLISECOND == decode_seconds(DecodePlan.FULL, MILLISECOND)
    )


def test_a_large_tile_takes_the_screen_longer():
    assert picture_seconds(decode_s=0.0, tile_pixels=10**6) > picture_seconds(decode_s=0.0, tile_pixels=10**5) > 0


def test_every_relief_takes_less_than_the_one_before():
    taken = [work_at(STREAMS, shedding) for shedding in range(MOST_SHEDDING + 1)]
    assert taken == sorted(taken, reverse=True)
    assert len(set(taken)) == len(taken)


@pytest.mark.parametrize("shedding", range(MOST_SHEDDING + 1))
def test_the_least_relief_is_the_first_whose_work_fits(shedding):
    demands = {**STREAMS, 1001: stream(priority=True), 1002: stream(visible=False)}
    assert least_shedding(demands, room=work_at(demands, shedding) + 1e-9) == shedding


def test_where_nothing_fits_everything_possible_is_left_out():
    assert least_shedding(STREAMS, room=0.0) == MOST_SHEDDING


def test_nothing_asked_needs_no_relief():
    assert least_shedding({}, room=0.0) == 0


def test_a_camera_that_gives_no_pictures_takes_nothing():
    dead = {"dead": stream(fps=0.0)}
    assert work_at(dead, 0) == 0.0


def test_what_nobody_sees_takes_only_its_receiving():
    hidden, seen = {"a": stream(visible=False)}, {"a": stream()}
    assert 0 < work_at(hidden, 0) < 0.2 * work_at(seen, 0)


def test_a_stream_without_a_plan_takes_nothing_yet():
    assert work(STREAMS, {0: StreamPlan(DecodePlan.PAUSED, PlanReason.HIDDEN)}) < work_at(STREAMS, 0) / 128
