"""An original clip: copied byte for byte and hashed in the same pass, and compared again by the second.

Three kinds of hash say three things (docs/evidence.md):

- of the file: every byte of the container;
- of the stream's NAL units: each behind the start code 00 00 00 01, in decoding order, without the zeros that may trail
  it. It is the same for the camera's packets, the recording, an MP4 and a Matroska file;
- of each second: the bytes of the file that hold its pictures. It finds where a file was altered, even where its tables
  cannot be read any more.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import BinaryIO, Final, NamedTuple, Protocol

from tmcwall.containers.mp4_reader import Mp4Reader, VideoTrack
from tmcwall.containers.track import nals_behind_lengths
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.signing_message import AXIS_SIGNED_VIDEO, MEDIA_SIGNING
from tmcwall.rtsp.codecs import H264

BLOCK: Final = 1024 * 1024
_START_CODE: Final = b"\0\0\0\1"
_NOT_OURS: Final = frozenset({FaultCode.FILE_UNREADABLE, FaultCode.CODEC_UNSUPPORTED, FaultCode.NO_VIDEO})
_LARGEST_SAMPLE: Final = 32 * 1024 * 1024
_PORTION: Final = 4 * 1024 * 1024
"""Bytes of pictures that are read at once, where not one of them alone is larger."""
_SIGNING: Final = (MEDIA_SIGNING, AXIS_SIGNED_VIDEO)


Bytes = bytes | memoryview


class _Digest(Protocol):
    """The part of hashlib's objects that is fed beside."""

    def update(self, data: Bytes, /) -> None: ...


@dataclass(frozen=True, slots=True)
class SecondHash:
    """Which bytes of the file hold a second of pictures, counted from 0 in decoding order, and their SHA-256."""

    second: int
    offset: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FormatRecord:
    """A sample description: what a decoder is told before the pictures."""

    width: int
    height: int
    parameter_sets: tuple[str, ...]
    """In hexadecimal."""


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """One video track. A clip has a second one where the camera came back with another codec."""

    codec: str
    timescale: int
    formats: tuple[FormatRecord, ...]
    pictures: int
    key_pictures: int
    duration_ticks: int
    """From the first picture's decoding time to the last one's."""
    nal_sha256: str
    signing_messages: int | None = None
    """NAL units in which the camera itself signed its pictures; None in packages that did not count them."""


@dataclass(frozen=True, slots=True)
class VideoRecord:
    tracks: tuple[TrackRecord, ...]
    seconds: tuple[SecondHash, ...]


@dataclass(frozen=True, slots=True)
class CopiedOriginal:
    """Without the hash of the file: whoever reads the copy back makes it then, once and of what is on the disk."""

    size_bytes: int
    video: VideoRecord | None
    """None for a file whose pictures our reader does not find in their order."""


def copy_original(
    source: BinaryIO, target: BinaryIO, *, advanced: Callable[[int], None] = lambda _count: None
) -> CopiedOriginal:
    """Copy from the start of `source`, and say what was copied. `advanced` is told how many bytes more there are; what
    it raises ends the copying. Raises OSError.
    """
    try:
        plan = _plan(source)
    except Fault as fault:
        if fault.code not in _NOT_OURS:
            raise
        plan = None
    source.seek(0)
    with ThreadPoolExecutor(1, thread_name_prefix="file-hash") as beside:
        hashes = _HashesBeside(beside)
        walk = _Walk(source, target, advanced)
        tracks, seconds = ((), ()) if plan is None else _copy_pictures(walk, plan, hashes)
        walk.rest()
        hashes.settle()
    if plan is None:
        return CopiedOriginal(walk.position, None)
    records = tuple(found.record(track) for found, track in zip(tracks, plan.reader.tracks, strict=True))
    return CopiedOriginal(walk.position, VideoRecord(records, tuple(one.hash() for one in seconds)))


