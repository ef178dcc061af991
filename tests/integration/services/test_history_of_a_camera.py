"""How a camera does, from the network through engine and console's book into the history in the store."""

from datetime import timedelta

import psutil
import pytest

from tests.services_stage import FakeDuty, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import health
from tmcwall.db.store import Store
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.health import Limits
from tmcwall.domain.history import CameraState, Steadiness
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.healthlog import HealthLog
from tmcwall.video.feed.video_feed import VideoFeed

pytest_plugins = ["tests.cameras"]

WAIT_MS = 60_000
CLOCK = SystemClock()
WORKING, LOST = CameraState.WORKING, CameraState.LOST
WRITTEN_SOON = Steadiness(settle_s=1.0, changes=100)


class Desk:
    """One recorded camera, looked after as in the program."""

    def __init__(self, city, folder):
        self.began = CLOCK.utc()
        self.store = Store(folder / "tmcwall.db", clock=CLOCK)
        self.store.write(lambda session: camera_rows.put(session, [camera("CAM-1", url=city.url("CAM-1"))])).result(10)
        self.feed = VideoFeed(clock=CLOCK, recordings=folder / "recordings", decoders=1)
        self.book = CameraBook(
            store=self.store, streams=self.feed, logins=None, clock=CLOCK, limits=Limits(stale_s=2.5, lost_s=5.0)
        )
        self.log = HealthLog(
            store=self.store,
            cameras=self.book,
            streams=self.feed,
            duty=FakeDuty(),
            clock=CLOCK,
            steadiness=WRITTEN_SOON,
        )
        self.feed.start()
        self.feed.record(["CAM-1"])
        self.book.start()
        self.log.start()

    def history(self):
        read = self.store.read(
            lambda session: health.history(session, "CAM-1", since=self.began, until=CLOCK.utc() + timedelta(hours=1))
        )
        return read.result(10)

    def states(self):
        return [change.state for change in self.history().changes]

    def codecs(self):
        return [(change.before, change.codec) for change in self.history().codecs]

    def grown(self):
        """What a leak would make more of."""
        engine = psutil.Process(self.feed.engine_pid)
        return engine.num_fds(), engine.num_threads(), psutil.Process().num_fds()


@pytest.fixture
def city(cameras):
    return cameras("CAM-1")


@pytest.fixture
def desk(qapp, qtbot, city, tmp_path):
    desk = Desk(city, tmp_path)
    yield desk
    desk.log.stop()
    desk.book.stop()
    with qtbot.waitSignal(desk.feed.stopped, timeout=WAIT_MS):
        desk.feed.stop()
    desk.store.close()


def test_each_time_a_link_goes_down_and_up_stands_in_the_history_once_and_nothing_grows(qtbot, desk, city):
    """R34"""
    expected = [WORKING]
    qtbot.waitUntil(lambda: desk.states() == expected, timeout=WAIT_MS)

    def goes_down_and_up():
        city.control.fault("CAM-1", "refuse")
        expected.append(LOST)
        qtbot.waitUntil(lambda: desk.states() == expected, timeout=WAIT_MS)
        city.control.clear("CAM-1")
        expected.append(WORKING)
        qtbot.waitUntil(lambda: desk.states() == expected, timeout=WAIT_MS)

    goes_down_and_up()
    after_one = desk.grown()
    for _ in range(3):
        goes_down_and_up()
    qtbot.waitUntil(lambda: desk.grown() == after_one, timeout=WAIT_MS)


def test_a_camera_that_comes_back_with_another_codec_has_that_in_its_history(qtbot, desk, city):
    """R25"""
    qtbot.waitUntil(lambda: desk.codecs() == [("", "h264")], timeout=WAIT_MS)
    city.control.fault("CAM-1", "codec")
    qtbot.waitUntil(lambda: desk.codecs() == [("", "h264"), ("h264", "hevc")], timeout=WAIT_MS)
