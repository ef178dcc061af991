"""A program whose walls stand on the screens of the offscreen platform; test_monitors_come_and_go runs each scenario.

What comes and goes is what the program is told of the screens: the application that it asks is a stand-in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication

from tests.waiting import until
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.layout import WallPlan
from tmcwall.texts import Translator
from tmcwall.ui import theme
from tmcwall.ui.actions import ActionId
from tmcwall.ui.wall.model import TileCamera
from tmcwall.ui.wall.tile import WallTile
from tmcwall.ui.wall.walls import Walls
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed


class Screens(QObject):
    """The application as walls see it; screens are plugged and unplugged here."""

    screenAdded = Signal(QScreen)  # noqa: N815 - the names are Qt's
    screenRemoved = Signal(QScreen)  # noqa: N815 - as above

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._plugged = [screen.name() for screen in application.screens()]
        self.windows: Callable[[], list[WallWindow]] = list

    def screens(self) -> list[QScreen]:
        return [self.named(name) for name in self._plugged]

    def named(self, name: str) -> QScreen:
        return next(screen for screen in self._application.screens() if screen.name() == name)

    def unplug(self, name: str, *, silently: bool = False) -> None:
        self._plugged.remove(name)
        if not silently:
            self.screenRemoved.emit(self.named(name))
        for window in self.windows():  # as Qt does it
            if window.screen().name() == name and self._plugged:
                window.windowHandle().setScreen(self.screens()[0])

    def plug(self, name: str) -> None:
        self._plugged.append(name)
        self.screenAdded.emit(self.named(name))


class Room:
    """A wall of one camera on each monitor; the camera has the name of the monitor's screen."""

    def __init__(self, application: QApplication, *, recordings: Path, keep_ms: int) -> None:
        self._application = application
        self.screens = Screens(application)
        self.walls = Walls(
            VideoFeed(clock=SystemClock(), recordings=recordings, decoders=1),
            self.screens,  # type: ignore[arg-type]  # it does what walls ask of an application
            clock=SystemClock(),
            translate=Translator(),
            settle_ms=20,
            keep_ms=keep_ms,
            camera_of=lambda camera: TileCamera(camera, camera),
        )
        self.walls._watch._clock.setInterval(20)
        self.screens.windows = lambda: list(self.walls._windows.values())
        self.opened: list[WallWindow] = []
        self.walls.window_opened.connect(self.opened.append)
        self.identity = {monitor.name: monitor.identity for monitor in self.walls.monitors()}
        self.walls.show({one: WallPlan("1x1", {0: name}) for name, one in self.identity.items()})
        self.until(lambda: all(self.tile(name).feed is not None for name in self.identity))

    def until(self, condition: Callable[[], object]) -> None:
        until(condition, meanwhile=self._application.processEvents)

    def settle(self) -> None:
        """Whatever is due at once or after the shortest settling has happened."""
        looks = iter(range(40))
        self.until(lambda: next(looks, None) is None)

    def shown(self) -> dict[str, tuple[str, int, int]]:
        """By camera: the screen on which its wall is in sight, and the wall's size."""
        return {
            window.canvas.tiles[0].camera.id: (window.screen().name(), window.width(), window.height())
            for window in self.walls.windows().values()
        }

    def window(self, name: str) -> WallWindow:
        return self.walls.windows()[self.identity[name]]

    def tile(self, name: str) -> WallTile:
        return self.walls._windows[self.identity[name]].canvas.tiles[0]


def the_wall_of_an_unplugged_monitor_is_hidden_at_once_and_comes_back_with_its_streams(room: Room) -> None:
    kept = room.tile("DP-2").feed
    room.screens.unplug("DP-2")
    assert set(room.shown()) == {"DP-1", "DP-3"}
    assert not kept.visible
    room.settle()
    assert set(room.shown()) == {"DP-1", "DP-3"}
    room.screens.plug("DP-2")
    room.until(lambda: "DP-2" in room.shown())
    assert room.shown()["DP-2"] == ("DP-2", 1920, 1080)
    assert room.tile("DP-2").feed is kept
    room.until(lambda: kept.visible)
    assert [window.objectName() for window in room.opened] == list(room.identity.values())


def a_wall_whose_monitor_stays_away_lets_its_streams_go(room: Room) -> None:
    room.screens.unplug("DP-3")
    room.until(lambda: room.identity["DP-3"] not in room.walls._windows)
    assert set(room.shown()) == {"DP-1", "DP-2"}
    room.screens.plug("DP-3")
    room.until(lambda: "DP-3" in room.shown())
    assert room.shown()["DP-3"][0] == "DP-3"


