"""Whether a camera's signature holds over its pictures: a verifier of ONVIF Media Signing for bytes that were kept.

The camera hashes each slice of a picture together with the first slice of its GOP, and signs now and then a message
with the hash of all of them, the list of them, and the hash of the GOP before (ONVIF Media Signing Specification, by
the rules of its reference framework, onvif/media-signing-framework). So it is seen what was altered, left out, put in
or moved. Parameter sets and other SEI are not protected; slices of kinds that the rules do not hash are counted.
Nothing is decoded, and memory does not grow with the video.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum, auto
from itertools import islice
from typing import Final, NamedTuple

from cryptography import x509

from tmcwall.containers.mp4_reader import Mp4Reader, Sample, VideoTrack
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.signing_certificates import CertificateChain, CertificateFacts, Provenance
from tmcwall.evidence.signing_message import (
    AXIS_SIGNED_VIDEO,
    MEDIA_SIGNING,
    Coverage,
    SigningMessage,
    UnknownFormat,
    UnreadableMessage,
    Vendor,
    read_signing_message,
    sei_uuid,
)
from tmcwall.rtsp.codecs import H264

KNOWN_VERSION: Final = (25, 12, 2)
"""Of the reference framework, whose rules these are; a later one may have others."""
_HASH_NAMES: Final = ("sha256", "sha384", "sha512")
_MOST_PENDING: Final = 20_000
"""Units that wait for a signature. A camera signs at least each GOP or has parts of GOPs of at most 300 units."""
_MOST_OF_A_PART: Final = 2048
"""Units among which those of a part of a GOP are looked for; the reference framework has at most 300 in one."""
_MOST_GOPS_SEARCHED: Final = 64
_MOST_STRAYS: Final = 1000
"""Messages that belong to nothing; of more no more is said."""
_MOST_AWAITING_KEY: Final = 256
_MOST_FINDINGS: Final = 100
_DANGLING_GOPS: Final = 2
"""At the end of a cut: one that was not over, and one whose signature was still being made."""
_LONGEST_WAIT_GOPS: Final = 16
_CAMERA_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_CLOCK_SET_AFTER: Final = datetime(2015, 1, 1, tzinfo=UTC)


class Authenticity(StrEnum):
    """What the signatures say of the pictures, apart from whose they are."""

    NOT_SIGNED = "not-signed"
    NOT_FEASIBLE = "not-feasible"
    """Signed, but no signature could be held against pictures: no key came, or no whole GOP with its signature."""
    NOT_OK = "not-ok"
    OK_WITH_MISSING_INFO = "ok-with-missing-info"
    """What is there is as it was signed; some pictures are not there, or of a kind that is not protected."""
    OK = "ok"
    VERSION_MISMATCH = "version-mismatch"
    """Signed by rules that are later than ours."""


class FindingKind(StrEnum):
    ALTERED = "altered"
    """Units that were not signed: changed, or put in."""
    OUT_OF_ORDER = "out-of-order"
    """A GOP does not follow the one it was signed to follow: moved, or what was between is gone."""
    BEGINS_ANEW = "begins-anew"
    """The camera began to sign anew; what was between nobody can say."""
    SIGNATURE_WRONG = "signature-wrong"
    SIGNATURE_LOST = "signature-lost"
    """Pictures whose message is not there."""
    UNREADABLE = "unreadable"
    """A message that is damaged."""
    KEY_CHANGED = "key-changed"
    MISSING = "missing"
    """Units that were signed and are not there."""
    UNPROTECTED = "unprotected"
    """Slices of a kind that Media Signing does not hash, or before the first key picture."""


_HARMLESS: Final = frozenset({FindingKind.MISSING, FindingKind.UNPROTECTED})


class AccessUnitBytes(NamedTuple):
    """One coded picture as it was received."""

    at_s: float
    """When it is shown, in seconds of its file."""
    nal_units: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Finding:
    kind: FindingKind
    at_s: float
    units: int
    """How many NAL units, as far as that is known."""


@dataclass(frozen=True, slots=True)
class MediaSigningResult:
    """What was found. Green is only `authenticity` OK and `provenance` OK together."""

    authenticity: Authenticity
    provenance: Provenance
    certificates: tuple[CertificateFacts, ...]
    """The camera's own first."""
    findings: tuple[Finding, ...]
    """In order of time, the first hundred."""
    verified_from_s: float | None
    verified_until_s: float | None
    """First and last picture that a signature holds for; a clip ends with some that no signature has reached yet."""
    units_verified: int
    units_pending: int
    signed_from: datetime | None
    signed_until: datetime | None
    """By the camera's clock, in UTC; None where that was not set."""
    vendor: Vendor | None
    axis_signed: bool
    """Whether there are messages of Axis Signed Video, which is recognised and not verified here."""

    @property
    def first_altered_s(self) -> float | None:
        return min((one.at_s for one in self.findings if one.kind not in _HARMLESS), default=None)


