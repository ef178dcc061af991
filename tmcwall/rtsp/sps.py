"""What an H.264 sequence parameter set says of the picture (ITU-T H.264 section 7.3.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.bits import BitReader, without_emulation

_LARGEST: Final = 4096
_WITH_CHROMA: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MOST_MACROBLOCKS: Final = 4096
"""A side of 65,536 pixels: more is a broken or hostile parameter set."""


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """How slices tell the order of pictures: `kind` 0 counts with so many bits, 1 gives differences, 2 nothing."""

    kind: int
    bits: int = 0
    never_differs: bool = False


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """`width` and `height` in pixels after cropping."""

    profile: int
    level: int
    width: int
    height: int
    reference_frames: int
    frame_number_bits: int
    order: PictureOrder
    frames_only: bool
    """No picture of it is a field."""
    separate_planes: bool
    macroblocks: int
    """Of a frame."""


def parse_sps(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set with its NAL header. Raises Fault(STREAM_BROKEN)."""
    if not 4 <= len(nal) <= _LARGEST or nal[0] & 0x1F != 7:
        raise Fault(FaultCode.STREAM_BROKEN, "no sequence parameter set")
    reader = BitReader(without_emulation(nal[1:]))
    profile = reader.bits(8)
    reader.bits(8)
    level = reader.bits(8)
    reader.unsigned()
    chroma, separate_planes = _chroma_format(reader) if profile in _WITH_CHROMA else (1, False)
    frame_number_bits = reader.unsigned() + 4
    order = _picture_order(reader)
    reference_frames = reader.unsigned()
    reader.flag()
    columns = reader.unsigned() + 1
    map_rows = reader.unsigned() + 1
    frames_only = reader.flag()
    if not frames_only:
        reader.flag()
    reader.flag()
    rows = map_rows * (1 if frames_only else 2)
    if reference_frames > 16 or max(columns, rows) > _MOST_MACROBLOCKS:
        raise Fault(FaultCode.STREAM_BROKEN, "impossible sequence parameter set")
    width, height = 16 * columns, 16 * rows
    if reader.flag():
        left, right, top, bottom = (reader.unsigned() for _ in range(4))
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = (2 if chroma == 1 else 1) * (1 if frames_only else 2)
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    if width <= 0 or height <= 0:
        raise Fault(FaultCode.STREAM_BROKEN, "impossible sequence parameter set")
    return SequenceParameters(
        profile, level, width, height, reference_frames, frame_number_bits, order, frames_only, separate_planes,
        columns * rows,
    )  # fmt: skip


def _chroma_format(reader: BitReader) -> tuple[int, bool]:
    """chroma_format_idc, and whether planes are separate, which count as monochrome; reads on to the end of the
    scaling lists.
    """
    chroma = reader.unsigned()
    if chroma > 3:
        raise Fault(FaultCode.STREAM_BROKEN, "impossible sequence parameter set")
    separate = chroma == 3 and reader.flag()
    reader.unsigned()
    reader.unsigned()
    reader.flag()
    if reader.flag():
        for index in range(12 if chroma == 3 else 8):
            if reader.flag():
                _skip_scaling_list(reader, 16 if index < 6 else 64)
    return (0 if separate else chroma), separate


def _skip_scaling_list(reader: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following != 0:
            following = (last + reader.signed()) % 256
        last = last if following == 0 else following


def _picture_order(reader: BitReader) -> PictureOrder:
    kind = reader.unsigned()
    if kind == 0:
        return PictureOrder(kind, bits=reader.unsigned() + 4)
    never_differs = False
    if kind == 1:
        never_differs = reader.flag()
        reader.signed()
        reader.signed()
        cycle = reader.unsigned()
        if cycle > 255:
            raise Fault(FaultCode.STREAM_BROKEN, "impossible sequence parameter set")
        for _ in range(cycle):
            reader.signed()
    return PictureOrder(kind, never_differs=never_differs)
