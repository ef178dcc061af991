"""RTP (RFC 3550): packets, 64-bit time and sequence per source, losses; and the access unit that depacketisers make."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from tmcwall.domain.fault import Fault, FaultCode

HEADER: Final = struct.Struct("!BBHII")
"""Version and flags, marker and payload type, sequence, timestamp, SSRC."""

PLAIN: Final = 0x80
"""First byte of a packet of version 2 without padding, extension and contributing sources."""

_LARGEST_DROPOUT: Final = 3000
_LARGEST_DISORDER: Final = 100
_MOST_FOREIGN: Final = 500
"""So many packets of another source in a row: this one has ended."""
_UNNUMBERED: Final = 3
"""So many signs that the sequence numbers mean nothing, each within `_LARGEST_DROPOUT` packets of the one before."""


class Packet(NamedTuple):
    """One RTP packet; `payload` is a view into the bytes it was parsed from."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: memoryview


class AccessUnit(NamedTuple):
    """One coded picture in Annex B, each NAL unit behind a four-byte start code."""

    payload: bytes
    timestamp: int
    """RTP time, unwrapped to 64 bits; it starts anew where `discontinuity` is set."""
    key: bool
    """Decoding can start here, with parameter sets in front: a key picture or a recovery point."""
    damaged: bool
    """A packet of it, or just before it, was lost or broken; or it is the first of its source."""
    lost: int
    """Packets lost since the unit before this one."""
    prefixed: int
    """So many bytes at the start of `payload` are parameter sets that did not come with this unit."""
    discontinuity: bool
    """The source, its sequence or its time started anew here."""
    continues: bool = False
    """The rest of the picture that began with the unit before: what was taken for its end was none."""
    until_whole: int = 0
    """Where decoding starts here, the picture is whole only so many pictures later: it is built up bit by bit."""
    end_unproven: bool = False
    """What ended it has not been seen to be right yet in this stream, so that it may be a part of a key picture."""


class Arrival(NamedTuple):
    """Where a packet stands in its source."""

    sequence: int
    """64 bits: counts on over the 16-bit wrap."""
    timestamp: int
    """64 bits: counts on over the 32-bit wrap (13 h 15 min at 90 kHz)."""
    lost: int
    """Packets missing just before this one."""
    late: bool
    """A duplicate, older than one that came before, or of another source; to be ignored."""
    discontinuity: bool
    foreign: bool = False
    """Of another source."""


def parse(data: bytes | memoryview) -> Packet:
    """Read one packet. The count of the padding is part of it, even where it says 0. Raises Fault(PROTOCOL_BROKEN)."""
    size = len(data)
    if size < 12:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"RTP packet of {size} bytes")
    flags, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    view = memoryview(data)
    if flags == PLAIN:
        return Packet(kind & 0x7F, kind > 0x7F, sequence, timestamp, ssrc, view[12:])
    if flags >> 6 != 2:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "not RTP version 2")
    start = 12 + 4 * (flags & 0x0F)
    if flags & 0x10:
        if start + 4 > size:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "RTP header extension cut short")
        start += 4 + 4 * int.from_bytes(view[start + 2 : start + 4], "big")
    padding = max(1, view[-1]) if flags & 0x20 else 0
    if start + padding > size:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "RTP packet shorter than its header says")
    return Packet(kind & 0x7F, kind > 0x7F, sequence, timestamp, ssrc, view[start : size - padding])


