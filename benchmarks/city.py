"""What the console does with a city of ten thousand cameras: each part is measured by a function of its own.

usage: python -m benchmarks.city [--json FILE] [--seconds 6] [--walls 36]

Map: pictures a second while the map is drawn and zoomed at 1920x1080, with tiles, sectors and clusters, alone or beside
a wall of live tiles in the same thread; the time to its first and to its whole picture; the memory it adds. Painting is
told in milliseconds of the thread, whatever else the machine does.
"""

import argparse
import json
import math
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PySide6.QtCore import QBuffer, QIODevice, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication

from benchmarks.fault_cities import City, clip_in
from tests.fake_services import FakeCameraBook, FakeIncidentDesk
from tmcwall.domain.camera import Camera, Position, RecordPolicy, View
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.health import TileState
from tmcwall.domain.layout import parse_grid
from tmcwall.domain.mercator import world_of
from tmcwall.domain.region import Regions
from tmcwall.resources import resource
from tmcwall.sim.streets import write_streets
from tmcwall.texts import Translator
from tmcwall.ui.map.canvas import MapCanvas
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.pictures import MapFiles, MapPictures
from tmcwall.ui.theme import apply_theme
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import Live, StreamUrl

MIDDLE = Position(-7.5655, 110.8168)
CAMERAS = 10_000
ZOOMS = range(12, 18)
MIB = 1 << 20
SCENES = {"whole city": 12.5, "quarter": 15.0, "streets with sectors": 17.5}
"""Where the map is moved and zoomed, by the zoom that it begins with."""


