"""What happens to the wall when one camera's bytes bring a decoder down: rows P1 to P6."""

from pathlib import Path

import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.video.ipc.messages import DecoderRestarted, EngineStarted, Record, StreamReport

QUICK_ENGINE = Path(__file__).parents[1] / "quick_engine.py"


class Town:
    """A healthy camera and one whose bytes are orders, on one decoder."""

    def __init__(self, film):
        self.order = b""
        self._film = film
        self.healthy = FakeCamera(pictures=lambda number: film[number % len(film)])
        self.evil = FakeCamera(pictures=self._evil_pictures)
        self.healthy.interval_s = self.evil.interval_s = 0.04

    def _evil_pictures(self, number):
        nals = self._film[number % len(self._film)]
        return nals if not self.order else [nals[0], b"\x06" + self.order, *nals[1:]]

    def bring_down_once(self, engine, order):
        since = len(engine.reports)
        self.order = order
        try:
            return engine.wait_for(DecoderRestarted, since=since)
        finally:
            self.order = b""


@pytest.fixture
def town(film):
    town = Town(film)
    with CameraThread(town.healthy, town.evil):
        yield town


@pytest.fixture
def engine(town, tmp_path):
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.wait_for(EngineStarted)
        engine.set_cameras(camera("healthy", town.healthy.url, record="main"), camera("evil", town.evil.url))
        engine.send(Record(cameras=["healthy"]))
        engine.show("healthy", tile=0)
        engine.show("evil", tile=1)
        until(lambda: engine.pictures(0) > 5 and engine.pictures(1) > 5)
        yield engine


def goes_on(engine, tile):
    before = engine.pictures(tile)
    until(lambda: engine.pictures(tile) > before + 10)


@pytest.mark.parametrize("order", ["segfault", "abort", "hang", "deaf", "spin", "swell", "lie"])
def test_a_stream_that_brings_its_decoder_down_costs_the_others_a_moment(town, engine, order):
    town.bring_down_once(engine, f"order:{order}".encode())
    goes_on(engine, 0)
    goes_on(engine, 1)
    assert town.healthy.connections == 1
    last = engine.wait_for(StreamReport, where=lambda report: report.camera == "healthy", since=len(engine.reports))
    assert (last.packets_lost, last.recording, last.fault) == (0, True, None)


def test_a_stream_that_brings_its_decoder_down_three_times_is_held_and_the_decoder_is_not(town, engine):
    town.order = b"order:segfault"
    engine.wait_for_fault("evil", FaultCode.DECODER_CRASHED)
    restarts = [report for report in engine.reports if isinstance(report, DecoderRestarted)]
    assert len(restarts) <= 3
    goes_on(engine, 0)
    still = engine.pictures(1)
    goes_on(engine, 0)
    assert engine.pictures(1) == still
    report = engine.wait_for(StreamReport, where=lambda report: report.camera == "evil", since=len(engine.reports))
    assert report.connected


def test_a_held_stream_is_tried_again_when_its_time_is_over(town, tmp_path, monkeypatch):
    monkeypatch.setenv("CRASH_WINDOW_S", "8")
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("evil", town.evil.url))
        town.order = b"order:segfault"
        engine.show("evil")
        engine.wait_for_fault("evil", FaultCode.DECODER_CRASHED)
        town.order = b""
        until(lambda: engine.pictures() > 10)
