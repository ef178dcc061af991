"""A report number beside the others of its unit: domain notes 2.2, "sequence gap"."""

import pytest

from tmcwall.domain.case import LpOutcome, LpWarning, parse_lp
from tmcwall.domain.lpseries import KnownNumbers


def lp(sequence, month, *, year=2025, model="B", unit="POLRESTA SURAKARTA"):
    return parse_lp(f"LP/{model}/{sequence}/{month}/{year}/SPKT/{unit}/POLDA JAWA TENGAH")


@pytest.fixture
def known():
    known = KnownNumbers()
    known.add([lp(40, "I"), lp(123, "III"), lp(190, "V")])
    return known


@pytest.mark.parametrize(
    "number",
    [lp(41, "I"), lp(90, "II"), lp(123, "III"), lp(101, "III"), lp(160, "IV"), lp(180, "V"), lp(490, "VI")],
)
def test_a_number_that_lies_between_its_neighbours_is_valid(known, number):
    assert known.check(number) == number
    assert number.outcome is LpOutcome.VALID


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (lp(1230, "V"), "a digit too many"),
        (lp(491, "VI"), "one more than the largest gap"),
        (lp(16, "IV"), "a digit too few: below an earlier month's"),
        (lp(123, "IV"), "the number of an earlier month again"),
        (lp(125, "II"), "above a later month's"),
    ],
)
def test_a_number_that_leaps_or_goes_back_is_accepted_with_a_warning(known, number, what):
    checked = known.check(number)
    assert checked.outcome is LpOutcome.WARNINGS, what
    assert checked.warnings == (LpWarning.SEQUENCE_GAP,)


@pytest.mark.parametrize(
    "number", [lp(5000, "V", unit="POLRES KENDAL"), lp(5000, "V", model="A"), lp(5000, "V", year=2024)]
)
def test_each_unit_model_and_year_counts_for_itself(known, number):
    assert known.check(number) == number


def test_earlier_warnings_stay_and_what_is_rejected_stays_rejected(known):
    no_model = parse_lp("LP/9/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH")
    known.add([no_model])
    later = parse_lp("LP/900/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH")
    assert known.check(later).warnings == (LpWarning.NO_MODEL, LpWarning.SEQUENCE_GAP)
    assert known.check(parse_lp("rusak")).outcome is LpOutcome.REJECTED


def test_a_leap_of_any_length_is_allowed_where_the_settings_say_so():
    known = KnownNumbers(largest_gap=0)
    known.add([lp(40, "I")])
    assert known.check(lp(9000, "II")).outcome is LpOutcome.VALID
