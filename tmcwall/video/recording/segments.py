"""The files of the rolling recording: the stream as it was received, and an index of every access unit beside it.

`NAME.h264` or `NAME.hevc` is the elementary stream (ITU-T H.264 or H.265, Annex B), each NAL unit with its bytes and
order as received, so any player takes it even when the last write was cut short. `NAME.index` is one line of JSON
(`SegmentHeader`), then one RECORD an access unit, written after the unit's bytes; the header's version says which. What
an interrupted write left unfinished is ignored on reading.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import quote

import msgspec

from tmcwall.domain.bookmark import GapCause
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.private_files import make_private_folder, open_private
from tmcwall.rtsp.rtcp import unix_ns
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.timeline import NS

INDEX_SUFFIX: Final = ".index"
_KEY: Final = 1
_HALF_RTP: Final = 1 << 31
_OPENING: Final = 2
_LEFT_OUT: Final = 4
_CONTINUES: Final = 8
_BY_ARRIVAL: Final = 16
_MOST: Final = 0xFFFF
_LARGEST_HEADER: Final = 64 * 1024

VERSION: Final = 2
RECORD: Final = struct.Struct("<QIIIBqqqQH")
"""offset, size, packets lost before it, run, flags, arrival UTC ns, arrival monotonic ns, RTP time unwrapped, number of
the unit within its connection, pictures until it is whole where decoding starts with it.
"""
_RECORD_1: Final = struct.Struct("<QIIIBqqq")
"""Of version 1, which had neither of the last."""


class SegmentHeader(msgspec.Struct, frozen=True):
    """First line of an index. A run is a stretch of one RTP timeline; times of different runs do not compare."""

    camera: str
    profile: str
    codec: str
    clock_rate: int
    parameter_sets: list[bytes]
    """From the session description, for streams that carry none in band."""
    known_sets: list[bytes] = []
    """All that were in force beside those that the first key frame brought itself; empty where they are those of the
    session description."""
    width: int = 0
    height: int = 0
    clock_offset_ms: int | None = None
    """Camera clock minus ours, from the last sender report before the segment; None where the camera sent none."""
    camera_clock: CameraClock | None = None
    """That report."""
    server_offset_ms: int | None = None
    """The server's clock minus ours; None where no server is known."""
    paced: bool = False
    """Pictures were let go at the pace of their own clock, so that their arrival cannot speak against it."""
    engine: str = ""
    """Which run of the engine wrote it: footage of two is not in one piece."""
    built_up: bool = False
    """Its pictures are built up bit by bit: none is whole before some time has passed since a key unit."""
    resumed: GapCause | None = None
    """Why the recording of this camera had been interrupted before it, on our side."""
    version: int = VERSION


class IndexEntry(NamedTuple):
    """One access unit of a segment. With the header it has four times: see `camera_utc_ns` and `server_utc_ns`."""

    offset: int
    size: int
    lost: int
    run: int
    key: bool
    arrival_utc_ns: int
    arrival_ns: int
    rtp: int
    opening: bool = False
    """The first of a connection."""
    left_out: bool = False
    """Before it came what could not be written."""
    number: int = 0
    """Of the unit within its connection; 0 in segments of version 1."""
    continues: bool = False
    """As it is written: the rest of the unit before. A reader gets both as one."""
    until_whole: int = 0
    """Of a key unit: where decoding starts here, so many pictures later the first is whole."""
    by_arrival: bool = False
    """The stream's own clock was not believed by then."""


def camera_utc_ns(header: SegmentHeader, entry: IndexEntry) -> int | None:
    """When the camera says it took that picture, by its own clock; None where it sent no report for that run."""
    clock = header.camera_clock
    if clock is None or clock.run != entry.run:
        return None
    ticks = (entry.rtp - clock.rtp + _HALF_RTP) % (2 * _HALF_RTP) - _HALF_RTP
    return unix_ns(clock.ntp) + ticks * NS // header.clock_rate


