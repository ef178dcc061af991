"""Reads the samples of an MP4 file whose tables stand in one `moov`, as `Mp4Writer` and stock multiplexers write it.

For who checks evidence: the file is not trusted, and no library of C looks at it. What it claims is held against its
size before anything is made of it: no table is unfolded, and no sample is longer than the file. Sound is passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import BinaryIO, Final, NamedTuple

from tmcwall.containers.boxes import CONFIGURATIONS, VISUAL_ENTRY_BYTES, boxes, check_codec, find_box
from tmcwall.containers.track import parse_configuration
from tmcwall.domain.fault import Fault, FaultCode

_LARGEST_TABLES: Final = 256 * 1024 * 1024
_LARGEST_SAMPLE: Final = 32 * 1024 * 1024
_MOST_SAMPLES: Final = 8_000_000
"""Of a track: more than three days at 25 pictures a second."""
_MOST_TRACKS: Final = 64
_MOST_ENTRIES: Final = 1024
_MOST_CHUNK_RUNS: Final = 1_000_000
_MOST_EDITS: Final = 64
_MOST_BOXES: Final = 10_000
"""At the top of a file."""


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """A format that samples have. `width` and `height` in pixels, as the entry says them."""

    codec: str
    """`h264`, `hevc` or `mjpeg`."""
    width: int
    height: int
    length_bytes: int
    """How long the length in front of every NAL unit is; 0 where a sample is one picture as it is."""
    parameter_sets: tuple[bytes, ...]


class Sample(NamedTuple):
    """One access unit; its times in ticks of its track on the file's own clock."""

    offset: int
    """Of its first byte in the file."""
    size: int
    entry: SampleEntry
    dts: int
    pts: int
    key: bool


