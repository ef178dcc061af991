"""H.265 over RTP (RFC 7798): packets to access units and back. Streams with decoding order numbers are refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.assembler import MOST_PARAMETER_SETS, START_CODE, Assembler, SliceStart, split_at_start_codes
from tmcwall.rtsp.bits import BitReader, without_emulation
from tmcwall.rtsp.h265sps import SPS, sps_id
from tmcwall.rtsp.sdp import Media
from tmcwall.rtsp.sei import h265_recovery

PARAMETER_SETS: Final = frozenset({32, 33, 34})
"""NAL unit types of VPS, SPS and PPS (ITU-T H.265 table 7-1)."""

_VPS, _PPS = 32, 34
_PREFIX_SEI: Final = 39
_HEADS: Final = frozenset({32, 33, 34, 35, _PREFIX_SEI})
"""Parameter sets, delimiter and prefix SEI: between two slices they stand in front of a picture (7.4.2.4.4)."""
_LAST_SLICE: Final = 31
_IRAP: Final = range(16, 24)
_AGGREGATE, _FRAGMENT = 48, 49
_LAST_DEFINED: Final = 50
"""PACI (RFC 7798 section 4.4.4); some cameras send their own data in what is above."""
_SPROPS: Final = ("sprop-vps", "sprop-sps", "sprop-pps")


class Depacketiser(Assembler):
    """RTP packets of one H.265 stream to access units. Key are those with an IRAP picture (IDR, CRA, BLA) or a
    recovery point.
    """

    codec = "hevc"

    @classmethod
    def for_media(cls, media: Media) -> Depacketiser:
        """For a section of a session description. Raises Fault(CODEC_UNSUPPORTED)."""
        ordered = media.fmtp.get("sprop-max-don-diff", "0") in {"", "0"}
        if media.encoding != "H265" or not ordered or media.fmtp.get("tx-mode", "SRST").upper() not in {"", "SRST"}:
            raise Fault(FaultCode.CODEC_UNSUPPORTED, media.encoding[:32] or "unknown", retryable=False)
        return cls(parameter_sets(media.fmtp), payload_type=media.payload_type)

    def _take_payload(self, payload: memoryview) -> None:
        if len(payload) < 3:
            self._break()
            return
        kind = payload[0] >> 1 & 0x3F
        if kind == _FRAGMENT:
            self._take_fragment(payload)
            return
        if kind > _LAST_DEFINED:
            self._pass_over()
            return
        if self._in_fragment:
            self._leave_fragment()
        if kind < _AGGREGATE:
            self._take_nal(payload)
        elif kind == _AGGREGATE:
            self._take_aggregate(payload)
        else:
            self._break()

    def _take_fragment(self, payload: memoryview) -> None:
        size = len(payload)
        if size == 3:
            self.oddities[Oddity.EMPTY_FRAGMENT] += 1
        header = payload[2]
        if header & 0x80:
            if self._in_fragment:
                self._leave_fragment()
            kind = header & 0x3F
            is_slice = _is_slice(kind, payload[1])
            if is_slice:
                self._begin_slice((kind << 1, payload, 3, size > 3 and payload[3] > 0x7F), is_key=kind in _IRAP)
            elif kind in _HEADS:
                self._begin_head()
            self._begin_fragments(is_slice=is_slice)
            self._parts += (START_CODE, bytes((payload[0] & 0x81 | kind << 1, payload[1])), payload[3:])
            self._grow(size + 3)
        elif self._in_fragment:
            if self._ends_after_fragment is not None:
                self._go_on_in_fragment()
            self._parts.append(payload[3:])
            self._grow(size - 3)
        elif size > 3:
            self._damaged = True
            return
        else:
            return
        self._end_fragment(last=header & 0x40 != 0)

    def _take_aggregate(self, payload: memoryview) -> None:
        position = 2
        while position + 2 < len(payload):
            size = payload[position] << 8 | payload[position + 1]
            stop = position + 2 + size
            if size < 2 or stop > len(payload):
                self._break()
                return
            self._take_nal(payload[position + 2 : stop])
            position = stop

    def _take_nal(self, nal: memoryview) -> None:
        kind = nal[0] >> 1 & 0x3F
        if _is_slice(kind, nal[1]):
            self._begin_slice((nal[0], nal, 2, len(nal) > 2 and nal[2] > 0x7F), is_key=kind in _IRAP)
        else:
            if kind in _HEADS:
                self._begin_head()
            self._note(bytes(nal))
        self._parts += (START_CODE, nal)
        self._grow(len(nal) + 4)

    def _is_new_picture(self, head: SliceStart) -> bool:
        return head[3]

    def _is_rest_of_picture(self, head: SliceStart) -> bool:
        _, data, start, is_first = head
        return not is_first and len(data) > start

    def _note_whole(self, nal: bytes) -> None:
        kind = nal_kind(nal)
        if kind in PARAMETER_SETS:
            self._remember(nal)
        elif kind == _PREFIX_SEI and self._until_whole is None:
            self._until_whole = h265_recovery(nal)
        elif kind <= _LAST_SLICE:
            self._begin_slice((nal[0], nal, 2, len(nal) > 2 and nal[2] > 0x7F), is_key=kind in _IRAP, is_within=True)

    def _identity(self, nal: bytes) -> tuple[int, int] | None:
        kind = nal_kind(nal)
        return (kind, _parameter_set_id(nal)) if kind in PARAMETER_SETS else None


def _is_slice(kind: int, second: int) -> bool:
    """Whether it is a slice's header: none has a second byte of 0, which is a start code."""
    return kind <= _LAST_SLICE and second != 0


def nal_kind(nal: bytes) -> int:
    """The NAL unit's type; 63, which none has, where there is no header."""
    return nal[0] >> 1 & 0x3F if len(nal) > 1 else 63


def parameter_sets(fmtp: Mapping[str, str]) -> list[bytes]:
    """The NAL units of `sprop-vps`, `-sps` and `-pps`, with start codes or without; malformed ones are left out: the
    stream may bring them.
    """
    found = []
    for name in _SPROPS:
        for text in fmtp.get(name, "").split(",")[: MOST_PARAMETER_SETS // 4]:
            try:
                nal = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), validate=True)
            except (binascii.Error, ValueError):
                continue
            found += [part for part in split_at_start_codes(nal) if nal_kind(part) in PARAMETER_SETS]
    return found[:MOST_PARAMETER_SETS]


def payloads(nal: bytes, *, largest: int = 1400) -> list[bytes]:
    """The RTP payloads of one NAL unit: itself, or fragments of at most `largest` bytes."""
    if len(nal) <= largest:
        return [nal]
    head = bytes((nal[0] & 0x81 | _FRAGMENT << 1, nal[1]))
    kind = nal_kind(nal)
    step = largest - 3
    return [
        head + bytes((kind | (start == 2) << 7 | (start + step >= len(nal)) << 6,)) + nal[start : start + step]
        for start in range(2, len(nal), step)
    ]


def _parameter_set_id(nal: bytes) -> int:
    """The id of a VPS, SPS or PPS; -1 where it cannot be read."""
    kind = nal_kind(nal)
    try:
        if kind == _VPS:
            return nal[2] >> 4 if len(nal) > 2 else -1
        if kind == _PPS:
            return min(BitReader(without_emulation(nal[2:16])).unsigned(), 255)
        return sps_id(nal)
    except Fault:
        return -1


def is_sps(nal: bytes) -> bool:
    return nal_kind(nal) == SPS
