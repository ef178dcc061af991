import numpy as np

from tmcwall.ui.wall.history import SPAN_S, History

S = 1_000_000_000


def play(history, seconds, *, began=1000, fps=25, source="sub", lost=0, report=True):
    """A stream of so many pictures a second, told once a second."""
    for second in range(began, began + seconds + 1):
        frames = fps * (second - began)
        if report:
            history.note_report(second * S, stream=source, frames=frames, lost=lost * (second - began))
        for _ in range(fps):
            history.note_painted(40_000_000)
        history.note(second * S + S // 4, source=source, decoded=frames, shown=frames)
    return began + seconds


def test_a_steady_stream_is_told_in_rates_delay_and_losses():
    history = History()
    now = play(history, 10, lost=3)
    latest = history.latest(now * S)
    assert (latest.received_fps, latest.decoded_fps, latest.displayed_fps) == (25, 25, 25)
    assert latest.delay_ms == 40
    assert latest.packets_lost == 3


def test_nothing_is_known_before_the_first_second():
    history = History()
    assert all(np.isnan(value) for line in [history.lines(5 * S)] for value in line.received_fps)
    history.note(5 * S, source="sub", decoded=100, shown=100)
    assert np.isnan(history.latest(5 * S).decoded_fps)


def test_ten_minutes_are_kept_and_not_more():
    history = History()
    now = play(history, 2 * SPAN_S)
    lines = history.lines(now * S)
    assert len(lines.age_s) == len(lines.received_fps) == SPAN_S
    assert (lines.age_s[0], lines.age_s[-1]) == (1 - SPAN_S, 0)
    assert np.all(lines.displayed_fps == 25)
    assert history._values.nbytes < 20_000


def test_seconds_in_which_nobody_looked_are_a_gap():
    history = History()
    play(history, 30)
    now = play(history, 30, began=1100)
    lines = history.lines(now * S)
    assert np.all(lines.displayed_fps[-30:] == 25)
    assert np.all(np.isnan(lines.displayed_fps[-90:-31]))
    assert lines.displayed_fps[-110] == 25


def test_an_old_minute_is_forgotten_even_if_nothing_came_after_it():
    history = History()
    now = play(history, 30)
    assert np.all(np.isnan(history.lines((now + SPAN_S + 40) * S).displayed_fps))


def test_a_clock_that_is_not_exact_leaves_no_hole():
    history = History()
    for step in range(101):
        history.note(round((1000 + step * 1.02) * S), source="sub", decoded=25 * step, shown=25 * step)
    assert not np.any(np.isnan(history.lines(1102 * S).decoded_fps[-100:]))


def test_going_over_to_the_main_stream_makes_no_peak():
    history = History()
    now = play(history, 5)
    history.note_report((now + 1) * S, stream="main", frames=90_000, lost=700)
    history.note((now + 1) * S + S // 4, source="main", decoded=90_000, shown=130)
    history.note_report((now + 2) * S, stream="main", frames=90_025, lost=700)
    history.note((now + 2) * S + S // 4, source="main", decoded=90_025, shown=155)
    lines = history.lines((now + 2) * S)
    assert np.nanmax(lines.received_fps) == 25
    assert np.nanmax(lines.decoded_fps) == 25
    assert np.nanmax(lines.packets_lost) == 0


def test_without_reports_of_the_engine_what_came_in_is_not_known():
    history = History()
    now = play(history, 5)
    now = play(history, 10, began=now, report=False)
    assert np.isnan(history.latest(now * S).received_fps)
    assert history.latest(now * S).displayed_fps == 25
