"""Links that fail for many cameras at once, or again and again: rows R32 and R34."""

from itertools import pairwise

import psutil

from tests.integration.video.city_town import QUICK_ENGINE, Town
from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera, Openings
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.video.ipc.messages import DecoderRestarted, StreamReport

pytest_plugins = ["tests.cameras"]

MANY = 16


def test_sixteen_cameras_that_die_together_all_come_back_without_a_storm(film, tmp_path):
    """R32"""
    openings = Openings()
    cameras = [
        FakeCamera(pictures=lambda number: film[number % len(film)], openings=openings, answer_after_s=0.05)
        for _ in range(MANY)
    ]
    for each in cameras:
        each.interval_s = 0.2
    with CameraThread(*cameras) as thread, EngineProcess(tmp_path, program=QUICK_ENGINE) as engine:
        engine.set_cameras(*(camera(f"cam-{number}", each.url) for number, each in enumerate(cameras)))
        for number in range(MANY):
            engine.show(f"cam-{number}", tile=number)
        until(lambda: all(engine.pictures(number) > 0 for number in range(MANY)))
        for each in cameras:
            thread.do(each.stop())
        for number in range(MANY):
            engine.wait_for_fault(f"cam-{number}", FaultCode.CONNECTION_REFUSED)
        openings.most = 0
        before = [engine.pictures(number) for number in range(MANY)]
        for each in cameras:
            thread.do(each.restart())
        until(lambda: all(engine.pictures(number) > before[number] for number in range(MANY)))
        assert 1 <= openings.most <= 4
        assert not [report for report in engine.reports if isinstance(report, DecoderRestarted)]


def test_a_link_that_goes_down_and_up_is_followed_and_nothing_grows(cameras, tmp_path):
    """R34"""
    server = cameras("healthy", "faulty")
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        process = psutil.Process(engine.process.pid)
        until(lambda: len(process.children()) == 2)
        town = Town(engine, server)
        town.show()
        town.goes_on()
        town.give("flap:1")
        until(lambda: _breaks(engine) >= 2)
        town.goes_on(pictures=1)
        before = process.num_fds(), process.num_threads()
        until(lambda: _breaks(engine) >= 8)
        town.clear()
        town.goes_on()
        until(lambda: (process.num_fds(), process.num_threads()) == before)
        report = town.report()
        assert report.connected
        # Each time it was up it was opened once, and said once to be lost.
        assert report.reconnects == _breaks(engine)
        assert report.recording is False
        town.healthy_camera_noticed_nothing()


def _breaks(engine) -> int:
    """How often the faulty camera went from connected to not."""
    states = [
        report.connected for report in engine.reports if isinstance(report, StreamReport) and report.camera == "faulty"
    ]
    return sum(earlier and not later for earlier, later in pairwise(states))
