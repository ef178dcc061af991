"""The byte stream format (ITU-T H.264 and H.265 Annex B): NAL units behind start codes.

What stands between two start codes is a NAL unit and then, perhaps, zeros: `trailing_zero_8bits` (B.1), and the
`zero_byte` of the next start code. They belong to no NAL unit, for the last byte of one is never zero (H.264 7.4.1).
Whoever looks into NAL units gets them without. Who keeps what was received gets them with: a camera may have sent
zeros as the end of a packet, and then they are its bytes; see `length_prefixed`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

_START_CODE: Final = b"\x00\x00\x01"
_LENGTH: Final = struct.Struct(">I")


def nal_units(annex_b: bytes) -> list[bytes]:
    """The NAL units, without start codes and trailing zeros."""
    return [bytes(unit) for unit in nal_views(annex_b)]


def nal_views(annex_b: bytes) -> Iterator[memoryview]:
    """The same, not copied."""
    view = memoryview(annex_b)
    for start, stop in _between_start_codes(annex_b):
        end = stop
        while end > start and not annex_b[end - 1]:
            end -= 1
        if end > start:
            yield view[start:end]


def length_prefixed(annex_b: bytes) -> bytes:
    """What stands behind each start code, with four bytes of length in its place: an MP4 sample.

    No byte behind a start code is left out but the `zero_byte` of the next one, as in FFmpeg: so the stream hash of
    what was received is the one that stock tools print.
    """
    parts: list[bytes] = []
    for start, stop in _between_start_codes(annex_b):
        parts += (_LENGTH.pack(stop - start), annex_b[start:stop])
    return b"".join(parts)


def _between_start_codes(annex_b: bytes) -> Iterator[tuple[int, int]]:
    """Where something begins behind a start code, and where the next start code begins, its `zero_byte` included."""
    found = annex_b.find(_START_CODE)
    while found >= 0:
        start = found + 3
        found = annex_b.find(_START_CODE, start)
        stop = found if found >= 0 else len(annex_b)
        if found > start and not annex_b[found - 1]:
            stop -= 1
        if stop > start:
            yield start, stop
