"""Several cameras in step in the review: one clock, and no picture that is not of its moment looks as if it were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW
from tests.clocks import FakeClock
from tmcwall.domain.bookmark import Clip, ClipState, Gap, GapCause
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.footage_timeline import Span, track_of
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.history import CameraHistory, ClockReading
from tmcwall.domain.in_step import CameraInStep, ClipOfCamera, Sight
from tmcwall.services.footage_tracks import CameraTrack
from tmcwall.texts import Translator
from tmcwall.texts import in_step as texts
from tmcwall.ui.review.step_bar import StepBar
from tmcwall.ui.review.step_player import StepPlayer
from tmcwall.video.feed.tile_feed import Picture
from tmcwall.video.ipc.colour_conversion import BT601, ColourConverter
from tmcwall.video.ipc.shared_frames import Planes

SAY = Translator()
GAP = Gap(NOW + timedelta(seconds=4), NOW + timedelta(seconds=6), GapCause.RECONNECTED)


@dataclass
class FakeFile:
    """Has the picture of each place at once, or as late as it is told to be."""

    clock: FakeClock
    lateness_s: float = 0.0
    fault: FaultCode | None = None
    building: bool = False
    closed: bool = False
    at_s: float = 0.0
    running: tuple[float, int, float] | None = None
    sought: list[bool] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    pixels: np.ndarray = field(default_factory=lambda: np.full(Planes.of(64, 36).size, 128, np.uint8))

    def pause(self) -> None:
        self.at_s, self.running = self.place_s(), None

    def seek(self, position_s: float) -> None:
        self.at_s = position_s

    def play_in_step(self, from_s: float, at_ns: int, *, speed: float, seek: bool) -> None:
        self.running = (from_s, at_ns, speed)
        self.sought.append(seek)

    def place_s(self) -> float:
        if self.running is None:
            return self.at_s
        from_s, at_ns, speed = self.running
        return from_s + max(0, self.clock.monotonic_ns() - at_ns) / 1e9 * speed - self.lateness_s

    def picture_near(self, place_s: float) -> Picture | None:
        if self.fault is not None:
            return None
        number = max(0, -int(-self.place_s() * 25 // 1))
        wanted = min(number, round(place_s * 25)) if self.running else number
        number = max(wanted, number - 3)
        address = self.pixels.ctypes.data
        return Picture(64, 36, 0, number, 0, BT601, address, ColourConverter(), number * 40_000_000)

    def whole(self, picture: Picture) -> bool:
        return True

    def verdict(self, now_ns: int) -> TileStatus:
        return TileStatus(TileState.UNSUPPORTED, None, self.fault)

    def resize(self, width: int, height: int) -> None:
        self.sizes.append((width, height))

    def close(self) -> None:
        self.closed = True


class Stage:
    def __init__(self, qtbot: QtBot) -> None:
        self.clock = FakeClock(NOW)
        self.files: dict[str, FakeFile] = {}
        self.refused = False
        self.player = StepPlayer(self.open_file, clock=self.clock, translate=SAY)
        qtbot.addWidget(self.player)
        self.player.resize(900, 700)
        self.player.show()

    def open_file(self, path: Path, width: int, height: int) -> FakeFile:
        if self.refused:
            raise Fault(FaultCode.PICTURE_MEMORY_FULL)
        self.files[path.name] = FakeFile(self.clock)
        return self.files[path.name]

    def pass_time(self, seconds: float) -> None:
        """In ticks of the screen."""
        for _ in range(round(seconds / 0.02)):
            self.clock.advance(0.02)
            self.player.tick()

    def sights(self) -> list[Sight]:
        moment = self.player.grid.moment
        assert moment is not None
        return [cell.sight(moment) for cell in self.player.cells]

    def apart_s(self) -> float:
        shown = [cell.shown_at for cell in self.player.cells if cell.shown_at is not None]
        return (max(shown) - min(shown)).total_seconds()


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(qtbot)
    yield stage
    stage.player.close_all()


def camera(number: int, *, begins_s: float = 0.0, ends_s: float = 20.0, gaps: tuple[Gap, ...] = ()) -> CameraInStep:
    begins, ends = NOW + timedelta(seconds=begins_s), NOW + timedelta(seconds=ends_s)
    clip = Clip(
        f"clip-{number}", f"mark-{number}", ClipState.READY, packets=round((ends_s - begins_s) * 25) + 1, gaps=gaps
    )
    shown = ClipOfCamera(f"mark-{number}", clip, Path(f"{number}.mp4"), begins, ends)
    return CameraInStep(f"C{number}", f"Kamera {number}", (shown,))


def test_all_cameras_stand_at_the_same_moment_and_one_key_plays_them_all(stage: Stage, qtbot: QtBot):
    stage.player.open_cameras([camera(1), camera(2, begins_s=-3.007)], NOW + timedelta(seconds=2), across=2)
    stage.player.tick()
    assert stage.sights() == [Sight.PICTURE, Sight.PICTURE]
    qtbot.keyClick(stage.player, Qt.Key.Key_Space)
    stage.pass_time(3.26)
    assert stage.player.moment == NOW + timedelta(seconds=5.01)
    assert stage.sights() == [Sight.PICTURE, Sight.PICTURE]
    assert stage.apart_s() <= 0.04
    qtbot.keyClick(stage.player, Qt.Key.Key_K)
    stage.pass_time(1)
    assert (stage.player.speed, stage.player.moment) == (0.0, NOW + timedelta(seconds=5.01))


def test_a_camera_that_is_a_little_late_has_all_shown_a_little_earlier(stage: Stage):
    stage.player.open_cameras([camera(1), camera(2)], NOW + timedelta(seconds=2), across=2)
    stage.player.play_on()
    stage.files["2.mp4"].lateness_s = 0.06
    stage.pass_time(2)
    assert stage.sights() == [Sight.PICTURE, Sight.PICTURE]
    assert stage.apart_s() <= 0.04


def test_the_clock_waits_for_a_camera_that_does_not_keep_up(stage: Stage):
    stage.player.open_cameras([camera(1), camera(2)], NOW + timedelta(seconds=2), across=2)
    stage.player.play_on()
    stage.files["2.mp4"].lateness_s = 1.0
    stage.pass_time(1.25)
    assert stage.sights()[1] is Sight.WAITING
    assert stage.player.moment is not None
    assert stage.player.moment < NOW + timedelta(seconds=3)
    assert stage.files["2.mp4"].sought[-1] is False
    stage.files["2.mp4"].lateness_s = 0.0
    stage.pass_time(1)
    assert stage.sights() == [Sight.PICTURE, Sight.PICTURE]


def test_a_camera_whose_clip_cannot_be_played_says_why_and_holds_nobody_up(stage: Stage):
    stage.player.open_cameras([camera(1), camera(2)], NOW + timedelta(seconds=2), across=2)
    stage.files["2.mp4"].fault = FaultCode.CODEC_UNSUPPORTED
    stage.player.play_on()
    stage.pass_time(2.26)
    assert stage.player.moment == NOW + timedelta(seconds=4.01)
    assert "tidak dapat diputar" in stage.player.grid.words_of(stage.player.cells[1])


def test_a_file_that_is_not_opened_says_why(stage: Stage):
    stage.refused = True
    stage.player.open_cameras([camera(1)], NOW + timedelta(seconds=2), across=2)
    stage.player.tick()
    assert "tidak dapat diputar" in stage.player.grid.words_of(stage.player.cells[0])


def test_in_a_gap_words_stand_in_place_of_the_picture_before(stage: Stage):
    stage.player.open_cameras([camera(1, gaps=(GAP,)), camera(2)], NOW + timedelta(seconds=5), across=2)
    stage.player.tick()
    assert stage.sights() == [Sight.GAP, Sight.PICTURE]
    cell = stage.player.cells[0]
    assert stage.player.grid.words_of(cell) == "Tidak ada gambar: sambungan kamera terputus"
    assert stage.player.grid.caption_of(cell)[0] == SAY(texts.NO_TIME)


def test_a_camera_without_a_clip_then_says_so_and_shows_its_clip_as_soon_as_it_begins(stage: Stage):
    stage.player.open_cameras([camera(1), camera(2, begins_s=4)], NOW, across=2)
    stage.player.tick()
    assert stage.sights() == [Sight.PICTURE, Sight.NO_CLIP]
    assert stage.player.grid.words_of(stage.player.cells[1]) == "Tidak ada klip pada saat ini."
    stage.player.play_on()
    stage.pass_time(5.25)
    assert stage.sights() == [Sight.PICTURE, Sight.PICTURE]
    assert stage.apart_s() <= 0.04


def test_it_stands_still_where_the_last_clip_has_ended_and_lets_go_of_the_files(stage: Stage):
    stage.player.open_cameras([camera(1, ends_s=3)], NOW + timedelta(seconds=2), across=2)
    stage.player.play_on()
    stage.pass_time(2)
    assert stage.player.speed == 0.0
    assert stage.files["1.mp4"].closed


def test_a_step_goes_by_one_picture_of_all_cameras(stage: Stage, qtbot: QtBot):
    stage.player.open_cameras([camera(1), camera(2)], NOW + timedelta(seconds=2), across=2)
    qtbot.keyClick(stage.player, Qt.Key.Key_Period)
    stage.pass_time(0.5)
    assert stage.player.moment == NOW + timedelta(seconds=2.04)
    assert {cell.shown_at for cell in stage.player.cells} == {NOW + timedelta(seconds=2.04)}
    qtbot.keyClick(stage.player, Qt.Key.Key_Left)
    assert stage.player.moment == NOW - timedelta(seconds=2.96)


def test_keys_make_it_faster_and_backwards(stage: Stage, qtbot: QtBot):
    stage.player.open_cameras([camera(1)], NOW + timedelta(seconds=8), across=2)
    for expected in (1.0, 2.0, 4.0):
        qtbot.keyClick(stage.player, Qt.Key.Key_L)
        assert stage.player.speed == expected
    qtbot.keyClick(stage.player, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert stage.player.speed == 2.0
    qtbot.keyClick(stage.player, Qt.Key.Key_J)
    assert stage.player.speed == -1.0
    qtbot.keyClick(stage.player, Qt.Key.Key_J)
    assert stage.player.speed == -2.0


def test_the_exact_time_and_the_error_of_the_clock_with_its_age_stand_below_each_picture(stage: Stage):
    moment = NOW + timedelta(seconds=2)
    history = CameraHistory((), (ClockReading("C1", moment - timedelta(minutes=5), 1300),), None)
    shown = Span(NOW, NOW + timedelta(seconds=60))
    track = track_of("C1", shown, footage=[], history=history)
    stage.player.open_cameras([camera(1), camera(2)], moment, across=2)
    stage.player.show_tracks([CameraTrack("Kamera 1", track, history)])
    stage.player.tick()
    first, second = stage.player.cells
    assert stage.player.grid.caption_of(first) == (
        "14.14.34,000 WIB",
        "jam kamera +1,3 s, diukur 5 menit sebelumnya",
    )
    assert stage.player.grid.caption_of(second)[1] == "jam kamera belum diukur"
    assert stage.player.cameras_seen == {"C1", "C2"}
    assert not stage.player.grab().isNull()


def test_pictures_are_asked_for_in_the_size_in_which_they_are_painted(stage: Stage):
    stage.player.open_cameras([camera(1)], NOW + timedelta(seconds=2), across=2)
    stage.player.resize(1200, 900)
    assert stage.files["1.mp4"].sizes[-1] == stage.player.grid.picture_size().toTuple()


def test_one_of_three_numbers_of_cameras_is_chosen(qtbot: QtBot):
    bar = StepBar(translate=SAY)
    qtbot.addWidget(bar)
    chosen: list[int] = []
    bar.chosen.connect(chosen.append)
    bar.press("9")
    bar.press("4")
    bar.choose(1)
    assert (chosen, bar.across) == ([3, 2], 1)
