"""The handover of a shift: what is to be told is gathered, both officers sign, and the report is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from tmcwall.db import cases as case_rows
from tmcwall.db import custody, footage_requests, operations, planned_outages
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction, HandoverFacts
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.health import TileStatus
from tmcwall.domain.incident import Incident
from tmcwall.domain.layout import Layout
from tmcwall.domain.officer import Action, Officer, can
from tmcwall.domain.shift_report import (
    LONGEST_REMARK,
    Handover,
    Section,
    ShiftReport,
    dead_cameras,
    late_letters,
    late_requests,
    locked_tiles,
)
from tmcwall.domain.sp2hp import ReminderRules, next_reminder
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, new_file
from tmcwall.evidence.handover_pages import HandoverPages, html_of, pdf_of
from tmcwall.private_files import make_private_folder
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.tagging import OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty

_REQUESTS: Final = 500


class Incidents(Protocol):
    """The part of `IncidentDesk` that is read."""

    def open(self) -> Sequence[Incident]: ...


class Cameras(Protocol):
    """The part of `CameraBook` that is read."""

    def all(self) -> Sequence[Camera]: ...
    def status(self, camera_id: str) -> TileStatus: ...


class Walls(Protocol):
    """The part of `Layouts` that is read."""

    def current(self) -> Layout: ...


@dataclass(frozen=True, slots=True)
class Station:
    """Where the report is made: head of letters, folder, zone, and when reminders are due."""

    head: Sequence[str]
    folder: Path
    zone: StationZone
    rules: ReminderRules


@dataclass(frozen=True, slots=True)
class KeptHandover:
    """The files of a report that both have signed."""

    html: Path
    pdf: Path
    page: bytes
    """What stands in the HTML."""


class ShiftHandover(WorkOnDuty):
    """For the officer on duty, who hands over; the other shows by a password that he takes over."""

    prepared = Signal(object, object)
    """ShiftReport, and its HTML as bytes, which nobody has signed."""
    kept = Signal(object)
    """KeptHandover."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        duty: OnDuty,
        incidents: Incidents,
        cameras: Cameras,
        walls: Walls,
        officer_of: Callable[[str, str], Officer],
        sections_of: Callable[[ShiftReport], Sequence[Section]],
        station: Station,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        """`officer_of` is who knows that password (`EvidenceRoom.officer`); it waits."""
        super().__init__(duty=duty, name="shift-handover", parent=parent)
        self._store = store
        self._incidents = incidents
        self._cameras = cameras
        self._walls = walls
        self._officer_of = officer_of
        self._sections_of = sections_of
        self._station = station
        self._clock = clock

    def prepare(self) -> None:
        """As things stand now. `prepared` or `refused` follows."""
        now = self._clock.utc()
        cameras = self._cameras.all()
        names = {camera.id: camera.name for camera in cameras}
        seen = ShiftReport(
            made_at=now,
            workstation="",
            incidents=sorted(self._incidents.open(), key=lambda one: one.called_at),
            locked=locked_tiles(self._walls.current(), names),
            dead=dead_cameras((camera, self._cameras.status(camera.id)) for camera in cameras),
            letters=(),
            requests=(),
            outages=(),
            names=names,
        )
        self._begin(Action.HANDLE_INCIDENTS, partial(self._prepare, seen), self._tell_prepared)

    def sign(self, report: ShiftReport, *, remark: str, nrp: str, password: str) -> None:
        """`kept`, or `refused` follows: NOT_ALLOWED where the same officer would take over from himself."""
        said = replace(report, remark=" ".join(remark.split())[:LONGEST_REMARK])
        self._begin(Action.HANDLE_INCIDENTS, partial(self._sign, said, nrp, password), self.kept.emit)

    def _tell_prepared(self, made: tuple[ShiftReport, bytes]) -> None:
        self.prepared.emit(*made)

    # In a thread of its own.

    def _prepare(self, seen: ShiftReport, *, by: Officer) -> tuple[ShiftReport, bytes]:
        unit = partial(_with_papers, seen=seen, by=by, station=self._station)
        report = settled(self._store.read(unit))
        return report, html_of(self._pages(report))

    def _sign(self, report: ShiftReport, nrp: str, password: str, *, by: Officer) -> KeptHandover:
        if nrp.strip() == by.nrp:
            raise DomainError(DomainCode.NOT_ALLOWED, "the same officer")
        other = self._officer_of(nrp.strip(), password)
        at = self._clock.utc()
        pages = self._pages(report, Handover(report, by, other, at))
        html, pdf = html_of(pages), pdf_of(pages)
        stem = f"serah-terima_{at:%Y%m%dT%H%M%SZ}"
        folder = self._station.folder / f"{at:%Y}"
        kept = KeptHandover(folder / f"{stem}.html", folder / f"{stem}.pdf", html)
        written: list[Path] = []
        try:
            make_private_folder(folder)
            for path, content in ((kept.html, html), (kept.pdf, pdf)):
                with new_file(path) as file:
                    file.write(content)
                written.append(path)
            facts = HandoverFacts(
                report=stem,
                taken_by=other.nrp,
                html_sha256=sha256(html).hexdigest(),
                pdf_sha256=sha256(pdf).hexdigest(),
                incidents=len(report.incidents),
                dead_cameras=len(report.dead),
            )
            settled(self._store.write(partial(_note, facts=facts, by=by, at=at)))
        except OSError as error:
            _remove(written)
            raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=folder) from error
        except BaseException:
            _remove(written)
            raise
        return kept

    def _pages(self, report: ShiftReport, handover: Handover | None = None) -> HandoverPages:
        station = self._station
        return HandoverPages(report, self._sections_of(report), station.head, station.zone, handover)


def _with_papers(session: Session, *, seen: ShiftReport, by: Officer, station: Station) -> ShiftReport:
    """With what the store knows: letters and requests that are late, of cases that the officer may see, and outages."""
    today: date = station.zone.date_of(seen.made_at)
    cases = [case for case in case_rows.all_cases(session) if can(by, Action.VIEW, unit=case.unit)]
    numbers = {case.id: case.lp for case in cases}
    requests = [one for one in footage_requests.newest(session, limit=_REQUESTS) if one.case_id in numbers]
    reminders = (
        (case, next_reminder(case, today=today, rules=station.rules, zone=station.zone)) for case in cases
    )  # fmt: skip
    return replace(
        seen,
        workstation=operations.device(session),
        letters=late_letters(reminders),
        requests=late_requests(requests, numbers, today=today),
        outages=planned_outages.not_over(session, now=seen.made_at),
    )


def _note(session: Session, *, facts: HandoverFacts, by: Officer, at: datetime) -> None:
    about = f"shift/{facts.report}"
    custody.append(session, actor=by.nrp, action=CustodyAction.SHIFT_HANDED_OVER, about=about, at=at, facts=facts)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
