"""Cameras over UDP: exact losses, order, and the way back to TCP."""

import asyncio
import socket
from itertools import pairwise

import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.watched import Watched
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import TransportPreference
from tmcwall.sim.stamp import find_stamp
from tmcwall.video.ipc.messages import DecoderRestarted, StreamReport
from tmcwall.video.sessions.reconnect import Timing
from tmcwall.video.sessions.transport_history import TransportHistory

pytest_plugins = ["tests.cameras"]

PATIENT = Timing(watch_s=0.05, first_retry_s=0.05)
IMPATIENT = Timing(watch_s=0.05, first_retry_s=0.05, udp_silent_s=0.1)


def watch(url, enough, *, transport=TransportPreference.UDP, timing=PATIENT, transport_history=None):
    """What has come of a stream when `enough` is true of it."""

    async def scenario():
        watched = Watched(url, timing=timing, transport=transport, transport_history=transport_history)
        await watched.until(lambda: enough(watched))
        await watched.stream.close()
        return watched

    return asyncio.run(scenario())


def numbers(units):
    return [find_stamp(unit.payload).number for unit in units if find_stamp(unit.payload) is not None]


def steps(units):
    return {later - earlier for earlier, later in pairwise(numbers(units))}


def test_pictures_come_over_udp_without_a_loss(cameras):
    server = cameras("CAM-1")
    watched = watch(server.url("CAM-1"), lambda watched: len(watched.units) >= 60)
    assert watched.faults == []
    assert watched.stream.state.packets_lost == 0
    assert not any(unit.damaged for unit in watched.units[1:])
    assert steps(watched.units) == {1}


def test_a_sender_report_over_udp_gives_the_camera_clock(cameras):
    server = cameras("CAM-1")
    offsets_ms = []

    def has_clock(watched):
        offsets_ms.append(watched.stream.clock_offset_ms)
        return offsets_ms[-1] is not None

    watch(server.url("CAM-1"), has_clock)
    assert abs(offsets_ms[-1]) < 5_000


@pytest.mark.parametrize("percent", [1, 5, 20])
def test_every_lost_packet_is_counted_and_no_other(cameras, percent):
    server = cameras("CAM-1")
    url = server.url("CAM-1")

    async def scenario():
        watched = Watched(url, timing=PATIENT, transport=TransportPreference.UDP)
        await watched.until(lambda: len(watched.units) >= 5)
        await asyncio.to_thread(server.control.fault, "CAM-1", f"loss:{percent}")
        await watched.until(lambda: len(watched.units) >= 60 and watched.stream.state.packets_lost > 0)
        await asyncio.to_thread(server.control.clear, "CAM-1")
        lost = server.control.lost_packets("CAM-1")
        await watched.until(lambda: watched.stream.state.packets_lost >= lost)
        whole = len(watched.units)
        await watched.until(lambda: len(watched.units) >= whole + 30)
        await watched.stream.close()
        return watched

    watched = asyncio.run(scenario())
    assert watched.stream.state.packets_lost == server.control.lost_packets("CAM-1")
    assert watched.faults == []


@pytest.mark.parametrize("trouble", ["reorder", "duplicate"])
def test_packets_that_change_places_or_come_twice_are_neither_lost_nor_shown(cameras, trouble):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", trouble)
    watched = watch(server.url("CAM-1"), lambda watched: len(watched.units) >= 80)
    assert watched.stream.state.packets_lost == 0
    assert not any(unit.damaged for unit in watched.units[1:])
    assert steps(watched.units) == {1}


def test_where_udp_is_blocked_tcp_carries_the_pictures_after_one_silence(cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "udp-blocked")
    watched = watch(server.url("CAM-1"), lambda watched: len(watched.units) >= 20, timing=IMPATIENT)
    assert watched.faults == []
    assert server.control.ledger("CAM-1").requests["PLAY"] == 2


