"""What an engine is sent of the camera list: the difference, in messages of a bounded size."""

from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.camera import Profile, RecordPolicy
from tmcwall.video.engine.sources import Sources
from tmcwall.video.feed.camera_list import CameraList, WantedCameras
from tmcwall.video.ipc.messages import COMMANDS, FRAME, LARGEST_BODY, DropCameras, Live, PutCameras, StreamUrl, pack
from tmcwall.video.sessions.access_unit_source import StreamKey

NAMES = [f"CAM-{number}" for number in range(6)]


def cameras(count, *, url="rtsp://10.0.0.1/{}", **more):
    return [Live(f"CAM-{number}", StreamUrl(url.format(number), "u", "p"), **more) for number in range(count)]


def test_an_engine_is_sent_all_cameras_once():
    known = CameraList()
    (message,) = known.change_to(WantedCameras(cameras(3)))
    assert message == PutCameras(cameras(3))
    assert list(known.change_to(WantedCameras(cameras(3)))) == []


def test_only_what_differs_is_sent():
    known = CameraList()
    list(known.change_to(WantedCameras(cameras(3))))
    wanted = [*cameras(2)[1:], *cameras(1, record=RecordPolicy.MAIN)]
    assert list(known.change_to(WantedCameras(wanted))) == [
        DropCameras(["CAM-2"]),
        PutCameras(cameras(1, record=RecordPolicy.MAIN)),
    ]


def test_a_certificate_that_becomes_known_is_sent():
    known, cameras_over_tls = CameraList(), cameras(1, url="rtsps://10.0.0.1:322/{}")
    list(known.change_to(WantedCameras(cameras_over_tls)))
    (message,) = known.change_to(WantedCameras(cameras_over_tls, {"10.0.0.1:322": "ab"}))
    assert message.cameras[0].main.fingerprint == "ab"


def test_no_message_of_forty_thousand_cameras_comes_near_the_limit_of_a_frame():
    messages = list(CameraList().change_to(WantedCameras(cameras(40_000, url="rtsp://10.0.0.1/" + "x" * 300 + "{}"))))
    assert sum(len(message.cameras) for message in messages) == 40_000
    assert max(len(pack(message)) for message in messages) < LARGEST_BODY / 16


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["rtsp://a/", "rtsp://b/"])), max_size=6))
def test_after_the_messages_the_engine_knows_these_cameras_and_no_others(wishes):
    known, sources = CameraList(), Sources()
    for wish in wishes:
        for message in known.change_to(WantedCameras([Live(name, StreamUrl(url)) for name, url in wish.items()])):
            command = COMMANDS.decode(pack(message)[FRAME.size :])
            if isinstance(command, PutCameras):
                sources.put(command.cameras)
            else:
                sources.drop(command.cameras)
        assert {name for name in NAMES if name in sources} == wish.keys()
        assert {name: sources.of(StreamKey(name, Profile.MAIN)).url for name in wish} == wish
