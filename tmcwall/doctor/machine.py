"""What can be learned of this machine without starting anything."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Final

import psutil

from tmcwall.video.ipc.sandbox import filters_calls

_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_VERSION: Final = 1
_WAL_RESET_FIRST: Final = (3, 7, 0)
_WAL_RESET_LAST: Final = (3, 51, 2)
"""Two connections that write or checkpoint can corrupt a database in these versions; the store uses one."""


def cores() -> int:
    """Processor cores that this program may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def memory_gib() -> tuple[float, float]:
    """Memory of the machine and what is free of it."""
    memory = psutil.virtual_memory()
    return memory.total / (1 << 30), memory.available / (1 << 30)


def free_gib(folder: Path) -> float | None:
    """Free space where the folder is or will be; None if that cannot be told."""
    existing = next((place for place in (folder, *folder.parents) if place.exists()), None)
    try:
        return shutil.disk_usage(existing).free / (1 << 30) if existing else None
    except OSError:
        return None


def may_write(folder: Path) -> bool:
    """Whether files can be made in the folder, or the folder where it is not there yet."""
    existing = next((place for place in (folder, *folder.parents) if place.exists()), None)
    return existing is not None and existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def sqlite_needs_one_writer() -> bool:
    """Whether this SQLite has the WAL-reset fault."""
    return _WAL_RESET_FIRST <= sqlite3.sqlite_version_info <= _WAL_RESET_LAST


def shared_memory() -> str:
    """How pictures will be shared between processes: `memfd`, a folder, or `none`."""
    if hasattr(os, "memfd_create"):
        try:
            os.close(os.memfd_create("tmcwall-doctor"))
        except OSError:
            pass
        else:
            return "memfd"
    folder = Path("/dev/shm")  # noqa: S108 - asked about, not written to
    if folder.is_dir() and os.access(folder, os.W_OK):
        return str(folder)
    return "none" if os.name == "posix" else "temporary file"


def landlock_abi() -> int:
    """The version of Linux's Landlock, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    return max(0, int(syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)))


def has_seccomp() -> bool:
    """Whether the kernel filters system calls (Linux), and our filter is written for this machine."""
    status = Path("/proc/self/status")
    return filters_calls() and status.is_file() and "\nSeccomp:" in status.read_text(encoding="ascii", errors="replace")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on that port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno not in {errno.EADDRINUSE, errno.EACCES}
    return True


def answers(host: str, port: int, *, limit_s: float) -> bool:
    """Whether anything takes a connection there within the limit."""
    try:
        socket.create_connection((host, port), timeout=limit_s).close()
    except OSError:
        return False
    return True
