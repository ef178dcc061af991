"""Availability certificates of this workstation: made from the health history, signed, and in custody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from tmcwall.db import cameras as camera_rows
from tmcwall.db import custody, health, operations
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CertificateFacts, CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, new_file
from tmcwall.evidence.availability import AvailabilityContent, CameraAvailability, SignedCertificate, make_certificate
from tmcwall.evidence.letter_content import spans_of
from tmcwall.evidence.package import PackageContent
from tmcwall.evidence.record import OfficerRecord
from tmcwall.evidence.sshsig import SigningKey
from tmcwall.private_files import make_private_folder
from tmcwall.services.evidence import EvidenceRoom
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.handover import Handlers, Request


class MakeCertificate(Request, frozen=True):
    """Reply: `CertificateDone`. `out` is absolute; the moments are of the station's zone where they name none."""

    cameras: tuple[str, ...]
    since: str
    until: str
    out: str
    nrp: str
    password: str

    def __repr__(self) -> str:
        return f"MakeCertificate({self.cameras}, nrp={self.nrp!r})"


class CertificateDone(msgspec.Struct, frozen=True):
    """The files, and the key that signed them."""

    files: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class AvailabilityDesk:
    """Every call waits: never in the GUI thread."""

    store: StoreProtocol
    room: EvidenceRoom
    head: Sequence[str]
    """Of the station's letters."""
    zone: StationZone
    clock: Clock
    cause_words: Callable[[FaultCode], str]

    def make(self, request: MakeCertificate) -> CertificateDone:
        """Raises what `EvidenceRoom.officer` does, DomainError(NOT_ALLOWED, NOT_FOUND, FIELD_INVALID, RANGE_EMPTY,
        OUTPUT_EXISTS) and Fault; nothing is left then.
        """
        officer = self.room.officer(request.nrp, request.password)
        now = self.clock.utc()
        since, until = self._moment(request.since, "--since"), min(self._moment(request.until, "--until"), now)
        if until <= since:
            raise DomainError(DomainCode.RANGE_EMPTY)
        unit = partial(_cameras, ids=request.cameras, since=since, until=until, by=officer)
        device, cameras = settled(self.store.read(unit))
        content = AvailabilityContent(
            cameras=cameras,
            since=since,
            until=until,
            workstation=device,
            station=self.head,
            officer=OfficerRecord(officer.nrp, officer.rank, officer.name, officer.role.value),
            made_at=now,
            zone=self.zone,
        )
        made = make_certificate(content, self.room.own_key(), cause_words=self.cause_words)
        files = self._write(Path(request.out), f"keterangan-ketersediaan_{now:%Y%m%dT%H%M%SZ}", made)
        try:
            settled(self.store.write(partial(_note, content=content, made=made, by=officer)))
        except BaseException:
            for file in files:
                file.unlink(missing_ok=True)
            raise
        return CertificateDone(tuple(map(str, files)), made.fingerprint)

    def _moment(self, text: str, name: str) -> datetime:
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError:
            raise DomainError(DomainCode.FIELD_INVALID, name) from None
        return at if at.tzinfo is not None else at.replace(tzinfo=self.zone.local(self.clock.utc()).tzinfo)

    def _write(self, folder: Path, stem: str, made: SignedCertificate) -> Sequence[Path]:
        written: list[Path] = []
        try:
            make_private_folder(folder)
            for name, content in (
                (f"{stem}.json", made.record),
                (f"{stem}.json.sig", made.record_signature),
                (f"{stem}.pdf", made.page),
                (f"{stem}.pdf.sig", made.page_signature),
            ):
                with new_file(folder / name) as file:
                    file.write(content)
                written.append(folder / name)
        except FileExistsError:
            _remove(written)
            raise DomainError(DomainCode.OUTPUT_EXISTS, str(folder / stem)) from None
        except OSError as error:
            _remove(written)
            raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=folder) from error
        return written


def package_papers(
    content: PackageContent,
    key: SigningKey,
    *,
    store: StoreProtocol,
    head: Sequence[str],
    cause_words: Callable[[FaultCode], str],
) -> Mapping[str, bytes]:
    """Of the cameras of a package, from the first moment that was asked for to the last. Waits. Raises Fault."""
    ids = tuple(clip.footage.camera.id for clip in content.clips)
    ranges = [clip.footage.asked for clip in content.clips]
    moments = [datetime.fromisoformat(end.utc) for one in ranges for end in (one.starts, one.ends) if end is not None]
    since, until = min(moments), max(moments)
    certificate = make_certificate(
        AvailabilityContent(
            cameras=settled(store.read(partial(_known_cameras, ids=ids, since=since, until=until))),
            since=since,
            until=until,
            workstation=content.workstation,
            station=head,
            officer=content.officer,
            made_at=content.made_at,
            zone=content.zone,
        ),
        key,
        cause_words=cause_words,
    )
    return {"availability.json": certificate.record, "availability.pdf": certificate.page}


def availability_handlers(desk: AvailabilityDesk) -> Handlers:
    return {MakeCertificate: lambda request: partial(desk.make, request)}


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _cameras(
    session: Session, *, ids: Sequence[str], since: datetime, until: datetime, by: Officer
) -> tuple[str, Sequence[CameraAvailability]]:
    """The workstation, and how each camera did. The officer must be allowed to give evidence of each."""
    for camera_id in ids:
        camera = camera_rows.get(session, camera_id)
        if camera is None:
            raise DomainError(DomainCode.NOT_FOUND, camera_id)
        demand(by, Action.EXPORT_EVIDENCE, unit=camera.unit)
    return operations.device(session), _known_cameras(session, ids=ids, since=since, until=until)


def _known_cameras(
    session: Session, *, ids: Sequence[str], since: datetime, until: datetime
) -> Sequence[CameraAvailability]:
    """How each did; one that is in no list any more is called by its id."""
    found = []
    for camera_id in dict.fromkeys(ids):
        camera = camera_rows.get(session, camera_id)
        name = camera.name if camera is not None else camera_id
        history = health.history(session, camera_id, since=since, until=until)
        found.append(CameraAvailability(camera_id, name, spans_of(name, history, since=since, until=until)))
    return tuple(found)


def _note(session: Session, *, content: AvailabilityContent, made: SignedCertificate, by: Officer) -> None:
    ids = tuple(one.camera for one in content.cameras)
    facts = CertificateFacts(
        ids, content.since, content.until, made.record_sha256, made.page_sha256, made.fingerprint
    )  # fmt: skip
    entries = [
        custody.Entry(
            actor=by.nrp,
            action=CustodyAction.CERTIFICATE_MADE,
            about=f"camera/{camera_id}",
            at=content.made_at,
            facts=facts,
        )
        for camera_id in ids
    ]
    custody.append_all(session, entries)
