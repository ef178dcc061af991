"""H.265 from a camera to the picture, the recording and the clip."""

import shutil
import subprocess
import time

import av
import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.waiting import until
from tmcwall.sim.stamp import find_stamp
from tmcwall.video.ipc.messages import ClipCut, ClipFailed, CutClip, Record, StreamReport
from tmcwall.video.recording.segments import scan

pytest_plugins = ["tests.cameras"]


@pytest.fixture
def url(cameras, h265_clip):
    return cameras("CAM-1", clip=h265_clip).url("CAM-1")


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "recordings") as engine:
        yield engine


def record_and_cut(engine, url, path):
    engine.set_cameras(camera("cam", url, record="main"))
    engine.send(Record(cameras=["cam"]))
    engine.wait_for(StreamReport, where=lambda report: report.frames_received > 60)
    now = time.time()
    engine.send(CutClip(request="r", camera="cam", start_utc=now - 1.5, end_utc=now, path=str(path)))
    found = engine.wait_for((ClipCut, ClipFailed))
    assert isinstance(found, ClipCut)
    return found


def stream_hash(path):
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "streamhash"]
    result = subprocess.run([*command, "-hash", "sha256", "-"], check=True, capture_output=True, text=True)
    return result.stdout.strip().rpartition("=")[2].lower()


def test_a_tile_shows_an_h265_camera_and_its_report_names_the_codec(engine, url):
    engine.set_cameras(camera("cam", url))
    engine.show("cam")
    until(lambda: engine.pictures() > 30)
    report = engine.wait_for(StreamReport, where=lambda report: report.connected and report.width > 0)
    assert (report.codec, report.width, report.height, report.fault) == ("hevc", 320, 180, None)


def test_a_camera_that_changes_its_codec_goes_on(engine, cameras, tiny_clip, h265_clip):
    before = cameras("CAM-1", clip=tiny_clip)
    engine.set_cameras(camera("cam", before.url("CAM-1")))
    engine.show("cam")
    until(lambda: engine.pictures() > 10)
    port = before.port
    before.stop()
    cameras("CAM-1", clip=h265_clip, port=port)
    engine.wait_for(StreamReport, where=lambda report: report.connected and report.codec == "hevc")
    shown = engine.pictures()
    until(lambda: engine.pictures() > shown + 10)


def test_a_clip_holds_every_picture_and_plays_without_an_error(engine, url, tmp_path):
    found = record_and_cut(engine, url, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.codec_tag) == ("hevc", "hev1")
        assert (stream.width, stream.height) == (320, 180)
        packets = [bytes(packet) for packet in container.demux(stream) if packet.size]
        container.seek(0)
        assert len(list(container.decode(stream))) == found.packets
    numbers = [find_stamp(packet).number for packet in packets]
    assert numbers == list(range(numbers[0], numbers[0] + found.packets))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="stock ffmpeg is not installed")
def test_stock_ffmpeg_prints_the_stream_hash_of_an_h265_clip(engine, url, tmp_path):
    found = record_and_cut(engine, url, tmp_path / "clip.mp4")
    for name in ("again.mkv", "again.mp4"):
        command = ["ffmpeg", "-v", "error", "-i", tmp_path / "clip.mp4", "-c", "copy", tmp_path / name]
        subprocess.run(command, check=True)
    printed = {name: stream_hash(tmp_path / name) for name in ("clip.mp4", "again.mkv", "again.mp4")}
    assert set(printed.values()) == {found.stream_sha256}


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="stock ffmpeg is not installed")
def test_a_segment_is_an_elementary_stream_that_stock_ffmpeg_reads(engine, url, tmp_path):
    record_and_cut(engine, url, tmp_path / "clip.mp4")
    engine.close()
    segment = next(scan(tmp_path / "recordings"))
    assert segment.path.suffix == ".hevc"
    command = ["ffmpeg", "-v", "error", "-i", str(segment.path), "-f", "null", "-"]
    assert subprocess.run(command, check=True, capture_output=True).stderr == b""
