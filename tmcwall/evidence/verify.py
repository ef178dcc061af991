"""Checks an evidence package: signature, files, and where a video was altered. What it is given is not trusted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography import x509

from tmcwall.domain.fault import Fault
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence import bag
from tmcwall.evidence.bag import ManifestMalformed, manifest, read_manifest
from tmcwall.evidence.camera_signature import SinceCamera, camera_signature, worst_of
from tmcwall.evidence.counter_signature import (
    LARGEST_COUNTER_SIGNATURE,
    CounterSignature,
    CounterSignatureMalformed,
    read_counter_signature,
)
from tmcwall.evidence.original import first_altered_second, nal_hashes
from tmcwall.evidence.read_back import hash_of
from tmcwall.evidence.record import Moment, OriginalRecord, PackageRecord, moment, read_record
from tmcwall.evidence.server_receipt import ReceiptStanding, receipt_standing
from tmcwall.evidence.signers import AllowedSigner, signers_of
from tmcwall.evidence.spoken_fingerprint import spoken_fingerprint
from tmcwall.evidence.sshsig import LARGEST_SIGNATURE, PublicKey, Signature, SignatureMalformed
from tmcwall.evidence.time_stamp import LARGEST_ANSWER, TimeStamp, TimeStampMalformed, read_time_stamp
from tmcwall.evidence.verification import (
    AlteredPart,
    Claims,
    ClaimState,
    CounterSignedAt,
    FootageGap,
    KeyStanding,
    OriginalSignature,
    SignedBy,
    StampedAt,
    Verdict,
    Verification,
)

LARGEST_RECORD: Final = 256 * 1024 * 1024
_MOST_FILES: Final = 100_000


def verify_package(
    folder: Path,
    *,
    signers: Sequence[AllowedSigner],
    now: datetime,
    camera_authorities: Sequence[x509.Certificate] | None = None,
    time_stamp_authorities: Sequence[x509.Certificate] = (),
    servers: Sequence[str] = (),
    hashed: Mapping[str, str] = MappingProxyType({}),
    advanced: Callable[[int], None] = lambda _count: None,
) -> Verification:
    """`signers` are whom the reader knows; the package's own list counts for nothing. `camera_authorities` are who
    vouches for cameras; without them cameras' own signatures are not looked at. `time_stamp_authorities` are whose time
    stamps are believed here, `servers` the keys of servers whose counter-signatures and receipts for custody are.
    `hashed` has the SHA-256 of files that the caller has read from this disk himself, by their paths in the bag.
    `advanced` is told how many bytes more were read; what it raises ends the check. No expected trouble is raised: it
    is CANNOT_CHECK.
    """
    check = _Check(folder, signers, now, camera_authorities, time_stamp_authorities, servers, hashed, advanced)
    try:
        return check.verification()
    except (OSError, Fault, ManifestMalformed) as error:
        problem = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        return _unchecked(folder, problem)


def _unchecked(folder: Path, problem: str) -> Verification:
    nothing = Claims(ClaimState.NOT_CHECKED, ClaimState.NOT_CHECKED, None, ClaimState.NOT_CHECKED)
    return Verification(verdict=Verdict.CANNOT_CHECK, package=folder.name, problem=problem, claims=nothing)


@dataclass
class _Check:
    """One look at one package."""

    folder: Path
    signers: Sequence[AllowedSigner]
    now: datetime
    camera_authorities: Sequence[x509.Certificate] | None
    time_stamp_authorities: Sequence[x509.Certificate]
    servers: Sequence[str]
    hashed: Mapping[str, str]
    advanced: Callable[[int], None]
    altered: dict[str, AlteredPart] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def verification(self) -> Verification:
        if not self.folder.is_dir():
            return _unchecked(self.folder, "no folder")
        found, links = _files_of(self.folder)
        if not {bag.TAG_MANIFEST, bag.MANIFEST, bag.RECORD, bag.SIGNATURE} & found.keys():
            return _unchecked(self.folder, "no evidence package")
        for path in links:
            self.altered[path] = AlteredPart(path)
        signed_by = self._signature(found)
        tags = self._listed(bag.TAG_MANIFEST, found)
        if self.altered.keys().isdisjoint({bag.TAG_MANIFEST, bag.SIGNATURE}):
            self._compare(tags, found)
            if tags and bag.MANIFEST not in tags:
                self.altered[bag.TAG_MANIFEST] = AlteredPart(bag.TAG_MANIFEST)
        stamped = self._time_stamp(found)
        counter_signed = self._counter_signature(found)
        payload = self._listed(bag.MANIFEST, found)
        wrong = self._compare(payload, found)
        record = self._record(found) if bag.RECORD not in self.altered else None
        self._look_into(wrong, record, found)
        within = sorted(path for path in found if path.startswith(f"{bag.DATA}/"))
        added = tuple(path for path in within if payload and path not in payload)
        known = {*bag.TAG_FILES, bag.TAG_MANIFEST, bag.SIGNATURE, bag.TIME_STAMP, bag.COUNTER_SIGNATURE}
        beside = tuple(sorted(path for path in found if not path.startswith(f"{bag.DATA}/") and path not in known))
        signatures = self._camera_signatures(record, found)
        receipt = self._receipt(record, found)
        summed_up = self._summed_up(
            signed_by, record, added=added, beside=beside, signatures=signatures, stamped=stamped
        )  # fmt: skip
        whole = not (self.altered or added or self.missing)
        return replace(
            summed_up,
            receipt=receipt,
            counter_signature=self._counter_signed_at(counter_signed, record),
            counter_signature_missing=record is not None and record.counter_signature_asked and counter_signed is None,
            claims=replace(summed_up.claims, seen_by_server=self._seen_by_server(counter_signed, whole=whole)),
        )

    def _counter_signature(self, found: dict[str, Path]) -> CounterSignature | None:
        """Of the tag manifest as it is here; that of another is one that was altered."""
        file = bag.COUNTER_SIGNATURE
        if file not in found or bag.TAG_MANIFEST not in found or bag.TAG_MANIFEST in self.altered:
            return None
        message = _small(found[bag.TAG_MANIFEST], bag.LARGEST_MANIFEST)
        try:
            with found[file].open("rb") as content:
                return read_counter_signature(content.read(LARGEST_COUNTER_SIGNATURE + 1), tag_manifest=message)
        except CounterSignatureMalformed:
            self.altered[file] = AlteredPart(file)
            return None

    def _counter_signed_at(
        self, signed: CounterSignature | None, record: PackageRecord | None
    ) -> CounterSignedAt | None:
        if signed is None:
            return None
        at = moment(signed.at, _zone_of(record))
        return CounterSignedAt(at, signed.device, signed.is_of(self.servers))

    def _seen_by_server(self, signed: CounterSignature | None, *, whole: bool) -> ClaimState:
        """As `_existed_before`, by the server's word."""
        if bag.COUNTER_SIGNATURE in self.altered:
            return ClaimState.BROKEN
        if signed is None:
            return ClaimState.NOT_MADE
        if not signed.is_of(self.servers):
            return ClaimState.NOT_CHECKED
        return ClaimState.HOLDS if whole else ClaimState.BROKEN

    def _receipt(self, record: PackageRecord | None, found: dict[str, Path]) -> ReceiptStanding | None:
        if record is None or bag.CUSTODY not in found or record.custody.receipted_rows is None:
            return None
        extract = _small(found[bag.CUSTODY], LARGEST_RECORD)
        return receipt_standing(extract, record.custody, known=self.servers)

    def _summed_up(
        self,
        signed_by: SignedBy | None,
        record: PackageRecord | None,
        *,
        added: tuple[str, ...],
        beside: tuple[str, ...],
        signatures: tuple[OriginalSignature, ...],
        stamped: TimeStamp | None,
    ) -> Verification:
        gaps = _gaps(record)
        known = signed_by is not None and signed_by.standing is KeyStanding.KNOWN
        if self.altered or added:
            verdict = Verdict.ALTERED
        elif self.missing:
            verdict = Verdict.INCOMPLETE
        elif not known:
            verdict = Verdict.UNKNOWN_KEY
        else:
            verdict = Verdict.INCOMPLETE if gaps else Verdict.VALID
        return Verification(
            verdict=verdict,
            package=record.package if record else self.folder.name,
            signed_by=signed_by,
            altered=tuple(self.altered[path] for path in sorted(self.altered)),
            missing=tuple(sorted(self.missing)),
            added=added,
            beside=beside,
            gaps=gaps,
            camera_signatures=signatures,
            time_stamp=self._stamped_at(stamped, record),
            time_stamp_missing=record is not None and record.time_stamp_asked and stamped is None,
            receipted_rows=record.custody.receipted_rows if record else None,
            receipted_at=record.custody.receipted_at if record else None,
            originals=len(record.originals) if record else 0,
            lp=record.case.lp if record else "",
            officer=_officer(record),
            made_at=record.made_at if record else None,
            claims=Claims(
                _since_workstation(known=known, whole=not (self.altered or added or self.missing)),
                ClaimState.NOT_MADE,
                worst_of(one.answer for one in signatures),
                self._existed_before(stamped, whole=not (self.altered or added or self.missing)),
            ),
        )

    def _time_stamp(self, found: dict[str, Path]) -> TimeStamp | None:
        """Of the tag manifest as it is here; that of another is one that was altered."""
        if bag.TIME_STAMP not in found or bag.TAG_MANIFEST not in found or bag.TAG_MANIFEST in self.altered:
            return None
        message = _small(found[bag.TAG_MANIFEST], bag.LARGEST_MANIFEST)
        try:
            with found[bag.TIME_STAMP].open("rb") as file:
                return read_time_stamp(file.read(LARGEST_ANSWER + 1), message=message)
        except TimeStampMalformed:
            self.altered[bag.TIME_STAMP] = AlteredPart(bag.TIME_STAMP)
            return None

    def _stamped_at(self, stamped: TimeStamp | None, record: PackageRecord | None) -> StampedAt | None:
        if stamped is None:
            return None
        zone = _zone_of(record)
        vouched_for = stamped.is_vouched_for(self.time_stamp_authorities)
        return StampedAt(moment(stamped.at, zone), stamped.authority, vouched_for)

    def _existed_before(self, stamped: TimeStamp | None, *, whole: bool) -> ClaimState:
        """It covers the tag manifest, and so every file; of files that are others it says nothing."""
        if bag.TIME_STAMP in self.altered:
            return ClaimState.BROKEN
        if stamped is None:
            return ClaimState.NOT_MADE
        if not stamped.is_vouched_for(self.time_stamp_authorities):
            return ClaimState.NOT_CHECKED
        return ClaimState.HOLDS if whole else ClaimState.BROKEN

    def _signature(self, found: dict[str, Path]) -> SignedBy | None:
        """Who signed the tag manifest; None if nobody did, or not these bytes."""
        self.missing |= {bag.TAG_MANIFEST, bag.SIGNATURE} - found.keys()
        if self.missing:
            return None
        message = _small(found[bag.TAG_MANIFEST], bag.LARGEST_MANIFEST)
        try:
            signature = Signature.read(_small(found[bag.SIGNATURE], LARGEST_SIGNATURE + 1))
        except SignatureMalformed:
            self.altered[bag.SIGNATURE] = AlteredPart(bag.SIGNATURE)
            return None
        if not signature.holds(message):
            path = bag.SIGNATURE if message == self._tag_manifest_as_it_should_be(found) else bag.TAG_MANIFEST
            self.altered[path] = AlteredPart(path)
            return None
        return self._signed_by(signature.public)

    def _tag_manifest_as_it_should_be(self, found: dict[str, Path]) -> bytes:
        return manifest({path: self._sha256(found[path]) for path in bag.TAG_FILES if path in found})

    def _signed_by(self, key: PublicKey) -> SignedBy:
        lines = signers_of(key, self.signers)
        counting = [line for line in lines if line.counts_at(self.now)]
        standing = KeyStanding.KNOWN if counting else KeyStanding.WITHDRAWN if lines else KeyStanding.UNKNOWN
        principal = next((line.principal for line in counting or lines), "")
        return SignedBy(standing, key.fingerprint, spoken_fingerprint(key), principal)

    def _listed(self, name: str, found: dict[str, Path]) -> dict[str, str]:
        """What a manifest lists; nothing where it is gone or cannot be read, which is said."""
        if name not in found:
            self.missing.add(name)
            return {}
        try:
            return read_manifest(_small(found[name], bag.LARGEST_MANIFEST))
        except ManifestMalformed:
            self.altered[name] = AlteredPart(name)
            return {}

    def _compare(self, listed: dict[str, str], found: dict[str, Path]) -> list[str]:
        """Those of the listed files that are others."""
        wrong = []
        for path, digest in listed.items():
            if path in self.altered:
                continue
            if path not in found:
                self.missing.add(path)
            elif (self.hashed.get(path) or self._sha256(found[path])) != digest:
                wrong.append(path)
                self.altered[path] = AlteredPart(path)
        return wrong

    def _record(self, found: dict[str, Path]) -> PackageRecord | None:
        if bag.RECORD not in found:
            return None
        try:
            return read_record(_small(found[bag.RECORD], LARGEST_RECORD))
        except ValueError:
            self.altered[bag.RECORD] = AlteredPart(bag.RECORD)
            return None

    def _look_into(self, wrong: Sequence[str], record: PackageRecord | None, found: dict[str, Path]) -> None:
        """Since when videos are altered, as far as their record is still what was signed."""
        originals = {original.file: original for original in record.originals} if record else {}
        for path in wrong:
            if path in originals and originals[path].video is not None:
                self.altered[path] = self._altered_video(originals[path], found[path])

    def _altered_video(self, original: OriginalRecord, path: Path) -> AlteredPart:
        assert original.video is not None
        with path.open("rb") as file:
            second = first_altered_second(file, original.video.seconds, advanced=self.advanced)
            try:
                same = nal_hashes(file) == tuple(track.nal_sha256 for track in original.video.tracks)
            except Fault:
                same = second is None
        if same or second is None:
            return AlteredPart(original.file, pictures_unchanged=same)
        return AlteredPart(original.file, second, _moment_of(original, second))

    def _camera_signatures(self, record: PackageRecord | None, found: dict[str, Path]) -> tuple[OriginalSignature, ...]:
        """Of every original that is there, whatever else was found of it: this claim rests on the camera alone.

        One of which the record counts no messages of a camera is not read again: that takes longer than all else, and
        whoever made the package could have left them out as well.
        """
        if self.camera_authorities is None:
            return ()
        signatures = []
        unsigned = {one.file for one in record.originals if _is_unsigned(one)} if record else set[str]()
        for path in sorted(path for path in found if path.startswith(f"{bag.ORIGINALS}/")):
            if path in unsigned and path not in self.altered:
                signatures.append(OriginalSignature(path, SinceCamera.NOT_SIGNED))
            else:
                signatures.append(_camera_signature(path, found[path], self.camera_authorities))
        return tuple(signatures)

    def _sha256(self, path: Path) -> str:
        return hash_of(path, advanced=self.advanced)


