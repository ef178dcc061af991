"""SP2HP reminders: the test vectors of domain notes 1.6."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tmcwall.domain.case import Case, Difficulty, Stage
from tmcwall.domain.sp2hp import LetterCode, Preset, ReminderRules, due_dates, next_reminder
from tmcwall.domain.station_zone import StationZone

START = date(2025, 3, 10)
INQUIRY = Case("c", "LP", "LP", datetime(2025, 3, 10, 2, tzinfo=UTC), "12345678", lp_date=START)
INVESTIGATION = replace(INQUIRY, stage=Stage.INVESTIGATION, investigation_started=START, difficulty=Difficulty.EASY)


@pytest.mark.parametrize(
    ("difficulty", "days"),
    [
        (Difficulty.EASY, ["2025-03-20", "2025-03-30", "2025-04-09"]),
        (Difficulty.MODERATE, ["2025-03-25", "2025-04-09", "2025-04-24", "2025-05-09"]),
        (
            Difficulty.HARD,
            ["2025-03-25", "2025-04-09", "2025-04-24", "2025-05-09", "2025-05-24", "2025-06-08"],
        ),
        (
            Difficulty.VERY_HARD,
            ["2025-03-30", "2025-04-19", "2025-05-09", "2025-05-29", "2025-06-18", "2025-07-08"],
        ),
    ],
)
def test_letters_of_an_investigation_are_due_by_difficulty(difficulty: Difficulty, days: list[str]) -> None:
    found = due_dates(START, stage=Stage.INVESTIGATION, difficulty=difficulty)
    assert [day.isoformat() for day in found] == days


def test_the_first_letter_is_due_three_days_after_the_report() -> None:
    reminder = next_reminder(INQUIRY, today=date(2025, 3, 12))
    assert reminder is not None
    assert (reminder.code, reminder.nth, reminder.due, reminder.overdue) == (LetterCode.A1, 1, date(2025, 3, 13), False)


def test_without_a_report_date_the_day_of_entry_in_wib_counts() -> None:
    case = replace(INQUIRY, lp_date=None, opened_at=datetime(2025, 3, 9, 18, tzinfo=UTC))
    reminder = next_reminder(case, today=START)
    assert reminder is not None
    assert reminder.due == date(2025, 3, 13)


def test_a_letter_is_overdue_from_the_day_after() -> None:
    on_the_day = next_reminder(INQUIRY, today=date(2025, 3, 13))
    day_after = next_reminder(INQUIRY, today=date(2025, 3, 14))
    assert on_the_day is not None
    assert day_after is not None
    assert (on_the_day.overdue, on_the_day.days_left) == (False, 0)
    assert (day_after.overdue, day_after.days_left) == (True, -1)


@pytest.mark.parametrize(("difficulty", "due"), [(Difficulty.MODERATE, 27), (Difficulty.EASY, 27)])
def test_progress_in_an_inquiry_is_due_two_weeks_after_the_last_letter(difficulty: Difficulty, due: int) -> None:
    case = replace(INQUIRY, last_letter=date(2025, 3, 13), difficulty=difficulty)
    reminder = next_reminder(case, today=START)
    assert reminder is not None
    assert (reminder.due, reminder.code, reminder.nth) == (date(2025, 3, due), None, None)


def test_progress_in_a_hard_inquiry_is_due_after_thirty_days() -> None:
    case = replace(INQUIRY, last_letter=date(2025, 3, 13), difficulty=Difficulty.HARD)
    reminder = next_reminder(case, today=START)
    assert reminder is not None
    assert reminder.due == date(2025, 4, 12)


def test_an_investigation_begins_with_a3_and_goes_on_with_a4_until_its_dates_are_met() -> None:
    codes = []
    for last in (None, date(2025, 3, 20), date(2025, 3, 30), date(2025, 4, 9)):
        reminder = next_reminder(replace(INVESTIGATION, last_letter=last), today=START)
        codes.append(reminder and (reminder.code, reminder.nth, reminder.due.isoformat()))
    assert codes == [
        (LetterCode.A3, 1, "2025-03-20"),
        (LetterCode.A4, 2, "2025-03-30"),
        (LetterCode.A4, 3, "2025-04-09"),
        None,
    ]


def test_a_letter_of_the_inquiry_does_not_count_for_the_investigation() -> None:
    reminder = next_reminder(replace(INVESTIGATION, last_letter=date(2025, 3, 1)), today=START)
    assert reminder is not None
    assert reminder.code is LetterCode.A3


def test_monthly_preset_keeps_to_the_end_of_a_short_month() -> None:
    case = replace(INQUIRY, lp_date=date(2025, 1, 31))
    reminder = next_reminder(case, today=START, rules=ReminderRules(Preset.BULANAN))
    assert reminder is not None
    assert reminder.due == date(2025, 2, 28)
    december = replace(INQUIRY, lp_date=date(2025, 12, 15))
    reminder = next_reminder(december, today=START, rules=ReminderRules(Preset.BULANAN))
    assert reminder is not None
    assert reminder.due == date(2026, 1, 15)


def test_preset_by_development_only_warns_of_thirty_silent_days() -> None:
    rules = ReminderRules(Preset.PERKEMBANGAN)
    assert due_dates(START, stage=Stage.INVESTIGATION, difficulty=Difficulty.EASY, rules=rules) == ()
    assert next_reminder(INQUIRY, today=START, rules=rules) is None
    reminder = next_reminder(INVESTIGATION, today=date(2025, 4, 10), rules=rules)
    assert reminder is not None
    assert (reminder.due, reminder.overdue) == (date(2025, 4, 9), True)


def test_the_days_of_a_preset_are_the_stations() -> None:
    rules = ReminderRules(
        first_letter_days=5,
        inquiry_days=dict.fromkeys(Difficulty, 7),
        investigation_days=dict.fromkeys(Difficulty, (40, 20)),
    )
    first = next_reminder(INQUIRY, today=START, rules=rules)
    later = next_reminder(replace(INQUIRY, last_letter=date(2025, 3, 15)), today=START, rules=rules)
    assert first is not None
    assert later is not None
    assert (first.due, later.due) == (date(2025, 3, 15), date(2025, 3, 22))
    dates = due_dates(START, stage=Stage.INVESTIGATION, difficulty=Difficulty.HARD, rules=rules)
    assert dates == (date(2025, 3, 30), date(2025, 4, 19))


def test_a_station_sets_how_long_an_investigation_may_be_silent() -> None:
    rules = ReminderRules(Preset.PERKEMBANGAN, silent_days=10)
    reminder = next_reminder(INVESTIGATION, today=START, rules=rules)
    assert reminder is not None
    assert reminder.due == date(2025, 3, 20)


@pytest.mark.parametrize("preset", Preset)
def test_a_closed_case_needs_no_letter(preset: Preset) -> None:
    assert next_reminder(replace(INQUIRY, stage=Stage.CLOSED), today=START, rules=ReminderRules(preset)) is None


@pytest.mark.parametrize(("zone", "due"), [(StationZone.WIB, date(2025, 3, 13)), (StationZone.WIT, date(2025, 3, 14))])
def test_without_an_lp_date_the_stations_day_of_entry_counts(zone: StationZone, due: date) -> None:
    entered_at_half_past_midnight_in_the_east = datetime(2025, 3, 10, 15, 30, tzinfo=UTC)
    case = replace(INQUIRY, lp_date=None, opened_at=entered_at_half_past_midnight_in_the_east)
    reminder = next_reminder(case, today=date(2025, 3, 11), zone=zone)
    assert reminder is not None
    assert reminder.due == due