class Source:
    """Follows one RTP stream: losses, and sequence and time unwrapped to 64 bits.

    The packets of a camera that counts from the beginning for each picture, or not at all, are taken as they come: in
    a connection they are in order. Then no loss can be seen.
    """

    def __init__(self) -> None:
        self.ssrc: int | None = None
        self.expected: int | None = None
        """The source that the camera has named as its own."""
        self._before: tuple[int, int] | None = None
        """The source before this one, and how many packets had come then."""
        self._foreign: int | None = None
        """A source whose packets stand between those of this one."""
        self._foreign_count = 0
        """Of its packets in a row."""
        self._received_before_foreign = 0
        self.unnumbered = False
        """The sequence numbers of this source mean nothing."""
        self._signs = 0
        self._last_sign = (0, 0)
        """Packets received and RTP time, when there was a sign that the numbers mean nothing."""
        self._left_out = 0
        """Packets taken for late ones since the first sign."""
        self._placed: tuple[int, memoryview] | None = None
        """Sequence and payload of the last packet that did not just follow."""
        self._sequence = 0
        self.timestamp = 0
        """Of the last packet taken, counted on over the 32-bit wrap."""
        self.received = 0
        self.lost = 0
        self.late = 0

    def follows(self, sequence: int, timestamp: int, ssrc: int) -> bool:
        """Take the packet that comes next in the source, as nearly every one does; False, and nothing, for another."""
        if ssrc != self.ssrc or (sequence - self._sequence) & 0xFFFF != 1:
            return False
        self.received += 1
        self._sequence += 1
        self.timestamp += ((timestamp - self.timestamp + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
        return True

    def place(self, packet: Packet) -> Arrival:
        """Where this packet stands. A new SSRC or a jump of the sequence is a discontinuity."""
        if packet.ssrc != self.ssrc:
            return self._place_other(packet)
        if self.unnumbered:
            return self._take(packet, packet.sequence - self._sequence, 0)
        delta = (packet.sequence - self._sequence) & 0xFFFF
        if delta == 0 and self._placed is not None and self._placed[0] == self._sequence:
            self.unnumbered = self._placed[1] != packet.payload  # two packets, and not one twice
            if self.unnumbered:
                return self._take(packet, 0, 0)
        if delta == 0 or delta > 0xFFFF - _LARGEST_DISORDER:
            newest = self.timestamp if self._signs == 0 else max(self.timestamp, self._last_sign[1])
            ahead = _step(packet.timestamp, newest)
            if ahead > 0 and self._is_last_sign(newest + ahead):  # a number from before with a time from after
                self.lost += self._left_out
                return self._start(packet, lost=self._left_out)
            self.late += 1
            self._left_out += 1
            return Arrival(self._sequence, self.timestamp, 0, late=True, discontinuity=False)
        if delta > _LARGEST_DROPOUT:
            self._is_last_sign(self.timestamp)
            return self._start(packet)
        return self._take(packet, delta, delta - 1)

    def _place_other(self, packet: Packet) -> Arrival:
        """A new source, as a rule. Where the one before goes on all the same, one of both is not the camera's: old
        servers send what is left of another session into a connection.
        """
        if packet.ssrc == self._foreign:
            if self.received != self._received_before_foreign:
                self._received_before_foreign = self.received
                self._foreign_count = 0
            self._foreign_count += 1
            if self._foreign_count <= _MOST_FOREIGN:
                return Arrival(self._sequence, self.timestamp, 0, late=True, discontinuity=False, foreign=True)
            self._foreign = None
        elif (
            self._before is not None
            and packet.ssrc == self._before[0]
            and self.received - self._before[1] <= _MOST_FOREIGN
        ):
            if self.ssrc == self.expected:
                self._foreign = packet.ssrc
                return Arrival(self._sequence, self.timestamp, 0, late=True, discontinuity=False, foreign=True)
            self._foreign = self.ssrc
        before = self.ssrc
        self.unnumbered = False
        self._signs = 0
        arrival = self._start(packet)
        self._before = None if before is None else (before, self.received)
        return arrival

    def _take(self, packet: Packet, step: int, missing: int) -> Arrival:
        self.received += 1
        self.lost += missing
        self._sequence += step
        self.timestamp += _step(packet.timestamp, self.timestamp)
        self._placed = self._sequence, packet.payload
        return Arrival(self._sequence, self.timestamp, missing, late=False, discontinuity=False)

    def _is_last_sign(self, timestamp: int) -> bool:
        """Note a sign that the numbers mean nothing; whether it is enough."""
        if self._signs == 0 or self.received - self._last_sign[0] > _LARGEST_DROPOUT:
            self._signs = 0
            self._left_out = 0
        self._signs += 1
        self._last_sign = self.received, timestamp
        self.unnumbered = self._signs >= _UNNUMBERED
        return self.unnumbered

    def _start(self, packet: Packet, *, lost: int = 0) -> Arrival:
        self.ssrc = packet.ssrc
        self._sequence = packet.sequence
        self.timestamp = packet.timestamp
        self.received += 1
        self._placed = packet.sequence, packet.payload
        return Arrival(packet.sequence, packet.timestamp, lost, late=False, discontinuity=True)


def _step(timestamp: int, before: int) -> int:
    """From one RTP time to another over the 32-bit wrap."""
    return ((timestamp - before + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
