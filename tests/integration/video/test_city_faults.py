"""What cameras of the city do wrong on command, beside a healthy one, through a real engine and decoder."""

import pytest

from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import SessionKind, TransportPreference
from tmcwall.rtsp.auth import Scheme
from tmcwall.sim.faults import LoginKind, Trouble
from tmcwall.sim.oddities import WANTS_KEEP_ALIVE, OddSession, OddStream
from tmcwall.video.ipc.messages import StreamReport

from .city_town import FAULTY, QUICK_ENGINE, Town, Towns
from .engine_process import EngineProcess, camera

pytest_plugins = ["tests.cameras"]


@pytest.fixture(scope="module")
def towns(tiny_clip, tmp_path_factory):
    with Towns(tiny_clip, tmp_path_factory.mktemp("town") / "recordings") as towns:
        yield towns


@pytest.fixture
def town(towns):
    yield from town_of(towns)


@pytest.fixture(scope="module")
def patient_towns(tiny_clip, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATIENT", "1")
        with Towns(tiny_clip, tmp_path_factory.mktemp("town") / "recordings") as towns:
            yield towns


@pytest.fixture
def patient_town(patient_towns):
    """Where no camera is late by intent: see `deadlines.PATIENT`."""
    yield from town_of(patient_towns)


def town_of(towns):
    town = towns.next()
    yield town
    town.leave()
    town.healthy_camera_noticed_nothing()


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [
        ("refuse", FaultCode.CONNECTION_LOST),
        ("silent", FaultCode.NO_ANSWER),
        ("stall", FaultCode.NO_MEDIA),
        ("trickle", FaultCode.NO_ANSWER),
        ("no-key", FaultCode.NO_KEY_FRAME),
        ("key-every:3600", FaultCode.NO_KEY_FRAME),
        ("missing", FaultCode.STREAM_NOT_FOUND),
        ("busy", FaultCode.CAMERA_BUSY),
        ("max-clients:0", FaultCode.CAMERA_BUSY),
        ("html", FaultCode.NOT_A_CAMERA),
        ("giant", FaultCode.PICTURE_TOO_LARGE),
    ],
    ids=["R1 R7", "R2", "R3", "R4", "R17", "R46", "404", "R13 453", "R13 limit", "HTML", "P3"],
)
def test_a_camera_in_trouble_from_the_start_is_named_alone_and_plays_once_it_is_well(town, trouble, fault):
    town.give(trouble)
    town.show()
    assert town.fault(fault) is fault
    assert town.pictures() == 0
    town.clear()
    town.goes_on()


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [
        ("drop:0.5", FaultCode.CONNECTION_LOST),
        ("stall", FaultCode.STREAM_STALLED),
        ("half-packet", FaultCode.STREAM_STALLED),
        ("teardown", FaultCode.STREAM_ENDED),
        ("half-close", FaultCode.CONNECTION_LOST),
        ("missing", FaultCode.CONNECTION_LOST),
    ],
    ids=["R7", "R5", "R6", "R30", "R7 half-close", "404"],
)
def test_a_camera_that_fails_while_it_plays_is_named_alone_and_comes_back(town, trouble, fault):
    town.show()
    town.goes_on()
    town.give(trouble)
    assert town.fault(fault) is fault
    town.clear()
    town.goes_on()


@pytest.mark.parametrize(
    "trouble",
    ["jump:3600", "jump:-3600", "new-source", "clock", "no-reports", "asks", "fast", "burst:0.5", "loss:1", "loss:20",
     "reorder", "duplicate", "corrupt:20", "rate:2", "rate:0.5", "rate:0", "slow:0.2"],
    ids=["R20 on", "R20 back", "R19", "R21 clock", "R21 no report", "R30 asks", "R31 fast", "R31 burst", "R15 1 %",
         "R15 20 %", "R15 reorder", "R15 duplicate", "R16", "R45 fast",
         "R45 slow", "R45 still", "R47"],
)  # fmt: skip
def test_what_a_client_must_bear_is_no_fault_and_costs_no_connection(patient_town, trouble):
    patient_town.show()
    patient_town.goes_on()
    patient_town.give(trouble)
    patient_town.goes_on(pictures=15)
    patient_town.clear()
    patient_town.goes_on(pictures=30)
    assert patient_town.faults() == set()
    assert patient_town.ledger.connections == 1


