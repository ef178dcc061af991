"""How long a stream may be silent, and what earlier connections say of that."""

import pytest

from tmcwall.domain.fault import FaultCode
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.picture_history import PictureHistory, PictureRhythm

MAIN, SUB = StreamUrl("rtsp://192.0.2.7/main"), StreamUrl("rtsp://192.0.2.7/sub")


@pytest.mark.parametrize(
    ("known_s", "interval_s", "silence_s"),
    [(None, 0.04, 8.0), (None, 10.0, 35.0), (10.0, 0.04, 35.0), (50.0, 9.0, 60)],
)  # fmt: skip
def test_a_stream_has_stopped_after_a_few_of_its_own_intervals_and_after_a_minute_at_the_latest(
    known_s, interval_s, silence_s
):
    assert PictureRhythm(picture_s=known_s).silence_s(8.0, interval_s) == silence_s


@pytest.mark.parametrize(("key_s", "wait_s"), [(None, 300), (2.0, 300), (240.0, 600)])
def test_a_key_picture_is_waited_for_as_long_as_the_camera_takes_for_two_and_a_half(key_s, wait_s):
    assert PictureRhythm(key_s=key_s).key_wait_s(300) == wait_s


def test_each_stream_of_a_camera_has_its_own_rhythm():
    history = PictureHistory()
    history.measured("CAM-1", MAIN, picture_s=10.0)
    history.measured("CAM-1", MAIN, key_s=20.0)
    assert history.rhythm("CAM-1", MAIN) == PictureRhythm(10.0, 20.0)
    assert history.rhythm("CAM-1", SUB) == history.rhythm("CAM-2", MAIN) == PictureRhythm()


def test_a_silence_of_a_stream_that_nobody_knows_earns_the_next_connection_twice_the_time():
    history = PictureHistory()
    given_s = []
    for fault in (FaultCode.NO_MEDIA, FaultCode.STREAM_STALLED, FaultCode.STREAM_STALLED, FaultCode.STREAM_STALLED):
        history.ended("CAM-1", MAIN, fault, least_s=8.0)
        given_s.append(history.rhythm("CAM-1", MAIN).silence_s(8.0, 0.04))
    assert given_s == [16, 32, 60, 60]
    history.measured("CAM-1", MAIN, picture_s=0.04)
    assert history.rhythm("CAM-1", MAIN).silence_s(8.0, 0.04) == 8


@pytest.mark.parametrize("fault", [FaultCode.CONNECTION_LOST, FaultCode.NO_KEY_FRAME])
def test_any_other_end_earns_nothing(fault):
    history = PictureHistory()
    history.ended("CAM-1", MAIN, fault, least_s=8.0)
    assert history.rhythm("CAM-1", MAIN) == PictureRhythm()


def test_a_stream_whose_interval_is_known_is_given_no_more_for_having_stopped():
    history = PictureHistory()
    history.measured("CAM-1", MAIN, picture_s=0.04)
    history.ended("CAM-1", MAIN, FaultCode.STREAM_STALLED, least_s=8.0)
    assert history.rhythm("CAM-1", MAIN).silence_s(8.0, 0.04) == 8