def verify_media_signing(
    units: Iterable[AccessUnitBytes], codec: str, *, trusted: Sequence[x509.Certificate]
) -> MediaSigningResult:
    """Hold the messages of a stream against its pictures, in one pass. `codec` is `h264` or `hevc`.

    What `units` raises passes through; whatever the bytes are, nothing else is raised.
    """
    verifier = _Verifier(codec)
    for unit in units:
        for nal_unit in unit.nal_units:
            verifier.take(nal_unit.rstrip(b"\0"), unit.at_s)
    return verifier.result(trusted)


def access_units(reader: Mp4Reader, track: VideoTrack) -> Iterator[AccessUnitBytes]:
    """Those of a track of a clip. Raises Fault(FILE_UNREADABLE)."""
    for sample in track.samples():
        yield AccessUnitBytes(sample.pts / track.timescale, nal_units_of(reader, sample))


def nal_units_of(reader: Mp4Reader, sample: Sample) -> list[bytes]:
    """Without their lengths. Raises Fault(FILE_UNREADABLE)."""
    data, length_bytes = reader.payload(sample), sample.entry.length_bytes
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


@dataclass(slots=True)
class _Outcome:
    """What a message says of the units that it covers. It counts when the message's own signature does."""

    at_s: float
    until_s: float
    gops: int = 0
    verified: int = 0
    findings: list[Finding] = field(default_factory=list)
    covered: list[_Outcome] = field(default_factory=list)
    """Of messages without a signature, which are among the units."""
    time: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Unit:
    """A unit that waits for its message."""

    at_s: float
    starts_gop: bool
    digests: tuple[bytes, ...]
    """By `_HASH_NAMES` until the camera has said which; then one."""
    outcome: _Outcome | None = None


class _Awaiting(NamedTuple):
    """A signed message that came before any key."""

    digest: bytes
    signature: bytes
    outcome: _Outcome | None


