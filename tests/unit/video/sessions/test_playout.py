import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.sessions.playout import Playout

MS = 1_000_000
START = 10**12
FRAME = 3600


def unit(timestamp):
    return AccessUnit(bytes(10), timestamp, False, False, 0, 0, False)


def burst(playout, first, count):
    for number in range(first, first + count):
        playout.put(unit(number * FRAME))


def play(playout, *, from_ms, to_ms, step_ms=5):
    """(milliseconds, timestamp) of what is let go."""
    gone = []
    for now_ms in range(from_ms, to_ms, step_ms):
        while (due := playout.take(START + now_ms * MS)) is not None:
            gone.append((now_ms, due.unit.timestamp // FRAME))
    return gone


def test_a_burst_is_let_go_at_the_pace_of_its_clock():
    playout = Playout()
    burst(playout, 0, 50)
    assert play(playout, from_ms=0, to_ms=400) == [(number * 40, number) for number in range(10)]


def test_segments_that_come_in_time_play_without_a_seam():
    playout = Playout()
    burst(playout, 0, 50)
    gone = play(playout, from_ms=0, to_ms=1500)
    burst(playout, 50, 50)
    gone += play(playout, from_ms=1500, to_ms=4000)
    assert gone == [(number * 40, number) for number in range(100)]


def test_a_segment_that_comes_late_is_shown_at_once_and_the_delay_grows_by_that():
    playout = Playout()
    playout.begin(4.0)
    burst(playout, 0, 25)
    play(playout, from_ms=0, to_ms=1000)
    assert len(playout) == 0
    burst(playout, 25, 25)
    gone = play(playout, from_ms=2000, to_ms=3000)
    assert gone[:3] == [(2000, 25), (2040, 26), (2080, 27)]
    assert playout.behind_ns == 5_000 * MS


def test_the_schedule_says_how_far_behind_the_source_a_picture_is_shown():
    playout = Playout()
    playout.begin(4.0)
    burst(playout, 0, 3)
    assert [playout.take(START + ms * MS).schedule_ns - START for ms in (0, 40, 80)] == [
        -4_000 * MS,
        -3_960 * MS,
        -3_920 * MS,
    ]


def test_the_schedule_follows_a_grown_delay_slowly_so_that_the_wall_keeps_its_rhythm():
    playout = Playout()
    burst(playout, 0, 10)
    play(playout, from_ms=0, to_ms=400)
    burst(playout, 10, 3000)
    lateness = []
    now_ns = START + 2400 * MS
    while (due := playout.take(now_ns)) is not None:
        lateness.append(now_ns - due.schedule_ns)
        now_ns += 40 * MS
    steps = [after - before for before, after in itertools.pairwise(lateness)]
    assert min(steps) >= 0
    assert max(steps) < MS
    assert 800 * MS < lateness[-1] <= 2000 * MS


def test_a_short_stall_of_our_own_is_caught_up():
    playout = Playout()
    burst(playout, 0, 50)
    play(playout, from_ms=0, to_ms=400)
    gone = play(playout, from_ms=600, to_ms=800)
    assert [number for ms, number in gone if ms == 600] == [10, 11, 12, 13, 14, 15]
    assert gone[-1] == (760, 19)


def test_pictures_coded_out_of_order_go_to_the_decoder_in_time():
    playout = Playout()
    for number in (0, 3, 1, 2, 6, 4, 5, 9, 7, 8):
        playout.put(unit(number * FRAME))
    gone = {number: ms for ms, number in play(playout, from_ms=0, to_ms=400)}
    assert all(ms <= number * 40 for number, ms in gone.items())
    assert list(gone) == [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]


def test_a_jump_of_the_clock_does_not_stop_the_play():
    playout = Playout()
    burst(playout, 0, 5)
    burst(playout, 1_000_000, 5)
    burst(playout, 7, 5)
    assert [ms for ms, _ in play(playout, from_ms=0, to_ms=1000)] == [number * 40 for number in range(15)]


def test_too_much_delay_is_made_good_slowly():
    playout = Playout(most_ahead_s=2.0)
    playout.begin(10.0)
    burst(playout, 0, 500)
    gone = play(playout, from_ms=0, to_ms=20_000)
    assert [number for _, number in gone] == list(range(500))
    assert 2.0e9 < playout.behind_ns < 9.0e9
    steps = [after - before for (before, _), (after, _) in itertools.pairwise(gone)]
    assert min(steps) >= 35


def test_what_is_no_longer_ahead_is_not_hurried():
    playout = Playout(most_ahead_s=2.0)
    playout.begin(4.0)
    burst(playout, 0, 40)
    play(playout, from_ms=0, to_ms=1000)
    assert playout.behind_ns == 4_000 * MS


@given(st.lists(st.integers(0, 1 << 40), min_size=1, max_size=60))
@settings(max_examples=100)
def test_every_picture_is_let_go_in_order_whatever_its_time(timestamps):
    playout = Playout(most_ahead_s=1.0)
    for timestamp in timestamps:
        playout.put(unit(timestamp))
    gone = []
    now_ns = START
    while (next_ns := playout.next_ns(now_ns)) is not None:
        now_ns = max(now_ns, next_ns)
        due = playout.take(now_ns)
        assert due is not None
        gone.append(due.unit.timestamp)
    assert gone == timestamps
    assert (playout.size, playout.ahead_s) == (0, 0.0)
    assert now_ns - START <= len(timestamps) * 5_000 * MS


def test_segments_whose_times_are_too_short_do_not_fall_behind_further_with_each():
    """Two seconds of pictures for every four; the playlist says that four seconds lie between them and the newest."""
    playout = Playout()
    playout.begin(4.0)
    for segment in range(20):
        if segment:
            playout.limit_behind(4.0 + playout.ahead_s + 6.0)
        burst(playout, segment * 50, 50)
        play(playout, from_ms=segment * 4000, to_ms=segment * 4000 + 4000)
    assert playout.behind_ns <= 12_000 * MS
