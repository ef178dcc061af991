"""`tmcwall camera ...` beside the running program: the wall's list of cameras changes without a restart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desktop_on_duty import DesktopOnDuty
from tmcwall.paths import Paths

LIST = "id,name,url,owner\nCAM-1,Gendengan,rtsp://10.0.0.1/x,dishub\nCAM-2,Pasar Gede,rtsp://10.0.0.2/x,polri\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def program(data: Path) -> Iterator[DesktopOnDuty]:
    with DesktopOnDuty(data) as program:
        yield program


def camera(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tmcwall", "camera", *words, "--data-dir", str(data), "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.timeout(300)
def test_cameras_are_looked_after_beside_the_running_program(
    data: Path, tmp_path: Path, program: DesktopOnDuty
) -> None:
    listed = tmp_path / "kamera.csv"
    listed.write_text(LIST, "utf-8")

    assert camera(data, "import", str(listed), "--dry-run").stdout.startswith("would come in: 2 new")
    imported = camera(data, "import", str(listed))
    assert (imported.returncode, imported.stdout.startswith("2 cameras new")) == (0, True), imported
    program.says("cameras CAM-1 CAM-2")

    edited = camera(data, "edit", "CAM-1,CAM-2", "rw=3", "owner=pemkot_rt")
    assert (edited.returncode, edited.stdout) == (0, "2 cameras changed, 0 as before\n"), edited
    refused = camera(data, "edit", "CAM-1", "lat=91")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused

    exported = tmp_path / "keluar.csv"
    assert camera(data, "export", str(exported)).returncode == 0
    assert exported.read_text("utf-8-sig").count("pemkot_rt") == 2

    assert camera(data, "retire", "CAM-2", "--reason", "izin dicabut").returncode == 0
    assert "rtsp://10.0.0.2/x  Off" in camera(data, "list").stdout
    untested = camera(data, "test", "CAM-2")
    assert (untested.returncode, "out of use" in untested.stderr) == (2, True), untested

    assert camera(data, "remove", "CAM-1").returncode == 0
    program.says("cameras CAM-2")
    again = camera(data, "import", str(listed))
    assert "1 cameras that had been removed" in again.stderr, again
    program.says("cameras CAM-1 CAM-2")


@pytest.mark.timeout(120)
def test_without_a_running_program_the_commands_open_the_data_themselves(data: Path, tmp_path: Path) -> None:
    listed = tmp_path / "kamera.csv"
    listed.write_text(LIST, "utf-8")
    assert camera(data, "import", str(listed)).returncode == 0
    assert camera(data, "remove", "CAM-1").returncode == 0
    shown = camera(data, "list").stdout
    assert "CAM-2" in shown
    assert "CAM-1" not in shown
    assert not Path(Paths.under(data).endpoint).exists()


@pytest.mark.parametrize(
    "words",
    [
        ["edit", "CAM-9", "rw=3"],
        ["edit", "CAM-9", "rw"],
        ["edit", "CAM-9", "tinggi=3"],
        ["edit", "CAM-9", "url=rtsp://petugas:secret-4711@10.0.0.1/x"],
        ["retire", "CAM-9"],
        ["remove", "CAM-9"],
        ["export", "/nonexistent/cameras.csv"],
        ["export", "cameras.pdf"],
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_no_traceback(data: Path, words: list[str]) -> None:
    refused = camera(data, *words)
    assert refused.returncode == 2, refused
    assert refused.stderr.count("\n") == 1
    assert "secret-4711" not in refused.stderr
