"""Run in child processes: the screens of the offscreen platform are chosen when Qt starts, and then stay.

What comes and goes is what the program is told of them: the application that it asks is a stand-in.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.layout import WallPlan
from tmcwall.ui import theme
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.wall.model import TileCamera
from tmcwall.ui.wall.walls import Walls
from tmcwall.video.feed.video_feed import VideoFeed


class Desk(QObject):
    screenAdded = Signal(QScreen)
    screenRemoved = Signal(QScreen)

    def __init__(self):
        super().__init__()
        self.plugged = list(screen_named)

    def screens(self):
        return [screen_named[name]() for name in self.plugged]

    def unplug(self, name, *, silently=False):
        self.plugged.remove(name)
        if not silently:
            self.screenRemoved.emit(screen_named[name]())
        for window in walls._windows.values():  # as Qt does it
            if window.screen().name() == name and self.plugged:
                window.windowHandle().setScreen(self.screens()[0])

    def plug(self, name):
        self.plugged.append(name)
        self.screenAdded.emit(screen_named[name]())


def until(condition):
    end = time.monotonic() + 120
    while not condition():
        application.processEvents()
        assert time.monotonic() < end, condition
        time.sleep(0.005)


def settle():
    # What is due at once or after the shortest settling.
    end = time.monotonic() + 0.4
    until(lambda: time.monotonic() > end)


application = QApplication(["test"])
theme.apply_theme(application)
screen_named = {
    screen.name(): lambda name=screen.name(): next(one for one in application.screens() if one.name() == name)
    for screen in application.screens()
}
feed = VideoFeed(clock=SystemClock(), recordings=Path(sys.argv[1]), decoders=1)
desk = Desk()
walls = Walls(
    feed, desk, clock=SystemClock(), translate=Translator(), settle_ms=20, keep_ms=KEEP_MS,
    camera_of=lambda camera: TileCamera(camera, camera),
)
walls._watch._clock.setInterval(20)
opened = []
walls.window_opened.connect(opened.append)
identity = {monitor.name: monitor.identity for monitor in walls.monitors()}
walls.show({one: WallPlan("1x1", {0: name}) for name, one in identity.items()})


def shown():
    return {
        window.canvas.tiles[0].camera.id: [window.screen().name(), window.width(), window.height()]
        for window in walls.windows().values()
    }


def tile(name):
    return walls._windows[identity[name]].canvas.tiles[0]


until(lambda: all(tile(name).feed is not None for name in identity))
STEPS
walls.close()
assert not walls._windows
"""


def screen(name, width=1280, height=720, *, x):
    size = {"x": x, "y": 0, "width": width, "height": height}
    return {"name": name, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1, **size}


THREE = [screen("DP-1", x=0), screen("DP-2", 1920, 1080, x=1280), screen("DP-3", x=3200)]