def nal_hashes(file: BinaryIO) -> tuple[str, ...]:
    """Of each video track. Raises Fault(FILE_UNREADABLE, NO_VIDEO, CODEC_UNSUPPORTED)."""
    reader = Mp4Reader(file)
    found = []
    for track in reader.tracks:
        digest = hashlib.sha256()
        for sample in track.samples():
            digest.update(as_start_coded(reader.payload(sample), sample.entry.length_bytes))
        found.append(digest.hexdigest())
    return tuple(found)


def as_start_coded(sample: Bytes, length_bytes: int) -> bytes:
    """What the NAL hash of a sample goes over."""
    return _start_coded(_nal_units(sample, length_bytes))


def _nal_units(sample: Bytes, length_bytes: int) -> list[Bytes]:
    """Without zeros that trail them; copied only where there are such."""
    return [nal if nal[-1] else bytes(nal).rstrip(b"\0") for nal in nals_behind_lengths(sample, length_bytes)]


def _start_coded(nal_units: Sequence[Bytes]) -> bytes:
    return b"".join(part for nal in nal_units for part in (_START_CODE, nal))


def first_altered_second(
    file: BinaryIO, seconds: Sequence[SecondHash], *, advanced: Callable[[int], None] = lambda _count: None
) -> int | None:
    """The first whose bytes are not those of the record; None if all are. Raises OSError."""
    for one in seconds:
        file.seek(one.offset)
        digest, left = hashlib.sha256(), one.size
        while left and (data := file.read(min(left, BLOCK))):
            digest.update(data)
            advanced(len(data))
            left -= len(data)
        if left or digest.hexdigest() != one.sha256:
            return one.second
    return None


class _Placed(NamedTuple):
    """A picture where it stands in the file."""

    offset: int
    size: int
    track: int
    second: int
    length_bytes: int
    key: bool
    dts: int


class _Plan:
    """The pictures of a file in the order in which they stand there, which is that of decoding."""

    def __init__(self, reader: Mp4Reader) -> None:
        self.reader = reader
        self._starts = [next((sample.dts for sample in track.samples()), 0) for track in reader.tracks]
        self._origin = min(start / track.timescale for start, track in zip(self._starts, reader.tracks, strict=True))

    def pictures(self) -> Iterator[_Placed]:
        return heapq.merge(*(self._of(number) for number in range(len(self.reader.tracks))))

    def _of(self, number: int) -> Iterator[_Placed]:
        track = self.reader.tracks[number]
        for sample in track.samples():
            second = int(sample.dts / track.timescale - self._origin)
            yield _Placed(sample.offset, sample.size, number, second, sample.entry.length_bytes, sample.key, sample.dts)


def _plan(source: BinaryIO) -> _Plan | None:
    """None where pictures do not stand in the file in the order of their seconds and of decoding.

    Raises Fault(FILE_UNREADABLE, NO_VIDEO, CODEC_UNSUPPORTED).
    """
    size = source.seek(0, 2)
    plan = _Plan(Mp4Reader(source))
    end, second = 0, 0
    for picture in plan.pictures():
        if picture.offset < end or picture.second < second or picture.size > _LARGEST_SAMPLE:
            return None
        end, second = picture.offset + picture.size, picture.second
    return plan if end <= size else None


