from dataclasses import replace

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QTest

from tests.slot_pictures import near, show_picture
from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.health import Limits, TileState
from tmcwall.domain.incident import Drill, IncidentType, Severity, Source
from tmcwall.domain.layout import parse_grid
from tmcwall.texts import Translator
from tmcwall.ui import theme
from tmcwall.ui.wall.model import CAMERA_MIME, Marker, TileCamera, WallModel
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import StreamReport
from tmcwall.video.ipc.shared_frames import SLOTS

GREEN = QColor(20, 160, 40)


@pytest.fixture
def limits():
    """One picture is live for as long as a test may take."""
    return Limits(stale_s=120, lost_s=240)


@pytest.fixture
def feed(qapp, tmp_path, limits):
    """Never started: the test writes the pictures where a decoder would."""
    return VideoFeed(clock=SystemClock(), recordings=tmp_path, decoders=1, limits=limits)


@pytest.fixture
def model():
    model = WallModel()
    model.show(parse_grid("2x2"), {0: TileCamera("c1", "Simpang Gendengan", 1), 1: TileCamera("c2", "Pasar Gede", 2)})
    return model


@pytest.fixture
def window(qtbot, feed, model):
    window = WallWindow("uji", model, feed, clock=SystemClock(), translate=Translator())
    window.use_own_keys()
    qtbot.addWidget(window)
    window.resize(640, 360)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: all(tile.feed for tile in window.canvas.tiles if tile.camera))
    yield window
    window.canvas.close_feeds()


def colour_at(window, x, y):
    return window.grab().toImage().pixelColor(x, y)


def test_a_picture_is_painted_into_its_tile_and_counted_once(qtbot, window):
    first = window.canvas.tiles[0]
    show_picture(first.feed, GREEN)
    qtbot.waitUntil(lambda: first.shown == 1)
    qtbot.waitUntil(lambda: first.verdict.state is TileState.LIVE)
    assert near(colour_at(window, 160, 120), GREEN)
    assert colour_at(window, 480, 300).lightness() < 40
    window.canvas.update()
    window.grab()
    assert first.shown == 1


def test_what_is_masked_of_a_camera_is_black_in_every_picture_and_seen_again_when_that_is_lifted(qtbot, window, model):
    camera, masked = model.cells[0], Box(0.5, 0.5, 0.25, 0.25)
    model.put(0, replace(camera, masks=(masked,)))
    tile = window.canvas.tiles[0]
    for shown in (1, 2):
        show_picture(tile.feed, GREEN)
        qtbot.waitUntil(lambda shown=shown: tile.shown == shown)
        assert colour_at(window, 200, 112).lightness() == 0
    qtbot.waitUntil(lambda: tile.verdict.state is TileState.LIVE)
    assert near(colour_at(window, 100, 60), GREEN)
    model.put(0, camera)
    assert near(colour_at(window, 200, 112), GREEN)


def test_a_tile_that_fills_the_wall_goes_on_doing_so_when_a_mask_is_set(window, model):
    window.canvas.select(0)
    window.canvas.enter_full_screen()
    assert window.canvas.full_screen_cell == 0
    model.put(0, replace(model.cells[0], masks=(Box(0, 0, 0.1, 0.1),)))
    assert window.canvas.full_screen_cell == 0


def test_a_tile_is_not_live_before_its_first_picture_is_on_the_screen(window):
    tile = window.canvas.tiles[0]
    window.canvas._timer.stop()
    show_picture(tile.feed, GREEN)
    tile.judge(SystemClock().monotonic_ns(), Translator(), now_s=0.0)
    assert tile.feed.verdict(SystemClock().monotonic_ns()).state is TileState.LIVE
    assert tile.verdict.state is TileState.CONNECTING


def test_a_live_picture_that_comes_by_the_segment_says_how_far_behind_it_is(qtbot, window, feed):
    tile = window.canvas.tiles[0]
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: tile.verdict.state is TileState.LIVE)
    for behind_s, said in ((0.4, ""), (8.2, "tertinggal 8 dtk")):
        feed._on_message(StreamReport(camera="c1", profile=Profile.MAIN, connected=True, behind_s=behind_s))
        show_picture(tile.feed, GREEN)
        tile.judge(SystemClock().monotonic_ns(), Translator(), now_s=0.0)
        assert (tile.verdict.state, tile._words.notice) == (TileState.LIVE, said)


