"""Interarrival jitter as receiver reports state it (RFC 3550 sections 6.4.1 and A.8)."""

from __future__ import annotations

from typing import Final

_NS: Final = 1_000_000_000
_FIELD: Final = 1 << 32
_HALF: Final = 1 << 31
_GAIN: Final = 1 / 16
_LONGEST_S: Final = 10
"""A larger step is another clock of the sender and no delay of the network."""


class Jitter:
    """How unevenly packets come, against the times they carry. Lost and reordered packets need no care."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._transit: int | None = None
        self._jitter = 0.0

    @property
    def value(self) -> int:
        """The mean deviation in RTP time, as it stands in a report block."""
        return int(self._jitter)

    def take(self, timestamp: int, arrival_ns: int) -> None:
        """A packet with that RTP time (32 bits) arrived."""
        transit = arrival_ns * self._rate // _NS - timestamp
        if self._transit is not None:
            step = abs((transit - self._transit + _HALF) % _FIELD - _HALF)
            if step < _LONGEST_S * self._rate:
                self._jitter += (step - self._jitter) * _GAIN
        self._transit = transit

    def restart(self) -> None:
        """The source is another one from here on."""
        self._transit = None
        self._jitter = 0.0
