"""The program as a user starts it: one clear sentence and an exit code for every mistake, never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


def run(words: Sequence[str], *, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment}
    return subprocess.run(
        [sys.executable, "-m", "tmcwall", *words],
        input=text,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("words", [["fly"], ["view", "rtsp://officer:secret-4711@127.0.0.1/x"]])
def test_wrong_input_is_one_sentence_and_exit_code_two(words: list[str]) -> None:
    ended = run(words)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("tmcwall: ")
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "secret-4711" not in ended.stdout + ended.stderr


def test_a_demo_that_showed_no_camera_in_its_time_says_so_and_fails(tmp_path: Path) -> None:
    words = ["demo", "--cameras", "1", "--seconds", "0.05", "--data-dir", str(tmp_path / "data")]
    ended = run(words, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "sebelum satu kamera pun tampil" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_missing_display_is_said_and_exit_code_three(tmp_path: Path) -> None:
    ended = run(["run", "--data-dir", str(tmp_path)], QT_QPA_PLATFORM="xcb", DISPLAY="", WAYLAND_DISPLAY="")
    assert ended.returncode == 3
    assert "layar" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", [["sim", "--port"], ["server", "run", "--port"]])
def test_a_port_in_use_is_said_and_exit_code_three(command: list[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run([*command, str(taken.getsockname()[1]), "--data-dir", str(tmp_path)])
    assert ended.returncode == 3
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_corrupt_settings_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("language = id\n")
    ended = run(["camera", "list", "--data-dir", str(tmp_path)])
    assert ended.returncode == 3
    assert "settings.toml" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_corrupt_database_is_set_aside_and_said(tmp_path: Path) -> None:
    run(["camera", "list", "--data-dir", str(tmp_path)])
    (tmp_path / "tmcwall.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    ended = run(["camera", "list", "--data-dir", str(tmp_path)])
    assert ended.returncode == 3
    assert len(ended.stderr.strip().splitlines()) == 1
    assert any((tmp_path / "damaged").rglob("*.db"))
    assert run(["camera", "list", "--data-dir", str(tmp_path)]).returncode == 0


def test_a_list_comes_in_row_by_row_and_every_bad_row_is_said(tmp_path: Path) -> None:
    listed = tmp_path / "cameras.csv"
    listed.write_text(
        "id;name;url\nA;Simpang A;rtsp://10.0.0.5/a\n;tanpa id;rtsp://10.0.0.6/b\nA;dua kali;rtsp://10.0.0.7/c\n"
        "B;luar;rtsp://127.0.0.1/d\n",
        encoding="utf-8-sig",
    )
    data = ["--data-dir", str(tmp_path / "data")]
    ended = run(["camera", "import", str(listed), *data])
    assert ended.returncode == 0, ended.stderr
    assert [line.split(":")[0] for line in ended.stderr.strip().splitlines()] == ["baris 3", "baris 4", "baris 5"]
    assert "Simpang A" in run(["camera", "list", *data]).stdout


def test_a_row_that_came_in_with_a_remark_does_not_look_refused(tmp_path: Path) -> None:
    listed = tmp_path / "cameras.csv"
    listed.write_text("id,url\nA,rtsp://10.0.0.5/a\nB,rtsp://10.0.0.5/a\n,rtsp://10.0.0.6/b\n")
    ended = run(["camera", "import", str(listed), "--data-dir", str(tmp_path / "data")])
    refused, remarked = ended.stderr.strip().splitlines()
    assert refused.startswith("baris 4: ")
    assert remarked.startswith("perhatikan (kamera tetap masuk), baris 3: ")


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    listed = tmp_path / "cameras.csv"
    listed.write_text("id,url\nA,rtsp://10.0.0.5/a\n")
    data = ["--data-dir", str(tmp_path / "data")]
    assert run(["camera", "import", str(listed), "--dry-run", *data]).returncode == 0
    assert "rtsp" not in run(["camera", "list", *data]).stdout


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_bytes(bytes(range(256)) * 20)
    ended = run(["camera", "import", str(tmp_path / "cameras.csv"), "--data-dir", str(tmp_path / "data")])
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_camera_that_is_not_there_is_tested_and_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ended = run(["camera", "test", f"rtsp://127.0.0.1:{port}/x"])
    assert ended.returncode == 1
    assert ended.stdout.startswith("URL: ")


def account_in(folder: Path) -> list[str]:
    return ["server", "user", "add", "12345678", "--role", "operator", "--secret-file", "-", "--data-dir", str(folder)]


def test_a_server_account_needs_a_good_password_that_is_never_an_argument(tmp_path: Path) -> None:
    add = account_in(tmp_path)
    assert run(add, text="short\n").returncode == 2
    assert run(add, text="kata sandi yang panjang\n").returncode == 0
    assert run(add, text="kata sandi yang panjang\n").returncode == 2


def test_the_first_account_in_an_empty_folder_makes_a_database_and_says_where(tmp_path: Path) -> None:
    first = run(account_in(tmp_path), text="kata sandi yang panjang\n")
    assert first.returncode == 0
    assert first.stderr == f"tmcwall: basis data server yang baru dibuat di {tmp_path / 'server'}\n"
    second = ["server", "webhook", "add", "112", "--data-dir", str(tmp_path)]
    assert run(second).stderr == ""


def test_a_servers_data_are_copied_checked_and_put_back_by_commands(tmp_path: Path) -> None:
    data, copy = ["--data-dir", str(tmp_path), "--lang", "en"], str(tmp_path / "copy.db")
    missing = run(["server", "epoch", *data])
    assert (missing.returncode, len(missing.stderr.splitlines())) == (3, 1)
    run(account_in(tmp_path), text="sandi yang cukup panjang\n")
    assert copy in run(["server", "backup", "--out", copy, *data]).stdout
    assert run(["server", "check", "--read-all", *data]).stdout.splitlines() == [
        "Clips checked: 0, missing: 0, damaged: 0.",
        "Operations checked: 0, without values: 0, broken links: 0.",
    ]
    assert run(["server", "restore", copy, *data]).returncode == 0
    assert "new order" in run(["server", "epoch", *data]).stdout
    assert "webhook" in run(["server", "key", "renew", *data]).stdout
    assert run(["server", "restore", str(tmp_path / "absent.db"), *data]).returncode == 2


def test_accounts_of_the_server_are_listed_changed_disabled_and_enabled(tmp_path: Path) -> None:
    data = ["--data-dir", str(tmp_path)]
    assert run(account_in(tmp_path), text="kata sandi yang panjang\n").returncode == 0
    assert run(["server", "user", "role", "12345678", "perwira", *data]).stdout == "12345678 sekarang Perwira piket.\n"
    new = ["server", "user", "password", "12345678", "--secret-file", "-", *data]
    assert run(new, text="pendek\n").returncode == 2
    assert run(new, text="kata sandi lain lagi\n").returncode == 0
    assert run(["server", "user", "disable", "12345678", *data]).returncode == 0
    assert "Perwira piket  nonaktif sejak" in run(["server", "user", "list", *data]).stdout
    assert run(["server", "user", "enable", "12345678", *data]).returncode == 0
    assert run(["server", "user", "list", *data]).stdout == "12345678  12345678  Perwira piket  aktif\n"
    assert run(["server", "user", "disable", "absent", *data]).returncode == 2


@pytest.mark.parametrize("words", [["list"], ["disable", "1"], ["enable", "1"], ["role", "1", "admin"]])
def test_in_a_folder_without_a_server_no_account_is_looked_for(words: list[str], tmp_path: Path) -> None:
    ended = run(["server", "user", *words, "--data-dir", str(tmp_path)])
    assert ended.returncode == 3
    assert not (tmp_path / "server").exists()


@pytest.mark.parametrize("command", [["user", "add", "12345678", "--role", "operator"], ["webhook", "add", "112"]])
@pytest.mark.parametrize("folder", ["that is not there", "of something else"])
def test_in_a_folder_without_a_server_nothing_is_added_and_nothing_made(
    command: list[str], folder: str, tmp_path: Path
) -> None:
    (tmp_path / "of something else").mkdir()
    (tmp_path / "of something else" / "notes.txt").touch()
    data = tmp_path / folder
    ended = run(["server", *command, "--secret-file", "-", "--data-dir", str(data)], text="kata sandi yang panjang\n")
    assert ended.returncode == 3
    assert "belum ada server pusat" in ended.stderr
    assert not (data / "server").exists()


def test_in_the_folder_of_the_user_no_server_is_made_unasked(tmp_path: Path) -> None:
    add = account_in(tmp_path)[:-2]
    ended = run(add, text="kata sandi yang panjang\n", HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "share"))
    assert ended.returncode == 3
    assert not (tmp_path / "share").exists()


def test_a_postgresql_that_is_down_is_not_called_a_matter_of_folders(tmp_path: Path) -> None:
    down = ["--database", "postgresql://tester@127.0.0.1:1/absent", "--data-dir", str(tmp_path)]
    ended = run(["server", "run", "--port", "0", *down])
    assert ended.returncode == 3
    assert "PostgreSQL" in ended.stderr
    assert "folder" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_machine_that_is_only_a_server_says_what_the_wall_needs() -> None:
    program = "import sys; sys.modules['PySide6'] = None; from tmcwall.cli import main; sys.exit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", program, "view", "rtsp://127.0.0.1/x"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 3
    assert "tmcwall[desktop]" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_wall_of_given_streams_starts_without_database_workbooks_and_network_clients() -> None:
    heavy = ["sqlalchemy", "alembic", "openpyxl", "httpx2", "pyqtgraph", "av", "cv2"]
    program = f"import sys; import tmcwall.commands.view; print(*(name for name in {heavy} if name in sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=90, check=True)
    assert ended.stdout.split() == []