def test_several_tiles_painted_in_one_pass_reach_the_window(qtbot, window):
    tiles = window.canvas.tiles[:2]
    for tile in tiles:
        show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: all(tile.shown == 1 for tile in tiles))
    qtbot.waitUntil(lambda: all(tile.verdict.state is TileState.LIVE for tile in tiles))
    assert near(colour_at(window, 160, 120), GREEN)
    assert near(colour_at(window, 480, 120), GREEN)


@pytest.mark.parametrize("limits", [Limits(stale_s=0.2, stale_intervals=0, lost_s=240)])
def test_a_picture_that_is_not_live_is_dimmed_and_says_its_state(qtbot, window):
    tile = window.canvas.tiles[0]
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: tile.shown == 1)
    qtbot.waitUntil(lambda: tile.verdict.state is TileState.STALE)
    assert colour_at(window, 160, 80).lightness() < GREEN.lightness() * 0.6


def test_swapping_keeps_the_feeds_of_both_cameras(window, model):
    one, other = (tile.feed for tile in window.canvas.tiles[:2])
    model.swap(0, 1)
    assert [tile.feed for tile in window.canvas.tiles[:2]] == [other, one]
    assert window.canvas.tiles[0].camera.id == "c2"


def test_a_camera_dropped_on_a_tile_is_asked_for(qtbot, window):
    data = QMimeData()
    data.setData(CAMERA_MIME, QByteArray(b"c9"))
    drop = QDropEvent(
        QPointF(480, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(window.place_requested) as asked:
        window.canvas.dropEvent(drop)
    assert asked.args == [3, "c9"]
    assert window.canvas.selected == 3


def test_arrow_keys_move_the_selection_and_delete_asks_to_empty_the_tile(qtbot, window):
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert window.canvas.selected == 0
    assert window.selected_camera == "c1"
    QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    assert window.canvas.selected == 1
    QTest.keyClick(window.canvas, Qt.Key.Key_Down)
    assert window.canvas.selected == 3
    QTest.keyClick(window.canvas, Qt.Key.Key_Left)
    QTest.keyClick(window.canvas, Qt.Key.Key_Up)
    with qtbot.waitSignal(window.clear_requested) as asked:
        QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert asked.args == [0]


def test_full_screen_keeps_the_small_picture_until_the_main_stream_has_one(qtbot, window):
    tile = window.canvas.tiles[0]
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: tile.shown == 1)
    QTest.mouseDClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert window.canvas.full_screen_cell == 0
    qtbot.waitUntil(lambda: tile.main is not None)
    assert tile.main.profile == "main"
    assert (tile.main.width, tile.main.height) == (640, 360)
    assert not tile.showing_main
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: tile.verdict.state is TileState.LIVE)
    assert near(colour_at(window, 600, 200), GREEN)
    blue = QColor(10, 20, 200)
    show_picture(tile.main, blue)
    qtbot.waitUntil(lambda: tile.showing_main)
    qtbot.waitUntil(lambda: near(colour_at(window, 600, 200), blue))
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.canvas.full_screen_cell == -1
    assert tile.main is None
    assert tile.rect.width() == 320


def test_a_paused_tile_says_so_and_takes_no_new_picture(qtbot, window):
    tile = window.canvas.tiles[0]
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: tile.shown == 1)
    window.canvas.select(0)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    assert tile.verdict.state is TileState.PAUSED
    show_picture(tile.feed, QColor(10, 20, 200))
    show_picture(window.canvas.tiles[1].feed, GREEN)
    qtbot.waitUntil(lambda: window.canvas.tiles[1].shown == 1)
    assert tile.shown == 1
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    assert tile.verdict.state is not TileState.PAUSED


def test_a_held_picture_stays_itself_while_the_decoder_writes_on(qtbot, window):
    tile = window.canvas.tiles[0]
    window.canvas.select(0)
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: tile.shown == 1)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    held = colour_at(window, 160, 120)
    for _ in range(SLOTS):
        show_picture(tile.feed, QColor(200, 30, 30))
    assert colour_at(window, 160, 120) == held


def test_a_picture_that_its_tile_does_not_hold_in_whole_blocks_stays_inside_it(qtbot, window, model):
    model.show(parse_grid("3x3"), dict(enumerate(window.canvas.tiles[i].camera for i in (0, 1))))
    first, second = window.canvas.tiles[:2]
    qtbot.waitUntil(lambda: first.feed.width == 224 and second.feed.width == 224)
    show_picture(second.feed, QColor(200, 30, 30))
    qtbot.waitUntil(lambda: second.shown == 1)
    show_picture(first.feed, GREEN)
    qtbot.waitUntil(lambda: first.verdict.state is second.verdict.state is TileState.LIVE)
    assert near(colour_at(window, 211, 100), GREEN)
    assert near(colour_at(window, 214, 100), QColor(200, 30, 30))