@pytest.fixture
def run(tmp_path):
    def start(steps: str, *, screens=THREE, keep_ms: int = 60_000, **environment: str) -> None:
        config = tmp_path / "screens.json"
        config.write_text(json.dumps({"screens": screens}))
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.replace("KEEP_MS", str(keep_ms)).replace("STEPS", steps), str(tmp_path)],
            env={**os.environ, **environment, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, "\n".join([*done.stderr.splitlines()[-8:], steps])

    return start


def test_the_wall_of_an_unplugged_monitor_is_hidden_at_once_and_comes_back_with_its_streams(run):
    run("""
kept = tile("DP-2").feed
desk.unplug("DP-2")
assert set(shown()) == {"DP-1", "DP-3"}
assert not kept.visible
settle()
assert set(shown()) == {"DP-1", "DP-3"}
desk.plug("DP-2")
until(lambda: "DP-2" in shown())
assert shown()["DP-2"] == ["DP-2", 1920, 1080]
assert tile("DP-2").feed is kept
until(lambda: kept.visible)
assert [window.objectName() for window in opened] == list(identity.values())
""")


def test_a_wall_whose_monitor_stays_away_lets_its_streams_go(run):
    run(
        """
desk.unplug("DP-3")
until(lambda: identity["DP-3"] not in walls._windows)
assert set(shown()) == {"DP-1", "DP-2"}
desk.plug("DP-3")
until(lambda: "DP-3" in shown())
assert shown()["DP-3"][0] == "DP-3"
""",
        keep_ms=20,
    )


def test_all_monitors_may_go_and_come_back_in_another_order(run):
    run("""
for name in ("DP-1", "DP-3", "DP-2"):
    desk.unplug(name)
assert shown() == {}
assert walls.active() is None and walls.selected_camera() is None
walls.place("new"); walls.act(ActionId.MOVE_RIGHT); walls.act(ActionId.FULL_SCREEN); walls.show_message("7")
settle()
for name in ("DP-3", "DP-1", "DP-2"):
    desk.plug(name)
until(lambda: len(shown()) == 3)
assert {name: at[0] for name, at in shown().items()} == {"DP-1": "DP-1", "DP-2": "DP-2", "DP-3": "DP-3"}
""")


def test_a_monitor_that_goes_without_a_word_is_noticed(run):
    run("""
desk.unplug("DP-1", silently=True)
until(lambda: set(shown()) == {"DP-2", "DP-3"})
""")


def test_a_new_monitor_disturbs_no_wall(run):
    run("""
desk.unplug("DP-3")
walls.show({identity[name]: WallPlan("1x1", {0: name}) for name in ("DP-1", "DP-2")})
before = {name: walls.windows()[identity[name]] for name in ("DP-1", "DP-2")}
told = []
walls.monitors_changed.connect(lambda: told.append(1))
desk.plug("DP-3")
until(lambda: told)
assert {name: walls.windows()[identity[name]] for name in ("DP-1", "DP-2")} == before
assert {one.name for one in walls.monitors()} == {"DP-1", "DP-2", "DP-3"}
""")


def test_a_wall_follows_its_monitor_when_that_moves_or_changes_its_resolution(run):
    run("""
window = walls.windows()[identity["DP-2"]]
monitor = window.screen()
window.setGeometry(0, 0, 800, 600)
monitor.geometryChanged.emit(monitor.geometry())
until(lambda: window.geometry() == monitor.geometry())
until(lambda: tile("DP-2").rect.width() == 1920)
""")


def test_a_wall_on_a_monitor_of_double_density_is_decoded_and_hit_in_its_pixels(run):
    run(
        """
from PySide6.QtCore import QPoint
window = walls.windows()[identity["DP-1"]]
canvas = window.canvas
walls.show({identity["DP-1"]: WallPlan("2x2", {0: "a", 3: "d"})})
until(lambda: canvas.tiles[3].feed is not None)
assert (canvas.tiles[3].feed.width, canvas.tiles[3].feed.height) == (640, 360)
text = canvas.tiles[3].labels[0].image.height()
window.show_on(screen_named["DP-2"]())
until(lambda: canvas.devicePixelRatio() == 2)
until(lambda: (canvas.tiles[3].feed.width, canvas.tiles[3].feed.height) == (1280, 720))
assert (window.width(), window.height()) == (1280, 720)
assert canvas.cell_at(QPoint(1000, 500)) == 3 and canvas.cell_at(QPoint(300, 200)) == 0
assert canvas.tiles[3].labels[0].image.height() == 2 * text
assert window.grab().toImage().width() == 2560
window.show_on(screen_named["DP-1"]())
until(lambda: (canvas.tiles[3].feed.width, canvas.tiles[3].feed.height) == (640, 360))
assert canvas.cell_at(QPoint(1000, 500)) == 3
""",
        screens=[screen("DP-1", x=0), screen("DP-2", 2560, 1440, x=1280)],
        QT_SCREEN_SCALE_FACTORS="DP-1=1;DP-2=2",
    )
