import os
import signal

import pytest

from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan, Limits, PlanReason, TileState
from tmcwall.video.feed.video_feed import Pacer, VideoFeed
from tmcwall.video.ipc.messages import Live, StreamUrl

pytest_plugins = ["tests.cameras"]


@pytest.fixture
def feed(qtbot, tmp_path):
    feed = VideoFeed(
        clock=SystemClock(), recordings=tmp_path, limits=Limits(stale_s=1.0, lost_s=3.0), decoders=2, restart_s=0.2
    )
    feed.start()
    yield feed
    with qtbot.waitSignal(feed.stopped):
        feed.stop()


def source(camera: str, url: str) -> Live:
    return Live(camera=camera, main=StreamUrl(url))


def state(tile) -> TileState:
    return tile.verdict(SystemClock().monotonic_ns()).state


def test_a_camera_turns_live_and_each_of_its_pictures_is_due_once(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    tile = feed.open_tile("c1", 320, 180)
    assert state(tile) is TileState.CONNECTING
    seen = []

    def collect() -> bool:
        seen.extend(picture.sequence for _, picture in Pacer([tile]).due(SystemClock().monotonic_ns()))
        return len(seen) >= 20

    qtbot.waitUntil(collect)
    assert seen == sorted(set(seen))
    assert state(tile) is TileState.LIVE
    tile.close()


def test_a_picture_has_the_size_that_was_asked_for_in_whole_blocks(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    tile = feed.open_tile("c1", 157, 90)
    qtbot.waitUntil(lambda: tile.newest_whole() is not None)
    picture = tile.newest_whole()
    assert (picture.width, picture.height) == (160, 90)
    tile.resize(320, 180)
    assert state(tile) is TileState.LIVE
    qtbot.waitUntil(lambda: tile.newest_whole() is not None)
    assert tile.newest_whole().width == 320


def test_a_tile_that_cannot_be_seen_is_paused_and_comes_back_live(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    tile = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)
    tile.set_visible(visible=False)
    qtbot.waitUntil(lambda: state(tile) is TileState.PAUSED)
    report, decoded = tile.report(), tile.ages().decoded
    assert (report.plan, report.plan_reason) == (DecodePlan.PAUSED, PlanReason.HIDDEN)
    qtbot.waitUntil(lambda: tile.report().frames_received >= report.frames_received + 10)
    assert tile.ages().decoded == decoded
    tile.set_visible(visible=True)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)
    assert tile.ages().decoded > decoded


def test_a_refused_connection_is_a_state_with_its_cause(qtbot, feed, cameras):
    server = cameras("c1")
    url = server.url("c1")
    server.stop()
    feed.set_cameras([source("c1", url)])
    tile = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(tile) is TileState.LOST)
    assert tile.verdict(SystemClock().monotonic_ns()).cause is FaultCode.CONNECTION_REFUSED


def test_tiles_of_a_stopped_decoder_turn_stale_until_it_is_replaced_and_the_others_do_not_notice(qtbot, feed, cameras):
    server = cameras("c1", "c2")
    feed.set_cameras([source(camera, server.url(camera)) for camera in ("c1", "c2")])
    one, other = feed.open_tile("c1", 320, 180), feed.open_tile("c2", 320, 180)
    assert one.decoder != other.decoder
    qtbot.waitUntil(lambda: state(one) is state(other) is TileState.LIVE)
    pid = feed.decoder_pids[one.decoder]
    os.kill(pid, signal.SIGSTOP)
    qtbot.waitUntil(lambda: state(one) is TileState.STALE)
    assert state(other) is TileState.LIVE
    qtbot.waitUntil(lambda: state(one) is TileState.LIVE)
    assert state(other) is TileState.LIVE
    assert feed.decoder_pids[one.decoder] != pid


def test_a_killed_decoder_is_replaced_and_its_tiles_come_back(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    tile = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)
    before = tile.ages().decoded
    os.kill(feed.decoder_pids[tile.decoder], signal.SIGKILL)
    qtbot.waitUntil(lambda: tile.ages().decoded > before + 30)
    assert state(tile) is TileState.LIVE


def test_a_killed_engine_is_replaced_and_sent_everything_again(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    tile = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)
    with qtbot.waitSignals([feed.engine_lost, feed.engine_started]):
        os.kill(feed.engine_pid, signal.SIGKILL)
    before = tile.ages().decoded
    qtbot.waitUntil(lambda: tile.ages().decoded > before + 5)
    assert state(tile) is TileState.LIVE


def test_a_view_that_is_accepted_while_no_engine_runs_is_taken_by_the_next_one(qtbot, feed):
    with qtbot.waitSignal(feed.engine_lost):
        os.kill(feed.engine_pid, signal.SIGKILL)
    taken = []
    feed.view_forgotten.connect(taken.append)
    feed.accept_view("c1")
    qtbot.waitUntil(lambda: taken == ["c1"])
    with qtbot.waitSignals([feed.engine_lost, feed.engine_started]):
        os.kill(feed.engine_pid, signal.SIGKILL)
    with qtbot.waitSignal(feed.view_forgotten):
        feed.accept_view("c2")
    assert taken == ["c1", "c2"]


def test_a_stopped_engine_is_named_as_the_cause(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    tile = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)
    os.kill(feed.engine_pid, signal.SIGSTOP)
    qtbot.waitUntil(lambda: tile.verdict(SystemClock().monotonic_ns()).cause is FaultCode.ENGINE_LOST)
    assert state(tile) in {TileState.STALE, TileState.LOST}
    os.kill(feed.engine_pid, signal.SIGCONT)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)


def test_a_clip_plays_pauses_and_is_sought(qtbot, feed, tiny_clip):
    clip = feed.open_file(tiny_clip, 320, 180)
    qtbot.waitUntil(lambda: clip.newest_whole() is not None)
    assert clip.playing
    clip.pause()
    assert state(clip) is TileState.PAUSED
    clip.seek(1.5)
    qtbot.waitUntil(lambda: 1.4 < clip.position_s < 1.7)
    assert clip.duration_s == pytest.approx(2.0, abs=0.1)
    clip.play()
    qtbot.waitUntil(lambda: clip.ended)
    clip.seek(0.0)
    qtbot.waitUntil(lambda: not clip.ended)
    clip.close()


def test_memory_of_closed_tiles_is_given_out_again(qtbot, feed, cameras):
    server = cameras("c1")
    feed.set_cameras([source("c1", server.url("c1"))])
    keeper = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(keeper) is TileState.LIVE)
    tile = feed.open_tile("c1", 320, 180)
    qtbot.waitUntil(lambda: state(tile) is TileState.LIVE)
    index, extent = tile.tile, tile.extent
    tile.close()
    found = []

    def taken_again() -> bool:
        found.append(feed.open_tile("c1", 320, 180))
        return found[-1].tile == index and found[-1].extent == extent

    qtbot.waitUntil(taken_again)
