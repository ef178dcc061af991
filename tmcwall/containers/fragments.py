"""MP4 in fragments (ISO/IEC 14496-12), as HLS sends it: a head once, then fragments; the first video track."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tmcwall.containers.boxes import CONFIGURATIONS, VISUAL_ENTRY_BYTES, boxes, check_codec, find_box
from tmcwall.containers.track import CLOCK_RATE, nals_behind_lengths, only_whole, parse_configuration
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import LARGEST_UNIT, Assembler
from tmcwall.rtsp.codecs import assembler_of
from tmcwall.rtsp.rtp import AccessUnit

_LARGEST_HEAD: Final = 4 * 1024 * 1024
_LARGEST_DATA: Final = 32 * 1024 * 1024
_MOST_SAMPLES: Final = 20_000
"""Of one fragment: more than ten minutes of an ordinary camera."""
_BASE, _ENTRY, _DURATION, _SIZE, _FLAGS = 0x01, 0x02, 0x08, 0x10, 0x20  # of a track fragment header
_OFFSET, _FIRST_FLAGS = 0x01, 0x04  # of a run
_EACH_DURATION, _EACH_SIZE, _EACH_FLAGS, _EACH_SHIFT = 0x100, 0x200, 0x400, 0x800


@dataclass(frozen=True, slots=True)
class _Track:
    number: int
    timescale: int
    codec: str
    length_bytes: int
    parameter_sets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Where a picture stands, counted from the first byte of the resource, and when it is due in track time."""

    start: int
    size: int
    time: int


