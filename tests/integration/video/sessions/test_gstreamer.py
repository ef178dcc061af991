"""The engine with a server and a recorder that are not ours."""

import hashlib
import shutil
import subprocess
import time
from pathlib import Path

import av
import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.waiting import until
from tmcwall.containers.annex_b import nal_units
from tmcwall.domain.source import TransportPreference
from tmcwall.video.ipc.messages import ClipCut, CutClip, Record, StreamReport

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).parents[1] / "gstreamer_server.py"
PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); gi.require_version('GstApp', '1.0')"


def gstreamer_is_missing():
    if shutil.which("ffmpeg") is None or not Path(SYSTEM_PYTHON).exists():
        return True
    return subprocess.run([SYSTEM_PYTHON, "-c", PROBE], capture_output=True, check=False).returncode != 0


pytestmark = pytest.mark.skipif(gstreamer_is_missing(), reason="GStreamer's RTSP server or ffmpeg is not installed")


CODING = {
    "h264": ["-c:v", "libx264", "-x264-params", "aud=1"],
    "h265": ["-c:v", "libx265", "-x265-params", "log-level=none:aud=1:pools=1:keyint=25:min-keyint=25"],
}


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Four seconds of moving pictures, by codec."""
    folder = tmp_path_factory.mktemp("film")
    source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-t", "4"]
    jpeg = [
        "-c:v",
        "mjpeg",
        "-huffman",
        "default",
        "-force_duplicated_matrix",
        "1",
        "-pix_fmt",
        "yuvj420p",
        "-q:v",
        "9",
    ]
    command = ["ffmpeg", "-v", "error", *source, *jpeg, "-f", "mjpeg", folder / "film.jpeg"]
    subprocess.run(command, check=True)
    for codec, coding in CODING.items():
        common = ["-preset", "ultrafast", "-g", "25", "-bf", "0"]
        command = ["ffmpeg", "-v", "error", *source, *coding, *common, folder / f"film.{codec}"]
        subprocess.run(command, check=True)
    return folder


@pytest.fixture
def serve(films):
    processes = []

    def start(count, codec="h264", config="-1"):
        command = [SYSTEM_PYTHON, SERVER, films / f"film.{codec}", str(count), "25", config]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        port = int(process.stdout.readline())
        return [f"rtsp://127.0.0.1:{port}/cam{index:02d}" for index in range(count)]

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def packets_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def nal_units_of(packet):
    """Without trailing zeros: FFmpeg's H.265 parser leaves the first byte of the next start code on a picture."""
    units, start = [], 0
    while start < len(packet):
        stop = start + 4 + int.from_bytes(packet[start : start + 4], "big")
        units.append(packet[start + 4 : stop].rstrip(b"\0"))
        start = stop
    return units


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_clip_holds_the_same_packets_as_a_recording_by_stock_ffmpeg(serve, tmp_path, codec):
    (url,) = serve(1, codec)
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", url, record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.wait_for(StreamReport, where=lambda report: report.connected)
        stock = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-t", "6", "-c", "copy", tmp_path / "s.mkv"]
        )
        until((tmp_path / "s.mkv").exists)
        started = time.time()
        engine.send(
            CutClip(
                request="r",
                camera="cam",
                start_utc=started + 2.5,
                end_utc=started + 4.0,
                path=str(tmp_path / "clip.mp4"),
            )
        )
        clip = engine.wait_for(ClipCut)
        assert stock.wait(timeout=120) == 0
    ours, theirs = packets_of(tmp_path / "clip.mp4"), packets_of(tmp_path / "s.mkv")
    assert clip.packets == len(ours)
    wanted, all_of_them = [nal_units_of(packet) for packet in ours], [nal_units_of(packet) for packet in theirs]
    places = [place for place in range(len(theirs)) if all_of_them[place : place + len(ours)] == wanted]
    assert places, "no stretch of the stock recording has these packets"
    assert clip.stream_sha256 == hashlib.sha256(b"".join(ours)).hexdigest()


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_clip_with_time_before_and_after_holds_every_picture_of_the_servers_own_file(serve, films, tmp_path, codec):
    with av.open(str(films / f"film.{codec}")) as container:
        film = [nal_units(bytes(packet)) for packet in container.demux(video=0) if packet.size]
    assert len({b"".join(picture) for picture in film}) == len(film) == 100
    (url,) = serve(1, codec, "0")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", url, record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.wait_for(StreamReport, where=lambda report: report.frames_received > 75)
        pressed = time.time()
        asked = (pressed - 2.0, pressed + 3.0)
        path = tmp_path / "clip.mp4"
        engine.send(CutClip(request="r", camera="cam", start_utc=asked[0], end_utc=asked[1], path=str(path)))
        clip = engine.wait_for(ClipCut)
    ours = packets_of(path)
    begins = next(number for number, picture in enumerate(film) if picture == nal_units_of(ours[0]))
    expected = [film[(begins + number) % len(film)] for number in range(len(ours))]
    assert [n for n, packet in enumerate(ours) if nal_units_of(packet) != expected[n]] == []
    assert (clip.packets, clip.packets_lost, clip.gaps) == (len(ours), 0, ())
    assert clip.first_utc <= asked[0]
    assert asked[1] - 0.5 < clip.last_utc <= asked[1]
    assert clip.stream_sha256 == hashlib.sha256(b"".join(map(length_prefixed, expected))).hexdigest()
    assert stock_hash(path) == clip.stream_sha256


