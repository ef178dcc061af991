"""The review of a clip: playing, seeking, and what is known of the footage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, make_row
from tests.clocks import FakeClock
from tests.desk import Desk
from tests.fake_services import FakeCaseUnits
from tmcwall.domain.bookmark import ClipState, Gap, GapCause
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.oversight import Place, View
from tmcwall.domain.station_zone import StationZone
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain
from tmcwall.ui.console.bookmark_list import BookmarkListModel, Column
from tmcwall.ui.review.player import ClipPlayer
from tmcwall.ui.review.window import ReviewWindow
from tmcwall.video.feed.tile_feed import Picture
from tmcwall.video.ipc.colour_conversion import BT601, ColourConverter
from tmcwall.video.ipc.shared_frames import Planes

SAY = Translator()


class FakeClip:
    """A clip of 40 s that shows one grey picture a look."""

    duration_s = 40.0

    def __init__(self) -> None:
        self.playing = True
        self.ended = False
        self.position_s = 0.0
        self.torn = False
        self.building = False
        self.deaf = False
        self.closed = False
        self.speed = 1.0
        self.sizes: list[tuple[int, int]] = []
        self.fault: FaultCode | None = None
        self.pixels = np.full(Planes.of(64, 36).size, 128, np.uint8)

    def play(self, *, speed: float = 1.0) -> None:
        self.playing, self.speed = True, speed

    def pause(self) -> None:
        self.playing = False

    def seek(self, position_s: float) -> None:
        if self.deaf:
            return
        self.position_s = position_s
        self.ended = False

    def newest_due(self, now_ns: int) -> Picture | None:
        if self.fault:
            return None
        return Picture(64, 36, 0, 1, 0, BT601, self.pixels.ctypes.data, ColourConverter())

    def play_in_step(self, from_s: float, at_ns: int, *, speed: float, seek: bool) -> None:
        self.playing, self.speed = True, speed

    def picture_near(self, place_s: float) -> Picture | None:
        address = self.pixels.ctypes.data
        return Picture(64, 36, 0, round(place_s * 25), 0, BT601, address, ColourConverter(), round(place_s * 1e9))

    def whole(self, picture: Picture) -> bool:
        return not self.torn

    def verdict(self, now_ns: int) -> TileStatus:
        return TileStatus(TileState.UNSUPPORTED, None, self.fault) if self.fault else TileStatus(TileState.LIVE)

    def resize(self, width: int, height: int) -> None:
        self.sizes.append((width, height))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def clip() -> FakeClip:
    return FakeClip()


@pytest.fixture
def player(clip: FakeClip, qtbot: QtBot) -> Iterator[ClipPlayer]:
    player = ClipPlayer(lambda path, width, height: clip, clock=FakeClock(NOW), translate=SAY)
    qtbot.addWidget(player)
    player.resize(800, 520)
    player.show()
    yield player
    player.close_clip()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"video")
    return path


def row_of(desk: Desk, number: int = 3):
    return make_row(number, desk.cameras.all())


def test_a_clip_plays_at_once_and_shows_the_time_of_the_frame_in_wib(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk
) -> None:
    row = row_of(desk)
    player.open_clip(path, replace(row.clip, first_packet_at=NOW))
    clip.position_s = 12.0
    player._next()
    assert player.has_picture
    assert player._time.text() == "28 Maret 2025, 14.14.44 WIB"
    assert player._position.text() == "00.12 / 00.40"
    assert player._toggle.text() == "Jeda"


def test_a_picture_that_is_built_up_is_shown_and_called_so(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk
) -> None:
    player.open_clip(path, row_of(desk).clip)
    clip.building = True
    player._next()
    assert player.has_picture
    assert player.remark == SAY(texts.PLAYER_BUILDING)
    clip.building = False
    player._next()
    assert player.remark == ""


def test_space_pauses_and_plays(player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk, qtbot: QtBot) -> None:
    player.open_clip(path, row_of(desk).clip)
    qtbot.keyClick(player, Qt.Key.Key_Space)
    assert not clip.playing
    assert player._toggle.text() == "Putar"
    qtbot.keyClick(player, Qt.Key.Key_Space)
    assert clip.playing


def test_a_clip_at_its_end_starts_again(player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk) -> None:
    player.open_clip(path, row_of(desk).clip)
    clip.ended, clip.playing, clip.position_s = True, False, 40.0
    player.toggle()
    assert clip.playing
    assert clip.position_s == 0.0


def test_arrows_go_five_seconds_but_not_past_the_ends(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk, qtbot: QtBot
) -> None:
    player.open_clip(path, row_of(desk).clip)
    clip.pause()
    clip.position_s = 38.0
    qtbot.keyClick(player, Qt.Key.Key_Right)
    assert clip.position_s == 39.8
    clip.position_s = 2.0
    qtbot.keyClick(player, Qt.Key.Key_Left)
    assert clip.position_s == 0.0


def test_dragging_the_bar_seeks(player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk) -> None:
    player.open_clip(path, row_of(desk).clip)
    player._bar.sliderMoved.emit(155)
    assert clip.position_s == 15.5


def test_a_torn_picture_is_not_shown(player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk) -> None:
    clip.torn = True
    player.open_clip(path, row_of(desk).clip)
    player._next()
    assert not player.has_picture


def test_a_clip_that_cannot_be_played_says_why(player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk) -> None:
    clip.fault = FaultCode.FILE_UNREADABLE
    player.open_clip(path, row_of(desk).clip)
    player._next()
    assert player.words.startswith("Klip tidak dapat diputar. Berkas video tidak dapat dibaca.")


def test_a_missing_file_says_so(player: ClipPlayer, tmp_path: Path, desk: Desk) -> None:
    player.open_clip(tmp_path / "gone.mp4", row_of(desk).clip)
    assert player.words.startswith("Berkas klip tidak ditemukan di komputer ini. Minta petugas TI")
    assert not player._toggle.isEnabled()


def test_no_room_for_the_picture_is_said_in_words(path: Path, desk: Desk, qtbot: QtBot) -> None:
    def refuse(path: Path, width: int, height: int) -> FakeClip:
        raise Fault(FaultCode.COMPONENT_MISSING)

    player = ClipPlayer(refuse, clock=FakeClock(NOW), translate=SAY)
    qtbot.addWidget(player)
    player.open_clip(path, row_of(desk).clip)
    assert player.words.startswith("Klip tidak dapat diputar. ")


def test_j_k_and_l_go_back_stand_and_play_from_a_quarter_to_eight_times(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk, qtbot: QtBot
) -> None:
    player.open_clip(path, row_of(desk).clip)
    for key, shift, speed in (
        (Qt.Key.Key_L, False, 2.0), (Qt.Key.Key_L, False, 4.0), (Qt.Key.Key_L, False, 8.0), (Qt.Key.Key_L, False, 8.0),
        (Qt.Key.Key_K, False, 0.0), (Qt.Key.Key_L, False, 1.0), (Qt.Key.Key_L, True, 0.5), (Qt.Key.Key_L, True, 0.25),
        (Qt.Key.Key_L, True, 0.25), (Qt.Key.Key_J, False, -1.0), (Qt.Key.Key_J, False, -2.0),
        (Qt.Key.Key_J, True, -1.0), (Qt.Key.Key_L, False, 1.0), (Qt.Key.Key_K, False, 0.0), (Qt.Key.Key_J, True, -0.5),
        (Qt.Key.Key_Space, False, 0.0), (Qt.Key.Key_L, True, 0.5),
    ):  # fmt: skip
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(player, key, modifier)
        assert player.speed == speed
        assert clip.speed == speed or speed <= 0
    assert player._pace.text() == "Kecepatan 1/2x"


def test_backwards_is_one_still_after_the_other_until_the_start(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk
) -> None:
    player.open_clip(path, row_of(desk).clip)
    clip.position_s = 0.3
    player.play_back()
    player._go_back()
    assert not clip.playing
    assert clip.position_s == pytest.approx(0.1)
    player._go_back()
    player._go_back()
    assert (clip.position_s, player.speed) == (0.0, 0.0)


def test_comma_and_full_stop_show_the_picture_before_and_after(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk, qtbot: QtBot
) -> None:
    whole = replace(row_of(desk).clip, first_packet_at=NOW, last_packet_at=NOW + timedelta(seconds=40), packets=1000)
    player.open_clip(path, whole)
    clip.position_s = 10.0
    clip.deaf = True
    for key, shown_s in ((".", 10.04), (".", 10.08), (",", 10.04), (",", 10.0), (",", 9.96)):
        qtbot.keyClicks(player, key)
        assert player.position_s() == pytest.approx(shown_s)
        assert player.moment == NOW + timedelta(seconds=player.position_s())
    assert not clip.playing


def test_the_player_goes_to_a_moment_of_the_footage(player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk) -> None:
    player.open_clip(path, replace(row_of(desk).clip, first_packet_at=NOW))
    player.go_to(NOW + timedelta(seconds=12))
    assert clip.position_s == pytest.approx(12.0)
    player.go_to(NOW - timedelta(hours=1))
    assert clip.position_s == 0.0


def test_a_moment_of_a_clip_that_is_being_opened_is_gone_to_once_it_is(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk
) -> None:
    clip.duration_s = 0.0
    player.open_clip(path, replace(row_of(desk).clip, first_packet_at=NOW))
    player.go_to(NOW + timedelta(seconds=12))
    player._next()
    assert clip.position_s == 0.0
    clip.duration_s = 40.0
    player._next()
    assert clip.position_s == pytest.approx(12.0)


@pytest.fixture
def review(desk: Desk, clip: FakeClip, path: Path, qtbot: QtBot) -> ReviewWindow:
    desk.tagging.paths = {row.bookmark.id: path for row in desk.tagging.rows}
    review = ReviewWindow(
        desk.tagging, desk.copies, FakeCaseUnits(), lambda file, width, height: clip, search=desk.search,
        tracks=desk.tracks, holds=desk.holds, baskets=desk.baskets,
        annotations=desk.annotations, masks=desk.masks, clock=desk.clock, translate=SAY,
    )  # fmt: skip
    qtbot.addWidget(review)
    return review


def test_the_review_lists_all_clips_of_the_case(review: ReviewWindow, desk: Desk) -> None:
    row = desk.tagging.rows[2]
    review.open_row(row)
    assert review.listed == ["bookmark-2", "bookmark-6", "bookmark-10"]
    assert review._title.text() == row.case.lp


def test_the_key_s_makes_a_still_of_the_picture_that_is_shown(
    review: ReviewWindow, desk: Desk, clip: FakeClip, qtbot: QtBot
) -> None:
    review.open_row(desk.tagging.rows[2])
    clip.pause()
    clip.position_s = 12.5
    qtbot.keyClick(review, Qt.Key.Key_S)
    assert desk.copies.stills == [("bookmark-2", 12.5)]
    assert not review.copies.still.isEnabled()
    qtbot.keyClick(review, Qt.Key.Key_S)
    assert len(desk.copies.stills) == 1
    desk.copies.put_busy(busy=False)
    desk.copies.made.emit(Path("/data/copies/klip/a.png"))
    assert review.copies.words.text() == "Tersimpan: /data/copies/klip/a.png"


def test_a_viewing_copy_is_made_at_the_press_of_a_button_and_a_refusal_is_said(
    review: ReviewWindow, desk: Desk, qtbot: QtBot
) -> None:
    review.open_row(desk.tagging.rows[2])
    qtbot.mouseClick(review.copies.viewing_copy, Qt.MouseButton.LeftButton)
    assert desk.copies.viewing_copies == ["bookmark-2"]
    desk.copies.put_busy(busy=False)
    refusal = DomainError(DomainCode.NOT_ALLOWED)
    desk.copies.refused.emit(refusal)
    assert review.copies.words.text() == explain(refusal, SAY)


def test_of_a_clip_that_is_not_here_no_copy_is_offered(review: ReviewWindow, desk: Desk) -> None:
    desk.tagging.paths = {}
    review.open_row(desk.tagging.rows[2])
    assert not review.copies.still.isEnabled()
    assert not review.copies.viewing_copy.isEnabled()


def test_the_information_holds_real_range_hash_losses_and_reminder(review: ReviewWindow, desk: Desk) -> None:
    row = desk.tagging.rows[2]
    review.open_row(row)
    info = review.information
    assert info.value(texts.INFO_SHA256).replace(" ", "") == row.clip.sha256
    assert info.value(texts.INFO_LOSSES) == "2 dari 3120"
    assert info.value(texts.INFO_GAPS) == "Rentang lengkap"
    assert info.value(texts.INFO_REMINDER) == "25 Maret 2025, lewat 3 hari"
    assert info.value(texts.INFO_OFFSET) == "belum diukur"
    assert info.value(texts.INFO_FIRST) == "28 Maret 2025, 14.00.06 WIB"


def test_footage_that_begins_late_is_said_to_be_missing(review: ReviewWindow, desk: Desk) -> None:
    row = desk.tagging.rows[2]
    assert row.clip is not None
    late = replace(row, clip=replace(row.clip, first_packet_at=row.bookmark.starts_at + timedelta(seconds=9)))
    review.open_row(late)
    assert review.information.value(texts.INFO_GAPS) == "9 dtk awal tidak terekam"


@pytest.mark.parametrize("cause", GapCause)
def test_every_gap_is_said_with_its_time_its_length_and_its_cause(
    review: ReviewWindow, desk: Desk, cause: GapCause
) -> None:
    row = desk.tagging.rows[2]
    assert row.clip is not None
    starts_at = row.bookmark.starts_at + timedelta(seconds=9)
    gap = Gap(starts_at, starts_at + timedelta(seconds=1.4), cause, 7)
    lacking = replace(row, clip=replace(row.clip, asked_from=row.bookmark.starts_at, gaps=(gap,)))
    review.open_row(lacking)
    first, line = review.information.value(texts.INFO_GAPS).splitlines()
    assert first == "Tidak lengkap: 1,4 dtk hilang"
    assert line.startswith(f"{StationZone.WIB.time_of_day(starts_at)},0 WIB · 1,4 dtk · ")
    assert (cause is GapCause.PACKETS_LOST) == ("7 paket" in line)
    model = BookmarkListModel(clock=desk.clock, translate=SAY)
    model.show([lacking])
    assert model.data(model.index(0, Column.CLIP)) == first


def test_a_clip_that_is_still_being_cut_is_not_opened(review: ReviewWindow, desk: Desk) -> None:
    row = desk.tagging.rows[2]
    assert row.clip is not None
    review.open_row(replace(row, clip=replace(row.clip, state=ClipState.CUTTING)))
    assert review.player.words == "Klip belum siap: Dipotong."


def test_closing_the_review_lets_go_of_the_file(review: ReviewWindow, clip: FakeClip, desk: Desk, qtbot: QtBot) -> None:
    review.open_row(desk.tagging.rows[2])
    qtbot.keyClick(review, Qt.Key.Key_Escape)
    assert clip.closed
    assert not review.isVisible()


def test_a_seek_shows_where_it_goes_before_the_clip_is_there(
    player: ClipPlayer, clip: FakeClip, path: Path, desk: Desk
) -> None:
    player.open_clip(path, row_of(desk).clip)
    clip.deaf = True
    player._bar.sliderMoved.emit(250)
    assert player._position.text() == "00.25 / 00.40"
    clip.position_s = 26.4
    player._next()
    assert player._position.text() == "00.26 / 00.40"


def test_whose_footage_is_seen_is_told_to_oversight_while_a_picture_is_shown(review: ReviewWindow, desk: Desk) -> None:
    row = desk.tagging.rows[2]
    assert review.views() == frozenset()
    review.open_row(row)
    assert review.views() == frozenset(), "no picture yet"
    review.player._next()
    assert review.views() == {View(row.bookmark.camera_id, Place.CLIP)}
    review.close()
    assert review.views() == frozenset()
