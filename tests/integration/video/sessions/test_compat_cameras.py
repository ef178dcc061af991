"""Cameras marked `#compat`: FFmpeg's RTSP in a locked-in process, which gets no login and leads nowhere else."""

import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.integration.video.certificates import Office
from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import FakeCamera
from tests.integration.video.watched import Watched
from tests.waiting import until
from tmcwall.containers.annex_b import nal_units
from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import TransportPreference
from tmcwall.net.trust import Trust
from tmcwall.rtsp.auth import Scheme
from tmcwall.video.ipc.messages import COMPAT_REPORTS, CompatFault
from tmcwall.video.ipc.pipes import read_frames
from tmcwall.video.ipc.processes import decoder_environment
from tmcwall.video.ipc.sandbox import Lock, filters_calls
from tmcwall.video.sessions.reconnect import Timing

pytest_plugins = ["tests.cameras"]

PATIENT = Timing(watch_s=0.05, first_retry_s=0.05, longest_retry_s=0.2, settled_s=0.2, stalled_s=3.0)


def watch(url, scenario, **source):
    async def run():
        watched = Watched(url + "#compat", timing=PATIENT, **source)
        try:
            await scenario(watched)
        finally:
            await watched.stream.close()
        return watched

    return asyncio.run(run())


async def until_it_plays(watched):
    await watched.until(lambda: len(watched.units) >= 30 or watched.faults)


async def until_it_fails(watched):
    await watched.until(lambda: watched.faults)


@pytest.mark.parametrize("scheme", [Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5, Scheme.BASIC])
def test_a_compat_camera_plays_with_a_login_that_its_process_never_sees(cameras, camera_login, scheme):
    username, password = camera_login
    server = cameras("CAM-1", password=True, schemes=(scheme,))
    watched = watch(server.url("CAM-1"), until_it_plays, username=username, password=password)
    assert watched.faults == []
    assert (watched.stream.state.codec, watched.stream.state.width) == ("h264", 320)
    assert any(unit.key for unit in watched.units)
    assert not any(unit.damaged for unit in watched.units[1:])
    times = [unit.rtp for unit in watched.units]
    assert {after - before for before, after in itertools.pairwise(times)} == {3600}


def test_a_compat_camera_with_h265_plays(cameras, h265_clip):
    watched = watch(cameras("CAM-1", clip=h265_clip).url("CAM-1"), until_it_plays)
    assert watched.faults == []
    assert watched.stream.state.codec == "hevc"


def test_the_mark_may_stand_in_the_list_and_not_in_the_address(cameras):
    async def run():
        watched = Watched(cameras("CAM-1").url("CAM-1"), timing=PATIENT, transport=TransportPreference.COMPAT)
        await watched.until(lambda: len(watched.units) >= 5 or watched.faults)
        process = demultiplexers(psutil.Process())
        await watched.stream.close()
        return watched, process

    watched, process = asyncio.run(run())
    assert watched.faults == []
    assert len(process) == 1


def test_the_same_pictures_come_as_by_our_own_rtsp(cameras):
    url = cameras("CAM-1").url("CAM-1")
    compat = watch(url, until_it_plays)

    async def ours():
        watched = Watched(url, timing=PATIENT)
        await watched.until(lambda: len(watched.units) >= 60)
        await watched.stream.close()
        return watched

    def slices(watched):
        return {nal_units(unit.payload)[-1] for unit in watched.units}

    assert len(slices(compat) & slices(asyncio.run(ours()))) >= 20


def test_a_wrong_login_is_refused_twice_and_then_held(cameras):
    async def scenario(watched):
        await watched.until(lambda: len(watched.faults) >= 2)

    server = cameras("CAM-1", password=True)
    watched = watch(server.url("CAM-1"), scenario, username="petugas", password="salah")
    assert set(watched.faults) == {FaultCode.UNAUTHORIZED}
    assert watched.stream.state.retry_at_ns is None


def test_a_missing_stream_is_said(cameras):
    url = cameras("CAM-1").url("CAM-1").replace("CAM-1", "CAM-2")
    assert watch(url, until_it_fails).faults[0] is FaultCode.STREAM_NOT_FOUND


