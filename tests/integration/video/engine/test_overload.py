"""A real engine and decoder that are asked for more than they can do."""

from pathlib import Path

import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.ipc.messages import EngineStarted, HideTile, StreamReport

QUICK_ENGINE = Path(__file__).parents[1] / "quick_engine.py"
MANY = [f"cam{number}" for number in range(16)]
KEY_FRAMES = (DecodePlan.KEY_FRAMES, PlanReason.BUSY)
FULL = (DecodePlan.FULL, PlanReason.SEEN)


class Street(FakeCamera):
    """A camera for all; its `order` goes into its pictures, for the decoder."""

    def __init__(self, film):
        self.order = b""
        super().__init__(pictures=lambda number: with_order(film[number % len(film)], self.order))
        self.interval_s = 0.04


@pytest.fixture
def street(film):
    street = Street(film)
    with CameraThread(street):
        yield street


def with_order(nals, order):
    return [nals[0], b"\x06" + order, *nals[1:]] if order else nals


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.wait_for(EngineStarted)
        yield engine


@pytest.fixture
def weak_machine(monkeypatch):
    """A tenth of a core, of which nobody else takes anything."""
    monkeypatch.setenv("CORES", "0.1")


def plans(engine):
    """The newest plan of every camera, with its reason."""
    return {
        report.camera: (report.plan, report.plan_reason)
        for report in engine.reports
        if isinstance(report, StreamReport) and report.connected
    }


def test_more_than_the_machine_can_decode_begins_with_key_frames_and_widens_when_less_is_asked(
    weak_machine, engine, street
):
    engine.set_cameras(*(camera(name, street.url) for name in MANY))
    for tile, name in enumerate(MANY):
        engine.show(name, tile=tile, priority=name == "cam0")
    until(lambda: len(plans(engine)) == len(MANY))
    first = {}
    for report in engine.reports:
        if isinstance(report, StreamReport) and report.connected:
            first.setdefault(report.camera, (report.plan, report.plan_reason))
    assert first == dict.fromkeys(MANY, KEY_FRAMES) | {"cam0": FULL}
    until(lambda: all(engine.pictures(tile) > 1 for tile in range(len(MANY))))
    engine.send(*(HideTile(tile=tile, decoder=0) for tile in range(2, len(MANY))))
    until(lambda: plans(engine)["cam1"] == FULL)


def test_late_pictures_are_left_out_up_to_key_frames_and_come_back(engine, street):
    engine.set_cameras(camera("cam0", street.url), camera("cam1", street.url))
    engine.show("cam0", tile=0)
    engine.show("cam1", tile=1)
    until(lambda: engine.pictures(0) > 5 and engine.pictures(1) > 5)
    street.order = b"order:dawdle"
    until(lambda: KEY_FRAMES in plans(engine).values())
    street.order = b""
    until(lambda: plans(engine) == {"cam0": FULL, "cam1": FULL})
    before = engine.pictures(0)
    until(lambda: engine.pictures(0) > before + 20)
