"""Whether the machine has slept: its monotonic clock stands still meanwhile, so that ages by it would be lies."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from tmcwall.domain.clock import Clock, monotonic_ns

_NS: Final = 1_000_000_000
_MOST_NAPS: Final = 8


if sys.platform == "linux":

    def boottime_ns() -> int:
        """Nanoseconds of a clock that goes on while the machine sleeps."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

else:

    def boottime_ns() -> int:
        """No such clock is asked here, so that no sleep is noticed."""
        return monotonic_ns()


class SuspendDetector:
    """Compares both clocks whenever it is asked to `look`, and remembers the last few times they fell apart."""

    def __init__(
        self, clock: Clock, *, awake_or_not_ns: Callable[[], int] = boottime_ns, shortest_s: float = 1.0
    ) -> None:
        self._clock = clock
        self._awake_or_not_ns = awake_or_not_ns
        self._shortest_ns = int(shortest_s * _NS)
        self._apart_ns = self._measure()
        self._naps: list[tuple[int, int]] = []
        """When it was noticed, by the monotonic clock, and how long it was."""

    def look(self) -> float:
        """Seconds slept since the last look; 0 if it was awake."""
        apart_ns = self._measure()
        slept_ns, self._apart_ns = apart_ns - self._apart_ns, apart_ns
        if slept_ns < self._shortest_ns:
            return 0.0
        self._naps = [*self._naps[1 - _MOST_NAPS :], (self._clock.monotonic_ns(), slept_ns)]
        return slept_ns / _NS

    def slept_since_ns(self, since_ns: int) -> int:
        """How long it has slept since that monotonic time: what an age by that clock lacks."""
        return sum(slept_ns for noticed_ns, slept_ns in self._naps if noticed_ns > since_ns)

    def _measure(self) -> int:
        return self._awake_or_not_ns() - self._clock.monotonic_ns()
