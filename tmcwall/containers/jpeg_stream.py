"""JPEG pictures one after the other, as web cameras send them (`multipart/x-mixed-replace`).

A picture says itself where it ends, so that nothing is asked of what stands between two: parts with a length or
without, a boundary that is not the one that was announced, or nothing at all.
"""

from __future__ import annotations

import re
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import LARGEST_UNIT
from tmcwall.rtsp.codecs import JPEG
from tmcwall.rtsp.jpeg import BARE, END_OF_IMAGE, START_OF_IMAGE, START_OF_SCAN
from tmcwall.rtsp.rtp import AccessUnit

_BEGINS: Final = START_OF_IMAGE + b"\xff"
_LEAVES_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What follows 0xFF in a scan is a zero that was put in, a restart, or the next marker (ITU-T T.81 B.1.1.5)."""
_PART_HEAD: Final = re.compile(rb"\r?\n--[^\r\n]*\r?\n[\x20-\x7e\r\n\t]*\Z")
"""At the end of a picture that has none of its own."""


class JpegDemuxer:
    """See `track.Demuxer`; but timestamps are 0: nothing says when a picture was taken."""

    codec = JPEG
    parameter_sets: tuple[bytes, ...] = ()

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        """So far the picture that the buffer begins with has been read; 0 where none has begun."""
        self._is_in_scan = False
        self._has_scan = False
        self._is_broken = False
        self._lost = 0

    def feed(self, data: bytes) -> list[AccessUnit]:
        """Raises Fault(PROTOCOL_BROKEN) for a picture without end."""
        self._buffer += data
        units: list[AccessUnit] = []
        while self._begin() and (end := self._end_of_picture()):
            picture, is_broken = bytes(memoryview(self._buffer)[:end]), self._is_broken
            self._drop(end)
            if is_broken:
                self._lost += 1
                continue
            units.append(AccessUnit(picture, 0, True, False, self._lost, 0, discontinuity=False))
            self._lost = 0
        if len(self._buffer) > LARGEST_UNIT:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"picture above {LARGEST_UNIT} bytes")
        return units

    def end_segment(self) -> list[AccessUnit]:
        self._drop(len(self._buffer))
        return []

    def lose(self, count: int) -> None:
        self._lost += count

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._at = 0
        self._is_in_scan = self._has_scan = self._is_broken = False

    def _begin(self) -> bool:
        """Whether the buffer begins with a picture, once what stands in front of it is gone."""
        if self._at == 0:
            found = self._buffer.find(_BEGINS)
            if found < 0:
                del self._buffer[: -len(_BEGINS) + 1]
                return False
            del self._buffer[:found]
            self._at = len(START_OF_IMAGE)
        return True

    def _end_of_picture(self) -> int:
        """Behind its last byte, or where it is seen to be none; 0 as long as neither has come."""
        buffer = self._buffer
        while self._at + 1 < len(buffer):
            at = self._at
            if self._is_in_scan:
                found = _LEAVES_SCAN.search(buffer, at)
                if found is None:
                    self._at = max(at, len(buffer) - 1)
                    return 0
                self._at, self._is_in_scan = found.start(), False
                continue
            marker = buffer[at + 1]
            if buffer[at] != 0xFF or marker == 0:
                self._is_broken = True
                return at
            if marker in {END_OF_IMAGE[1], START_OF_IMAGE[1]}:
                self._is_broken = not self._has_scan
                return at + 2 if marker == END_OF_IMAGE[1] else self._end_before(at)
            if marker == 0xFF:
                self._at += 1
            elif marker in BARE:
                self._at += 2
            elif at + 4 > len(buffer):
                return 0
            else:
                self._at += 2 + int.from_bytes(buffer[at + 2 : at + 4])
                self._is_in_scan = marker == START_OF_SCAN
                self._has_scan |= self._is_in_scan
        return 0

    def _end_before(self, at: int) -> int:
        """Of a picture behind which the next one begins, without an end of its own."""
        head = _PART_HEAD.search(self._buffer, max(0, at - 1024), at)
        return head.start() if head is not None else at
