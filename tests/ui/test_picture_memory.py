"""A wall with more tiles than the decoders' memory has room for."""

import pytest
from PySide6.QtGui import QColor

from tests.slot_pictures import show_picture
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import TileState
from tmcwall.domain.layout import parse_grid
from tmcwall.texts import Translator
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.tile_allocator import TileAllocator, slots_size
from tmcwall.video.feed.tile_memory import TileMemoryPool
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.shared_frames import HEADER_BYTES

WITHIN_MS = 10_000
CAMERAS = {0: TileCamera("c1", "Simpang Gendengan", 1), 1: TileCamera("c2", "Pasar Gede", 2)}
ROOM = slots_size(320, 180) + slots_size(160, 90)
"""For one tile of a 2x2 wall, and a small one."""


@pytest.fixture
def feed(qapp, tmp_path):
    """Never started: seconds pass when a test has them pass."""
    tile_memory = TileMemoryPool(1, allocator=lambda: TileAllocator(end=HEADER_BYTES + ROOM))
    return VideoFeed(clock=SystemClock(), recordings=tmp_path, tile_memory=tile_memory)


@pytest.fixture
def model():
    model = WallModel()
    model.show(parse_grid("2x2"), CAMERAS)
    return model


@pytest.fixture
def window(qtbot, feed, model):
    window = WallWindow("uji", model, feed, clock=SystemClock(), translate=Translator())
    qtbot.addWidget(window)
    window.resize(640, 360)
    window.show()
    qtbot.waitUntil(lambda: window.canvas.tiles[0].feed is not None, timeout=WITHIN_MS)
    yield window
    window.canvas.close_feeds()


def seconds_pass(feed):
    for _ in range(4):
        feed._tick()


def refused(tile):
    return (tile.verdict.state, tile.verdict.cause) == (TileState.OFF, FaultCode.PICTURE_MEMORY_FULL)


def test_a_tile_for_which_there_is_no_memory_says_so_and_the_others_are_shown(qtbot, window):
    first, second = window.canvas.tiles[:2]
    qtbot.waitUntil(lambda: refused(second), timeout=WITHIN_MS)
    show_picture(first.feed, QColor(20, 160, 40))
    qtbot.waitUntil(lambda: first.verdict.state is TileState.LIVE, timeout=WITHIN_MS)
    assert refused(second)


def test_it_gets_its_pictures_when_another_tile_is_closed(qtbot, window, feed, model):
    second = window.canvas.tiles[1]
    qtbot.waitUntil(lambda: refused(second), timeout=WITHIN_MS)
    model.put(0, None)
    seconds_pass(feed)
    assert second.feed is not None
    show_picture(second.feed, QColor(20, 160, 40))
    qtbot.waitUntil(lambda: second.verdict.state is TileState.LIVE, timeout=WITHIN_MS)


def test_it_gets_its_pictures_when_another_tile_becomes_smaller(qtbot, window, feed, model):
    first, second = window.canvas.tiles[:2]
    qtbot.waitUntil(lambda: refused(second), timeout=WITHIN_MS)
    model.show(parse_grid("4x4"), CAMERAS)
    qtbot.waitUntil(lambda: first.feed.width == 160, timeout=WITHIN_MS)
    assert refused(second)
    seconds_pass(feed)
    assert second.feed.width == 160


def test_a_window_that_was_closed_takes_no_memory_that_becomes_free(qtbot, window, feed):
    second = window.canvas.tiles[1]
    qtbot.waitUntil(lambda: refused(second), timeout=WITHIN_MS)
    window.canvas.close_feeds()
    seconds_pass(feed)
    assert second.feed is None


def test_a_tile_that_cannot_become_larger_goes_on_as_it_is(window, feed):
    tile = window.canvas.tiles[0].feed
    show_picture(tile, QColor(20, 160, 40))
    before = (tile.width, tile.height, tile.ages())
    with pytest.raises(Fault) as caught:
        tile.resize(1920, 1080)
    assert caught.value.code is FaultCode.PICTURE_MEMORY_FULL
    assert (tile.width, tile.height, tile.ages()) == before
