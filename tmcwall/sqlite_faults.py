"""What an error of SQLite means: it hides the system's error, so that the disk is asked where it may be to blame."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tmcwall.domain.disk_fault import DISK_FAULTS
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import disk_trouble, full_disk

_MEANINGS: Final[Mapping[int, FaultCode]] = {
    sqlite3.SQLITE_FULL: FaultCode.DISK_FULL,
    sqlite3.SQLITE_IOERR: FaultCode.DISK_FAILED,
    sqlite3.SQLITE_CORRUPT: FaultCode.STORE_CORRUPT,
    sqlite3.SQLITE_NOTADB: FaultCode.STORE_CORRUPT,
    sqlite3.SQLITE_READONLY: FaultCode.STORE_UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: FaultCode.STORE_UNWRITABLE,
    sqlite3.SQLITE_PERM: FaultCode.STORE_UNWRITABLE,
    sqlite3.SQLITE_BUSY: FaultCode.STORE_LOCKED,
    sqlite3.SQLITE_LOCKED: FaultCode.STORE_LOCKED,
}


def sqlite_code(error: BaseException | None) -> int | None:
    """The primary result code of an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def sqlite_fault(error: BaseException | None, folder: Path) -> Fault | None:
    """The fault of the world behind an error of a database in that folder; None: it is a bug.

    It tries to write in the folder. `disk I/O error` comes of a full disk, too, where SQLite's shared memory does not
    fit any more, and `unable to open` of a disk that is read-only.
    """
    meaning = _MEANINGS.get(sqlite_code(error) or -1)
    if meaning is None:
        return None
    if meaning in DISK_FAULTS or meaning is FaultCode.STORE_UNWRITABLE:
        trouble = disk_trouble(folder)
        if trouble is not None:
            return trouble
    if meaning is FaultCode.DISK_FULL:
        return full_disk(folder, str(error))
    return Fault(meaning, str(error))
