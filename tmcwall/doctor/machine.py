"""What the doctor finds out about this machine without starting anything."""

from __future__ import annotations

import errno
import mmap
import os
import re
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import Final

from tmcwall.domain.fault import Fault
from tmcwall.listening import claim
from tmcwall.video.ipc.memory_file import KIND, close_memory, create_memory
from tmcwall.video.ipc.sandbox import filters_calls

_WAL_RESET_FIRST: Final = (3, 7, 0)
_WAL_RESET_LAST: Final = (3, 51, 2)
"""Two connections that write or checkpoint can corrupt a database in these versions; the store uses one."""
_SYSTEM_LIMIT_S: Final = 5.0


def nearest(folder: Path) -> Path | None:
    """The folder, or the nearest above it that is there and can be looked at."""
    for place in (folder, *folder.parents):
        try:
            place.stat()
        except OSError:
            continue
        return place
    return None


def free_gib(folder: Path) -> float | None:
    """Free space where the folder is or will be; None if it is not known."""
    existing = nearest(folder)
    try:
        return shutil.disk_usage(existing).free / (1 << 30) if existing else None
    except OSError:
        return None


def folder_gib(folder: Path) -> float:
    """What the files of a folder and those below it take; what cannot be looked at counts nothing."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(place) / name).stat().st_size
            except OSError:
                continue  # gone meanwhile, as recordings go
    return total / (1 << 30)


def same_disk(one: Path, other: Path) -> bool:
    """Whether two folders are, or will be, on one file system."""
    return len({place.stat().st_dev for place in (nearest(one), nearest(other)) if place is not None}) < 2


def clock_is_synchronised() -> bool | None:
    """Whether the system says that the network sets its clock; None where it says nothing."""
    said = _said("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said in {"yes", "no"}:
        return said == "yes"
    leap = re.search(r"^Leap status\s*:\s*(.+)$", _said("chronyc", "-n", "tracking"), re.MULTILINE)
    return None if leap is None else leap[1].strip() == "Normal"


def _said(*command: str) -> str:
    """What a program of the system prints; nothing where there is none, or it fails."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        ended = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SYSTEM_LIMIT_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ended.stdout.decode(errors="replace").strip() if ended.returncode == 0 else ""


def may_write(folder: Path) -> bool:
    """Whether files can be made in the folder, or the folder where it is not there yet."""
    existing = nearest(folder)
    return existing is not None and existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def sqlite_needs_one_writer() -> bool:
    """Whether this SQLite has the WAL-reset fault."""
    return _WAL_RESET_FIRST <= sqlite3.sqlite_version_info <= _WAL_RESET_LAST


def shared_memory() -> str | None:
    """How pictures will be shared between processes; None where they cannot be."""
    try:
        close_memory(create_memory(mmap.PAGESIZE))
    except Fault:
        return None
    return KIND


def has_seccomp() -> bool:
    """Whether the kernel filters system calls (Linux), and our filter is written for this machine."""
    status = Path("/proc/self/status")
    return filters_calls() and status.is_file() and "\nSeccomp:" in status.read_text(encoding="ascii", errors="replace")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on that port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        claim(attempt)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno not in {errno.EADDRINUSE, errno.EACCES}
    return True
