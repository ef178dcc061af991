"""What cameras send wrong, byte for byte, beside a healthy one on the same decoder; see `test_city_faults`, too."""

import random
from pathlib import Path

import psutil
import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.video.ipc.messages import DecoderRestarted, EngineStarted, StreamReport

QUICK_ENGINE = Path(__file__).parents[1] / "quick_engine.py"
HEALTHY, FAULTY = 0, 1


class Town:
    """Two cameras, of which one may misbehave, and an engine that shows both."""

    def __init__(self, engine, healthy, faulty):
        self.engine = engine
        self.healthy = healthy
        self.faulty = faulty

    def show(self):
        self.engine.set_cameras(camera("healthy", self.healthy.url), camera("faulty", self.faulty.url))
        self.engine.show("healthy", tile=HEALTHY)
        self.engine.show("faulty", tile=FAULTY)

    def goes_on(self, tile=FAULTY, *, pictures=10):
        before = self.engine.pictures(tile)
        until(lambda: self.engine.pictures(tile) > before + pictures)

    def report(self, name="faulty", *, where=lambda report: True):
        """The next report."""
        return self.engine.wait_for(
            StreamReport, where=lambda report: report.camera == name and where(report), since=len(self.engine.reports)
        )

    def ages(self):
        return self.engine.tiles[0][FAULTY]


@pytest.fixture
def town(film, tmp_path, monkeypatch):
    """At the end the healthy camera must have noticed nothing, nor may a decoder have been lost."""

    def pictures(number):
        return film[number % len(film)]

    monkeypatch.setenv("PATIENT", "1")
    healthy, faulty = FakeCamera(pictures=pictures), FakeCamera(pictures=pictures)
    healthy.interval_s = faulty.interval_s = 0.04
    with CameraThread(healthy, faulty), EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.wait_for(EngineStarted)
        town = Town(engine, healthy, faulty)
        yield town
        town.goes_on(HEALTHY)
        report = town.report("healthy")
        assert (report.fault, report.reconnects, report.packets_lost, healthy.connections) == (None, 0, 0, 1)
        assert not [report for report in engine.reports if isinstance(report, DecoderRestarted)]


def test_a_camera_that_resets_its_connection_again_and_again_leaks_nothing(town):
    """R7, R33"""
    town.show()
    town.goes_on()
    process = psutil.Process(town.engine.process.pid)
    until(lambda: len(process.children()) == 2)  # the decoder in reserve, too
    _reconnect(town, times=3)
    before = process.num_fds(), process.num_threads()
    _reconnect(town, times=20)
    until(lambda: (process.num_fds(), process.num_threads()) == before)


def _reconnect(town, *, times):
    for _ in range(times):
        connections = town.faulty.connections
        town.faulty.drop()
        until(lambda: town.faulty.connections > connections)
        town.goes_on(pictures=1)


def test_corrupt_pictures_are_survived_and_the_next_whole_ones_shown(town):
    """R16"""
    rng = random.Random(16)

    def corrupt(frame, _number):
        spoilt = bytearray(frame)
        for _ in range(3):
            spoilt[rng.randrange(17, len(spoilt))] ^= 1 << rng.randrange(8)
        return bytes(spoilt)

    town.show()
    town.goes_on()
    town.faulty.mangle = corrupt
    sent = town.faulty.sent
    until(lambda: town.faulty.sent > sent + 60)
    town.faulty.mangle = lambda frame, _number: frame
    town.goes_on(pictures=25)
    assert town.faulty.connections == 1


def test_a_picture_that_stays_the_same_is_seen_to_though_packets_flow(film, town):
    """R22"""
    town.faulty._pictures = lambda _number: film[0]
    town.show()
    until(lambda: int(town.ages()["last_frame_ns"]) - int(town.ages()["last_change_ns"]) > 3_000_000_000)
    assert town.report().reconnects == 0


def test_a_black_picture_is_seen_to_be_black(black_film, town):
    """R23"""
    town.faulty._pictures = lambda number: black_film[number % len(black_film)]
    town.show()
    until(lambda: int(town.ages()["black_since_ns"]) > 0)


@pytest.mark.parametrize(
    "noise",
    [
        b"\x24\x07\x00\x04abcd",
        b"\x24\x00\x00\x00",
        b"\x24\x00\x00\x05hello",
        b"\x24\x01\x27\x10" + bytes(10_000),
        b"RTSP/1.0 200 OK\r\nCSeq: 77777\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["channel", "empty", "short", "10000 bytes", "answer to nothing"],
)
def test_noise_that_keeps_to_the_frame_stops_no_picture(town, noise):
    """R27"""
    town.faulty.interjection = lambda number: noise if number % 5 == 0 else b""
    town.show()
    town.goes_on(pictures=25)
    assert town.faulty.connections == 1


@pytest.mark.parametrize(
    "noise",
    [bytes(range(1, 32)) * 40, b"RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n", b"\x24\x00\xff\xff"],
    ids=["garbage", "lying length", "lying frame"],
)
def test_noise_that_breaks_the_frame_costs_at_most_the_connection(town, noise):
    """R27"""
    town.show()
    town.goes_on()
    town.faulty.interjection = lambda _number: noise
    until(lambda: town.faulty.connections > 2 or town.faulty.sent > 100)
    town.faulty.interjection = lambda _number: b""
    town.goes_on(pictures=25)
