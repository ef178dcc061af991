"""What the windows of outages, repairs and coverage ask of the services, and are told by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance

from tmcwall.domain.coverage import CoverageReport
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


class CoverageService(Protocol):
    """Reports of coverage, as `CoverageDesk` makes them."""

    @property
    def reported(self) -> SignalInstance: ...
    @property
    def exported(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...

    def towns(self) -> Mapping[str, str]: ...
    def report(self, town: str) -> None: ...
    def export(self, report: CoverageReport, folder: Path) -> None: ...


class DossierService(Protocol):
    """Papers of private cameras, as `Dossiers` keeps them."""

    @property
    def told(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...

    def tell(self, camera_id: str) -> None: ...
    def put_agreement(self, camera_id: str, number: str, *, on: date, file: Path) -> None: ...
    def judge(self, camera_id: str, picture: Path, *, public_only: bool, words: str) -> None: ...


@dataclass(frozen=True, slots=True)
class UpkeepServices:
    """What keeps cameras working, and says where one lacks."""

    events: OutageEventService
    repairs: RepairService
    reports: OwnerReportService
    coverage: CoverageService
    dossiers: DossierService
