"""Names of cameras that nobody resolves: row R8."""

import asyncio
import socket
import threading
from dataclasses import replace

import pytest

from tests.integration.video.fake_camera import FakeCamera
from tests.integration.video.watched import QUICK, Watched
from tmcwall.domain.fault import FaultCode
from tmcwall.net.resolver import Resolver

pytest_plugins = ["tests.cameras"]


IMPATIENT = replace(QUICK, connect_s=0.2)


class NameServer:
    """Never answers for `.macet` until it is let go, knows nothing of `.hilang`, and calls all else this machine."""

    def __init__(self):
        self.asked = []
        self.released = threading.Event()

    def __call__(self, host, _port):
        self.asked.append(host)
        if host.endswith(".macet"):
            self.released.wait(60)
        if host.endswith((".macet", ".hilang")):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ("127.0.0.1",)


@pytest.fixture
def names():
    server = NameServer()
    yield server
    server.released.set()


def test_an_unknown_name_is_said_to_be_unknown(names):
    async def scenario():
        watched = Watched("rtsp://kamera.hilang/stream", resolver=Resolver(names))
        found = await watched.fault()
        await watched.stream.close()
        return found

    assert asyncio.run(scenario()) is FaultCode.HOST_UNKNOWN


def test_cameras_whose_names_hang_are_named_and_keep_no_other_camera_waiting(names):
    """Fifty of them, more than the loop has threads; each again and again, with one thread a name."""

    async def scenario():
        resolver = Resolver(names)
        hanging = [
            Watched(f"rtsp://kamera-{number}.macet/stream", resolver=resolver, timing=IMPATIENT) for number in range(50)
        ]
        twice = Watched("rtsp://kamera-0.macet/other", resolver=resolver, timing=IMPATIENT)
        async with FakeCamera() as camera:
            healthy = Watched(camera.url.replace("127.0.0.1", "kamera.kota"), resolver=resolver)
            await healthy.until(lambda: len(healthy.units) >= 10)
            await healthy.until(lambda: all(len(watched.faults) >= 3 for watched in [*hanging, twice]))
            for watched in [*hanging, twice, healthy]:
                await watched.stream.close()
        return [*hanging, twice], healthy

    hanging, healthy = asyncio.run(scenario())
    assert {fault for watched in hanging for fault in watched.faults} == {FaultCode.HOST_UNKNOWN}
    assert healthy.faults == []
    assert len([host for host in names.asked if host.endswith(".macet")]) == 50


def test_too_many_names_without_an_answer_are_refused_at_once(names):
    async def scenario():
        resolver = Resolver(names, most=1)
        first = Watched("rtsp://satu.macet/stream", resolver=resolver)
        await first.until(lambda: names.asked)
        second = Watched("rtsp://dua.macet/stream", resolver=resolver)
        await second.fault()
        for watched in (first, second):
            await watched.stream.close()
        return second

    assert asyncio.run(scenario()).faults[0] is FaultCode.HOST_UNKNOWN
    assert names.asked == ["satu.macet"]


def test_an_address_is_not_asked_for(names):
    async def scenario():
        async with FakeCamera() as camera:
            watched = Watched(camera.url, resolver=Resolver(names))
            await watched.until(lambda: len(watched.units) >= 3)
            await watched.stream.close()

    asyncio.run(scenario())
    assert names.asked == []
