"""When FFmpeg's RTSP is tried without being asked for, when it stays, and when it is left alone."""

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.source import SessionKind, TransportPreference
from tmcwall.rtsp.auth import LoginRefused
from tmcwall.rtsp.codecs import PackingUnsupported
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.compat_history import Choice, CompatHistory

HOUR = 3600.0
OWN, AGAIN = SessionKind.OWN, SessionKind.OWN_AGAIN
TRIED, FOUND = SessionKind.COMPAT_TRIED, SessionKind.COMPAT_FOUND
BROKEN = Fault(FaultCode.PROTOCOL_BROKEN)
AWAY = Fault(FaultCode.HOST_UNREACHABLE)


class Camera:
    """One stream, attempt by attempt, at times in seconds."""

    def __init__(self, history, name="CAM-1", url="rtsp://192.0.2.7/main", transport=TransportPreference.AUTO):
        self.history = history
        self.name = name
        self.source = StreamUrl(url, transport=transport)
        self.at_s = 0.0

    @property
    def now_ns(self):
        return int(self.at_s * 1e9)

    def begins(self) -> Choice:
        return self.history.choose(self.name, self.source, now_ns=self.now_ns)

    def ends(self, choice, fault, *, played=False):
        self.history.ended(self.name, self.source, choice, fault=fault, played=played, now_ns=self.now_ns)

    def fails(self, fault=BROKEN, *, times=1) -> SessionKind:
        """So many attempts without a picture; the kind of the last."""
        for _ in range(times):
            choice = self.begins()
            self.ends(choice, fault)
        return choice.kind

    def plays(self) -> Choice:
        choice = self.history.plays(self.name, self.source, self.begins(), now_ns=self.now_ns)
        self.ends(choice, Fault(FaultCode.CONNECTION_LOST), played=True)
        return choice


@pytest.fixture
def camera():
    return Camera(CompatHistory(found_s=6 * HOUR, rest_s=HOUR))


@pytest.mark.parametrize(
    "fault",
    [BROKEN, Fault(FaultCode.NO_MEDIA), Fault(FaultCode.NO_KEY_FRAME), PackingUnsupported("H264")],
    ids=lambda fault: fault.code.value,
)
def test_after_two_failures_to_understand_a_camera_the_other_way_is_tried(camera, fault):
    assert camera.fails(fault, times=2) is OWN
    assert camera.begins() == Choice(TRIED, fault.code)


@pytest.mark.parametrize(
    "fault",
    [
        LoginRefused("status 401", attempts=1),
        *map(
            Fault,
            [
                FaultCode.CONNECTION_REFUSED,
                FaultCode.HOST_UNREACHABLE,
                FaultCode.HOST_UNKNOWN,
                FaultCode.NO_ANSWER,
                FaultCode.CONNECTION_LOST,
                FaultCode.REDIRECT_REFUSED,
                FaultCode.TLS_UNTRUSTED,
                FaultCode.ADDRESS_FORBIDDEN,
                FaultCode.PICTURE_TOO_LARGE,
                FaultCode.CODEC_UNSUPPORTED,
                FaultCode.STREAM_NOT_FOUND,
                FaultCode.CAMERA_BUSY,
            ],
        ),
    ],
    ids=lambda fault: fault.code.value,
)
def test_it_is_never_tried_where_it_can_do_no_better(camera, fault):
    assert camera.fails(fault, times=10) is OWN


def test_a_camera_that_is_away_in_between_is_not_judged_by_that(camera):
    camera.fails()
    camera.fails(AWAY, times=5)
    camera.fails()
    assert camera.begins().kind is TRIED


def test_a_picture_of_our_own_session_ends_the_count(camera):
    camera.fails()
    camera.plays()
    assert camera.fails(times=2) is OWN


def test_what_plays_stays_over_reconnects_and_while_the_camera_is_away(camera):
    camera.fails(times=2)
    assert camera.plays() == Choice(FOUND, FaultCode.PROTOCOL_BROKEN)
    assert camera.fails(AWAY, times=5) is FOUND
    assert camera.plays().kind is FOUND


def test_what_was_found_is_forgotten_after_a_while_and_found_again_after_one_failure(camera):
    camera.fails(times=2)
    camera.plays()
    camera.at_s = 6 * HOUR + 1
    assert camera.fails() is OWN
    assert camera.begins().kind is TRIED


def test_a_repaired_camera_is_ours_again(camera):
    camera.fails(times=2)
    camera.plays()
    camera.at_s = 6 * HOUR + 1
    assert camera.plays() == Choice(OWN)
    assert camera.fails(times=2) is OWN


def test_another_address_is_another_camera(camera):
    camera.fails(times=2)
    camera.plays()
    assert Camera(camera.history, url="rtsp://192.0.2.8/main").begins() == Choice(OWN)


def test_what_was_tried_in_vain_rests_for_an_hour_and_our_own_session_goes_on(camera):
    camera.fails(times=2)
    assert camera.fails() is TRIED
    assert camera.fails(times=20) is AGAIN
    camera.at_s = HOUR + 1
    assert camera.begins().kind is TRIED


def test_another_cause_is_reason_to_try_again_and_each_only_once_in_the_hour(camera):
    camera.fails(times=3)
    camera.fails(Fault(FaultCode.NO_MEDIA), times=2)
    assert camera.begins() == Choice(TRIED, FaultCode.NO_MEDIA)
    camera.ends(Choice(TRIED, FaultCode.NO_MEDIA), BROKEN)
    assert TRIED not in {
        camera.fails(fault) for fault in (BROKEN, BROKEN, BROKEN, *[Fault(FaultCode.NO_MEDIA)] * 3) * 3
    }


def test_a_camera_that_plays_now_and_then_is_not_tried_again_within_the_hour_either(camera):
    camera.fails(times=3)
    assert camera.plays() == Choice(OWN)
    assert camera.fails(times=2) is OWN
    assert camera.begins().kind is AGAIN


def test_what_was_found_and_fails_twice_is_left_for_our_own_session(camera):
    camera.fails(times=2)
    camera.plays()
    assert camera.fails(times=2) is FOUND
    assert camera.begins().kind is AGAIN


def test_processes_are_few_and_a_place_comes_back_with_each_end():
    history = CompatHistory(most=3, most_tries=2)
    many = [Camera(history, f"CAM-{number}") for number in range(5)]
    for camera in many:
        camera.fails(times=2)
    begun = [camera.begins() for camera in many]
    assert [choice.kind for choice in begun] == [TRIED, TRIED, OWN, OWN, OWN]
    first = many[0]
    playing = [history.plays(one.name, one.source, begun[0], now_ns=0) for one in many[:2]]
    assert [camera.begins().kind for camera in many[2:]] == [TRIED, OWN, OWN]
    first.ends(playing[0], None)
    assert [camera.begins().kind for camera in many[3:]] == [TRIED, OWN]


def test_a_try_that_we_gave_up_ourselves_says_nothing(camera):
    camera.fails(times=2)
    camera.ends(camera.begins(), None)
    assert camera.begins().kind is TRIED


def test_marked_cameras_and_cameras_of_the_web_are_read_as_they_always_were(camera):
    marked = Camera(camera.history, url="rtsp://192.0.2.7/main#compat")
    listed = Camera(camera.history, transport=TransportPreference.COMPAT)
    web = Camera(camera.history, url="http://192.0.2.7/live.m3u8")
    assert marked.fails(times=5) is listed.fails(times=5) is SessionKind.COMPAT_MARKED
    assert web.fails(times=5) is OWN
