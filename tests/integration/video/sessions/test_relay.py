"""Streams that come from a relay; the city stands in for it."""

import asyncio
import socket
from dataclasses import replace

import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.watched import QUICK, Watched
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import Way
from tmcwall.rtsp.auth import Scheme
from tmcwall.video.ipc.messages import RelayUrl, StreamReport

pytest_plugins = ["tests.cameras"]

PATIENT = replace(QUICK, stalled_s=3.0, no_key_s=3.0)


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as port:
        return port.getsockname()[1]


def watch(url, relay, scenario):
    async def run():
        watched = Watched(url, timing=PATIENT, relay=relay)
        try:
            await scenario(watched)
        finally:
            await watched.stream.close()
        return watched

    return asyncio.run(run())


async def plays(watched):
    await watched.until(lambda: watched.stream.state.connected and len(watched.units) >= 5)


def test_a_stream_comes_from_the_relay_and_the_camera_is_not_asked(cameras, camera_login):
    relay, own = cameras("CAM-1", password=True, schemes=(Scheme.BASIC,)), cameras("CAM-1")
    watched = watch(own.url("CAM-1"), RelayUrl(relay.url("CAM-1"), *camera_login), plays)
    assert watched.stream.state.way is Way.RELAY
    assert watched.faults == []
    assert own.control.ledger("CAM-1").connections == 0


def test_where_the_relay_is_away_the_camera_is_opened_and_the_cause_is_known(cameras, closed_port):
    own = cameras("CAM-1")
    watched = watch(own.url("CAM-1"), RelayUrl(f"rtsp://127.0.0.1:{closed_port}/x"), plays)
    assert (watched.stream.state.way, watched.stream.state.relay_fault) == (Way.DIRECT, FaultCode.CONNECTION_REFUSED)
    assert watched.faults == []


def test_where_the_relay_does_not_know_the_stream_the_camera_is_opened(cameras):
    relay, own = cameras("OTHER"), cameras("CAM-1")
    watched = watch(own.url("CAM-1"), RelayUrl(relay.url("OTHER").replace("OTHER", "CAM-1")), plays)
    assert (watched.stream.state.way, watched.stream.state.relay_fault) == (Way.DIRECT, FaultCode.STREAM_NOT_FOUND)


def test_where_neither_plays_the_fault_is_that_of_the_camera(cameras, closed_port):
    relay = cameras("CAM-1")
    relay.control.fault("CAM-1", "refuse")

    async def until_lost(watched):
        await watched.until(lambda: watched.faults)

    watched = watch(f"rtsp://127.0.0.1:{closed_port}/x", RelayUrl(relay.url("CAM-1")), until_lost)
    assert watched.faults[0] is FaultCode.CONNECTION_REFUSED
    assert watched.stream.state.way is Way.DIRECT


def test_a_relay_that_is_lost_is_asked_again_before_the_camera(cameras):
    relay, own = cameras("CAM-1"), cameras("CAM-1")

    async def lost_and_back(watched):
        await plays(watched)
        relay.control.fault("CAM-1", "drop")
        await watched.until(lambda: watched.faults)
        relay.control.clear("CAM-1")
        await watched.until(lambda: watched.stream.state.connected)

    watched = watch(own.url("CAM-1"), RelayUrl(relay.url("CAM-1")), lost_and_back)
    assert watched.faults[0] is FaultCode.CONNECTION_LOST


def test_the_clock_of_what_comes_from_a_relay_is_not_taken_for_the_cameras(cameras):
    relay, own = cameras("CAM-1"), cameras("CAM-1")

    async def until_reported(watched):
        await watched.until(lambda: watched.stream.clock_offset_ms is not None)

    units = len(watch(own.url("CAM-1"), None, until_reported).units)

    async def as_long(watched):
        await watched.until(lambda: len(watched.units) > units)
        assert watched.stream.clock_offset_ms is None
        assert watched.stream.camera_clock is None

    watch(own.url("CAM-1"), RelayUrl(relay.url("CAM-1")), as_long)


def test_the_engine_says_which_way_a_picture_comes(cameras, tmp_path):
    relay, own = cameras("CAM-1"), cameras("CAM-1")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", own.url("CAM-1"), relay=RelayUrl(relay.url("CAM-1"))))
        engine.show("cam")
        report = engine.wait_for(StreamReport, where=lambda report: report.connected)
    assert (report.way, report.relay_fault) == (Way.RELAY, None)
