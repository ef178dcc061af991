"""When a picture is shown: by its stream's own clock, plus a small delay that evens out the jitter of the network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tmcwall.video.ipc.colour_conversion import ColourConverter
from tmcwall.video.ipc.shared_frames import MAX_TILES, Memory

_MOST_DELAY_NS: Final = 80_000_000
_RISE_NS: Final = 400_000
"""How much the unavoidable part of the delay may rise with each look: a camera whose clock runs slow."""
_DECAY_NS: Final = 400_000
"""How much the delay shrinks with each look at a new picture: some 20 ms a second."""
_LATE_CLOCK_NS: Final = 30_000_000
"""A picture that has been due for less than this is still shown before a newer one, so that none is lost when the clock
of the wall beats with the stream's, or ticks late."""
_FARTHEST_NS: Final = 160_000_000
"""A schedule that lies farther ahead than this after decoding is wrong; the slots would be overwritten before it."""

_UNKNOWN_NS: Final = 1 << 50

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DuePicture:
    """A whole picture in a slot that is to be shown now. Times in nanoseconds of the monotonic clock."""

    tile: int
    slot: int
    sequence: int
    schedule_ns: int
    colours: int
    """As `ColourConverter.paint` takes them."""
    place_ns: int = 0
    """Where it lies in its file."""


class Board:
    """The reader's side of one memory file: what was shown of each tile, and its playout delay. For one thread."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.colouring = ColourConverter()
        tiles = memory.tiles
        slots = tiles["slots"]
        self._sequence: Int64s = tiles["sequence"].view(np.int64)
        self._generation: Int64s = tiles["generation"].view(np.int64)
        self._begin: Int64s = slots["begin"].view(np.int64)
        self._end: Int64s = slots["end"].view(np.int64)
        self._schedule: Int64s = slots["schedule_ns"]
        self._decoded: Int64s = slots["decoded_ns"]
        self._colours: Int64s = slots["colours"]
        self._place: Int64s = slots["place_ns"]
        self._wanted: Int64s = np.zeros(MAX_TILES, np.int64)
        self._shown: Int64s = np.zeros(MAX_TILES, np.int64)
        self._delay: Int64s = np.zeros(MAX_TILES, np.int64)
        self._least: Int64s = np.zeros(MAX_TILES, np.int64)

    def expect(self, tile: int, generation: int) -> None:
        """Only pictures of this generation are this tile's from now on; 0 expects none."""
        self._wanted[tile] = generation
        self._shown[tile] = 0
        self._delay[tile] = 0
        self._least[tile] = _UNKNOWN_NS

    def has_generation(self, tile: int, generation: int) -> bool:
        return int(self._generation[tile]) == generation

    def whole(self, tile: int, slot: int, sequence: int) -> bool:
        """Whether a slot still holds that picture: asked after it was painted."""
        return int(self._begin[tile, slot]) == sequence == int(self._end[tile, slot])

    def newest_whole(self, tile: int) -> DuePicture | None:
        """The newest whole picture of a tile, due or not, for painting everything anew."""
        if self._generation[tile] != self._wanted[tile] or not self._wanted[tile]:
            return None
        end = np.where(self._begin[tile] == self._end[tile], self._end[tile], 0)
        slot = int(end.argmax())
        sequence = int(end[slot])
        if not sequence:
            return None
        return DuePicture(tile, slot, sequence, int(self._schedule[tile, slot]), int(self._colours[tile, slot]))

    def nearest(self, tile: int, place_ns: int) -> DuePicture | None:
        """Of a file: of the whole pictures of a tile, due or not, the one that lies nearest to that place."""
        if self._generation[tile] != self._wanted[tile] or not self._wanted[tile]:
            return None
        end, places = self._end[tile], self._place[tile]
        whole = (self._begin[tile] == end) & (end > 0)
        if not whole.any():
            return None
        slot = int(np.where(whole, np.abs(places - place_ns), _UNKNOWN_NS).argmin())
        return DuePicture(
            tile, slot, int(end[slot]), int(self._schedule[tile, slot]), int(self._colours[tile, slot]),
            int(places[slot]),
        )  # fmt: skip

    def due(self, tiles: Int64s, now_ns: int) -> list[DuePicture]:
        """For each of these tile indices the picture to be shown now, if one is due; each picture comes once.

        When all slots wait, the oldest is shown before its time: it is the next to be written over. A decoder that
        catches up would otherwise write over each picture before it is due, and the screen would stand still.
        """
        wanted = self._wanted[tiles]
        fresh = (self._sequence[tiles] != self._shown[tiles]) & (self._generation[tiles] == wanted) & (wanted != 0)
        tiles = tiles[fresh]
        if not tiles.size:
            return []
        end = self._end[tiles]
        schedule = self._schedule[tiles]
        decoded = self._decoded[tiles]
        new = (self._begin[tiles] == end) & (end > self._shown[tiles, np.newaxis])
        delay = self._adapt(tiles, np.where(new, decoded - schedule, 0).max(axis=1))
        due_ns = np.minimum(schedule + delay[:, np.newaxis], decoded + _FARTHEST_NS)
        overtaken = new.all(axis=1)[:, np.newaxis] & (end == end.min(axis=1, keepdims=True))
        due = new & ((due_ns <= now_ns) | overtaken)
        rows = np.flatnonzero(due.any(axis=1))
        if not rows.size:
            return []
        due, end = due[rows], end[rows]
        on_time = due & (due_ns[rows] > now_ns - _LATE_CLOCK_NS)
        oldest_on_time = np.where(on_time, end, np.iinfo(np.int64).max).argmin(axis=1)
        newest = np.where(due, end, 0).argmax(axis=1)
        chosen = np.where(on_time.any(axis=1), oldest_on_time, newest)
        sequences = end[np.arange(rows.size), chosen]
        self._shown[tiles[rows]] = sequences
        return [
            DuePicture(tile, slot, sequence, when, colours)
            for tile, slot, sequence, when, colours in zip(
                tiles[rows].tolist(),
                chosen.tolist(),
                sequences.tolist(),
                schedule[rows, chosen].tolist(),
                self._colours[tiles[rows], chosen].tolist(),
                strict=True,
            )
        ]

    def _adapt(self, tiles: Int64s, lateness: Int64s) -> Int64s:
        """The playout delay after pictures that were decoded that late: the latest of the last seconds sets it, but at
        most `_MOST_DELAY_NS` above the least late, which nothing can shorten.
        """
        least = np.maximum(np.minimum(lateness, self._least[tiles] + _RISE_NS), 0)
        delay = np.clip(lateness, self._delay[tiles] - _DECAY_NS, least + _MOST_DELAY_NS)
        self._least[tiles] = least
        self._delay[tiles] = delay = np.maximum(delay, 0)
        return delay


def indices(tiles: Iterable[int]) -> Int64s:
    """Tile indices as `Board.due` takes them."""
    return np.fromiter(tiles, np.int64)
