"""Instant replay through a real engine and decoder: the recording of a camera beside its live picture."""

import time

import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.video.ipc.messages import Playback, Record, Replay, StreamReport
from tmcwall.video.recording.segments import camera_folder


@pytest.fixture
def street(film):
    camera = FakeCamera(pictures=lambda number: film[number % len(film)])
    camera.interval_s = 0.02
    with CameraThread(camera) as thread:
        yield thread


@pytest.fixture
def live(street):
    return street.cameras[0]


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "recordings") as engine:
        yield engine


@pytest.fixture
def began(engine, live):
    """When recording began; three seconds and more have been recorded since."""
    engine.set_cameras(camera("cam", live.url, record="main"))
    engine.send(Record(cameras=["cam"]))
    engine.show("cam")
    report = engine.wait_for(StreamReport, where=lambda report: report.connected)
    began = time.time()
    received = report.frames_received
    engine.wait_for(StreamReport, where=lambda report: report.frames_received > received + 150)
    return began


def replay(engine, live, from_utc, *, of="cam", tile=1):
    engine.set_cameras(
        camera("cam", live.url, record="main"), Replay("replay-1", of=of, from_utc=from_utc)
    )  # fmt: skip
    engine.show("replay-1", tile=tile, profile="main")


def position(engine):
    reports = [report for report in engine.reports if isinstance(report, StreamReport) and report.camera == "replay-1"]
    return reports[-1].position_s if reports else None


def test_what_happened_a_moment_ago_plays_beside_the_live_picture(engine, live, began):
    replay(engine, live, began + 0.5)
    until(lambda: engine.pictures(1) > 20)
    assert began + 0.4 < until(lambda: position(engine)) < time.time() - 1
    live_before = engine.pictures(0)
    until(lambda: engine.pictures(0) > live_before + 10)
    assert live.connections == 1


def test_a_replay_follows_the_recording_while_it_is_written(engine, live, began):
    replay(engine, live, time.time() - 1.5)
    asked = time.time()
    until(lambda: (position(engine) or 0.0) > asked + 1)


def test_a_paused_replay_stands_still_and_goes_where_it_is_sent(engine, live, began):
    replay(engine, live, began + 1)
    until(lambda: engine.pictures(1) > 5)
    engine.send(Playback(camera="replay-1", speed=0.0))
    until(lambda: (at := position(engine)) is not None and _stands(engine, at))
    shown = engine.pictures(1)
    engine.send(Playback(camera="replay-1", speed=0.0, seek_s=began + 2.5))
    until(lambda: position(engine) == pytest.approx(began + 2.5, abs=0.05))
    until(lambda: engine.pictures(1) > shown)
    engine.send(Playback(camera="replay-1", speed=1.0))
    until(lambda: position(engine) > began + 3)


def _stands(engine, at):
    """Two reports later it is where it was."""
    count = len(engine.reports)
    until(lambda: sum(isinstance(r, StreamReport) and r.camera == "replay-1" for r in engine.reports[count:]) > 1)
    return position(engine) == at


def test_a_camera_that_was_not_recorded_has_nothing_to_replay(engine, live, began):
    replay(engine, live, began, of="nobody")
    engine.wait_for_fault("replay-1", FaultCode.FOOTAGE_MISSING)


def test_the_last_seconds_of_a_camera_that_went_dark_are_there_and_end(engine, street, live, began):
    street.do(live.stop())
    engine.wait_for(StreamReport, where=lambda report: report.camera == "cam" and report.fault is not None)
    replay(engine, live, time.time() - 1.0)
    until(lambda: engine.pictures(1) > 5)
    engine.wait_for_fault("replay-1", FaultCode.STREAM_ENDED)


def test_what_is_replayed_is_not_deleted_under_it(live, tmp_path):
    with EngineProcess(tmp_path / "recordings", keep_s=1.0) as engine:
        cameras = [camera(name, live.url, record="main") for name in ("cam", "beside")]
        engine.set_cameras(*cameras)
        engine.send(Record(cameras=["cam", "beside"]))
        for name in ("cam", "beside"):
            engine.wait_for(StreamReport, where=lambda r: r.camera == name and r.frames_received > 100)
        engine.set_cameras(*cameras, Replay("replay-1", of="cam", from_utc=0.0))
        engine.show("replay-1", tile=1, profile="main")
        engine.send(Playback(camera="replay-1", speed=0.0))
        first = until(lambda: position(engine))
        engine.send(Record(cameras=[]))
        until(lambda: not recorded(tmp_path, "beside"))
        assert recorded(tmp_path, "cam")
        assert _stands(engine, first)
        engine.send(Playback(camera="replay-1", speed=1.0))
        until(lambda: position(engine) > first + 0.5)
        engine.set_cameras(*cameras)
        until(lambda: not recorded(tmp_path, "cam"))


def recorded(tmp_path, name):
    return list(camera_folder(tmp_path / "recordings", name).rglob("*.index"))
