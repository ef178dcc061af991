"""What cameras do wrong, beside a healthy one on the same decoder: rows R2 to R33 that need no other transport."""

import random
from pathlib import Path

import psutil
import pytest

from tmcwall.domain.fault import FaultCode
from tmcwall.rtsp.messages import Headers, Request, Response, serialise
from tmcwall.rtsp.sdp import Media, write
from tmcwall.video.wire import DecoderRestarted, EngineStarted, StreamReport

from .engine_process import EngineProcess, camera, wait_until
from .fake_camera import MEDIA, CameraThread, FakeCamera

QUICK_ENGINE = Path(__file__).with_name("quick_engine.py")
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
        wait_until(lambda: self.engine.pictures(tile) > before + pictures)

    def report(self, name="faulty", *, where=lambda report: True):
        """The next report."""
        return self.engine.wait_for(
            StreamReport, where=lambda report: report.camera == name and where(report), since=len(self.engine.reports)
        )

    def ages(self):
        return self.engine.tiles[0][FAULTY]


@pytest.fixture
def town(film, tmp_path):
    """At the end the healthy camera must have noticed nothing, nor may a decoder have been lost."""

    def pictures(number):
        return film[number % len(film)]

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


def stall(faulty):
    faulty.stall_after = 20


def stall_inside_a_packet(faulty):
    whole = faulty.mangle
    first_half = iter([lambda frame: frame[: len(frame) // 2]])
    faulty.mangle = lambda frame, number: whole(frame, number) if number < 20 else next(first_half, _nothing)(frame)


def _nothing(_frame):
    return b""


def be(*faults):
    return lambda faulty: faulty.faults.update(faults)


@pytest.mark.parametrize(
    ("misbehave", "fault"),
    [
        (be("silent"), FaultCode.NO_ANSWER),
        (be("no-media"), FaultCode.NO_MEDIA),
        (be("trickle"), FaultCode.NO_ANSWER),
        (stall, FaultCode.STREAM_STALLED),
        (stall_inside_a_packet, FaultCode.STREAM_STALLED),
        (be("no-key"), FaultCode.NO_KEY_FRAME),
        (be("454"), None),
        (be("503"), None),
    ],
    ids=["R2", "R3", "R4", "R5", "R6", "R17", "R13 454", "R13 503"],
)
def test_a_camera_that_misbehaves_is_named_alone_and_comes_back_when_it_behaves(town, misbehave, fault):
    misbehave(town.faulty)
    town.show()
    report = town.engine.wait_for(
        StreamReport, where=lambda report: report.camera == "faulty" and report.fault is not None
    )
    assert fault in {None, report.fault}
    assert not report.connected
    town.faulty.faults.clear()
    town.faulty.stall_after = None
    town.faulty.mangle = lambda frame, _number: frame
    town.goes_on()


def test_a_stream_without_a_key_frame_shows_nothing(town):
    """R17"""
    town.faulty.faults.add("no-key")
    town.show()
    town.engine.wait_for_fault("faulty", FaultCode.NO_KEY_FRAME)
    assert town.engine.pictures(FAULTY) == 0


def test_a_camera_that_resets_its_connection_again_and_again_leaks_nothing(town):
    """R7, R33"""
    town.show()
    town.goes_on()
    process = psutil.Process(town.engine.process.pid)
    wait_until(lambda: len(process.children()) == 2)  # the decoder in reserve, too
    _reconnect(town, times=3)
    before = process.num_fds(), process.num_threads()
    _reconnect(town, times=20)
    assert (process.num_fds(), process.num_threads()) == before


def _reconnect(town, *, times):
    for _ in range(times):
        connections = town.faulty.connections
        town.faulty.drop()
        wait_until(lambda connections=connections: town.faulty.connections > connections)
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
    wait_until(lambda: town.faulty.sent > sent + 60)
    town.faulty.mangle = lambda frame, _number: frame
    town.goes_on(pictures=25)
    assert town.faulty.connections == 1


@pytest.mark.parametrize("jump", [90_000 * 3600, -90_000 * 3600, -1_000_000], ids=["hour on", "hour back", "back"])
def test_a_jump_of_the_camera_clock_stops_no_picture(film, town, jump):
    """R20"""
    town.faulty._rtp_of = lambda number: number * 3600 + (jump if number > 30 else 0)
    town.show()
    wait_until(lambda: town.faulty.sent > 35)
    town.goes_on(pictures=25)
    assert town.faulty.connections == 1


def test_a_new_source_in_the_middle_of_a_stream_stops_no_picture(town):
    """R19"""
    town.faulty._ssrc_of = lambda number: 0x1234 if number < 30 else 0x9999
    town.show()
    wait_until(lambda: town.faulty.sent > 35)
    town.goes_on(pictures=25)


def test_a_picture_that_stays_the_same_is_seen_to_though_packets_flow(film, town):
    """R22"""
    town.faulty._pictures = lambda _number: film[0]
    town.show()
    wait_until(lambda: int(town.ages()["last_frame_ns"]) - int(town.ages()["last_change_ns"]) > 3_000_000_000)
    assert town.report().reconnects == 0


def test_a_black_picture_is_seen_to_be_black(black_film, town):
    """R23"""
    town.faulty._pictures = lambda number: black_film[number % len(black_film)]
    town.show()
    wait_until(lambda: int(town.ages()["black_since_ns"]) > 0)


def test_a_camera_may_change_its_resolution_in_the_middle(film, small_film, town):
    """R24"""
    town.faulty._pictures = lambda number: (film if number < 30 else small_film)[number % 50]
    town.show()
    assert town.report(where=lambda report: report.connected).width == 320
    assert town.report(where=lambda report: report.width == 160).height == 96
    town.goes_on(pictures=25)
    assert town.faulty.connections == 1


def test_a_camera_that_returns_with_another_codec_is_refused_by_name_and_welcome_back(town):
    """R25"""
    town.show()
    town.goes_on()
    town.faulty.media = Media("video", 96, "AV1", 90_000, {}, "track1")
    town.faulty.drop()
    town.engine.wait_for_fault("faulty", FaultCode.CODEC_UNSUPPORTED)
    town.faulty.media = MEDIA
    town.goes_on()


AUDIO = "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n"
HEAD = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff" * 500,
        (HEAD + AUDIO).encode(),
        (HEAD + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000\r\na=control:v\r\n").encode(),
        (HEAD + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/0\r\na=control:v\r\n").encode(),
        (HEAD + "m=video x RTP/AVP y\r\n").encode(),
        (HEAD + AUDIO * 40).encode(),
        (HEAD + "a=" + "x" * 1_000_000 + "\r\n").encode(),
    ],
    ids=["empty", "noise", "only audio", "VP9", "clock of zero", "no numbers", "40 sections", "a megabyte"],
)
def test_a_description_we_cannot_use_is_refused_in_words(town, body):
    """R26, R28"""
    town.faulty.body = body
    town.show()
    town.engine.wait_for(StreamReport, where=lambda report: report.camera == "faulty" and report.fault is not None)
    assert town.engine.pictures(FAULTY) == 0
    assert not town.faulty.asked("PLAY")
    town.faulty.body = None
    town.goes_on()


def test_a_camera_with_sound_is_shown(town):
    """R28"""
    town.faulty.body = write(MEDIA, name="fake") + AUDIO.encode()
    town.show()
    town.goes_on()
    assert len(town.faulty.asked("SETUP")) == 1


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
    wait_until(lambda: town.faulty.connections > 2 or town.faulty.sent > 100)
    town.faulty.interjection = lambda _number: b""
    town.goes_on(pictures=25)


@pytest.mark.parametrize("method", ["OPTIONS", "SET_PARAMETER", "GET_PARAMETER", "NONSENSE"])
def test_a_camera_that_asks_gets_an_answer(town, method):
    """R30"""
    asked = serialise(Request(method, "*", Headers([("CSeq", "4711")])))
    town.faulty.interjection = lambda number: asked if number == 10 else b""
    town.show()
    town.goes_on(pictures=25)
    assert [answer.headers["cseq"] for answer in town.faulty.answers if isinstance(answer, Response)] == ["4711"]
    assert town.faulty.connections == 1


def test_a_camera_that_says_goodbye_is_opened_again(town):
    """R30"""
    goodbye = serialise(Request("TEARDOWN", "*", Headers([("CSeq", "1")])))
    town.faulty.interjection = lambda number: goodbye if number == 10 and town.faulty.connections == 1 else b""
    town.show()
    wait_until(lambda: town.faulty.connections == 2)
    town.goes_on()


def test_a_burst_is_taken_and_the_newest_picture_wins(town):
    """R31"""
    town.show()
    town.goes_on()
    town.faulty.interval_s = 0.001
    sent = town.faulty.sent
    wait_until(lambda: town.faulty.sent > sent + 400)
    town.faulty.interval_s = 0.04
    town.goes_on(pictures=25)
    assert town.faulty.connections == 1


def test_sixteen_cameras_that_die_together_all_come_back(film, tmp_path):
    """R32"""
    cameras = [FakeCamera(pictures=lambda number: film[number % len(film)]) for _ in range(16)]
    for each in cameras:
        each.interval_s = 0.2
    with CameraThread(*cameras) as thread, EngineProcess(tmp_path, program=QUICK_ENGINE) as engine:
        engine.set_cameras(*(camera(f"cam-{number}", each.url) for number, each in enumerate(cameras)))
        for number in range(16):
            engine.show(f"cam-{number}", tile=number)
        wait_until(lambda: all(engine.pictures(number) > 0 for number in range(16)))
        for each in cameras:
            thread.do(each.stop())
        for number in range(16):
            engine.wait_for_fault(f"cam-{number}", FaultCode.CONNECTION_REFUSED)
        for each in cameras:
            thread.do(each.restart())
        before = [engine.pictures(number) for number in range(16)]
        wait_until(lambda: all(engine.pictures(number) > before[number] for number in range(16)), within_s=60)
        assert not [report for report in engine.reports if isinstance(report, DecoderRestarted)]
