"""A one-track MP4 file (ISO/IEC 14496-12 and -15) around access units that are not touched.

Samples are the NAL units as received, in order, parameter sets and SEI included, each with four bytes of length in
place of its start code: what every remuxer stores, so stock tools give the same stream hash for a stock recording.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import BinaryIO, Final

from tmcwall.video.configuration import configuration, sample_entry

_START_CODE: Final = re.compile(rb"\x00?\x00\x00\x01")
_LENGTH: Final = struct.Struct(">I")
_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_MOVIE_SCALE: Final = 1000
_BRANDS: Final = {b"avc1": b"isomiso2avc1mp41", b"hev1": b"isomiso2hev1mp41"}


def nal_units(annex_b: bytes) -> list[bytes]:
    """The NAL units of an Annex B stretch without their start codes."""
    starts = list(_START_CODE.finditer(annex_b))
    ends = [match.start() for match in starts[1:]] + [len(annex_b)]
    return [annex_b[match.end() : end] for match, end in zip(starts, ends, strict=True) if match.end() < end]


def length_prefixed(annex_b: bytes) -> bytes:
    """The same NAL units, each with four bytes of length."""
    return b"".join([part for unit in nal_units(annex_b) for part in (_LENGTH.pack(len(unit)), unit)])


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """What the sample description says. `codec` is `h264` or `hevc`; sizes in pixels, `timescale` in ticks a second."""

    codec: str
    width: int
    height: int
    timescale: int
    parameter_sets: Sequence[bytes]


@dataclass(slots=True)
class _Sample:
    size: int
    pts: int
    key: bool


class Mp4Writer:
    """Writes samples as they are given, the tables at the end. One `mdat`; sizes above 4 GiB are allowed."""

    def __init__(self, file: BinaryIO, track: VideoTrack) -> None:
        self._file = file
        self._track = track
        self._samples: list[_Sample] = []
        self._digest = hashlib.sha256()
        head = _box(b"ftyp", b"isom", struct.pack(">I", 0x200), _BRANDS[sample_entry(track.codec)])
        self._mdat_at = len(head)
        self._data_at = len(head) + 16
        file.write(head + struct.pack(">I4sQ", 1, b"mdat", 0))
        self._bytes = 0

    @property
    def stream_sha256(self) -> str:
        """As `ffmpeg -i FILE -map 0:v -c copy -f streamhash -hash sha256 -` prints it."""
        return self._digest.hexdigest()

    def write(self, annex_b: bytes, *, pts: int, key: bool) -> None:
        """One access unit in decoding order; `pts` in ticks from the start of the file."""
        sample = length_prefixed(annex_b)
        self._digest.update(sample)
        self._file.write(sample)
        self._bytes += len(sample)
        self._samples.append(_Sample(len(sample), pts, key))

    def finish(self) -> None:
        """Write the tables. The file stays open and is not synchronised."""
        self._file.write(self._movie())
        self._file.seek(self._mdat_at + 8)
        self._file.write(struct.pack(">Q", 16 + self._bytes))

    def _movie(self) -> bytes:
        track = self._track
        times = [sample.pts for sample in self._samples]
        decode = decoding_times(times)
        deltas = [later - earlier for earlier, later in pairwise(decode)]
        deltas.append(deltas[-1] if deltas else track.timescale // 25)
        media_ticks = sum(deltas)
        delay = times[0] - decode[0]
        shown_ms = (max(times) - times[0] + deltas[-1]) * _MOVIE_SCALE // track.timescale
        header = struct.pack(">IIII", 0, 0, _MOVIE_SCALE, shown_ms)
        header += struct.pack(">IHH8x", 0x10000, 0x100, 0) + _MATRIX + bytes(24) + struct.pack(">I", 2)
        media = _box(
            b"mdia",
            _full(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, track.timescale, media_ticks, 0x55C4, 0)),
            _full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"VideoHandler\0"),
            _box(
                b"minf",
                _full(b"vmhd", 0, 1, bytes(8)),
                _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1))),
                self._sample_tables(decode, deltas),
            ),
        )
        edit = _full(b"elst", 1, 0, struct.pack(">IQqHH", 1, shown_ms, delay, 1, 0))
        track_header = struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, shown_ms, 0, 0, 0, 0) + _MATRIX
        track_header += struct.pack(">II", track.width << 16, track.height << 16)
        body = _box(b"trak", _full(b"tkhd", 0, 3, track_header), _box(b"edts", edit), media)
        return _box(b"moov", _full(b"mvhd", 0, 0, header), body)

    def _sample_tables(self, decode: Sequence[int], deltas: Sequence[int]) -> bytes:
        samples = self._samples
        offsets = [sample.pts - time for sample, time in zip(samples, decode, strict=True)]
        tables = [self._description(), _full(b"stts", 0, 0, _runs(deltas, ">II"))]
        if any(offsets):
            tables.append(_full(b"ctts", 1, 0, _runs(offsets, ">Ii")))
        keys = [number for number, sample in enumerate(samples, 1) if sample.key]
        sizes = [sample.size for sample in samples]
        tables += [
            _full(b"stss", 0, 0, struct.pack(f">I{len(keys)}I", len(keys), *keys)),
            _full(b"stsc", 0, 0, struct.pack(">IIII", 1, 1, len(samples), 1)),
            _full(b"stsz", 0, 0, struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
            _full(b"co64", 0, 0, struct.pack(">IQ", 1, self._data_at)),
        ]
        return _box(b"stbl", *tables)

    def _description(self) -> bytes:
        track = self._track
        entry = struct.pack(">6xH16xHHIIIH", 1, track.width, track.height, 0x480000, 0x480000, 0, 1)
        entry += bytes(32) + struct.pack(">Hh", 24, -1)
        name, record = configuration(track.codec, track.parameter_sets)
        return _full(b"stsd", 0, 0, struct.pack(">I", 1), _box(sample_entry(track.codec), entry, _box(name, record)))


def decoding_times(presentation: Sequence[int]) -> list[int]:
    """Decoding times for presentation times in decoding order: strictly rising, never after the presentation.

    Without reordering they are the presentation times; with it, those sorted and moved back by the deepest reorder.
    """
    ordered = sorted(presentation)
    delay = max((rank - shown for rank, shown in zip(ordered, presentation, strict=True)), default=0)
    times: list[int] = []
    for rank in ordered:
        moved = rank - max(0, delay)
        times.append(moved if not times or moved > times[-1] else times[-1] + 1)
    return times


def _runs(values: Sequence[int], layout: str) -> bytes:
    packed = [struct.pack(layout, len(list(group)), value) for value, group in groupby(values)]
    return struct.pack(">I", len(packed)) + b"".join(packed)


def _box(name: bytes, *parts: bytes) -> bytes:
    size = 8 + sum(map(len, parts))
    return b"".join([struct.pack(">I4s", size, name), *parts])


def _full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(name, struct.pack(">I", version << 24 | flags), *parts)