def test_an_alarm_draws_a_border_in_the_colour_of_its_severity(window, model):
    alarm = Marker("i1", IncidentType.FIRE, Severity.CRITICAL, Source.CALL_112, Drill.EXERCISE, alarm=True)
    model.mark({"c2": [alarm]})
    assert colour_at(window, 321, 100) == QColor(theme.VERMILLION)
    model.mark({})
    assert colour_at(window, 321, 100) != QColor(theme.VERMILLION)


def test_labels_lie_inside_the_border_of_an_alarm(window, model):
    alarm = Marker("i1", IncidentType.FIRE, Severity.CRITICAL, Source.CALL_112, Drill.EXERCISE, alarm=True)
    model.mark({"c2": [alarm]})
    tile = window.canvas.tiles[1]
    inside = tile.rect.adjusted(4, 4, -4, -4).translated(-tile.rect.topLeft())
    assert len(tile.labels) > 2
    assert all(inside.contains(QRect(QPoint(label.x, label.y), label.image.size())) for label in tile.labels)
    window.canvas.select(1)
    assert colour_at(window, 322, 2) == QColor(theme.VERMILLION)
    assert colour_at(window, 325, 100) == QColor(theme.ACCENT)


def test_a_camera_that_is_gone_stays_as_a_named_tile_without_a_feed(window, model):
    model.put(2, TileCamera("old", "Kamera lama", 77, known=False))
    window.canvas._open_feeds()
    assert window.canvas.tiles[2].feed is None
    assert colour_at(window, 160, 270).lightness() < 120


def test_a_selected_tile_says_how_its_video_does_while_it_is_asked(window):
    canvas = window.canvas
    canvas.select(0)
    before = colour_at(window, 8, 40)
    assert canvas.toggle_about()
    assert colour_at(window, 8, 40) != before
    assert not canvas.toggle_about()
    assert colour_at(window, 8, 40) == before


def test_tiles_that_cannot_be_seen_are_not_decoded(qtbot, window):
    canvas = window.canvas
    canvas.select(0)
    canvas.enter_full_screen()
    assert [canvas.tiles[cell].feed.visible for cell in (0, 1)] == [True, False]
    canvas.leave_full_screen()
    assert canvas.tiles[1].feed.visible
    window.hide()
    assert not any(canvas.tiles[cell].feed.visible for cell in (0, 1))
    window.show()
    qtbot.waitUntil(lambda: all(canvas.tiles[cell].feed.visible for cell in (0, 1)))


def test_the_selected_tile_and_those_with_an_alarm_come_first(qtbot, window, model):
    canvas = window.canvas
    canvas.select(0)
    model.mark({"c2": [Marker("i1", IncidentType.FIRE, Severity.CRITICAL, Source.CALL_110, Drill.ACTUAL, alarm=True)]})
    qtbot.waitUntil(lambda: all(canvas.tiles[cell].feed.priority for cell in (0, 1)))


def test_a_camera_put_into_quarantine_is_gone_from_the_screen_and_says_why(qtbot, window, model):
    tile = window.canvas.tiles[0]
    show_picture(tile.feed, GREEN)
    qtbot.waitUntil(lambda: near(colour_at(window, 160, 120), GREEN))
    withheld = TileCamera("c1", "Simpang Gendengan", 1, withheld=TileState.QUARANTINED, withheld_reason="melihat rumah")
    model.put(0, withheld)
    assert (tile.feed, tile.has_picture, tile.verdict.state) == (None, False, TileState.QUARANTINED)
    assert tile._words.cause == "melihat rumah"
    assert not near(colour_at(window, 160, 120), GREEN)
    assert window.canvas.verdicts()["c1"].state is TileState.QUARANTINED


def test_a_camera_that_may_be_shown_again_is_opened_again(qtbot, window, model):
    model.put(0, TileCamera("c1", "Simpang Gendengan", 1, withheld=TileState.OUTAGE, withheld_reason="pindah jaringan"))
    window.canvas._open_feeds()
    assert (window.canvas.tiles[0].feed, window.canvas.tiles[0].verdict.state) == (None, TileState.OUTAGE)
    model.put(0, TileCamera("c1", "Simpang Gendengan", 1))
    qtbot.waitUntil(lambda: window.canvas.tiles[0].feed is not None)
    show_picture(window.canvas.tiles[0].feed, GREEN)
    qtbot.waitUntil(lambda: window.canvas.tiles[0].verdict.state is TileState.LIVE)
