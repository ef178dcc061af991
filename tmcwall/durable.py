"""Files that survive a power cut, files for one owner and one program, and what a failed disk means."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Final

from tmcwall.domain.disk_fault import DISK_FAULTS, DiskFault
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.private_files import make_private_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_MEANINGS: Final[Mapping[int, FaultCode]] = {
    errno.ENOSPC: FaultCode.DISK_FULL,
    errno.EDQUOT: FaultCode.DISK_FULL,  # what this user may use of it
    errno.EFBIG: FaultCode.DISK_FULL,  # what a file may hold
    errno.EROFS: FaultCode.DISK_READ_ONLY,
    errno.EACCES: FaultCode.FOLDER_FORBIDDEN,
    errno.EPERM: FaultCode.FOLDER_FORBIDDEN,
    errno.EIO: FaultCode.DISK_FAILED,
    errno.ENODEV: FaultCode.DISK_FAILED,
    errno.ENXIO: FaultCode.DISK_FAILED,
}
_TRIED_BYTES: Final = 64 * 1024
"""More than SQLite needs to open a database: 32 KiB of shared memory and a page."""


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


@contextmanager
def new_file(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file that was not there before, on the disk when the block ends; of a block that fails nothing is left.

    Raises FileExistsError and what else is an OSError.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """What has been written to a closed file survives a power cut. Raises OSError."""
    with path.open("r+b") as file:  # Windows refuses it for a file that is open for reading only
        os.fsync(file.fileno())


def sync_and_forget(file: BinaryIO) -> None:
    """What was written is on the disk, and as far as the system allows no longer in its memory: who reads it back reads
    the disk. Raises OSError.
    """
    file.flush()
    os.fsync(file.fileno())
    _forget(file)


if sys.platform == "win32":

    def _forget(file: BinaryIO) -> None:
        """Windows has no such advice."""
        del file

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

    def _forget(file: BinaryIO) -> None:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

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


def disk_fault(error: OSError, *, otherwise: FaultCode = FaultCode.DISK_FAILED, folder: Path | None = None) -> Fault:
    """The fault of a file that could not be written: a `DiskFault` of what the system says, else `otherwise`.

    `folder` is where it was to be, for errors that name no file.
    """
    name = str(error.filename) if error.filename else ""
    detail = f"{name} {error.strerror or ''}".strip()
    code = _MEANINGS.get(error.errno or 0, otherwise)
    if code not in DISK_FAULTS:
        return Fault(code, detail)
    place = folder or (Path(name).parent if name else None)
    return DiskFault(code, detail, folder=str(place or ""), free_bytes=_free_bytes(place))


def full_disk(folder: Path, detail: str) -> Fault:
    """The fault of a disk that somebody else has found full."""
    return DiskFault(FaultCode.DISK_FULL, detail, folder=str(folder), free_bytes=_free_bytes(folder))


def disk_trouble(folder: Path) -> Fault | None:
    """What keeps files from being written in the folder now; None: nothing does. It tries, and leaves nothing."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        fault = disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=folder)
        return fault if fault.code in DISK_FAULTS else None
    return None


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A folder of this user's own that is gone at the end.

    Raises DiskFault, and Fault(FILE_UNWRITABLE) where no place takes it for another reason.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix=prefix)
    except OSError as error:
        # Python says only that no place takes a file, not why.
        place = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - nothing is made there by name
        raise disk_trouble(place) or disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error
    with made as folder:
        yield Path(folder)


def _free_bytes(place: Path | None) -> int | None:
    there = next((folder for folder in (place, *place.parents) if folder.is_dir()), None) if place else None
    try:
        return shutil.disk_usage(there).free if there else None
    except OSError:
        return None
