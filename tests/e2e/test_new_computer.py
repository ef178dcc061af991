"""The round "new computer" of the administrator's guide, step by step: also on a full disk and with a broken store."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.city_in_a_thread import SimServer
from tests.e2e.new_user import make_new_user, run
from tests.e2e.test_full_disk import SCREENS
from tests.small_disk import small_disk_at
from tmcwall.db.backup import BackupKind, Backups

pytest_plugins = ["tests.cameras"]
pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "administrator.md"


def steps() -> dict[str, str]:
    """What each step of the page has the reader type, by its number."""
    page = GUIDE.read_text("utf-8")
    chapter = page.partition("\n## Komputer baru\n")[2].partition("\n## ")[0]
    parts = re.split(r"^### (\d)\..*$", chapter, flags=re.MULTILINE)[1:]
    typed = {
        number: "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
        for number, text in zip(parts[::2], parts[1::2], strict=True)
    }
    assert list(typed) == list("12345678")
    return typed


class NewComputer:
    """A new user's machine, whose home is a disk of its own."""

    def __init__(self, folder: Path, camera_url: str) -> None:
        self._folder = folder
        self._camera_url = camera_url
        self._steps = steps()
        self.data = folder / "home" / ".local" / "share" / "tmcwall"

    def do(self, step: str) -> str:
        """Type what the page shows, with an address that answers here; what was said."""
        typed = self._steps[step].replace("rtsp://10.20.0.11/main", self._camera_url)
        ended = self._run("bash", "-euo", "pipefail", "-c", typed)
        assert ended.returncode == 0, f"{typed}\n{ended.stdout}{ended.stderr}"
        assert "Traceback" not in ended.stderr
        return ended.stdout + ended.stderr

    def show_the_wall(self, camera: str) -> list[str]:
        """The lines of `tests.e2e.full_disk_desktop`."""
        ended = self._run(sys.executable, "-m", "tests.e2e.full_disk_desktop", str(self.data), camera)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        screens = self._folder / "screens.json"
        screens.write_text(json.dumps({"screens": SCREENS}))
        here = {
            "TMCWALL_ALLOW_LOOPBACK": "true",
            "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
            "PYTHONPATH": str(ROOT),
        }
        return run(list(words), folder=self._folder, also=here)


def test_a_new_computer_goes_through_the_round_of_the_page(
    tmp_path: Path, cameras: Callable[..., SimServer], tiny_clip: Path
) -> None:
    url = cameras("CAM-1", clip=tiny_clip).url("CAM-1")
    with small_disk_at(tmp_path / "home", mib=48) as disk:
        make_new_user(tmp_path)
        computer = NewComputer(tmp_path, url)
        assert "tmcwall" in computer.do("1")
        assert "LAMA-1" not in computer.do("2")
        listed = computer.do("3")
        assert "Kamera lama" in listed
        assert "Simpang Contoh" in listed
        assert "h264" in computer.do("4").lower()
        officers = computer.do("5")
        assert "Kepala (supervisor dan admin)" in officers
        assert "Petugas Contoh" in officers

        disk.fill()
        assert "Disk penuh" in computer.do("6")
        wall = computer.show_the_wall("CAM-1")
        assert "trouble disk_full" in wall
        assert "shown" in wall
        disk.empty()
        assert "Disk penuh" not in computer.do("6")

        back_up_and_damage(computer.data / "tmcwall.db")
        restored = computer.do("7")
        assert "diganti dengan cadangan" in restored
        assert "Simpang Contoh" in restored
        computer.do("8")
        assert (tmp_path / "bundel.zip").stat().st_size > 0


def back_up_and_damage(store: Path) -> None:
    """What the program does every day, and then what a disk does."""
    with closing(sqlite3.connect(store)) as connection:
        Backups(store.parent / "backups").make(connection, at=datetime.now(UTC), kind=BackupKind.DAILY)
    store.write_bytes(b"damaged" * 1000)
