"""A timeline says of every moment whether there is a picture, from where, and if not, why."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap, GapCause
from tmcwall.domain.footage_timeline import (
    ZOOM_LEVELS,
    Event,
    EventKind,
    Footage,
    FootageSource,
    Piece,
    Span,
    Spell,
    clock_at,
    footage_of_clip,
    moved,
    next_event,
    previous_event,
    ticks,
    track_of,
    zoomed,
)
from tmcwall.domain.history import CameraHistory, CameraState, ClockReading, HealthChange

NOTHING = CameraHistory((), (), None)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def span(begin: float, end: float) -> Span:
    return Span(at(begin), at(end))


def gap(begin: float, end: float, cause: GapCause = GapCause.PACKETS_LOST) -> Gap:
    return Gap(at(begin), at(end), cause)


MINUTE = span(0, 60)
GAPS = st.builds(
    lambda begin, length, cause: gap(begin, begin + length, cause),
    st.integers(-10, 70), st.integers(0, 30), st.sampled_from(GapCause),
)  # fmt: skip
FOOTAGE = st.builds(
    lambda begin, length, source, gaps: Footage(span(begin, begin + length), source, tuple(gaps)),
    st.integers(-20, 70), st.integers(0, 60), st.sampled_from(FootageSource), st.lists(GAPS, max_size=4),
)  # fmt: skip
VIEWS = st.builds(
    lambda begin, length: Span(at(begin), at(begin + length)), st.integers(-(10**8), 10**8), st.integers(1, 3 * 10**6)
)


def has_picture(footage: Footage, moment: datetime) -> bool:
    lacks = any(one.starts_at <= moment < one.ends_at for one in footage.gaps)
    return footage.span.starts_at <= moment < footage.span.ends_at and not lacks


@given(st.lists(FOOTAGE, max_size=6))
def test_pieces_fill_the_range_and_each_moment_has_the_picture_that_some_source_has(footage: list[Footage]) -> None:
    track = track_of("CAM-1", MINUTE, footage=footage, history=NOTHING)
    assert (track.pieces[0].span.starts_at, track.pieces[-1].span.ends_at) == (MINUTE.starts_at, MINUTE.ends_at)
    for before, after in zip(track.pieces, track.pieces[1:], strict=False):
        assert before.span.ends_at == after.span.starts_at
        assert (before.source, before.cause) != (after.source, after.cause)
    for second in range(60):
        piece = track.piece_at(at(second))
        sources = {one.source for one in footage if has_picture(one, at(second))}
        assert piece is not None
        assert piece.source == next((source for source in FootageSource if source in sources), None)
        causes = {one.cause for each in footage for one in each.gaps if one.starts_at <= at(second) < one.ends_at}
        assert piece.source is not None or (piece.cause in causes if causes else piece.cause is None)
    assert track.piece_at(at(-1)) is None
    assert track.piece_at(at(60)) is None


def test_a_gap_of_a_clip_is_closed_by_the_recording_and_a_gap_of_both_has_its_cause() -> None:
    clip = Footage(span(10, 40), FootageSource.CLIP, (gap(15, 20), gap(30, 35, GapCause.RECONNECTED)))
    rolling = Footage(span(0, 32), FootageSource.RECORDING, (gap(28, 32, GapCause.RECONNECTED),))
    track = track_of("CAM-1", MINUTE, footage=[rolling, clip], history=NOTHING)
    assert track.pieces == (
        Piece(span(0, 10), FootageSource.RECORDING),
        Piece(span(10, 15), FootageSource.CLIP),
        Piece(span(15, 20), FootageSource.RECORDING),
        Piece(span(20, 30), FootageSource.CLIP),
        Piece(span(30, 35), cause=GapCause.RECONNECTED),
        Piece(span(35, 40), FootageSource.CLIP),
        Piece(span(40, 60)),
    )


def test_a_clip_has_footage_when_it_is_ready_and_says_from_when_to_when() -> None:
    ready = Clip("k", "b", ClipState.READY, first_packet_at=at(1), last_packet_at=at(9), gaps=(gap(2, 3),))
    assert footage_of_clip(ready) == Footage(span(1, 9), FootageSource.CLIP, (gap(2, 3),))
    assert footage_of_clip(Clip("k", "b", ClipState.WAITING, first_packet_at=at(1), last_packet_at=at(9))) is None
    assert footage_of_clip(Clip("k", "b", ClipState.READY)) is None


def test_states_are_those_of_the_history_and_unknown_where_nobody_looked() -> None:
    changes = (
        HealthChange("CAM-1", at(-100), CameraState.WORKING),
        HealthChange("CAM-1", at(10), CameraState.BLACK),
        HealthChange("CAM-1", at(20), CameraState.MOVED),
        HealthChange("CAM-1", at(90), CameraState.LOST),
    )
    track = track_of("CAM-1", MINUTE, footage=(), history=CameraHistory(changes, (), known_until=at(50)))
    assert track.spells == (
        Spell(span(0, 10), CameraState.WORKING),
        Spell(span(10, 20), CameraState.BLACK),
        Spell(span(20, 50), CameraState.MOVED),
        Spell(span(50, 60), CameraState.UNKNOWN),
    )
    assert track_of("CAM-1", MINUTE, footage=(), history=NOTHING).spells == (Spell(MINUTE, CameraState.UNKNOWN),)


def tag(name: str, second: float) -> Bookmark:
    return Bookmark(name, "CAM-1", "Pos", at(second), at(second + 5), at(second), "87654321")


def test_events_of_all_tracks_follow_each_other_both_ways() -> None:
    clip = Footage(span(0, 60), FootageSource.CLIP, (gap(30, 40),))
    changes = (HealthChange("CAM-1", at(-5), CameraState.WORKING), HealthChange("CAM-1", at(50), CameraState.BLACK))
    tracks = (
        track_of(
            "CAM-1",
            MINUTE,
            footage=[clip],
            history=CameraHistory(changes, (), None),
            tags=[tag("b1", 10), tag("late", 70)],
            incidents=[(at(20), "i1")],
        ),
        track_of("CAM-2", MINUTE, footage=(), history=NOTHING, tags=[tag("b2", 45)]),
    )
    seen, moment = [], at(-1)
    while (event := next_event(tracks, moment)) is not None:
        seen.append(event)
        moment = event.at
    assert seen == [
        Event(at(10), EventKind.TAG, "b1"),
        Event(at(20), EventKind.INCIDENT, "i1"),
        Event(at(30), EventKind.GAP, "packets_lost"),
        Event(at(45), EventKind.TAG, "b2"),
        Event(at(50), EventKind.STATE, "black"),
    ]
    back, moment = [], at(60)
    while (event := previous_event(tracks, moment)) is not None:
        back.append(event)
        moment = event.at
    assert back == seen[::-1]


def test_the_error_of_a_clock_is_the_last_one_measured_before() -> None:
    first, second = ClockReading("CAM-1", at(10), -700), ClockReading("CAM-1", at(30), None)
    history = CameraHistory((), (first, second), None)
    assert [clock_at(history, at(moment)) for moment in (5, 10, 29, 30)] == [None, first, first, second]


@given(VIEWS, st.integers(-20, 20), st.floats(0, 1))
def test_zooming_leaves_what_is_under_the_hand_where_it_is(view: Span, steps: int, share: float) -> None:
    around = view.starts_at + (view.ends_at - view.starts_at) * share
    nearer = zoomed(view, steps, around=around)
    assert nearer.ends_at - nearer.starts_at in ZOOM_LEVELS
    place = (around - nearer.starts_at).total_seconds() / nearer.seconds
    assert place == pytest.approx(share, abs=1e-4)


@given(st.sampled_from(ZOOM_LEVELS[:-1]))
def test_a_step_nearer_after_one_further_is_where_it_was(length: timedelta) -> None:
    view = Span(NOON, NOON + length)
    assert zoomed(zoomed(view, -1, around=NOON), 1, around=NOON) == view


@given(VIEWS, st.integers(2, 30))
def test_times_are_written_at_round_moments_within_the_view(view: Span, most: int) -> None:
    marks = ticks(view, most=most)
    assert len(marks) <= most
    assert all(view.starts_at <= mark <= view.ends_at for mark in marks)
    assert list(marks) == sorted(set(marks))


def test_a_view_at_the_end_of_time_stays_there() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=NOON.tzinfo)
    last = Span(end - timedelta(days=1), end)
    assert moved(last, timedelta(days=30)).ends_at == last.ends_at
    assert moved(MINUTE, timedelta(seconds=5)) == span(5, 65)
