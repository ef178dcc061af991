"""H.264 over RTP (RFC 6184), non-interleaved: packets to access units and back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.assembler import (
    MOST_PARAMETER_SETS,
    SHORT_START_CODE,
    START_CODE,
    Assembler,
    SliceStart,
    split_at_start_codes,
)
from tmcwall.rtsp.bits import BitReader, without_emulation
from tmcwall.rtsp.h264slices import Relation, read_slice, relation, with_last_frame_number
from tmcwall.rtsp.sdp import Media
from tmcwall.rtsp.sei import h264_recovery
from tmcwall.rtsp.sps import parse_sps

SPS: Final = 7
PARAMETER_SETS: Final = frozenset({7, 8})
"""NAL unit types of SPS and PPS (ITU-T H.264 table 7-1)."""

_SLICE, _IDR, _SEI = 1, 5, 6
_HEADS: Final = frozenset({6, 7, 8, 9})
"""SEI, parameter sets and delimiter: between two slices they stand in front of a picture (ITU-T H.264 7.4.1.2.3)."""
_STAP_A: Final = 24
FU_A: Final = 28
_FOREIGN: Final = frozenset({0, 30, 31})
"""Payload types that RFC 6184 leaves undefined; some cameras send their own data in them."""
_RECOVERY_POINT: Final = START_CODE + b"\x06\x06\x01\xc4\x80"
"""SEI: decoding is exact from here on, as far as anybody knows."""
_INTRA: Final = frozenset({2, 7})
"""Types of slices."""
_MOST_REFERENCES: Final = 16
_COUNTED_FROM: Final = 1
"""Up to this frame number FFmpeg misses none in front of the first picture."""
_SLICE_BYTES: Final = 16
_ENOUGH_INTRA: Final = 2
"""Intra pictures after which it is believed that no other sign will come."""
_BYTES: Final = tuple(bytes((value,)) for value in range(256))


class Depacketiser(Assembler):
    """RTP packets of one H.264 stream to access units."""

    codec = "h264"
    _intra_pictures = 0

    @classmethod
    def for_media(cls, media: Media) -> Depacketiser:
        """For a section of a session description. Raises Fault(CODEC_UNSUPPORTED)."""
        if media.encoding != "H264" or media.fmtp.get("packetization-mode", "").startswith("2"):
            raise Fault(FaultCode.CODEC_UNSUPPORTED, media.encoding[:32] or "unknown", retryable=False)
        return cls(parameter_sets(media.fmtp), payload_type=media.payload_type)

    def _take_payload(self, payload: memoryview) -> None:
        if not payload:
            self._break()
            return
        kind = payload[0] & 0x1F
        if kind == FU_A:
            self._take_fragment(payload)
            return
        if kind in _FOREIGN and not bytes(payload[:4]).startswith((START_CODE, SHORT_START_CODE)):
            self._pass_over()
            return
        if self._in_fragment:
            self._leave_fragment()
        if 1 <= kind <= 23 or bytes(payload[:4]).startswith((START_CODE, SHORT_START_CODE)):
            self._take_nal(payload)
        elif kind == _STAP_A:
            self._take_aggregate(payload)
        else:
            self._break()

    def _take_fragment(self, payload: memoryview) -> None:
        size = len(payload)
        if size < 2:
            self._break()
            return
        if size == 2:
            self.oddities[Oddity.EMPTY_FRAGMENT] += 1
        header = payload[1]
        if header & 0x80:
            if self._in_fragment:
                self._leave_fragment()
            nal = payload[0] & 0xE0 | header & 0x1F
            kind = header & 0x1F
            is_slice = _SLICE <= kind <= _IDR
            if is_slice:
                self._begin_slice((nal, payload, 2, size > 2 and payload[2] > 0x7F), is_key=kind == _IDR)
            elif kind in _HEADS:
                self._begin_head()
            self._begin_fragments(is_slice=is_slice)
            self._parts += (START_CODE, _BYTES[nal], payload[2:])
            self._grow(size + 3)
        elif self._in_fragment:
            if self._ends_after_fragment is not None:
                self._go_on_in_fragment()
            self._parts.append(payload[2:])
            self._grow(size - 2)
        elif size > 2:
            self._damaged = True
            return
        else:
            return
        self._end_fragment(last=header & 0x40 != 0)

    def _take_aggregate(self, payload: memoryview) -> None:
        position = 1
        while position + 2 < len(payload):
            size = payload[position] << 8 | payload[position + 1]
            stop = position + 2 + size
            if size == 0 or stop > len(payload):
                self._break()
                return
            self._take_nal(payload[position + 2 : stop])
            position = stop

    def _take_nal(self, nal: memoryview) -> None:
        kind = nal[0] & 0x1F
        if _SLICE <= kind <= _IDR:
            self._begin_slice((nal[0], nal, 1, len(nal) > 1 and nal[1] > 0x7F), is_key=kind == _IDR)
        else:
            if kind in _HEADS:
                self._begin_head()
            self._note(bytes(nal))
        self._parts += (START_CODE, nal)
        self._grow(len(nal) + 4)

    def _is_new_picture(self, head: SliceStart) -> bool:
        match self._relation(head):
            case Relation.NEW_PICTURE:
                return True
            case Relation.OTHER_FIELD:
                if self._has_both_fields or self._timestamp != self._unit_timestamp:
                    return True
                self._has_both_fields = True
                self._has_first_slice = False
                return False
            case Relation.SAME_PICTURE:
                return head[3] and self._has_first_slice
        return False

    def _is_rest_of_picture(self, head: SliceStart) -> bool:
        match self._relation(head):
            case Relation.SAME_PICTURE:
                return not (head[3] and self._has_first_slice)
            case Relation.OTHER_FIELD:
                if self._has_both_fields or self._timestamp != self._unit_timestamp:
                    return False
                self._has_both_fields = True
                self._has_first_slice = False
                return True
        return False

    def _relation(self, head: SliceStart) -> Relation | None:
        """To the slice before; None where it cannot be seen."""
        before = self._slice
        if before is None:
            return None
        earlier, later = read_slice(before, self._known), read_slice(head, self._known)
        return None if earlier is None or later is None else relation(earlier, later)

    def _until_whole_from_intra(self) -> int | None:
        """An intra picture is as good as a key picture where nothing after it rests on what came before.

        That is sure with one reference picture; with more it is once as many have come, as far as cameras do.
        """
        slices = [nal for nal in split_at_start_codes(b"".join(self._parts)) if nal[0] & 0x1F == _SLICE]
        if not slices or not all(nal[0] & 0x60 and _is_intra(nal) for nal in slices):
            return None
        self._intra_pictures += 1
        references = [_reference_frames(nal) for (kind, _), nal in self._known.items() if kind == SPS]
        if not references or (max(references) > 1 and self._intra_pictures < _ENOUGH_INTRA):
            return None
        return max(references) if max(references) > 1 else 0

    def _note_whole(self, nal: bytes) -> None:
        kind = nal[0] & 0x1F
        if _SLICE <= kind <= _IDR:
            self._begin_slice((nal[0], nal, 1, len(nal) > 1 and nal[1] > 0x7F), is_key=kind == _IDR, is_within=True)
        elif kind in PARAMETER_SETS:
            self._remember(nal)
        elif kind == _SEI and self._until_whole is None:
            self._until_whole = h264_recovery(nal)

    def _identity(self, nal: bytes) -> tuple[int, int] | None:
        kind = nal[0] & 0x1F if nal else 0
        return (kind, _parameter_set_id(nal)) if kind in PARAMETER_SETS else None


def parameter_sets(fmtp: Mapping[str, str]) -> list[bytes]:
    """The NAL units of `sprop-parameter-sets`, with start codes or without; malformed ones are left out, for the
    stream may bring them itself.
    """
    found = []
    for text in fmtp.get("sprop-parameter-sets", "").split(",")[:MOST_PARAMETER_SETS]:
        try:
            nal = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        found += [part for part in split_at_start_codes(nal) if part[0] & 0x1F in PARAMETER_SETS]
    return found[:MOST_PARAMETER_SETS]


def payloads(nal: bytes, *, largest: int = 1400) -> list[bytes]:
    """The RTP payloads of one NAL unit: itself, or FU-A fragments of at most `largest` bytes."""
    if len(nal) <= largest:
        return [nal]
    indicator = nal[0] & 0xE0 | FU_A
    kind = nal[0] & 0x1F
    step = largest - 2
    starts = range(1, len(nal), step)
    return [
        bytes((indicator, kind | (start == 1) << 7 | (start + step >= len(nal)) << 6)) + nal[start : start + step]
        for start in starts
    ]


def _parameter_set_id(nal: bytes) -> int:
    """The id of an SPS or PPS; -1 where it cannot be read."""
    try:
        reader = BitReader(without_emulation(nal[1:16]))
        if nal[0] & 0x1F == SPS:
            reader.bits(24)
        return min(reader.unsigned(), 255)
    except Fault:
        return -1


def with_recovery_point(payload: bytes) -> bytes:
    """An access unit at which decoding starts, with a recovery point where none says so: decoders show nothing without.

    In Annex B; an IDR picture needs none.
    """
    for nal in split_at_start_codes(payload):
        kind = nal[0] & 0x1F
        if kind == _IDR or (kind == _SEI and h264_recovery(nal) is not None):
            return payload
    return _RECOVERY_POINT + payload


def picture_before(payload: bytes, parameter_sets: Iterable[bytes] = ()) -> bytes:
    """What a decoder is given before an access unit with which decoding starts, in Annex B; nothing for most.

    A picture with errors and nothing to be shown: what is whole later rests on none of it. `parameter_sets` are known
    beside those in the unit.

    WORKAROUND: without a reference picture FFmpeg (libavcodec/h264_refs.c, "Missing reference picture") refuses a
    slice that rests on others, and then all of them up to the next recovery point, but gives pictures out as
    recovered. It makes references up where frame numbers are missing, which they are not in front of a picture with
    the number 0 or 1, for its decoder begins to count there. So it first gets the same slices with the last number.
    """
    nals = list(split_at_start_codes(payload))
    sets = [nal for nal in (*parameter_sets, *nals) if nal[0] & 0x1F in PARAMETER_SETS]
    known = {(nal[0] & 0x1F, _parameter_set_id(nal)): bytes(nal) for nal in sets}
    slices = [bytes(nal) for nal in nals if nal[0] & 0x1F == _SLICE]
    numbered = []
    for nal in slices:
        head = read_slice((nal[0], nal, 1, False), known)
        if head is None or head.frame_number > _COUNTED_FROM or not head.reference or _is_intra(nal):
            return b""
        numbered.append(with_last_frame_number(nal, known))
    return b"".join(START_CODE + nal for nal in [*known.values(), *numbered]) if numbered else b""


def _reference_frames(nal: bytes) -> int:
    """Of a sequence parameter set; as many as there may be where it cannot be read."""
    try:
        return parse_sps(nal).reference_frames
    except Fault:
        return _MOST_REFERENCES


def _is_intra(nal: bytes) -> bool:
    """Whether a slice is coded without another picture."""
    reader = BitReader(without_emulation(nal[1:_SLICE_BYTES]))
    try:
        reader.unsigned()
        return reader.unsigned() in _INTRA
    except Fault:
        return False
