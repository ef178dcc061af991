"""Time as a test wants it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tmcwall.domain.clock import SystemClock

NOON = datetime(2025, 3, 10, 5, 0, tzinfo=UTC)
"""Twelve o'clock WIB."""


class FakeClock:
    """Stands still until a test moves it on; the time of day goes along, and can be set besides."""

    def __init__(self, now: datetime = NOON, *, ns: int = 1_000_000_000_000) -> None:
        self.ns = ns
        self.set_forward = timedelta()
        """By how much somebody has set the time of day, which the monotonic clock does not notice."""
        self._began = now
        self._began_ns = ns

    def utc(self) -> datetime:
        return self._began + timedelta(microseconds=(self.ns - self._began_ns) // 1000) + self.set_forward

    def monotonic_ns(self) -> int:
        return self.ns

    def advance(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)


class AdjustedClock(SystemClock):
    """This machine's clock, for threads that wait by it, with a time of day that a test sets forward."""

    def __init__(self) -> None:
        self.set_forward = timedelta()

    def utc(self) -> datetime:
        return super().utc() + self.set_forward
