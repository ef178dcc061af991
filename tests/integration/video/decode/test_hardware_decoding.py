"""A real engine and decoders with a device that is pretended."""

import os
import signal
from pathlib import Path

import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.video.ipc.messages import DecoderRestarted, EngineStarted, StreamReport
from tmcwall.video.ipc.sandbox import filters_calls

QUICK_ENGINE = Path(__file__).parents[1] / "quick_engine.py"
pytestmark = pytest.mark.skipif(not filters_calls(), reason="a device needs a kernel that holds its driver")


@pytest.fixture
def street(film):
    street = FakeCamera(pictures=lambda number: film[number % len(film)])
    street.interval_s = 0.04
    with CameraThread(street):
        yield street


@pytest.fixture
def engine(tmp_path, street):
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("cam", street.url))
        engine.show("cam")
        yield engine


def bring_down(engine):
    """The decoder that is there now, from outside, so that no stream is to blame."""
    started = [report for report in engine.reports if isinstance(report, EngineStarted | DecoderRestarted)][-1]
    since = len(engine.reports)
    os.kill(started.pid if isinstance(started, DecoderRestarted) else started.decoder_pids[0], signal.SIGKILL)
    engine.wait_for(DecoderRestarted, since=since)
    return since


def device_of(engine):
    said = [report for report in engine.reports if isinstance(report, StreamReport)]
    return said[-1].device if said else ""


def test_software_decodes_where_nobody_asked_for_a_device(engine):
    until(lambda: engine.pictures() > 30)
    assert {report.device for report in engine.reports if isinstance(report, StreamReport)} == {"software"}


def test_a_tile_names_the_device_and_two_losses_with_it_bring_software(monkeypatch, tmp_path, street):
    monkeypatch.setenv("HARDWARE", "1")
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("cam", street.url))
        engine.show("cam")
        until(lambda: device_of(engine) == "pretended")
        since = bring_down(engine)
        engine.wait_for(StreamReport, where=lambda report: report.device == "pretended", since=since)
        since = bring_down(engine)
        before = engine.pictures()
        until(lambda: engine.pictures() > before + 30)
        assert device_of(engine) == "software"
