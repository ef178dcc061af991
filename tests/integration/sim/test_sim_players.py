"""Players of others show the city's cameras, and its faults look like faults."""

import os
import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.city_in_a_thread import SimServer
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.auth import Scheme
from tmcwall.sim.footage import read_footage
from tmcwall.sim.stamp import find_stamp

pytest_plugins = ["tests.cameras"]
Cameras = Callable[..., SimServer]

LIMIT_S = 240


def ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "warning", *arguments]
    return subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)


def pull(url: str, frames: int, *output: str) -> subprocess.CompletedProcess[bytes]:
    quick = ["-fpsprobesize", "0", "-analyzeduration", "100000"]
    return ffmpeg("-rtsp_transport", "tcp", *quick, "-i", url, "-frames:v", str(frames), *output)


def with_login(url: str, username: str, password: str) -> str:
    return url.replace("rtsp://", f"rtsp://{username}:{password}@")


def units_of(stream: bytes) -> list[bytes]:
    """The pictures of a byte stream, cut in front of each stamp."""
    starts = [match.start() for match in re.finditer(rb"\x00\x00\x00\x01\x06\x05.tmcwall", stream, re.DOTALL)]
    return [stream[start:stop] for start, stop in zip(starts, [*starts[1:], len(stream)], strict=True)]


def numbers_of(stream: bytes) -> list[int]:
    """The running numbers on the stamps of a byte stream's pictures."""
    stamps = [find_stamp(unit) for unit in units_of(stream)]
    return [stamp.number for stamp in stamps if stamp is not None]


def numbers_seen_by_gstreamer(url: str, *properties: str) -> list[int]:
    """Of thirty pictures that it takes. Its exit code is not asked: closing, it may cancel its own PAUSE and call that
    an error of the connection (GStreamer 1.22, `gst_rtspsrc_loop_send_cmd`)."""
    source = ["rtspsrc", f"location={url}", *properties, "!", "rtph264depay", "!", "h264parse", "config-interval=0"]
    units = ["!", "video/x-h264,stream-format=byte-stream,alignment=au", "!", "identity", "eos-after=31"]
    command = ["gst-launch-1.0", "-q", *source, *units, "!", "fdsink", "fd=1"]
    result = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)
    numbers = numbers_of(result.stdout)
    assert numbers, result.stderr.decode()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return numbers


def test_ffmpeg_decodes_every_picture_over_the_end_of_the_loop(cameras: Cameras):
    server = cameras("CAM-1")
    result = pull(server.url("CAM-1"), 70, "-f", "framemd5", "-")
    lines = [line.split(b",") for line in result.stdout.splitlines() if not line.startswith(b"#")]
    assert result.returncode == 0, result.stderr.decode()
    assert len(lines) == 70
    assert len({line[-1] for line in lines}) == 50
    assert result.stderr == b""


def test_pictures_are_numbered_without_a_gap_and_arrive_as_they_are_in_the_file(cameras: Cameras, tiny_clip: Path):
    server = cameras("CAM-1")
    result = pull(server.url("CAM-1"), 60, "-c", "copy", "-f", "h264", "-")
    units = units_of(result.stdout)
    numbers = numbers_of(result.stdout)
    assert numbers == list(range(numbers[0], numbers[0] + 60))
    assert {stamp.camera for stamp in map(find_stamp, units) if stamp is not None} == {"CAM-1"}
    sent = {nal for picture in read_footage(tiny_clip).pictures for nal in picture.nals}
    assert all(sent.intersection(unit.split(START_CODE)) for unit in units)


def test_gstreamer_plays_it(cameras: Cameras):
    assert len(numbers_seen_by_gstreamer(cameras("CAM-1").url("CAM-1"), "protocols=tcp")) == 30


def test_mpv_plays_it(cameras: Cameras):
    server = cameras("CAM-1")
    command = ["mpv", "--no-config", "--vo=null", "--ao=null", "--frames=20", "--rtsp-transport=tcp"]
    result = subprocess.run([*command, server.url("CAM-1")], capture_output=True, timeout=LIMIT_S, check=False)
    assert result.returncode == 0, result.stdout.decode()


@pytest.mark.parametrize("schemes", [(Scheme.DIGEST_MD5,), (Scheme.BASIC,), (Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5)])
def test_a_password_is_asked_for_and_a_wrong_one_refused(
    cameras: Cameras, camera_login: tuple[str, str], schemes: tuple[Scheme, ...]
):
    username, password = camera_login
    server = cameras("CAM-1", password=True, schemes=schemes)
    assert pull(with_login(server.url("CAM-1"), username, password), 5, "-f", "null", "-").returncode == 0
    refused = pull(with_login(server.url("CAM-1"), username, "salah"), 5, "-f", "null", "-")
    assert b"401" in refused.stderr


