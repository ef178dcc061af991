"""JPEG pictures: what their markers say (ITU-T T.81 annex B), and JPEG over RTP (RFC 2435)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.assembler import LARGEST_UNIT, Assembler
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.rtsp.sdp import Media

START_OF_IMAGE: Final = b"\xff\xd8"
END_OF_IMAGE: Final = b"\xff\xd9"
START_OF_SCAN: Final = 0xDA
BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers that no length follows: the temporary one, and restarts."""

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start of frame, whatever the coding; the others among them are tables."""
_MOST_MARKERS: Final = 64
"""In front of a frame."""
_HEADER: Final = struct.Struct("!B3sBBBB")
"""Kind-specific, fragment offset, type, Q, width and height in blocks of eight (RFC 2435 section 3.1)."""
_RESTARTS: Final = 64
"""From this type on a restart interval stands behind the header."""
_SAMPLING: Final = {0: 0x21, 1: 0x22}
"""Of luma by type: 4:2:2 and 4:2:0 (section 4.1)."""
_IN_BAND: Final = 128
"""From this Q on the packets bring the tables."""
_CHANGES: Final = 255
"""Of this Q tables hold for their own picture only."""
_TABLE: Final = 64


def picture_size(picture: bytes | memoryview) -> tuple[int, int] | None:
    """Width and height in pixels, as the start of its frame says; None where there is none."""
    at = 2
    for _ in range(_MOST_MARKERS):
        if at + 9 > len(picture) or picture[at] != 0xFF:
            return None
        marker = picture[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from("!HH", picture, at + 5)
            return (width, height) if width and height else None
        if marker == 0xFF:
            at += 1
        elif marker in BARE:
            at += 2
        elif marker == START_OF_SCAN:
            return None
        else:
            at += 2 + int.from_bytes(picture[at + 2 : at + 4])
    return None


class Depacketiser(Assembler):
    """RTP packets of one JPEG stream to pictures as files have them. An access unit is one, without start codes.

    A picture of which anything is missing is no key picture: a decoder would make up what is not there. Its bytes come
    out all the same, unless its beginning is missing, which says what they are.
    """

    codec = "mjpeg"

    def __init__(
        self,
        parameter_sets: Iterable[bytes] = (),
        *,
        payload_type: int | None = None,
        largest_unit: int = LARGEST_UNIT,
    ) -> None:
        """There are no parameter sets of JPEG."""
        super().__init__(parameter_sets, payload_type=payload_type, largest_unit=largest_unit)
        self._scanned = 0
        """Bytes of the picture's scan so far."""
        self._tables: dict[int, bytes] = {}
        """By Q, as they came."""

    @classmethod
    def for_media(cls, media: Media) -> Depacketiser:
        """For a section of a session description. Raises Fault(CODEC_UNSUPPORTED)."""
        if media.encoding != "JPEG":
            raise Fault(FaultCode.CODEC_UNSUPPORTED, media.encoding[:32] or "unknown", retryable=False)
        return cls(payload_type=media.payload_type)

    def _take_payload(self, payload: memoryview) -> None:
        if len(payload) < _HEADER.size:
            self._break()
            return
        _, offset_bytes, kind, quality, width, height = _HEADER.unpack_from(payload)
        offset = int.from_bytes(offset_bytes)
        rest = payload[_HEADER.size :]
        restart_interval = 0
        if _RESTARTS <= kind < 2 * _RESTARTS:
            restart_interval, rest = int.from_bytes(rest[:2]), rest[4:]
        if offset:
            self._go_on(offset, rest)
            return
        if self._has_picture:
            self._finish(None)
        sampling = _SAMPLING.get(kind % _RESTARTS if kind < 2 * _RESTARTS else kind)
        if sampling is None or not (width and height):
            what = f"JPEG of type {kind}" if sampling is None else "JPEG of more than 2040 pixels"
            raise Fault(FaultCode.CODEC_UNSUPPORTED, what, retryable=False)
        tables, rest = self._tables_of(quality, rest)
        if not tables:
            self._break()
            return
        self._begin_picture(_head(tables, sampling, 8 * width, 8 * height, restart_interval), rest)
        self._scanned = len(rest)

    def _go_on(self, offset: int, scan: memoryview) -> None:
        """Another part of the picture."""
        if not self._has_picture:
            self._break()
            return
        if offset != self._scanned:
            self._damaged = True
        self._parts.append(scan)
        self._scanned = offset + len(scan)
        self._grow(len(scan))

    def _tables_of(self, quality: int, rest: memoryview) -> tuple[bytes, memoryview]:
        """Two quantisation tables as JPEG files have them, and what follows; none where they never came."""
        if quality < _IN_BAND:
            return _scaled_tables(quality), rest
        precision, length = (rest[1], int.from_bytes(rest[2:4])) if len(rest) >= 4 else (0, 0)
        if length == 0:
            return self._tables.get(quality, b""), rest[4:]
        tables = _described_tables(bytes(rest[4 : 4 + length]), precision)
        if quality != _CHANGES:
            self._tables[quality] = tables
        return tables, rest[4 + length :]

    def _take_nal(self, nal: memoryview) -> None:
        """One whole picture of a container."""
        self._begin_picture(b"", nal)

    def _begin_picture(self, head: bytes, scan: memoryview) -> None:
        self._damaged = False
        self._has_picture = True
        self._unit_timestamp = self._timestamp
        self._parts += (head, scan)
        self._grow(len(head) + len(scan))

    def _finish(self, why: Oddity | None) -> None:  # noqa: ARG002 - a marker too early cannot be told from a loss
        picture = b"".join(self._parts)
        if not picture.endswith(END_OF_IMAGE) and not self._holds_whole_units:
            picture += END_OF_IMAGE
        is_whole = not self._damaged
        self._ended.append(
            AccessUnit(picture, self._unit_timestamp, is_whole, not is_whole, self._lost, 0, self._discontinuity)
        )
        self._damaged_before = self._discontinuity = False
        self._lost = 0
        self._clear()


