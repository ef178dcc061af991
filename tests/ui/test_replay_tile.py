"""Instant replay on a tile: marked so that it never looks live, and back to live by itself."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tests.clocks import FakeClock
from tests.slot_pictures import near, show_picture
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import Limits, TileState
from tmcwall.domain.layout import parse_grid
from tmcwall.texts import Language, Translator
from tmcwall.texts import wall as texts
from tmcwall.ui import theme
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import StreamReport

LIVE, RECORDED = QColor(20, 160, 40), QColor(160, 40, 20)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def feed(qapp, clock, tmp_path):
    """Never started: the test says and writes what engine and decoder would."""
    return VideoFeed(clock=clock, recordings=tmp_path, decoders=1, limits=Limits(stale_s=120, lost_s=240))


@pytest.fixture
def window(qtbot, clock, feed):
    model = WallModel()
    model.show(parse_grid("2x1"), {0: TileCamera("c1", "Simpang Gendengan", 1), 1: TileCamera("c2", "Pasar Gede", 2)})
    window = WallWindow("uji", model, feed, clock=clock, translate=Translator())
    window.use_own_keys()
    qtbot.addWidget(window)
    window.resize(800, 300)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: all(tile.feed for tile in window.canvas.tiles))
    window.canvas.select(0)
    yield window
    window.canvas.close_feeds()


@pytest.fixture
def tile(qtbot, clock, window):
    """The selected tile, live."""
    tile = window.canvas.tiles[0]
    show_picture(tile.feed, LIVE, clock=clock)
    qtbot.waitUntil(lambda: tile.verdict.state is TileState.LIVE)
    return tile


def engine_says(clock, feed, replay, *, position_s=None, fault=None):
    """A report that comes well after the last question."""
    clock.advance(0.5)
    report = StreamReport(
        camera=replay.camera_id, profile=Profile.MAIN, connected=fault is None, fault=fault, position_s=position_s
    )
    feed._on_message(report)  # what EngineLink delivers


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window.canvas, key, modifier)


def colour_at(window, x, y):
    return window.grab().toImage().pixelColor(x, y)


def test_r_shows_the_recording_in_the_same_tile_with_a_mark_that_no_live_tile_has(clock, qtbot, window, tile):
    press(window, Qt.Key.Key_R)
    assert tile.replay is not None
    show_picture(tile.replay.feed, RECORDED, clock=clock)
    qtbot.waitUntil(lambda: near(colour_at(window, 200, 150), RECORDED))
    show_picture(tile.feed, LIVE, clock=clock)
    qtbot.waitUntil(lambda: tile._words is not None and tile._words.replay is not None)
    assert tile._words.replay.word.startswith("PUTAR ULANG −00:1")
    assert colour_at(window, 2, 150) == QColor(theme.REPLAY.colour)
    assert near(colour_at(window, 200, 150), RECORDED)
    assert tile.verdict.state is TileState.LIVE  # of the camera, which goes on being watched


def seconds_ago(clock, tile):
    return clock.utc().timestamp() - tile.replay.feed.shown_s(clock.monotonic_ns())


def test_presses_go_further_back_and_ten_minutes_at_most(window, clock, tile):
    press(window, Qt.Key.Key_R)
    press(window, Qt.Key.Key_R)
    assert seconds_ago(clock, tile) == 20
    for _ in range(57):
        press(window, Qt.Key.Key_R)
    assert seconds_ago(clock, tile) == 590
    for _ in range(3):
        press(window, Qt.Key.Key_R)
    assert seconds_ago(clock, tile) == 600


def test_escape_is_live_at_once(clock, qtbot, window, tile):
    press(window, Qt.Key.Key_R)
    show_picture(tile.replay.feed, RECORDED, clock=clock)
    qtbot.waitUntil(lambda: near(colour_at(window, 200, 150), RECORDED))
    press(window, Qt.Key.Key_Escape)
    assert tile.replay is None
    assert near(colour_at(window, 200, 150), LIVE)


def test_a_step_forward_beyond_the_beginning_is_live(clock, window, tile):
    press(window, Qt.Key.Key_R)
    press(window, Qt.Key.Key_R)
    press(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert tile.replay is not None
    press(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert tile.replay is None


def test_space_holds_the_replay_and_not_the_time_it_shows(clock, qtbot, window, feed, tile):
    press(window, Qt.Key.Key_R)
    replay = tile.replay.feed
    press(window, Qt.Key.Key_Space)
    assert not replay.playing
    moment_s = clock.utc().timestamp() - 12
    engine_says(clock, feed, replay, position_s=moment_s)
    assert window.canvas.replayed_at("c1").timestamp() == pytest.approx(moment_s)
    assert window.canvas.replayed_at("c2") is None
    show_picture(replay, RECORDED, clock=clock)
    qtbot.waitUntil(lambda: tile._words is not None and "dijeda" in tile._words.replay.rest)


def test_at_its_end_it_is_live_by_itself(clock, qtbot, window, feed, tile):
    press(window, Qt.Key.Key_R)
    engine_says(clock, feed, tile.replay.feed, position_s=clock.utc().timestamp() + 1)
    qtbot.waitUntil(lambda: tile.replay is None)


def test_a_camera_without_a_recording_is_said_in_words(clock, qtbot, window, feed, tile):
    said = []
    window.canvas.show_message = said.append
    press(window, Qt.Key.Key_R)
    engine_says(clock, feed, tile.replay.feed, fault=FaultCode.FOOTAGE_MISSING)
    qtbot.waitUntil(lambda: tile.replay is None)
    assert Translator(Language.ID)(texts.REPLAY_NOTHING) in said


def test_an_empty_tile_has_nothing_to_replay(clock, window, feed, tile):
    window.model.put(0, None)
    window.canvas.select(0)
    press(window, Qt.Key.Key_R)
    assert window.canvas.tiles[0].replay is None


def test_a_replay_that_is_forgotten_while_it_stands_still_is_live_again(clock, qtbot, window, feed, tile):
    press(window, Qt.Key.Key_R)
    press(window, Qt.Key.Key_Space)
    engine_says(clock, feed, tile.replay.feed, position_s=clock.utc().timestamp() - 1801)
    qtbot.waitUntil(lambda: tile.replay is None)


def test_of_a_camera_that_is_not_to_be_shown_no_recording_is_shown_either(qtbot, window, tile):
    press(window, Qt.Key.Key_R)
    assert tile.replay is not None
    quarantined = TileCamera("c1", "Simpang Gendengan", 1, withheld=TileState.QUARANTINED)
    window.model.put(0, quarantined)
    assert tile.replay is None
    press(window, Qt.Key.Key_R)
    assert (tile.replay, tile.feed) == (None, None)
