"""Reading the bits of parameter sets (ITU-T H.264 section 9.1, H.265 section 9.2)."""

from __future__ import annotations

import re
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

_EMULATING: Final = re.compile(rb"\x00\x00(?=[\x00-\x03])")


class BitReader:
    """Reads from the most significant bit on. Every method raises Fault(STREAM_BROKEN) at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    @property
    def left(self) -> int:
        """Bits that have not been read yet."""
        return self._left

    def bits(self, count: int) -> int:
        if count > self._left:
            raise Fault(FaultCode.STREAM_BROKEN, "parameter set cut short")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.bits(1) == 1

    def unsigned(self) -> int:
        """ue(v), at most 32 bits."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > 31:
                raise Fault(FaultCode.STREAM_BROKEN, "number above 32 bits in a parameter set")
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        """se(v)."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def without_emulation(nal: bytes) -> bytes:
    """The payload of a NAL unit without emulation prevention bytes."""
    if b"\x00\x00\x03" not in nal:
        return nal
    pieces = []
    start = 0
    while (found := nal.find(b"\x00\x00\x03", start)) >= 0:
        pieces.append(nal[start : found + 2])
        start = found + 3
    pieces.append(nal[start:])
    return b"".join(pieces)


def with_emulation(payload: bytes) -> bytes:
    """The same with them: what stands in a NAL unit behind its header."""
    return _EMULATING.sub(b"\x00\x00\x03", payload)
