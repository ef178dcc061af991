"""The frozen program, on its own: run by `make bundle-test` after `make bundle`, never by default."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tmcwall.system_libraries import PACKAGES

BUNDLE: Final = Path(__file__).parents[2] / "dist" / "tmcwall"
PROGRAM: Final = BUNDLE / ("tmcwall.exe" if os.name == "nt" else "tmcwall")
LIMIT_S: Final = 180
OF_THE_C_LIBRARY: Final = ("ld-linux", "libc.", "libdl.", "libm.", "libpthread.", "libresolv.", "librt.")


def run(words: Sequence[str], *, home: Path) -> subprocess.CompletedProcess[str]:
    """Without a checkout, a virtual environment or a display."""
    environment = {"HOME": str(home), "PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    return subprocess.run(
        [PROGRAM, *words], cwd=home, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )


@pytest.fixture(scope="module")
def doctor(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    home = tmp_path_factory.mktemp("doctor")
    ended = run(["doctor", "--json", "--data-dir", str(home / "data"), "--lang", "en"], home=home)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(ended.stdout)
    assert report["schema"] == "tmcwall.doctor/1"
    return {check["check"]: check for check in report["checks"]}


def test_the_frozen_program_knows_that_it_is_frozen(doctor: dict[str, dict[str, Any]]) -> None:
    assert doctor["program"]["facts"]["frozen"] is True


def test_it_finds_its_resources_and_both_sets_of_migrations(doctor: dict[str, dict[str, Any]]) -> None:
    assert doctor["resources"]["status"] == "ok"


def test_it_paints_with_its_own_fonts_and_decodes(doctor: dict[str, dict[str, Any]]) -> None:
    assert doctor["qt"]["status"] == "ok"
    assert doctor["qt"]["facts"]["fonts"] >= 2
    assert doctor["qt"]["facts"]["charts"]
    assert doctor["video"]["status"] == "ok"


def test_it_carries_the_licences_and_no_tests(doctor: dict[str, dict[str, Any]]) -> None:
    names = {path.name for path in BUNDLE.rglob("*")}
    assert {"LICENSE", "NOTICE"} <= names
    assert not {"pytest", "hypothesis", "tkinter"} & names


def test_it_makes_its_local_database(tmp_path: Path) -> None:
    ended = run(["camera", "list", "--data-dir", str(tmp_path / "data")], home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "data" / "tmcwall.db").is_file()


def test_a_mistake_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    ended = run(["view", "rtsp://", "--data-dir", str(tmp_path / "data")], home=tmp_path)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


@pytest.mark.timeout(2 * LIMIT_S)
def test_its_demo_shows_a_live_tile_and_leaves_no_process(tmp_path: Path) -> None:
    statistics = tmp_path / "stats.json"
    picture = tmp_path / "wall.png"
    words = ["demo", "--cameras", "4", "--seconds", "10", "--data-dir", str(tmp_path / "data")]
    ended = run([*words, "--stats", str(statistics), "--screenshot", str(picture)], home=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    tiles = json.loads(statistics.read_text())["tiles"]
    assert any(tile["state"] == "live" for tile in tiles), tiles
    assert picture.stat().st_size > 10_000


@pytest.mark.skipif(os.name == "nt", reason="packages are those of Linux")
def test_every_library_that_it_leaves_to_the_machine_comes_with_the_packages_that_it_depends_on() -> None:
    files = [path for path in BUNDLE.rglob("*") if path.is_file() and ".so" in path.name]
    carried = {path.name for path in files}
    listed = subprocess.run(["readelf", "--dynamic", *files], capture_output=True, text=True, check=True).stdout
    left = set(re.findall(r"\(NEEDED\).*\[(.+)\]", listed)) - carried
    left = {name for name in left if not name.startswith(OF_THE_C_LIBRARY)}
    assert {"libGL.so.1", "libEGL.so.1", "libwayland-cursor.so.0", "libwayland-egl.so.1"} <= left
    package = (Path(__file__).parents[2] / "packaging" / "nfpm.yaml").read_text("utf-8")
    depends = set(re.findall(r"^  - (\S+)", package.partition("\noverrides:")[0], re.MULTILINE))
    assert {PACKAGES[name] for name in left} <= depends


WITHOUT_LIBGL = """
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work"
folder=$(dirname "$(/sbin/ldconfig -p | awk '/libGL.so.1 .*x86-64/ { print $NF; exit }')")
mount -t overlay overlay -o "lowerdir=$folder,upperdir=$1/upper,workdir=$1/work" "$folder"
rm "$folder/libGL.so.1"
"""
"""To be run with a folder in a mount name space of its own."""


@pytest.mark.skipif(os.name == "nt", reason="the driver brings OpenGL there")
def test_a_machine_without_libgl_is_one_sentence_that_names_the_package(tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    alone = ["unshare", "--mount", "sh", "-c", f'{WITHOUT_LIBGL}shift\nexec "$@"', "sh", str(tmp_path / "layer")]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets us hide no library")
    environment = {"HOME": str(tmp_path), "PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    ended = subprocess.run(
        [*alone, str(PROGRAM), "run"], env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert ended.returncode == 3
    assert "(libGL.so.1: libgl1)" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
