import asyncio
from itertools import pairwise

import pytest

from tests.integration.video.fake_camera import FakeCamera, annex_b
from tests.integration.video.watched import Watched
from tmcwall.domain.fault import FaultCode
from tmcwall.rtsp.auth import Scheme
from tmcwall.rtsp.sdp import Media
from tmcwall.video.sessions.reconnect import Timing


def first_fault(*faults, **more):
    """The fault a camera with these habits gives."""
    camera_options = {name: more.pop(name) for name in ("login", "schemes", "media") if name in more}

    async def scenario():
        async with FakeCamera(*faults, **camera_options) as camera:
            watched = Watched(camera.url, **more)
            found = await watched.fault()
            await watched.stream.close()
            return found

    return asyncio.run(scenario())


def test_pictures_come_out_byte_for_byte_in_order():
    async def scenario():
        async with FakeCamera() as camera:
            watched = Watched(camera.url)
            await watched.until(lambda: len(watched.units) >= 30)
            await watched.stream.close()
            assert camera.asked("TEARDOWN")
            return watched.units[:30]

    units = asyncio.run(scenario())
    assert [unit.payload for unit in units] == [annex_b(number) for number in range(30)]
    assert [unit.key for unit in units[:6]] == [True, False, False, False, False, True]
    assert {unit.run for unit in units} == {units[0].run}
    steps = [later.rtp - earlier.rtp for earlier, later in pairwise(units)]
    assert set(steps) == {3600}


def test_a_stream_tells_its_size_and_the_camera_clock():
    async def scenario():
        async with FakeCamera() as camera:
            watched = Watched(camera.url)
            await watched.until(lambda: len(watched.units) >= 10)
            found = (watched.stream.state.width, watched.stream.state.height, watched.stream.clock_offset_ms)
            await watched.stream.close()
            return found

    width, height, offset_ms = asyncio.run(scenario())
    assert (width, height) == (640, 360)
    assert abs(offset_ms - 7_200_000) < 30_000


def test_the_newest_gop_is_kept_for_late_comers():
    async def scenario():
        async with FakeCamera() as camera:
            camera.stall_after = 13
            watched = Watched(camera.url, timing=Timing())
            await watched.until(lambda: len(watched.units) >= 13)
            gop = [unit.payload for unit in watched.stream.gop]
            await watched.stream.close()
            return gop

    assert asyncio.run(scenario()) == [annex_b(10), annex_b(11), annex_b(12)]


def test_lost_packets_are_counted_and_damage_what_follows():
    async def scenario():
        async with FakeCamera("lossy") as camera:
            watched = Watched(camera.url)
            await watched.until(lambda: len(watched.units) >= 10)
            await watched.stream.close()
            return watched

    watched = asyncio.run(scenario())
    assert watched.stream.state.packets_lost == 1
    assert [unit.lost for unit in watched.units[:9]] == [0] * 7 + [1, 0]
    assert watched.units[7].damaged


@pytest.mark.parametrize(
    ("habit", "code"),
    [
        ("silent", FaultCode.NO_ANSWER),
        ("html", FaultCode.NOT_A_CAMERA),
        ("404", FaultCode.STREAM_NOT_FOUND),
        ("453", FaultCode.CAMERA_BUSY),
        ("503", FaultCode.CAMERA_BUSY),
        ("461", FaultCode.TRANSPORT_REFUSED),
        ("udp-only", FaultCode.TRANSPORT_REFUSED),
        ("no-media", FaultCode.NO_MEDIA),
        ("no-key", FaultCode.NO_KEY_FRAME),
        ("control-character", FaultCode.PROTOCOL_BROKEN),
    ],
)
def test_what_a_camera_does_wrong_has_a_name(habit, code):
    assert first_fault(habit) is code


@pytest.mark.parametrize(
    ("media", "code"),
    [
        (Media("audio", 0, "PCMU", 8000, {}, "track1"), FaultCode.NO_VIDEO),
        (Media("video", 96, "AV1", 90_000, {}, "track1"), FaultCode.CODEC_UNSUPPORTED),
    ],
)
def test_a_stream_we_cannot_show_says_why(media, code):
    assert first_fault(media=media) is code


def test_a_closed_port_is_a_refused_connection():
    async def scenario():
        async with FakeCamera() as camera:
            url = camera.url
        watched = Watched(url)
        found = await watched.fault()
        await watched.stream.close()
        return found

    assert asyncio.run(scenario()) is FaultCode.CONNECTION_REFUSED


