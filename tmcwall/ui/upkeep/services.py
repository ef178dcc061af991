"""What the windows of outages and repairs ask of the services, and are told by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance

from tmcwall.domain.mass_outage import OutageEvent
from tmcwall.domain.repair import CauseClass, Repair


class OutageEventService(Protocol):
    """Which cameras have died together, as `OutageEvents` works it out."""

    @property
    def changed(self) -> SignalInstance: ...

    def events(self) -> Sequence[OutageEvent]: ...


class RepairService(Protocol):
    """The ledger, as `Repairs` keeps it."""

    @property
    def ledger_changed(self) -> SignalInstance: ...
    @property
    def changed(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...

    def all(self) -> Sequence[Repair]: ...
    def begin(
        self, camera_ids: Sequence[str], *, cause: CauseClass, down_since: datetime, words: str, told_to: str = "",
        told_on: date | None = None,
    ) -> None: ...  # fmt: skip
    def tell(self, repair_id: str, whom: str, *, on: date) -> None: ...
    def answer(self, repair_id: str, words: str, *, on: date) -> None: ...
    def finish(self, repair_id: str, words: str, *, on: date) -> None: ...
    def reclassify(self, repair_id: str, cause: CauseClass) -> None: ...
    def withdraw(self, repair_id: str) -> None: ...


class OwnerReportService(Protocol):
    """The monthly lists, as `OwnerReports` makes them."""

    @property
    def made(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...

    def make(self, month: date, folder: Path) -> None: ...


@dataclass(frozen=True, slots=True)
class UpkeepServices:
    """What keeps cameras working."""

    events: OutageEventService
    repairs: RepairService
    reports: OwnerReportService
