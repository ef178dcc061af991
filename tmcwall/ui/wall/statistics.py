"""What a wall achieves, counted in the running program: schema `tmcwall.stats/1` (design section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Slot

from tmcwall.domain.clock import Clock
from tmcwall.process_usage import Shares, cpu_s, memory_mib, running_s
from tmcwall.ui.wall.canvas import WallCanvas
from tmcwall.ui.wall.tile import WallTile
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import SOFTWARE, StreamReport

SCHEMA: Final = "tmcwall.stats/1"
_LOOP_MS: Final = 10


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds."""

    p50: float
    p99: float


class LoopDelay(msgspec.Struct, frozen=True):
    """Lateness of a 10 ms precise timer of the GUI thread, in milliseconds."""

    p50: float
    p99: float
    max: float


class TileStatistics(msgspec.Struct, frozen=True):
    camera: str
    state: str
    plan: str
    decoder: str
    first_picture_s: float | None
    frames_received: int
    frames_decoded: int
    frames_displayed: int
    fps_displayed: float
    reconnects: int
    delay_ms: Spread | None


class UiStatistics(msgspec.Struct, frozen=True):
    loop_delay_ms: LoopDelay


class Statistics(msgspec.Struct, frozen=True):
    seconds: float
    tiles: list[TileStatistics]
    ui: UiStatistics
    cpu_s: Shares
    memory_mib: Shares
    schema: str = SCHEMA


class _Counts(msgspec.Struct, frozen=True):
    received: int = 0
    decoded: int = 0
    shown: int = 0
    reconnects: int = 0


class WallStatistics(QObject):
    """Counts from `begin` to `finish`. Hand `painted` to the wall's window."""

    def __init__(self, feed: VideoFeed, *, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._clock = clock
        self._program_began_ns = _program_began_ns(clock)
        self._canvases: Sequence[WallCanvas] = ()
        self._began_ns = 0
        self._counting = False
        self._first_ns: dict[str, int] = {}
        self._delays: dict[str, list[int]] = {}
        self._before: dict[WallTile, _Counts] = {}
        self._engine: int | None = None
        self._cpu_before = Shares(0.0, 0.0, 0.0, 0.0)
        self._lateness: list[int] = []
        self._expected_ns = 0
        self._loop = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=_LOOP_MS)
        self._loop.timeout.connect(self._beat)

    def painted(self, tile: WallTile, schedule_ns: int) -> None:
        """A picture was painted for the first time."""
        if tile.camera is None:
            return
        now_ns = self._clock.monotonic_ns()
        camera = tile.camera.id
        if camera not in self._first_ns:
            self._first_ns[camera] = now_ns
        if self._counting:
            self._delays.setdefault(camera, []).append(now_ns - schedule_ns)

    def begin(self, canvases: Sequence[WallCanvas]) -> None:
        """The warm-up is over."""
        self._canvases = tuple(canvases)
        self._began_ns = self._clock.monotonic_ns()
        self._counting = True
        self._before = {tile: _counts(tile) for tile in self._tiles()}
        self._engine = self._feed.engine_pid
        self._cpu_before = cpu_s(self._engine)
        self._expected_ns = self._clock.monotonic_ns() + _LOOP_MS * 1_000_000
        self._loop.start()

    def finish(self) -> Statistics:
        """What was counted since `begin`."""
        self._loop.stop()
        self._counting = False
        seconds = (self._clock.monotonic_ns() - self._began_ns) / 1e9
        engine = self._feed.engine_pid
        before = self._cpu_before
        if engine != self._engine:  # it was replaced meanwhile, and began at nothing
            before = Shares.of(ui=before.ui, engine=0.0, decode=0.0)
        lateness = np.array(self._lateness or [0]) / 1e6
        p50, p99 = np.percentile(lateness, [50, 99])
        return Statistics(
            seconds=round(seconds, 3),
            tiles=[self._tile(tile, seconds) for tile in self._tiles()],
            ui=UiStatistics(
                LoopDelay(p50=round(float(p50), 2), p99=round(float(p99), 2), max=round(float(lateness.max()), 2))
            ),
            cpu_s=cpu_s(engine).since(before),
            memory_mib=memory_mib(engine),
        )

    def _tiles(self) -> list[WallTile]:
        return [tile for canvas in self._canvases for tile in canvas.tiles if tile.camera is not None]

    def _tile(self, tile: WallTile, seconds: float) -> TileStatistics:
        assert tile.camera is not None
        camera = tile.camera.id
        before, now = self._before.get(tile, _Counts()), _counts(tile)
        report = _report(tile)
        delays = self._delays.get(camera)
        first_ns = self._first_ns.get(camera)
        displayed = now.shown - before.shown
        return TileStatistics(
            camera=camera,
            state=tile.verdict.state.value,
            plan=report.plan.value if report else "full",
            decoder=report.device if report else SOFTWARE,
            first_picture_s=None if first_ns is None else round((first_ns - self._program_began_ns) / 1e9, 3),
            frames_received=max(0, now.received - before.received),
            frames_decoded=max(0, now.decoded - before.decoded),
            frames_displayed=displayed,
            fps_displayed=round(displayed / seconds, 2) if seconds else 0.0,
            reconnects=max(0, now.reconnects - before.reconnects),
            delay_ms=_spread(delays) if delays else None,
        )

    @Slot()
    def _beat(self) -> None:
        now_ns = self._clock.monotonic_ns()
        self._lateness.append(max(0, now_ns - self._expected_ns))
        self._expected_ns = now_ns + _LOOP_MS * 1_000_000


def _report(tile: WallTile) -> StreamReport | None:
    return tile.feed.report() if tile.feed is not None else None


def _counts(tile: WallTile) -> _Counts:
    report = _report(tile)
    return _Counts(
        received=report.frames_received if report else 0,
        decoded=tile.feed.ages().decoded if tile.feed is not None else 0,
        shown=tile.shown,
        reconnects=report.reconnects if report else 0,
    )


def _spread(nanoseconds: list[int]) -> Spread:
    p50, p99 = np.percentile(np.array(nanoseconds) / 1e6, [50, 99])
    return Spread(p50=round(float(p50), 2), p99=round(float(p99), 2))


def _program_began_ns(clock: Clock) -> int:
    """When this process was started, on the monotonic clock."""
    return clock.monotonic_ns() - int(running_s() * 1e9)
