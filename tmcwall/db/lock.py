"""One program per store: a lock file beside it, held by the operating system, so that a killed program leaves none."""

from __future__ import annotations

from pathlib import Path

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import disk_fault, lock_file
from tmcwall.private_files import open_private


class StoreLock:
    """Held from construction to `release`. Raises Fault(ALREADY_RUNNING, STORE_UNWRITABLE) and DiskFault."""

    def __init__(self, path: Path) -> None:
        try:
            # Kept open as long as the lock is held.
            self._file = open_private(path, "ab")
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE) from error
        try:
            lock_file(self._file)
        except OSError as error:
            self._file.close()
            raise Fault(FaultCode.ALREADY_RUNNING, str(path), retryable=False) from error

    def release(self) -> None:
        self._file.close()
