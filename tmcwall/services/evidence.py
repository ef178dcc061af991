"""Evidence packages of this workstation: made for an officer who may, and on record in custody whatever comes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from tmcwall.cameras.logins import LoginBook
from tmcwall.db import baskets, custody, operations, signing
from tmcwall.db import cases as case_rows
from tmcwall.db.store import Session
from tmcwall.domain.case import case_id, parse_lp
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import SYSTEM, CustodyAction, KeyFacts, PackageFacts
from tmcwall.domain.derived_copy import PictureCopier
from tmcwall.domain.fault import DomainCode, DomainError, Fault
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.counter_signature import CounterSignedBy
from tmcwall.evidence.package import MadePackage, PackageContent, Progress, make_package, principal_of
from tmcwall.evidence.record import LeftOutRecord
from tmcwall.evidence.server_receipt import add_server
from tmcwall.evidence.signers import AllowedSigner, add_signer, known_signers
from tmcwall.evidence.sshsig import NAMESPACE, SigningKey
from tmcwall.evidence.time_stamp_client import StampedBy, stamped_by
from tmcwall.log import get_logger
from tmcwall.services.case_evidence import EvidenceOrder, content_for_package
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.password_check import check_kept_password
from tmcwall.services.signing_key import workstation_key

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Exported:
    """A package that is whole and in its place, and the bookmarks whose footage is not in it."""

    made: MadePackage
    left_out: tuple[LeftOutRecord, ...]


Papers = Callable[[PackageContent, SigningKey], Mapping[str, bytes]]
"""The availability certificate of what is in a package, as files of its payload."""


class Watcher(Protocol):
    """Whoever waits for an export. Called in its thread."""

    def cancelled(self) -> bool: ...
    def progressed(self, progress: Progress) -> None: ...


class NobodyWatches:
    def cancelled(self) -> bool:
        return False

    def progressed(self, progress: Progress) -> None:
        del progress


class EvidenceRoom:
    """Every call waits: never in the GUI thread."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        vault: LoginBook,
        clips: Path,
        copies: Path,
        signers: Path,
        servers: Path,
        copier: PictureCopier,
        time_stamps: StampedBy | None,
        counter_signed: CounterSignedBy,
        zone: StationZone,
        clock: Clock,
        papers: Papers,
    ) -> None:
        """`clips` is the clips folder, `copies` that of what officers made of them; to `signers`, the file of those who
        are known here, its own key is added, and to `servers` that of the server it is enrolled with. `time_stamps` are
        of the authority that is asked for each package whose order names no other, `counter_signed` by the central
        server where an order asks for that.
        """
        self._store = store
        self._vault = vault
        self._clips = clips
        self._copies = copies
        self._copier = copier
        self._time_stamps = time_stamps
        self._counter_signed = counter_signed
        self._signers = signers
        self._servers = servers
        self._zone = zone
        self._clock = clock
        self._papers = papers

    def officer(self, nrp: str, password: str) -> Officer:
        """Whoever knows that password. Raises Fault(SIGN_IN_*, ACCOUNT_DISABLED), and
        DomainError(NOT_ALLOWED) to who still has a one-time password.
        """
        kept = check_kept_password(self._store, nrp, password, now=self._clock.utc())
        if kept.password_due:
            raise DomainError(DomainCode.NOT_ALLOWED, "one-time password")
        return kept.officer

    def own_key(self) -> SigningKey:
        """Made at the first call, and known to those who check here. Raises Fault(VAULT_UNAVAILABLE, VAULT_LOST)."""
        key = workstation_key(self._vault, made=self._record_key)
        device = self._store.read(operations.device).result()
        own = AllowedSigner(principal_of(device), key.public, (NAMESPACE,))
        if own not in known_signers(self._signers):
            add_signer(self._signers, own)
        return key

    def export(
        self,
        order: EvidenceOrder,
        out: Path,
        *,
        officer: Officer,
        key: Callable[[], SigningKey] | None = None,
        watcher: Watcher | None = None,
    ) -> Exported:
        """A package of every clip of the case that is ready and here, under `out`; signed with the workstation's key
        where no other is given.

        Raises DomainError(NOT_ALLOWED, CASE_*, BASIS_MISSING, OUTPUT_EXISTS, SIGNING_KEY_*) and Fault. Custody has it.
        """
        at = self._clock.utc()
        attempt = _Attempt()
        try:
            demand(officer, Action.EXPORT_EVIDENCE)
            unit = partial(
                content_for_package,
                order=order,
                officer=officer,
                clips=self._clips,
                copies=self._copies,
                zone=self._zone,
                at=at,
            )
            attempt.content = self._store.read(unit).result()
            signing_key = key() if key is not None else self.own_key()
            if order.availability:
                attempt.content = replace(attempt.content, papers=self._papers(attempt.content, signing_key))
            self._know_server()
            watching = watcher or NobodyWatches()
            made = make_package(
                out,
                attempt.content,
                key=signing_key,
                release=partial(self._record_export, order, officer, attempt.content),
                copier=self._copier if order.viewing_copy else None,
                time_stamps=stamped_by(order.time_stamp_url) if order.time_stamp_url else self._time_stamps,
                counter_signed=self._counter_signed if order.counter_signature else None,
                cancelled=watching.cancelled,
                progressed=watching.progressed,
            )
        except (DomainError, Fault) as problem:
            self._record_failure(order, officer, attempt.content, problem)
            raise
        log.info("evidence_exported", package=made.folder.name, originals=made.originals, by=officer.nrp)
        return Exported(made, tuple(attempt.content.left_out))

    def _know_server(self) -> None:
        enrolled = self._store.read(lambda session: signing.enrolment(session, operations.device(session))).result()
        if enrolled is not None:
            add_server(self._servers, enrolled.server_key)

    def _record_export(
        self, order: EvidenceOrder, officer: Officer, content: PackageContent, made: MadePackage
    ) -> None:  # fmt: skip
        facts = replace(
            _facts(order, content),
            package=made.folder.name,
            tag_manifest_sha256=made.tag_manifest_sha256,
            signed_with=made.fingerprint,
        )
        packed = {clip.footage.bookmark for clip in content.clips}
        self._record(order, officer, CustodyAction.EVIDENCE_EXPORTED, facts, packed=packed)

    def _record_failure(
        self, order: EvidenceOrder, officer: Officer, content: PackageContent | None, problem: DomainError | Fault
    ) -> None:
        """What kept the export is told to the officer, even if custody cannot be written either."""
        facts = _facts(order, content, failure=problem.code)
        try:
            self._record(order, officer, CustodyAction.EVIDENCE_EXPORT_FAILED, facts)
        except Fault as fault:
            log.error("failed export is not in custody", code=fault.code)  # noqa: TRY400 - expected, no traceback
        log.warning("evidence_export_failed", code=problem.code, by=officer.nrp)

    def _record(
        self,
        order: EvidenceOrder,
        officer: Officer,
        action: CustodyAction,
        facts: PackageFacts,
        *,
        packed: Collection[str] = (),
    ) -> None:
        """`packed`: the bookmarks whose footage is in the package; the basket says so from now on."""
        at = self._clock.utc()

        def record(session: Session) -> None:
            case = _case_id(session, order.lp)
            custody.append(session, actor=officer.nrp, action=action, about=f"case/{case}", at=at, facts=facts)
            if packed:
                baskets.mark_exported(session, case, packed, package=facts.package, actor=officer.nrp, at=at)

        self._store.write(record).result()

    def _record_key(self, key: SigningKey) -> None:
        at, facts = self._clock.utc(), KeyFacts(key.public.fingerprint)
        action = CustodyAction.SIGNING_KEY_MADE

        def record(session: Session) -> None:
            custody.append(session, actor=SYSTEM, action=action, about="vault", at=at, facts=facts)

        self._store.write(record).result()


class _Attempt:
    content: PackageContent | None = None


def _facts(order: EvidenceOrder, content: PackageContent | None, *, failure: str = "") -> PackageFacts:
    return PackageFacts(
        "",
        order.legal_basis.strip(),
        order.consent_number.strip(),
        tuple(clip.footage.clip for clip in content.clips) if content is not None else (),
        failure=failure,
    )


def _case_id(session: Session, lp: str) -> str:
    """Of a number that no case has, the id that its case would get."""
    number = parse_lp(lp)
    case = case_rows.of_number(session, number)
    return case.id if case is not None else case_id(number.normalised)
