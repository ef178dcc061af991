"""A camera that signs its video by ONVIF Media Signing, for tests: pictures of random bytes, which nobody decodes."""

from __future__ import annotations

import hashlib
import random
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

from tmcwall.evidence.media_signing import AccessUnitBytes
from tmcwall.evidence.signing_message import MEDIA_SIGNING

EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
STARTED = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
FPS = 10
OIDS = {
    "sha256": "0609608648016503040201",
    "sha384": "0609608648016503040202",
    "sha512": "0609608648016503040203",
}
ALGORITHMS = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
SLICES = {"h264": (b"\x65\x88", b"\x41\x9a"), "hevc": (b"\x26\x01\xaf", b"\x02\x01\xd0")}


def authority(
    name: str,
    *,
    of: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    key=None,
    may_issue: bool = True,
):
    """A certificate and its key; issued by `of`, else by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = (of[0].subject, of[1]) if of else (subject, key)
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    builder = builder.serial_number(7).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    builder = builder.add_extension(x509.BasicConstraints(ca=may_issue, path_length=None), critical=True)
    return builder.sign(signing, hashes.SHA256()), key


ROOT = authority("Test authority")
CAMERA = authority("Test camera", of=ROOT, may_issue=False)


@dataclass
class Signer:
    """What a camera may choose."""

    codec: str = "h264"
    hash_name: str = "sha256"
    certificate: x509.Certificate = CAMERA[0]
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = CAMERA[1]
    chain: tuple[x509.Certificate, ...] = ()
    gop_pictures: int = 8
    slices: int = 1
    sign_every: int = 1
    part_units: int = 0
    with_list: bool = True
    certificates_once: bool = False
    hashed_escaped: bool = False
    escaped: bool = True
    version: tuple[int, int, int] = (25, 12, 0)
    tag_version: int = 2
    started: datetime | None = STARTED
    seed: int = 1
    units: list[AccessUnitBytes] = field(default_factory=list)

    def film(self, *, gops: int = 5, cut_gops: int = 0) -> list[AccessUnitBytes]:
        """A film that begins with the camera's first GOP, or later; a message stands behind a GOP's first slice."""
        chance = random.Random(self.seed)
        self.units, self._anchor, self._hashes = [], b"", []
        self._linked = self._next_linked = bytes(hashlib.new(self.hash_name).digest_size)
        self._number, self._gops = 0, 0
        number = 0
        for _ in range(gops):
            for index in range(self.gop_pictures):
                at_s, nal_units = number / FPS, []
                for slice_number in range(self.slices):
                    head = bytearray(SLICES[self.codec][index > 0])
                    if slice_number:
                        head[-1] &= 0x7F
                    body = bytes(chance.randrange(1, 256) for _ in range(chance.randrange(20, 60)))
                    nal = bytes(head) + body + b"\x80"
                    messages = self._add(nal, at_s, first=not index and not slice_number)
                    nal_units += [nal, *messages]
                self.units.append(AccessUnitBytes(at_s, nal_units))
                number += 1
        if self.certificates_once:
            first = self.units[cut_gops * self.gop_pictures]
            self.units[cut_gops * self.gop_pictures] = first._replace(
                nal_units=[self._message(b"", once=True), *first.nal_units]
            )
        return self.units[cut_gops * self.gop_pictures :]

    def _add(self, nal: bytes, at_s: float, *, first: bool) -> list[bytes]:
        messages: list[bytes] = []
        part = bool(self.part_units) and len(self._hashes) == self.part_units
        ends = self._hashes and (first or part)
        if ends:
            self._gops += 1
            general, listed = self._general(at_s, part=not first), b"".join(self._hashes)
            self._linked, self._hashes = self._next_linked, []
            signed = self._gops % self.sign_every == 0
            messages.append(self._message(general, listed=listed, signed=signed))
        digest = self._hash(nal)
        if first:
            self._anchor = digest
        else:
            digest = self._hash(self._anchor + digest)
        if not self._hashes:
            self._next_linked = digest
        self._hashes.append(digest)
        if messages and self._gops % self.sign_every:
            self._hashes.append(self._hash(self._unit_of(messages[0])))
        return messages

    def _unit_of(self, message: bytes) -> bytes:
        return message if self.hashed_escaped else unescape(message)

    def _hash(self, data: bytes) -> bytes:
        return hashlib.new(self.hash_name, data).digest()

    def _general(self, at_s: float, *, part: bool) -> bytes:
        moment = self.started + timedelta(seconds=at_s) if self.started else EPOCH + timedelta(seconds=at_s)
        ticks = int((moment - EPOCH).total_seconds() * 10_000_000)
        times = struct.pack(">qq", ticks, ticks)[: 8 * self.tag_version]
        self._number += 1
        count = struct.pack(">IH", self._number, len(self._hashes))
        gop = self._hash(b"".join(self._hashes))
        return bytes([self.tag_version, *self.version, part]) + times + count + gop + self._linked

    def _message(self, general: bytes, *, listed: bytes = b"", signed: bool = True, once: bool = False) -> bytes:
        oid = bytes.fromhex(OIDS[self.hash_name])
        values = tag(4, bytes([1, len(oid)]) + oid + bytes(3))
        values += tag(5, b"\x01\x021a\x03S-9\x05Maker")
        if once or not self.certificates_once:
            chain = (self.certificate, *self.chain)
            pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
            values += tag(6, b"\x01\x00" + pem)
        if general:
            values += tag(1, general)
        if listed and self.with_list:
            values += tag(2, b"\x01" + listed)
        room = 3 + 3 + self._signature_bytes() if signed else 0
        size = len(MEDIA_SIGNING) + 1 + len(values) + room
        head = b"\x06\x05" if self.codec == "h264" else b"\x4e\x01\x05"
        flags = bytes([once << 7 | self.hashed_escaped << 6])
        plain = head + b"\xff" * (size // 255) + bytes([size % 255]) + MEDIA_SIGNING + flags + values
        if not signed:
            return self._escape(plain + b"\x80")
        document = escape(plain) if self.hashed_escaped else plain
        signature = self._sign(self._hash(document))
        padded = signature + b"\x01" * (self._signature_bytes() - len(signature))
        signature_tag = tag(3, b"\x01" + struct.pack(">H", len(signature)) + padded)
        return self._escape(plain + signature_tag + b"\x80")

    def _escape(self, plain: bytes) -> bytes:
        return escape(plain) if self.escaped or self.hashed_escaped else plain

    def _signature_bytes(self) -> int:
        return 72 if isinstance(self.key, ec.EllipticCurvePrivateKey) else self.key.key_size // 8

    def _sign(self, digest: bytes) -> bytes:
        algorithm = ALGORITHMS[self.hash_name]
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(Prehashed(algorithm)))
        pss = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=padding.PSS.MAX_LENGTH)
        return self.key.sign(digest, pss, Prehashed(algorithm))


def tag(number: int, content: bytes) -> bytes:
    return struct.pack(">BH", number, len(content)) + content


def escape(data: bytes) -> bytes:
    out, zeros = bytearray(), 0
    for byte in data:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if not byte else 0
    return bytes(out)


def unescape(data: bytes) -> bytes:
    out, zeros = bytearray(), 0
    for byte in data:
        if zeros >= 2 and byte == 3:
            zeros = 0
            continue
        out.append(byte)
        zeros = zeros + 1 if not byte else 0
    return bytes(out)
