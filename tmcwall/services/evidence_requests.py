"""What `tmcwall case` and `tmcwall evidence export` ask of a workstation, and how it is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, demand
from tmcwall.domain.operation import Entity
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.package import StampOutcome
from tmcwall.evidence.record import CopyNotMadeRecord, LeftOutRecord
from tmcwall.evidence.sshsig import SigningKey
from tmcwall.services.case_evidence import EvidenceOrder, case_of
from tmcwall.services.cases import CaseLine, CaseSheet, case_list, case_sheet, with_remaining
from tmcwall.services.custody_report import CustodyQuestion, CustodyReport, custody_report
from tmcwall.services.evidence import EvidenceRoom, Watcher
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.handover import Handlers, Request
from tmcwall.services.remaining_footage import Keeping, Matter, StoredCity, remaining_of
from tmcwall.services.signing_key import key_of_file


class ListCases(Request, frozen=True):
    """Reply: `CaseListing`."""


class CaseListing(msgspec.Struct, frozen=True):
    cases: tuple[CaseLine, ...]


class ShowCase(Request, frozen=True):
    """Reply: `CaseSheet`."""

    lp: str


class ExportEvidence(Request, frozen=True):
    """Reply: `ExportDone`. Paths are absolute: the program reads and writes there itself."""

    lp: str
    out: str
    nrp: str
    password: str
    legal_basis: str = ""
    consent_number: str = ""
    signing_key: str = ""
    """A private key file; empty: the workstation's own key."""
    passphrase: str = ""
    viewing_copy: bool = True
    availability: bool = False
    time_stamp_url: str = ""
    counter_signature: bool = False

    def __repr__(self) -> str:
        return f"ExportEvidence({self.lp!r}, {self.out!r}, nrp={self.nrp!r})"


class ReportCustody(Request, frozen=True):
    """Reply: `CustodyReport`."""

    nrp: str
    password: str
    question: CustodyQuestion

    def __repr__(self) -> str:
        return f"ReportCustody({self.question}, nrp={self.nrp!r})"


class ExportDone(msgspec.Struct, frozen=True):
    """A package that is in its place: the path of its folder, and what is in it and what is not."""

    folder: str
    originals: int
    size_bytes: int
    fingerprint: str
    spoken: str
    left_out: tuple[LeftOutRecord, ...]
    copies: int
    """Viewing copies, stills and what was released."""
    copies_not_made: tuple[CopyNotMadeRecord, ...]
    time_stamp: StampOutcome
    counter_signature: StampOutcome


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """Carries these requests out. Every call waits."""

    store: StoreProtocol
    room: EvidenceRoom
    clips: Path
    keeping: Keeping
    zone: StationZone
    clock: Clock

    def list(self) -> CaseListing:
        return CaseListing(self.store.read(case_list).result())

    def show(self, request: ShowCase) -> CaseSheet:
        """Raises DomainError(CASE_UNKNOWN)."""
        now = self.clock.utc()
        today = self.zone.date_of(now)
        sheet = self.store.read(partial(case_sheet, lp=request.lp, clips=self.clips, today=today)).result()
        case = self.store.read(partial(case_of, lp=request.lp)).result()
        city = self.store.read(StoredCity).result()
        matter = Matter(Entity.CASE, case.id)
        left = remaining_of(matter, store=self.store, city=city, keeping=self.keeping, now=now)
        return with_remaining(sheet, left)

    def custody(self, request: ReportCustody) -> CustodyReport:
        """Raises what `EvidenceRoom.officer` does, and DomainError(NOT_ALLOWED, CASE_UNKNOWN)."""
        officer = self.room.officer(request.nrp, request.password)
        demand(officer, Action.READ_CUSTODY)
        return self.store.read(partial(custody_report, question=request.question, viewer=officer)).result()

    def export(self, request: ExportEvidence, *, watcher: Watcher | None = None) -> ExportDone:
        """Raises what `EvidenceRoom.officer` and `EvidenceRoom.export` do."""
        officer = self.room.officer(request.nrp, request.password)

        def key() -> SigningKey:
            return key_of_file(Path(request.signing_key), passphrase=partial(_given, request.passphrase))

        exported = self.room.export(
            EvidenceOrder(
                request.lp,
                request.legal_basis,
                request.consent_number,
                request.viewing_copy,
                availability=request.availability,
                time_stamp_url=request.time_stamp_url,
                counter_signature=request.counter_signature,
            ),
            Path(request.out),
            officer=officer,
            key=key if request.signing_key else None,
            watcher=watcher,
        )
        made = exported.made
        return ExportDone(
            str(made.folder),
            made.originals,
            made.size_bytes,
            made.fingerprint,
            made.spoken,
            exported.left_out,
            made.copies,
            made.copies_not_made,
            made.time_stamp,
            made.counter_signature,
        )


def evidence_handlers(desk: CaseDesk) -> Handlers:
    return {
        ListCases: lambda _request: desk.list,
        ShowCase: lambda request: partial(desk.show, request),
        ReportCustody: lambda request: partial(desk.custody, request),
        ExportEvidence: lambda request: partial(desk.export, request),
    }


def _given(passphrase: str) -> str:
    if not passphrase:
        raise DomainError(DomainCode.SIGNING_KEY_LOCKED)
    return passphrase
