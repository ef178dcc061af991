"""The review of one search or one case: results, timelines of its cameras, and the keys between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW
from tests.desk import Desk
from tests.fake_services import FakeCaseUnits
from tests.ui.test_review import FakeClip
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap, GapCause
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.footage_timeline import Footage, FootageSource, Span, track_of
from tmcwall.domain.history import CameraHistory, CameraState, ClockReading, HealthChange
from tmcwall.domain.search import SoughtWord
from tmcwall.services.footage_tracks import CameraTrack
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts.faults import explain
from tmcwall.ui.review.clip_list import ClipList
from tmcwall.ui.review.timeline_view import MOST_CAMERAS, NAMES
from tmcwall.ui.review.window import ReviewWindow

SAY = Translator()
START = NOW - timedelta(minutes=10)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def found(name: str, *, camera: str, second: float) -> BookmarkRow:
    """A tag of 40 s whose clip is whole."""
    tag = Bookmark(name, camera, f"Kamera {camera}", at(second), at(second + 40), at(second), "87654321")
    clip = Clip(
        f"k-{name}",
        name,
        ClipState.READY,
        f"{name}.mp4",
        first_packet_at=at(second),
        last_packet_at=at(second + 40),
        packets=1000,
    )
    return BookmarkRow(tag, clip)


FIRST, SECOND = found("b1", camera="CAM-1", second=60), found("b2", camera="CAM-2", second=100)


@pytest.fixture
def clip() -> FakeClip:
    return FakeClip()


@pytest.fixture
def review(desk: Desk, clip: FakeClip, qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewWindow]:
    for name in ("b1", "b2"):
        (tmp_path / f"{name}.mp4").touch()
    desk.tagging.paths = {name: tmp_path / f"{name}.mp4" for name in ("b1", "b2")}
    window = ReviewWindow(
        desk.tagging, desk.copies, FakeCaseUnits(), lambda file, width, height: clip, search=desk.search,
        tracks=desk.tracks,
        holds=desk.holds, baskets=desk.baskets,
        annotations=desk.annotations, masks=desk.masks, clock=desk.clock, translate=SAY,
    )  # fmt: skip
    qtbot.addWidget(window)
    window.open_search()
    yield window
    window.close()


def ask(review: ReviewWindow, desk: Desk, qtbot: QtBot, line: str) -> None:
    before = len(desk.search.asked)
    review.search.line.setText(line)
    qtbot.waitUntil(lambda: len(desk.search.asked) > before)


def tell_tracks(review: ReviewWindow, desk: Desk) -> None:
    """Of both cameras: a clip with a gap, a rolling recording, a camera that turned black, a clock that is off."""
    cameras, view = desk.tracks.asked[-1]
    changes = (HealthChange("x", at(0), CameraState.WORKING), HealthChange("x", at(85), CameraState.BLACK))
    history = CameraHistory(changes, (ClockReading("x", at(0), -2600),), at(500))
    tracks = []
    for camera, name in cameras:
        row = FIRST if camera == "CAM-1" else SECOND
        begins = row.bookmark.starts_at
        lost = Gap(begins + timedelta(seconds=10), begins + timedelta(seconds=15), GapCause.PACKETS_LOST)
        span = Span(begins, begins + timedelta(seconds=40))
        footage = [
            Footage(span, FootageSource.CLIP, (lost,)), Footage(Span(at(130), at(400)), FootageSource.RECORDING),
        ]  # fmt: skip
        track = track_of(camera, view, footage=footage, history=history, tags=[row.bookmark])
        tracks.append(CameraTrack(name, track, history))
    desk.tracks.tracks_read.emit(view, tracks)


def open_both(review: ReviewWindow, desk: Desk, qtbot: QtBot) -> None:
    ask(review, desk, qtbot, "kamera")
    desk.search.find(FIRST, SECOND)
    qtbot.keyClick(review.search.line, Qt.Key.Key_Return)
    tell_tracks(review, desk)


def test_what_is_typed_is_asked_once_the_hand_rests_and_an_older_answer_is_not_listed(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    ask(review, desk, qtbot, "motor")
    ask(review, desk, qtbot, "motor merah")
    assert desk.search.asked[-1].words == (SoughtWord("motor"), SoughtWord("merah"))
    desk.search.find(SECOND, generation=1)
    assert review.listed == []
    desk.search.find(FIRST, more=True)
    assert review.listed == ["b1"]
    assert review.search.words.text() == "1+ penanda ditemukan"
    qtbot.mouseClick(review.search.more, Qt.MouseButton.LeftButton)
    assert desk.search.more == 1
    ask(review, desk, qtbot, "tidak ada")
    desk.search.find()
    assert (review.listed, review.search.words.text()) == ([], "Tidak ada rekaman bertanda yang cocok.")


def test_a_search_that_fails_says_why(review: ReviewWindow, desk: Desk) -> None:
    fault = Fault(FaultCode.STORE_LOCKED)
    desk.search.refused.emit(fault)
    assert review.search.words.text() == explain(fault, SAY)


def test_enter_plays_the_first_result_and_page_keys_go_through_them(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    open_both(review, desk, qtbot)
    assert review.player.moment == at(60)
    qtbot.keyClick(review, Qt.Key.Key_PageDown)
    assert review.player.moment == at(100)
    qtbot.keyClick(review, Qt.Key.Key_PageDown)
    qtbot.keyClick(review, Qt.Key.Key_PageUp)
    assert review.player.moment == at(60)


def test_the_timelines_are_those_of_the_cameras_in_the_list_around_the_clip(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    open_both(review, desk, qtbot)
    cameras, view = desk.tracks.asked[-1]
    assert cameras == (("CAM-1", "Kamera CAM-1"), ("CAM-2", "Kamera CAM-2"))
    assert view.starts_at < at(60) < view.ends_at
    many = [found(f"m{n}", camera=f"CAM-{n}", second=60) for n in range(20)]
    ask(review, desk, qtbot, "banyak")
    desk.search.find(*many)
    qtbot.keyClick(review.search.line, Qt.Key.Key_Down)
    qtbot.keyClick(review, Qt.Key.Key_PageDown)
    assert len(desk.tracks.asked[-1][0]) == MOST_CAMERAS


def test_tracks_of_a_view_that_is_no_longer_shown_are_left_out(review: ReviewWindow, desk: Desk, qtbot: QtBot) -> None:
    open_both(review, desk, qtbot)
    shown = review.timeline.tracks
    desk.tracks.tracks_read.emit(Span(at(0), at(1)), ())
    assert review.timeline.tracks == shown != ()


def test_n_and_p_go_from_event_to_event_and_over_to_the_other_camera(
    review: ReviewWindow, desk: Desk, clip: FakeClip, qtbot: QtBot
) -> None:
    open_both(review, desk, qtbot)
    for key, moment in (("n", 70), ("n", 75 + 10), ("n", 100), ("p", 85)):
        qtbot.keyClicks(review, key)
        clip.duration_s = 40.0
        assert review.player.moment == at(moment), key


def test_the_wheel_zooms_and_the_hand_scrubs(review: ReviewWindow, desk: Desk, clip: FakeClip, qtbot: QtBot) -> None:
    open_both(review, desk, qtbot)
    timeline = review.timeline
    before = timeline.view
    middle = QPointF(timeline.width() * 0.7, 40)
    wheel = QWheelEvent(
        middle, timeline.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(timeline, wheel)
    assert before is not None
    assert timeline.view is not None
    assert timeline.view.seconds < before.seconds
    assert desk.tracks.asked[-1][1] == timeline.view
    timeline.show_around(at(80), length=timedelta(seconds=60))
    tell_tracks(review, desk)
    asked: list[datetime] = []
    timeline.moment_requested.connect(lambda _camera, moment: asked.append(moment))
    halfway = (NAMES + timeline.width()) // 2
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(halfway, 40))
    assert review.player.moment == asked[-1]
    assert abs(asked[-1] - at(80)) < timedelta(seconds=1)
    qtbot.mouseMove(timeline, QPoint(halfway + 50, 40))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton)
    assert asked[-1] > asked[0]
    assert review.player.moment == asked[-1]


def test_a_moment_without_a_clip_is_said_in_words(review: ReviewWindow, desk: Desk, qtbot: QtBot) -> None:
    open_both(review, desk, qtbot)
    review.timeline.moment_requested.emit("CAM-1", at(200))
    shown = [label.text() for label in review.findChildren(type(review.search.words))]
    assert "Kamera CAM-1: tidak ada klip pada waktu itu. Rekaman bergulir, akan tertimpa" in shown
    assert review.player.moment == at(60)


def test_what_lies_under_the_pointer_is_said_with_the_error_of_the_clock(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    open_both(review, desk, qtbot)
    (first, second) = review.timeline.tracks
    assert review.timeline.words_at(first, at(72)).splitlines()[1:] == [
        "Tidak ada gambar: paket hilang di jalan", "Baik",
        "PERINGATAN: jam kamera lebih lambat 2,6 detik dari jam komputer ini",
    ]  # fmt: skip
    assert review.timeline.words_at(second, at(5)).splitlines()[1] == "Tidak ada rekaman"
    position = QPoint(review.timeline.width() - 5, 40)
    QApplication.sendEvent(
        review.timeline, QHelpEvent(QHelpEvent.Type.ToolTip, position, review.timeline.mapToGlobal(position))
    )


def test_the_timeline_is_painted(review: ReviewWindow, desk: Desk, qtbot: QtBot) -> None:
    open_both(review, desk, qtbot)
    colours = {review.timeline.grab().toImage().pixelColor(x, 40).name() for x in range(review.timeline.width())}
    assert len(colours) > 4


def test_an_emptied_line_shows_the_case_of_the_clip_again(review: ReviewWindow, desk: Desk, qtbot: QtBot) -> None:
    row = desk.tagging.rows[2]
    review.open_row(row)
    case = review.listed
    ask(review, desk, qtbot, "lain")
    desk.search.find(FIRST)
    assert review.listed == ["b1"]
    qtbot.keyClick(review.search.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: review.listed == case)


def test_a_clip_that_is_only_in_the_answer_is_played_from_its_file(
    review: ReviewWindow, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "old.mp4"
    file.touch()
    old = replace(found("old", camera="CAM-3", second=0))
    ask(review, desk, qtbot, "lama")
    desk.search.find(old, files={"old": file})
    qtbot.keyClick(review.search.line, Qt.Key.Key_Return)
    assert review.player.moment == at(0)


def test_a_supervisor_releases_the_hold_of_a_clip_of_a_case_with_a_reason(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    row = desk.tagging.rows[2]
    review.open_row(row)
    assert not review.hold.release.isVisible()
    desk.holds.allowed = True
    review.open_row(row)
    review.hold.reason.setText("inkrah")
    qtbot.mouseClick(review.hold.release, Qt.MouseButton.LeftButton)
    assert desk.holds.asked == [(row.bookmark.id, "inkrah")]
    refusal = DomainError(DomainCode.FIELD_MISSING, "reason")
    desk.holds.refused.emit(refusal)
    assert review.hold.words.text() == explain(refusal, SAY)
    desk.holds.released.emit(replace(row.bookmark, held=False))
    assert (review.hold.words.text(), review.hold.release.isVisible()) == ("Tahan hapus dilepas dan dicatat.", False)


def test_footage_of_no_case_has_no_hold_to_release(review: ReviewWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.holds.allowed = True
    open_both(review, desk, qtbot)
    assert not review.hold.release.isVisible()


def test_four_and_nine_show_the_cameras_in_step_which_the_timeline_moves_together(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    open_both(review, desk, qtbot)
    qtbot.keyClick(review.player, Qt.Key.Key_4)
    assert [cell.camera.camera_id for cell in review.in_step.cells] == ["CAM-1", "CAM-2"]
    assert review.in_step.moment == at(60)
    review.timeline.moment_requested.emit("CAM-2", at(100))
    assert review.in_step.moment == at(100)
    review.in_step.tick()
    assert {view.camera for view in review.views()} == {"CAM-1", "CAM-2"}
    assert review.in_step.bookmarks_seen == {"b1", "b2"}
    assert not review.copies.still.isEnabled()
    qtbot.keyClick(review.in_step, Qt.Key.Key_1)
    assert (review.in_step.cells, review.player.is_playing or review.player.words != "") == ((), True)
    assert {view.camera for view in review.views()} <= {"CAM-1"}


def test_the_keys_of_the_window_work_while_the_keyboard_is_in_the_list(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    open_both(review, desk, qtbot)
    clips = review.findChild(ClipList)
    assert clips is not None
    qtbot.keyClick(clips, Qt.Key.Key_4)
    assert len(review.in_step.cells) == 2
    qtbot.keyClick(clips, Qt.Key.Key_1)
    qtbot.keyClick(clips, Qt.Key.Key_Down)
    assert clips.currentRow() == 1


def test_the_program_is_left_from_the_review_as_from_the_console(review: ReviewWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(review.quit_requested):
        qtbot.keyClick(review, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