def test_where_udp_is_blocked_nothing_else_is_asked_for_before_the_silence_is_over(cameras):
    server = cameras("CAM-1", "CAM-2")
    server.control.fault("CAM-1", "udp-blocked")
    stubborn = Timing(watch_s=0.05, udp_silent_s=60.0, open_s=90.0)

    async def scenario():
        blocked = Watched(server.url("CAM-1"), timing=stubborn, transport=TransportPreference.UDP)
        beside = Watched(server.url("CAM-2"), timing=stubborn, transport=TransportPreference.UDP)
        await beside.until(lambda: server.control.ledger("CAM-1").requests["PLAY"] and len(beside.units) >= 60)
        await blocked.stream.close()
        await beside.stream.close()
        return blocked

    blocked = asyncio.run(scenario())
    assert (blocked.units, blocked.faults) == ([], [])
    assert server.control.ledger("CAM-1").requests["PLAY"] == 1


def test_where_udp_was_blocked_once_it_is_not_waited_for_again(cameras):
    server = cameras("CAM-1")
    url, transport_history = server.url("CAM-1"), TransportHistory()
    server.control.fault("CAM-1", "udp-blocked")
    watch(url, lambda watched: len(watched.units) >= 20, timing=IMPATIENT, transport_history=transport_history)
    stubborn = Timing(watch_s=0.05, udp_silent_s=60.0, open_s=10.0)
    watched = watch(url, lambda watched: len(watched.units) >= 20, timing=stubborn, transport_history=transport_history)
    assert watched.faults == []


def test_a_camera_that_refuses_tcp_is_asked_for_udp(cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "tcp-refused")
    watched = watch(server.url("CAM-1"), lambda watched: len(watched.units) >= 20, transport=TransportPreference.AUTO)
    assert watched.faults == []


def test_a_camera_that_refuses_tcp_where_only_tcp_is_wanted_is_a_fault(cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "tcp-refused")
    watched = watch(server.url("CAM-1"), lambda watched: watched.faults, transport=TransportPreference.TCP)
    assert watched.faults[0] is FaultCode.TRANSPORT_REFUSED


def test_packets_of_a_stranger_are_not_taken(cameras):
    server = cameras("CAM-1")
    opened = []

    async def scenario():
        watched = Watched(server.url("CAM-1"), timing=PATIENT, transport=TransportPreference.UDP)
        await watched.until(lambda: len(watched.units) >= 5 and watched.stream._session is not None)
        opened.append(watched.stream._session._io.datagrams.ports[0])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.2", 0))
            for _ in range(50):
                stranger.sendto(b"\x80\x60" + bytes(30), ("127.0.0.1", opened[0]))
        await watched.until(lambda: len(watched.units) >= 30)
        await watched.stream.close()
        return watched

    watched = asyncio.run(scenario())
    assert len({unit.run for unit in watched.units}) == 1
    assert watched.stream.state.packets_lost == 0


def test_a_closed_stream_leaves_no_port_behind(cameras):
    server = cameras("CAM-1")

    async def scenario():
        watched = Watched(server.url("CAM-1"), timing=PATIENT, transport=TransportPreference.UDP)
        await watched.until(lambda: len(watched.units) >= 5 and watched.stream._session is not None)
        ports = watched.stream._session._io.datagrams.ports
        await watched.stream.close()
        for number in ports:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
                port.bind(("127.0.0.1", number))

    asyncio.run(scenario())


def test_a_tile_lives_through_heavy_losses_and_shows_whole_pictures_after_them(cameras, tmp_path):
    server = cameras("CAM-1")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", server.url("CAM-1"), transport=TransportPreference.UDP))
        engine.show("cam")
        until(lambda: engine.pictures() > 10)
        server.control.fault("CAM-1", "loss:20")
        engine.wait_for(StreamReport, where=lambda report: report.packets_lost > 20)
        server.control.clear("CAM-1")
        shown = engine.pictures()
        until(lambda: engine.pictures() > shown + 40)
        reports = [report for report in engine.reports if isinstance(report, StreamReport)]
        assert {report.fault for report in reports if report.frames_received} == {None}
        assert not [report for report in engine.reports if isinstance(report, DecoderRestarted)]
