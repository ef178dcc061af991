"""When the reporter of a case should next hear of it (SP2HP): an internal reminder, not a rule of law.

Presets and their sources: domain notes 1.6; the days are the station's to change. Calendar days, counted on the
station's dates, not shifted for weekends.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.case import Case, Difficulty, Stage
from tmcwall.domain.station_zone import StationZone


class Preset(StrEnum):
    KLASIK = "klasik"
    """10/20/30 days and the like by difficulty: what most stations know; the regulation behind it is revoked."""
    BULANAN = "bulanan"
    """At least once a month (Perkap 12/2009, revoked)."""
    PERKEMBANGAN = "perkembangan"
    """At every development (Perkabareskrim 1/2022): no dates, only a warning after 30 silent days."""


_INQUIRY_DAYS = {Difficulty.EASY: 14, Difficulty.MODERATE: 14, Difficulty.HARD: 30, Difficulty.VERY_HARD: 30}
_INVESTIGATION_DAYS = {
    Difficulty.EASY: (10, 20, 30),
    Difficulty.MODERATE: (15, 30, 45, 60),
    Difficulty.HARD: (15, 30, 45, 60, 75, 90),
    Difficulty.VERY_HARD: (20, 40, 60, 80, 100, 120),
}


@dataclass(frozen=True, slots=True)
class ReminderRules:
    """A preset with its days, as the station has set them; by default those that the sources give."""

    preset: Preset = Preset.KLASIK
    first_letter_days: int = 3
    """KLASIK: from the LP to the first letter."""
    inquiry_days: Mapping[Difficulty, int] = field(default_factory=lambda: dict(_INQUIRY_DAYS))
    """KLASIK: from one letter of an inquiry to the next."""
    investigation_days: Mapping[Difficulty, Iterable[int]] = field(default_factory=lambda: dict(_INVESTIGATION_DAYS))
    """KLASIK: from the Sprindik."""
    silent_days: int = 30
    """PERKEMBANGAN: of an investigation without a letter."""


class LetterCode(StrEnum):
    """Printed in the letter's corner. A2 and A5 mean opposite things at different stations: no reminder names them."""

    A1 = "A1"
    """Who handles the report."""
    A2 = "A2"
    """See `A2Meaning`."""
    A3 = "A3"
    """The inquiry has become an investigation."""
    A4 = "A4"
    """Progress of the investigation."""
    A5 = "A5"
    """Stopped."""


class A2Meaning(StrEnum):
    """Which of two opposite things a station says with A2 (domain notes 1.3)."""

    CONTINUED = "berlanjut"
    """The inquiry goes on: it cannot become an investigation yet."""
    STOPPED = "dihentikan"
    """The inquiry was stopped (Surat Ketetapan Penghentian Penyelidikan)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """The next letter. `nth` counts within the stage from 1; it is None where only the last letter is known."""

    preset: Preset
    stage: Stage
    nth: int | None
    code: LetterCode | None
    """None for progress within the inquiry: each station has its own code for it."""
    due: date
    overdue: bool
    days_left: int
    """Days from today to `due`; negative when overdue."""


KLASIK_RULES: Final = ReminderRules()
"""What holds where a station has set nothing."""


def due_dates(
    start: date, *, stage: Stage, difficulty: Difficulty, rules: ReminderRules = KLASIK_RULES
) -> tuple[date, ...]:
    """The dates fixed by the start of a stage (LP date, or date of the Sprindik); later ones follow the last letter."""
    if stage is Stage.CLOSED or rules.preset is Preset.PERKEMBANGAN:
        return ()
    if rules.preset is Preset.BULANAN:
        return (_next_month(start),)
    if stage is Stage.INQUIRY:
        return (start + timedelta(days=rules.first_letter_days),)
    return tuple(start + timedelta(days=days) for days in sorted(set(rules.investigation_days[difficulty])))


def next_reminder(
    case: Case, *, today: date, rules: ReminderRules = KLASIK_RULES, zone: StationZone = StationZone.WIB
) -> Reminder | None:
    """The next letter that is due, or None when the case is closed or the preset asks for no further one.

    A letter meets every date up to and including its own; without an LP date the day the case was entered counts, by
    the calendar of `zone`, as `today` is.
    """
    if case.stage is Stage.CLOSED:
        return None
    start = _start(case, zone)
    last = case.last_letter if case.last_letter is not None and case.last_letter >= start else None
    step = _next_step(case, start=start, last=last, rules=rules)
    if step is None:
        return None
    nth, due = step
    return Reminder(rules.preset, case.stage, nth, _code(case.stage, nth), due, today > due, (due - today).days)


def _start(case: Case, zone: StationZone) -> date:
    if case.stage is Stage.INVESTIGATION and case.investigation_started is not None:
        return case.investigation_started
    return case.lp_date or zone.date_of(case.opened_at)


def _next_step(case: Case, *, start: date, last: date | None, rules: ReminderRules) -> tuple[int | None, date] | None:
    nth = 1 if last is None else None
    if rules.preset is Preset.PERKEMBANGAN:
        silent_since = last or case.last_letter or start
        return None if case.stage is Stage.INQUIRY else (nth, silent_since + timedelta(days=rules.silent_days))
    if rules.preset is Preset.BULANAN:
        return nth, _next_month(last or start)
    dates = due_dates(start, stage=case.stage, difficulty=case.difficulty, rules=rules)
    if case.stage is Stage.INQUIRY and last is not None:
        return None, last + timedelta(days=rules.inquiry_days[case.difficulty])
    ahead = [(number, due) for number, due in enumerate(dates, start=1) if last is None or due > last]
    return ahead[0] if ahead else None


def _code(stage: Stage, nth: int | None) -> LetterCode | None:
    if stage is Stage.INQUIRY:
        return LetterCode.A1 if nth == 1 else None
    return LetterCode.A3 if nth == 1 else LetterCode.A4


def _next_month(day: date) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
