"""The decoder configuration records of an MP4 file's sample description (ISO/IEC 14496-15)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tmcwall.containers.track import JPEG_OBJECT
from tmcwall.domain.fault import Fault
from tmcwall.rtsp.codecs import HEVC, JPEG, is_parameter_set
from tmcwall.rtsp.h265 import is_sps, nal_kind
from tmcwall.rtsp.h265sps import SequenceParameters, parse_sps

_SPS: Final = 7
_H264_NEEDED: Final = (_SPS, 8)
_PROFILES_WITHOUT_CHROMA: Final = frozenset({66, 77, 88})
_H265_ORDER: Final = (32, 33, 34)
_PLAIN_HEVC: Final = SequenceParameters(bytes(12), 1, nested=True, chroma_format=1, luma_bits=8, chroma_bits=8,
                                        width=0, height=0)  # fmt: skip


def sample_entry(codec: str) -> bytes:
    """The name of the sample entry. Parameter sets stay in band, which `hev1` says for H.265."""
    if codec == JPEG:
        return b"mp4v"
    return b"hev1" if codec == HEVC else b"avc1"


def configuration(codec: str, parameter_sets: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The box's name and its record."""
    if codec == JPEG:
        return b"esds", elementary_stream()
    if codec == HEVC:
        return b"hvcC", hevc_configuration(parameter_sets)
    return b"avcC", avc_configuration(parameter_sets)


def parameter_sets_of(codec: str, nals: Iterable[bytes]) -> Iterator[bytes]:
    """Those NAL units that are parameter sets."""
    return (nal for nal in nals if is_parameter_set(codec, nal))


def overlaid(codec: str, parameter_sets: Iterable[bytes], known: Sequence[bytes]) -> tuple[bytes, ...]:
    """Parameter sets, with those kinds that are not among them as they are known besides."""
    brought = tuple(parameter_sets)
    kinds = {_kind(codec, nal) for nal in brought}
    return (*(nal for nal in known if _kind(codec, nal) not in kinds), *brought)


def completed(codec: str, parameter_sets: Iterable[bytes], known: Sequence[bytes]) -> tuple[bytes, ...]:
    """Parameter sets as a key frame brought them, with those kinds that it did not bring as they are known besides:
    a camera may leave them out, or the network may have lost them. Empty if a kind that is needed is not known.
    """
    whole = overlaid(codec, parameter_sets, known)
    needed = _H265_ORDER if codec == HEVC else _H264_NEEDED
    return whole if {_kind(codec, nal) for nal in whole} >= set(needed) else ()


def _kind(codec: str, nal: bytes) -> int:
    return nal_kind(nal) if codec == HEVC else nal[0] & 31


def avc_configuration(parameter_sets: Sequence[bytes]) -> bytes:
    """An AVCDecoderConfigurationRecord (section 5.3.3.1) of NAL units; 8-bit 4:2:0 is assumed."""
    sequence = [unit for unit in parameter_sets if unit[0] & 31 == _SPS]
    picture = [unit for unit in parameter_sets if unit[0] & 31 != _SPS]
    record = bytearray((1, *sequence[0][1:4], 0xFF, 0xE0 | len(sequence)))
    for unit in sequence:
        record += struct.pack(">H", len(unit)) + unit
    record.append(len(picture))
    for unit in picture:
        record += struct.pack(">H", len(unit)) + unit
    if sequence[0][1] not in _PROFILES_WITHOUT_CHROMA:
        record += bytes((0xFD, 0xF8, 0xF8, 0))
    return bytes(record)


def hevc_configuration(parameter_sets: Sequence[bytes]) -> bytes:
    """An HEVCDecoderConfigurationRecord (section 8.3.3.1) of NAL units; the arrays are not complete, for more come
    in band.
    """
    found = _sequence_parameters(parameter_sets)
    record = bytearray((1, *found.general))
    record += struct.pack(">HB", 0xF000, 0xFC)  # no spatial segmentation and no parallelism known
    record += bytes((0xFC | found.chroma_format, 0xF8 | found.luma_bits - 8, 0xF8 | found.chroma_bits - 8))
    record += struct.pack(">HB", 0, min(found.sub_layers, 7) << 3 | found.nested << 2 | 3)
    arrays = [(kind, [nal for nal in parameter_sets if nal_kind(nal) == kind]) for kind in _H265_ORDER]
    present = [(kind, nals) for kind, nals in arrays if nals]
    record.append(len(present))
    for kind, nals in present:
        record += struct.pack(">BH", kind, len(nals))
        for nal in nals:
            record += struct.pack(">H", len(nal)) + nal
    return bytes(record)


def elementary_stream() -> bytes:
    """An ES descriptor box's inside (ISO/IEC 14496-14 section 3.1.2) for JPEG; rates and buffer are not said."""
    decoder = bytes((JPEG_OBJECT, 0x11)) + bytes(11)  # a visual stream
    inside = bytes(3) + bytes((4, len(decoder))) + decoder + bytes((6, 1, 2))
    return bytes(4) + bytes((3, len(inside))) + inside


def _sequence_parameters(parameter_sets: Sequence[bytes]) -> SequenceParameters:
    for nal in filter(is_sps, parameter_sets):
        try:
            return parse_sps(nal)
        except Fault:
            continue
    return _PLAIN_HEVC