class _Verifier:
    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._names: tuple[str, ...] = _HASH_NAMES
        self._anchors: tuple[bytes, ...] = ()
        self._pending: deque[_Unit] = deque()
        self._chain: CertificateChain | None = None
        self._awaiting: list[_Awaiting] = []
        self._is_present = False
        self._is_newer = False
        self._axis = False
        self._last_document = b""
        self._has_covered = False
        self._strays = 0
        self._linked: bytes | None = None
        """The hash of the first unit of the GOP before; None where that is not known."""
        self._longest_wait = 0
        self._findings: list[Finding] = []
        self._verified = 0
        self._from_s: float | None = None
        self._until_s: float | None = None
        self._times: tuple[int, int] | None = None
        self._vendor: Vendor | None = None

    def take(self, nal_unit: bytes, at_s: float) -> None:
        if not nal_unit:
            return
        uuid = sei_uuid(nal_unit, self._codec)
        if uuid == MEDIA_SIGNING:
            self._is_present = True
            self._take_message(nal_unit, at_s)
        elif uuid == AXIS_SIGNED_VIDEO:
            self._axis = True
        elif (kind := _slice_of(nal_unit, self._codec)) is not None:
            self._take_slice(nal_unit, kind, at_s)

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
            units_pending=len(self._pending),
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
        if kinds - _HARMLESS:
            return Authenticity.NOT_OK
        if not self._verified:
            return Authenticity.NOT_FEASIBLE
        return Authenticity.OK_WITH_MISSING_INFO if kinds else Authenticity.OK

    def _find(self, kind: FindingKind, at_s: float, units: int = 1) -> None:
        """Only the earliest are kept, so that a hostile video costs no memory."""
        self._findings.append(Finding(kind, at_s, units))
        if len(self._findings) > 2 * _MOST_FINDINGS:
            self._findings.sort(key=lambda finding: (finding.kind in _HARMLESS, finding.at_s))
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
        self._append(_Unit(at_s, starts_gop=kind is _Slice.FIRST_OF_GOP, digests=digests))

    def _append(self, unit: _Unit) -> None:
        self._pending.append(unit)
        if len(self._pending) > _MOST_PENDING:
            self._find(FindingKind.SIGNATURE_LOST, self._pending[0].at_s, _MOST_PENDING // 2)
            for _ in range(_MOST_PENDING // 2):
                self._pending.popleft()
            self._settle_hash(self._names[0])
            self._linked = None

    def _settle_hash(self, name: str) -> None:
        """From now on units are hashed in one way only."""
        if len(self._names) > 1:
            index = self._names.index(name)
            self._names = (name,)
            self._anchors = self._anchors[index : index + 1]
            for unit in self._pending:
                unit.digests = unit.digests[index : index + 1]

    # Messages.

    def _take_message(self, nal_unit: bytes, at_s: float) -> None:
        try:
            message = read_signing_message(nal_unit, self._codec)
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
        covers = coverage is not None and not message.sent_once and self._strays < _MOST_STRAYS
        outcome = self._cover(message, coverage, at_s) if coverage is not None and covers else None
        if message.signature is None:
            unit = hashlib.new(self._names[0], message.unit).digest()
            self._append(_Unit(at_s, starts_gop=False, digests=(unit,), outcome=outcome))
        elif self._chain is None:
            if len(self._awaiting) < _MOST_AWAITING_KEY:
                self._awaiting.append(_Awaiting(digest, message.signature, outcome))
        else:
            self._judge(_Awaiting(digest, message.signature, outcome), at_s)

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

    def _accept(self, outcome: _Outcome) -> None:
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

    # Which units a message covers.

    def _cover(self, message: SigningMessage, coverage: Coverage, at_s: float) -> _Outcome | None:
        """Take the units that a message covers out of those that wait.

        None where it is the first message of a cut, of a GOP before it.
        """
        units = list(islice(self._pending, _MOST_OF_A_PART if coverage.part_of_gop else _MOST_PENDING))
        starts = [0, *(index for index, unit in enumerate(units) if unit.starts_gop and index)][:_MOST_GOPS_SEARCHED]
        size = len(coverage.gop_hash)
        hashes = [message.hash_list[at : at + size] for at in range(0, len(message.hash_list), size)]
        is_first, self._has_covered = not self._has_covered, True
        found = self._find_exact(units, starts, coverage) if units else None
        if found is None and hashes:
            found = self._find_similar(units, starts, hashes)
        if found is None:
            if is_first and any(coverage.linked_hash):
                return None
            return self._note_stray(units, coverage, hashes, at_s)
        start, end = found
        if start:
            self._find(FindingKind.SIGNATURE_LOST, units[0].at_s, start)
            self._linked = units[max((at for at in starts if at < start), default=0)].digests[0]
        outcome = _Outcome(units[start].at_s, units[end - 1].at_s, gops=1)
        outcome.time = (coverage.first_time, coverage.last_time)
        self._check_link(coverage, outcome)
        if self._hash_of(units[start:end]) == coverage.gop_hash:
            outcome.verified = end - start
            outcome.covered = [unit.outcome for unit in units[start:end] if unit.outcome is not None]
            self._linked = units[start].digests[0]
        else:
            end = start + self._align(units[start:], hashes, coverage, outcome)
            self._linked = hashes[0]
        self._consume(end)
        return outcome

    def _note_stray(
        self, units: Sequence[_Unit], coverage: Coverage, hashes: Sequence[bytes], at_s: float
    ) -> _Outcome:  # fmt: skip
        """A message to which nothing that waits belongs: the GOP in its place is another one, or is gone."""
        self._linked = hashes[0] if hashes else None
        self._strays += 1
        if not units:
            return _Outcome(at_s, at_s, findings=[Finding(FindingKind.MISSING, at_s, coverage.unit_count)])
        end = self._end(units, 0)
        outcome = _Outcome(units[0].at_s, units[end - 1].at_s, gops=1)
        outcome.findings.append(Finding(FindingKind.ALTERED, units[0].at_s, end))
        self._consume(end)
        return outcome

    def _consume(self, count: int) -> None:
        for _ in range(count):
            self._pending.popleft()

    def _check_link(self, coverage: Coverage, outcome: _Outcome) -> None:
        if self._linked in {None, coverage.linked_hash}:
            return
        kind = FindingKind.OUT_OF_ORDER if any(coverage.linked_hash) else FindingKind.BEGINS_ANEW
        outcome.findings.append(Finding(kind, outcome.at_s, 0))

    def _hash_of(self, units: Iterable[_Unit]) -> bytes:
        return hashlib.new(self._names[0], b"".join(unit.digests[0] for unit in units)).digest()

    def _find_exact(
        self, units: Sequence[_Unit], starts: Iterable[int], coverage: Coverage
    ) -> tuple[int, int] | None:  # fmt: skip
        for start in starts:
            end = self._end(units, start)
            if coverage.part_of_gop:
                end = min(end, start + coverage.unit_count)
            if self._hash_of(units[start:end]) == coverage.gop_hash:
                return start, end
        return None

    def _find_similar(
        self, units: Sequence[_Unit], starts: Iterable[int], hashes: Sequence[bytes]
    ) -> tuple[int, int] | None:  # fmt: skip
        known = set(hashes)
        for start in starts:
            end = self._end(units, start)
            if any(unit.digests[0] in known for unit in units[start:end]):
                return start, end
        return None

    @staticmethod
    def _end(units: Sequence[_Unit], start: int) -> int:
        """Where the GOP that begins there ends: at the next one's first picture."""
        for index in range(start + 1, len(units)):
            if units[index].starts_gop and any(unit.outcome is None for unit in units[start:index]):
                return index
        return len(units)

    def _align(
        self, units: Sequence[_Unit], hashes: Sequence[bytes], coverage: Coverage, outcome: _Outcome
    ) -> int:  # fmt: skip
        """Hold the units of a GOP against the list, in order; how many of them the message speaks of."""
        end = self._end(units, 0)
        places: dict[bytes, list[int]] = {}
        for place, digest in enumerate(hashes):
            places.setdefault(digest, []).append(place)
        next_place = next_unit = 0
        for index in range(end):
            later = [place for place in places.get(units[index].digests[0], ()) if place >= next_place]
            if not later:
                continue
            self._note_between(units[next_unit:index], later[0] - next_place, units[index].at_s, outcome)
            outcome.verified += 1
            inner = units[index].outcome
            if inner is not None:
                outcome.covered.append(inner)
            next_place, next_unit = later[0] + 1, index + 1
        left = len(hashes) - next_place
        # Of a part of a GOP what follows may be the next part's: its message says.
        rest = 0 if coverage.part_of_gop else end - next_unit
        self._note_between(units[next_unit : next_unit + rest], left, units[end - 1].at_s, outcome)
        return next_unit + rest

    @staticmethod
    def _note_between(units: Sequence[_Unit], expected: int, at_s: float, outcome: _Outcome) -> None:
        """Units that are not on the list, and how many others stand there in their place."""
        if units:
            outcome.findings.append(Finding(FindingKind.ALTERED, units[0].at_s, len(units)))
        if expected > len(units):
            outcome.findings.append(Finding(FindingKind.MISSING, at_s, expected - len(units)))

    # The end.

    def _look_at_the_end(self) -> None:
        """More that waits than is usual for this camera: its messages were taken out."""
        gops, waiting = 0, [unit for unit in self._pending if unit.starts_gop or unit.outcome is not None]
        for unit in waiting:
            inner = [unit.outcome] if unit.outcome is not None else []
            gops += unit.starts_gop
            while inner:
                one = inner.pop()
                gops += one.gops
                inner += one.covered
        if self._verified and gops > max(_DANGLING_GOPS, self._longest_wait + 1):
            self._find(FindingKind.SIGNATURE_LOST, self._pending[0].at_s, len(self._pending))


def _camera_time(ticks: int) -> datetime | None:
    try:
        moment = _CAMERA_EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return moment if moment > _CLOCK_SET_AFTER else None