def test_a_name_that_is_none_is_an_unknown_host():
    async def scenario():
        watched = Watched("rtsp://a..b/stream")
        found = await watched.fault()
        await watched.stream.close()
        return found

    assert asyncio.run(scenario()) is FaultCode.HOST_UNKNOWN


def test_a_stream_that_stalls_is_opened_again():
    async def scenario():
        async with FakeCamera() as camera:
            camera.stall_after = 8
            watched = Watched(camera.url)
            await watched.until(lambda: watched.stream.state.reconnects >= 2)
            await watched.stream.close()
            return watched.faults[0], camera.connections

    fault, connections = asyncio.run(scenario())
    assert fault is FaultCode.STREAM_STALLED
    assert connections >= 3


def test_a_camera_that_drops_and_returns_comes_back_as_a_new_run():
    async def scenario():
        async with FakeCamera() as camera:
            watched = Watched(camera.url)
            await watched.until(lambda: len(watched.units) >= 10)
            await camera.stop()
            await watched.until(lambda: FaultCode.CONNECTION_REFUSED in watched.faults)
            before = len(watched.units)
            await camera.restart()
            await watched.until(lambda: len(watched.units) >= before + 10)
            await watched.stream.close()
            return watched

    watched = asyncio.run(scenario())
    assert watched.faults[0] is FaultCode.CONNECTION_LOST
    assert watched.stream.state.reconnects == 1
    assert len({unit.run for unit in watched.units}) == 2


@pytest.mark.parametrize("schemes", [(Scheme.DIGEST_SHA256,), (Scheme.DIGEST_MD5,), (Scheme.BASIC,)])
def test_the_right_password_opens_the_stream(schemes):
    async def scenario():
        async with FakeCamera(login=("petugas", "p@ss:w/rd#1"), schemes=schemes) as camera:
            watched = Watched(camera.url, username="petugas", password="p@ss:w/rd#1")
            await watched.until(lambda: len(watched.units) >= 3)
            await watched.stream.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("schemes", "sessions"),
    [((Scheme.DIGEST_MD5,), 2), ((Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5), 1)],
    ids=["one digest", "two digests"],
)
def test_a_wrong_password_is_tried_twice_and_then_held_while_other_faults_are_tried_again(schemes, sessions):
    async def scenario():
        async with FakeCamera(login=("petugas", "right"), schemes=schemes) as camera, FakeCamera("404") as missing:
            watched = Watched(camera.url, username="petugas", password="wrong")
            await watched.until(lambda: len(watched.faults) >= sessions)
            beside = Watched(missing.url)
            await beside.until(lambda: len(beside.faults) >= 8)
            retry_in_s = watched.stream.retry_in_s()
            await watched.stream.close()
            await beside.stream.close()
            return watched.faults, retry_in_s, [r for r in camera.requests if "authorization" in r.headers]

    faults, retry_in_s, logins = asyncio.run(scenario())
    assert faults == [FaultCode.UNAUTHORIZED] * sessions
    assert retry_in_s is None
    assert len(logins) == 2


def test_basic_is_refused_where_it_is_not_allowed():
    found = first_fault(login=("a", "b"), schemes=(Scheme.BASIC,), username="a", password="b", allow_basic=False)
    assert found is FaultCode.BASIC_AUTH_REFUSED


def test_a_redirect_to_another_host_is_refused_and_gets_no_credentials():
    async def scenario():
        async with FakeCamera(login=("a", "b"), schemes=(Scheme.BASIC,)) as other, FakeCamera("302") as camera:
            camera._login, camera._location = ("a", "b"), other.url
            watched = Watched(camera.url, username="a", password="b")
            found = await watched.fault()
            await watched.stream.close()
            return found, other.connections

    assert asyncio.run(scenario()) == (FaultCode.REDIRECT_REFUSED, 0)


def test_a_redirect_in_a_circle_is_refused_after_one_step():
    async def scenario():
        async with FakeCamera("302") as camera:
            camera._location = camera.url
            watched = Watched(camera.url, timing=Timing())
            found = await watched.fault()
            asked = len(camera.asked("DESCRIBE"))
            await watched.stream.close()
            return found, asked

    assert asyncio.run(scenario()) == (FaultCode.REDIRECT_REFUSED, 2)


def test_a_session_is_kept_alive():
    async def scenario():
        async with FakeCamera() as camera:
            camera.timeout_s = 1
            watched = Watched(camera.url)
            await watched.until(lambda: len(camera.asked("GET_PARAMETER")) >= 2)
            await watched.stream.close()
            assert watched.faults == []

    asyncio.run(scenario())
