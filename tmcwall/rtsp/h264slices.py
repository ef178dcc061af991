"""Whether two H.264 slices are of one picture, by their headers (ITU-T H.264 sections 7.3.3 and 7.4.1.2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import SliceStart
from tmcwall.rtsp.bits import BitReader, with_emulation, without_emulation
from tmcwall.rtsp.sps import SequenceParameters, parse_sps

_SPS, _PPS = 7, 8
_WITH_HEADER: Final = frozenset({1, 2, 5})
_IDR: Final = 5
_HEADER_BYTES: Final = 32
"""A header up to the order of its picture is shorter."""
_MOST_TYPES: Final = 9
_LONGEST_FIELD: Final = 32
_PICTURE_SET_BYTES: Final = 48
"""A picture parameter set without slice groups is shorter up to what is read of it."""


class Relation(Enum):
    """Of a slice to the one before it."""

    SAME_PICTURE = auto()
    OTHER_FIELD = auto()
    """Of the same frame."""
    REDUNDANT = auto()
    """It says again what came before."""
    NEW_PICTURE = auto()


@dataclass(frozen=True, slots=True)
class SliceHeader:
    """As far as it names the picture. `field` is 0 for a frame, 1 and 2 for its fields."""

    first: int
    """Of its macroblocks."""
    idr: bool
    reference: bool
    picture_set: int
    frame_number: int
    field: int
    idr_number: int
    order: tuple[int, ...]
    redundant: bool


@dataclass(frozen=True, slots=True)
class _PictureParameters:
    sequence_set: int
    orders_fields: bool
    has_redundant: bool


def read_slice(start: SliceStart, known: Mapping[tuple[int, int], bytes]) -> SliceHeader | None:
    """The header of a slice by the parameter sets, which are named by kind and id; None where it cannot be read."""
    nal, data, at, _ = start
    if nal & 0x1F not in _WITH_HEADER:
        return None
    try:
        return _read(nal, bytes(data[at : at + _HEADER_BYTES]), known)
    except (Fault, KeyError):
        return None


def with_last_frame_number(nal: bytes, known: Mapping[tuple[int, int], bytes]) -> bytes:
    """The slice, but of the frame that has the last of all numbers. Raises Fault(STREAM_BROKEN), and KeyError where a
    parameter set is not known.
    """
    data = without_emulation(nal[1:])
    reader = BitReader(data)
    reader.unsigned()
    reader.unsigned()
    sequence = _sequence_parameters(known[_SPS, _picture_parameters(known[_PPS, reader.unsigned()]).sequence_set])
    reader.bits(2 if sequence.separate_planes else 0)
    reader.bits(sequence.frame_number_bits)
    ones = (1 << sequence.frame_number_bits) - 1
    numbered = int.from_bytes(data, "big") | ones << reader.left
    return nal[:1] + with_emulation(numbered.to_bytes(len(data), "big"))


def relation(before: SliceHeader, after: SliceHeader) -> Relation:
    """Of a slice to the one before it."""
    if after.redundant and before.frame_number == after.frame_number:
        return Relation.REDUNDANT
    if before.frame_number != after.frame_number or (after.idr and not before.idr):
        return Relation.NEW_PICTURE
    if before.field and after.field and before.field != after.field:
        return Relation.NEW_PICTURE if after.idr else Relation.OTHER_FIELD
    if before.first == after.first:
        return Relation.NEW_PICTURE
    named = [(one.idr, one.reference, one.picture_set, one.field, one.idr_number, one.order) for one in (before, after)]
    return Relation.SAME_PICTURE if named[0] == named[1] else Relation.NEW_PICTURE


def _read(nal: int, data: bytes, known: Mapping[tuple[int, int], bytes]) -> SliceHeader:
    """Raises Fault(STREAM_BROKEN), and KeyError where a parameter set is not known."""
    idr = nal & 0x1F == _IDR
    reader = BitReader(without_emulation(data))
    first = reader.unsigned()
    if reader.unsigned() > _MOST_TYPES:
        raise Fault(FaultCode.STREAM_BROKEN, "impossible slice")
    picture_set = reader.unsigned()
    picture = _picture_parameters(known[_PPS, picture_set])
    sequence = _sequence_parameters(known[_SPS, picture.sequence_set])
    if first >= sequence.macroblocks:
        raise Fault(FaultCode.STREAM_BROKEN, "impossible slice")
    if sequence.separate_planes:
        reader.bits(2)
    frame_number = reader.bits(min(sequence.frame_number_bits, _LONGEST_FIELD))
    field = 0
    if not sequence.frames_only and reader.flag():
        field = 1 + reader.flag()
    idr_number = reader.unsigned() if idr else 0
    order: tuple[int, ...] = ()
    both = picture.orders_fields and not field
    if sequence.order.kind == 0:
        order = (reader.bits(min(sequence.order.bits, _LONGEST_FIELD)), *((reader.signed(),) if both else ()))
    elif sequence.order.kind == 1 and not sequence.order.never_differs:
        order = (reader.signed(), *((reader.signed(),) if both else ()))
    redundant = picture.has_redundant and reader.unsigned() > 0
    return SliceHeader(first, idr, nal & 0x60 != 0, picture_set, frame_number, field, idr_number, order, redundant)


@lru_cache(maxsize=256)
def _sequence_parameters(nal: bytes) -> SequenceParameters:
    return parse_sps(nal)


@lru_cache(maxsize=256)
def _picture_parameters(nal: bytes) -> _PictureParameters:
    reader = BitReader(without_emulation(nal[1:_PICTURE_SET_BYTES]))
    reader.unsigned()
    sequence_set = reader.unsigned()
    reader.flag()
    orders_fields = reader.flag()
    if reader.unsigned() > 0:  # slice groups: what follows them is not read
        return _PictureParameters(sequence_set, orders_fields, has_redundant=False)
    reader.unsigned()
    reader.unsigned()
    reader.bits(3)
    for _ in range(3):
        reader.signed()
    reader.bits(2)
    return _PictureParameters(sequence_set, orders_fields, reader.flag())
