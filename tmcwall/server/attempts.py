"""How often something may be tried, and how much of it may be kept.

The classes here count in the memory of one process; `server.shared` counts for several.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import Protocol

from limits import RateLimitItemPerDay, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from tmcwall.domain.clock import Clock
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

QUOTA_RETRY_S = 600
_MOST_KEYS = 10_000
"""Beyond it the failure longest ago is forgotten."""


class AttemptCounter(Protocol):
    def count(self, *key: str) -> None:
        """Take a try. Raises RequestRefused(TOO_MANY) if there is none left."""
        ...


class DelayKeeper(Protocol):
    """After `free` failures in a row the next try must wait: 1 s, then twice as long each time, up to a longest.

    Failures are forgotten a while after the last one. From any thread.
    """

    def demand(self, *key: str) -> None:
        """Raises RequestRefused(TOO_MANY) with the time that is left to wait."""
        ...

    def failed(self, *key: str) -> None: ...

    def forget(self, *key: str) -> None: ...


class QuotaKeeper(Protocol):
    """Bytes that may be stored within a day, for each key apart."""

    def take(self, size: int, *keys: str) -> None:
        """Raises RequestRefused(TOO_MANY) if that is more than one of the keys has left; none is charged then."""
        ...


def demand_delay(failures: int, since_s: float, *, free: int, longest_s: float) -> None:
    """Raises RequestRefused(TOO_MANY) with the time that is left, `since_s` after the last of so many failures."""
    if failures >= free:
        delay_s = min(2.0 ** min(failures - free, 30), longest_s)
        if since_s < delay_s:
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=math.ceil(delay_s - since_s))


class Attempts:
    """Counts tries in a moving window, for each key apart."""

    def __init__(self, *, per_window: int, window_s: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerSecond(per_window, window_s)
        self._window_s = window_s

    def count(self, *key: str) -> None:
        if not self._limiter.hit(self._item, *key):
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=self._window_s)


class Delays:
    """A `DelayKeeper`: of `longest_s` at most, forgotten `forgotten_after_s` after the last failure."""

    def __init__(self, clock: Clock, *, free: int, longest_s: float, forgotten_after_s: float) -> None:
        self._clock = clock
        self._free = free
        self._longest_s = longest_s
        self._forgotten_after_s = forgotten_after_s
        self._failures: OrderedDict[tuple[str, ...], tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def demand(self, *key: str) -> None:
        with self._lock:
            count, since_s = self._known(key)
        demand_delay(count, since_s, free=self._free, longest_s=self._longest_s)

    def failed(self, *key: str) -> None:
        with self._lock:
            count, _ = self._known(key)
            self._failures[key] = (count + 1, self._clock.monotonic_ns())
            self._failures.move_to_end(key)
            if len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def forget(self, *key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)

    def _known(self, key: tuple[str, ...]) -> tuple[int, float]:
        """Failures that count still, and the seconds since the last one."""
        count, last_ns = self._failures.get(key, (0, 0))
        since_s = (self._clock.monotonic_ns() - last_ns) / 1e9
        return (count, since_s) if since_s < self._forgotten_after_s else (0, since_s)


class Quota:
    """A `QuotaKeeper`."""

    def __init__(self, *, per_day: int) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerDay(per_day)

    def take(self, size: int, *keys: str) -> None:
        if not all(self._limiter.test(self._item, key, cost=size) for key in keys):
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=QUOTA_RETRY_S)
        for key in keys:
            self._limiter.hit(self._item, key, cost=size)
