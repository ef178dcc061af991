"""Coded pictures on a pipe: engine to decoder, and demultiplexer to engine, with a fixed binary header.

They are frames of kind 1 among the messages of `ipc.messages`.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import ACCESS_UNIT, FRAME


class AccessUnit(NamedTuple):
    """One coded picture, Annex B with start codes, parameter sets in front of key frames.

    A tuple, because there are thousands a second and a frozen dataclass takes three times as long to make.
    """

    stream: int
    key: bool
    damaged: bool
    """A packet of it, or of the time before it, was lost; or the stream starts anew here."""
    schedule_ns: int
    """When it is due by the stream's own clock, on our monotonic clock: PTS mapped by its least-delayed packet."""
    arrival_ns: int
    payload: bytes
    until_whole: int = 0
    """Where decoding starts with this unit, so many pictures later the first is whole."""
    end_unproven: bool = False
    """It may be a part of its picture: the next unit tells, or that none comes soon."""


_MOST: Final = 0xFFFF
_UNIT_HEADER: Final = struct.Struct("!IBqqH")


def pack_access_unit(unit: AccessUnit) -> list[bytes]:
    """The header and the payload as two buffers, so that the payload is not copied."""
    flags = unit.key | unit.damaged << 1 | unit.end_unproven << 2
    whole = min(unit.until_whole, _MOST)
    header = _UNIT_HEADER.pack(unit.stream, flags, unit.schedule_ns, unit.arrival_ns, whole)
    return [FRAME.pack(_UNIT_HEADER.size + len(unit.payload), ACCESS_UNIT) + header, unit.payload]


def unpack_access_unit(body: bytes) -> AccessUnit:
    """The reverse of `pack_access_unit`, for the body of one frame. Raises Fault(PROTOCOL_BROKEN)."""
    if len(body) < _UNIT_HEADER.size:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"access unit of {len(body)} bytes", retryable=False)
    stream, flags, schedule_ns, arrival_ns, whole = _UNIT_HEADER.unpack_from(body)
    payload = body[_UNIT_HEADER.size :]
    return AccessUnit(
        stream, bool(flags & 1), bool(flags & 2), schedule_ns, arrival_ns, payload, whole, bool(flags & 4)
    )
