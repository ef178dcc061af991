"""Supplemental enhancement information: from where on decoding is exact (ITU-T H.264 D.2.8, H.265 D.3.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tmcwall.domain.fault import Fault
from tmcwall.rtsp.bits import BitReader, without_emulation

_RECOVERY_POINT: Final = 6
_LARGEST: Final = 1024
"""Bytes of a NAL unit that are looked through; what stands behind a long message is not read."""
_MORE: Final = 0xFF


def h264_recovery(nal: bytes) -> int | None:
    """In how many frames the picture is whole that begins here; None without a recovery point."""
    for message in _recovery_points(nal[1:_LARGEST]):
        try:
            return BitReader(message).unsigned()
        except Fault:
            return None
    return None


def h265_recovery(nal: bytes) -> int | None:
    """The same, as a difference of picture order, which is as many pictures or more."""
    for message in _recovery_points(nal[2:_LARGEST]):
        try:
            return max(0, BitReader(message).signed())
        except Fault:
            return None
    return None


def _recovery_points(payload: bytes) -> Iterator[bytes]:
    data = without_emulation(payload)
    position = 0
    while position + 2 < len(data):
        kind, position = _number(data, position)
        size, position = _number(data, position)
        if kind == _RECOVERY_POINT and size > 0:
            yield data[position : position + size]
        position += size


def _number(data: bytes, position: int) -> tuple[int, int]:
    """A number in bytes of 255 and a rest, and where it ends."""
    value = 0
    while position < len(data) and data[position] == _MORE:
        value += _MORE
        position += 1
    return value + (data[position] if position < len(data) else 0), position + 1
