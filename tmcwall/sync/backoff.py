"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Exponential with full jitter: a random wait between nothing and a bound that doubles to `longest_s`."""

    def __init__(
        self, *, first_s: float = 1.0, longest_s: float = 60.0, chance: Callable[[], float] = random.random
    ) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._chance = chance
        self._attempts = 0

    def next_delay_s(self) -> float:
        # The exponent is bounded: a workstation may be offline for weeks.
        bound_s = min(self._longest_s, self._first_s * 2.0 ** min(self._attempts, 30))
        self._attempts += 1
        return self._chance() * bound_s

    def succeeded(self) -> None:
        self._attempts = 0
