"""Clips through losses, wraps and changes of size and codec: what was received, in files that stock tools play."""

import hashlib
import os
import shutil
import subprocess
import time

import av
import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tmcwall.containers.annex_b import length_prefixed
from tmcwall.domain.bookmark import GapCause
from tmcwall.sim.stamp import find_stamp
from tmcwall.video.ipc.messages import ClipCut, ClipFailed, CutClip, File, Record, StreamReport

pytest_plugins = ["tests.cameras"]

CHANGE_AT = 60


def annex_b(nals):
    return b"".join(b"\0\0\0\1" + nal for nal in nals)


def record(engine, url, *, pictures):
    engine.set_cameras(camera("cam", url, record="main"))
    engine.send(Record(cameras=["cam"]))
    engine.wait_for(StreamReport, where=lambda report: report.frames_received > pictures)


def cut(engine, path, *, seconds):
    now = time.time()
    engine.send(CutClip(request="r", camera="cam", start_utc=now - seconds, end_utc=now, path=str(path)))
    found = engine.wait_for((ClipCut, ClipFailed))
    assert isinstance(found, ClipCut), found
    return found


def packets_of(path, track=0):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[track]) if packet.size]


def sizes_of(path, track=0):
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(container.streams.video[track])]


def stock_hashes(path):
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "streamhash"]
    result = subprocess.run([*command, "-hash", "sha256", "-"], check=True, capture_output=True, text=True)
    assert result.stderr == ""
    return [line.rpartition("=")[2].lower() for line in result.stdout.splitlines()]


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "recordings") as engine:
        yield engine


def test_a_change_of_picture_size_is_another_description_in_the_same_track(engine, film, small_film, tmp_path):
    """Through a wrap of the RTP time and of the sequence as well, which the camera begins just before."""

    def pictures(number):
        return film[number % len(film)] if number < CHANGE_AT else small_film[number % len(small_film)]

    fake, path = FakeCamera(pictures=pictures), tmp_path / "clip.mp4"
    fake.interval_s = 0.02
    with CameraThread(fake):
        record(engine, fake.url, pictures=CHANGE_AT * 2)
        found = cut(engine, path, seconds=30)
    stored = packets_of(path)
    sent = [length_prefixed(annex_b(pictures(number))) for number in range(fake.sent)]
    first = sent.index(stored[0])
    assert first < CHANGE_AT
    assert stored == sent[first : first + found.packets]
    assert found.stream_sha256 == hashlib.sha256(b"".join(stored)).hexdigest()
    sizes = sizes_of(path)
    assert len(sizes) == found.packets
    assert sizes == [(320, 180)] * (CHANGE_AT - first) + [(160, 96)] * (found.packets - CHANGE_AT + first)
    assert [gap.cause for gap in found.gaps] == [GapCause.NOT_RECORDED]  # before the camera was there
    if shutil.which("ffmpeg"):
        assert stock_hashes(path) == [found.stream_sha256]


def test_lost_packets_are_gaps_with_their_place_and_number(engine, film, tmp_path):
    lost_at = 47

    def mangle(frame, number):
        return b"" if number == lost_at else frame

    fake, path = FakeCamera(pictures=lambda number: film[number % len(film)]), tmp_path / "clip.mp4"
    fake.mangle = mangle
    fake.interval_s = 0.02
    with CameraThread(fake):
        record(engine, fake.url, pictures=100)
        found = cut(engine, path, seconds=30)
    (gap,) = [gap for gap in found.gaps if gap.cause is GapCause.PACKETS_LOST]
    assert gap.packets == found.packets_lost > 0
    assert found.first_utc <= gap.starts_at.timestamp() < gap.ends_at.timestamp() <= found.last_utc
    sent = [length_prefixed(annex_b(film[number % len(film)])) for number in range(fake.sent)]
    stored = packets_of(path)
    assert all(unit in sent for unit in stored)
    assert found.stream_sha256 == hashlib.sha256(b"".join(stored)).hexdigest()


def test_a_change_of_codec_on_reconnect_is_a_second_track(engine, cameras, tiny_clip, h265_clip, tmp_path):
    before, path = cameras("CAM-1", clip=tiny_clip), tmp_path / "clip.mp4"
    record(engine, before.url("CAM-1"), pictures=40)
    port = before.port
    before.stop()
    cameras("CAM-1", clip=h265_clip, port=port)
    engine.wait_for(StreamReport, where=lambda report: report.connected and report.codec == "hevc")
    here = len(engine.reports)
    received = engine.wait_for(StreamReport, since=here).frames_received
    engine.wait_for(StreamReport, where=lambda report: report.frames_received > received + 40)
    found = cut(engine, path, seconds=30)
    tracks = [packets_of(path, 0), packets_of(path, 1)]
    assert sum(map(len, tracks)) == found.packets
    hashes = [hashlib.sha256(b"".join(track)).hexdigest() for track in tracks]
    assert found.stream_sha256.split() == hashes
    with av.open(str(path)) as container:
        first, second = container.streams.video
        assert (first.codec_context.name, second.codec_context.name) == ("h264", "hevc")
        assert second.start_time is not None
        assert first.duration is not None
        assert first.time_base is not None
        assert second.time_base is not None
        assert second.start_time * second.time_base > first.duration * first.time_base * 0.9
    assert [len(sizes_of(path, track)) for track in (0, 1)] == [len(track) for track in tracks]
    assert GapCause.RECONNECTED in [gap.cause for gap in found.gaps]
    if shutil.which("ffmpeg"):
        assert stock_hashes(path) == hashes
    for track in tracks:
        numbers = [find_stamp(packet).number for packet in track]
        assert numbers == list(range(numbers[0], numbers[0] + len(track)))
    engine.set_cameras(File("file", os.fsencode(path)))
    engine.show("file", tile=1)
    engine.wait_for(StreamReport, where=lambda r: r.camera == "file" and r.frames_received == found.packets)


def test_an_engine_that_was_killed_is_a_gap_with_its_cause(film, tmp_path):
    fake, path = FakeCamera(pictures=lambda number: film[number % len(film)]), tmp_path / "clip.mp4"
    fake.interval_s = 0.02
    with CameraThread(fake):
        with EngineProcess(tmp_path / "recordings") as engine:
            record(engine, fake.url, pictures=80)
            engine.process.kill()
        with EngineProcess(tmp_path / "recordings") as engine:
            record(engine, fake.url, pictures=80)
            found = cut(engine, path, seconds=30)
    (gap,) = [gap for gap in found.gaps if gap.cause is not GapCause.NOT_RECORDED]
    assert gap.cause is GapCause.ENGINE_REPLACED
    assert gap.seconds > 0
    assert len(sizes_of(path)) == found.packets
