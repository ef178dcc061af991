import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

pytest_plugins = ["tests.cameras"]

ROOT = Path(__file__).parents[3]
SECRET = "sandi-rahasia-uji"


def view(*arguments: str, text: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tmcwall", "view", *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_wall_of_streams_ends_with_statistics_and_a_screenshot(cameras, closed_port, tiny_clip, tmp_path):
    server = cameras("c1", "c2")
    stats, picture = tmp_path / "stats.json", tmp_path / "wall.png"
    done = view(
        server.url("c1"),
        server.url("c2"),
        f"rtsp://127.0.0.1:{closed_port}/none",
        str(tiny_clip),
        *("--grid", "2x2", "--size", "640x360", "--warmup", "5", "--seconds", "3"),
        *("--stats", str(stats), "--screenshot", str(picture)),
    )
    assert (done.returncode, done.stdout) == (0, "")
    told = json.loads(stats.read_text())
    assert told["schema"] == "tmcwall.stats/1"
    assert told["seconds"] >= 3
    first, second, dark, played = told["tiles"]
    assert [tile["camera"] for tile in told["tiles"]] == ["1", "2", "3", "4"]
    for tile in (first, second):
        assert (tile["state"], tile["plan"], tile["decoder"], tile["reconnects"]) == ("live", "full", "software", 0)
        assert tile["frames_displayed"] > 0
        assert tile["frames_decoded"] > 0
        assert tile["frames_received"] > 0
        assert tile["first_picture_s"] > 0
        assert set(tile["delay_ms"]) == {"p50", "p99"}
    assert (dark["state"], dark["frames_displayed"], dark["first_picture_s"]) == ("lost", 0, None)
    assert played["first_picture_s"] > 0
    assert set(told["ui"]["loop_delay_ms"]) == {"p50", "p99", "max"}
    for shares in (told["cpu_s"], told["memory_mib"]):
        assert shares["total"] == pytest.approx(shares["ui"] + shares["engine"] + shares["decode"], abs=0.01)
        assert shares["engine"] > 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (640, 360)


def test_a_list_with_a_bad_row_names_the_row_and_shows_the_others(cameras, tmp_path):
    server = cameras("c1")
    stats = tmp_path / "stats.json"
    rows = f"id,name,url\nK-1,Simpang Gendengan,{server.url('c1')}\nK-2,Rusak,telnet://alamat\n"
    done = view("--file", "-", "--seconds", "0.5", "--size", "320x180", "--stats", str(stats), text=rows)
    assert done.returncode == 0
    assert "baris 3:" in done.stderr
    assert [tile["camera"] for tile in json.loads(stats.read_text())["tiles"]] == ["K-1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense://alamat/x"],
        ["rtsp://"],
        ["rtsp://127.0.0.1/a", "--grid", "17x1"],
        ["rtsp://127.0.0.1/a", "--grid", "besar"],
        ["rtsp://127.0.0.1/a", "rtsp://127.0.0.1/b", "--grid", "1x1"],
        ["rtsp://127.0.0.1/a", "--size", "640"],
        ["rtsp://127.0.0.1/a", "--priority", "9"],
        ["--file", "tidak-ada.csv"],
        [],
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(arguments):
    done = view(*arguments, "--seconds", "1")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_url_with_a_password_is_refused_with_a_pointer_to_the_list():
    done = view(f"rtsp://petugas:{SECRET}@127.0.0.1/a", "--seconds", "1")
    assert done.returncode == 2
    assert "--file" in done.stderr
    assert SECRET not in done.stderr + done.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there the environment says whether there is one")
def test_a_missing_display_is_exit_code_3():
    done = view("rtsp://127.0.0.1/a", "--seconds", "1", QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_settings_library_is_not_loaded_for_it():
    loaded = "import sys, tmcwall.commands.view, tmcwall.paths; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert "pydantic_settings" not in told.stdout.split()
