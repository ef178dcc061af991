"""H.264 over RTP (RFC 6184), non-interleaved: packets to access units and back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.bits import BitReader, without_emulation
from tmcwall.rtsp.rtp import HEADER, PLAIN, AccessUnit, Arrival, Source, parse
from tmcwall.rtsp.sdp import Media

START_CODE: Final = b"\x00\x00\x00\x01"
LARGEST_UNIT: Final = 8 * 1024 * 1024 - 64
"""Bytes of one access unit; fits into one message to a decoder."""

_LARGEST_PARAMETER_SET: Final = 4096
_MOST_PARAMETER_SETS: Final = 64
_SLICE, _IDR, _SEI, _SPS, _PPS = 1, 5, 6, 7, 8
_STAP_A, _FU_A = 24, 28
_RECOVERY_POINT: Final = 6
_BYTES: Final = tuple(bytes((value,)) for value in range(256))


class Depacketiser:
    """RTP packets of one H.264 stream to access units. Every byte that was received comes out, in order.

    A lost packet damages the unit it may have belonged to; a broken payload is counted, left out, and damages its
    unit. An access unit ends with the marker bit or when the timestamp changes.
    """

    _parts: list[bytes | memoryview]
    _size: int
    _has_picture: bool
    _key: bool
    _damaged: bool
    _in_band: set[tuple[int, int]]

    def __init__(
        self,
        parameter_sets: Iterable[bytes] = (),
        *,
        payload_type: int | None = None,
        largest_unit: int = LARGEST_UNIT,
    ) -> None:
        self.source = Source()
        self.broken = 0
        """Payloads left out because they were malformed or of an unknown kind."""
        self._payload_type = payload_type
        self._largest_unit = largest_unit
        self._known: dict[tuple[int, int], bytes] = {}
        for parameter_set in parameter_sets:
            self._remember(parameter_set)
        self._timestamp = 0
        self._in_fragment = False
        self._damaged_before = False
        self._discontinuity = False
        self._lost = 0
        self._clear()

    @classmethod
    def for_media(cls, media: Media) -> Depacketiser:
        """For a section of a session description. Raises Fault(CODEC_UNSUPPORTED)."""
        if media.encoding != "H264" or media.fmtp.get("packetization-mode", "0") not in {"", "0", "1"}:
            raise Fault(FaultCode.CODEC_UNSUPPORTED, media.encoding[:32] or "unknown", retryable=False)
        return cls(parameter_sets(media.fmtp), payload_type=media.payload_type)

    def feed(self, data: bytes) -> list[AccessUnit]:
        """The access units that end with this RTP packet: none, one, or rarely two.

        Raises Fault(PROTOCOL_BROKEN) if it is no RTP packet, or a unit grows above the limit.
        """
        if len(data) > HEADER.size:
            flags, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
            if flags == PLAIN and kind & 0x7F == self._payload_type and self.source.follows(sequence, timestamp, ssrc):
                return self._feed_next(data, marker=kind > 0x7F)
        packet = parse(data)
        if self._payload_type is not None and packet.payload_type != self._payload_type:
            return []
        arrival = self.source.place(packet)
        if arrival.late:
            return []
        units = self._take_account(arrival)
        self._take_payload(packet.payload)
        if packet.marker and self._has_picture:
            units.append(self._finish())
        return units

    def _feed_next(self, data: bytes, *, marker: bool) -> list[AccessUnit]:
        """The packet that was expected: nothing lost, no jump, no extension."""
        units: list[AccessUnit] = []
        timestamp = self.source.timestamp
        if timestamp != self._timestamp:
            if self._has_picture:
                units.append(self._finish())
            self._timestamp = timestamp
        self._take_payload(memoryview(data)[HEADER.size :])
        if marker and self._has_picture:
            units.append(self._finish())
        return units

    def flush(self) -> AccessUnit | None:
        """What is left at the end of the stream."""
        return self._finish() if self._has_picture else None

    def _take_account(self, arrival: Arrival) -> list[AccessUnit]:
        """Note losses, and end the unit before where the time has changed."""
        units: list[AccessUnit] = []
        hole = arrival.lost > 0 or arrival.discontinuity
        if hole:
            self._in_fragment = False
            self._damaged = self._damaged or bool(self._parts)
        if self._parts and (arrival.timestamp != self._timestamp or arrival.discontinuity) and self._has_picture:
            units.append(self._finish())
        if hole:
            self._lost += arrival.lost
            self._discontinuity = self._discontinuity or arrival.discontinuity
            self._damaged_before = True
        self._timestamp = arrival.timestamp
        return units

    def _take_payload(self, payload: memoryview) -> None:
        if not payload:
            self._break()
            return
        kind = payload[0] & 0x1F
        if kind == _FU_A:
            self._take_fragment(payload)
            return
        self._damaged = self._damaged or self._in_fragment
        self._in_fragment = False
        if 1 <= kind <= 23:
            self._take_nal(payload)
        elif kind == _STAP_A:
            self._take_aggregate(payload)
        else:
            self._break()

    def _take_fragment(self, payload: memoryview) -> None:
        if len(payload) < 3:
            self._break()
            return
        header = payload[1]
        if header & 0x80:
            nal = payload[0] & 0xE0 | header & 0x1F
            kind = header & 0x1F
            self._has_picture = self._has_picture or _SLICE <= kind <= _IDR
            self._key = self._key or kind == _IDR
            self._damaged = self._damaged or self._in_fragment
            self._parts += (START_CODE, _BYTES[nal], payload[2:])
            self._grow(len(payload) + 3)
            self._in_fragment = not header & 0x40
        elif self._in_fragment:
            self._parts.append(payload[2:])
            self._grow(len(payload) - 2)
            self._in_fragment = not header & 0x40
        else:
            self._damaged = True

    def _take_aggregate(self, payload: memoryview) -> None:
        position = 1
        while position + 2 < len(payload):
            size = payload[position] << 8 | payload[position + 1]
            stop = position + 2 + size
            if size == 0 or stop > len(payload):
                self._break()
                return
            self._take_nal(payload[position + 2 : stop])
            position = stop

    def _take_nal(self, nal: memoryview) -> None:
        kind = nal[0] & 0x1F
        if _SLICE <= kind <= _IDR:
            self._has_picture = True
            self._key = self._key or kind == _IDR
        elif kind in (_SPS, _PPS):
            self._in_band.add(self._remember(bytes(nal)))
        elif kind == _SEI and not self._key:
            self._key = _is_recovery_point(bytes(nal[:256]))
        self._parts += (START_CODE, nal)
        self._grow(len(nal) + 4)

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._largest_unit:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"access unit above {self._largest_unit} bytes")

    def _break(self) -> None:
        self.broken += 1
        self._damaged = True

    def _remember(self, nal: bytes) -> tuple[int, int]:
        """Keep a parameter set; the answer is its kind and id."""
        identity = (nal[0] & 0x1F, _parameter_set_id(nal)) if nal else (0, 0)
        if (
            identity[0] in (_SPS, _PPS)
            and len(nal) <= _LARGEST_PARAMETER_SET
            and (identity in self._known or len(self._known) < _MOST_PARAMETER_SETS)
        ):
            self._known[identity] = nal
        return identity

    def _finish(self) -> AccessUnit:
        prefix = b""
        if self._key:
            missing = sorted(identity for identity in self._known if identity not in self._in_band)
            prefix = b"".join(START_CODE + self._known[identity] for identity in missing)
        unit = AccessUnit(
            payload=prefix + b"".join(self._parts) if prefix else b"".join(self._parts),
            timestamp=self._timestamp,
            key=self._key,
            damaged=self._damaged or self._damaged_before or self._in_fragment,
            lost=self._lost,
            prefixed=len(prefix),
            discontinuity=self._discontinuity,
        )
        self._damaged_before = False
        self._discontinuity = False
        self._lost = 0
        self._in_fragment = False
        self._clear()
        return unit

    def _clear(self) -> None:
        self._parts = []
        self._size = 0
        self._has_picture = False
        self._key = False
        self._damaged = False
        self._in_band = set()


def parameter_sets(fmtp: Mapping[str, str]) -> list[bytes]:
    """The NAL units of `sprop-parameter-sets`; malformed ones are left out, for the stream may bring them itself."""
    found = []
    for text in fmtp.get("sprop-parameter-sets", "").split(",")[:_MOST_PARAMETER_SETS]:
        try:
            nal = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        if nal and nal[0] & 0x1F in (_SPS, _PPS):
            found.append(nal.rstrip(b"\x00"))
    return found


def payloads(nal: bytes, *, largest: int = 1400) -> list[bytes]:
    """The RTP payloads of one NAL unit: itself, or FU-A fragments of at most `largest` bytes."""
    if len(nal) <= largest:
        return [nal]
    indicator = nal[0] & 0xE0 | _FU_A
    kind = nal[0] & 0x1F
    step = largest - 2
    starts = range(1, len(nal), step)
    return [
        bytes((indicator, kind | (start == 1) << 7 | (start + step >= len(nal)) << 6)) + nal[start : start + step]
        for start in starts
    ]


def nal_units(annex_b: bytes) -> list[bytes]:
    """The NAL units of a byte stream (ITU-T H.264 Annex B), without start codes and trailing zeros."""
    units = []
    start = annex_b.find(b"\x00\x00\x01")
    while start >= 0:
        stop = annex_b.find(b"\x00\x00\x01", start + 3)
        nal = annex_b[start + 3 : stop if stop >= 0 else len(annex_b)].rstrip(b"\x00")
        if nal:
            units.append(nal)
        start = stop
    return units


def _parameter_set_id(nal: bytes) -> int:
    """The id of an SPS or PPS; -1 where it cannot be read."""
    try:
        reader = BitReader(without_emulation(nal[1:16]))
        if nal[0] & 0x1F == _SPS:
            reader.bits(24)
        return min(reader.unsigned(), 255)
    except Fault:
        return -1


def _is_recovery_point(nal: bytes) -> bool:
    """Whether an SEI NAL unit says that decoding is exact from this picture on (ITU-T H.264 D.2.8)."""
    data = without_emulation(nal[1:])
    position = 0
    while position + 2 < len(data):
        kind = data[position]
        size = data[position + 1]
        if kind == _RECOVERY_POINT and size > 0:
            return bool(data[position + 2] & 0x80)
        if 0xFF in (kind, size):
            return False
        position += 2 + size
    return False
