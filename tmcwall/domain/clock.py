"""Time: UTC inside, WIB on screen, ages by the monotonic clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

WIB = timezone(timedelta(hours=7), "WIB")
"""Waktu Indonesia Barat, UTC+07:00 without daylight saving time."""

MONTHS_ID = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
"""A fixed table: the abbreviation of August differs between CLDR versions, so months are never looked up."""


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
        return time.monotonic_ns()


def format_wib(moment: datetime) -> str:
    """`10 Maret 2025 pukul 14.30 WIB`, whatever the system's locale."""
    local = moment.astimezone(WIB)
    return f"{local.day} {MONTHS_ID[local.month - 1]} {local.year} pukul {local:%H.%M} WIB"


def format_wib_time(moment: datetime) -> str:
    """`14.30.05`: the time of day in WIB with seconds, for captions and lists."""
    return f"{moment.astimezone(WIB):%H.%M.%S}"
