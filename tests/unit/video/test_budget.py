from tmcwall.video.budget import MAIN, SUB, Limits, Offer, Wish, choose

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
    wishes = [Wish((0, 0), "a", 100, profile="main"), Wish((0, 1), "b", 10**7, profile="sub")]
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
