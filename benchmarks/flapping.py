"""A link that goes down and up for long (row R34): is each change counted once, the uptime right, and nothing grown?

    python -m benchmarks.flapping [--minutes 30] [--beat 5] [--json F]

One camera of the city flaps beside eight healthy ones, `--beat` seconds down and as long up, through the engine, the
console's book of cameras and the health history in a real store. Exit 1 if the history counts another number of changes
than were seen, if its uptime is more than 2 % off, or if descriptors or threads grow.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

import psutil
from PySide6.QtCore import QCoreApplication, QObject, QTimer

from benchmarks.fault_cities import City, Guards, clip_in
from benchmarks.faults import BACK_WITHIN_S, GOAL_SHARE, HEALTHY, Stage
from tests.services_stage import FakeDuty
from tmcwall.db import cameras as camera_rows
from tmcwall.db import health
from tmcwall.db.store import Store
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.health import TileState
from tmcwall.domain.history import DOWN, UP, CameraState, Uptime, camera_state, uptime
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.healthlog import HealthLog
from tmcwall.video.feed.tile_feed import TileFeed
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import Live

SAMPLE_S: Final = 5.0
NEAR: Final = 0.02
MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Size:
    """What a leak makes more of; memory is that which no other process shares."""

    descriptors: float
    threads: float
    memory_mib: float

    @classmethod
    def of(cls, pids: Sequence[int]) -> Size:
        processes = [psutil.Process(pid) for pid in pids]
        return cls(
            sum(process.num_fds() for process in processes),
            sum(process.num_threads() for process in processes),
            sum(process.memory_full_info().uss for process in processes) / MIB,
        )

    @classmethod
    def middle(cls, sizes: Sequence[Size]) -> Size:
        return cls(
            median(size.descriptors for size in sizes),
            median(size.threads for size in sizes),
            round(median(size.memory_mib for size in sizes), 1),
        )


@dataclass(frozen=True, slots=True)
class Result:
    minutes: float
    beat_s: float
    changes_seen: int
    changes_counted: int
    """In all rows of the history together."""
    rows: int
    unstable: int
    """Rows that sum up."""
    share_seen: float
    """Of the time in which the camera's state was known it had a picture so long."""
    share_written: float
    healthy_share: float
    before: Size
    """In the first quarter."""
    after: Size
    """In the last."""
    load: float

    @property
    def passed(self) -> bool:
        return (
            self.changes_seen == self.changes_counted
            and abs(self.share_seen - self.share_written) <= NEAR
            and self.healthy_share >= GOAL_SHARE
            and self.after.descriptors <= self.before.descriptors
            and self.after.threads <= self.before.threads
        )


class GivenCameras:
    """Reports for the book of cameras; the feed has its cameras from the stage."""

    def __init__(self, feed: VideoFeed) -> None:
        self.stream_reported = feed.stream_reported

    def set_cameras(self, cameras: Sequence[Live]) -> None:
        """They are known."""


class PictureMonitor(QObject):
    """Judges the tile once a second as walls do, and keeps count by itself of what the history hears of."""

    def __init__(self, book: CameraBook, tile: TileFeed) -> None:
        super().__init__()
        self.changes = 0
        self.seen = Uptime()
        self._book = book
        self._tile = tile
        self._state: CameraState | None = None
        self._since_ns = time.monotonic_ns()
        book.statuses_changed.connect(self._look)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._judge)
        self._second.start()

    def stop(self) -> None:
        self._second.stop()
        self._look()

    def _judge(self) -> None:
        self._book.judge_tiles({self._tile.camera_id: self._tile.verdict(time.monotonic_ns())})

    def _look(self, _camera_ids: object = None) -> None:
        now_ns = time.monotonic_ns()
        passed_s = (now_ns - self._since_ns) / 1e9
        if self._state in UP | DOWN:
            self.seen += Uptime(passed_s if self._state in UP else 0.0, passed_s)
        state = camera_state(self._book.status(self._tile.camera_id).state)
        self.changes += self._state not in {None, state}
        self._state, self._since_ns = state, now_ns


def play(application: QCoreApplication, folder: Path, *, minutes: float, beat_s: float) -> Result:
    clock = SystemClock()
    clip = clip_in(folder)
    city = City(clip)
    stage = Stage(application, city, folder / "recordings", ca_file=Guards(folder, clip).ca_file)
    flapping = city.camera(HEALTHY)
    store = Store(folder / "tmcwall.db", clock=clock)
    try:
        known = [Camera(flapping, flapping, city.url(flapping))]
        store.write(lambda session: camera_rows.put(session, known)).result(10)
        book = CameraBook(store=store, streams=GivenCameras(stage.feed), logins=None, clock=clock)
        log = HealthLog(store=store, cameras=book, streams=stage.feed, duty=FakeDuty(), clock=clock)
        ready: list[bool] = []
        book.cameras_changed.connect(lambda: ready.append(True))
        book.start()
        log.start()
        stage.wait(lambda: bool(ready), 10)
        began = clock.utc()
        (tile,) = stage.show(city, [flapping], "")
        watch = PictureMonitor(book, tile)
        stage.wait(lambda: stage.states([*stage.healthy, tile]) == {TileState.LIVE}, BACK_WITHIN_S)
        measured = stage.begin()
        city.order(f"fault {flapping} flap:{beat_s:g}")
        sizes: list[Size] = []
        while time.monotonic() - measured < minutes * 60:
            stage.wait(lambda: False, SAMPLE_S)
            sizes.append(Size.of([os.getpid(), stage.feed.engine_pid or 0, *stage.feed.decoder_pids]))
        healthy_share = stage.measured(measured)[0]
        watch.stop()
        log.stop()
        book.stop()
        until = clock.utc()
        # By the writer, behind what the history has just handed to it.
        found = store.write(lambda session: health.history(session, flapping, since=began, until=until)).result(10)
    finally:
        stage.close()
        city.close()
        store.close()
    quarter = max(1, len(sizes) // 4)
    return Result(
        minutes=minutes,
        beat_s=beat_s,
        changes_seen=watch.changes,
        changes_counted=sum(change.changes for change in found.changes),
        rows=len(found.changes),
        unstable=sum(change.state is CameraState.UNSTABLE for change in found.changes),
        share_seen=round(watch.seen.share or 0.0, 3),
        share_written=round(uptime(found.changes, since=began, until=until).share or 0.0, 3),
        healthy_share=round(healthy_share, 3),
        before=Size.middle(sizes[:quarter]),
        after=Size.middle(sizes[-quarter:]),
        load=round(os.getloadavg()[1], 1),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """0: everything held; 1: not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flapping")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--beat", type=float, default=5, metavar="S")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QCoreApplication([])
    with tempfile.TemporaryDirectory() as folder:
        result = play(application, Path(folder), minutes=options.minutes, beat_s=options.beat)
    told = json.dumps(asdict(result) | {"passed": result.passed}, indent=1)
    print(told)
    if options.json is not None:
        options.json.write_text(told)
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
