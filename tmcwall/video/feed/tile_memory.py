"""The memory files of all decoders, as the desktop program gives them out to tiles and takes them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.feed.pacing import Board
from tmcwall.video.feed.tile_allocator import Extent, TileAllocator, slots_size
from tmcwall.video.feed.tile_feed import TileFeed
from tmcwall.video.ipc.shared_frames import WIDTH_STEP, Memory, Planes

_REUSE_AFTER_TICKS: Final = 2


class _File:
    """One decoder's memory."""

    def __init__(self, allocator: TileAllocator) -> None:
        self.board = Board(Memory.create())
        self.space = allocator
        self.pixels = 0
        self.leaving: list[_Leaving] = []


class _Leaving:
    """Memory that a decoder may still write to: given to another tile only when it does so no more."""

    def __init__(self, *, tile: int, generation: int, extent: Extent, tile_too: bool) -> None:
        self.tile = tile
        self.generation = generation
        self.extent = extent
        self.tile_too = tile_too
        self.ticks = 0


class TileMemoryPool:
    """A memory file a decoder. For the GUI thread."""

    def __init__(self, decoders: int, *, allocator: Callable[[], TileAllocator] = TileAllocator) -> None:
        """Raises Fault(COMPONENT_MISSING) if the system has no shared memory."""
        self._files = [_File(allocator()) for _ in range(decoders)]
        self._generation = 0
        self._refused = False
        """Somebody went without since memory was last freed."""
        self._freed = False
        """Something was freed since the last `reclaim`."""

    @property
    def fds(self) -> Sequence[int]:
        """What the engine inherits, in the order of the decoders."""
        return [file.board.memory.fd for file in self._files]

    def least_used(self) -> int:
        """The decoder with the fewest pixels to write."""
        return min(range(len(self._files)), key=lambda index: self._files[index].pixels)

    def take_tile(self, decoder: int) -> int:
        """A free index there. Raises Fault(PICTURE_MEMORY_FULL)."""
        tile = self._files[decoder].space.take_tile()
        if tile is None:
            raise self._refuse("no tile left")
        return tile

    def give_back_tile(self, decoder: int, tile: int) -> None:
        """An index that was never given memory."""
        self._files[decoder].space.give_back_tile(tile)

    def board(self, decoder: int) -> Board:
        return self._files[decoder].board

    def allocate(self, tile: TileFeed, width: int, height: int) -> None:
        """Give a tile slots for pictures of that size, under a new generation, instead of those that it had.

        Raises Fault(PICTURE_MEMORY_FULL); the tile keeps what it had then.
        """
        file = self._files[tile.decoder]
        width = -(-max(1, width) // WIDTH_STEP) * WIDTH_STEP
        height = max(1, height)
        extent = file.space.take(slots_size(width, height))
        if extent is None:
            raise self._refuse(f"no room for {width}x{height}")
        if tile.generation:
            self._release(file, tile, tile_too=False)
        self._generation += 1
        tile.generation = self._generation
        tile.width, tile.height, tile.extent = width, height, extent
        tile.slot_bytes = Planes.of(width, height).size
        file.pixels += width * height
        file.board.expect(tile.tile, tile.generation)

    def release(self, tile: TileFeed) -> None:
        """A tile is closed: its slots and its index are free when the decoder writes to them no more."""
        self._release(self._files[tile.decoder], tile, tile_too=True)

    def reclaim(self) -> bool:
        """Once a second: free what decoders write to no more. Whether there is room now that somebody went without."""
        for file in self._files:
            self._freed |= _reclaim(file, writer_gone=False)
        wanted = self._refused and self._freed
        self._refused = self._refused and not wanted
        self._freed = False
        return wanted

    def writers_gone(self, decoder: int | None = None) -> None:
        """A decoder has ended, or all: nobody writes there any more."""
        for file in self._files if decoder is None else self._files[decoder : decoder + 1]:
            self._freed |= _reclaim(file, writer_gone=True)

    def _refuse(self, detail: str) -> Fault:
        self._refused = True
        return Fault(FaultCode.PICTURE_MEMORY_FULL, detail)

    @staticmethod
    def _release(file: _File, tile: TileFeed, *, tile_too: bool) -> None:
        file.board.expect(tile.tile, 0)
        file.pixels -= tile.width * tile.height
        file.leaving.append(_Leaving(tile=tile.tile, generation=tile.generation, extent=tile.extent, tile_too=tile_too))


def _reclaim(file: _File, *, writer_gone: bool) -> bool:
    """Whether anything was freed."""
    still: list[_Leaving] = []
    for leaving in file.leaving:
        leaving.ticks += 1
        written = file.board.has_generation(leaving.tile, leaving.generation)
        if writer_gone or (not written and leaving.ticks > _REUSE_AFTER_TICKS):
            file.space.give_back(leaving.extent)
            if leaving.tile_too:
                file.space.give_back_tile(leaving.tile)
        else:
            still.append(leaving)
    freed = len(still) < len(file.leaving)
    file.leaving = still
    return freed