def server_utc_ns(header: SegmentHeader, entry: IndexEntry) -> int | None:
    """When that picture arrived by the server's clock; None where no server was known."""
    offset_ms = header.server_offset_ms
    return None if offset_ms is None else entry.arrival_utc_ns + offset_ms * 1_000_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of recording on disk. `size_bytes` counts both files."""

    path: Path
    header: SegmentHeader
    first_utc_ns: int
    last_utc_ns: int
    size_bytes: int

    @property
    def index_path(self) -> Path:
        return self.path.with_suffix(INDEX_SUFFIX)

    def touches(self, start_utc_ns: int, end_utc_ns: int) -> bool:
        return self.first_utc_ns <= end_utc_ns and self.last_utc_ns >= start_utc_ns

    def entries(self) -> list[IndexEntry]:
        """Every whole access unit, in order. Raises Fault(FOOTAGE_MISSING) where the files are gone."""
        try:
            with self.index_path.open("rb") as file:
                file.readline(_LARGEST_HEADER)
                return list(_whole_entries(file.read(), self.path.stat().st_size, version=self.header.version))
        except OSError as error:
            raise Fault(FaultCode.FOOTAGE_MISSING, f"segment unreadable: {error.strerror}") from error

    def delete(self) -> None:
        """The index first: a stream without an index is not taken for footage."""
        self.index_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


class SegmentWriter:
    """A segment being written. All methods may raise OSError; `close` after that does not."""

    def __init__(self, folder: Path, header: SegmentHeader, *, opened_utc_ns: int) -> None:
        make_private_folder(folder)
        self._header = header
        self._data = _create(folder, f"{opened_utc_ns // 1_000_000:013d}-{header.profile}", f".{header.codec}")
        self.path = Path(self._data.name)
        try:
            self._index = open_private(self.path.with_suffix(INDEX_SUFFIX), "xb", buffering=0)
            line = msgspec.json.encode(header) + b"\n"
            self._index.write(line)
        except OSError:
            self._data.close()
            raise
        self._bytes = 0
        self._index_bytes = len(line)
        self.first_utc_ns = opened_utc_ns
        self.last_utc_ns = opened_utc_ns

    @property
    def size_bytes(self) -> int:
        return self._bytes + self._index_bytes

    def write(self, units: Sequence[tuple[IndexEntry, bytes]]) -> None:
        """Append access units; the entries' offsets are filled in here."""
        offset = self._bytes
        records = bytearray()
        for entry, payload in units:
            records += RECORD.pack(
                offset, len(payload), entry.lost, entry.run,
                _KEY * entry.key | _OPENING * entry.opening | _LEFT_OUT * entry.left_out
                | _CONTINUES * entry.continues | _BY_ARRIVAL * entry.by_arrival,
                entry.arrival_utc_ns, entry.arrival_ns, entry.rtp, entry.number, min(entry.until_whole, _MOST),
            )  # fmt: skip
            offset += len(payload)
        _write_all(self._data, b"".join(payload for _, payload in units))
        _write_all(self._index, bytes(records))
        self._bytes = offset
        self._index_bytes += len(records)
        self.last_utc_ns = max(self.last_utc_ns, units[-1][0].arrival_utc_ns)

    def as_segment(self) -> Segment:
        return Segment(self.path, self._header, self.first_utc_ns, self.last_utc_ns, self.size_bytes)

    def close(self) -> None:
        self._data.close()
        self._index.close()


def camera_folder(recordings: Path, camera: str) -> Path:
    """The folder of one camera. Its name is made from the id so that no id can leave `recordings`."""
    return recordings / f"cam-{quote(camera, safe='')[:200]}"


def read_segments(recordings: Path, camera: str) -> Iterator[Segment]:
    """Those of one camera with at least one whole access unit, oldest first, while others may write and delete them."""
    for index_path in sorted(camera_folder(recordings, camera).glob(f"*{INDEX_SUFFIX}")):
        segment = _read_segment(index_path, tidy=False)
        if segment is not None:
            yield segment


def scan(recordings: Path) -> Iterator[Segment]:
    """All segments with at least one whole access unit, oldest first for each camera; empty leftovers are deleted."""
    for index_path in sorted(recordings.glob(f"cam-*/*{INDEX_SUFFIX}")):
        segment = _read_segment(index_path, tidy=True)
        if segment is not None:
            yield segment


def _read_segment(index_path: Path, *, tidy: bool) -> Segment | None:
    """`tidy`: one without a whole access unit is deleted."""
    try:
        with index_path.open("rb") as file:
            header = msgspec.json.decode(file.readline(_LARGEST_HEADER), type=SegmentHeader)
            records = file.read()
        path = index_path.with_suffix(f".{header.codec}")
        entries = list(_whole_entries(records, path.stat().st_size, version=header.version))
    except (OSError, msgspec.MsgspecError):
        return None
    if not entries:
        if tidy:
            path.unlink(missing_ok=True)
            index_path.unlink(missing_ok=True)
        return None
    try:
        size_bytes = path.stat().st_size + index_path.stat().st_size
    except OSError:
        return None
    return Segment(path, header, entries[0].arrival_utc_ns, max(e.arrival_utc_ns for e in entries), size_bytes)


def _whole_entries(records: bytes, data_size: int, *, version: int) -> Iterator[IndexEntry]:
    """Those whose bytes are all there; a unit that came in two parts is one."""
    begun: IndexEntry | None = None
    for entry in _entries(records, version):
        if entry.offset + entry.size > data_size:
            break
        if begun is not None and entry.continues and (entry.run, entry.number) == (begun.run, begun.number):
            begun = begun._replace(size=begun.size + entry.size, lost=begun.lost + entry.lost)
            continue
        if begun is not None:
            yield begun
        begun = entry
    if begun is not None:
        yield begun


def _entries(records: bytes, version: int) -> Iterator[IndexEntry]:
    layout = RECORD if version > 1 else _RECORD_1
    whole = len(records) - len(records) % layout.size
    for offset, size, lost, run, flags, utc_ns, arrival_ns, rtp, *newer in layout.iter_unpack(records[:whole]):
        number, until_whole = newer or (0, 0)
        yield IndexEntry(
            offset, size, lost, run, bool(flags & _KEY), utc_ns, arrival_ns, rtp, bool(flags & _OPENING),
            bool(flags & _LEFT_OUT), number, bool(flags & _CONTINUES), until_whole, bool(flags & _BY_ARRIVAL),
        )  # fmt: skip


def _create(folder: Path, name: str, suffix: str) -> BinaryIO:
    """A new file; after a step of the clock the plain name may be taken."""
    for attempt in range(1000):
        path = folder / (f"{name}{suffix}" if attempt == 0 else f"{name}-{attempt}{suffix}")
        try:
            return open_private(path, "xb", buffering=0)
        except FileExistsError:
            continue
    raise FileExistsError(f"no free name for {name}")


def _write_all(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
