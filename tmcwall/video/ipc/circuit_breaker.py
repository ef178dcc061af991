"""When something that failed is left alone, and when it may be tried again."""

from __future__ import annotations

import threading

from tmcwall.domain.clock import Clock
from tmcwall.video.ipc.timeline import NS


class CircuitBreaker:
    """How often something failed lately: after `most` times it rests. For several threads."""

    def __init__(self, clock: Clock, *, most: int = 2, rest_s: float = 600.0) -> None:
        self._clock = clock
        self._most = most
        self._rest_ns = int(rest_s * NS)
        self._failures: list[int] = []
        self._lock = threading.Lock()

    @property
    def resting(self) -> bool:
        return len(self._recent()) >= self._most

    @property
    def clean(self) -> bool:
        """Whether nothing failed within the time of a rest."""
        return not self._recent()

    def failed(self) -> None:
        with self._lock:
            self._failures = [*self._recent(), self._clock.monotonic_ns()]

    def _recent(self) -> list[int]:
        now_ns = self._clock.monotonic_ns()
        return [at_ns for at_ns in self._failures if now_ns - at_ns < self._rest_ns]