class FragmentDemuxer:
    """See `track.Demuxer`. Feed it the head (`EXT-X-MAP`) and then segments, each followed by `end_segment`."""

    def __init__(self) -> None:
        self.codec = ""
        self.parameter_sets: tuple[bytes, ...] = ()
        self._buffer = bytearray()
        self._passed = 0
        """Bytes of this resource before the buffer."""
        self._skip = 0
        self._track: _Track | None = None
        self._defaults: dict[int, tuple[int, int]] = {}
        self._assembler: Assembler | None = None
        self._samples: list[_Sample] = []
        self._next_time = 0

    def feed(self, data: bytes) -> list[AccessUnit]:
        self._buffer += data
        units: list[AccessUnit] = []
        try:
            while (size := self._whole_box()) > 0:
                body = bytes(memoryview(self._buffer)[:size])
                self._take(body, units)
                self._drop(size)
        except (struct.error, IndexError) as error:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "an MP4 box that ends too early") from error
        return units

    def end_segment(self) -> list[AccessUnit]:
        self._buffer.clear()
        self._passed = self._skip = 0
        self._samples = []
        return []

    def lose(self, count: int) -> None:
        if self._assembler is not None:
            self._assembler.lose(count)

    def _whole_box(self) -> int:
        """The size of the box that the buffer begins with, once it is whole; what is not needed is passed over."""
        if self._skip:
            gone = min(self._skip, len(self._buffer))
            self._drop(gone)
            self._skip -= gone
        if self._skip or len(self._buffer) < 8:
            return 0
        size, header = int.from_bytes(self._buffer[:4]), 8
        name = bytes(self._buffer[4:8])
        if size == 1:
            if len(self._buffer) < 16:
                return 0
            size, header = int.from_bytes(self._buffer[8:16]), 16
        if size < header or not name.isascii():
            raise Fault(FaultCode.PROTOCOL_BROKEN, "no MP4")
        if name not in {b"moov", b"moof", b"mdat"}:
            self._skip = size
            return self._whole_box() if self._buffer else 0
        if size > (_LARGEST_DATA if name == b"mdat" else _LARGEST_HEAD):
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"an MP4 box of {size} bytes")
        return size if len(self._buffer) >= size else 0

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._passed += size

    def _take(self, body: bytes, units: list[AccessUnit]) -> None:
        ((name, inside),) = boxes(memoryview(body))
        if name == b"moov":
            self._take_head(inside)
        elif name == b"moof" and self._track is not None:
            self._samples += self._fragment(inside)
        elif name == b"mdat":
            if self._track is None:
                raise Fault(FaultCode.CODEC_UNSUPPORTED, "an MP4 file that is not in fragments", retryable=False)
            units += self._pictures(body)

    def _take_head(self, movie: memoryview) -> None:
        defaults: dict[int, tuple[int, int]] = {}
        found: _Track | None = None
        for name, inside in boxes(movie):
            if name == b"mvex":
                for _, extends in (box for box in boxes(inside) if box[0] == b"trex"):
                    number, _, duration, size = struct.unpack_from(">IIII", extends, 4)
                    defaults[number] = (duration, size)
            elif name == b"trak" and found is None:
                found = _video_track(inside)
        if found is None:
            raise Fault(FaultCode.NO_VIDEO, retryable=False)
        if found != self._track:
            self._assembler = assembler_of(found.codec, found.parameter_sets)
        self._track = found
        self._defaults = defaults
        self.codec = found.codec
        self.parameter_sets = found.parameter_sets

    def _fragment(self, fragment: memoryview) -> Iterator[_Sample]:
        for name, inside in boxes(fragment):
            if name == b"traf":
                yield from self._track_fragment(inside)

    def _track_fragment(self, fragment: memoryview) -> Iterator[_Sample]:
        assert self._track is not None
        base, duration, size = self._passed, 0, 0
        ours = False
        for name, inside in boxes(fragment):
            flags = int.from_bytes(inside[1:4]) if len(inside) >= 4 else 0
            if name == b"tfhd":
                number = int.from_bytes(inside[4:8])
                ours = number == self._track.number
                duration, size = self._defaults.get(number, (0, 0))
                at = 8
                if flags & _BASE:
                    (base,) = struct.unpack_from(">Q", inside, at)
                    at += 8
                at += 4 if flags & _ENTRY else 0
                if flags & _DURATION:
                    (duration,) = struct.unpack_from(">I", inside, at)
                    at += 4
                if flags & _SIZE:
                    (size,) = struct.unpack_from(">I", inside, at)
            elif name == b"tfdt" and ours:
                (self._next_time,) = struct.unpack_from(">Q" if inside[0] else ">I", inside, 4)
            elif name == b"trun" and ours:
                yield from self._run(inside, base=base, duration=duration, size=size)

    def _run(self, run: memoryview, *, base: int, duration: int, size: int) -> Iterator[_Sample]:
        flags = int.from_bytes(run[1:4])
        (count,) = struct.unpack_from(">I", run, 4)
        if count > _MOST_SAMPLES:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"a fragment of {count} samples")
        at, position = 8, base
        if flags & _OFFSET:
            position += struct.unpack_from(">i", run, at)[0]
            at += 4
        at += 4 if flags & _FIRST_FLAGS else 0
        for _ in range(count):
            shift, lasts, length = 0, duration, size
            if flags & _EACH_DURATION:
                (lasts,) = struct.unpack_from(">I", run, at)
                at += 4
            if flags & _EACH_SIZE:
                (length,) = struct.unpack_from(">I", run, at)
                at += 4
            at += 4 if flags & _EACH_FLAGS else 0
            if flags & _EACH_SHIFT:
                # Unsigned in version 0, where writers put signed ones all the same.
                (shift,) = struct.unpack_from(">i", run, at)
                at += 4
            yield _Sample(position, length, self._next_time + shift)
            position += length
            self._next_time += lasts

    def _pictures(self, body: bytes) -> list[AccessUnit]:
        """Of the samples that stand in this box of data; those before it are lost, later ones may still come."""
        assert self._track is not None
        assert self._assembler is not None
        first, end = self._passed, self._passed + len(body)
        due = [sample for sample in self._samples if sample.start < end]
        self._samples = [sample for sample in self._samples if sample.start >= end]
        units = []
        for sample in due:
            start = sample.start - first
            if start < 8 or start + sample.size > len(body) or sample.size > LARGEST_UNIT:
                self._assembler.lose(1)
                continue
            data = memoryview(body)[start : start + sample.size]
            timestamp = sample.time * CLOCK_RATE // self._track.timescale
            units.append(self._assembler.assemble(nals_behind_lengths(data, self._track.length_bytes), timestamp))
        return only_whole(units)


def _video_track(track: memoryview) -> _Track | None:
    """None for sound and text. Raises Fault(CODEC_UNSUPPORTED) for video that we do not take."""
    header, media = find_box(track, b"tkhd"), find_box(track, b"mdia")
    handler = find_box(media, b"hdlr") if media is not None else None
    if header is None or media is None or handler is None or bytes(handler[8:12]) != b"vide":
        return None
    clock, entries = find_box(media, b"mdhd"), find_box(media, b"minf", b"stbl", b"stsd")
    if clock is None or entries is None:
        return None
    (number,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
    (timescale,) = struct.unpack_from(">I", clock, 20 if clock[0] else 12)
    name, entry = next(boxes(entries[8:]), (b"", memoryview(b"")))
    codec = check_codec(name)
    record = find_box(entry[VISUAL_ENTRY_BYTES:], CONFIGURATIONS[codec])
    if record is None or not timescale:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "an MP4 track without a decoder configuration")
    found = parse_configuration(codec, bytes(record))
    return _Track(number, timescale, codec, found.length_bytes, found.parameter_sets)