def all_monitors_may_go_and_come_back_in_another_order(room: Room) -> None:
    for name in ("DP-1", "DP-3", "DP-2"):
        room.screens.unplug(name)
    assert room.shown() == {}
    assert room.walls.active() is None
    assert room.walls.selected_camera() is None
    room.walls.place("new")
    room.walls.act(ActionId.MOVE_RIGHT)
    room.walls.act(ActionId.FULL_SCREEN)
    room.walls.show_message("7")
    room.settle()
    for name in ("DP-3", "DP-1", "DP-2"):
        room.screens.plug(name)
    room.until(lambda: len(room.shown()) == 3)
    assert {name: at[0] for name, at in room.shown().items()} == {"DP-1": "DP-1", "DP-2": "DP-2", "DP-3": "DP-3"}


def a_monitor_that_goes_without_a_word_is_noticed(room: Room) -> None:
    room.screens.unplug("DP-1", silently=True)
    room.until(lambda: set(room.shown()) == {"DP-2", "DP-3"})


def a_new_monitor_disturbs_no_wall(room: Room) -> None:
    room.screens.unplug("DP-3")
    room.walls.show({room.identity[name]: WallPlan("1x1", {0: name}) for name in ("DP-1", "DP-2")})
    before = {name: room.window(name) for name in ("DP-1", "DP-2")}
    told: list[int] = []
    room.walls.monitors_changed.connect(lambda: told.append(1))
    room.screens.plug("DP-3")
    room.until(lambda: told)
    assert {name: room.window(name) for name in ("DP-1", "DP-2")} == before
    assert {one.name for one in room.walls.monitors()} == {"DP-1", "DP-2", "DP-3"}


def a_wall_follows_its_monitor_when_that_moves_or_changes_its_resolution(room: Room) -> None:
    window = room.window("DP-2")
    monitor = window.screen()
    window.setGeometry(0, 0, 800, 600)
    monitor.geometryChanged.emit(monitor.geometry())
    room.until(lambda: window.geometry() == monitor.geometry())
    room.until(lambda: room.tile("DP-2").rect.width() == 1920)


def a_wall_on_a_monitor_of_double_density_is_decoded_and_hit_in_its_pixels(room: Room) -> None:
    window = room.window("DP-1")
    canvas = window.canvas
    room.walls.show({room.identity["DP-1"]: WallPlan("2x2", {0: "a", 3: "d"})})
    room.until(lambda: canvas.tiles[3].feed is not None)
    assert (canvas.tiles[3].feed.width, canvas.tiles[3].feed.height) == (640, 360)
    text = canvas.tiles[3].labels[0].image.height()
    window.show_on(room.screens.named("DP-2"))
    room.until(lambda: canvas.devicePixelRatio() == 2)
    room.until(lambda: (canvas.tiles[3].feed.width, canvas.tiles[3].feed.height) == (1280, 720))
    assert (window.width(), window.height()) == (1280, 720)
    assert canvas.cell_at(QPoint(1000, 500)) == 3
    assert canvas.cell_at(QPoint(300, 200)) == 0
    assert canvas.tiles[3].labels[0].image.height() == 2 * text
    assert window.grab().toImage().width() == 2560
    window.show_on(room.screens.named("DP-1"))
    room.until(lambda: (canvas.tiles[3].feed.width, canvas.tiles[3].feed.height) == (640, 360))
    assert canvas.cell_at(QPoint(1000, 500)) == 3


SCENARIOS: Mapping[str, Callable[[Room], None]] = {
    scenario.__name__: scenario
    for scenario in (
        the_wall_of_an_unplugged_monitor_is_hidden_at_once_and_comes_back_with_its_streams,
        a_wall_whose_monitor_stays_away_lets_its_streams_go,
        all_monitors_may_go_and_come_back_in_another_order,
        a_monitor_that_goes_without_a_word_is_noticed,
        a_new_monitor_disturbs_no_wall,
        a_wall_follows_its_monitor_when_that_moves_or_changes_its_resolution,
        a_wall_on_a_monitor_of_double_density_is_decoded_and_hit_in_its_pixels,
    )
}


def main(scenario: str, keep_ms: int, folder: Path) -> None:
    application = QApplication(["test"])
    theme.apply_theme(application)
    room = Room(application, recordings=folder, keep_ms=keep_ms)
    SCENARIOS[scenario](room)
    room.walls.close()
    assert not room.walls._windows


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