def _described_tables(data: bytes, precision: int) -> bytes:
    """The tables of a packet as JPEG files have them; nothing where there are none. The first has the lowest bit."""
    found: list[bytes] = []
    at = 0
    while at < len(data) and len(found) < 2:
        is_wide = precision >> len(found) & 1
        size = _TABLE * (1 + is_wide)
        if at + size > len(data):
            return b""
        found.append(bytes((is_wide << 4,)) + data[at : at + size])
        at += size
    if not found:
        return b""
    luma, chroma = found[0], found[-1]
    return _segment(0xDB, luma) + _segment(0xDB, bytes((chroma[0] | 1,)) + chroma[1:])


@cache
def _scaled_tables(quality: int) -> bytes:
    """Those of ITU-T T.81 annex K, scaled (RFC 2435 appendix A)."""
    limited = min(99, max(1, quality))
    factor = 5000 // limited if limited < 50 else 200 - 2 * limited
    both = [bytes(min(255, max(1, (value * factor + 50) // 100)) for value in table) for table in (_LUMA, _CHROMA)]
    return _described_tables(b"".join(both), 0)


@cache
def _head(tables: bytes, sampling: int, width: int, height: int, restart_interval: int) -> bytes:
    """All that stands in front of the scan (appendix B)."""
    restarts = _segment(0xDD, struct.pack("!H", restart_interval)) if restart_interval else b""
    components = bytes((1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1))
    return b"".join(
        (
            START_OF_IMAGE,
            tables,
            restarts,
            _segment(0xC0, struct.pack("!BHHB", 8, height, width, 3) + components),
            *(_segment(0xC4, bytes((name,)) + counts + values) for name, counts, values in _HUFFMAN),
            _segment(START_OF_SCAN, bytes((3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0))),
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack("!BBH", 0xFF, marker, len(data) + 2) + data


# ITU-T T.81 annex K, in zigzag order.
_LUMA: Final = bytes((
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
    26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
    56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
))  # fmt: skip
_CHROMA: Final = bytes((
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99,
    *(99,) * 48,
))  # fmt: skip
_DC: Final = bytes(range(12))
_LUMA_AC: Final = bytes.fromhex(
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a"
    "434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9"
    "aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
)
_CHROMA_AC: Final = bytes.fromhex(
    "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a"
    "434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8"
    "a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
)
_HUFFMAN: Final = (
    (0x00, bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)), _DC),
    (0x10, bytes((0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D)), _LUMA_AC),
    (0x01, bytes((0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0)), _DC),
    (0x11, bytes((0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77)), _CHROMA_AC),
)
"""Class and number, how many codes of each length, and their values (tables K.3 to K.6)."""
