"""Whether a camera's signature holds over its pictures: a verifier of ONVIF Media Signing for bytes that were kept.

The camera hashes each slice of a picture together with the first slice of its GOP, and signs now and then a message
with the hash of all of them, the list of them, and the hash of the GOP before (ONVIF Media Signing Specification, by
the rules of its reference framework, onvif/media-signing-framework). So it is seen what was altered, left out, put in
or moved. Parameter sets and other SEI are not protected; slices of kinds that the rules do not hash are counted.
Nothing is decoded, and memory does not grow with the video.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Final, NamedTuple

from cryptography import x509

from tmcwall.containers.mp4_reader import Mp4Reader, Sample, VideoTrack
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.signed_units import Outcome, SignedUnit, WaitingUnits
from tmcwall.evidence.signing_certificates import CertificateChain, Provenance
from tmcwall.evidence.signing_findings import HARMLESS, Authenticity, Finding, FindingKind, MediaSigningResult
from tmcwall.evidence.signing_message import (
    AXIS_SIGNED_VIDEO,
    MEDIA_SIGNING,
    SigningMessage,
    UnknownFormat,
    UnreadableMessage,
    Vendor,
    read_signing_message,
    sei_uuid,
    whole_messages,
)
from tmcwall.rtsp.codecs import H264

KNOWN_VERSION: Final = (25, 12, 2)
"""Of the reference framework, whose rules these are; a later one may have others."""
_HASH_NAMES: Final = ("sha256", "sha384", "sha512")
_MOST_AWAITING_KEY: Final = 256
_MOST_FINDINGS: Final = 100
_DANGLING_GOPS: Final = 2
"""At the end of a cut: one that was not over, and one whose signature was still being made."""
_LONGEST_WAIT_GOPS: Final = 16
_CAMERA_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_CLOCK_SET_AFTER: Final = datetime(2015, 1, 1, tzinfo=UTC)


class AccessUnitBytes(NamedTuple):
    """One coded picture as it was received."""

    at_s: float
    """When it is shown, in seconds of its file."""
    nal_units: Sequence[bytes]


def verify_media_signing(
    units: Iterable[AccessUnitBytes], codec: str, *, trusted: Sequence[x509.Certificate]
) -> MediaSigningResult:
    """Hold the messages of a stream against its pictures, in one pass. `codec` is `h264` or `hevc`.

    What `units` raises passes through; whatever the bytes are, nothing else is raised.
    """
    verifier = _Verifier(codec)
    for unit in units:
        verifier.take(unit)
    return verifier.result(trusted)


def access_units(reader: Mp4Reader, track: VideoTrack) -> Iterator[AccessUnitBytes]:
    """Those of a track of a clip. Raises Fault(FILE_UNREADABLE)."""
    for sample in track.samples():
        yield AccessUnitBytes(sample.pts / track.timescale, nal_units_of(reader, sample))


def nal_units_of(reader: Mp4Reader, sample: Sample) -> list[bytes]:
    """Without their lengths; a picture of JPEG is one. Raises Fault(FILE_UNREADABLE)."""
    data, length_bytes = reader.payload(sample), sample.entry.length_bytes
    if not length_bytes:
        return [data]
    nal_units: list[bytes] = []
    at = 0
    while at < len(data):
        begin = at + length_bytes
        at = begin + int.from_bytes(data[at:begin])
        if at > len(data) or at < begin:
            raise Fault(FaultCode.FILE_UNREADABLE, "a NAL unit that leads out of its sample", retryable=False)
        nal_units.append(data[begin:at])
    return nal_units


class _Slice(Enum):
    FIRST_OF_GOP = auto()
    OTHER = auto()
    UNPROTECTED = auto()


def _slice_of(nal_unit: bytes, codec: str) -> _Slice | None:
    """What a NAL unit is to the rules of Media Signing; None for one without a picture."""
    if nal_unit[0] & 0x80 or len(nal_unit) < 3:
        return None
    if codec == H264:
        kind, is_key, valid = nal_unit[0] & 0x1F, False, True
        if not 1 <= kind <= 5:
            return None
        is_key, protected = kind == 5, kind in {1, 5}
        valid = not is_key or bool(nal_unit[0] & 0x60)
        first = nal_unit[1] & 0x80
    else:
        kind, layer = nal_unit[0] >> 1 & 0x3F, nal_unit[1] & 7
        if not (kind <= 9 or 16 <= kind <= 21):
            return None
        is_key, protected = kind >= 16, kind <= 1 or kind >= 16
        valid = layer == 1 if is_key else layer > 0
        first = nal_unit[2] & 0x80
    if not (protected and valid):
        return _Slice.UNPROTECTED
    return _Slice.FIRST_OF_GOP if is_key and first else _Slice.OTHER


class _Awaiting(NamedTuple):
    """A signed message that came before any key."""

    digest: bytes
    signature: bytes
    outcome: Outcome | None


class _Verifier:
    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._names: tuple[str, ...] = _HASH_NAMES
        self._anchors: tuple[bytes, ...] = ()
        self._waiting = WaitingUnits()
        self._chain: CertificateChain | None = None
        self._awaiting: list[_Awaiting] = []
        self._is_present = False
        self._is_newer = False
        self._axis = False
        self._last_document = b""
        self._longest_wait = 0
        self._findings: list[Finding] = []
        self._verified = 0
        self._from_s: float | None = None
        self._until_s: float | None = None
        self._times: tuple[int, int] | None = None
        self._vendor: Vendor | None = None

    def take(self, unit: AccessUnitBytes) -> None:
        left = unit.nal_units
        while left:
            nal_unit, count = left[0].rstrip(b"\0"), 1
            uuid = sei_uuid(nal_unit, self._codec) if nal_unit else b""
            if uuid == MEDIA_SIGNING:
                self._is_present = True
                candidates, count = whole_messages(left, self._codec)
                self._take_message(candidates, unit.at_s)
            elif uuid == AXIS_SIGNED_VIDEO:
                self._axis = True
            elif nal_unit and (kind := _slice_of(nal_unit, self._codec)) is not None:
                self._take_slice(nal_unit, kind, unit.at_s)
            left = left[count:]

    def result(self, trusted: Sequence[x509.Certificate]) -> MediaSigningResult:
        self._look_at_the_end()
        signed_from, signed_until = map(_camera_time, self._times or (0, 0))
        at = (signed_from, signed_until) if signed_from is not None and signed_until is not None else None
        chain = self._chain
        self._findings.sort(key=lambda finding: finding.at_s)
        return MediaSigningResult(
            authenticity=self._authenticity(),
            provenance=chain.provenance(trusted, at=at) if chain is not None else Provenance.NOT_FEASIBLE,
            certificates=chain.facts if chain is not None else (),
            findings=tuple(self._findings[:_MOST_FINDINGS]) if self._is_present else (),
            verified_from_s=self._from_s,
            verified_until_s=self._until_s,
            units_verified=self._verified,
            units_pending=len(self._waiting),
            signed_from=signed_from,
            signed_until=signed_until,
            vendor=self._vendor,
            axis_signed=self._axis,
        )

    def _authenticity(self) -> Authenticity:
        kinds = {finding.kind for finding in self._findings}
        if not self._is_present:
            return Authenticity.NOT_SIGNED
        if self._is_newer:
            return Authenticity.VERSION_MISMATCH
        if self._chain is None:
            return Authenticity.NOT_FEASIBLE
        if kinds - HARMLESS:
            return Authenticity.NOT_OK
        if not self._verified:
            return Authenticity.NOT_FEASIBLE
        return Authenticity.OK_WITH_MISSING_INFO if kinds else Authenticity.OK

    def _find(self, kind: FindingKind, at_s: float, units: int = 1) -> None:
        """Only the earliest are kept, so that a hostile video costs no memory."""
        self._findings.append(Finding(kind, at_s, units))
        if len(self._findings) > 2 * _MOST_FINDINGS:
            self._findings.sort(key=lambda finding: (finding.kind in HARMLESS, finding.at_s))
            del self._findings[_MOST_FINDINGS:]

    # Pictures.

    def _take_slice(self, nal_unit: bytes, kind: _Slice, at_s: float) -> None:
        if kind is _Slice.UNPROTECTED or (kind is _Slice.OTHER and not self._anchors):
            self._find(FindingKind.UNPROTECTED, at_s)
            return
        plain = tuple(hashlib.new(name, nal_unit).digest() for name in self._names)
        if kind is _Slice.FIRST_OF_GOP:
            self._anchors = digests = plain
        else:
            both = zip(self._names, self._anchors, plain, strict=True)
            digests = tuple(hashlib.new(name, anchor + digest).digest() for name, anchor, digest in both)
        self._append(SignedUnit(at_s, starts_gop=kind is _Slice.FIRST_OF_GOP, digests=digests))

    def _append(self, unit: SignedUnit) -> None:
        self._waiting.append(unit)
        if self._waiting.overflows:
            self._settle_hash(self._names[0])
        self._take_lost()

    def _take_lost(self) -> None:
        for finding in self._waiting.lost:
            self._find(finding.kind, finding.at_s, finding.units)
        self._waiting.lost.clear()

    def _settle_hash(self, name: str) -> None:
        """From now on units are hashed in one way only."""
        if len(self._names) > 1:
            index = self._names.index(name)
            self._names = (name,)
            self._anchors = self._anchors[index : index + 1]
            self._waiting.settle(index)

    # Messages.

    def _take_message(self, candidates: Sequence[bytes], at_s: float) -> None:
        try:
            message = self._signed_one(candidates)
        except UnreadableMessage:
            self._find(FindingKind.UNREADABLE, at_s)
            return
        except UnknownFormat:
            self._is_newer = True
            return
        if message.document == self._last_document:
            return  # sent twice, so that a loss does no harm
        self._last_document = message.document
        coverage = message.coverage
        self._is_newer |= coverage is not None and coverage.signer_version > KNOWN_VERSION
        self._settle_hash(message.hash_name or self._names[0])
        if message.hash_name not in {None, self._names[0]}:
            self._find(FindingKind.KEY_CHANGED, at_s)
        digest = hashlib.new(self._names[0], message.document).digest()
        if message.signature is not None:
            self._take_certificates(message, at_s)
        outcome: Outcome | None = None
        if coverage is not None and not message.sent_once:
            outcome = self._waiting.cover(message, coverage, hash_name=self._names[0], at_s=at_s)
            self._take_lost()
        if message.signature is None:
            unit = hashlib.new(self._names[0], message.unit).digest()
            self._append(SignedUnit(at_s, starts_gop=False, digests=(unit,), outcome=outcome))
        elif self._chain is None:
            if len(self._awaiting) < _MOST_AWAITING_KEY:
                self._awaiting.append(_Awaiting(digest, message.signature, outcome))
        else:
            self._judge(_Awaiting(digest, message.signature, outcome), at_s)

    def _signed_one(self, candidates: Sequence[bytes]) -> SigningMessage:
        """That whose signature holds; else the first. Raises UnreadableMessage, UnknownFormat."""
        first = read_signing_message(candidates[0], self._codec)
        for candidate in candidates if len(candidates) > 1 else ():
            with suppress(UnreadableMessage, UnknownFormat, ValueError):
                message = read_signing_message(candidate, self._codec)
                chain = self._chain or CertificateChain(message.certificates)
                name = message.hash_name or self._names[0]
                digest = hashlib.new(name, message.document).digest()
                if message.signature is not None and chain.has_signed(digest, message.signature, hash_name=name):
                    return message
        return first

    def _take_certificates(self, message: SigningMessage, at_s: float) -> None:
        """The first chain is the camera's; it does not change any more."""
        if not message.certificates:
            return
        if self._chain is not None:
            if message.certificates != self._chain.pem:
                self._find(FindingKind.KEY_CHANGED, at_s)
            return
        try:
            chain = CertificateChain(message.certificates)
        except ValueError:
            self._find(FindingKind.UNREADABLE, at_s)
            return
        self._chain = chain
        self._vendor = message.vendor
        for earlier in self._awaiting:
            self._judge(earlier, earlier.outcome.at_s if earlier.outcome is not None else at_s)
        self._awaiting.clear()

    def _judge(self, message: _Awaiting, at_s: float) -> None:
        assert self._chain is not None
        if not self._chain.has_signed(message.digest, message.signature, hash_name=self._names[0]):
            self._find(FindingKind.SIGNATURE_WRONG, message.outcome.at_s if message.outcome is not None else at_s)
        elif message.outcome is not None:
            self._accept(message.outcome)

    def _accept(self, outcome: Outcome) -> None:
        """The message is the camera's, and so are those without a signature that it covers."""
        accepted, gops = [outcome], 0
        while accepted:
            one = accepted.pop()
            accepted += one.covered
            gops += one.gops
            for finding in one.findings:
                self._find(finding.kind, finding.at_s, finding.units)
            if one.verified:
                self._verified += one.verified
                self._from_s = min(one.at_s, one.at_s if self._from_s is None else self._from_s)
                self._until_s = max(one.until_s, one.until_s if self._until_s is None else self._until_s)
            first, last = self._times or one.time
            self._times = (min(first, one.time[0]), max(last, one.time[1]))
        self._longest_wait = max(self._longest_wait, min(gops, _LONGEST_WAIT_GOPS))

    # The end.

    def _look_at_the_end(self) -> None:
        """More that waits than is usual for this camera: its messages were taken out."""
        gops, since_s = self._waiting.rest()
        if self._verified and gops > max(_DANGLING_GOPS, self._longest_wait + 1):
            self._find(FindingKind.SIGNATURE_LOST, since_s, len(self._waiting))


def _camera_time(ticks: int) -> datetime | None:
    try:
        moment = _CAMERA_EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return moment if moment > _CLOCK_SET_AFTER else None
