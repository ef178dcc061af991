"""Bodies that a web server has compressed: unpacked as they come, and never into more than can be meant."""

from __future__ import annotations

import zlib
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_DEFLATE: Final = "deflate"
_PIECE_BYTES: Final = 64 * 1024
_FREE_BYTES: Final = 2 * 1024 * 1024
_LARGEST_RATIO: Final = 50
"""Unpacked bytes for a packed one, once more than the free ones have come: playlists are below, video is near 1."""
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15  # what zlib calls them


class Unpacker:
    """One body that is gzip, or deflate with or without its head. Plain bytes that were said to be gzip pass as such.

    Whoever reads bounds the whole; here no more than 64 KiB come at once, and little more than was packed.
    """

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._stream: zlib._Decompress | None = None
        self._waiting = b""
        self._packed = 0
        self._unpacked = 0
        self.is_plain = False
        """Whether the body turned out not to be compressed; known after the first `take` that gave something."""

    @property
    def is_whole(self) -> bool:
        """Whether the packed body came to its end; one of no bytes has none."""
        return self.is_plain or not self._packed or (self._stream is not None and self._stream.eof)

    def feed(self, data: bytes) -> None:
        self._packed += len(data)
        self._waiting += data

    def take(self) -> bytes:
        """The next unpacked bytes; empty where more is to be fed. What follows the end is passed over.

        Raises Fault(PROTOCOL_BROKEN) for what cannot be unpacked, or grows beyond all measure.
        """
        if self._stream is None and not self.is_plain and not self._begin():
            return b""
        if self._stream is None:
            found, self._waiting = self._waiting, b""
            return found
        found = b""
        while not found and self._waiting:
            try:
                found = self._stream.decompress(self._waiting, _PIECE_BYTES)
            except zlib.error as error:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"a compressed answer that is no {self._coding}") from error
            self._waiting = self._stream.unconsumed_tail
            if self._stream.eof and self._stream.unused_data[:3] == GZIP_MAGIC:
                self._waiting = self._stream.unused_data  # another member (RFC 1952 section 2.2)
                self._stream = zlib.decompressobj(_GZIP_BITS)
        self._unpacked += len(found)
        if self._unpacked > _FREE_BYTES + _LARGEST_RATIO * self._packed:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "a compressed answer that unpacks beyond measure")
        return found

    def _begin(self) -> bool:
        """By the first two bytes, whatever the name: servers mix them up. False: there are not so many yet."""
        if len(self._waiting) < 2:
            return False
        first = int.from_bytes(self._waiting[:2])
        if self._waiting[:2] == GZIP_MAGIC[:2]:
            self._stream = zlib.decompressobj(_GZIP_BITS)
        elif self._waiting[0] & 0x0F == zlib.DEFLATED and first % 31 == 0:
            self._stream = zlib.decompressobj(_ZLIB_BITS)
        elif self._coding == _DEFLATE:
            self._stream = zlib.decompressobj(_RAW_BITS)
        else:
            self.is_plain = True
        return True


def unpacker_of(content_encoding: str) -> Unpacker | None:
    """None for a body that is not compressed. Raises Fault(PROTOCOL_BROKEN) for a coding that we do not know."""
    codings = [part.strip().lower() for part in content_encoding.split(",")]
    packed = [coding for coding in codings if coding not in {"", "identity", "none"}]
    if not packed:
        return None
    if len(packed) == 1 and (packed[0] in _GZIP or packed[0] == _DEFLATE):
        return Unpacker(packed[0])
    raise Fault(FaultCode.PROTOCOL_BROKEN, f"a compressed answer: {', '.join(packed)[:40]}", retryable=False)
