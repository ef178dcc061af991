"""Time: UTC inside, the station's zone on screen (`station_zone`), ages by the monotonic clock."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Protocol

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


def in_utc(moment: datetime) -> datetime:
    """An aware time from outside, in UTC. Raises ValueError where no zone could show it: in the years 1 and 9999."""
    if not 1 < moment.year < 9999:
        raise ValueError("a year from 2 to 9998 is expected")
    return moment.astimezone(UTC)