def test_a_clip_of_jpeg_pictures_shows_every_picture_of_the_servers_own_file_in_stock_ffmpeg(serve, films, tmp_path):
    film = pictures_in(films / "film.jpeg", "-f", "mjpeg")
    assert len(set(film)) == len(film) == 100
    (url,) = serve(1, "jpeg")
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", url, record="main"))
        engine.send(Record(cameras=["cam"]))
        engine.show("cam")
        until(lambda: engine.pictures() > 5)
        report = engine.wait_for(StreamReport, where=lambda report: report.frames_received > 50)
        pressed = time.time()
        path = tmp_path / "clip.mp4"
        engine.send(CutClip(request="r", camera="cam", start_utc=pressed - 1, end_utc=pressed + 1, path=str(path)))
        clip = engine.wait_for(ClipCut)
    assert (report.codec, report.width, report.height, report.packets_lost) == ("mjpeg", 640, 360, 0)
    ours = pictures_in(path)
    begins = film.index(ours[0])
    assert ours == [film[(begins + number) % len(film)] for number in range(len(ours))]
    assert (clip.packets, clip.packets_lost, clip.gaps) == (len(ours), 0, ())
    assert stock_hash(path) == clip.stream_sha256


def pictures_in(path, *form):
    """As stock ffmpeg decodes them: each one's hash."""
    command = ["ffmpeg", "-v", "error", *form, "-i", path, "-fps_mode", "passthrough", "-f", "framemd5", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.rpartition(",")[2].strip() for line in said.splitlines() if not line.startswith("#")]


def length_prefixed(units):
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def stock_hash(path):
    command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "streamhash"]
    result = subprocess.run([*command, "-hash", "sha256", "-"], check=True, capture_output=True, text=True)
    return result.stdout.strip().rpartition("=")[2].lower()


def test_many_streams_of_one_server_all_play(serve, tmp_path):
    urls = serve(12)
    names = [f"cam{index}" for index in range(len(urls))]
    with EngineProcess(tmp_path / "recordings", decoders=2) as engine:
        engine.set_cameras(*(camera(name, url) for name, url in zip(names, urls, strict=True)))
        for index, name in enumerate(names):
            engine.show(name, tile=index // 2, decoder=index % 2)
        until(lambda: all(engine.pictures(index // 2, index % 2) > 25 for index in range(len(urls))))
        assert {report.fault for report in engine.reports if isinstance(report, StreamReport)} == {None}


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_stream_over_udp_loses_nothing_and_plays(serve, tmp_path, codec):
    (url,) = serve(1, codec)
    with EngineProcess(tmp_path / "recordings") as engine:
        engine.set_cameras(camera("cam", url, transport=TransportPreference.UDP))
        engine.show("cam")
        until(lambda: engine.pictures() > 40)
        report = engine.wait_for(StreamReport, where=lambda report: report.frames_received > 50)
        assert (report.fault, report.packets_lost) == (None, 0)
