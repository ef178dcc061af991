"""A one-track MP4 file (ISO/IEC 14496-12 and -15) around access units that are not touched.

Samples are the NAL units as received, in order, parameter sets and SEI included, each with four bytes of length in
place of its start code: what every remuxer stores, so stock tools give the same stream hash for a stock recording.
Pictures of JPEG are samples as they are.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import BinaryIO, Final

from tmcwall.containers.annex_b import length_prefixed
from tmcwall.containers.decoder_configuration import configuration, sample_entry
from tmcwall.rtsp.codecs import JPEG

_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_MOVIE_SCALE: Final = 1000
_BRANDS: Final = {b"avc1": b"isomiso2avc1mp41", b"hev1": b"isomiso2hev1mp41", b"mp4v": b"isomiso2mp41"}


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What a sample description says. `codec` is `h264`, `hevc` or `mjpeg`; sizes in pixels, `timescale` in ticks a
    second.
    """

    codec: str
    width: int
    height: int
    timescale: int
    parameter_sets: tuple[bytes, ...]


@dataclass(slots=True)
class _Sample:
    size: int
    pts: int
    key: bool


@dataclass(slots=True)
class _Chunk:
    """Samples of one description that lie one after the other."""

    offset: int
    description: int
    samples: int = 0


class _Track:
    """All samples of one codec, with a description for each of its formats."""

    def __init__(self, first: VideoFormat) -> None:
        self.codec = first.codec
        self.timescale = first.timescale
        self.formats: list[VideoFormat] = []
        self.samples: list[_Sample] = []
        self.chunks: list[_Chunk] = []
        self.digest = hashlib.sha256()

    def describe(self, new: VideoFormat, offset: int) -> None:
        """Samples are of that format from here on."""
        if new not in self.formats:
            self.formats.append(new)
        self.chunks.append(_Chunk(offset, self.formats.index(new) + 1))

    def times(self) -> tuple[list[int], list[int]]:
        """Decoding times of the samples, and how long each lasts."""
        decode = decoding_times([sample.pts for sample in self.samples])
        lasts = [later - earlier for earlier, later in pairwise(decode)]
        return decode, [*lasts, lasts[-1] if lasts else self.timescale // 25]

    def ends_at(self) -> int:
        """In ticks from the start of the file."""
        return max(sample.pts for sample in self.samples) + self.times()[1][-1]


class Mp4Writer:
    """Writes samples as they are given, the tables at the end. One `mdat`; sizes above 4 GiB are allowed.

    A change of format within a codec is another sample description of the same track. A change of codec begins a
    second track, which is shown after the first: stock players cannot change codecs within a track.
    """

    def __init__(self, file: BinaryIO, first: VideoFormat) -> None:
        self._file = file
        head = _box(b"ftyp", b"isom", struct.pack(">I", 0x200), _BRANDS[sample_entry(first.codec)])
        self._mdat_at = len(head)
        self._data_at = len(head) + 16
        file.write(head + struct.pack(">I4sQ", 1, b"mdat", 0))
        self._bytes = 0
        self._tracks: list[_Track] = []
        self.describe(first)

    @property
    def stream_sha256(self) -> Sequence[str]:
        """Of each track as `ffmpeg -i FILE -map 0:v -c copy -f streamhash -hash sha256 -` prints it."""
        return [track.digest.hexdigest() for track in self._tracks]

    def describe(self, new: VideoFormat) -> None:
        """Access units are of that format from here on."""
        track = self._tracks[-1] if self._tracks else None
        if track is None or (track.codec, track.timescale) != (new.codec, new.timescale):
            track = _Track(new)
            self._tracks.append(track)
        track.describe(new, self._data_at + self._bytes)

    def write(self, payload: bytes, *, pts: int, key: bool) -> None:
        """One access unit in decoding order; `pts` in ticks of its format's timescale from the start of the file."""
        track = self._tracks[-1]
        sample = payload if track.codec == JPEG else length_prefixed(payload)
        track.digest.update(sample)
        self._file.write(sample)
        self._bytes += len(sample)
        track.samples.append(_Sample(len(sample), pts, key))
        track.chunks[-1].samples += 1

    def finish(self) -> None:
        """Write the tables. The file stays open and is not synchronised."""
        shown_ms = max(track.ends_at() * _MOVIE_SCALE // track.timescale for track in self._tracks)
        header = struct.pack(">IIII", 0, 0, _MOVIE_SCALE, shown_ms)
        header += struct.pack(">IHH8x", 0x10000, 0x100, 0) + _MATRIX + bytes(24)
        header += struct.pack(">I", len(self._tracks) + 1)
        tracks = [_track_box(number, track) for number, track in enumerate(self._tracks, 1)]
        self._file.write(_box(b"moov", _full(b"mvhd", 0, 0, header), *tracks))
        self._file.seek(self._mdat_at + 8)
        self._file.write(struct.pack(">Q", 16 + self._bytes))


def _track_box(number: int, track: _Track) -> bytes:
    decode, deltas = track.times()
    times = [sample.pts for sample in track.samples]
    origin = decode[0]
    begins_ms = times[0] * _MOVIE_SCALE // track.timescale if number > 1 else 0
    shown_ms = (max(times) - times[0] + deltas[-1]) * _MOVIE_SCALE // track.timescale
    edits = [(begins_ms, -1)] if begins_ms else []
    edits.append((shown_ms, times[0] - origin))
    edit = struct.pack(">I", len(edits)) + b"".join(struct.pack(">QqHH", *one, 1, 0) for one in edits)
    media = _box(
        b"mdia",
        _full(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, track.timescale, sum(deltas), 0x55C4, 0)),
        _full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"VideoHandler\0"),
        _box(
            b"minf",
            _full(b"vmhd", 0, 1, bytes(8)),
            _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1))),
            _sample_tables(track, decode, deltas),
        ),
    )
    header = struct.pack(">IIIII8xHHHH", 0, 0, number, 0, begins_ms + shown_ms, 0, 0, 0, 0) + _MATRIX
    header += struct.pack(">II", track.formats[0].width << 16, track.formats[0].height << 16)
    return _box(b"trak", _full(b"tkhd", 0, 3, header), _box(b"edts", _full(b"elst", 1, 0, edit)), media)


