from tmcwall.video.engine.budget.load_shedding import Load, Patience, SheddingState, adapt, admit, lighten
from tmcwall.video.engine.budget.plan import MOST_SHEDDING

LATE = Load(lag_s=0.2)
CALM = Load(lag_s=0.02)
CALM_BUT_BUSY = Load(lag_s=0.02, easy=3)
STARTING = Load(lag_s=0.0, settled=False)
NONE = SheddingState()
EIGHTH = 16
PATIENCE = Patience(rise_after_s=3, settle_s=2, fall_after_s=10, longest_fall_after_s=40)


def levels(loads, shedding=NONE):
    """The level after each second of these loads."""
    found = []
    for second, load in enumerate(loads):
        shedding = adapt(shedding, load, now_s=float(second), patience=PATIENCE)
        found.append(shedding.level)
    return found


def admitted(shedding=NONE, *, required, starting=True):
    return admit(shedding, required=required, starting=starting, patience=PATIENCE)


def test_a_burst_is_no_overload():
    assert max(levels([LATE, LATE, LATE, CALM] * 5)) == 0


def test_relief_rises_while_pictures_stay_late():
    assert levels([LATE] * 8) == [0, 0, 0, 1, 1, 1, 1 + EIGHTH, 1 + EIGHTH]


def test_relief_rises_faster_where_pictures_are_very_late():
    assert levels([Load(lag_s=3.0)] * 10)[3:] == [*[1] * 3, *[1 + 5 * EIGHTH] * 3, MOST_SHEDDING]


def test_relief_rises_at_once_to_what_is_known_to_be_needed():
    assert levels([Load(lag_s=0.2, required=5)] * 4)[3] == 5


def test_relief_falls_only_after_a_calm_time_with_room():
    assert levels([CALM] * 15, SheddingState(level=1))[9:12] == [1, 0, 0]
    assert levels([CALM_BUT_BUSY] * 60, SheddingState(level=3))[-1] == 3


def test_relief_falls_half_the_way_to_what_there_is_room_for():
    assert levels([CALM] * 31, SheddingState(level=8))[::10] == [8, 4, 2, 1]


def test_relief_falls_no_further_than_there_was_room_for_all_the_time():
    wavering = [Load(lag_s=0.02, easy=easy) for easy in (2, 2, 7, 2, 2, 2, 2, 2, 2, 2, 2)]
    assert levels(wavering, SheddingState(level=8))[-1] == 7


def test_waiting_grows_with_falls_taken_back_and_shrinks_in_steady_times():
    impatient = SheddingState(level=1, wait_s=40.0)
    assert levels([CALM_BUT_BUSY] * 41 + [CALM] * 30, impatient)[60:62] == [1, 0]


def test_a_fall_that_had_to_be_taken_back_is_tried_again_later():
    fell_and_rose = levels([CALM] * 11 + [LATE] * 4 + [CALM] * 22, SheddingState(level=1))
    assert fell_and_rose[10] == 0
    assert fell_and_rose[14] == 1
    assert fell_and_rose[34] == 1
    assert fell_and_rose[35] == 0


def test_new_streams_that_can_all_be_decoded_begin_with_all_pictures():
    assert admitted(required=0).level == 0


def test_a_start_that_needs_the_loop_filter_only_gives_nothing_more():
    assert admitted(required=1).level == 1


def test_a_start_that_asks_for_too_much_begins_with_key_frames():
    assert admitted(required=4).level == MOST_SHEDDING


def test_more_streams_beside_running_ones_leave_out_only_what_is_needed():
    assert admitted(SheddingState(level=1), required=4, starting=False).level == 4


def test_asking_for_less_leaves_the_relief_to_be_measured():
    asked = SheddingState(level=4, calm_since=7.0)
    assert admitted(asked, required=2) == asked


def test_much_less_that_is_asked_for_is_given_at_once_unless_pictures_are_late():
    assert lighten(SheddingState(level=100), borne=3).level == 3
    assert lighten(SheddingState(level=100, late_since=1.0), borne=3).level == 100
    assert lighten(SheddingState(level=2), borne=3).level == 2


def test_the_first_fall_after_a_start_comes_soon_but_not_before_the_streams_have_come():
    start = admitted(required=4)
    assert levels([STARTING] * 20 + [Load(lag_s=0.02, easy=127)] * 4, start)[-3:] == [129, 128, 128]