class VideoTrack:
    """One video track. Nothing of its tables is copied: they are read as its samples are asked for."""

    def __init__(self, trak: memoryview, *, movie_scale: int) -> None:
        """`trak` is the inside of that box. Raises Fault, struct.error and IndexError for what is malformed."""
        header, media = _box(trak, b"tkhd"), _box(trak, b"mdia")
        clock, tables = _box(media, b"mdhd"), _box(media, b"minf", b"stbl")
        (self.number,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
        (self.timescale,) = struct.unpack_from(">I", clock, 20 if clock[0] else 12)
        if not self.timescale:
            raise _malformed("a track without a clock")
        self.entries = _sample_entries(_box(tables, b"stsd"))
        self._constant_size, self.sample_count, self._sizes = _sizes(_box(tables, b"stsz"))
        self._durations = _table(_box(tables, b"stts"), ">II", self.sample_count)
        shifts = find_box(tables, b"ctts")
        # Signed in version 1, and so in version 0 by writers that need it.
        self._shifts = _table(shifts, ">Ii", self.sample_count) if shifts is not None else None
        keys = find_box(tables, b"stss")
        self._keys = _rows(keys, ">I") if keys is not None else None
        large = find_box(tables, b"co64")
        self._places = _rows(large if large is not None else _box(tables, b"stco"), ">Q" if large is not None else ">I")
        self._chunks = list(_chunk_runs(_box(tables, b"stsc"), places=len(self._places), entries=len(self.entries)))
        if sum(chunks * samples for chunks, samples, _ in self._chunks) != self.sample_count:
            raise _malformed("chunks and sizes disagree about the number of samples")
        self._shift = _shift(find_box(trak, b"edts", b"elst"), timescale=self.timescale, movie_scale=movie_scale)

    @property
    def byte_count(self) -> int:
        """Of all samples together."""
        if self._sizes is None:
            return self._constant_size * self.sample_count
        return sum(size for (size,) in self._sizes)

    def samples(self) -> Iterator[Sample]:
        """In decoding order. Raises Fault(FILE_UNREADABLE) where the list of key frames is out of order."""
        sizes = repeat(self._constant_size) if self._sizes is None else (size for (size,) in self._sizes)
        durations = _unfolded(self._durations)
        shifts = _unfolded(self._shifts) if self._shifts is not None else repeat(0)
        keys = iter(self._keys) if self._keys is not None else None
        next_key = next(keys, (0,))[0] if keys is not None else 0
        number, dts = 0, self._shift
        for place, count, entry in self._chunks_in_order():
            offset = place
            for _ in range(count):
                number += 1
                size = next(sizes)
                key = keys is None or number == next_key
                yield Sample(offset, size, entry, dts, dts + next(shifts), key)
                if keys is not None and key:
                    next_key = next(keys, (0,))[0]
                    if 0 < next_key <= number:
                        raise _malformed("key frames out of order")
                offset += size
                dts += next(durations)

    def _chunks_in_order(self) -> Iterator[tuple[int, int, SampleEntry]]:
        """Place of each chunk in the file, how many samples it has, and their format."""
        places = iter(self._places)
        for chunks, samples, description in self._chunks:
            for _ in range(chunks):
                yield next(places)[0], samples, self.entries[description]


class Mp4Reader:
    """An MP4 file that is open for reading; it is not closed. For one thread."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises Fault: FILE_UNREADABLE, NO_VIDEO, CODEC_UNSUPPORTED."""
        self._file = file
        try:
            self._size = file.seek(0, 2)
            self.tracks = _video_tracks(self._movie())
        except (struct.error, IndexError) as error:
            raise _malformed("an MP4 box that ends too early") from error
        except OSError as error:
            raise _malformed(error.strerror or "") from error
        except Fault as fault:
            if fault.code is FaultCode.PROTOCOL_BROKEN:
                raise _malformed(fault.detail) from fault
            raise
        if sum(track.byte_count for track in self.tracks) > self._size:
            raise _malformed("more samples than bytes")

    def payload(self, sample: Sample) -> bytes:
        """Its bytes: NAL units, each behind its length, or a picture of JPEG. Raises Fault(FILE_UNREADABLE)."""
        if sample.size > _LARGEST_SAMPLE or sample.offset + sample.size > self._size:
            raise _malformed("a sample that lies outside the file")
        try:
            self._file.seek(sample.offset)
            data = self._file.read(sample.size)
        except OSError as error:
            raise _malformed(error.strerror or "") from error
        if len(data) < sample.size:
            raise _malformed("the file has become shorter")
        return data

    def _movie(self) -> memoryview:
        """The inside of `moov`; the file's other boxes are passed over."""
        position = 0
        for _ in range(_MOST_BOXES):
            self._file.seek(position)
            head = self._file.read(16)
            if len(head) < 8:
                break
            size, header, name = int.from_bytes(head[:4]), 8, head[4:8]
            if size == 1:
                size, header = int.from_bytes(head[8:16]), 16
            elif size == 0:
                size = self._size - position
            if size < header or position + size > self._size:
                raise _malformed("an MP4 box that leads out of the file")
            if name == b"moof":
                raise _malformed("an MP4 file in fragments")
            if name == b"moov":
                if size > _LARGEST_TABLES:
                    raise _malformed(f"tables of {size} bytes")
                self._file.seek(position + header)
                return memoryview(self._file.read(size - header))
            position += size
        raise _malformed("no MP4 file, or one that was not finished")


def _video_tracks(movie: memoryview) -> tuple[VideoTrack, ...]:
    header = _box(movie, b"mvhd")
    (movie_scale,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
    tracks: list[VideoTrack] = []
    for name, trak in boxes(movie):
        if name == b"trak" and bytes(_box(trak, b"mdia", b"hdlr")[8:12]) == b"vide":
            if len(tracks) == _MOST_TRACKS:
                raise _malformed(f"more than {_MOST_TRACKS} tracks")
            tracks.append(VideoTrack(trak, movie_scale=movie_scale))
    if not tracks:
        raise Fault(FaultCode.NO_VIDEO, retryable=False)
    return tuple(tracks)


def _sample_entries(stsd: memoryview) -> tuple[SampleEntry, ...]:
    entries: list[SampleEntry] = []
    for name, entry in boxes(stsd[8:]):
        codec = check_codec(name)
        if len(entries) == _MOST_ENTRIES:
            raise _malformed(f"more than {_MOST_ENTRIES} formats")
        width, height = struct.unpack_from(">HH", entry, 24)
        record = parse_configuration(codec, bytes(_box(entry[VISUAL_ENTRY_BYTES:], CONFIGURATIONS[codec])))
        entries.append(SampleEntry(codec, width, height, record.length_bytes, record.parameter_sets))
    return tuple(entries)


class _Rows:
    """The rows of a table where they stand."""

    def __init__(self, data: memoryview, layout: str) -> None:
        self._data = data
        self._layout = struct.Struct(layout)

    def __len__(self) -> int:
        return len(self._data) // self._layout.size

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return self._layout.iter_unpack(self._data)


def _rows(table: memoryview, layout: str) -> _Rows:
    """Behind version, flags and a count of rows."""
    (count,) = struct.unpack_from(">I", table, 4)
    data = table[8 : 8 + count * struct.calcsize(layout)]
    if len(data) < count * struct.calcsize(layout):
        raise _malformed("a table that ends too early")
    return _Rows(data, layout)


def _table(table: memoryview, layout: str, samples: int) -> _Rows:
    """Rows of how many samples have a value, and that value; together for at least so many samples."""
    rows = _rows(table, layout)
    if sum(row[0] for row in rows) < samples:
        raise _malformed("a table for fewer samples than there are")
    return rows


def _unfolded(rows: _Rows) -> Iterator[int]:
    for count, value in rows:
        yield from repeat(value, count)


def _sizes(stsz: memoryview) -> tuple[int, int, _Rows | None]:
    """The size of all samples or 0, how many there are, and each one's size where they differ."""
    constant, count = struct.unpack_from(">II", stsz, 4)
    if count > _MOST_SAMPLES:
        raise _malformed(f"{count} samples")
    return constant, count, None if constant else _rows(stsz[4:], ">I")


def _chunk_runs(stsc: memoryview, *, places: int, entries: int) -> Iterator[tuple[int, int, int]]:
    """How many chunks follow one another that have so many samples of that format each."""
    table = _rows(stsc, ">III")
    if len(table) > _MOST_CHUNK_RUNS:
        raise _malformed(f"{len(table)} runs of chunks")
    rows = list(table)
    firsts = [first for first, _, _ in rows] + [places + 1]
    if firsts[0] != 1:
        raise _malformed("chunks that do not begin with the first")
    for (first, samples, description), following in zip(rows, firsts[1:], strict=True):
        if following <= first or not 1 <= description <= entries:
            raise _malformed("chunks out of order, or of no format")
        yield following - first, samples, description - 1


def _shift(elst: memoryview | None, *, timescale: int, movie_scale: int) -> int:
    """What the edit list adds to a sample's time: one stretch of the track, perhaps behind a pause."""
    if elst is None:
        return 0
    table = _rows(elst, ">QqI" if elst[0] else ">IiI")
    if len(table) > _MOST_EDITS:
        raise _malformed(f"{len(table)} edits")
    edits = list(table)
    pause = sum(duration for duration, begin, _ in edits if begin < 0)
    begins = [begin for _, begin, _ in edits if begin >= 0]
    if len(begins) > 1 or (pause and not movie_scale):
        raise _malformed("an edit list of several stretches")
    return (pause * timescale // movie_scale if pause else 0) - (begins[0] if begins else 0)


def _box(data: memoryview, *path: bytes) -> memoryview:
    found = find_box(data, *path)
    if found is None:
        raise _malformed(f"no {path[-1].decode()}")
    return found


def _malformed(detail: str) -> Fault:
    return Fault(FaultCode.FILE_UNREADABLE, detail, retryable=False)
