"""`kill -9` of the whole program at any moment: nothing that was shown as saved is lost, and nothing is left running.

Five times here; `TMCWALL_KILLS=50` for a long look.
"""

from __future__ import annotations

import os
import random
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.after_kills import assert_nothing_lost
from tests.city_in_a_thread import SimServer
from tmcwall.paths import Paths
from tmcwall.settings_file import change_setting, load_settings
from tmcwall.video.recording.segments import scan

pytest_plugins = ["tests.cameras"]

KILLS = int(os.environ.get("TMCWALL_KILLS", "5"))
LONGEST_LIFE_S = 1.5
LOST_AT_MOST_S = 10.0
"""Of footage; half a second on a machine that has nothing else to do."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    paths = Paths.under(folder)
    load_settings(paths)
    change_setting(paths, "allow_loopback", True)
    change_setting(paths, "post_roll_s", 600)
    return folder


def lines(process: subprocess.Popen[bytes], *, until: float) -> Iterator[str]:
    """What the program says until then, or until its end."""
    assert process.stdout is not None
    text = b""
    while (left_s := until - time.monotonic()) > 0:
        readable, _, _ = select.select([process.stdout], [], [], left_s)
        if not readable:
            return
        part = os.read(process.stdout.fileno(), 65536)
        if not part:
            return
        *whole, text = (text + part).split(b"\n")
        yield from (line.decode() for line in whole)


def live_and_die(data: Path, url: str, *, life_s: float) -> tuple[list[str], float]:
    """What one program showed as saved before it was killed, so long after the first; and when that was, in UTC."""
    command = [sys.executable, "-m", "tests.e2e.tagging_desktop", str(data), url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    assert process.stdout is not None
    try:
        said: list[str] = []
        for line in lines(process, until=time.monotonic() + 120):
            said.append(line)
            if line.startswith("saved"):
                break
        assert said, "the program never saved anything"
        said += lines(process, until=time.monotonic() + life_s)
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2, "an engine and its decoders"
        process.kill()
        killed_utc = time.time()
        said += lines(process, until=time.monotonic() + 10)
        _, alive = psutil.wait_procs(family, timeout=60)
        assert not alive, f"still running: {alive}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert not [line for line in said if line.startswith("refused")]
    return [line.removeprefix("saved ") for line in said if line.startswith("saved ")], killed_utc


@pytest.mark.timeout(120 + 60 * KILLS)
def test_killing_the_program_loses_nothing_that_was_shown_as_saved(
    data: Path, cameras: Callable[..., SimServer], tiny_clip: Path
) -> None:
    chance = random.Random(20261122)
    url = cameras("CAM-1", clip=tiny_clip).url("CAM-1")
    shown: list[str] = []
    for _ in range(KILLS):
        saved, killed_utc = live_and_die(data, url, life_s=chance.uniform(0, LONGEST_LIFE_S))
        shown += saved
        newest = max(segment.last_utc_ns for segment in scan(data / "recordings")) / 1e9
        assert killed_utc - newest < LOST_AT_MOST_S
    assert len(shown) >= KILLS

    paths = Paths.under(data)
    with closing(sqlite3.connect(paths.database)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert_nothing_lost(paths.database, shown=shown)
