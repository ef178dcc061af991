"""What an H.265 sequence parameter set says of the picture (ITU-T H.265 section 7.3.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.bits import BitReader, without_emulation

SPS: Final = 33
_LARGEST: Final = 4096
_HEAD: Final = 2
_GENERAL: Final = slice(1, 13)
_LARGEST_SIDE: Final = 65_536
_MOST_SUB_LAYERS: Final = 7
_SUB_LAYER_PROFILE_BITS: Final = 88
_SUB_LAYER_LEVEL_BITS: Final = 8


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """`width` and `height` in pixels after cropping; `general` is the profile, tier and level, 12 bytes as sent."""

    general: bytes
    sub_layers: int
    nested: bool
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    width: int
    height: int


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set with its NAL header. Raises Fault(STREAM_BROKEN)."""
    if not 16 <= len(nal) <= _LARGEST or nal[0] >> 1 & 0x3F != SPS:
        raise _impossible()
    data = without_emulation(nal[_HEAD:])
    reader = BitReader(data)
    reader.bits(4)
    sub_layers = reader.bits(3) + 1
    nested = reader.flag()
    _skip_profile(reader, sub_layers)
    reader.unsigned()
    chroma = reader.unsigned()
    if chroma > 3:
        raise _impossible()
    separate = chroma == 3 and reader.flag()
    width, height = reader.unsigned(), reader.unsigned()
    if max(width, height) > _LARGEST_SIDE:
        raise _impossible()
    if reader.flag():
        left, right, top, bottom = (reader.unsigned() for _ in range(4))
        width -= (2 if chroma in (1, 2) else 1) * (left + right)
        height -= (2 if chroma == 1 else 1) * (top + bottom)
    luma_bits, chroma_bits = reader.unsigned() + 8, reader.unsigned() + 8
    if width <= 0 or height <= 0 or max(luma_bits, chroma_bits) > 16:
        raise _impossible()
    return SequenceParameters(
        data[_GENERAL], sub_layers, nested, 0 if separate else chroma, luma_bits, chroma_bits, width, height
    )


def sps_id(nal: bytes) -> int:
    """The id of a sequence parameter set. Raises Fault(STREAM_BROKEN)."""
    reader = BitReader(without_emulation(nal[_HEAD:_LARGEST]))
    reader.bits(4)
    sub_layers = reader.bits(3) + 1
    reader.flag()
    _skip_profile(reader, sub_layers)
    return min(reader.unsigned(), 255)


def _skip_profile(reader: BitReader, sub_layers: int) -> None:
    """profile_tier_level (section 7.3.3)."""
    if sub_layers > _MOST_SUB_LAYERS:
        raise _impossible()
    reader.bits(96)
    present = [(reader.flag(), reader.flag()) for _ in range(sub_layers - 1)]
    if present:
        reader.bits(2 * (8 - len(present)))
    for profile, level in present:
        reader.bits(_SUB_LAYER_PROFILE_BITS * profile + _SUB_LAYER_LEVEL_BITS * level)


def _impossible() -> Fault:
    return Fault(FaultCode.STREAM_BROKEN, "impossible sequence parameter set")
