import hashlib
import os
import shutil
import signal
import subprocess
import time
from bisect import bisect

import av
import psutil
import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.containers.annex_b import length_prefixed
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.ipc.messages import (
    ClipCut,
    ClipFailed,
    CutClip,
    DecoderRestarted,
    EngineStarted,
    Record,
    RecordingStopped,
    StreamReport,
)
from tmcwall.video.recording.segments import scan


@pytest.fixture
def cameras(film):
    """A main and a sub stream, 50 pictures a second."""

    def pictures(number):
        return film[number % len(film)]

    main, sub = FakeCamera(pictures=pictures), FakeCamera(pictures=pictures)
    main.interval_s = sub.interval_s = 0.02
    with CameraThread(main, sub):
        yield main, sub


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "recordings") as engine:
        yield engine


def ready(engine):
    return engine.wait_for(EngineStarted)


def cut_last_seconds(engine, path, *, seconds=1.0, request="r1", name="cam"):
    now = time.time()
    engine.send(CutClip(request=request, camera=name, start_utc=now - seconds, end_utc=now, path=str(path)))
    return engine.wait_for((ClipCut, ClipFailed), where=lambda report: report.request == request)


def packets_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def annex_b(nals):
    return b"".join(b"\0\0\0\1" + nal for nal in nals)


def test_a_tile_shows_its_camera(engine, cameras):
    engine.set_cameras(camera("cam", cameras[0].url))
    engine.show("cam")
    until(lambda: engine.pictures() > 10)
    report = engine.wait_for(StreamReport, where=lambda report: report.frames_received > 20)
    assert (report.connected, report.codec, report.width, report.height) == (True, "h264", 320, 180)


def test_two_tiles_of_one_camera_share_a_connection(engine, cameras):
    engine.set_cameras(camera("cam", cameras[0].url))
    engine.show("cam", tile=0)
    until(lambda: engine.pictures(0) > 2)
    engine.show("cam", tile=1)
    until(lambda: engine.pictures(1) > 5)
    assert cameras[0].connections == 1


def test_the_sub_stream_plays_until_the_main_stream_has_a_key_frame(engine, cameras):
    main, sub = cameras
    main.faults.add("no-key")
    engine.set_cameras(camera("cam", main.url, sub=sub.url))
    engine.show("cam", profile="sub")
    until(lambda: engine.pictures() > 5)
    engine.show("cam", profile="main", generation=2)
    until(lambda: main.sent > 20)
    still = engine.pictures()
    until(lambda: engine.pictures() > still + 10)
    main.faults.discard("no-key")
    engine.wait_for(StreamReport, where=lambda report: report.profile == "main" and report.connected)
    until(lambda: sub.asked("TEARDOWN"))
    after = engine.pictures()
    until(lambda: engine.pictures() > after + 10)


def test_a_large_tile_begins_with_the_sub_stream_while_the_main_stream_does_not_come(engine, cameras):
    main, sub = cameras
    main.faults.add("no-key")
    engine.set_cameras(camera("cam", main.url, sub=sub.url))
    engine.show("cam", size=(960, 540))
    until(lambda: engine.pictures() > 5)
    main.faults.discard("no-key")
    until(lambda: sub.asked("TEARDOWN"))
    after = engine.pictures()
    until(lambda: engine.pictures() > after + 10)


def test_a_tile_that_shrinks_or_is_covered_drops_the_main_stream(engine, cameras):
    main, sub = cameras
    engine.set_cameras(camera("cam", main.url, sub=sub.url))
    engine.show("cam", size=(960, 540))
    until(lambda: sub.asked("TEARDOWN"))
    engine.show("cam", size=(320, 180), generation=2)
    until(lambda: main.asked("TEARDOWN"))
    before = engine.pictures()
    until(lambda: engine.pictures() > before + 5)