class _HashesBeside:
    """Hashes that are made in a thread of their own while more is read: the hashing takes longer than all else."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._running: Future[None] | None = None

    def add(self, parts: Mapping[_Digest, Sequence[Bytes]]) -> None:
        """One portion at a time, in order: no more than two are in memory."""
        self.settle()
        self._running = self._thread.submit(_update, parts)

    def settle(self) -> None:
        if self._running is not None:
            self._running.result()
            self._running = None


def _update(waiting: Mapping[_Digest, Sequence[Bytes]]) -> None:
    for digest, parts in waiting.items():
        digest.update(parts[0] if len(parts) == 1 else b"".join(parts))


class _Walk:
    """Through a file from its start, every byte once."""

    def __init__(self, source: BinaryIO, target: BinaryIO, advanced: Callable[[int], None]) -> None:
        self.position = 0
        self._source = source
        self._target = target
        self._advanced = advanced
        self._untold = 0

    def take(self, size: int) -> bytes:
        """The next bytes, copied; fewer at the end of the file."""
        data = self._source.read(size)
        self._target.write(data)
        self.position += len(data)
        self._untold += len(data)
        if self._untold >= BLOCK:
            self._tell()
        return data

    def until(self, position: int) -> None:
        while self.position < position and self.take(min(BLOCK, position - self.position)):
            pass

    def rest(self) -> None:
        """To the end of the file."""
        while self.take(BLOCK):
            pass
        self._tell()

    def _tell(self) -> None:
        self._advanced(self._untold)
        self._untold = 0


class _Second:
    """The hash of a second that is being read."""

    def __init__(self, second: int, offset: int) -> None:
        self._second = second
        self._offset = offset
        self._size = 0
        self.digest = hashlib.sha256()

    def grow(self, size: int) -> None:
        self._size += size

    def hash(self) -> SecondHash:
        return SecondHash(self._second, self._offset, self._size, self.digest.hexdigest())


def _copy_pictures(walk: _Walk, plan: _Plan, hashes: _HashesBeside) -> tuple[Sequence[_TrackHash], Sequence[_Second]]:
    """What is hashed beside it is done when the hashes are settled."""
    tracks = [_TrackHash(track.entries[0].codec) for track in plan.reader.tracks]
    seconds = []
    for number, pictures in groupby(plan.pictures(), key=attrgetter("second")):
        second: _Second | None = None
        for portion in _portions(pictures):
            if second is None:
                walk.until(portion[0].offset)
                second = _Second(number, walk.position)
                seconds.append(second)
            begin = walk.position
            data = walk.take(portion[-1].offset + portion[-1].size - begin)
            second.grow(len(data))
            parts: dict[_Digest, list[Bytes]] = {second.digest: [data]}
            view = memoryview(data)
            for picture in portion:
                track = tracks[picture.track]
                at = picture.offset - begin
                parts.setdefault(track.digest, []).extend(track.take(view[at : at + picture.size], picture))
            hashes.add(parts)
    return tracks, seconds


def _portions(pictures: Iterator[_Placed]) -> Iterator[list[_Placed]]:
    """Pictures that stand one behind the other, not many bytes together."""
    portion: list[_Placed] = []
    for picture in pictures:
        if portion and picture.offset + picture.size - portion[0].offset > _PORTION:
            yield portion
            portion = []
        portion.append(picture)
    if portion:
        yield portion


class _TrackHash:
    """What is noted of a track while its pictures go by."""

    def __init__(self, codec: str) -> None:
        self._is_sei = _is_sei_h264 if codec == H264 else _is_sei_hevc
        self.digest = hashlib.sha256()
        self._pictures = self._keys = self._signing = 0
        self._first: int | None = None
        self._last = 0

    def take(self, data: memoryview, picture: _Placed) -> Iterator[Bytes]:
        """What the digest has to be fed of it."""
        self._first = picture.dts if self._first is None else self._first
        self._last = picture.dts
        self._pictures += 1
        self._keys += picture.key
        for nal in _nal_units(data, picture.length_bytes):
            yield _START_CODE
            yield nal
            if nal and self._is_sei(nal[0]):
                self._signing += any(mark in bytes(nal) for mark in _SIGNING)

    def record(self, track: VideoTrack) -> TrackRecord:
        formats = tuple(
            FormatRecord(entry.width, entry.height, tuple(part.hex() for part in entry.parameter_sets))
            for entry in track.entries
        )
        return TrackRecord(
            track.entries[0].codec,
            track.timescale,
            formats,
            self._pictures,
            self._keys,
            self._last - (self._first or 0),
            self.digest.hexdigest(),
            self._signing,
        )


def _is_sei_h264(head: int) -> bool:
    return head & 0x1F == 6


def _is_sei_hevc(head: int) -> bool:
    return head >> 1 & 0x3F in {39, 40}
