"""A wall of given streams, without a database: `tmcwall view`."""

from __future__ import annotations

import math
import os
import re
import signal
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tmcwall.cameras.list_reader import ImportedCamera, read_list
from tmcwall.commands.results import check_picture, check_result, save_json, save_result
from tmcwall.domain.address import AddressRule
from tmcwall.domain.camera import Camera, Mount, Profile
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault
from tmcwall.domain.layout import Grid, parse_grid
from tmcwall.domain.source import SourceKind, TransportPreference, has_credentials, source_kind
from tmcwall.durable import temporary_folder
from tmcwall.services.sources import stream_url
from tmcwall.texts import Language, Translator
from tmcwall.texts.importing import problem_line
from tmcwall.ui import theme
from tmcwall.ui.display import check_display
from tmcwall.ui.screenshot import screenshot
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.statistics import WallStatistics
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import File, Live, Source, StreamUrl

LARGEST_GRID: Final = 16
_LARGEST_SIDE: Final = 16384
_DEFAULT_SIZE: Final = QSize(1920, 1080)
_STANDARD_INPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What the command line said. `list_file` is a path or `-` for standard input; None in a size means the screen."""

    sources: Sequence[str] = ()
    list_file: str | None = None
    grid: str | None = None
    size: str | None = None
    priority: Sequence[str] = ()
    warmup_s: float = 0.0
    seconds: float | None = None
    """None runs until the window is closed."""
    screenshot: Path | None = None
    stats: Path | None = None
    language: Language = Language.ID
    hardware: bool = False
    """Decode on a device that works."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A source as it is shown and as the engine opens it."""

    tile: TileCamera
    source: Source


def run_view(options: ViewOptions) -> int:
    """Show the wall until the time is up or it is closed; the exit code.

    Raises DomainError for wrong input before anything is opened, Fault(NO_DISPLAY) where there is no screen.
    """
    translate = Translator(options.language)
    shown = _sources(options, translate)
    grid = _grid(options.grid, len(shown))
    size = parse_size(options.size) if options.size is not None else None
    known = {one.tile.id for one in shown}
    for camera in options.priority:
        if camera not in known:
            raise DomainError(DomainCode.NOT_FOUND, camera)
    check_picture(options.screenshot)
    check_result(options.stats)
    check_display()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["tmcwall"])
    theme.apply_theme(application)
    with temporary_folder("tmcwall-view-") as folder:
        view = _View(shown, grid, options=options, size=size, translate=translate, folder=folder)
        return view.run(application)


def hardware_asked(settings: Path, environment: Mapping[str, str], *, managed: Path | None = None) -> bool:
    """Whether the settings say `hardware_decoding = "auto"`: the environment, else the file, else the managed one.

    Read without the settings' own library, which takes longer to load than the engine takes to start. From a file that
    is broken nothing is taken: the other commands name its line.
    """
    given: object = environment.get("TMCWALL_HARDWARE_DECODING")
    for file in (settings, managed):
        if not given and file is not None:
            given = _hardware_of(file)
    return given == "auto"


def _hardware_of(settings: Path) -> object:
    try:
        return tomllib.loads(settings.read_text(encoding="utf-8-sig")).get("hardware_decoding")
    except (OSError, ValueError, RecursionError):
        return None


class _View(QObject):
    """The running command: feed, window, clocks."""

    def __init__(
        self,
        shown: Sequence[_Shown],
        grid: Grid,
        *,
        options: ViewOptions,
        size: QSize | None,
        translate: Translator,
        folder: Path,
    ) -> None:
        super().__init__()
        clock: Clock = SystemClock()
        self._options = options
        self._failure: Fault | None = None
        self._feed = VideoFeed(clock=clock, recordings=folder, hardware=options.hardware, parent=self)
        self._feed.stopped.connect(self._feed_stopped)
        self._feed.set_cameras([one.source for one in shown])
        self._model = WallModel(parent=self)
        self._model.show(grid, {index: one.tile for index, one in enumerate(shown)})
        self._statistics = WallStatistics(self._feed, clock=clock, parent=self)
        self._window = WallWindow(
            "view",
            self._model,
            self._feed,
            clock=clock,
            translate=translate,
            priority=frozenset(options.priority),
            painted=self._statistics.painted,
        )
        self._window.use_own_keys()
        self._window.closed.connect(self._stop)
        self._window.swap_requested.connect(self._model.swap)
        self._window.clear_requested.connect(self._clear)
        self._size = size
        self._awake = QTimer(self, interval=200)  # lets Python see signals such as Ctrl+C
        self._awake.timeout.connect(_notice_signals)

    def run(self, application: QApplication) -> int:
        application.setQuitOnLastWindowClosed(False)  # the engine and its decoders are ended first
        self._feed.start()
        if self._size is None and self._options.seconds is None and QGuiApplication.platformName() != "offscreen":
            self._window.show_on(QGuiApplication.primaryScreen())
        else:
            self._window.show_at(QRect(self._window.pos(), self._size or _DEFAULT_SIZE))
        if self._options.seconds is not None:
            self._after(self._options.warmup_s, self._begin)
        before = signal.signal(signal.SIGINT, lambda *_: self._stop())
        self._awake.start()
        try:
            application.exec()
        finally:
            signal.signal(signal.SIGINT, before)
            self._awake.stop()
        self._window.deleteLater()
        if self._failure is not None:
            raise self._failure
        return 0

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer, interval=math.ceil(seconds * 1000))
        timer.timeout.connect(action)
        timer.start()

    @Slot()
    def _begin(self) -> None:
        self._statistics.begin([self._window.canvas])
        self._after(self._options.seconds or 0.0, self._finish)

    @Slot()
    def _finish(self) -> None:
        statistics = self._statistics.finish()
        try:
            if self._options.screenshot is not None:
                picture = screenshot(self._window, self._options.screenshot.suffix.removeprefix("."))
                save_result(self._options.screenshot, picture)
            if self._options.stats is not None:
                save_json(self._options.stats, statistics)
        except Fault as fault:
            self._failure = fault
        self._stop()

    @Slot(int)
    def _clear(self, cell: int) -> None:
        self._model.put(cell, None)

    @Slot()
    def _stop(self) -> None:
        self._window.canvas.close_feeds()
        self._feed.stop()

    @Slot()
    def _feed_stopped(self) -> None:
        QApplication.quit()


