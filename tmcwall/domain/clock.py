"""Time: UTC inside, the station's zone on screen (`station_zone`), ages by the monotonic clock."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

MONTHS_ID = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
"""A fixed table: the abbreviation of August differs between CLDR versions, so months are never looked up."""


if sys.platform == "win32":

    def monotonic_ns() -> int:
        """The monotonic clock there steps by 15.6 ms before Python 3.13; this one is as much the same for all."""
        return time.perf_counter_ns()

else:

    def monotonic_ns() -> int:
        """Nanoseconds of the system's monotonic clock, the same for all processes of the machine."""
        return time.monotonic_ns()


class Clock(Protocol):
    """The only source of time in the program; tests hand in their own."""

    def utc(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds of the system's monotonic clock, the same for all processes of the machine."""
        ...


class SystemClock:
    """The clock of this machine."""

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ns(self) -> int:
        return monotonic_ns()


EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""No moment from outside lies before: it is what a clock with a dead battery says."""
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Nor at this one or after it: every zone can show it, and deadlines can be counted from it."""
_INSTANT: Final = timedelta(microseconds=1)


def plausible(moment: datetime) -> datetime:
    """An aware time in UTC that every side takes: of one beyond the bounds the nearest one."""
    # The year first: at the ends of time there is no UTC to compare in.
    if moment.year < EARLIEST.year - 1:
        return EARLIEST
    if moment.year > LATEST.year:
        return LATEST - _INSTANT
    return min(max(moment.astimezone(UTC), EARLIEST), LATEST - _INSTANT)


def in_utc(moment: datetime) -> datetime:
    """An aware time from outside, in UTC. Raises ValueError unless it lies from `EARLIEST` to before `LATEST`."""
    # The year first: at the ends of time there is no UTC to compare in.
    if EARLIEST.year - 1 <= moment.year <= LATEST.year and EARLIEST <= (utc := moment.astimezone(UTC)) < LATEST:
        return utc
    raise ValueError(f"a year from {EARLIEST.year} to {LATEST.year - 1} is expected")
