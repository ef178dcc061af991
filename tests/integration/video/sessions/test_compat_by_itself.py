"""A camera that our own RTSP gets nowhere with is read by FFmpeg's, without being marked."""

import asyncio
import os
from dataclasses import replace

import psutil

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.sessions.test_compat_cameras import demultiplexers
from tests.integration.video.watched import QUICK, Watched
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.source import SessionKind
from tmcwall.video.ipc.messages import StreamReport

pytest_plugins = ["tests.cameras"]

PATIENT = replace(QUICK, stalled_s=3.0, no_key_s=3.0)


def watch(url, scenario, **source):
    async def run():
        watched = Watched(url, timing=PATIENT, **source)
        try:
            await scenario(watched)
        finally:
            await watched.stream.close()
        return watched

    return asyncio.run(run())


def test_a_camera_whose_description_only_ffmpeg_understands_is_read_by_it_after_two_failures(cameras, camera_login):
    server = cameras("CAM-1", password=True)
    server.control.fault("CAM-1", "sdp:long")
    username, password = camera_login

    async def until_it_plays(watched):
        await watched.until(lambda: watched.stream.state.connected)
        (process,) = demultiplexers(psutil.Process())
        assert password not in " ".join(process.cmdline())

    watched = watch(server.url("CAM-1"), until_it_plays, username=username, password=password)
    assert watched.faults == [FaultCode.PROTOCOL_BROKEN] * 3  # two attempts, and while the other way is begun
    assert watched.stream.state.session.kind is SessionKind.COMPAT_FOUND
    assert watched.stream.state.session.cause is FaultCode.PROTOCOL_BROKEN


def test_where_ffmpeg_fails_too_our_own_session_goes_on_and_its_fault_stands(cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "sdp:noise")

    async def until_tried(watched):
        await watched.until(lambda: watched.stream.state.session.kind is SessionKind.OWN_AGAIN)
        server.control.clear("CAM-1")
        await watched.until(lambda: len(watched.units) >= 10)

    watched = watch(server.url("CAM-1"), until_tried)
    assert set(watched.faults) == {FaultCode.PROTOCOL_BROKEN}
    assert watched.stream.state.session.kind is SessionKind.OWN


def test_a_refused_login_is_never_tried_by_ffmpeg(cameras):
    server = cameras("CAM-1", password=True)

    async def until_held(watched):
        await watched.until(lambda: watched.faults and watched.stream.state.retry_at_ns is None)
        assert demultiplexers(psutil.Process()) == []

    watched = watch(server.url("CAM-1"), until_held, username="petugas", password="salah")
    assert watched.stream.state.session.kind is SessionKind.OWN
    assert server.control.ledger("CAM-1").logins == 2


def test_the_engine_says_who_reads_a_camera_and_why_and_leaves_no_process(cameras, tmp_path):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "sdp:long")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("odd", server.url("CAM-1")))
        engine.show("odd")
        report = engine.wait_for(StreamReport, where=lambda report: report.session is SessionKind.COMPAT_FOUND)
        assert report.session_cause is FaultCode.PROTOCOL_BROKEN
        until(lambda: engine.pictures() > 10)
        (process,) = demultiplexers(psutil.Process(engine.process.pid))
    assert not psutil.pid_exists(process.pid) or os.waitpid(process.pid, os.WNOHANG)


def test_the_engine_counts_what_a_camera_does_that_no_specification_allows(cameras, tmp_path):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "odd:padding")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("odd", server.url("CAM-1")))
        engine.show("odd")
        report = engine.wait_for(StreamReport, where=lambda report: report.oddities)
    assert [(one.oddity.name, one.count > 1) for one in report.oddities] == [("PADDING", True)]
