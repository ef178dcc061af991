"""Access units out of RTP packets: what H.264 (RFC 6184) and H.265 (RFC 7798) have in common.

Containers bring whole NAL units instead of packets: see `assemble`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.oddities import Oddity
from tmcwall.rtsp.rtp import HEADER, PLAIN, AccessUnit, Arrival, Source, parse

START_CODE: Final = b"\x00\x00\x00\x01"
SHORT_START_CODE: Final = b"\x00\x00\x01"
LARGEST_UNIT: Final = 8 * 1024 * 1024 - 64
"""Bytes of one access unit; fits into one message to a decoder."""

MOST_PARAMETER_SETS: Final = 64
_LARGEST_PARAMETER_SET: Final = 4096


class Assembler:
    """RTP packets of one stream to access units. Every byte that was received comes out, in order.

    A lost packet damages the unit it may have belonged to; a broken payload is counted, left out, and damages its
    unit. An access unit ends with the marker bit or when the timestamp changes. What a camera sends as one NAL unit
    with start codes inside is as many as it holds: no NAL unit has one inside (ITU-T H.264 7.4.1, H.265 7.4.2).
    """

    codec: ClassVar[str]
    """FFmpeg's name of it."""
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
        self.oddities: Counter[Oddity] = Counter()
        self._payload_type = payload_type
        self._largest_unit = largest_unit
        self._known: dict[tuple[int, int], bytes] = {}
        self._timestamp = 0
        self._in_fragment = False
        self._odd_fragment: int | None = None
        """Where the fragmented NAL unit that is no slice begins in `_parts`."""
        self._damaged_before = False
        self._discontinuity = False
        self._lost = 0
        self._clear()
        for parameter_set in parameter_sets:
            self._remember(parameter_set)
        self._in_band.clear()

    def feed(self, data: bytes) -> list[AccessUnit]:
        """The access units that end with this RTP packet: none, one, or rarely two.

        What is no RTP packet is counted and left out; if it took the place of one, that is missing in the sequence.
        Raises Fault(PROTOCOL_BROKEN) if a unit grows above the limit.
        """
        if len(data) > HEADER.size:
            flags, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
            if flags == PLAIN and kind & 0x7F == self._payload_type and self.source.follows(sequence, timestamp, ssrc):
                return self._feed_next(data, marker=kind > 0x7F)
        try:
            packet = parse(data)
        except Fault:
            self.oddities[Oddity.NOT_RTP] += 1
            return []
        if self._payload_type is not None and packet.payload_type != self._payload_type:
            return []
        if data[0] & 0x20 and data[-1] == 0:
            self.oddities[Oddity.PADDING] += 1
        arrival = self.source.place(packet)
        if arrival.late:
            return []
        if self.source.unnumbered:
            self.oddities[Oddity.NUMBERS] += 1
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

    def assemble(self, nals: Iterable[bytes | memoryview], timestamp: int) -> AccessUnit | None:
        """The access unit of whole NAL units, as a container holds them; None while they hold no picture: then they
        stand in front of the next one's. Raises Fault(PROTOCOL_BROKEN) if it grows above the limit.
        """
        self._timestamp = timestamp
        for nal in nals:
            if len(nal) > 1:
                self._take_nal(memoryview(nal))
        return self._finish() if self._has_picture else None

    def lose(self, count: int = 0) -> None:
        """Something is missing of which the sequence says nothing: what stands before and after it is damaged."""
        self._damaged = self._damaged or bool(self._parts)
        self._damaged_before = True
        self._lost += count

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
        """The payload of one packet, whatever its kind."""
        raise NotImplementedError

    def _take_nal(self, nal: memoryview) -> None:
        """One whole NAL unit."""
        raise NotImplementedError

    def _note_whole(self, nal: bytes) -> None:
        """What a NAL unit that is no slice says of its access unit."""
        raise NotImplementedError

    def _identity(self, nal: bytes) -> tuple[int, int] | None:
        """Kind and id of a parameter set; None for any other NAL unit."""
        raise NotImplementedError

    def _note(self, nal: bytes) -> None:
        """The same, of each NAL unit in what came as one."""
        if SHORT_START_CODE not in nal:
            self._note_whole(nal)
            return
        self.oddities[Oddity.START_CODES] += 1
        for part in split_at_start_codes(nal):
            self._note_whole(part)

    def _begin_fragments(self, *, is_slice: bool) -> None:
        self._damaged = self._damaged or self._in_fragment
        self._odd_fragment = None if is_slice else len(self._parts)

    def _end_fragment(self, *, last: bool) -> None:
        self._in_fragment = not last
        if last and self._odd_fragment is not None:
            self._note(b"".join(self._parts[self._odd_fragment + 1 :]))
            self._odd_fragment = None

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._largest_unit:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"access unit above {self._largest_unit} bytes")

    def _break(self) -> None:
        self.broken += 1
        self._damaged = True

    def _remember(self, nal: bytes) -> None:
        """Keep a parameter set for the key frames that come without."""
        identity = self._identity(nal)
        if identity is None:
            return
        self._in_band.add(identity)
        if len(nal) <= _LARGEST_PARAMETER_SET and (identity in self._known or len(self._known) < MOST_PARAMETER_SETS):
            self._known[identity] = nal

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
        self._odd_fragment = None
        self._has_picture = False
        self._key = False
        self._damaged = False
        self._in_band = set()


def split_at_start_codes(data: bytes) -> Iterator[bytes]:
    """The NAL units in what should be one, without start codes and the zeros around them."""
    for piece in data.split(SHORT_START_CODE):
        nal = piece.rstrip(b"\x00")
        if nal:
            yield nal
