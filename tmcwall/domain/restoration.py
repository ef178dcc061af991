"""A damaged store: what took its place, or takes it as soon as the disk lets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import Fault, FaultCode


@dataclass(frozen=True, slots=True)
class Restoration:
    """What was committed after `backup_at`, or anything at all where there was no backup, may be missing."""

    at: datetime
    damaged: str
    """The folder with the damaged files, for whoever can read more out of them."""
    backup: str | None = None
    """The name of the backup's file; None: there was no sound one, and the store begins empty."""
    backup_at: datetime | None = None


class StoreRestored(Fault):
    """The store was damaged; the next start uses what took its place."""

    def __init__(self, restoration: Restoration) -> None:
        outcome = f"restored {restoration.backup}" if restoration.backup else "no backup to restore"
        super().__init__(FaultCode.STORE_CORRUPT, f"{outcome}; damaged files in {restoration.damaged}")
        self.restoration = restoration


class StoreNotReplaced(DiskFault):
    """The store is damaged and stays where it is: the disk does not take what is to replace it."""

    def __init__(self, cause: DiskFault, *, store: str, backup: str | None, backup_at: datetime | None) -> None:
        """`store` is the damaged file; the next start on a disk that takes it puts `backup` in its place."""
        super().__init__(cause.code, cause.detail, folder=cause.folder, free_bytes=cause.free_bytes)
        self.store = store
        self.backup = backup
        self.backup_at = backup_at