def test_a_covered_tile_stops_decoding_and_its_camera_goes_on_recording(engine, cameras):
    engine.set_cameras(camera("cam", cameras[0].url, record="main"))
    engine.send(Record(cameras=["cam"]))
    engine.show("cam")
    until(lambda: engine.pictures() > 5)
    engine.show("cam", visible=False)
    since = len(engine.reports)
    hidden = engine.wait_for(StreamReport, where=lambda report: report.plan is DecodePlan.PAUSED, since=since)
    still = engine.pictures()
    later = engine.wait_for(
        StreamReport, where=lambda report: report.frames_received > hidden.frames_received + 20, since=since
    )
    assert (later.recording, later.plan_reason) == (True, PlanReason.HIDDEN)
    assert engine.pictures() <= still + 5


def test_a_killed_decoder_is_replaced_and_the_recording_does_not_notice(engine, cameras, tmp_path):
    started = ready(engine)
    engine.set_cameras(camera("cam", cameras[0].url, record="main"))
    engine.send(Record(cameras=["cam"]))
    engine.show("cam")
    until(lambda: engine.pictures() > 20)
    began = time.time()
    psutil.Process(started.decoder_pids[0]).kill()
    engine.wait_for(DecoderRestarted)
    before = engine.pictures()
    until(lambda: engine.pictures() > before + 10)
    found = cut_last_seconds(engine, tmp_path / "clip.mp4", seconds=time.time() - began)
    assert found.packets_lost == 0
    assert cameras[0].connections == 1
    assert found.packets == len(packets_of(tmp_path / "clip.mp4"))


def test_a_stopped_decoder_is_replaced(engine, cameras):
    started = ready(engine)
    engine.set_cameras(camera("cam", cameras[0].url))
    engine.show("cam")
    until(lambda: engine.pictures() > 5)
    os.kill(started.decoder_pids[0], signal.SIGSTOP)
    restarted = engine.wait_for(DecoderRestarted)
    assert restarted.pid != started.decoder_pids[0]
    before = engine.pictures()
    until(lambda: engine.pictures() > before + 10)


def test_a_clip_has_the_stream_hash_of_what_the_camera_sent(engine, cameras, film, tmp_path):
    engine.set_cameras(camera("cam", cameras[0].url, record="main"))
    engine.send(Record(cameras=["cam"]))
    until(lambda: cameras[0].sent > 120)
    found = cut_last_seconds(engine, tmp_path / "clip.mp4")
    path = tmp_path / "clip.mp4"
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    stored = packets_of(path)
    sent = [length_prefixed(annex_b(nals)) for nals in film]
    first = sent.index(stored[0])
    expected = [sent[(first + number) % len(sent)] for number in range(found.packets)]
    assert stored == expected
    assert found.stream_sha256 == hashlib.sha256(b"".join(expected)).hexdigest()
    assert found.first_utc <= found.last_utc - 1.0 + 0.1


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="stock ffmpeg is not installed")
def test_stock_ffmpeg_prints_the_stream_hash_we_report(engine, cameras, tmp_path):
    engine.set_cameras(camera("cam", cameras[0].url, record="main"))
    engine.send(Record(cameras=["cam"]))
    until(lambda: cameras[0].sent > 80)
    found = cut_last_seconds(engine, tmp_path / "clip.mp4")
    printed = {}
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", tmp_path / "clip.mp4", "-c", "copy", tmp_path / "clip.mkv"], check=True
    )
    for name in ("clip.mp4", "clip.mkv"):
        command = ["ffmpeg", "-v", "error", "-i", tmp_path / name, "-map", "0:v", "-c", "copy"]
        result = subprocess.run(
            [*command, "-f", "streamhash", "-hash", "sha256", "-"], check=True, capture_output=True, text=True
        )
        printed[name] = result.stdout.strip().rpartition("=")[2].lower()
    assert printed == {"clip.mp4": found.stream_sha256, "clip.mkv": found.stream_sha256}


def test_a_clip_waits_until_its_end_has_passed(engine, cameras, tmp_path):
    engine.set_cameras(camera("cam", cameras[0].url, record="main"))
    engine.send(Record(cameras=["cam"]))
    until(lambda: cameras[0].sent > 30)
    now = time.time()
    engine.send(
        CutClip(
            request="r1", camera="cam", start_utc=now - 0.5, end_utc=now + 1.0, path=str(tmp_path / "c" / "clip.mp4")
        )
    )
    found = engine.wait_for(ClipCut)
    assert now + 0.9 < found.last_utc <= now + 1.0


