"""What was shown as saved survives `kill -9`, a full disk and a failing one."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("tagging_program.py")
LONG_S = 300


def run(*arguments: object, under: tuple[str, ...] = ()) -> str:
    command = [*under, sys.executable, str(PROGRAM), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_nothing_that_was_shown_as_saved_is_lost_to_fifty_kills(path: Path) -> None:
    assert int(run(path, "kill", 20250328, 50)) > 50


def can_trace() -> bool:
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-qq", "true"], capture_output=True, check=False).returncode == 0
    )


def tag_under(path: Path, fault: str) -> list[str]:
    """What the program says that tags forty times in a store with one tag, while system calls fail."""
    run(path, "write", 0, 1)
    return run(path, "write", 0, 40, under=with_injected(fault)).splitlines()


def with_injected(fault: str) -> tuple[str, ...]:
    """The command that makes system calls of the program fail: `strace` with its `inject` expression."""
    calls = fault.split(":", 1)[0]
    return ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={fault}")


@pytest.mark.skipif(not can_trace(), reason="needs strace and the right to trace")
@pytest.mark.parametrize(
    ("injected", "code", "afterwards"),
    [
        ("pwrite64:error=ENOSPC:when=120..123", "disk_full", "saved"),
        ("pwrite64:error=ENOSPC:when=200+", "disk_full", "fault"),
        # What a flush has failed on is never known to be on the disk: nothing more is written until the next start.
        ("fdatasync:error=EIO:when=20", "disk_failed", "fault"),
    ],
    ids=["full for a while", "full", "failing"],
)
def test_a_disk_that_is_full_or_fails_loses_nothing_that_was_saved(
    path: Path, injected: str, code: str, afterwards: str
) -> None:
    said = tag_under(path, injected)
    saved = {int(line.split()[1]) for line in said if line.startswith("saved")}
    assert f"fault {code}" in said
    assert saved
    assert said[-1].startswith(afterwards)
    found = json.loads(run(path, "verify", 0, 0))
    assert saved <= set(found["saved"])
    assert (found["half"], found["custody"], found["integrity"]) == ([], True, "ok")
    assert found["pending"] == 3 * len(found["saved"])
