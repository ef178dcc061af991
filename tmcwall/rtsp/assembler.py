"""Access units out of RTP packets: what H.264 (RFC 6184) and H.265 (RFC 7798) have in common, and JPEG in part.

Containers bring whole NAL units instead of packets: see `assemble`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.rtp import HEADER, PLAIN, AccessUnit, Arrival, Source, parse

START_CODE: Final = b"\x00\x00\x00\x01"
SHORT_START_CODE: Final = b"\x00\x00\x01"
LARGEST_UNIT: Final = 8 * 1024 * 1024 - 64
"""Bytes of one access unit; fits into one message to a decoder."""

MOST_PARAMETER_SETS: Final = 64
_LARGEST_PARAMETER_SET: Final = 4096
_MARKER, _TIME, _HEADS = Oddity.MARKER_WITHIN, Oddity.TIME_WITHIN, Oddity.HEADS_WITHIN
"""What ends a unit before the next picture is seen, by the name of what is odd about it where it was wrong."""


_RTP_VERSION: Final = 2
_FIRST_DYNAMIC: Final = 96
_ENOUGH_OF_OTHER_TYPE: Final = 8
SliceStart = tuple[int, bytes | memoryview, int, bool]
"""Of a slice: the first byte of its NAL unit, what came with it, where in that its header begins, and whether it says
that it is the first of its picture.
"""


class Assembler:
    """RTP packets of one stream to access units. Every byte that was received comes out, in order.

    A lost packet damages the unit it may have belonged to; a broken payload is counted, left out, and damages its
    unit. What a camera sends as one NAL unit with start codes inside is as many as it holds: no NAL unit has one inside
    (ITU-T H.264 7.4.1, H.265 7.4.2).

    What a slice says of its picture decides where an access unit ends (ITU-T H.264 7.4.1.2.4, H.265 7.4.2.4.4). So that
    none waits for the next one, the marker, a change of time, and NAL units that stand in front of a picture end it
    before that. Where a slice of the same picture follows, what ended it is believed no more in this stream, and the
    rest of the picture comes as a unit that `continues` the one before.
    """

    codec: ClassVar[str]
    """FFmpeg's name of it."""
    _parts: list[bytes | memoryview]
    _size: int
    _has_picture: bool
    _key: bool
    _damaged: bool
    _in_band: set[tuple[int, int]]
    _is_rest: bool
    _until_whole: int | None
    """Of a recovery point in the unit."""

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
        self._payload_type = self._described_type = payload_type
        self._held: list[bytes] = []
        """Packets of a payload type that was not described, before there was any other."""
        self._largest_unit = largest_unit
        self._known: dict[tuple[int, int], bytes] = {}
        self._timestamp = 0
        self._unit_timestamp = 0
        """Of the first slice of the unit."""
        self._ended: list[AccessUnit] = []
        self._believes_marker = True
        self._believes_time = True
        self._believes_heads = True
        self._has_entry = False
        """Whether a picture has come that says that decoding can start with it."""
        self._has_been_misled = False
        self._looks_at_every_slice = False
        """Whether a slice that is not the first of a picture may be of a new one all the same."""
        self._slice: SliceStart | None = None
        """The last one that came."""
        self._has_first_slice = False
        """Of the picture, or of the field that came last."""
        self._has_both_fields = False
        self._knows_ends = False
        """Whether the end of a key picture has been seen to be one: the next slice was of another picture."""
        self._ended_with_key = False
        """Whether the unit before was a key picture."""
        self._ended_by: Oddity | None = None
        """What ended the unit before, if it may be wrong: named as what is odd about it then."""
        self._ends_after_fragment: Oddity | None = None
        """What says that the unit ends, amid a NAL unit."""
        self._holds_whole_units = False
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
            if packet.payload_type != self._described_type:
                return self._take_other_type(packet.payload_type, data)
            self._payload_type = packet.payload_type
        if data[0] & 0x20 and data[-1] == 0:
            self.oddities[Oddity.PADDING] += 1
        arrival = self.source.place(packet)
        if arrival.foreign:
            self.oddities[Oddity.OTHER_SOURCE] += 1
        if arrival.late:
            return []
        if self.source.unnumbered:
            self.oddities[Oddity.NUMBERS] += 1
        self._take_account(arrival)
        self._take_payload(packet.payload)
        if packet.marker and self._has_picture and self._believes_marker:
            self._end_unless_within(_MARKER)
        return self._take_ended()

    def is_ours(self, data: bytes) -> bool:
        """Whether it is an RTP packet of the payload type that was described, or of any where none was."""
        if len(data) <= HEADER.size or data[0] >> 6 != _RTP_VERSION:
            return False
        return self._described_type is None or data[1] & 0x7F == self._described_type

    def _take_other_type(self, payload_type: int, data: bytes) -> list[AccessUnit]:
        """The access units that end with a packet of a type that was not described: where none but these come, they
        are the camera's.
        """
        if self.source.received or payload_type < _FIRST_DYNAMIC:
            return []
        if self._held and self._held[-1][1] & 0x7F != payload_type:
            self._held.clear()
        self._held.append(data)
        if len(self._held) < _ENOUGH_OF_OTHER_TYPE:
            return []
        self.oddities[Oddity.PAYLOAD_TYPE] += 1
        self._payload_type = payload_type
        held, self._held = self._held, []
        return [unit for packet in held for unit in self.feed(packet)]

    def _feed_next(self, data: bytes, *, marker: bool) -> list[AccessUnit]:
        """The packet that was expected: nothing lost, no jump, no extension."""
        timestamp = self.source.timestamp
        if timestamp != self._timestamp:
            self._take_time(timestamp)
        self._take_payload(memoryview(data)[HEADER.size :])
        if marker and self._has_picture and self._believes_marker:
            self._end_unless_within(_MARKER)
        return self._take_ended() if self._ended else []

    def assemble(self, nals: Iterable[bytes | memoryview], timestamp: int) -> AccessUnit | None:
        """The access unit of whole NAL units, as a container holds them; None while they hold no picture: then they
        stand in front of the next one's. Raises Fault(PROTOCOL_BROKEN) if it grows above the limit.
        """
        self._holds_whole_units = True
        self._timestamp = timestamp
        for nal in nals:
            if len(nal) > 1:
                self._take_nal(memoryview(nal))
        return self.flush()

    def lose(self, count: int = 0) -> None:
        """Something is missing of which the sequence says nothing: what stands before and after it is damaged."""
        self._damaged = self._damaged or bool(self._parts)
        self._damaged_before = True
        self._ended_by = None
        self._looks_at_every_slice = True
        self._lost += count

    def flush(self) -> AccessUnit | None:
        """What is left at the end of the stream."""
        if not self._has_picture:
            return None
        self._finish(None)
        return self._take_ended()[0]

    def _take_ended(self) -> list[AccessUnit]:
        ended = self._ended
        self._ended = []
        return ended

    def _take_account(self, arrival: Arrival) -> None:
        """Note losses, and end the unit before where the time has changed."""
        hole = arrival.lost > 0 or arrival.discontinuity
        if hole:
            self._in_fragment = False
            self._ends_after_fragment = None
            self._damaged = self._damaged or bool(self._parts)
        if arrival.discontinuity and self._has_picture:
            self._finish(None)
        if arrival.timestamp != self._timestamp:
            self._take_time(arrival.timestamp)
        if hole:
            self._lost += arrival.lost
            self._discontinuity = self._discontinuity or arrival.discontinuity
            self._damaged_before = True
            self._ended_by = None
            self._looks_at_every_slice = True

    def _take_time(self, timestamp: int) -> None:
        """The time has changed."""
        self._timestamp = timestamp
        if self._has_picture and self._believes_time:
            self._end_unless_within(_TIME)

    def _end_unless_within(self, why: Oddity) -> None:
        """End the unit; within a fragmented NAL unit the next packet tells whether that is meant."""
        if self._in_fragment:
            self._ends_after_fragment = why
        else:
            self._finish(why)

    def _go_on_in_fragment(self) -> None:
        """Another fragment of a NAL unit that something was taken to end."""
        if self._ends_after_fragment is not None:
            self._believe_no_more(self._ends_after_fragment)
            self._ends_after_fragment = None

    def _leave_fragment(self) -> None:
        """The end of a fragmented NAL unit is missing."""
        self._damaged = True
        self._in_fragment = False
        why, self._ends_after_fragment = self._ends_after_fragment, None
        if why is not None and self._has_picture:
            self._finish(why)

    def _believe_no_more(self, why: Oddity) -> None:
        """It was not the end of a picture."""
        self.oddities[why] += 1
        self._has_been_misled = self._looks_at_every_slice = True
        if why is _MARKER:
            self._believes_marker = False
        elif why is _TIME:
            self._believes_time = False
        else:
            self._believes_heads = False

    def _begin_head(self) -> None:
        """A NAL unit comes that stands in front of the first slice of a picture, where it stands by the book."""
        if self._has_picture and self._believes_heads and not self._holds_whole_units:
            self._finish(_HEADS)

    def _begin_slice(self, head: SliceStart, *, is_key: bool, is_within: bool = False) -> None:
        """A slice comes: end the unit before if it is of a new picture. Runs for every slice of every camera.

        `is_within`: it came in one NAL unit with what is in the unit already.
        """
        is_first = head[3]
        if self._has_picture:
            looks = is_first or self._looks_at_every_slice
            if looks and not is_within and not self._holds_whole_units and self._is_new_picture(head):
                self._finish(None)
        elif self._ended_by is not None:
            if (not is_first or self._timestamp == self._unit_timestamp) and self._is_rest_of_picture(head):
                self._believe_no_more(self._ended_by)
                self._is_rest = True
            if self._ended_with_key:
                self._knows_ends = True
            self._ended_by = None
        if not self._has_picture:
            self._has_picture = True
            self._unit_timestamp = self._timestamp
            if not self._is_rest:
                self._has_first_slice = self._has_both_fields = False
        self._slice = head
        if is_key:
            self._key = True
        if is_first:
            self._has_first_slice = True

    def _take_payload(self, payload: memoryview) -> None:
        """The payload of one packet, whatever its kind."""
        raise NotImplementedError

    def _take_nal(self, nal: memoryview) -> None:
        """One whole NAL unit."""
        raise NotImplementedError

    def _is_new_picture(self, head: SliceStart) -> bool:
        """Whether a slice is of another picture than those of the unit so far."""
        raise NotImplementedError

    def _is_rest_of_picture(self, head: SliceStart) -> bool:
        """Whether the first slice after a unit is of the same picture still; nothing was lost between."""
        raise NotImplementedError

    def _until_whole_from_intra(self) -> int | None:
        """For a stream none of whose pictures says that decoding can start: whether it can with this one, and in how
        many pictures what is shown is whole then.
        """
        return None

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

    def _pass_over(self) -> None:
        """A payload of a type that there is not. Within a fragmented NAL unit it may be a fragment that was spoilt."""
        if self._in_fragment:
            self._leave_fragment()
            self._break()
        else:
            self.oddities[Oddity.FOREIGN_UNIT] += 1

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

    def _finish(self, why: Oddity | None) -> None:
        """The unit ends; `why` where that may turn out to be wrong."""
        prefix = b""
        until_whole = 0 if self._key else self._until_whole
        if until_whole is None and not self._has_entry:
            until_whole = self._until_whole_from_intra()
        elif until_whole is not None:
            self._has_entry = True
        key = until_whole is not None and not self._is_rest
        if key:
            missing = sorted(identity for identity in self._known if identity not in self._in_band)
            prefix = b"".join(START_CODE + self._known[identity] for identity in missing)
        self._ended.append(
            AccessUnit(
                prefix + b"".join(self._parts) if prefix else b"".join(self._parts),
                self._unit_timestamp,
                key,
                self._damaged or self._damaged_before or self._in_fragment or self._is_rest,
                self._lost,
                len(prefix),
                self._discontinuity,
                self._is_rest,
                until_whole or 0,
                key and why is not None and not self._knows_ends,
            )
        )
        self._ended_with_key = key
        self._damaged_before = False
        self._discontinuity = False
        self._lost = 0
        self._in_fragment = False
        self._ended_by = why
        self._looks_at_every_slice = self._has_been_misled
        self._clear()

    def _clear(self) -> None:
        self._parts = []
        self._size = 0
        self._odd_fragment = None
        self._has_picture = False
        self._key = False
        self._damaged = False
        self._in_band = set()
        self._is_rest = False
        self._until_whole = None


def split_at_start_codes(data: bytes) -> Iterator[bytes]:
    """The NAL units in what should be one, without start codes and the zeros around them."""
    for piece in data.split(SHORT_START_CODE):
        nal = piece.rstrip(b"\x00")
        if nal:
            yield nal