@pytest.mark.parametrize(
    "oddity",
    ["wrap", "sdp:sound", "sdp:fmtp", "sdp:vendor", "sdp:bare", "sdp:jpeg-first", "sdp:blanks", "sdp:sets", "sdp:clock",
     "sdp:clock-1000", "sdp:no-clock",
     *(f"session:{kind}" for kind in OddSession if kind not in WANTS_KEEP_ALIVE)],
    ids=lambda oddity: {"wrap": "R18", "sdp:sound": "R28", "sdp:fmtp": "R26 fmtp"}.get(oddity, oddity),
)  # fmt: skip
def test_an_odd_beginning_of_a_connection_is_no_fault_and_costs_no_connection(patient_town, oddity):
    patient_town.give(oddity)
    patient_town.show()
    patient_town.goes_on(pictures=45)
    assert patient_town.faults() == set()
    assert patient_town.ledger.connections == 1


@pytest.mark.parametrize("kind", list(OddStream))
def test_odd_packets_cost_no_picture_but_their_own(patient_town, kind):
    """R37"""
    patient_town.give(f"odd:{kind}")
    patient_town.show()
    patient_town.goes_on(pictures=60)
    assert patient_town.faults() == set()
    assert patient_town.ledger.connections == 1
    counted = {OddStream.SHORT, OddStream.NUMBERS, OddStream.STILL}
    assert kind in counted or patient_town.report().packets_lost == 0


def test_a_camera_that_leaves_get_parameter_without_an_answer_is_kept_alive_otherwise(town):
    """R39"""
    town.give("session:ignores")
    town.show()
    until(lambda: town.ledger.requests["OPTIONS"] >= 3)
    town.goes_on()
    assert (town.ledger.connections, town.ledger.requests["GET_PARAMETER"]) == (1, 1)


def test_a_camera_that_answers_get_parameter_by_closing_is_sent_it_once(town):
    """R39"""
    town.give("session:closes")
    town.show()
    until(lambda: town.ledger.requests["OPTIONS"] >= 3)
    town.goes_on()
    assert (town.ledger.connections, town.ledger.requests["GET_PARAMETER"]) == (2, 1)


def test_garbage_between_packets_costs_at_most_the_connection(town):
    """R27"""
    town.show()
    town.goes_on()
    town.give("garbage")
    town.goes_on(pictures=15)
    town.clear()
    town.goes_on(pictures=30)
    broken_off = {FaultCode.PROTOCOL_BROKEN, FaultCode.CONNECTION_LOST}
    assert town.faults() <= broken_off | {FaultCode.STREAM_STALLED}  # a length that lies is waited for


@pytest.mark.parametrize("trouble", ["loss:5", "reorder", "duplicate", "corrupt:20"])
def test_over_udp_too(town, trouble):
    """R15, R16"""
    town.show(transport=TransportPreference.UDP)
    town.goes_on()
    connections = town.ledger.connections
    town.give(trouble)
    town.goes_on(pictures=15)
    town.clear()
    town.goes_on(pictures=30)
    assert town.faults() == set()
    assert town.ledger.connections == connections


@pytest.mark.parametrize(
    ("kinds", "fault"),
    [
        (("av1", "vp9", "mpeg4", "unknown", "unmapped"), FaultCode.CODEC_UNSUPPORTED),
        (("sound-only",), FaultCode.NO_VIDEO),
    ],
    ids=["R26 codecs", "R28 only sound"],
)
def test_a_description_we_cannot_use_is_refused_before_anything_is_played(town, kinds, fault):
    town.give("busy")
    town.show()
    for kind in kinds:
        town.give(f"sdp:{kind}")
        until(lambda: town.report().fault is fault)
    assert town.ledger.requests["PLAY"] == town.ledger.requests["SETUP"] == 0
    town.clear()
    town.goes_on()