def test_a_clip_of_a_camera_that_was_not_recorded_fails_in_words(engine, tmp_path):
    found = cut_last_seconds(engine, tmp_path / "clip.mp4", name="nobody")
    assert found.fault is FaultCode.FOOTAGE_MISSING
    assert not (tmp_path / "clip.mp4").exists()


def test_footage_survives_a_killed_engine(cameras, tmp_path):
    recordings = tmp_path / "recordings"
    with EngineProcess(recordings) as engine:
        engine.set_cameras(camera("cam", cameras[0].url, record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.wait_for(StreamReport, where=lambda report: report.recording and report.frames_received > 100)
        children = psutil.Process(engine.process.pid).children(recursive=True)
        engine.process.kill()
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive
    segments = list(scan(recordings))
    assert len(segments) == 1
    entries = segments[0].entries()
    assert len(entries) > 50
    with av.open(str(segments[0].path), format="h264") as container:
        assert sum(1 for _ in container.decode(video=0)) >= len(entries) - 1
    start_utc, end_utc = (entries[number].arrival_utc_ns / 1e9 + 0.001 for number in (20, 40))
    arrived_utc = [entry.arrival_utc_ns / 1e9 for entry in entries]
    expected = bisect(arrived_utc, end_utc) - max(n for n in range(bisect(arrived_utc, start_utc)) if entries[n].key)
    with EngineProcess(recordings) as engine:
        engine.send(
            CutClip(request="r2", camera="cam", start_utc=start_utc, end_utc=end_utc, path=str(tmp_path / "clip.mp4"))
        )
        assert engine.wait_for(ClipCut).packets == expected


def test_the_engine_ends_with_its_input_and_says_goodbye_to_the_camera(engine, cameras):
    started = ready(engine)
    engine.set_cameras(camera("cam", cameras[0].url))
    engine.show("cam")
    until(lambda: engine.pictures() > 0)
    engine.close()
    assert engine.process.returncode == 0
    assert not psutil.pid_exists(started.decoder_pids[0])
    assert cameras[0].asked("TEARDOWN")


def test_a_disk_that_cannot_be_written_stops_the_recording_and_not_the_picture(cameras, tmp_path):
    recordings = tmp_path / "recordings"
    recordings.write_text("a file where the folder should be")
    with EngineProcess(recordings) as engine:
        engine.set_cameras(camera("cam", cameras[0].url, record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.show("cam")
        assert engine.wait_for(RecordingStopped).fault is FaultCode.DISK_FAILED
        until(lambda: engine.pictures() > 5)
        report = engine.wait_for(StreamReport, where=lambda report: report.frames_received > 50)
        assert not report.recording


def test_a_password_is_in_no_argument_and_no_output(cameras, tmp_path, capfd):
    with EngineProcess(tmp_path) as engine:
        ready(engine)
        engine.set_cameras(camera("cam", "rtsp://127.0.0.1:1/x", username="u", password="planted-secret"))
        engine.show("cam")
        engine.wait_for_fault("cam", FaultCode.CONNECTION_REFUSED)
        family = [psutil.Process(engine.process.pid), *psutil.Process(engine.process.pid).children()]
        lines = [" ".join(process.cmdline()) for process in family]
        reports = [repr(report) for report in engine.reports]
    captured = capfd.readouterr()
    assert not any("planted-secret" in text for text in [*lines, *reports, captured.out, captured.err])


def test_a_camera_whose_address_changes_is_opened_at_the_new_one(engine, cameras):
    engine.set_cameras(camera("cam", "rtsp://127.0.0.1:1/nobody"))
    engine.show("cam")
    engine.wait_for_fault("cam", FaultCode.CONNECTION_REFUSED)
    engine.set_cameras(camera("cam", cameras[0].url))
    until(lambda: engine.pictures() > 5)


def test_a_camera_that_is_taken_off_the_list_is_closed(engine, cameras):
    engine.set_cameras(camera("cam", cameras[0].url))
    engine.show("cam")
    until(lambda: engine.pictures() > 0)
    engine.set_cameras()
    until(lambda: cameras[0].asked("TEARDOWN"))
