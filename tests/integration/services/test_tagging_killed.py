"""`kill -9` at any moment of tagging loses nothing that was shown as saved."""

import os
import random
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from tests.after_kills import assert_nothing_lost

KILLS = 50
LIFE_S = 0.25
PROGRAM = Path(__file__).with_name("tag_loop.py")


class Programs:
    """One program after another on the same store."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._text = b""
        self._child: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
        self._process.wait(60)
        self._process.stdout.close()

    def line(self, timeout_s: float) -> str | None:
        """The next line, or None when none comes in time."""
        until = time.monotonic() + timeout_s
        assert self._process.stdout is not None
        while b"\n" not in self._text:
            readable, _, _ = select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not readable:
                return None
            self._text += os.read(self._process.stdout.fileno(), 65536)
        line, _, self._text = self._text.partition(b"\n")
        return line.decode()

    def saved_until_killed(self, *, life_s: float) -> list[str]:
        """What one program showed as saved, killed so long after the first."""
        self._process.stdin.write(b"go\n")
        self._child = int(self.line(60).split()[1])
        saved = [self.line(60)]
        until = time.monotonic() + life_s
        while (line := self.line(until - time.monotonic())) is not None:
            saved.append(line)
        ended = [line for line in saved if not line.startswith("saved ")]
        assert not ended, f"it was not killed yet: {ended}"
        os.kill(self._child, signal.SIGKILL)
        self._child = None
        while not (line := self.line(60)).startswith("gone "):
            saved.append(line)
        return [line.removeprefix("saved ") for line in saved]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs are forked")
@pytest.mark.timeout(600)
def test_fifty_kills_lose_nothing_that_was_shown_as_saved(tmp_path):
    chance = random.Random(20250310)
    with Programs(tmp_path) as programs:
        shown = [saved for _ in range(KILLS) for saved in programs.saved_until_killed(life_s=chance.uniform(0, LIFE_S))]
    assert len(shown) >= KILLS
    assert_nothing_lost(tmp_path / "tmcwall.db", shown=shown)