@pytest.mark.parametrize("status", ["301", "302"])
def test_no_redirect_passes_and_nothing_reaches_where_it_leads(status):
    async def scenario():
        async with FakeCamera() as elsewhere, FakeCamera(status, location=elsewhere.url) as camera_:
            watched = Watched(camera_.url + "#compat", timing=PATIENT, username="petugas", password="x")
            await watched.until(lambda: watched.faults)
            await watched.stream.close()
            return watched, elsewhere

    watched, elsewhere = asyncio.run(scenario())
    assert watched.faults[0] is FaultCode.REDIRECT_REFUSED
    assert elsewhere.connections == 0


def test_a_compat_camera_stands_only_where_cameras_may(cameras):
    watched = watch(cameras("CAM-1").url("CAM-1"), until_it_fails, rule=AddressRule.of(["10.0.0.0/8"]))
    assert watched.faults[0] is FaultCode.ADDRESS_FORBIDDEN


def test_a_compat_camera_over_tls_is_trusted_by_its_fingerprint_only(cameras, tmp_path):
    tls, fingerprint = Office(tmp_path).camera("aneh")
    url = cameras("CAM-1", tls=tls).url("CAM-1")
    assert watch(url, until_it_plays, fingerprint=fingerprint).faults == []
    assert watch(url, until_it_fails, trust=Trust()).faults[0] is FaultCode.TLS_UNTRUSTED


def demultiplexers(parent):
    return [
        child for child in parent.children(recursive=True) if "tmcwall.video.sessions.compat_demuxer" in child.cmdline()
    ]


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSTOP])
def test_a_demultiplexer_that_dies_or_hangs_harms_its_own_stream_only_and_is_replaced(cameras, tmp_path, by):
    server = cameras("CAM-1", "CAM-2")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("odd", server.url("CAM-1") + "#compat"), camera("healthy", server.url("CAM-2")))
        engine.show("odd", tile=0)
        engine.show("healthy", tile=1)
        until(lambda: engine.pictures(0) > 20 and engine.pictures(1) > 20)
        (victim,) = demultiplexers(psutil.Process(engine.process.pid))
        assert "petugas" not in " ".join(victim.cmdline())
        before = engine.pictures(0)
        os.kill(victim.pid, by)
        until(lambda: not victim.is_running() or victim.status() == psutil.STATUS_ZOMBIE)
        until(lambda: engine.pictures(0) > before + 20)
        healthy = [report for report in engine.reports if getattr(report, "camera", "") == "healthy"]
        assert not [report for report in healthy if report.fault or report.reconnects]
    assert not psutil.pid_exists(victim.pid)


@pytest.mark.skipif(not filters_calls(), reason="the filter of system calls is not written for this machine")
def test_a_demultiplexer_can_connect_to_the_relay_and_do_nothing_else():
    with socket.create_server(("127.0.0.1", 0)) as door, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [str(listener.getsockname()[1]) for listener in (door, other)]
        found = subprocess.run(
            [sys.executable, str(Path(__file__).parents[1] / "confined_demuxer_probe.py"), *ports],
            check=True,
            capture_output=True,
            env=decoder_environment(),
            timeout=300,
        )
    told = json.loads(found.stdout)
    assert set(told["locks"]) == set(Lock)
    outcomes = told["outcomes"]
    assert outcomes.pop("connect to the relay") == "done"
    assert set(outcomes.values()) <= {"EPERM", "EACCES"}, outcomes


def test_a_demultiplexer_that_was_to_ask_ffmpeg_for_what_it_does_not_know_does_not_start_and_says_why():
    """R35"""
    program = "from tmcwall.video.sessions import compat_demuxer as it; it._OPTIONS['stimeout'] = '5'; it.main()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        ((_, body),) = read_frames(process.stdout.fileno())  # it has been told nothing yet, and ends
    assert COMPAT_REPORTS.decode(body) == CompatFault(
        fault=FaultCode.COMPONENT_MISSING, detail="FFmpeg does not know stimeout"
    )