def _zone_of(record: PackageRecord | None) -> StationZone:
    return StationZone(record.made_at.local.rsplit(" ", 1)[-1]) if record is not None else StationZone.WIB


def _is_unsigned(original: OriginalRecord) -> bool:
    return original.video is not None and all(track.signing_messages == 0 for track in original.video.tracks)


def _camera_signature(name: str, path: Path, trusted: Sequence[x509.Certificate]) -> OriginalSignature:
    """Raises OSError."""
    with path.open("rb") as file:
        try:
            found = camera_signature(file, trusted=trusted)
        except Fault:
            return OriginalSignature(name, SinceCamera.NOT_VERIFIED)
    return OriginalSignature(name, found.answer, found.tracks)


def _files_of(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Every file by its path in the bag, and whatever is neither file nor folder. Raises OSError."""
    found: dict[str, Path] = {}
    others: list[str] = []
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                path = Path(entry.path)
                name = path.relative_to(folder).as_posix()
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False):
                    found[name] = path
                else:
                    others.append(name)
        if len(found) > _MOST_FILES:
            raise ManifestMalformed(f"more than {_MOST_FILES} files")
    return found, others


def _small(path: Path, largest: int) -> bytes:
    """Raises OSError, and ManifestMalformed for a file that is too large to be what it should be."""
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ManifestMalformed(f"{path.name} is too large")
    return content


def _moment_of(original: OriginalRecord, second: int) -> Moment | None:
    starts = original.footage.real.starts
    if starts is None:
        return None
    zone = StationZone(starts.local.rsplit(" ", 1)[-1])
    return moment(datetime.fromisoformat(starts.utc) + timedelta(seconds=second), zone)


def _gaps(record: PackageRecord | None) -> tuple[FootageGap, ...]:
    if record is None:
        return ()
    return tuple(FootageGap(original.file, gap) for original in record.originals for gap in original.footage.gaps)


def _officer(record: PackageRecord | None) -> str:
    if record is None:
        return ""
    officer = record.officer
    return " ".join(filter(None, (officer.rank, officer.name, officer.nrp)))


def _since_workstation(*, known: bool, whole: bool) -> ClaimState:
    return ClaimState.NOT_CHECKED if whole and not known else ClaimState.HOLDS if whole else ClaimState.BROKEN
