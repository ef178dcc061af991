"""Whether the machine has slept: its monotonic clock stands still meanwhile, so that ages by it would be lies."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from tmcwall.domain.clock import Clock, monotonic_ns

_NS: Final = 1_000_000_000
_MOST_SLEEPS: Final = 8


if sys.platform == "linux":

    def boottime_ns() -> int:
        """Nanoseconds of a clock that goes on while the machine sleeps."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

else:

    def boottime_ns() -> int:
        """The monotonic clock: there is no other to compare it with here, so that no sleep is noticed."""
        return monotonic_ns()


class SuspendDetector:
    """Compares both clocks whenever it is asked to `look`, and remembers the last few times they differed."""

    def __init__(
        self, clock: Clock, *, boot_clock_ns: Callable[[], int] = boottime_ns, shortest_s: float = 1.0
    ) -> None:
        self._clock = clock
        self._boot_clock_ns = boot_clock_ns
        self._shortest_ns = int(shortest_s * _NS)
        self._difference_ns = self._measure()
        self._sleeps: list[tuple[int, int]] = []
        """When it was noticed, by the monotonic clock, and how long it took."""

    def look(self) -> float:
        """Seconds slept since the last look; 0 if it was awake."""
        difference_ns = self._measure()
        slept_ns, self._difference_ns = difference_ns - self._difference_ns, difference_ns
        if slept_ns < self._shortest_ns:
            return 0.0
        self._sleeps = [*self._sleeps[1 - _MOST_SLEEPS :], (self._clock.monotonic_ns(), slept_ns)]
        return slept_ns / _NS

    def slept_since_ns(self, since_ns: int) -> int:
        """How long it has slept since that monotonic time, to be added to an age by that clock."""
        return sum(slept_ns for noticed_ns, slept_ns in self._sleeps if noticed_ns > since_ns)

    def _measure(self) -> int:
        return self._boot_clock_ns() - self._clock.monotonic_ns()
