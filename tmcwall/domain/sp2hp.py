"""When the reporter of a case should next hear of it (SP2HP): an internal reminder, not a rule of law.

Presets and their sources: domain notes 1.6. Calendar days, counted on the station's dates, not shifted for weekends.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tmcwall.domain.case import Case, Difficulty, Stage
from tmcwall.domain.station_zone import StationZone


class Preset(StrEnum):
    KLASIK = "klasik"
    """10/20/30 days and the like by difficulty: what most stations know; the regulation behind it is revoked."""
    BULANAN = "bulanan"
    """At least once a month (Perkap 12/2009, revoked)."""
    PERKEMBANGAN = "perkembangan"
    """At every development (Perkabareskrim 1/2022): no dates, only a warning after 30 silent days."""


class LetterCode(StrEnum):
    """A2 and A5 mean opposite things at different stations, so no reminder ever names them."""

    A1 = "A1"
    A3 = "A3"
    A4 = "A4"


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


FIRST_LETTER_DAYS = 3
SILENT_DAYS = 30

_INQUIRY_DAYS = {Difficulty.EASY: 14, Difficulty.MODERATE: 14, Difficulty.HARD: 30, Difficulty.VERY_HARD: 30}
_INVESTIGATION_DAYS = {
    Difficulty.EASY: (10, 20, 30),
    Difficulty.MODERATE: (15, 30, 45, 60),
    Difficulty.HARD: (15, 30, 45, 60, 75, 90),
    Difficulty.VERY_HARD: (20, 40, 60, 80, 100, 120),
}


def due_dates(start: date, *, stage: Stage, difficulty: Difficulty, preset: Preset = Preset.KLASIK) -> tuple[date, ...]:
    """The dates fixed by the start of a stage (LP date, or date of the Sprindik); later ones follow the last letter."""
    if stage is Stage.CLOSED or preset is Preset.PERKEMBANGAN:
        return ()
    if preset is Preset.BULANAN:
        return (_next_month(start),)
    if stage is Stage.INQUIRY:
        return (start + timedelta(days=FIRST_LETTER_DAYS),)
    return tuple(start + timedelta(days=days) for days in _INVESTIGATION_DAYS[difficulty])


def next_reminder(
    case: Case, *, today: date, preset: Preset = Preset.KLASIK, zone: StationZone = StationZone.WIB
) -> Reminder | None:
    """The next letter that is due, or None when the case is closed or the preset asks for no further one.

    A letter meets every date up to and including its own; without an LP date the day the case was entered counts, by
    the calendar of `zone`, as `today` is.
    """
    if case.stage is Stage.CLOSED:
        return None
    start = _start(case, zone)
    last = case.last_letter if case.last_letter is not None and case.last_letter >= start else None
    step = _next_step(case, start=start, last=last, preset=preset)
    if step is None:
        return None
    nth, due = step
    return Reminder(preset, case.stage, nth, _code(case.stage, nth), due, today > due, (due - today).days)


def _start(case: Case, zone: StationZone) -> date:
    if case.stage is Stage.INVESTIGATION and case.investigation_started is not None:
        return case.investigation_started
    return case.lp_date or zone.date_of(case.opened_at)


def _next_step(case: Case, *, start: date, last: date | None, preset: Preset) -> tuple[int | None, date] | None:
    nth = 1 if last is None else None
    if preset is Preset.PERKEMBANGAN:
        silent_since = last or case.last_letter or start
        return None if case.stage is Stage.INQUIRY else (nth, silent_since + timedelta(days=SILENT_DAYS))
    if preset is Preset.BULANAN:
        return nth, _next_month(last or start)
    dates = due_dates(start, stage=case.stage, difficulty=case.difficulty, preset=preset)
    if case.stage is Stage.INQUIRY and last is not None:
        return None, last + timedelta(days=_INQUIRY_DAYS[case.difficulty])
    ahead = [(number, due) for number, due in enumerate(dates, start=1) if last is None or due > last]
    return ahead[0] if ahead else None


def _code(stage: Stage, nth: int | None) -> LetterCode | None:
    if stage is Stage.INQUIRY:
        return LetterCode.A1 if nth == 1 else None
    return LetterCode.A3 if nth == 1 else LetterCode.A4


def _next_month(day: date) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
