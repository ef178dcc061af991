"""What cameras of the street do that no specification allows, and that a client must bear."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

from tmcwall.rtsp import h264
from tmcwall.rtsp.messages import Headers, Interleaved, Request, Response, serialise
from tmcwall.rtsp.rtp import HEADER

_INTERLEAVED: Final = 4
_HEADS: Final = _INTERLEAVED + HEADER.size
_SEQUENCE: Final = struct.Struct("!H")
_SEQUENCE_AT: Final = _INTERLEAVED + 2
_MARKER: Final = 0x80
_MARKER_AT: Final = _INTERLEAVED + 1
_TIME: Final = struct.Struct("!I")
_TIME_AT: Final = _INTERLEAVED + 4
_SLICES: Final = range(1, 6)
_PADDED: Final = 0x20
_SOURCE_AT: Final = 8
_STRANGER: Final = b"\xde\xad\xbe\xef"
_OTHER_TYPE: Final = 100
_VENDORS_DATA: Final = b"\x7f\x00camera"
"""H.264 type 31, H.265 type 63."""
_EVERY: Final = 10
"""Of so many packets one is odd, where it is not all."""
_SHORT_BY: Final = 4


class OddStream(StrEnum):
    """The names behind `odd:`."""

    ZEROS = "zeros"
    """Zero bytes between interleaved packets."""
    SHORT = "short"
    """The length of some interleaved packets is four bytes too small."""
    VERSION = "version"
    """Packets of RTP version 0 stand between the others."""
    PADDING = "padding"
    """Packets say that they are padded, by no bytes."""
    EMPTY = "empty"
    """Fragments without data (H.264 only)."""
    TOGETHER = "together"
    """Parameter sets and key picture are one NAL unit with start codes inside (H.264 only)."""
    NUMBERS = "numbers"
    """The sequence numbers start over at each picture."""
    STILL = "still"
    """All packets have one sequence number."""
    MARKERS = "markers"
    """Every packet has the marker."""
    UNMARKED = "unmarked"
    """No packet has it."""
    SLICES = "slices"
    """Pictures are four slices, and the last packet of each has the marker (H.264 only)."""
    REFRESH = "refresh"
    """No key pictures: they are built up bit by bit, with recovery points (H.264 only)."""
    TIMES = "times"
    """The packets of a picture have different RTP times."""
    TIMELESS = "timeless"
    """The RTP time is 0 for ever."""
    VENDOR = "vendor"
    """NAL units of a type that there is not stand in front of each picture."""
    STRANGER = "stranger"
    """Packets of another source stand between the others."""
    TYPE = "type"
    """Packets have another payload type than the description says."""


class OddSession(StrEnum):
    """The names behind `session:`."""

    NUMBERS = "numbers"
    """All answers have the number 0."""
    LATE = "late"
    """The session's id comes with the answer to PLAY."""
    TRANSPORT = "transport"
    """SETUP answers nothing about the transport."""
    PLAIN = "plain"
    """The transport is called RTP/AVP, with channels."""
    TIMEOUT = "timeout"
    """The session's timeout is 0."""
    BASE = "base"
    """Content-Base is no URL."""
    TWICE = "twice"
    """Content-Base begins with `rtsp://` twice."""
    IGNORES = "ignores"
    """GET_PARAMETER is not answered, and a session without another request for three seconds is ended."""
    HEADS = "heads"
    """Answers have lines that are no fields, and an empty length."""
    CLOSES = "closes"
    """GET_PARAMETER is answered by closing the connection."""


OF_OTHER_PICTURES: Final = frozenset({OddStream.SLICES, OddStream.REFRESH})
"""Oddities of how pictures are coded."""
WANTS_KEEP_ALIVE: Final = frozenset({OddSession.IGNORES, OddSession.CLOSES})
KEEP_ALIVE_S: Final = 3.0


def odd_packets(
    kind: OddStream, data: bytes | bytearray, packets: Sequence[int], *, sequence: int
) -> tuple[bytes, list[int]]:
    """The packets of one picture as such a camera sends them, and where each begins; the first has that number."""
    parts = [bytes(data[start:stop]) for start, stop in pairwise([*packets, len(data)])]
    if kind is OddStream.EMPTY:
        parts = [part for whole in parts for part in _with_empty_fragment(whole)]
    elif kind is OddStream.TOGETHER:
        parts = _together(parts)
    elif kind is OddStream.VENDOR:
        parts = [_vendors(parts[0]), *parts]
    starts, sent = [], bytearray()
    for index, part in enumerate(parts):
        number = {OddStream.NUMBERS: index, OddStream.STILL: 0}.get(kind, sequence + index)
        starts.append(len(sent))
        sent += _odd_packet(kind, _numbered(part, number), index=index, is_turn=number % _EVERY == 0)
    return bytes(sent), starts