@pytest.mark.parametrize("kind", ["huge", "empty", "noise", "numbers"])
def test_a_malformed_description_is_named_and_the_camera_plays_once_it_is_well(town, kind):
    """R26"""
    town.give(f"sdp:{kind}")
    town.show()
    assert town.fault(FaultCode.PROTOCOL_BROKEN) is FaultCode.PROTOCOL_BROKEN
    town.clear()
    town.goes_on()


def test_a_description_that_only_ffmpeg_can_use_is_said_to_be_broken_and_played_all_the_same(
    cameras, tmp_path, monkeypatch
):
    """R41. What FFmpeg fails at in its one attempt is not tried again, so a slow machine must be given its time."""
    monkeypatch.setenv("PATIENT", "1")
    server = cameras("healthy", "faulty")
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        town = Town(engine, server)
        town.give("sdp:long")
        town.show()
        assert town.fault(FaultCode.PROTOCOL_BROKEN) is FaultCode.PROTOCOL_BROKEN
        assert town.report(where=lambda report: report.session is SessionKind.COMPAT_FOUND).connected
        town.goes_on()


def test_a_wrong_password_is_given_twice_and_then_never_again(cameras, camera_login, tmp_path):
    """R9"""
    server = cameras("faulty", password=True)
    server.control.fault("faulty", "unauthorized")
    username, password = camera_login
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("faulty", server.url("faulty"), username=username, password=password))
        engine.show("faulty")
        held = engine.wait_for(
            StreamReport, where=lambda report: report.fault is FaultCode.UNAUTHORIZED and report.retry_in_s is None
        )
        logins = server.control.ledger("faulty").logins
        later = engine.wait_for(StreamReport, since=len(engine.reports) + 3)
    assert (held.connected, later.fault, later.retry_in_s) == (False, FaultCode.UNAUTHORIZED, None)
    assert logins == server.control.ledger("faulty").logins == 2


def test_a_camera_may_ask_for_its_password_in_every_way_there_is(cameras, camera_login, tmp_path, monkeypatch):
    """R10: digest with MD5 and SHA-256, Basic, and a nonce that is stale with the next request."""
    monkeypatch.setenv("PATIENT", "1")
    server = cameras("faulty", password=True)
    username, password = camera_login
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        for opened, kind in enumerate(LoginKind, start=1):
            server.control.fault("faulty", f"login:{kind}")
            engine.set_cameras(camera("faulty", server.url("faulty"), username=username, password=password))
            engine.show("faulty")
            before = engine.pictures()
            until(lambda: engine.pictures() > before + 10)
            assert server.control.ledger("faulty").connections == opened
        ledger = server.control.ledger("faulty")
    assert ledger.logins > len(LoginKind) * 2  # a nonce that is good for one request is renewed for each
    assert not [report for report in engine.reports if getattr(report, "fault", None) is FaultCode.UNAUTHORIZED]


def test_of_a_connection_that_the_camera_half_closed_nothing_is_left(town):
    """R7"""
    town.show()
    town.goes_on()
    town.give("half-close")
    town.goes_on()
    until(lambda: town.ledger.sessions == 1)
    assert town.ledger.connections == 2


def test_a_camera_may_change_its_size_in_the_middle(town):
    """R24"""
    town.show()
    town.goes_on()
    town.give("resize")
    assert town.report(where=lambda report: report.width == 160).height == 90
    town.goes_on(pictures=25)
    assert town.ledger.connections == 1


