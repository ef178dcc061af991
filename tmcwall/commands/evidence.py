"""`tmcwall evidence ...`: packages are made by the program that runs on the data, or here, and checked here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.commands.recording import keeping_of
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.camera_authorities import authorities_of_file, authorities_of_folder
from tmcwall.evidence.package import Progress, StampOutcome
from tmcwall.evidence.server_receipt import known_servers
from tmcwall.evidence.signers import known_signers
from tmcwall.evidence.time_stamp_client import stamped_by
from tmcwall.evidence.verification import EXIT_CODES
from tmcwall.evidence.verify import verify_package
from tmcwall.services.availability import package_papers
from tmcwall.services.clip_copies import ClipCopies
from tmcwall.services.copy_files import CopyFiles
from tmcwall.services.counter_signing import counter_signed_by
from tmcwall.services.evidence import EvidenceRoom
from tmcwall.services.evidence_check import EvidenceCheck
from tmcwall.services.evidence_export import EvidenceExport
from tmcwall.services.evidence_requests import CaseDesk, ExportDone, ExportEvidence
from tmcwall.services.handover import hand_over
from tmcwall.services.redactions import Redactions
from tmcwall.services.service import Service
from tmcwall.services.signing_key import key_of_file
from tmcwall.services.tagging import OnDuty
from tmcwall.stop_signals import stop_noticed
from tmcwall.texts import Language, Translator
from tmcwall.texts import evidence as say
from tmcwall.texts.faults import short_cause
from tmcwall.video.copying.copier import BoxedCopier
from tmcwall.workstation import Workstation, open_workstation, paths_of

_EXPORT_LIMIT_S: Final = 12 * 3600.0
"""For an export by the running program; a slow stick takes hours for a large case."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What `tmcwall evidence export` was asked."""

    lp: str
    out: Path
    nrp: str
    password: str
    legal_basis: str = ""
    consent_number: str = ""
    signing_key: Path | None = None
    viewing_copy: bool = True
    availability: bool = False
    time_stamp_url: str = ""
    """Of the authority for this package; empty: that of the settings."""
    counter_signature: bool = False
    """By the central server."""

    def __repr__(self) -> str:
        return f"ExportOptions({self.lp!r}, {self.out}, nrp={self.nrp!r})"


def run_export(
    options: ExportOptions, *, data_dir: Path | None, passphrase: Callable[[], str], translate: Translator
) -> int:
    """`passphrase` is asked for where the key file is locked. Raises DomainError and Fault; nothing is left then."""
    request = ExportEvidence(
        lp=options.lp,
        out=str(options.out.absolute()),
        nrp=options.nrp,
        password=options.password,
        legal_basis=options.legal_basis,
        viewing_copy=options.viewing_copy,
        availability=options.availability,
        consent_number=options.consent_number,
        signing_key=str(options.signing_key.absolute()) if options.signing_key else "",
        passphrase=_passphrase_of(options.signing_key, passphrase) if options.signing_key else "",
        time_stamp_url=options.time_stamp_url,
        counter_signature=options.counter_signature,
    )
    done = hand_over(paths_of(data_dir), request, ExportDone, timeout_s=_EXPORT_LIMIT_S)
    if done is None:
        with opened(data_dir) as workstation, stop_noticed() as stopped:
            done = case_desk_of(workstation).export(request, watcher=_OnTerminal(stopped, translate))
    _tell(done, translate)
    return 0


def run_verify(
    path: Path,
    *,
    signers: Path | None,
    camera_ca: Path | None,
    tsa_cert: Path | None,
    server_key: Path | None,
    data_dir: Path | None,
    as_json: bool,
    translate: Translator,
) -> int:
    """The exit code is the verdict (`verification.EXIT_CODES`). Raises DomainError(INPUT_UNREADABLE,
    SIGNERS_UNREADABLE, CAMERA_AUTHORITIES_UNREADABLE) for whom the reader knows; the package's own troubles are a
    verdict.
    """
    for given in (signers, server_key):
        if given is not None and not given.is_file():
            raise DomainError(DomainCode.INPUT_UNREADABLE, str(given))
    paths = paths_of(data_dir)
    known = known_signers(signers if signers is not None else paths.signers)
    cameras = authorities_of_file(camera_ca) if camera_ca else authorities_of_folder(paths.camera_authorities)
    stamping = authorities_of_file(tsa_cert) if tsa_cert else authorities_of_folder(paths.time_stamp_authorities)
    found = verify_package(
        path.absolute(),
        signers=known,
        now=datetime.now(UTC),
        camera_authorities=cameras,
        time_stamp_authorities=stamping,
        servers=known_servers(server_key if server_key is not None else paths.servers),
    )
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        for line in say.verification_lines(found, translate):
            print(line)
    return EXIT_CODES[found.verdict]


def opened(data_dir: Path | None) -> AbstractContextManager[Workstation]:
    """For a command on data that no program uses."""
    return open_workstation(data_dir, clock=SystemClock(), process="evidence")


