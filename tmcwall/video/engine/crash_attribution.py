"""Which stream a decoder died or hangs of: marks in the tiles' memory, and who is held after the third time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.video.ipc.memory_file import map_memory
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.access_unit_source import StreamKey

TILE_BYTES: Final = 280
"""Size of a tile's header, and where its mark stands: as `shared_frames.TILE` has it, without numpy in the engine."""
MARK_OFFSET: Final = 72
_TILES: Final = 512
_WORD_BYTES: Final = 8


class CodecMarks:
    """Since when each tile's stream is inside a codec, as its decoder wrote it: it outlives the decoder."""

    def __init__(self, memory: int) -> None:
        """`memory` is the descriptor of a decoder's memory file. Raises Fault(COMPONENT_MISSING)."""
        self._words = memoryview(map_memory(memory, _TILES * TILE_BYTES)).cast("q")

    def since_ns(self, tile: int) -> int:
        """On the monotonic clock; 0 outside of a codec."""
        return self._words[_word(tile)]

    def clear(self, tile: int) -> None:
        self._words[_word(tile)] = 0


def _word(tile: int) -> int:
    return (tile * TILE_BYTES + MARK_OFFSET) // _WORD_BYTES


def suspects(inside: Mapping[StreamKey, int], *, now_ns: int, hung_s: float) -> Collection[StreamKey]:
    """Of the streams inside a codec, with since when: those of which their decoder may have been lost.

    A decoder that hung was lost of the stream that is inside the longest, for `hung_s` at least; the others only waited
    for it. A crash comes within one picture, which on a busy machine takes its time, so that it may have been any.
    """
    if not inside:
        return ()
    longest = min(inside, key=inside.__getitem__)
    return [longest] if now_ns - inside[longest] > hung_s * NS else list(inside)


class CrashAttribution:
    """Who was inside a codec when a decoder was lost. After `most` times in a while a stream is held for as long.

    Where several were inside as often, as on a busy machine, further losses decide: they are counted until one
    leads, or all are held at twice as many. What a held stream explains is nobody else's.
    """

    def __init__(self, clock: Clock, *, most: int, within_s: float) -> None:
        self._clock = clock
        self._most = most
        self._within_ns = int(within_s * NS)
        self._losses: dict[StreamKey, list[int]] = {}
        self._held: dict[StreamKey, int] = {}

    def note_loss(self, inside: Iterable[StreamKey]) -> Collection[StreamKey]:
        """A decoder was lost with these inside a codec; which of them are held from now on."""
        now_ns = self._clock.monotonic_ns()
        suspected = dict.fromkeys(inside)
        for key in suspected:
            self._losses[key] = [*self._losses.get(key, ()), now_ns]
        self._losses = {
            key: recent for key, times in self._losses.items() if (recent := self._recent(times, now_ns=now_ns))
        }
        most = max((len(self._losses[key]) for key in suspected), default=0)
        leaders = [key for key in suspected if len(self._losses[key]) == most]
        if most < self._most or (len(leaders) > 1 and most < 2 * self._most):
            return ()
        explained = {at_ns for key in leaders for at_ns in self._losses.pop(key)}
        self._losses = {key: [at for at in times if at not in explained] for key, times in self._losses.items()}
        self._held |= dict.fromkeys(leaders, now_ns + self._within_ns)
        return leaders

    def _recent(self, times: Iterable[int], *, now_ns: int) -> list[int]:
        return [at_ns for at_ns in times if now_ns - at_ns < self._within_ns]

    def holds(self, key: StreamKey) -> bool:
        """Whether a stream may be opened on no decoder."""
        return key in self._held

    def release_due(self) -> Collection[StreamKey]:
        """Streams whose time is over: they may be tried again."""
        now_ns = self._clock.monotonic_ns()
        due = [key for key, until_ns in self._held.items() if until_ns <= now_ns]
        for key in due:
            del self._held[key]
        return due
