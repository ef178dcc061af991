"""`tmcwall camera test`: live is what a decoder makes pictures of, and what was odd is named."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.city_in_a_thread import SimServer
from tmcwall.commands.camera import run_test
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.texts import Language, Translator

pytest_plugins = ["tests.cameras"]

Cameras = Callable[..., SimServer]
ENGLISH = Translator(Language.EN)


def look(city: SimServer, data: Path, *, picture: Path | None = None, as_json: bool = False) -> int:
    return run_test(city.url("CAM-1"), data_dir=data, translate=ENGLISH, picture=picture, as_json=as_json)


def test_a_live_camera_is_told_with_size_rate_delay_key_pictures_way_and_login(
    cameras: Cameras, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look(cameras("CAM-1"), tmp_path, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    (stream,) = told["streams"]
    seen = stream["seen"]
    assert told["schema"] == "tmcwall.camera-test/1"
    assert (seen["codec"], seen["width"], seen["height"], seen["carrier"], seen["login"]) == (
        "h264",
        320,
        180,
        "tcp",
        None,
    )
    assert (seen["session"], seen["oddities"], seen["packets_lost"]) == ("own", [], 0)
    assert seen["pictures_a_second"] == pytest.approx(25, abs=1)
    assert seen["key_interval_s"] == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize(("name", "fault"), [("no-key", "no_key_frame"), ("giant", "picture_too_large")])
def test_a_camera_whose_packets_make_no_picture_is_not_live(
    cameras: Cameras, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, fault: str
) -> None:
    city = cameras("CAM-1")
    city.control.fault("CAM-1", name)
    assert look(city, tmp_path, as_json=True) == 1
    (stream,) = json.loads(capsys.readouterr().out)["streams"]
    assert (stream["seen"], stream["fault"]) == (None, fault)


def test_what_a_camera_does_wrong_is_told_with_the_rule_and_its_cost(
    cameras: Cameras, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = cameras("CAM-1")
    city.control.fault("CAM-1", "odd:padding")
    assert look(city, tmp_path) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("URL: live, h264 320×180, ")
    assert second.startswith("  Padding of no bytes, ")
    assert "RFC 3550 section 5.1" in second


def test_a_camera_that_only_ffmpeg_understands_is_live_and_the_reason_is_said(
    cameras: Cameras, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = cameras("CAM-1")
    city.control.fault("CAM-1", "sdp:long")
    assert look(city, tmp_path) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("URL: live, h264 320×180, ")
    assert second == "  Read by FFmpeg's RTSP because of: camera answers garbled"


def test_a_camera_that_nothing_reads_is_told_with_what_was_odd_and_that_both_ways_were_tried(
    cameras: Cameras, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = cameras("CAM-1")
    city.control.fault("CAM-1", "sdp:noise")
    assert look(city, tmp_path) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("(no session description)")
    assert second == "  FFmpeg's RTSP could not read it either: camera answers garbled"


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_the_picture_is_saved_whole_for_its_owner_only(cameras: Cameras, tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"CAM-1{suffix}"
    assert look(cameras("CAM-1"), tmp_path, picture=picture) == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (320, 180)
    assert len({image.pixel(x, 90) for x in range(0, 320, 8)}) > 4
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600


def test_of_a_camera_without_pictures_no_file_is_left(
    cameras: Cameras, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = cameras("CAM-1")
    city.control.fault("CAM-1", "missing")
    picture = tmp_path / "CAM-1.png"
    assert look(city, tmp_path, picture=picture) == 1
    assert not picture.exists()
    assert str(picture) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("camera", "file", "code"),
    [
        ("CAM-1", "picture.pdf", DomainCode.PICTURE_FORMAT),
        ("CAM-1", "nowhere/picture.png", DomainCode.OUTPUT_REFUSED),
        ("CAM-1", "there.png", DomainCode.OUTPUT_EXISTS),
        ("CAM-1,CAM-2", "picture.png", DomainCode.PICTURE_OF_ONE),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_a_camera_is_asked(
    tmp_path: Path, camera: str, file: str, code: DomainCode
) -> None:
    (tmp_path / "there.png").write_bytes(b"an older picture")
    with pytest.raises(DomainError) as refused:
        run_test(camera, data_dir=tmp_path / "data", translate=ENGLISH, picture=tmp_path / file)
    assert refused.value.code is code
    assert (tmp_path / "there.png").read_bytes() == b"an older picture"
    assert not (tmp_path / "data").exists()
