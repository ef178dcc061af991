"""What is left when the machine sleeps, or when the program, its engine or its decoders stand still or die."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.integration.video.city_town import QUICK_ENGINE
from tests.integration.video.engine_process import EngineProcess, camera
from tests.waiting import until
from tmcwall.domain.camera import RecordPolicy
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import Limits, TileState
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import DecoderRestarted, EngineStarted, Live, Record, StreamReport, StreamUrl
from tmcwall.video.ipc.suspend import SuspendDetector
from tmcwall.video.recording.segments import scan

pytest_plugins = ["tests.cameras"]

FEED_PROGRAM = Path(__file__).parents[1] / "feed_program.py"
CAMERAS = [f"cam-{number}" for number in range(8)]


def show_all(engine, server, *, record="off", **login):
    engine.set_cameras(*(camera(name, server.url(name), record=record, **login) for name in CAMERAS))
    for tile, name in enumerate(CAMERAS):
        engine.show(name, tile=tile)
    until(lambda: all(engine.pictures(tile) > 0 for tile in range(len(CAMERAS))))


def all_go_on(engine):
    before = [engine.pictures(tile) for tile in range(len(CAMERAS))]
    until(lambda: all(engine.pictures(tile) > before[tile] + 5 for tile in range(len(CAMERAS))))


def test_after_the_machine_has_slept_all_streams_are_opened_anew_a_few_at_a_time(cameras, tmp_path, monkeypatch):
    """U7"""
    slept = tmp_path / "slept"
    slept.write_text("0")
    monkeypatch.setenv("SLEPT_FILE", str(slept))
    server = cameras(*CAMERAS)
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        show_all(engine, server)
        slept.write_text("3600")
        until(lambda: all(server.control.ledger(name).connections == 2 for name in CAMERAS))
        all_go_on(engine)
        assert {server.control.ledger(name).sessions for name in CAMERAS} == {1}
        assert not [report for report in engine.reports if isinstance(report, DecoderRestarted)]


def test_a_refused_login_stays_held_over_a_sleep(cameras, camera_login, tmp_path, monkeypatch):
    """U7, R9: cameras lock who tries again."""
    slept = tmp_path / "slept"
    slept.write_text("0")
    monkeypatch.setenv("SLEPT_FILE", str(slept))
    server = cameras("cam", password=True)
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("cam", server.url("cam"), username=camera_login[0], password="salah"))
        engine.show("cam")
        engine.wait_for(
            StreamReport, where=lambda report: report.fault is FaultCode.UNAUTHORIZED and report.retry_in_s is None
        )
        before = server.control.ledger("cam").logins
        slept.write_text("3600")
        engine.wait_for(StreamReport, since=len(engine.reports) + 3)
        assert server.control.ledger("cam").logins == before == 2


def test_an_engine_that_stood_still_with_its_decoders_goes_on_with_them(cameras, tmp_path):
    """U7: the whole group is stopped for longer than a silent decoder is waited for."""
    server = cameras(*CAMERAS)
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        show_all(engine, server)
        root = psutil.Process(engine.process.pid)
        group = [root, *root.children(recursive=True)]
        for process in group:
            process.suspend()
        end = time.monotonic() + 4.0
        until(lambda: time.monotonic() > end)
        for process in reversed(group):
            process.resume()
        all_go_on(engine)
        assert not [report for report in engine.reports if isinstance(report, DecoderRestarted)]


class Machine:
    """Its boot time, ahead of the monotonic clock by what it has slept."""

    def __init__(self):
        self.slept_ns = 0

    def __call__(self):
        return SystemClock().monotonic_ns() + self.slept_ns


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def feed(qtbot, tmp_path, machine):
    clock = SystemClock()
    feed = VideoFeed(
        clock=clock,
        recordings=tmp_path / "recordings",
        limits=Limits(stale_s=2.0, lost_s=8.0),
        decoders=2,
        sleep=SuspendDetector(clock, boot_clock_ns=machine),
        hung_s=2,
    )
    feed.start()
    yield feed
    with qtbot.waitSignal(feed.stopped):
        feed.stop()


def open_tiles(qtbot, feed, server, names):
    feed.set_cameras([Live(camera=name, main=StreamUrl(server.url(name)), record=RecordPolicy.MAIN) for name in names])
    tiles = [feed.open_tile(name, 320, 180) for name in names]
    qtbot.waitUntil(lambda: states(tiles) == {TileState.LIVE})
    return tiles


def states(tiles):
    return {tile.verdict(SystemClock().monotonic_ns()).state for tile in tiles}


def test_after_a_sleep_no_tile_looks_live_until_it_has_a_new_picture(qtbot, feed, cameras, machine):
    """U7"""
    server = cameras("c1", "c2")
    tiles = open_tiles(qtbot, feed, server, ["c1", "c2"])
    for name in ("c1", "c2"):
        server.control.fault(name, "stall")
    machine.slept_ns = 3600 * 10**9
    qtbot.waitUntil(lambda: all(tile.verdict(SystemClock().monotonic_ns()).age_s > 3600 for tile in tiles))
    assert states(tiles) == {TileState.LOST}
    for name in ("c1", "c2"):
        server.control.clear(name)
    qtbot.waitUntil(lambda: states(tiles) == {TileState.LIVE})


def test_an_engine_that_hangs_is_replaced(qtbot, feed, cameras):
    server = cameras("c1")
    tiles = open_tiles(qtbot, feed, server, ["c1"])
    pid = feed.engine_pid
    with qtbot.waitSignals([feed.engine_lost, feed.engine_started]):
        os.kill(pid, signal.SIGSTOP)
    assert feed.engine_pid != pid
    qtbot.waitUntil(lambda: states(tiles) == {TileState.LIVE})


def test_an_engine_that_dies_is_replaced_and_takes_its_decoders_with_it(qtbot, feed, cameras):
    server = cameras("c1")
    tiles = open_tiles(qtbot, feed, server, ["c1"])
    family = psutil.Process(feed.engine_pid).children(recursive=True)
    with qtbot.waitSignals([feed.engine_lost, feed.engine_started]):
        os.kill(feed.engine_pid, signal.SIGKILL)
    assert not psutil.wait_procs(family, timeout=60)[1]
    qtbot.waitUntil(lambda: states(tiles) == {TileState.LIVE})


def test_a_killed_engine_loses_at_most_the_last_second_and_the_next_one_writes_down_the_gap(cameras, tmp_path):
    server = cameras("cam")
    recordings = tmp_path / "recordings"
    with EngineProcess(recordings, program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("cam", server.url("cam"), record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.wait_for(StreamReport, where=lambda report: report.recording and report.frames_received > 60)
        engine.process.kill()
        killed_ns = time.time_ns()
    (before,) = scan(recordings)
    assert killed_ns - before.last_utc_ns < 1_000_000_000
    with EngineProcess(recordings, program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("cam", server.url("cam"), record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.wait_for(StreamReport, where=lambda report: report.recording and report.frames_received > 30)
    _, after = sorted(scan(recordings), key=lambda segment: segment.first_utc_ns)
    assert after.header.engine != before.header.engine
    assert after.first_utc_ns > killed_ns


def test_a_decoder_that_dies_is_replaced_by_the_one_that_was_waiting_and_the_recording_has_no_gap(cameras, tmp_path):
    server = cameras("cam")
    recordings = tmp_path / "recordings"
    with EngineProcess(recordings, program=QUICK_ENGINE) as engine:
        started = engine.wait_for(EngineStarted)
        engine.set_cameras(camera("cam", server.url("cam"), record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.show("cam")
        until(lambda: engine.pictures() > 20)
        children = until(lambda: _two_children(engine.process.pid))
        (spare,) = children - set(started.decoder_pids)
        os.kill(started.decoder_pids[0], signal.SIGKILL)
        assert engine.wait_for(DecoderRestarted).pid == spare
        before = engine.pictures()
        until(lambda: engine.pictures() > before + 20)
    entries = [entry for segment in scan(recordings) for entry in segment.entries()]
    assert {entry.lost for entry in entries} == {0}
    assert len({entry.run for entry in entries}) == 1
    assert server.control.ledger("cam").connections == 1


def _two_children(pid):
    children = {child.pid for child in psutil.Process(pid).children()}
    return children if len(children) == 2 else None


def test_a_killed_program_leaves_no_process_and_no_shared_memory(cameras, tmp_path):
    """P8"""
    server = cameras("c1", "c2")
    memory = set(Path("/dev/shm").iterdir())
    command = [sys.executable, str(FEED_PROGRAM), str(tmp_path), server.url("c1"), server.url("c2")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        family = [psutil.Process(pid) for pid in json.loads(program.stdout.readline())]
        program.kill()
    assert len(family) == 4
    assert not psutil.wait_procs(family, timeout=60)[1]
    assert not [name for name in set(Path("/dev/shm").iterdir()) - memory if "tmcwall" in name.name]
    until(lambda: {server.control.ledger(name).sessions for name in ("c1", "c2")} == {0})
