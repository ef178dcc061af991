import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.layout import parse_grid
from tmcwall.texts import Translator
from tmcwall.ui import theme
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import StreamReport

S = 1_000_000_000


@pytest.fixture
def feed(qapp, tmp_path):
    return VideoFeed(clock=SystemClock(), recordings=tmp_path, decoders=1)


@pytest.fixture
def window(qtbot, feed):
    model = WallModel()
    model.show(parse_grid("2x2"), {0: TileCamera("c1", "Simpang Gendengan", 1), 1: TileCamera("c2", "Pasar Gede", 2)})
    window = WallWindow("uji", model, feed, clock=SystemClock(), translate=Translator())
    window.use_own_keys()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: all(tile.feed for tile in window.canvas.tiles if tile.camera))
    yield window
    window.canvas.close_feeds()


@pytest.fixture
def video(qtbot, window):
    window.canvas.select(0)
    QTest.keyClick(window.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.video.charts is not None)
    return window.video


def colours(widget):
    image = widget.grab().toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_the_charts_draw_what_the_tile_remembers(window, video):
    now_ns = SystemClock().monotonic_ns()
    history = window.canvas.tiles[0].history
    for second in range(-300, 1):
        at_ns = now_ns + second * S
        history.note_report(at_ns, stream="sub", frames=25 * (second + 300), lost=0)
        history.note(at_ns, source="sub", decoded=25 * (second + 300), shown=20 * (second + 300))
    video.refresh()
    rates, delay, _ = video.charts.charts
    assert QColor(theme.GREEN).rgb() in colours(rates.widget)
    assert "diterima: terendah 25.0, rata-rata 25.0, tertinggi 25.0" in rates.widget.accessibleDescription()
    assert "ditampilkan: terendah 20.0" in rates.widget.accessibleDescription()
    assert delay.widget.accessibleDescription() == "Tundaan, milidetik: belum ada data"


def test_the_window_follows_the_selection_and_closes_with_its_key(window, video):
    assert "Simpang Gendengan" in video._name.text()
    window.canvas.select(1)
    assert "Pasar Gede" in video._name.text()
    window.canvas.select(0)
    assert not window.canvas.toggle_about()
    assert not video.isVisible()


def test_a_window_closed_by_its_own_button_ends_the_words_on_the_tile(window, video):
    QTest.keyClick(video, Qt.Key.Key_Escape)
    assert not video.isVisible()
    assert not window.canvas.tiles[0].telling


def test_nothing_runs_for_a_window_that_is_closed(window, video):
    assert video._timer.isActive()
    window.canvas.toggle_about()
    assert not video._timer.isActive()
    window.canvas.toggle_about()
    assert video.isVisible()
    window.hide()
    assert not video.isVisible()


def test_the_wall_keeps_the_keyboard(window, video):
    assert video.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not video.isModal()


def test_it_lies_on_the_half_where_its_tile_is_not(window, video):
    assert video.geometry().left() >= window.geometry().center().x()
    window.canvas.toggle_about()
    window.canvas.select(1)
    window.canvas.toggle_about()
    assert video.geometry().right() <= window.geometry().center().x()


def test_the_history_is_kept_while_nobody_asks(qtbot, window, feed):
    tile = window.canvas.tiles[0]
    report = StreamReport(camera="c1", profile=Profile.SUB, connected=True)
    for frames in (0, 25, 50):
        feed._on_message(
            StreamReport(camera="c1", profile=Profile.SUB, connected=report.connected, frames_received=frames)
        )
    now_ns = SystemClock().monotonic_ns
    qtbot.waitUntil(lambda: tile.history.latest(now_ns()).displayed_fps == 0)
    assert tile.history.latest(now_ns()).received_fps > 0


def test_a_small_tile_says_only_what_fits(window, feed):
    canvas = window.canvas
    canvas._model.show(parse_grid("8x8"), {0: TileCamera("c1", "Simpang Gendengan", 1)})
    feed._on_message(StreamReport(camera="c1", profile=Profile.SUB, connected=True))
    canvas._open_feeds()
    canvas.select(0)
    canvas.toggle_about()
    tile = canvas.tiles[0]
    inside = tile.rect.translated(-tile.rect.topLeft())
    assert all(inside.contains(label.x, label.y) for label in tile.labels)
    assert all(label.y + label.image.height() <= inside.height() for label in tile.labels)