def test_ffmpeg_and_gstreamer_play_it_over_udp(cameras: Cameras):
    url = cameras("CAM-1").url("CAM-1")
    played = ffmpeg("-rtsp_transport", "udp", "-i", url, "-frames:v", "40", "-f", "null", "-")
    assert played.returncode == 0, played.stderr.decode()
    # GStreamer shares the ports that the system picks for it with others that do so, too; packets then go astray.
    first = 20_000 + 2 * (os.getpid() % 4_000)
    assert len(numbers_seen_by_gstreamer(url, "protocols=udp", f"port-range={first}-{first + 1}")) == 30


@pytest.mark.parametrize(
    ("trouble", "sign"),
    [
        ("unauthorized", b"401"),
        ("missing", b"404"),
        ("busy", b"453"),
        ("refuse", b"Connection reset|Broken pipe|Input/output error|Invalid data"),
        ("html", b"Invalid data|nd of file"),
    ],
)
def test_a_camera_in_trouble_says_so(cameras: Cameras, trouble: str, sign: bytes):
    server = cameras("CAM-1", "CAM-2")
    server.control.fault("CAM-1", trouble)
    refused = pull(server.url("CAM-1"), 5, "-f", "null", "-")
    assert refused.returncode != 0
    assert re.search(sign, refused.stderr), refused.stderr.decode()
    assert pull(server.url("CAM-2"), 5, "-f", "null", "-").returncode == 0
    server.control.clear("CAM-1")
    assert pull(server.url("CAM-1"), 5, "-f", "null", "-").returncode == 0


def test_a_camera_can_send_its_clients_elsewhere(cameras: Cameras):
    server = cameras("CAM-1", "CAM-2")
    server.control.fault("CAM-1", f"redirect:{server.url('CAM-2')}")
    result = pull(server.url("CAM-1"), 5, "-c", "copy", "-f", "h264", "-")
    stamp = find_stamp(result.stdout)
    assert stamp is not None
    assert stamp.camera == "CAM-2"


def test_a_frozen_camera_repeats_one_picture_with_fresh_times(cameras: Cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "freeze")
    result = pull(server.url("CAM-1"), 30, "-f", "framemd5", "-")
    lines = [line.split(b",") for line in result.stdout.splitlines() if not line.startswith(b"#")]
    assert len(lines) == 30
    assert len({line[-1] for line in lines}) == 1
    assert len({line[2] for line in lines}) == 30


def test_a_black_camera_is_dark_but_not_frozen(cameras: Cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "black")
    result = pull(server.url("CAM-1"), 20, "-pix_fmt", "gray", "-f", "rawvideo", "-")
    size = 320 * 180
    frames = {result.stdout[start : start + size] for start in range(0, 20 * size, size)}
    assert max(result.stdout) < 40
    assert len(frames) > 5


def test_a_camera_that_drops_comes_back_by_itself(cameras: Cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "drop:0")
    returned = False
    for _ in range(20):
        returned = returned or pull(server.url("CAM-1"), 3, "-f", "null", "-").returncode == 0
    assert returned


def test_a_silent_camera_accepts_and_says_nothing(cameras: Cameras):
    server = cameras("CAM-1")
    server.control.fault("CAM-1", "silent")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT_S) as connection:
        connection.sendall(f"OPTIONS {server.url('CAM-1')} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
        connection.sendall(b"OPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n")
        assert b"CSeq: 2" in connection.recv(4096)


def test_orders_for_unknown_cameras_and_unknown_faults_are_refused(cameras: Cameras):
    server = cameras("CAM-1")
    with pytest.raises(DomainError) as missing:
        server.control.fault("CAM-9", "stall")
    assert missing.value.code is DomainCode.NOT_FOUND
    with pytest.raises(DomainError) as unknown:
        server.control.fault("CAM-1", "explode")
    assert unknown.value.code is DomainCode.FAULT_UNKNOWN


def test_a_port_in_use_is_said(cameras: Cameras):
    server = cameras("CAM-1")
    with pytest.raises(Fault) as caught:
        cameras("CAM-2", port=server.port)
    assert caught.value.code is FaultCode.PORT_IN_USE


def test_a_session_that_says_nothing_is_ended(cameras: Cameras):
    server = cameras("CAM-1", session_timeout_s=0.2)
    url = server.url("CAM-1")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT_S) as connection:
        connection.sendall(
            f"SETUP {url} RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n".encode()
        )
        connection.sendall(f"PLAY {url} RTSP/1.0\r\nCSeq: 2\r\n\r\n".encode())
        while connection.recv(65_536):
            pass
