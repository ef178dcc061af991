"""MPEG transport streams (ISO/IEC 13818-1), as segments or without end: the first video track of the first program."""

from __future__ import annotations

from typing import Final

from tmcwall.containers.annex_b import nal_views
from tmcwall.containers.track import Unwrapped
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import LARGEST_UNIT, Assembler
from tmcwall.rtsp.codecs import H264, HEVC, assembler_of
from tmcwall.rtsp.rtp import AccessUnit

PACKET_BYTES: Final = 188
SYNC: Final = 0x47
_CODECS: Final = {0x1B: H264, 0x24: HEVC}
_OTHER_VIDEO: Final = {0x01: "MPEG-1", 0x02: "MPEG-2", 0x10: "MPEG-4", 0x33: "H.266", 0xD2: "AVS", 0xEA: "VC-1"}
_PAT_PID: Final = 0
_PAT, _PMT = 0, 2
_LARGEST_SECTION: Final = 1024
_LONGEST_SEARCH: Final = 64 * 1024
"""Bytes without two packets in a row before this is no transport stream."""
_LONGEST_WITHOUT_VIDEO: Final = 20_000
"""Packets without a program; tables come several times a second."""


class TsDemuxer:
    """See `track.Demuxer`. Packets are counted by their continuity, so that losses are known."""

    def __init__(self) -> None:
        self.codec = ""
        self.parameter_sets: tuple[bytes, ...] = ()
        self._rest = b""
        self._searched = 0
        self._in_segment = False
        """Whether a packet has come since the beginning, or since the last end of a segment."""
        self._packets = 0
        self._tables: dict[int, bytearray] = {}
        self._pmt_pid = -1
        self._video_pid = -1
        self._continuity = -1
        self._assembler: Assembler | None = None
        self._unwrap = Unwrapped(33)
        self._parts: list[bytes] = []
        self._size = 0
        self._timestamp: int | None = None

    def feed(self, data: bytes) -> list[AccessUnit]:
        data = self._rest + data if self._rest else data
        units: list[AccessUnit] = []
        position = 0
        last = len(data) - PACKET_BYTES
        while position <= last:
            if data[position] != SYNC:
                position = self._search(data, position)
                continue
            self._in_segment = True
            if (data[position + 1] & 0x1F) << 8 | data[position + 2] == self._video_pid:
                self._take_video(data, position, units)
            else:
                self._take_other(data, position)
            position += PACKET_BYTES
        self._rest = data[position:]
        return units

    def end_segment(self) -> list[AccessUnit]:
        units: list[AccessUnit] = []
        self._finish(units)
        self._rest = b""
        self._searched = 0
        self._in_segment = False
        self._continuity = -1  # packagers number each segment as they like
        return units

    def lose(self, count: int) -> None:
        if self._assembler is not None:
            self._assembler.lose(count)

    def _search(self, data: bytes, position: int) -> int:
        """Where the next packet may begin."""
        found = data.find(SYNC, position + 1)
        while 0 <= found < len(data) - PACKET_BYTES and data[found + PACKET_BYTES] != SYNC:
            found = data.find(SYNC, found + 1)
        found = found if found >= 0 else len(data)
        self._searched += found - position
        if self._searched > _LONGEST_SEARCH:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "no transport stream")
        if self._in_segment:
            self.lose(1)
        return found

    def _take_other(self, data: bytes, position: int) -> None:
        """A packet of a table, or of what we do not take."""
        pid = (data[position + 1] & 0x1F) << 8 | data[position + 2]
        if self._video_pid < 0:
            self._packets += 1
            if self._packets > _LONGEST_WITHOUT_VIDEO:
                raise Fault(FaultCode.NO_VIDEO, retryable=False)
        if pid not in {_PAT_PID, self._pmt_pid} or data[position + 1] & 0x80:
            return
        start = _payload_start(data, position)
        payload = data[start : position + PACKET_BYTES]
        if not payload:
            return
        if data[position + 1] & 0x40:
            section = self._tables[pid] = bytearray(payload[1 + payload[0] :])
        elif pid in self._tables:
            section = self._tables[pid]
            section += payload
        else:
            return
        if len(section) < 3:
            return
        size = 3 + ((section[1] & 0x0F) << 8 | section[2])
        if size > _LARGEST_SECTION or len(section) >= size:
            del self._tables[pid]
        if len(section) >= size and size <= _LARGEST_SECTION:
            self._take_table(pid, bytes(section[: size - 4]))  # without its checksum

    def _take_table(self, pid: int, section: bytes) -> None:
        if pid == _PAT_PID and section[:1] == bytes((_PAT,)):
            for at in range(8, len(section) - 3, 4):
                if section[at] << 8 | section[at + 1]:
                    self._pmt_pid = (section[at + 2] & 0x1F) << 8 | section[at + 3]
                    return
        elif pid == self._pmt_pid and section[:1] == bytes((_PMT,)) and len(section) > 11:
            self._take_program(section)

    def _take_program(self, section: bytes) -> None:
        at = 12 + ((section[10] & 0x0F) << 8 | section[11])
        other = ""
        while at + 5 <= len(section):
            kind = section[at]
            if kind in _CODECS:
                self._begin(_CODECS[kind], (section[at + 1] & 0x1F) << 8 | section[at + 2])
                return
            other = other or _OTHER_VIDEO.get(kind, "")
            at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
        if other:
            raise Fault(FaultCode.CODEC_UNSUPPORTED, other, retryable=False)
        raise Fault(FaultCode.NO_VIDEO, retryable=False)

    def _begin(self, codec: str, pid: int) -> None:
        if codec != self.codec:
            self._assembler = assembler_of(codec)
        if pid != self._video_pid or codec != self.codec:
            self._forget()
            self._continuity = -1
        self.codec = codec
        self._video_pid = pid

    def _take_video(self, data: bytes, position: int, units: list[AccessUnit]) -> None:
        flags = data[position + 3]
        start = position + 4
        if flags & 0x20:
            start = _payload_start(data, position)
            if data[position + 4] and data[position + 5] & 0x80:
                self._continuity = -1  # the sender says that it begins anew
        if data[position + 1] & 0x80 or flags & 0xC0:
            if flags & 0xC0:
                raise Fault(FaultCode.CODEC_UNSUPPORTED, "encrypted", retryable=False)
            self.lose(1)
        if not flags & 0x10:
            return
        if self._continuity >= 0:
            missing = (flags - self._continuity - 1) & 15
            if missing == 15:
                return  # sent twice
            if missing:
                self.lose(missing)
        self._continuity = flags & 15
        if data[position + 1] & 0x40:
            self._take_start(data[start : position + PACKET_BYTES], units)
        elif self._timestamp is not None:
            self._collect(data[start : position + PACKET_BYTES])

    def _take_start(self, payload: bytes, units: list[AccessUnit]) -> None:
        """The first part of a packet of the elementary stream. One without a time goes on with the picture before."""
        if len(payload) < 9 or payload[:3] != b"\x00\x00\x01" or len(payload) < 9 + payload[8]:
            self._forget()
            self.lose(1)
            return
        self._searched = 0
        if payload[7] & 0x80 and payload[8] >= 5:
            self._finish(units)
            self._timestamp = self._unwrap(_time(payload[9:14]))
        if self._timestamp is not None:
            self._collect(payload[9 + payload[8] :])

    def _collect(self, payload: bytes) -> None:
        self._parts.append(payload)
        self._size += len(payload)
        if self._size > LARGEST_UNIT:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"a picture above {LARGEST_UNIT} bytes")

    def _finish(self, units: list[AccessUnit]) -> None:
        if self._timestamp is not None and self._parts and self._assembler is not None:
            nals = nal_views(b"".join(self._parts))
            unit = self._assembler.assemble(nals, self._timestamp)
            if unit is not None:
                units.append(unit)
        self._forget()

    def _forget(self) -> None:
        self._parts = []
        self._size = 0
        self._timestamp = None


def _payload_start(data: bytes, position: int) -> int:
    """Behind the adaptation field, where there is one; at most the packet's end."""
    flags = data[position + 3]
    if not flags & 0x10:
        return position + PACKET_BYTES
    if flags & 0x20:
        return min(position + 5 + data[position + 4], position + PACKET_BYTES)
    return position + 4


def _time(field: bytes) -> int:
    """33 bits with markers between them (section 2.4.3.7)."""
    return (
        (field[0] >> 1 & 7) << 30
        | field[1] << 22
        | (field[2] >> 1) << 15
        | field[3] << 7
        | field[4] >> 1
    )  # fmt: skip
