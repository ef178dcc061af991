"""Clips in step on one clock, through engine, decoders and window as in the review: how far apart, how many a second.

usage: python -m benchmarks.in_step [--cameras 9] [--size 640x360] [--seconds 30] [--speed 1] [--decoders 2] [--json F]
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.seek import RATE, make_clip
from tmcwall.domain.bookmark import Clip, ClipState
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.in_step import CameraInStep, ClipOfCamera, Sight
from tmcwall.texts import Translator
from tmcwall.ui.review.step_player import StepPlayer
from tmcwall.video.feed.video_feed import VideoFeed

LONGEST_S = 60.0
BEGINS = datetime(2026, 3, 10, 7, tzinfo=UTC)


def wait(application: QApplication, condition: Callable[[], object]) -> None:
    begin = time.perf_counter()
    while not condition():
        if time.perf_counter() - begin > LONGEST_S:
            raise TimeoutError
        application.processEvents()
        time.sleep(0.001)


def cameras_of(clips: list[Path], seconds: int) -> list[CameraInStep]:
    """Each begins some milliseconds after the one before, as cameras do."""
    found = []
    for number, path in enumerate(clips):
        begins = BEGINS + timedelta(milliseconds=7 * number)
        ends = begins + timedelta(seconds=seconds - 1 / RATE)
        clip = Clip(
            f"clip-{number}", f"mark-{number}", ClipState.READY, path.name, first_packet_at=begins, last_packet_at=ends,
            packets=seconds * RATE,
        )  # fmt: skip
        found.append(
            CameraInStep(f"C{number}", f"Kamera {number}", (ClipOfCamera(f"mark-{number}", clip, path, begins, ends),))
        )
    return found


class Measured:
    """What is on screen, looked at as often as the screen could change."""

    def __init__(self, player: StepPlayer) -> None:
        self._player = player
        self.apart_s: list[float] = []
        self.pictures = 0
        self.looks = 0
        self.waiting = 0
        self._shown: dict[str, datetime] = {}

    def look(self) -> None:
        moment = self._player.grid.moment
        if moment is None:
            return
        shown = []
        self.looks += 1
        for cell in self._player.cells:
            if cell.sight(moment) is not Sight.PICTURE or cell.shown_at is None:
                self.waiting += 1
                continue
            shown.append(cell.shown_at)
            if self._shown.get(cell.camera.camera_id) != cell.shown_at:
                self._shown[cell.camera.camera_id] = cell.shown_at
                self.pictures += 1
        if len(shown) > 1:
            self.apart_s.append((max(shown) - min(shown)).total_seconds())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=9)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--decoders", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    application = QApplication([])
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        clips = []
        for number in range(given.cameras):
            place = Path(folder, str(number))
            place.mkdir()
            clips.append(make_clip(place, given.size, given.seconds, 50))
        feed = VideoFeed(clock=clock, recordings=Path(folder, "recordings"), decoders=given.decoders)
        stopped: list[bool] = []
        feed.stopped.connect(lambda: stopped.append(True))
        feed.start()
        player = StepPlayer(feed.open_file, clock=clock, translate=Translator())
        player.resize(1600, 950)
        player.show()
        asked = time.perf_counter()
        player.open_cameras(cameras_of(clips, given.seconds), BEGINS + timedelta(seconds=1), across=3)
        all_there = lambda: all(cell.sight(player.grid.moment) is Sight.PICTURE for cell in player.cells)  # noqa: E731
        wait(application, lambda: player.grid.moment is not None and all_there())
        opened_ms = (time.perf_counter() - asked) * 1e3
        seeks = []
        for number in range(20):
            asked = time.perf_counter()
            player.go_to(BEGINS + timedelta(seconds=1.5 + (number * 7.3) % (given.seconds - 3)))
            wait(application, lambda: player.grid.moment == player.moment and all_there())
            seeks.append((time.perf_counter() - asked) * 1e3)
        player.go_to(BEGINS + timedelta(seconds=1))
        wait(application, lambda: player.grid.moment == player.moment and all_there())
        measured = Measured(player)
        looks = QTimer()
        looks.setInterval(10)
        looks.timeout.connect(measured.look)
        while player.speed != given.speed:
            player.play_on()
        wait(application, lambda: player.moment > BEGINS + timedelta(seconds=1.5))
        looks.start()
        begin_cpu, begin, begin_moment = time.process_time(), time.perf_counter(), player.moment
        until = BEGINS + timedelta(seconds=given.seconds - 2)
        wait(application, lambda: player.moment > until)
        took_s = time.perf_counter() - begin
        looks.stop()
        result = {
            "cameras": given.cameras, "size": given.size, "speed": given.speed,
            "apart_ms_largest": round(max(measured.apart_s) * 1e3, 1),
            "apart_ms_p99": round(statistics.quantiles(measured.apart_s, n=100)[-1] * 1e3, 1),
            "fps_of_each": round(measured.pictures / given.cameras / took_s, 1),
            "not_of_the_moment": round(measured.waiting / max(1, measured.looks * given.cameras), 4),
            "pace": round((player.moment - begin_moment).total_seconds() / took_s, 2),
            "ui_cpu": round((time.process_time() - begin_cpu) / took_s, 2),
            "opened_ms": round(opened_ms), "seek_all_ms_p50": round(statistics.median(seeks)),
            "seek_all_ms_p95": round(statistics.quantiles(seeks, n=20)[-1]), "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip
        player.close_all()
        player.close()
        feed.stop()
        wait(application, lambda: stopped)
    print(json.dumps(result, indent=1))
    if given.json:
        given.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
