"""A feed without a screen that shows cameras of a city, for benchmarks that give some of them trouble."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer

from benchmarks.fault_cities import RATE, SIZE, City
from tmcwall.domain.camera import RecordPolicy
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.health import TileState
from tmcwall.domain.source import TransportPreference
from tmcwall.video.feed.tile_feed import TileFeed
from tmcwall.video.feed.video_feed import Pacer, VideoFeed
from tmcwall.video.ipc.messages import Live, StreamUrl


class Stage:
    """The feed, the healthy tiles, and the clockwork that paints and measures."""

    def __init__(
        self, application: QCoreApplication, city: City, recordings: Path, *, healthy: int, ca_file: Path | None = None
    ) -> None:
        self._application = application
        self._clock = SystemClock()
        self.feed = VideoFeed(clock=self._clock, recordings=recordings, ca_file=ca_file)
        self.engine_starts = 0
        self.feed.engine_started.connect(self._count_engine)
        self.feed.start()
        self._sources = [self._source(city, city.camera(number)) for number in range(healthy)]
        self.feed.set_cameras(self._sources)
        self.healthy = [self.feed.open_tile(source.camera, *SIZE) for source in self._sources]
        self._shown: dict[TileFeed, int] = {}
        self._delays: list[float] = []
        self._pacer = Pacer(self.healthy)
        self._due_ns = 0
        self._painting = self._timer(16, self._paint)
        self._beating = self._timer(10, self._beat)

    def show(self, city: City, cameras: Sequence[str], act: str) -> list[TileFeed]:
        """More tiles, of cameras of a city that may get into trouble."""
        url = "rtsp://tidak-ada.invalid/sub" if act == "unknown-name" else ""
        carriage = TransportPreference.UDP if act == "over-udp" else TransportPreference.AUTO
        self._sources += [self._source(city, camera, url, carriage) for camera in cameras]
        self.feed.set_cameras(self._sources)
        tiles = [self.feed.open_tile(camera, *SIZE) for camera in cameras]
        self._pacer = Pacer([*self.healthy, *tiles])
        return tiles

    def remove(self, tiles: Sequence[TileFeed]) -> None:
        self._pacer = Pacer(self.healthy)
        for tile in tiles:
            tile.close()
        gone = {tile.camera_id for tile in tiles}
        self._sources = [source for source in self._sources if source.camera not in gone]
        self.feed.set_cameras(self._sources)

    def states(self, tiles: Sequence[TileFeed]) -> set[TileState]:
        now_ns = self._clock.monotonic_ns()
        return {tile.verdict(now_ns).state for tile in tiles}

    def decoder_of(self, tile: TileFeed) -> int:
        """Its process id; 0 while none is known."""
        return dict(enumerate(self.feed.decoder_pids)).get(tile.decoder, 0)

    def wait(self, condition: Callable[[], bool], limit_s: float) -> float | None:
        """Seconds until it was true; None if it was not in time."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > limit_s:
                return None
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return time.monotonic() - began

    def begin(self) -> float:
        self._shown = dict.fromkeys(self.healthy, 0)
        self._delays = []
        return time.monotonic()

    def measured(self, began: float, *, without: int | None = None) -> tuple[float, float, float]:
        """Mean and least share of the healthy tiles' pictures, and the loop's p99 delay in milliseconds.

        The tiles of the decoder `without` share its fate and are left out.
        """
        expected = (time.monotonic() - began) * RATE
        shares = [count / expected for tile, count in self._shown.items() if tile.decoder != without]
        return sum(shares) / len(shares), min(shares), float(np.percentile(self._delays or [0.0], 99))

    def close(self) -> None:
        self._painting.stop()
        self._beating.stop()
        ended: list[bool] = []
        self.feed.stopped.connect(lambda: ended.append(True))
        self.feed.stop()
        self.wait(lambda: bool(ended), 5)

    def _source(
        self, city: City, camera: str, url: str = "", carriage: TransportPreference = TransportPreference.AUTO
    ) -> Live:
        main = StreamUrl(url or city.url(camera), transport=carriage, **city.reached)
        return Live(camera=camera, main=main, record=RecordPolicy.MAIN)

    def _timer(self, interval_ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self._application, interval=interval_ms, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(act)
        timer.start()
        return timer

    def _paint(self) -> None:
        for tile, _ in self._pacer.due(self._clock.monotonic_ns()):
            if tile in self._shown:
                self._shown[tile] += 1

    def _beat(self) -> None:
        now_ns = self._clock.monotonic_ns()
        if self._due_ns:
            self._delays.append(max(0.0, (now_ns - self._due_ns) / 1e6))
        self._due_ns = now_ns + 10_000_000

    def _count_engine(self) -> None:
        self.engine_starts += 1
