"""Which part of a memory file belongs to which tile: given out by the desktop program, never by a decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tmcwall.video.ipc.shared_frames import HEADER_BYTES, MAX_TILES, MEMORY_BYTES, SLOTS, Planes

_ALIGNMENT: Final = 4096


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of a memory file, whole pages."""

    offset: int
    size: int


def slots_size(width: int, height: int) -> int:
    """Bytes of the four slots of a tile, in whole pages."""
    size = SLOTS * Planes.of(width, height).size
    return -(-size // _ALIGNMENT) * _ALIGNMENT


class TileAllocator:
    """Free tile indices and free bytes of one memory file. First fit, neighbours joined when given back."""

    def __init__(self, *, begin: int = HEADER_BYTES, end: int = MEMORY_BYTES, tiles: int = MAX_TILES) -> None:
        self._free = [Extent(begin, end - begin)]
        self._tiles = list(range(tiles - 1, -1, -1))

    def take_tile(self) -> int | None:
        """The lowest free index, so that the headers in use stay together; None if all are taken."""
        return self._tiles.pop() if self._tiles else None

    def give_back_tile(self, tile: int) -> None:
        self._tiles.append(tile)
        self._tiles.sort(reverse=True)

    def take(self, size: int) -> Extent | None:
        """Bytes for a tile's slots, or None if no free extent is that large."""
        for index, extent in enumerate(self._free):
            if extent.size >= size:
                rest = Extent(extent.offset + size, extent.size - size)
                self._free[index : index + 1] = [rest] if rest.size else []
                return Extent(extent.offset, size)
        return None

    def give_back(self, extent: Extent) -> None:
        joined: list[Extent] = []
        for part in sorted([*self._free, extent], key=lambda part: part.offset):
            if joined and joined[-1].offset + joined[-1].size == part.offset:
                joined[-1] = Extent(joined[-1].offset, joined[-1].size + part.size)
            else:
                joined.append(part)
        self._free = joined