def _sample_tables(track: _Track, decode: Sequence[int], deltas: Sequence[int]) -> bytes:
    samples = track.samples
    offsets = [sample.pts - time for sample, time in zip(samples, decode, strict=True)]
    descriptions = [_description(one) for one in track.formats]
    tables = [_full(b"stsd", 0, 0, struct.pack(">I", len(descriptions)), *descriptions)]
    tables.append(_full(b"stts", 0, 0, _runs(deltas, ">II")))
    if any(offsets):
        tables.append(_full(b"ctts", 1, 0, _runs(offsets, ">Ii")))
    keys = [number for number, sample in enumerate(samples, 1) if sample.key]
    sizes = [sample.size for sample in samples]
    chunks = [chunk for chunk in track.chunks if chunk.samples]
    first = [struct.pack(">III", number, chunk.samples, chunk.description) for number, chunk in enumerate(chunks, 1)]
    places = [chunk.offset for chunk in chunks]
    tables += [
        _full(b"stss", 0, 0, struct.pack(f">I{len(keys)}I", len(keys), *keys)),
        _full(b"stsc", 0, 0, struct.pack(">I", len(first)), *first),
        _full(b"stsz", 0, 0, struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
        _full(b"co64", 0, 0, struct.pack(f">I{len(places)}Q", len(places), *places)),
    ]
    return _box(b"stbl", *tables)


def _description(one: VideoFormat) -> bytes:
    entry = struct.pack(">6xH16xHHIIIH", 1, one.width, one.height, 0x480000, 0x480000, 0, 1)
    entry += bytes(32) + struct.pack(">Hh", 24, -1)
    name, record = configuration(one.codec, one.parameter_sets)
    return _box(sample_entry(one.codec), entry, _box(name, record))


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
