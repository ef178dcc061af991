"""The messages in which a camera signs its video: ONVIF Media Signing in SEI (H.264 and H.265 annex D).

A message is NAL unit header, payload type and size, UUID, a byte of flags, and values as tag, length and content. What
is signed ends before the tag of the signature. The bytes are a stranger's: what leads out of itself is unreadable.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tmcwall.rtsp.bits import without_emulation
from tmcwall.rtsp.codecs import H264

MEDIA_SIGNING: Final = bytes.fromhex("005bc93f2d715e95ada4796f90877a6f")
AXIS_SIGNED_VIDEO: Final = b"Signed Video...0"
_USER_DATA_UNREGISTERED: Final = 5
_STOP_BYTE: Final = 0x80
_SENT_ONCE: Final = 0x80
_HASHED_WITH_EMULATION_PREVENTION: Final = 0x40
_START_CODES: Final = (b"\0\0\0\1", b"\0\0\1")
_MOST_PIECES: Final = 6
_MOST_MESSAGE_BYTES: Final = 512 * 1024
_HASH_SIZES: Final = frozenset({32, 48, 64})
_VERSION_BYTES: Final = 3
_HASH_NAMES: Final = {
    bytes.fromhex("0609608648016503040201"): "sha256",
    bytes.fromhex("0609608648016503040202"): "sha384",
    bytes.fromhex("0609608648016503040203"): "sha512",
}
"""By the object identifier as DER writes it."""


class UnreadableMessage(Exception):
    """A signing message that is not whole."""


class UnknownFormat(Exception):
    """A signing message of a later specification than ours."""


class _Tag(IntEnum):
    GENERAL = 1
    HASH_LIST = 2
    SIGNATURE = 3
    CRYPTOGRAPHY = 4
    VENDOR = 5
    CERTIFICATES = 6


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a camera says of itself beside its certificate; it is signed, but vouched for by nobody."""

    firmware: str
    serial_number: str
    manufacturer: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which pictures a message speaks of."""

    signer_version: tuple[int, ...]
    part_of_gop: bool
    """Whether it ends a part of a GOP and not a whole one."""
    first_time: int
    last_time: int
    """Of the camera's clock, in units of 100 ns since 1601."""
    number: int
    """Of the GOP or part; one more for each."""
    unit_count: int
    gop_hash: bytes
    linked_hash: bytes
    """Of the first unit of the GOP or part before; zeros where signing began."""


@dataclass(frozen=True, slots=True)
class SigningMessage:
    """One message. `document` is what is signed, `unit` how it counts as a unit of a later GOP."""

    document: bytes
    unit: bytes
    sent_once: bool
    coverage: Coverage | None
    hash_list: bytes
    signature: bytes | None
    hash_name: str | None
    """As `hashlib` calls it; None where the message does not say."""
    vendor: Vendor | None
    certificates: bytes
    """PEM, the camera's own first; empty where there are none."""


def sei_uuid(nal_unit: bytes, codec: str) -> bytes:
    """The UUID of a SEI message of unregistered user data; empty for every other NAL unit."""
    try:
        start, _ = _payload(nal_unit, codec)
    except UnreadableMessage:
        return b""
    return nal_unit[start : start + len(MEDIA_SIGNING)] if start else b""


def whole_messages(nal_units: Sequence[bytes], codec: str) -> tuple[list[bytes], int]:
    """What the message that begins a row of NAL units may have been, and how many of them it is.

    A signer that leaves emulation prevention out writes start codes into its messages. Where a stream of bytes has
    been cut at start codes, as a recording is, such a message lies in pieces. They are put together to the size that
    it says; which of the two start codes stood where is left to its signature.
    """
    first = nal_units[0].rstrip(b"\0")
    try:
        start, size = _payload(nal_units[0], codec)
    except UnreadableMessage:
        return [first], 1
    whole = start + size + 1
    joined = [nal_units[0]]
    for count, piece in enumerate(nal_units[1 : 1 + _MOST_PIECES], 2):
        if len(joined[0]) >= whole:
            break
        joined = [one + code + piece for one in joined for code in _START_CODES]
        fitting = [plain for one in joined if len(plain := one.rstrip(b"\0")) == whole]
        if fitting:
            return fitting, count
    return [first], 1


