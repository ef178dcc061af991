"""Files that survive a power cut, files for one owner and one program, and what a failed disk means."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.private_files import make_private_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The disk, what this user may use of it, or what a file may hold."""


def replace_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write `content` to `path` so that a power cut leaves the old or the new content, never a part of either.

    Makes the folder if it is missing. Raises OSError; what stood at `path` is then untouched.
    """
    make_private_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """What has been written to a closed file survives a power cut. Raises OSError."""
    with path.open("r+b") as file:  # Windows refuses it for a file that is open for reading only
        os.fsync(file.fileno())


if sys.platform == "win32":

    def sync_folder(folder: Path) -> None:
        """Windows opens no folder, and keeps its names in a journal."""

    def others_may_read(mode: int) -> bool:
        """Mode bits say nothing on Windows, where rights stand in lists of access, which are not looked at yet."""
        del mode
        return False

    def lock_file(file: IO[bytes]) -> None:
        """As on other systems."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def sync_folder(folder: Path) -> None:
        """A new or changed name in the folder survives a power cut. Raises OSError."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def others_may_read(mode: int) -> bool:
        """Whether a file of that `st_mode` is open to every user of this machine, to read or otherwise."""
        return bool(mode & stat.S_IRWXO)

    def lock_file(file: IO[bytes]) -> None:
        """Until it is closed no other program locks it, and the system gives it free where this one is killed.

        Raises OSError if another has locked it.
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def disk_fault(error: OSError, *, otherwise: FaultCode = FaultCode.DISK_FAILED) -> Fault:
    """The fault of a file that could not be written: DISK_FULL where there is no room, else `otherwise`."""
    code = FaultCode.DISK_FULL if error.errno in _NO_ROOM else otherwise
    name = str(error.filename) if error.filename else ""
    return Fault(code, f"{name} {error.strerror or ''}".strip())
