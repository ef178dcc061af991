"""One program per store: a lock file beside it, held by the operating system, so that a killed program leaves none."""

from __future__ import annotations

import os
from pathlib import Path

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import lock_file
from tmcwall.private_files import open_private


class StoreLock:
    """Held from construction to `release`. Raises Fault(ALREADY_RUNNING) or STORE_UNWRITABLE."""

    def __init__(self, path: Path) -> None:
        try:
            # Kept open as long as the lock is held.
            self._file = open_private(path, "ab")
        except OSError as error:
            raise Fault(FaultCode.STORE_UNWRITABLE, f"{path}: {os.strerror(error.errno or 0)}") from error
        try:
            lock_file(self._file)
        except OSError as error:
            self._file.close()
            raise Fault(FaultCode.ALREADY_RUNNING, str(path), retryable=False) from error

    def release(self) -> None:
        self._file.close()