def cameras(count: int) -> list[Camera]:
    """Over a town of twelve kilometres."""
    chance = random.Random(1)
    return [
        Camera(
            f"CAM-{number}", f"Kamera {number}", "rtsp://192.0.2.1/1", number=number,
            position=Position(MIDDLE.lat + chance.gauss(0, 0.025), MIDDLE.lon + chance.gauss(0, 0.025)),
            view=View(chance.randrange(360), 70, 80),
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


def make_tiles(file: Path) -> None:
    """Pictures as large as those of streets are: lines in many colours."""
    chance = random.Random(2)
    pictures = [tile(chance) for _number in range(24)]
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        connection.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        connection.execute("CREATE UNIQUE INDEX place ON tiles (zoom_level, tile_column, tile_row)")
        middle = world_of(MIDDLE)
        for zoom in ZOOMS:
            count, reach = 2**zoom, 6 + math.ceil(2 ** (zoom - 12) * 1.5)
            column, row = int(middle.x * count), int(middle.y * count)
            connection.executemany(
                "INSERT INTO tiles VALUES (?, ?, ?, ?)",
                [
                    (zoom, x, count - 1 - y, chance.choice(pictures))
                    for x in range(column - reach, column + reach)
                    for y in range(row - reach, row + reach)
                ],
            )
    connection.close()


def tile(chance: random.Random) -> bytes:
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(QColor("#20262c"))
    painter = QPainter(image)
    for _line in range(60):
        painter.setPen(QColor.fromHsv(chance.randrange(360), 90, 160))
        painter.drawLine(*(chance.randrange(256) for _end in range(4)))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, Qt takes words only
    return bytes(buffer.data().data())


class CountedCanvas(MapCanvas):
    """Notes when each picture was done."""

    painted: list[float]
    took: list[float]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        before = time.thread_time()
        super().paintEvent(event)
        self.took.append(time.thread_time() - before)
        self.painted.append(time.perf_counter())


def wait(application: QApplication, condition: Callable[[], bool], limit_s: float) -> float | None:
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > limit_s:
            return None
        application.processEvents()
    return time.perf_counter() - began


def memory_mib() -> float:
    return float(psutil.Process().memory_full_info().pss) / MIB


class Wall:
    """Live tiles in the same thread as the map, as in the program."""

    def __init__(self, application: QApplication, folder: Path, count: int) -> None:
        self._application = application
        self._city = City(clip_in(folder))
        self._feed = VideoFeed(clock=SystemClock(), recordings=folder / "recordings")
        self._feed.start()
        ids = [self._city.camera(number) for number in range(count)]
        self._feed.set_cameras(
            [Live(camera=one, main=StreamUrl(self._city.url(one)), record=RecordPolicy.OFF) for one in ids]
        )
        side = math.ceil(math.sqrt(count))
        self._model = WallModel()
        cells = {place: TileCamera(one, one) for place, one in enumerate(ids)}
        self._model.show(parse_grid(f"{side}x{side}"), cells)
        self.pictures = 0
        self._window = WallWindow(
            "wall", self._model, self._feed, clock=SystemClock(), translate=Translator(), painted=self._count
        )
        self.live = 0
        self._window.judged.connect(self._judge)
        self._window.setGeometry(1920, 0, 1920, 1080)
        self._window.show()

    def _count(self, *_arguments: object) -> None:
        self.pictures += 1

    def _judge(self, verdicts: dict[str, object]) -> None:
        states = [getattr(verdict, "state", None) for verdict in verdicts.values()]
        self.live = sum(state in {TileState.LIVE, TileState.REDUCED} for state in states)

    def close(self) -> None:
        self._window.close()
        ended: list[bool] = []
        self._feed.stopped.connect(lambda: ended.append(True))
        self._feed.stop()
        wait(self._application, lambda: bool(ended), 5)
        self._city.close()


def measure_map(application: QApplication, folder: Path, *, walls: int, seconds: float) -> Iterator[tuple[str, float]]:
    """Each number with its name, as it is found."""
    make_tiles(folder / "kota.mbtiles")
    (folder / "lapisan").mkdir()
    write_streets(folder / "lapisan" / "jalan.geojson")
    regions = Regions.from_lines(resource("regions.csv").read_text("utf-8").splitlines())
    every = cameras(CAMERAS)
    chance = random.Random(3)
    states = {one.id: chance.choice([TileState.LIVE] * 5 + [TileState.LOST, TileState.OFF]) for one in every}
    book, desk = FakeCameraBook(every, states), FakeIncidentDesk()
    wall = Wall(application, folder, walls) if walls else None
    if wall is not None:
        wait(application, lambda: wall.live >= walls, 60)
        yield "wall: tiles live", wall.live
    before = memory_mib()
    began = time.perf_counter()
    model = MapModel(book, desk)
    pictures = MapPictures(MapFiles(folder / "kota.mbtiles", folder / "lapisan"), regions.all())
    canvas = CountedCanvas(model, pictures, translate=Translator())
    canvas.painted, canvas.took = [], []
    canvas.resize(1920, 1080)
    whole: list[float] = []
    pictures.background_came.connect(lambda *_arguments: whole.append(time.perf_counter()))
    pictures.start()
    canvas.show()
    wait(application, lambda: bool(canvas.painted), 20)
    yield "map: first picture s", canvas.painted[0] - began
    wait(application, lambda: bool(whole), 20)
    yield "map: streets and kelurahan s", whole[0] - began
    for name, zoom in SCENES.items():
        canvas.fly_to(MIDDLE)
        canvas.zoom(zoom - canvas.viewport.zoom)
        wait(application, lambda: False, 1.5)
        canvas.painted, canvas.took = [], []
        start, shown = time.perf_counter(), wall.pictures if wall is not None else 0
        move(application, canvas, seconds)
        lasted = time.perf_counter() - start
        gaps = np.diff(np.array(canvas.painted))
        yield f"{name}: pictures a second", len(canvas.painted) / lasted
        yield f"{name}: painting ms p50", float(np.percentile(canvas.took, 50)) * 1e3
        yield f"{name}: painting ms p99", float(np.percentile(canvas.took, 99)) * 1e3
        yield f"{name}: between pictures ms p99", float(np.percentile(gaps, 99)) * 1e3
        if wall is not None:
            yield f"{name}: wall pictures a second", (wall.pictures - shown) / lasted
    yield "map: memory MiB", memory_mib() - before
    canvas.close()
    pictures.stop()
    pictures.join(5)
    if wall is not None:
        wall.close()


def move(application: QApplication, canvas: CountedCanvas, seconds: float) -> None:
    """Drawn in circles without rest; each second one step in and one out."""
    begun = time.perf_counter()
    steps = [0]

    def step() -> None:
        steps[0] += 1
        turn = steps[0] / 40
        view = canvas.viewport.panned(24 * math.cos(turn), 24 * math.sin(turn))
        if steps[0] % 30 == 0:
            view = view.zoomed(0.5 if steps[0] // 30 % 2 else -0.5, x=900, y=500)
        canvas.look(view)

    timer = QTimer(application, interval=16, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(step)
    timer.start()
    wait(application, lambda: time.perf_counter() - begun > seconds, seconds + 5)
    timer.stop()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--json", type=Path)
    options.add_argument("--seconds", type=float, default=6.0)
    options.add_argument("--walls", type=int, default=36)
    asked = options.parse_args()
    application = QApplication([])
    apply_theme(application)
    found: dict[str, float] = {"load": os.getloadavg()[0]}
    print(f"load: {found['load']:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        for name, value in measure_map(application, Path(folder), walls=asked.walls, seconds=asked.seconds):
            found[name] = round(value, 3)
            print(f"{name}: {value:.2f}", flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
