"""Monthly lists to owners of cameras, as PDF and CSV: made from the health history and the ledger of repairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tmcwall.db import cameras as camera_rows
from tmcwall.db import contacts, health
from tmcwall.db import repairs as repair_rows
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.clock import Clock
from tmcwall.domain.contact import ContactRole
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.history import HealthChange, down_since, uptime
from tmcwall.domain.lifecycle import IN_USE, Lifecycle
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.owner_letters import addressee_of
from tmcwall.domain.repair import Repair, in_span
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, replace_file
from tmcwall.evidence.bag import safe_name
from tmcwall.evidence.owner_report import OwnerReport, ReportRow, csv_of, pdf_of
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.tagging import OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty

PlaceName = Callable[[Camera], str]
"""Where a camera stands, in words."""

_NOT_LISTED = frozenset({Standing.CANDIDATE, Standing.ENDED, Standing.REMOVED})


@dataclass(frozen=True, slots=True)
class ReportRoom:
    """Makes the lists. Every call waits: never in the GUI thread."""

    store: StoreProtocol
    head: Sequence[str]
    """Of the station's letters."""
    place_name: PlaceName
    zone: StationZone
    clock: Clock

    def reports(self, month: date) -> tuple[OwnerReport, ...]:
        """One for each owner, by how letters address him.

        Raises DomainError(RANGE_EMPTY) for a month that has not begun, Fault.
        """
        now = self.clock.utc()
        since = _midnight(month.replace(day=1), self.zone)
        following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        until = min(_midnight(following, self.zone), now)
        if until <= since:
            raise DomainError(DomainCode.RANGE_EMPTY)
        known = settled(self.store.read(partial(_known, since=since, until=until)))
        by_owner: dict[str, list[Camera]] = {}
        for camera in known.cameras:
            if known.lifecycles.get(camera.id, IN_USE).standing not in _NOT_LISTED:
                by_owner.setdefault(addressee_of(camera, known.owners.get(camera.id, "")), []).append(camera)
        return tuple(
            OwnerReport(
                owner,
                month.replace(day=1),
                since,
                until,
                tuple(self._row(camera, known, since, until) for camera in cameras),
                self.head,
                now,
                self.zone,
            )
            for owner, cameras in sorted(by_owner.items())
        )

    def write(self, month: date, folder: Path) -> tuple[Sequence[Path], int]:
        """The files, two for each owner, and how many owners. Raises also Fault(LETTER_FAILED, DISK_*, FILE_*)."""
        files = []
        reports = self.reports(month)
        for number, report in enumerate(reports, start=1):
            stem = f"daftar-kamera_{month:%Y-%m}_{number:03}_{safe_name(report.owner)[:60]}"
            for name, content in ((f"{stem}.pdf", pdf_of(report)), (f"{stem}.csv", csv_of(report))):
                try:
                    replace_file(folder / name, content)
                except OSError as error:
                    raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=folder) from error
                files.append(folder / name)
        return files, len(reports)

    def _row(self, camera: Camera, known: _Known, since: datetime, until: datetime) -> ReportRow:
        changes = known.changes.get(camera.id, ())
        seen_until = min(until, known.known_until) if known.known_until is not None else since
        return ReportRow(
            camera.id,
            camera.name,
            self.place_name(camera),
            uptime(changes, since=since, until=max(since, seen_until)),
            down_since(changes),
            in_span(known.repairs, camera.id, since=since, until=until),
        )


class OwnerReports(WorkOnDuty):
    """The lists for the officer on duty; one making at a time."""

    made = Signal(object, object, int)
    """The month (its first day), the files, and how many owners they are for."""

    def __init__(self, room: ReportRoom, *, duty: OnDuty, parent: QObject | None = None) -> None:
        super().__init__(duty=duty, name="owner-reports", parent=parent)
        self._room = room

    def make(self, month: date, folder: Path) -> None:
        """`made` or `refused` follows."""

        def write(*, by: Officer) -> tuple[Sequence[Path], int]:
            del by  # the lists name nobody of the station
            return self._room.write(month, folder)

        self._begin(Action.HANDLE_INCIDENTS, write, lambda made: self.made.emit(month, *made))


@dataclass(frozen=True, slots=True)
class _Known:
    cameras: Sequence[Camera]
    lifecycles: Mapping[str, Lifecycle]
    owners: Mapping[str, str]
    """Names of owners in the directory, by camera."""
    changes: Mapping[str, tuple[HealthChange, ...]]
    known_until: datetime | None
    repairs: Sequence[Repair]


def _known(session: Session, *, since: datetime, until: datetime) -> _Known:
    owners = {
        one.camera_id: one.contact_name
        for one in contacts.all_contacts(session)
        if one.role is ContactRole.OWNER and one.camera_id is not None
    }
    return _Known(
        camera_rows.all_cameras(session),
        camera_rows.lifecycles(session),
        owners,
        health.between(session, since=since, until=until),
        health.known_until(session),
        repair_rows.since(session, since),
    )


def _midnight(day: date, zone: StationZone) -> datetime:
    naive = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return naive - (zone.local(naive).utcoffset() or timedelta())
