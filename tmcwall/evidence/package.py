"""Makes an evidence package (ADR 0025, docs/evidence.md): a bag of originals, their record, and a signature over all.

It is built in a hidden folder beside its place, read back from the disk and checked as anybody else would check it, and
renamed: a package that can be seen is whole. Memory does not grow with the clips.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from tmcwall import __version__
from tmcwall.domain.derived_copy import Box, Drawing, PictureCopier
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, sync_and_forget, sync_folder
from tmcwall.evidence import bag
from tmcwall.evidence.instructions import Instructions
from tmcwall.evidence.original import copy_original
from tmcwall.evidence.package_copies import PackageCopies
from tmcwall.evidence.read_back import ReadBack, hash_of
from tmcwall.evidence.record import (
    AnnotationRecord,
    AnnotationsRecord,
    CaseRecord,
    CopyNotMadeRecord,
    CustodyRecord,
    FootageRecord,
    LeftOutRecord,
    OfficerRecord,
    OriginalRecord,
    PackageRecord,
    SignerRecord,
    VersionsRecord,
    moment,
    written,
)
from tmcwall.evidence.signers import AllowedSigner
from tmcwall.evidence.spoken_fingerprint import spoken_fingerprint
from tmcwall.evidence.sshsig import NAMESPACE, SigningKey
from tmcwall.evidence.target import Partitions, check_room, part_of, partitions_of_system, remove_leftovers
from tmcwall.evidence.time_stamp_client import StampedBy
from tmcwall.evidence.verification import Verdict
from tmcwall.evidence.verify import verify_package
from tmcwall.log import get_logger
from tmcwall.private_files import make_private_folder, open_private

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClipSource:
    """A clip on this workstation. `sha256` is what custody has of it; `begins` names its file in the package."""

    path: Path
    size_bytes: int
    sha256: str
    begins: datetime
    footage: FootageRecord
    released: tuple[Path, ...] = ()
    """Stills and redacted copies that officers have made of it, with their records beside them."""
    stills_at: tuple[datetime, ...] = ()
    """Moments of which a still is made besides the one that was marked."""
    masks: tuple[Box, ...] = ()
    """The camera's privacy masks: they cover what is made of it here, never the original."""
    annotations: tuple[AnnotationRecord, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    """Annotations that are burnt into its viewing copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageContent:
    """All that goes into a package besides the bytes of its clips."""

    case: CaseRecord
    officer: OfficerRecord
    legal_basis: str
    consent_number: str
    workstation: str
    clips: Sequence[ClipSource]
    left_out: Sequence[LeftOutRecord]
    custody: CustodyRecord
    custody_extract: bytes
    versions: VersionsRecord
    made_at: datetime
    zone: StationZone
    papers: Mapping[str, bytes] = field(default_factory=dict)
    """Further files of the payload, by their names in it."""

    @property
    def name(self) -> str:
        """Of the package's folder: of the report number and the moment, safe on every system."""
        return f"{bag.safe_name(self.case.lp)}_{self.made_at:%Y%m%dT%H%M%SZ}"


class StampOutcome(StrEnum):
    NOT_ASKED = "not_asked"
    STAMPED = "stamped"
    FAILED = "failed"
    """The authority could not be reached, or gave no time stamp: the package is made without."""


@dataclass(frozen=True, slots=True)
class MadePackage:
    folder: Path
    originals: int
    size_bytes: int
    tag_manifest_sha256: str
    """Names the package for custody: it covers every other byte of it."""
    fingerprint: str
    spoken: str
    copies: int = 0
    copies_not_made: tuple[CopyNotMadeRecord, ...] = ()
    time_stamp: StampOutcome = StampOutcome.NOT_ASKED


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes copied, made into viewing copies and read back, of all that are to be. How large copies become shows only
    when they are made: `of` changes once then.
    """

    done: int
    of: int


def make_package(
    out: Path,
    content: PackageContent,
    *,
    key: SigningKey,
    release: Callable[[MadePackage], None],
    copier: PictureCopier | None = None,
    time_stamps: StampedBy | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progressed: Callable[[Progress], None] = lambda _progress: None,
    partitions: Partitions = partitions_of_system,
) -> MadePackage:
    """The package under `out`, which is made if it is missing.

    With a `copier` it gets viewing copies and stills, with `time_stamps` a time stamp where the authority gives one.
    `release` is called when it is whole and checked, and before anybody can see it; what it raises leaves nothing.

    Raises DomainError(OUTPUT_EXISTS, COPY_NOT_WATCHED, COPY_CHANGED); Fault: EXPORT_CANCELLED, CLIP_ALTERED for a clip
    that is not what custody has of it, FILE_TOO_LARGE, FILE_UNREADABLE; DiskFault, and FILE_UNWRITABLE for what else
    keeps it from being written. Nothing of it is left then.
    """
    folder = out / content.name
    try:
        if folder.exists():
            raise DomainError(DomainCode.OUTPUT_EXISTS, str(folder))
        make_private_folder(out)
        remove_leftovers(out, content.workstation)
        check_room(out, [clip.size_bytes for clip in content.clips], partitions=partitions)
        with _part(part_of(out, content.workstation)) as part:
            originals = sum(clip.size_bytes for clip in content.clips)
            steps = _Steps((4 if copier is not None else 2) * originals, cancelled, progressed)
            building = _Building(part, folder, content, key, copier, time_stamps, steps)
            made = building.build()
            _check(part, key, content.made_at, steps, read_back=building.read_back)
            steps.check()
            release(made)
            part.replace(folder)
        sync_folder(out)
    except _Cancelled:
        raise Fault(FaultCode.EXPORT_CANCELLED, retryable=False) from None
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=out) from error
    return made


def principal_of(workstation: str) -> str:
    """Who a workstation is in a list of allowed signers."""
    return f"{workstation}@tmcwall"


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """A folder that is gone afterwards under this name."""
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class _Cancelled(Exception):
    """Not a fault: the check of a package takes those for its own."""


class _Steps:
    """Counts what is done, in any thread, and ends it where it was cancelled."""

    def __init__(self, total: int, cancelled: Callable[[], bool], progressed: Callable[[Progress], None]) -> None:
        self._lock = threading.Lock()
        self._total = total
        self._done = 0
        self._cancelled = cancelled
        self._progressed = progressed

    def advance(self, count: int) -> None:
        """Raises _Cancelled."""
        with self._lock:
            self.check()
            self._done = min(self._done + count, self._total)
            self._progressed(Progress(self._done, self._total))

    def expect(self, count: int) -> None:
        """So many are left from here on."""
        self._total = self._done + count

    def check(self) -> None:
        """Raises _Cancelled."""
        if self._cancelled():
            raise _Cancelled

    def is_cancelled(self) -> bool:
        return self._cancelled()


@dataclass(frozen=True)
class _Building:
    """One package in the making."""

    part: Path
    folder: Path
    content: PackageContent
    key: SigningKey
    copier: PictureCopier | None
    time_stamps: StampedBy | None
    steps: _Steps
    read_back: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the originals in the package, as the disk gave them back, by their paths in the bag."""

    def build(self) -> MadePackage:
        make_private_folder(self.part / bag.ORIGINALS)
        with ReadBack() as reading:
            originals = tuple(self._copy(number, clip, reading) for number, clip in enumerate(self.content.clips, 1))
        copies = self._copies(originals)
        record = self._record(originals, copies)
        payload = {original.file: original.sha256 for original in originals} | copies.hashes
        for original, clip in zip(originals, self.content.clips, strict=True):
            if original.annotations:
                make_private_folder(self.part / bag.ANNOTATIONS)
                layer = AnnotationsRecord(original=original.file, annotations=clip.annotations)
                payload[original.annotations] = self._write(original.annotations, written(layer))
        payload[bag.RECORD] = self._write(bag.RECORD, written(record))
        payload[bag.CUSTODY] = self._write(bag.CUSTODY, self.content.custody_extract)
        papers = sorted(self.content.papers.items())
        payload |= {f"{bag.DATA}/{name}": self._write(f"{bag.DATA}/{name}", paper) for name, paper in papers}
        tags = {name: self._write(name, text) for name, text in self._tag_files(record, payload).items()}
        tag_manifest = bag.manifest(tags)
        digest = self._write(bag.TAG_MANIFEST, tag_manifest)
        self._write(bag.SIGNATURE, self.key.sign(tag_manifest))
        stamped = self._stamp(tag_manifest)
        for place in (bag.ORIGINALS, bag.DATA, "."):
            sync_folder(self.part / place)
        size = sum(original.size_bytes for original in originals)
        self.steps.expect(copies.size_bytes)
        return MadePackage(
            self.folder,
            len(originals),
            size,
            digest,
            record.signer.fingerprint,
            record.signer.spoken,
            len(copies.made),
            tuple(copies.not_made),
            stamped,
        )

    def _stamp(self, tag_manifest: bytes) -> StampOutcome:
        if self.time_stamps is None:
            return StampOutcome.NOT_ASKED
        try:
            stamp = self.time_stamps(tag_manifest)
        except Fault as fault:
            log.warning("package without a time stamp", code=fault.code, detail=fault.detail)
            return StampOutcome.FAILED
        self._write(bag.TIME_STAMP, stamp)
        return StampOutcome.STAMPED

    def _copy(self, number: int, clip: ClipSource, reading: ReadBack) -> OriginalRecord:
        camera = bag.safe_name(clip.footage.camera.name)
        file = f"{bag.ORIGINALS}/{number:03d}_{camera}_{clip.begins:%Y%m%dT%H%M%SZ}.mp4"
        try:
            source = clip.path.open("rb")
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, f"{clip.path}: {error.strerror}", retryable=False) from error
        with source, open_private(self.part / file, "xb") as target:
            copied = copy_original(source, target, advanced=self.steps.advance)
            target.flush()
        reading.go_on(partial(self._settle, file, clip))
        layer = f"{bag.ANNOTATIONS}/{Path(file).stem}.json" if clip.annotations else ""
        return OriginalRecord(file, copied.size_bytes, clip.sha256, copied.video, clip.footage, layer)

    def _settle(self, file: str, clip: ClipSource) -> None:
        """The copy is on the disk, and is what custody has of the clip. While the next one is copied."""
        path = self.part / file
        with path.open("r+b") as target:
            sync_and_forget(target)
        self.read_back[file] = hash_of(path, advanced=self.steps.advance)
        if self.read_back[file] == clip.sha256:
            return
        if hash_of(clip.path) != clip.sha256:
            raise Fault(FaultCode.CLIP_ALTERED, str(clip.path), retryable=False)
        raise _otherwise(file, self.part)

    def _copies(self, originals: Sequence[OriginalRecord]) -> PackageCopies:
        content = self.content
        copies = PackageCopies(
            part=self.part,
            lp=content.case.lp,
            officer=content.officer.nrp,
            now=content.made_at,
            zone=content.zone,
            copier=self.copier,
            steps=self.steps,
        )
        for original, clip in zip(originals, content.clips, strict=True):
            copies.add(
                original,
                begins=clip.begins,
                released=clip.released,
                stills_at=clip.stills_at,
                masks=clip.masks,
                drawings=clip.drawings,
            )
        return copies

    def _record(self, originals: tuple[OriginalRecord, ...], copies: PackageCopies) -> PackageRecord:
        content, key = self.content, self.key.public
        signer = SignerRecord(
            principal_of(content.workstation), key.openssh, key.fingerprint, spoken_fingerprint(key)
        )  # fmt: skip
        return PackageRecord(
            package=content.name,
            made_at=moment(content.made_at, content.zone),
            workstation=content.workstation,
            case=content.case,
            officer=content.officer,
            legal_basis=content.legal_basis,
            consent_number=content.consent_number,
            signer=signer,
            originals=originals,
            left_out=tuple(content.left_out),
            copies=tuple(copies.made),
            copies_not_made=tuple(copies.not_made),
            custody=content.custody,
            versions=content.versions,
            time_stamp_asked=self.time_stamps is not None,
        )

    def _tag_files(self, record: PackageRecord, payload: dict[str, str]) -> dict[str, bytes]:
        """All that the tag manifest lists."""
        signer = record.signer
        size = sum((self.part / path).stat().st_size for path in payload)
        information = (
            ("Bag-Software-Agent", f"tmcwall {__version__}"),
            ("Bagging-Date", f"{self.content.zone.date_of(self.content.made_at):%Y-%m-%d}"),
            ("External-Identifier", bag.safe_name(record.case.lp)),
            ("Payload-Oxum", f"{size}.{len(payload)}"),
        )
        clips = tuple(original.file for original in record.originals)
        instructions = Instructions(record.package, signer.principal, signer.fingerprint, signer.spoken, clips)
        allowed = AllowedSigner(signer.principal, self.key.public, (NAMESPACE,))
        return {
            bag.DECLARATION: bag.DECLARED,
            bag.INFORMATION: "".join(f"{name}: {value}\n" for name, value in information).encode(),
            bag.MANIFEST: bag.manifest(payload),
            bag.SIGNERS: allowed.line().encode(),
            bag.PUBLIC_KEY: f"{signer.key} {signer.principal}\n".encode(),
            bag.INSTRUCTIONS: instructions.text().encode(),
        }

    def _write(self, name: str, data: bytes) -> str:
        """Gives its SHA-256."""
        with open_private(self.part / name, "xb") as file:
            file.write(data)
            sync_and_forget(file)
        return hashlib.sha256(data).hexdigest()


def _check(part: Path, key: SigningKey, now: datetime, steps: _Steps, *, read_back: Mapping[str, str]) -> None:
    """As anybody else would, but for the originals that were read back already.

    Raises DiskFault where the disk gives back something else than it was given.
    """
    own = AllowedSigner("", key.public)
    found = verify_package(part, signers=[own], now=now, hashed=read_back, advanced=steps.advance)
    if found.verdict in {Verdict.VALID, Verdict.INCOMPLETE} and not found.missing:
        return
    part_read = next((one.path for one in found.altered), found.problem or ", ".join(found.missing))
    raise _otherwise(part_read, part)


def _otherwise(part_read: str, part: Path) -> Fault:
    return disk_fault(OSError(errno.EIO, f"read back otherwise than written: {part_read}"), folder=part.parent)