def read_signing_message(nal_unit: bytes, codec: str) -> SigningMessage:
    """What a NAL unit with the UUID of Media Signing says. Raises UnreadableMessage and UnknownFormat.

    Some signers leave emulation prevention out: whether it is there is seen by the size that the payload has.
    """
    start, size = _payload(nal_unit, codec)
    if not start or len(nal_unit) > _MOST_MESSAGE_BYTES:
        raise UnreadableMessage("no payload")
    end = len(nal_unit) - (nal_unit[-1] == _STOP_BYTE)
    if end - start < size or size <= len(MEDIA_SIGNING):
        raise UnreadableMessage("shorter than it says")
    plain = without_emulation(nal_unit) if end - start > size else nal_unit
    if len(plain) < start + size:
        raise UnreadableMessage("shorter than it says")
    flags = plain[start + len(MEDIA_SIGNING)]
    first = start + len(MEDIA_SIGNING) + 1
    values: dict[int, bytes] = {}
    signed_to = start + size
    for tag, at, content in _values(plain, first, start + size):
        if tag == _Tag.SIGNATURE:
            signed_to = at
        values.setdefault(tag, content)
    escaped = bool(flags & _HASHED_WITH_EMULATION_PREVENTION)
    document = nal_unit[: _escaped_size(nal_unit, signed_to)] if escaped else plain[:signed_to]
    if escaped and plain is nal_unit:
        document = plain[:signed_to]
    return SigningMessage(
        document=document,
        unit=nal_unit if escaped else plain[: start + size] + bytes([_STOP_BYTE]),
        sent_once=bool(flags & _SENT_ONCE),
        coverage=_coverage(values[_Tag.GENERAL]) if _Tag.GENERAL in values else None,
        hash_list=_versioned(values.get(_Tag.HASH_LIST, b"\1")),
        signature=_signature(values[_Tag.SIGNATURE]) if _Tag.SIGNATURE in values else None,
        hash_name=_hash_name(values[_Tag.CRYPTOGRAPHY]) if _Tag.CRYPTOGRAPHY in values else None,
        vendor=_vendor(values[_Tag.VENDOR]) if _Tag.VENDOR in values else None,
        certificates=_certificates(values.get(_Tag.CERTIFICATES, b"\1\0")),
    )


def _escaped_size(nal_unit: bytes, size: int) -> int:
    """How many of its bytes make so many without emulation prevention."""
    removed, found = 0, nal_unit.find(b"\0\0\3")
    while found >= 0 and found + 2 - removed < size:
        removed += 1
        found = nal_unit.find(b"\0\0\3", found + 3)
    return size + removed


def _payload(nal_unit: bytes, codec: str) -> tuple[int, int]:
    """Where the first message's payload begins and how long it is; 0 where it is not unregistered user data."""
    header = 1 if codec == H264 else 2
    kinds = {nal_unit[0] & 0x1F} if codec == H264 else {nal_unit[0] >> 1 & 0x3F}
    if not kinds & ({6} if codec == H264 else {39, 40}) or len(nal_unit) < header + 2:
        return 0, 0
    if nal_unit[header] != _USER_DATA_UNREGISTERED:
        return 0, 0
    at, size = header + 1, 0
    while at < len(nal_unit) and nal_unit[at] == 0xFF:
        size += 0xFF
        at += 1
    if at >= len(nal_unit):
        raise UnreadableMessage("no size")
    return at + 1, size + nal_unit[at]


def _values(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Tag, place and content of each."""
    while at < end:
        if at + 3 > end:
            raise UnreadableMessage("a value without a length")
        tag, size = struct.unpack_from(">BH", data, at)
        if at + 3 + size > end or not size:
            raise UnreadableMessage("a value that leads out of the message")
        yield tag, at, data[at + 3 : at + 3 + size]
        at += 3 + size


def _versioned(content: bytes) -> bytes:
    if content[0] != 1:
        raise UnknownFormat(f"version {content[0]} of a value")
    return content[1:]


def _coverage(content: bytes) -> Coverage:
    """Version 2 has the time of the last picture, too."""
    if content[0] not in {1, 2}:
        raise UnknownFormat(f"version {content[0]} of the general values")
    layout = struct.Struct(">3s?qIH" if content[0] == 1 else ">3s?qqIH")
    hashes = content[1 + layout.size :]
    size = len(hashes) // 2
    if size not in _HASH_SIZES or len(hashes) != 2 * size:
        raise UnreadableMessage("hashes of no known size")
    version, part_of_gop, first_time, *others, number, units = layout.unpack_from(content, 1)
    return Coverage(
        signer_version=tuple(version[:_VERSION_BYTES]),
        part_of_gop=part_of_gop,
        first_time=first_time,
        last_time=others[0] if others else first_time,
        number=number,
        unit_count=units,
        gop_hash=hashes[:size],
        linked_hash=hashes[size:],
    )


def _signature(content: bytes) -> bytes:
    rest = _versioned(content)
    size = int.from_bytes(rest[:2])
    if len(rest) < 2 + size or not size:
        raise UnreadableMessage("a signature that is not whole")
    return rest[2 : 2 + size]


def _hash_name(content: bytes) -> str:
    rest = _versioned(content)
    if not rest:
        raise UnreadableMessage("no hash")
    name = _HASH_NAMES.get(rest[1 : 1 + rest[0]])
    if name is None:
        raise UnknownFormat("a hash that is not known here")
    return name


def _vendor(content: bytes) -> Vendor:
    rest = _versioned(content)
    words: list[str] = []
    for _ in range(3):
        if not rest or len(rest) < 1 + rest[0]:
            raise UnreadableMessage("vendor values that are not whole")
        words.append(rest[1 : 1 + rest[0]].decode("utf-8", "replace"))
        rest = rest[1 + rest[0] :]
    return Vendor(*words)


def _certificates(content: bytes) -> bytes:
    """Those of a key of the user's own are passed over: the reference framework does not support them either."""
    rest = _versioned(content)
    return rest[1:] if rest and not rest[0] else b""