def odd_answer(kind: OddSession, method: str, answer: Response) -> Response:
    """The answer of such a camera to a request of that kind, whose right one is `answer`."""
    if answer.status != 200:
        return answer
    fields = dict(answer.headers.pairs())
    match kind:
        case OddSession.NUMBERS:
            fields["CSeq"] = "0"
        case OddSession.LATE if method != "PLAY":
            fields.pop("Session", None)
        case OddSession.TRANSPORT:
            fields.pop("Transport", None)
        case OddSession.PLAIN if "Transport" in fields:
            fields["Transport"] = fields["Transport"].replace("RTP/AVP/TCP", "RTP/AVP")
        case OddSession.TIMEOUT if "Session" in fields:
            fields["Session"] = fields["Session"].partition(";")[0] + ";timeout=0"
        case OddSession.BASE if "Content-Base" in fields:
            fields["Content-Base"] = "/stream/"
        case OddSession.HEADS:
            fields |= {"X Camera Mode": "1", "Content-Length": str(len(answer.body) or "")}
        case OddSession.TWICE if "Content-Base" in fields:
            fields["Content-Base"] = "rtsp://" + fields["Content-Base"]
    return Response(answer.status, answer.reason, Headers(fields), answer.body)


def keeps_alive(kind: OddSession | None, request: Request) -> bool:
    """Whether a request counts as a sign of life of the client."""
    return kind not in WANTS_KEEP_ALIVE or request.method != "GET_PARAMETER"


def _numbered(part: bytes, number: int) -> bytes:
    return part[:_SEQUENCE_AT] + _SEQUENCE.pack(number & 0xFFFF) + part[_SEQUENCE_AT + _SEQUENCE.size :]


def _odd_packet(kind: OddStream, part: bytes, *, index: int, is_turn: bool) -> bytes:
    channel, packet = part[1], part[_INTERLEAVED:]
    match kind:
        case OddStream.ZEROS:
            return part + bytes(_SHORT_BY)
        case OddStream.SHORT if is_turn:
            return part[:2] + _SEQUENCE.pack(len(packet) - _SHORT_BY) + packet
        case OddStream.VERSION if is_turn:
            return serialise(Interleaved(channel, b"\x00" + packet[1:])) + part
        case OddStream.PADDING:
            return serialise(Interleaved(channel, bytes((packet[0] | _PADDED,)) + packet[1:] + b"\x00"))
        case OddStream.MARKERS | OddStream.UNMARKED:
            return _marked(part, marker=kind is OddStream.MARKERS)
        case OddStream.SLICES if _ends_slice(part):
            return _marked(part, marker=True)
        case OddStream.TIMES:
            return _timed(part, _TIME.unpack_from(part, _TIME_AT)[0] + index)
        case OddStream.TIMELESS:
            return _timed(part, 0)
        case OddStream.STRANGER if is_turn:
            return serialise(Interleaved(channel, packet[:_SOURCE_AT] + _STRANGER + packet[HEADER.size :])) + part
        case OddStream.TYPE:
            return part[:_MARKER_AT] + bytes((part[_MARKER_AT] & _MARKER | _OTHER_TYPE,)) + part[_MARKER_AT + 1 :]
        case _:
            return part


def _vendors(first: bytes) -> bytes:
    """A packet of the camera's own data, of the same picture as the first one."""
    header = bytearray(first[_INTERLEAVED:_HEADS])
    header[1] &= ~_MARKER & 0xFF
    return serialise(Interleaved(first[1], bytes(header) + _VENDORS_DATA))


def _marked(part: bytes, *, marker: bool) -> bytes:
    flags = part[_MARKER_AT] & ~_MARKER | (_MARKER if marker else 0)
    return part[:_MARKER_AT] + bytes((flags,)) + part[_MARKER_AT + 1 :]


def _timed(part: bytes, timestamp: int) -> bytes:
    return part[:_TIME_AT] + _TIME.pack(timestamp & 0xFFFF_FFFF) + part[_TIME_AT + _TIME.size :]


def _ends_slice(part: bytes) -> bool:
    kind, header = part[_HEADS] & 0x1F, part[_HEADS + 1]
    return kind in _SLICES or (kind == h264.FU_A and header & 0x40 != 0 and header & 0x1F in _SLICES)


def _with_empty_fragment(part: bytes) -> Iterator[bytes]:
    yield part
    indicator, header = part[_HEADS], part[_HEADS + 1]
    if indicator & 0x1F == h264.FU_A and header & 0x80:
        packet = part[_INTERLEAVED:_HEADS] + bytes((indicator, header & 0x1F))
        yield serialise(Interleaved(part[1], packet))


def _together(parts: Sequence[bytes]) -> list[bytes]:
    """A picture that begins with parameter sets as one NAL unit; any other as it is."""
    if parts[0][_HEADS] & 0x1F != h264.SPS:
        return list(parts)
    depacketiser = h264.Depacketiser()
    units = [unit for part in parts for unit in depacketiser.feed(part[_INTERLEAVED:])]
    header = bytearray(parts[0][_INTERLEAVED:_HEADS])
    fragments = h264.payloads(units[0].payload[4:])
    packets = []
    for index, fragment in enumerate(fragments):
        header[1] = header[1] & 0x7F | (_MARKER if index == len(fragments) - 1 else 0)
        packets.append(serialise(Interleaved(parts[0][1], bytes(header) + fragment)))
    return packets
