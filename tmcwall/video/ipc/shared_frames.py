"""Pictures in shared memory: a header and four slots a tile, one memory file a decoder.

The desktop program makes a memory file for each decoder (sparse, `MEMORY_BYTES`). The engine inherits it and hands it
to whichever process is that decoder now: a decoder can die without the tiles losing their memory. See `memory_file`.

Layout: MAX_TILES headers of dtype TILE, then the tiles' slots at the offsets that the desktop program gives out. A slot
holds a picture of the tile's size as YUV 4:2:0 (`Planes`), which is less than half of the bytes of BGRA to write and to
read; it becomes BGRA where it is painted (`colour_conversion`).

Writer (decoder): slot = (sequence + 1) % SLOTS; begin = sequence + 1; pixels; the slot's fields; end = sequence + 1;
sequence += 1. Reader (desktop program): a slot whose begin and end differ, before or after its pixels were used, is
torn and never painted. A tile that is no longer written has generation 0. All times are nanoseconds of the monotonic
clock, 0 = never. `codec_ns` says since when the tile's stream is inside FFmpeg, 0 outside: see `crash_attribution`.
`building_since_ns` says since when its pictures are decoded without one that is whole. `place_ns` of a slot says where
its picture lies in the file that it is of.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.memory_file import close_memory, create_memory, map_memory
from tmcwall.video.ipc.messages import LARGEST_HEIGHT, LARGEST_WIDTH

SLOTS: Final = 4
MAX_TILES: Final = 512
MEMORY_BYTES: Final = 1 << 30
WIDTH_STEP: Final = 16
"""Tiles are decoded to a multiple of it, at least as wide as asked: `colour_conversion` writes blocks of pixels."""

SLOT: Final = np.dtype(
    [
        ("begin", np.uint64),
        ("end", np.uint64),
        ("schedule_ns", np.int64),
        ("decoded_ns", np.int64),
        ("colours", np.int64),
        ("place_ns", np.int64),
    ]
)
TILE: Final = np.dtype(
    [
        ("generation", np.uint64),
        ("sequence", np.uint64),
        ("last_packet_ns", np.int64),
        ("last_frame_ns", np.int64),
        ("last_change_ns", np.int64),
        ("black_since_ns", np.int64),
        ("moved_since_ns", np.int64),
        ("decoded", np.uint64),
        ("damaged", np.uint64),
        ("codec_ns", np.int64),
        ("building_since_ns", np.int64),
        ("slots", SLOT, (SLOTS,)),
    ]
)

_WORD: Final = 8
_ROW: Final = 32
"""Rows begin at multiples of it, so that nothing that is written in whole registers runs into the next plane."""
_TILE_WORDS: Final = TILE.itemsize // _WORD
_SLOT_WORDS: Final = SLOT.itemsize // _WORD
HEADER_BYTES: Final = TILE.itemsize * MAX_TILES
"""Where the first slot may begin."""


def _word(field: str) -> int:
    return int(_offset(TILE, field)) // _WORD


def _offset(dtype: np.dtype[np.void], field: str) -> int:
    fields = dtype.fields
    assert fields is not None
    return fields[field][1]


_GENERATION, _SEQUENCE, _DECODED, _DAMAGED = map(_word, ("generation", "sequence", "decoded", "damaged"))
_LAST_PACKET, _LAST_FRAME = map(_word, ("last_packet_ns", "last_frame_ns"))
_LAST_CHANGE, _BLACK_SINCE, _MOVED_SINCE = map(_word, ("last_change_ns", "black_since_ns", "moved_since_ns"))
_CODEC, _BUILDING_SINCE, _SLOTS = map(_word, ("codec_ns", "building_since_ns", "slots"))


class Planes(NamedTuple):
    """How the three planes of a picture of 4:2:0 lie in a slot: bytes from row to row, and where they begin."""

    luma_stride: int
    chroma_stride: int
    u_offset: int
    v_offset: int
    size: int
    """Bytes of a slot."""

    @classmethod
    def of(cls, width: int, height: int) -> Planes:
        luma_stride = -(-width // _ROW) * _ROW
        chroma_stride = -(-((width + 1) // 2) // _ROW) * _ROW
        luma, chroma = luma_stride * height, chroma_stride * ((height + 1) // 2)
        return cls(luma_stride, chroma_stride, luma, luma + chroma, luma + 2 * chroma)


class Memory:
    """One decoder's memory file, mapped into this process. `fd` is what a child inherits."""

    def __init__(self, fd: int) -> None:
        """Map an open memory file. Raises Fault(COMPONENT_MISSING) if the system does not map it."""
        self.fd = fd
        self._map = map_memory(fd, MEMORY_BYTES)
        whole = np.frombuffer(self._map, dtype=np.uint8)
        self.tiles: npt.NDArray[np.void] = whole[:HEADER_BYTES].view(TILE)
        """The headers, shape (MAX_TILES,); the reader's side compares them as arrays."""
        self.words = memoryview(self._map)[:HEADER_BYTES].cast("q")
        """The headers as 64-bit words; the writer's side sets them one by one, which is faster than through numpy."""
        self.address: int = whole.ctypes.data
        self.writers: dict[int, TileWriter] = {}
        """Who of this process writes a tile now: one stream may take it over from another."""

    @classmethod
    def create(cls) -> Memory:
        """A new memory file, all zero. Raises Fault(COMPONENT_MISSING) where there is no shared memory."""
        return cls(create_memory(MEMORY_BYTES))

    def close(self) -> None:
        """Give the descriptor back. The mapping ends when the last picture made of it is gone."""
        close_memory(self.fd)


