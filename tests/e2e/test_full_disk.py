"""On a disk that takes nothing the wall comes up, shows its cameras, and says that nothing is stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.city_in_a_thread import SimServer
from tests.small_disk import SmallDisk, small_disk_at
from tmcwall.db import cameras as camera_rows
from tmcwall.db.store import Store
from tmcwall.domain.camera import Camera, Owner, RecordPolicy
from tmcwall.domain.clock import SystemClock
from tmcwall.paths import Paths
from tmcwall.settings_file import change_setting, load_settings

pytest_plugins = ["tests.cameras"]
pytestmark = pytest.mark.timeout(300)

SCREENS = [
    {"name": name, "x": x, "y": 0, "width": 1280, "height": 720, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    for name, x in (("console", 0), ("wall", 1280))
]


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [(SmallDisk.fill, "disk_full", "Disk penuh"), (SmallDisk.lock, "disk_read_only", "Disk hanya dapat dibaca")],
)
def test_the_wall_shows_its_cameras_and_refuses_aloud_what_it_cannot_store(
    tmp_path: Path,
    cameras: Callable[..., SimServer],
    tiny_clip: Path,
    spoil: Callable[[SmallDisk], None],
    code: str,
    words: str,
) -> None:
    url = cameras("CAM-1", clip=tiny_clip).url("CAM-1")
    with small_disk_at(tmp_path / "disk", mib=6) as disk:
        prepare(disk.folder, url)
        spoil(disk)
        (tmp_path / "screens.json").write_text(json.dumps({"screens": SCREENS}))
        ended = subprocess.run(
            [sys.executable, "-m", "tests.e2e.full_disk_desktop", str(disk.folder), "CAM-1"],
            env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    said = ended.stdout.splitlines()
    assert f"trouble {code}" in said
    assert "shown" in said
    assert f"refused {code}" in said
    (banner,) = [line for line in said if line.startswith("banner")]
    assert "tidak dapat disimpan sekarang" in banner
    assert words in banner
    assert str(disk.folder) in banner


def prepare(folder: Path, url: str) -> None:
    paths = Paths.under(folder)
    load_settings(paths)
    change_setting(paths, "allow_loopback", True)
    store = Store(paths.database, clock=SystemClock())
    camera = Camera("CAM-1", "Simpang Gendengan", url, owner=Owner.DISHUB, record=RecordPolicy.MAIN)
    store.write(lambda session: camera_rows.put(session, [camera])).result(60)
    store.close()
