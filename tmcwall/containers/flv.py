"""FLV (Adobe Flash Video File Format 10.1, annex E; Enhanced RTMP v1 for H.265), as HTTP-FLV sends it without end."""

from __future__ import annotations

from typing import Final

from tmcwall.containers.track import CLOCK_RATE, Unwrapped, nals_behind_lengths, parse_configuration
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import LARGEST_UNIT, Assembler
from tmcwall.rtsp.codecs import H264, HEVC, assembler_of
from tmcwall.rtsp.rtp import AccessUnit

_HEADER_BYTES: Final = 9
_LONGEST_HEADER: Final = 64
_TAG_BYTES: Final = 11
_BACK_POINTER_BYTES: Final = 4
_VIDEO: Final = 9
_ENCRYPTED: Final = 0x20
_KINDS: Final = frozenset({8, _VIDEO, 15, 18, 8 | _ENCRYPTED, _VIDEO | _ENCRYPTED, 18 | _ENCRYPTED})
_EXTENDED: Final = 0x80
_CODECS: Final = {7: H264, 12: HEVC}
"""12 is no number of Adobe's, but what encoders and servers agreed on before `hvc1`."""
_FOUR_CHARACTERS: Final = {b"avc1": H264, b"hvc1": HEVC}
_HEAD, _PICTURE, _PICTURE_AT_ONCE = 0, 1, 3
_INFORMATION_FRAME: Final = 5
_LONGEST_WITHOUT_VIDEO: Final = 1_000
"""Tags; a camera sends its video head at once."""


class FlvDemuxer:
    """See `track.Demuxer`."""

    def __init__(self) -> None:
        self.codec = ""
        self.parameter_sets: tuple[bytes, ...] = ()
        self._buffer = bytearray()
        self._begun = False
        self._length_bytes = 4
        self._assembler: Assembler | None = None
        self._unwrap = Unwrapped(32)
        self._tags = 0

    def feed(self, data: bytes) -> list[AccessUnit]:
        buffer = self._buffer
        buffer += data
        position = 0
        if not self._begun:
            if len(buffer) < _HEADER_BYTES:
                return []
            if buffer[:3] != b"FLV":
                raise Fault(FaultCode.PROTOCOL_BROKEN, "no FLV")
            position = min(int.from_bytes(buffer[5:9]), _LONGEST_HEADER) + _BACK_POINTER_BYTES
            if len(buffer) < position:
                return []
            self._begun = True
        units = []
        while len(buffer) - position >= _TAG_BYTES:
            size = int.from_bytes(buffer[position + 1 : position + 4])
            end = position + _TAG_BYTES + size
            if buffer[position] not in _KINDS:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"an FLV tag of kind {buffer[position]}")
            if size > LARGEST_UNIT:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"an FLV tag of {size} bytes")
            if len(buffer) < end + _BACK_POINTER_BYTES:
                break
            unit = self._take_tag(bytes(memoryview(buffer)[position:end]))
            if unit is not None:
                units.append(unit)
            position = end + _BACK_POINTER_BYTES
        del buffer[:position]
        return units

    def end_segment(self) -> list[AccessUnit]:
        self._buffer.clear()
        self._begun = False
        return []

    def lose(self, count: int) -> None:
        if self._assembler is not None:
            self._assembler.lose(count)

    def _take_tag(self, tag: bytes) -> AccessUnit | None:
        kind = tag[0]
        if kind == _VIDEO | _ENCRYPTED:
            raise Fault(FaultCode.CODEC_UNSUPPORTED, "encrypted", retryable=False)
        if not self.codec:
            self._tags += 1
            if self._tags > _LONGEST_WITHOUT_VIDEO:
                raise Fault(FaultCode.NO_VIDEO, retryable=False)
        if kind != _VIDEO or len(tag) < _TAG_BYTES + 5:
            return None
        return self._take_video(tag[_TAG_BYTES:], int.from_bytes(tag[4:7]) | tag[7] << 24)

    def _take_video(self, body: bytes, time_ms: int) -> AccessUnit | None:
        first = body[0]
        if first & _EXTENDED:
            codec = _FOUR_CHARACTERS.get(body[1:5])
            kind = first & 15
            at = 5
        else:
            codec = _CODECS.get(first & 15)
            kind = body[1]
            at = 2
        if first >> 4 & 7 == _INFORMATION_FRAME:
            return None
        if codec is None:
            name = body[1:5].decode("ascii", "replace") if first & _EXTENDED else f"FLV codec {first & 15}"
            raise Fault(FaultCode.CODEC_UNSUPPORTED, name, retryable=False)
        shift_ms = 0
        if not first & _EXTENDED or kind == _PICTURE:
            shift_ms = int.from_bytes(body[at : at + 3], signed=True)
            at += 3
        if kind == _HEAD:
            self._take_head(codec, body[at:])
            return None
        if self._assembler is None or codec != self.codec:
            return None
        if kind != _PICTURE and not (first & _EXTENDED and kind == _PICTURE_AT_ONCE):
            return None
        timestamp = (self._unwrap(time_ms) + shift_ms) * (CLOCK_RATE // 1000)
        return self._assembler.assemble(nals_behind_lengths(body[at:], self._length_bytes), timestamp)

    def _take_head(self, codec: str, record: bytes) -> None:
        found = parse_configuration(codec, record)
        self.codec = codec
        self.parameter_sets = found.parameter_sets
        self._length_bytes = found.length_bytes
        self._assembler = assembler_of(codec, found.parameter_sets)
