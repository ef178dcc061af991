"""Puts the RTP packets of one stream that came as datagrams back into order."""

from __future__ import annotations

from typing import Final

_VERSION: Final = 2
_SMALLEST: Final = 12
_LARGEST_JUMP: Final = 3000
_LATE: Final = 0x8000
_HALF: Final = 1 << 31
_UNNUMBERED: Final = 3
"""So many times that are new, each in a packet with an old number, at most `_SIGNS_WITHIN_NS` after the one before."""
_SIGNS_WITHIN_NS: Final = 2_000_000_000


class ReorderBuffer:
    """Holds packets that came too early until those before them are there, or are given up for lost.

    Losses are counted behind it, from the sequence of what it gives out: a packet that comes while its place is still
    waited for is no loss, and a duplicate is none either. What comes from a camera that counts from the beginning for
    each picture, or not at all, goes on as it comes: see `rtp.Source`.
    """

    def __init__(self, *, most_held: int = 64, longest_hold_s: float = 0.06) -> None:
        self._most_held = most_held
        self._longest_hold_ns = int(longest_hold_s * 1_000_000_000)
        self._held: dict[int, tuple[bytes, int]] = {}
        self._held_since_ns = 0
        self._next: int | None = None
        self._ssrc = b""
        self._last = b""
        """The packet that went on last."""
        self._signs = 0
        self._sign = (0, 0)
        """RTP time and moment of the last sign that the numbers mean nothing."""
        self.dropped = 0
        """Duplicates, packets that came after they were given up, and what is no RTP packet."""

    def take(self, data: bytes, now_ns: int) -> list[bytes]:
        """One datagram; the answer is what can go on, in order."""
        if len(data) < _SMALLEST or data[0] >> 6 != _VERSION:
            self.dropped += 1
            return []
        sequence = data[2] << 8 | data[3]
        if sequence == self._next and not self._held and data[8:12] == self._ssrc:
            self._next = sequence + 1 & 0xFFFF
            self._last = data
            return [data]
        if self._signs >= _UNNUMBERED and data[8:12] == self._ssrc:
            return [data]
        if self._next is None or data[8:12] != self._ssrc:
            return self._start(data, sequence)
        ahead = sequence - self._next & 0xFFFF
        is_late = ahead >= _LATE and 0x10000 - ahead <= _LARGEST_JUMP
        if is_late or sequence in self._held:
            if is_late and self._is_last_sign(int.from_bytes(data[4:8], "big"), now_ns):
                return self._start(data, sequence)
            self.dropped += 1
            return self.due(now_ns)
        if ahead > _LARGEST_JUMP:
            return self._start(data, sequence)
        if not self._held:
            self._held_since_ns = now_ns
        self._held[sequence] = data, now_ns
        return self._in_order() if ahead == 0 else self.due(now_ns)

    def due(self, now_ns: int) -> list[bytes]:
        """What has waited long enough, or is too much to be held: goes on over the gap."""
        ready: list[bytes] = []
        while self._held and (
            len(self._held) > self._most_held or now_ns - self._held_since_ns > self._longest_hold_ns
        ):
            assert self._next is not None
            first = self._next
            self._next = min(self._held, key=lambda held: held - first & 0xFFFF)
            ready += self._in_order()
        return ready

    def _in_order(self) -> list[bytes]:
        """The packets from the next one on up to a gap; what is behind it has waited since it came."""
        assert self._next is not None
        ready = []
        while (held := self._held.pop(self._next, None)) is not None:
            ready.append(held[0])
            self._next = self._next + 1 & 0xFFFF
        self._last = ready[-1] if ready else self._last
        self._held_since_ns = min((came_ns for _, came_ns in self._held.values()), default=0)
        return ready

    def _start(self, data: bytes, sequence: int) -> list[bytes]:
        """The source begins anew: whatever was held goes first."""
        first = self._next if self._next is not None else sequence
        ready = [self._held[held][0] for held in sorted(self._held, key=lambda held: held - first & 0xFFFF)]
        self._held.clear()
        if data[8:12] != self._ssrc:
            self._signs = 0
        self._next = sequence + 1 & 0xFFFF
        self._ssrc = data[8:12]
        self._last = data
        return [*ready, data]

    def _is_last_sign(self, timestamp: int, now_ns: int) -> bool:
        """Whether packets with old numbers carry one new time after the other: none of them is late."""
        if now_ns - self._sign[1] > _SIGNS_WITHIN_NS:
            self._signs = 0
        newest = self._sign[0] if self._signs else int.from_bytes(self._last[4:8], "big")
        if 0 < (timestamp - newest & 0xFFFF_FFFF) < _HALF:
            self._signs += 1
            self._sign = timestamp, now_ns
        return self._signs >= _UNNUMBERED
