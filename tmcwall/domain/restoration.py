"""A damaged store that was set aside, and what took its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
