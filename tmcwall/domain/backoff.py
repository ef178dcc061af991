"""How long to wait before the next attempt at something that failed: a camera, the central server."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

BRIEF_LONGEST_S: Final = 5.0


class Backoff:
    """Exponential with full jitter: each delay is a random part of a limit that doubles up to `longest_s`.

    During the first `brief_s` of an outage the limit is at most `BRIEF_LONGEST_S`, so that what was away for a moment
    is soon back. An attempt that worked ends an outage, however short it was; only one that worked for longer than
    `settled_s` lets the limit begin anew.
    """

    def __init__(
        self,
        chance: Callable[[], float] = random.random,
        *,
        first_s: float = 1.0,
        longest_s: float = 60.0,
        brief_s: float = 0.0,
        settled_s: float = 0.0,
    ) -> None:
        """`chance` gives numbers from 0 to below 1."""
        self._chance = chance
        self._first_s = first_s
        self._longest_s = longest_s
        self._brief_s = brief_s
        self._settled_s = settled_s
        self._attempts = 0
        self._outage_since_s: float | None = None

    def next_delay_s(self, *, now_s: float = 0.0, worked_s: float | None = None) -> float:
        """After an attempt that ended at `now_s` (monotonic) and had worked for `worked_s`; None: it had not."""
        if worked_s is not None:
            self._outage_since_s = None
            if worked_s > self._settled_s:
                self._attempts = 0
        if self._outage_since_s is None:
            self._outage_since_s = now_s
        is_brief = now_s - self._outage_since_s < self._brief_s
        longest_s = min(self._longest_s, BRIEF_LONGEST_S) if is_brief else self._longest_s
        # The exponent is bounded: a workstation may be offline for weeks.
        limit_s = min(longest_s, self._first_s * 2.0 ** min(self._attempts, 30))
        self._attempts += 1
        return self._chance() * limit_s

    def succeeded(self) -> None:
        """The next failure is the first of another outage."""
        self._attempts = 0
        self._outage_since_s = None