class Findings(NamedTuple):
    """What the picture monitor of a tile found, for the one that takes its place."""

    unchanged_ns: int
    """For how long identical pictures had come by the last one."""
    black_since_ns: int
    moved_since_ns: int
    """On the monotonic clock, 0 = not."""


def fits(*, offset: int, width: int, height: int) -> bool:
    """Whether the four slots of a tile lie inside a memory file, behind the headers, and are a picture at all."""
    if not (0 < width <= LARGEST_WIDTH and 0 < height <= LARGEST_HEIGHT):
        return False
    return (
        offset >= HEADER_BYTES
        and offset % _WORD == 0
        and offset + SLOTS * Planes.of(width, height).size <= MEMORY_BYTES
    )


class TileWriter:
    """The decoder's side of one tile. One thread writes pictures; `packet_arrived` may come from another.

    A tile of the same generation is continued, so that its ages outlive the process that wrote them before.
    """

    def __init__(self, memory: Memory, *, tile: int, generation: int, offset: int, width: int, height: int) -> None:
        """Raises Fault(PROTOCOL_BROKEN) if the tile lies outside the memory."""
        if not (0 <= tile < MAX_TILES and fits(offset=offset, width=width, height=height)):
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"tile {tile} of {width}x{height} at {offset}", retryable=False)
        self.width = width
        self.height = height
        self._words = memory.words
        self._base = tile * _TILE_WORDS
        self._slot_bytes = Planes.of(width, height).size
        self._address = memory.address + offset
        words, base = self._words, self._base
        if words[base + _GENERATION] != generation:
            words[base + _GENERATION] = 0
            for word in range(1, _TILE_WORDS):
                words[base + word] = 0
            words[base + _GENERATION] = generation
        self._sequence: int = words[base + _SEQUENCE]
        self._writers = memory.writers
        self._tile = tile
        memory.writers[tile] = self

    @property
    def writes(self) -> bool:
        """Whether this writer is still the tile's: another one of this process may have taken it over."""
        return self._writers.get(self._tile) is self

    def packet_arrived(self, now_ns: int) -> None:
        self._words[self._base + _LAST_PACKET] = now_ns

    def mark_codec(self, since_ns: int) -> None:
        """The stream goes into a codec, or is out of it again: 0."""
        self._words[self._base + _CODEC] = since_ns

    def begin(self) -> int:
        """Start a picture: the address of its `Planes`, to be written before `publish`."""
        sequence = self._sequence + 1
        slot = sequence % SLOTS
        self._words[self._base + _SLOTS + slot * _SLOT_WORDS] = sequence
        return self._address + slot * self._slot_bytes

    def publish(
        self, *, schedule_ns: int, now_ns: int, colours: int, seen_ns: int | None = None, place_ns: int = 0
    ) -> None:
        """The picture is whole: show it when `schedule_ns` is due. `colours` say how its YUV is meant (`scaling`).

        `seen_ns`: since when it could have been seen, where that was before now; the age of the tile counts from it.
        `place_ns`: where it lies in its file.
        """
        words, base = self._words, self._base
        sequence = self._sequence = self._sequence + 1
        slot = base + _SLOTS + sequence % SLOTS * _SLOT_WORDS
        words[slot + 2] = schedule_ns
        words[slot + 3] = now_ns
        words[slot + 4] = colours
        words[slot + 5] = place_ns
        words[slot + 1] = sequence
        words[base + _LAST_FRAME] = now_ns if seen_ns is None else seen_ns
        words[base + _DECODED] += 1
        words[base + _SEQUENCE] = sequence

    def picture_skipped(self) -> None:
        """A picture was decoded but newer ones wait already, so that it was not converted."""
        self._words[self._base + _DECODED] += 1

    def mark_building(self, since_ns: int) -> None:
        """Pictures are decoded and none is whole yet, since then; 0 as soon as one is."""
        self._words[self._base + _BUILDING_SINCE] = since_ns

    def damage_found(self) -> None:
        self._words[self._base + _DAMAGED] += 1

    def observe(self, *, last_change_ns: int, black_since_ns: int, moved_since_ns: int) -> None:
        """What the picture monitor found; nanoseconds of the monotonic clock, 0 = never."""
        self._words[self._base + _LAST_CHANGE] = last_change_ns
        self._words[self._base + _BLACK_SINCE] = black_since_ns
        self._words[self._base + _MOVED_SINCE] = moved_since_ns

    @property
    def findings(self) -> Findings | None:
        """What was last observed of this tile, by a process before this one, too; None before the first time."""
        words, base = self._words, self._base
        if not words[base + _LAST_CHANGE]:
            return None
        return Findings(
            unchanged_ns=max(0, words[base + _LAST_FRAME] - words[base + _LAST_CHANGE]),
            black_since_ns=words[base + _BLACK_SINCE],
            moved_since_ns=words[base + _MOVED_SINCE],
        )

    def close(self) -> None:
        """The tile is no longer written: its memory may be given to another. Nothing happens if another writes it."""
        if self.writes:
            del self._writers[self._tile]
            self._words[self._base + _GENERATION] = 0
