"""Each key of a wall does the same on a wall of `view` and on one of the desktop program, full screen or not."""

import pytest
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.texts import Translator
from tmcwall.ui.actions import ACTIONS, ActionId, Actions, Scope
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.walls import Walls
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed

WITHIN_MS = 10_000
CAMERAS = {cell: TileCamera(f"c{cell}", f"Kamera {cell}") for cell in range(9)}
MIDDLE = 4
KEYS = [(action.id, key) for action in ACTIONS if action.scope is Scope.WALL for key in action.keys]
MOVED = {ActionId.MOVE_UP: 1, ActionId.MOVE_DOWN: 7, ActionId.MOVE_LEFT: 3, ActionId.MOVE_RIGHT: 5}


class Desk(QObject):
    """Hands the program's actions to its walls, as the desktop program does."""

    def __init__(self, walls):
        super().__init__(walls)
        self.actions = Actions(Translator(), parent=self)
        self.actions.triggered.connect(walls.act)
        walls.window_opened.connect(lambda window: self.actions.install(window, Scope.EVERYWHERE, Scope.WALL))


@pytest.fixture
def feed(qapp, tmp_path):
    return VideoFeed(clock=SystemClock(), recordings=tmp_path, decoders=1)


@pytest.fixture
def view(qtbot, feed):
    model = WallModel()
    model.show(parse_grid("3x3"), CAMERAS)
    window = WallWindow("view", model, feed, clock=SystemClock(), translate=Translator())
    window.use_own_keys()
    window.clear_requested.connect(lambda cell: model.put(cell, None))
    qtbot.addWidget(window)
    window.resize(QSize(900, 600))
    window.show()
    yield window
    window.canvas.close_feeds()


@pytest.fixture
def desktop(qapp, feed):
    walls = Walls(
        feed,
        qapp,
        clock=SystemClock(),
        translate=Translator(),
        camera_of=lambda camera: TileCamera(camera, camera),
    )
    Desk(walls)
    monitor = walls.monitors()[0].identity
    walls.show({monitor: WallPlan("3x3", {cell: camera.id for cell, camera in CAMERAS.items()})})
    yield walls.windows()[monitor]
    walls.close()


@pytest.fixture(params=["view", "desktop"])
def wall(request, qtbot):
    window = request.getfixturevalue(request.param)
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.waitUntil(lambda: all(tile.feed for tile in window.canvas.tiles), timeout=WITHIN_MS)
    window.canvas.select(MIDDLE)
    return window


@pytest.fixture
def cleared(wall):
    cells = []
    wall.clear_requested.connect(cells.append)
    return cells


def press(wall, key):
    QTest.keySequence(wall.canvas, QKeySequence(key, QKeySequence.SequenceFormat.PortableText))


def state(wall, cleared):
    """What keys change: selection, full screen, and of the tile in the middle pause, replay and words about it."""
    tile = wall.canvas.tiles[MIDDLE]
    return {
        "selected": wall.canvas.selected,
        "full": wall.canvas.full_screen_cell,
        "paused": tile.paused,
        "replayed": tile.replay is not None,
        "described": tile.telling,
        "cleared": list(cleared),
    }


@pytest.mark.parametrize(("action", "key"), KEYS)
@pytest.mark.parametrize("full", [False, True])
def test_each_key_of_a_wall_does_what_its_action_says(wall, cleared, full, action, key):
    if action is ActionId.REPLAY_FORWARD:
        wall.canvas.replay_back()
    if full:
        wall.canvas.enter_full_screen()
    expected = state(wall, cleared)
    if action in MOVED:
        expected["selected"] = MOVED[action]
        expected["full"] = MOVED[action] if full else -1
    expected |= {
        ActionId.FULL_SCREEN: {"full": -1 if full else MIDDLE},
        ActionId.PAUSE: {"paused": True},
        ActionId.REPLAY_BACK: {"replayed": True},
        ActionId.REPLAY_FORWARD: {"replayed": False},
        ActionId.ABOUT_TILE: {"described": True},
        ActionId.CLEAR_TILE: {"cleared": [MIDDLE], "full": -1},
        ActionId.BACK: {"full": -1},
    }.get(action, {})
    press(wall, key)
    assert state(wall, cleared) == expected


def test_a_key_that_is_held_moves_the_selection_on_and_pauses_once(wall):
    repeating = {action.objectName() for action in wall.actions() if action.autoRepeat()}
    assert repeating == set(MOVED)
