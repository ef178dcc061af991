"""A disk that takes nothing more: which folder, and how much is free there."""

from __future__ import annotations

from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

DISK_FAULTS: Final = frozenset({
    FaultCode.DISK_FULL, FaultCode.DISK_READ_ONLY, FaultCode.FOLDER_FORBIDDEN, FaultCode.DISK_FAILED,
})  # fmt: skip
"""What keeps files from being written, each with another remedy."""


class DiskFault(Fault):
    """One of `DISK_FAULTS`, with its place."""

    def __init__(
        self, code: FaultCode, detail: str, *, folder: str, free_bytes: int | None = None, retryable: bool = True
    ) -> None:
        """`free_bytes`: what this user may still use of that disk, where it is known."""
        super().__init__(code, detail, retryable=retryable)
        self.folder = folder
        self.free_bytes = free_bytes