def _notice_signals() -> None:
    """Nothing: that Python runs at all is what lets it see a signal."""


def parse_size(text: str) -> QSize:
    """`WxH` in pixels. Raises DomainError(SIZE_MALFORMED)."""
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text.strip().lower())
    if match is None:
        raise DomainError(DomainCode.SIZE_MALFORMED, text)
    size = QSize(int(match[1]), int(match[2]))
    if max(size.width(), size.height()) > _LARGEST_SIDE:
        raise DomainError(DomainCode.SIZE_MALFORMED, text)
    return size


def _grid(text: str | None, count: int) -> Grid:
    """The grid asked for, or the smallest square one. Raises DomainError(GRID_MALFORMED) if it has too few cells."""
    side = max(1, math.ceil(math.sqrt(count)))
    grid = parse_grid(text if text is not None else f"{side}x{side}", largest=LARGEST_GRID)
    if len(grid.cells) < count:
        raise DomainError(DomainCode.GRID_MALFORMED, f"{grid.name} < {count}")
    return grid


def _sources(options: ViewOptions, translate: Translator) -> list[_Shown]:
    shown = [_given(source, number) for number, source in enumerate(options.sources, start=1)]
    if options.list_file is not None:
        source = sys.stdin if options.list_file == _STANDARD_INPUT else Path(options.list_file)
        listed = read_list(source, rule=AddressRule.anywhere(), files=True)
        for problem in listed.problems:
            print(problem_line(problem, translate), file=sys.stderr)  # noqa: T201 - the command line speaks here
        shown += [_listed(camera, len(shown) + index) for index, camera in enumerate(listed.cameras, start=1)]
    if not shown:
        raise DomainError(DomainCode.LIST_EMPTY if options.list_file is not None else DomainCode.SOURCE_MISSING)
    return shown


def _given(source: str, number: int) -> _Shown:
    """A source of the command line. Raises DomainError(URL_*, SOURCE_UNKNOWN)."""
    if has_credentials(source):
        raise DomainError(DomainCode.URL_WITH_PASSWORD)
    kind = source_kind(source)
    if kind is SourceKind.FILE and (not Path(source).exists() or Path(source).is_dir()):
        raise DomainError(DomainCode.SOURCE_UNKNOWN, source)
    name = source.rstrip("/").rsplit("/", 1)[-1] or source
    tile = TileCamera(str(number), name, number)
    if kind is SourceKind.FILE:
        return _Shown(tile, _file(tile.id, source))
    return _Shown(tile, Live(camera=tile.id, main=StreamUrl(source.strip())))


def _listed(row: ImportedCamera, number: int) -> _Shown:
    camera, logins = row.camera, row.logins
    tile = _tile_of(camera, number)
    if source_kind(camera.url) is SourceKind.FILE:
        return _Shown(tile, _file(camera.id, camera.url))
    transport = camera.transport or TransportPreference.AUTO
    main = stream_url(camera.url, logins.for_stream(Profile.MAIN, camera.url) if logins else None, transport=transport)
    sub = None
    if camera.substream_url and source_kind(camera.substream_url) is not SourceKind.FILE:
        login = logins.for_stream(Profile.SUB, camera.substream_url) if logins else None
        sub = stream_url(camera.substream_url, login, transport=transport)
    return _Shown(tile, Live(camera=camera.id, main=main, sub=sub, turns=camera.mount is Mount.PTZ))


def _tile_of(camera: Camera, number: int) -> TileCamera:
    return TileCamera(camera.id, camera.name, camera.number if camera.number is not None else number)


def _file(camera_id: str, path: str) -> File:
    return File(camera_id, os.fsencode(Path(path).resolve()))
