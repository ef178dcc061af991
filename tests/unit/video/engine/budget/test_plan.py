from itertools import pairwise

from tmcwall.domain.camera import Profile
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.engine.budget.plan import (
    MOST_SHEDDING,
    Demand,
    Limits,
    Offer,
    StreamPlan,
    Wish,
    choose,
    plan_streams,
)

MAIN, SUB = Profile.MAIN, Profile.SUB
BOTH = {"a": Offer(has_sub=True), "b": Offer(has_sub=True)}
PLENTY = Limits(main_pixels=10**9)
SUB_PIXELS = 640 * 360
ONE_MAIN = Limits(main_pixels=1920 * 1080)


def test_a_tile_as_large_as_the_sub_stream_takes_the_sub_stream():
    assert choose([Wish((0, 0), "a", SUB_PIXELS)], BOTH, PLENTY) == {(0, 0): SUB}


def test_a_full_screen_tile_takes_the_main_stream():
    assert choose([Wish((0, 0), "a", 3840 * 2160)], BOTH, PLENTY) == {(0, 0): MAIN}


def test_a_camera_with_one_stream_always_gives_it():
    assert choose([Wish((0, 0), "a", 100)], {"a": Offer(has_sub=False)}, Limits(main_pixels=0)) == {(0, 0): MAIN}


def test_what_was_asked_by_name_is_given():
    wishes = [Wish((0, 0), "a", 100, profile=MAIN), Wish((0, 1), "b", 10**7, profile=SUB)]
    assert choose(wishes, BOTH, Limits(main_pixels=0)) == {(0, 0): MAIN, (0, 1): SUB}


def test_a_tile_between_both_limits_keeps_what_it_has():
    between = int(1.35 * SUB_PIXELS)
    assert choose([Wish((0, 0), "a", between, current=MAIN)], BOTH, PLENTY) == {(0, 0): MAIN}
    assert choose([Wish((0, 0), "a", between, current=SUB)], BOTH, PLENTY) == {(0, 0): SUB}


def test_the_priority_tile_gets_the_main_stream_that_can_be_afforded():
    wishes = [Wish((0, 0), "a", 10**7), Wish((0, 1), "b", 10**6, priority=True)]
    assert choose(wishes, BOTH, ONE_MAIN) == {(0, 0): SUB, (0, 1): MAIN}


def test_the_largest_tile_comes_first_among_equals():
    wishes = [Wish((0, 0), "a", 10**6), Wish((0, 1), "b", 10**7)]
    assert choose(wishes, BOTH, ONE_MAIN) == {(0, 0): SUB, (0, 1): MAIN}


def test_a_main_stream_in_two_tiles_is_paid_once():
    wishes = [Wish((0, 0), "a", 10**7), Wish((1, 0), "a", 10**7)]
    assert set(choose(wishes, BOTH, ONE_MAIN).values()) == {MAIN}


def test_a_tile_that_cannot_be_seen_drops_the_main_stream_and_leaves_it_to_others():
    wishes = [Wish((0, 0), "a", 10**7, visible=False, current=MAIN), Wish((0, 1), "b", 10**6)]
    assert choose(wishes, BOTH, ONE_MAIN) == {(0, 0): SUB, (0, 1): MAIN}


def test_a_tile_that_is_no_longer_full_screen_drops_the_main_stream():
    assert choose([Wish((0, 0), "a", SUB_PIXELS, current=MAIN)], BOTH, PLENTY) == {(0, 0): SUB}


def test_a_larger_machine_affords_more_main_streams_and_a_late_one_half_of_them():
    two, four = (Limits.of(cores=cores, shedding=0).main_pixels for cores in (2, 4))
    assert four == 2 * two >= 2 * 1920 * 1080
    assert Limits.of(cores=4, shedding=1).main_pixels == four
    assert Limits.of(cores=4, shedding=2).main_pixels == two


TILES = {number: Demand(visible=True, pixels=100) for number in range(8)}


def plans(demands, shedding):
    return {key: given.plan for key, given in plan_streams(demands, shedding=shedding).items()}


def test_everything_that_can_be_seen_is_decoded_in_full_while_the_machine_keeps_up():
    assert set(plan_streams(TILES, shedding=0).values()) == {StreamPlan(DecodePlan.FULL, PlanReason.SEEN)}


def test_what_nobody_can_see_is_paused():
    assert plan_streams({"a": Demand(visible=False, priority=True)}, shedding=0)["a"] == StreamPlan(
        DecodePlan.PAUSED, PlanReason.HIDDEN
    )


def test_the_first_relief_leaves_the_loop_filter_out():
    assert set(plan_streams(TILES, shedding=1).values()) == {StreamPlan(DecodePlan.NO_DEBLOCK, PlanReason.BUSY)}


def test_each_further_relief_takes_one_stream_of_128_to_key_frames():
    tiles = {number: Demand(visible=True, pixels=100) for number in range(128)}
    reduced = [
        sum(plan is DecodePlan.KEY_FRAMES for plan in plans(tiles, shedding).values())
        for shedding in range(MOST_SHEDDING + 1)
    ]
    assert reduced == [0, *range(129)]


def test_who_has_all_pictures_keeps_them_when_others_get_them_back():
    tiles = {number: Demand(visible=True, pixels=100, rank=(number % 7, number)) for number in range(50)}
    full = [
        {key for key, plan in plans(tiles, shedding).items() if plan is not DecodePlan.KEY_FRAMES}
        for shedding in range(130)
    ]
    assert all(fewer <= more for more, fewer in pairwise(full))


def test_of_equal_tiles_those_opened_first_keep_their_pictures_in_whatever_order_they_are_asked_for():
    tiles = {number: Demand(visible=True, pixels=100, rank=(number, 0)) for number in range(8)}
    assert plans(dict(reversed(tiles.items())), 65) == plans(tiles, 65)
    assert plans(tiles, 65)[3] is DecodePlan.NO_DEBLOCK
    assert plans(tiles, 65)[4] is DecodePlan.KEY_FRAMES


def test_rows_that_differ_by_a_pixel_are_equal():
    tiles = {number: Demand(visible=True, pixels=120 * (67 + number % 2), rank=(number, 0)) for number in range(8)}
    assert [key for key, plan in plans(tiles, 65).items() if plan is DecodePlan.NO_DEBLOCK] == [0, 1, 2, 3]


def test_the_smallest_tiles_give_way_first():
    demands = {"small": Demand(visible=True, pixels=1), "large": Demand(visible=True, pixels=9)}
    assert plans(demands, MOST_SHEDDING // 2) == {"small": DecodePlan.KEY_FRAMES, "large": DecodePlan.NO_DEBLOCK}


def test_priority_never_gives_way():
    demands = {"first": Demand(visible=True, priority=True), "other": Demand(visible=True, pixels=9)}
    assert plans(demands, MOST_SHEDDING) == {"first": DecodePlan.FULL, "other": DecodePlan.KEY_FRAMES}