def test_a_camera_may_come_back_with_another_codec(town):
    """R25"""
    town.show()
    town.goes_on()
    town.give("codec")
    town.report(where=lambda report: report.connected and report.codec == "hevc")
    town.goes_on()
    town.clear()
    town.report(where=lambda report: report.connected and report.codec == "h264")
    town.goes_on()


def test_a_camera_that_comes_back_with_a_codec_nobody_needs_is_refused(town):
    """R25, R26"""
    town.show()
    town.goes_on()
    town.give("sdp:av1")
    until(lambda: town.report().fault is FaultCode.CODEC_UNSUPPORTED)
    town.clear()
    town.goes_on()


def test_a_picture_that_stays_the_same_is_seen_to_without_a_new_connection(town):
    """R22"""
    town.show()
    town.goes_on()
    town.give("freeze")
    until(lambda: int(town.ages()["last_frame_ns"]) - int(town.ages()["last_change_ns"]) > 3_000_000_000)
    assert town.ledger.connections == 1


def test_a_black_picture_is_seen_to_be_black(town):
    """R23"""
    town.give("black")
    town.show()
    until(lambda: int(town.ages()["black_since_ns"]) > 0)


def test_a_session_lives_on_its_keep_alive(town):
    """R29: the camera ends a session after three seconds without a request."""
    town.give("keep-alive:3")
    town.show()
    until(lambda: town.ledger.requests["GET_PARAMETER"] >= 4)
    town.goes_on()
    assert town.ledger.connections == 1


def test_a_camera_that_asks_is_answered(town):
    """R30"""
    town.show()
    town.give("asks")
    until(lambda: town.ledger.answers >= 4)
    town.goes_on()
    assert town.ledger.connections == 1


def test_a_full_camera_is_opened_once_for_all_its_tiles(town):
    """R13"""
    town.give("max-clients:1")
    town.show()
    for tile in range(2, 7):
        town.show_too(tile)
    for tile in (FAULTY, *range(2, 7)):
        town.goes_on(tile)
    assert (town.ledger.sessions, town.ledger.requests["SETUP"]) == (1, 1)


def test_after_a_burst_the_picture_is_live_again(town):
    """R31: what came late is passed over; the newest picture wins."""
    town.show()
    town.goes_on()
    town.give("burst:0.5")
    town.goes_on(pictures=3)
    town.clear()
    town.goes_on(pictures=25)
    assert town.ledger.connections == 1


@pytest.mark.parametrize("trouble", ["redirect", "redirect-setup", "redirect-play", "redirect-later"])
@pytest.mark.parametrize("basic", [False, True], ids=["digest", "basic"])
def test_credentials_never_follow_a_redirect(cameras, camera_login, tmp_path, trouble, basic):
    """R12: at DESCRIBE, at SETUP, at PLAY, or only on a second connection."""
    username, password = camera_login
    schemes = (Scheme.BASIC,) if basic else (Scheme.DIGEST_MD5,)
    server = cameras("healthy", "faulty", password=True, schemes=schemes)
    collector = cameras("faulty", password=True, schemes=(Scheme.BASIC,))
    server.control.fault("faulty", f"{trouble}:{collector.url('faulty')}")
    with EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE) as engine:
        engine.set_cameras(camera("faulty", server.url("faulty"), username=username, password=password))
        engine.show("faulty")
        engine.wait_for_fault("faulty", FaultCode.REDIRECT_REFUSED)
    assert server.control.ledger("faulty").logins > 0
    assert collector.control.ledger("faulty").connections == 0


def test_every_trouble_of_the_city_is_given_somewhere_here(request):
    """A switch that no test uses is found by its name."""
    others = (
        "sessions/test_udp.py",
        "sessions/test_connection_faults.py",
        "sessions/test_city_web_cameras.py",
        "decode/test_moved_cameras_of_the_city.py",
    )
    text = "".join(path.read_text("utf-8") for path in (request.path, *map(request.path.parent.joinpath, others)))
    assert [trouble for trouble in Trouble if f'"{trouble}' not in text] == []
