"""Dates, times and lengths as the screens say them: in the station's zone, whatever the system's locale."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tmcwall.domain.clock import MONTHS_ID
from tmcwall.texts import Language, Translator


def date_text(day: date, translate: Translator) -> str:
    """`20 Maret 2025`; in English with the same order and the Indonesian table's number of the month."""
    if translate.language is Language.EN:
        return f"{day:%Y-%m-%d}"
    return f"{day.day} {MONTHS_ID[day.month - 1]} {day.year}"


def moment_text(moment: datetime, translate: Translator) -> str:
    """`10 Maret 2025, 14.30.05 WIB`."""
    return f"{cell_moment_text(moment, translate)} {translate.zone}"


def cell_moment_text(moment: datetime, translate: Translator) -> str:
    """`10 Maret 2025, 14.30.05`, for a table whose heading names the zone."""
    zone = translate.zone
    return f"{date_text(zone.date_of(moment), translate)}, {zone.time_of_day(moment)}"


def time_text(moment: datetime, translate: Translator) -> str:
    """`14.30.05 WIB`."""
    return f"{translate.zone.time_of_day(moment)} {translate.zone}"


def length_text(length: timedelta) -> str:
    """Minutes and seconds: `00.45`."""
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    return f"{minutes:02}.{seconds:02}"


def long_moment_text(moment: datetime, translate: Translator) -> str:
    """`10 Maret 2025 pukul 14.30 WIB`; in English `2025-03-10, 14.30.05 WIB`."""
    if translate.language is Language.EN:
        return moment_text(moment, translate)
    return translate.zone.long_text(moment)