def case_desk_of(workstation: Workstation) -> CaseDesk:
    room = EvidenceRoom(
        store=workstation.store,
        vault=workstation.vault,
        clips=workstation.paths.clips,
        copies=workstation.paths.copies,
        signers=workstation.paths.signers,
        servers=workstation.paths.servers,
        copier=BoxedCopier(),
        time_stamps=stamped_by(url) if (url := workstation.settings.time_stamp_url) else None,
        counter_signed=counter_signed_by(workstation.identity, workstation.settings.server_url),
        zone=StationZone(workstation.settings.time_zone),
        clock=workstation.clock,
        papers=partial(
            package_papers,
            store=workstation.store,
            head=workstation.settings.letter_head,
            cause_words=indonesian_cause,
        ),
    )
    return CaseDesk(
        workstation.store,
        room,
        workstation.paths.clips,
        keeping_of(workstation),
        StationZone(workstation.settings.time_zone),
        workstation.clock,
    )


def indonesian_cause(code: FaultCode) -> str:
    """For papers, which are Indonesian, whatever the screen says."""
    return Translator(Language.ID)(short_cause(code))


def clip_copies_of(workstation: Workstation, duty: OnDuty) -> ClipCopies:
    """For the running program."""
    return ClipCopies(
        store=workstation.store,
        duty=duty,
        clips=workstation.paths.clips,
        copies=workstation.paths.copies,
        copier=BoxedCopier(),
        zone=StationZone(workstation.settings.time_zone),
        clock=workstation.clock,
    )


@dataclass(frozen=True, slots=True)
class EvidenceDesks:
    """What the running program does with evidence."""

    copies: ClipCopies
    export: EvidenceExport
    check: EvidenceCheck
    redaction: Redactions

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.copies, self.export, self.check, self.redaction


def evidence_services_of(workstation: Workstation, duty: OnDuty) -> EvidenceDesks:
    """For the running program."""
    desk, paths = case_desk_of(workstation), workstation.paths
    export = EvidenceExport(desk.room, store=workstation.store, duty=duty, clips=paths.clips, copies=paths.copies)
    check = EvidenceCheck(
        signers=paths.signers,
        servers=paths.servers,
        camera_authorities=paths.camera_authorities,
        time_stamp_authorities=paths.time_stamp_authorities,
        clock=workstation.clock,
    )
    files = CopyFiles(workstation.store, paths.clips, paths.copies, StationZone(workstation.settings.time_zone))
    redaction = Redactions(files, duty=duty, copier=BoxedCopier(), clock=workstation.clock)
    return EvidenceDesks(clip_copies_of(workstation, duty), export, check, redaction)


class _OnTerminal:
    """Progress in one line that is written over, where somebody looks at it."""

    def __init__(self, stopped: Callable[[], bool], translate: Translator) -> None:
        self.cancelled = stopped
        self._translate = translate
        self._shown = -1

    def progressed(self, progress: Progress) -> None:
        percent = 100 * progress.done // max(progress.of, 1)
        if percent == self._shown or not sys.stderr.isatty():
            return
        self._shown = percent
        end = "\n" if percent == 100 else ""
        print(f"\r{self._translate(say.PROGRESS, percent=percent)}", end=end, file=sys.stderr, flush=True)


def _passphrase_of(path: Path, passphrase: Callable[[], str]) -> str:
    """Asked for only where the key is locked; a file that is no key is refused before anybody is asked."""
    given = ""

    def ask() -> str:
        nonlocal given
        given = passphrase()
        return given

    key_of_file(path, passphrase=ask)
    return given


def _tell(done: ExportDone, translate: Translator) -> None:
    size_mib = f"{done.size_bytes / (1 << 20):.1f}"
    print(translate(say.EXPORTED, folder=done.folder, originals=done.originals, size_mib=size_mib))
    print(translate(say.SIGNED, fingerprint=done.fingerprint, spoken=done.spoken))
    if done.copies:
        print(translate(say.COPIES, copies=done.copies))
    if done.time_stamp is StampOutcome.STAMPED:
        print(translate(say.TIME_STAMPED))
    elif done.time_stamp is StampOutcome.FAILED:
        print(f"tmcwall: {translate(say.NOT_TIME_STAMPED)}", file=sys.stderr)
    if done.counter_signature is StampOutcome.STAMPED:
        print(translate(say.COUNTER_SIGNED))
    elif done.counter_signature is StampOutcome.FAILED:
        print(f"tmcwall: {translate(say.NOT_COUNTER_SIGNED)}", file=sys.stderr)
    if done.copies_not_made:
        which = "; ".join(f"{one.original} ({one.kind}: {one.reason})" for one in done.copies_not_made)
        print(f"tmcwall: {translate(say.COPIES_NOT_MADE, which=which)}", file=sys.stderr)
    if done.left_out:
        which = "; ".join(f"{one.camera} {one.starts.local} ({one.reason})" for one in done.left_out)
        print(f"tmcwall: {translate(say.LEFT_OUT, count=len(done.left_out), which=which)}", file=sys.stderr)
