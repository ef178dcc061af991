"""Cases and their police report numbers (LP)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5


class Difficulty(StrEnum):
    """Perkap 14/2012 article 18."""

    EASY = "ringan"
    MODERATE = "sedang"
    HARD = "sulit"
    VERY_HARD = "sangat_sulit"


class Stage(StrEnum):
    INQUIRY = "penyelidikan"
    INVESTIGATION = "penyidikan"
    CLOSED = "selesai"


class LpOutcome(StrEnum):
    VALID = "valid"
    WARNINGS = "warnings"
    REJECTED = "rejected"


class LpWarning(StrEnum):
    NO_MODEL = "no_model"
    MODEL_C = "model_c"
    UNNAMED_UNIT = "unnamed_unit"
    NO_POLDA = "no_polda"
    OLD_FORMAT = "old_format"
    NOT_A_REPORT = "not_a_report"
    """A complaint (DUMAS) or information (LI), not an LP."""
    DATE_DIFFERS = "date_differs"
    UNKNOWN_UNIT = "unknown_unit"
    """A unit of no kind that is known, such as a Polres."""
    SEQUENCE_GAP = "sequence_gap"
    """It does not follow on the numbers that are known of that unit (domain.lpseries)."""


@dataclass(frozen=True, slots=True)
class LpNumber:
    """A report number as written and as compared. Two that normalise equal are the same case."""

    raw: str
    normalised: str
    outcome: LpOutcome
    warnings: tuple[LpWarning, ...] = ()
    kind: str = ""
    model: str | None = None
    sequence: int | None = None
    month: int | None = None
    year: int | None = None
    desk: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case that footage is tagged to. `forced_reason` is set when an old number was kept against the rules."""

    id: str
    lp: str
    lp_normalised: str
    opened_at: datetime
    opened_by: str
    lp_date: date | None = None
    difficulty: Difficulty = Difficulty.MODERATE
    stage: Stage = Stage.INQUIRY
    investigation_started: date | None = None
    """The date of the Sprindik."""
    last_letter: date | None = None
    forced_reason: str = ""


LONGEST_LP = 200
"""Characters of a report number; the longest real one seen has 70."""

_PREFIX = re.compile(r"(?:(?:NOMOR|NO)\b[\s.:]*)+")
_NUMBER = re.compile(
    r"(?P<kind>LP|DUMAS|LI)/(?:(?P<model>[ABC])/)?(?P<sequence>[0-9]{1,6})"
    r"/(?P<month>XII|XI|X|IX|VIII|VII|VI|V|IV|III|II|I)\.?/(?P<year>(?:19|20)[0-9]{2})"
    r"/(?P<desk>SPKT(?:[. ][A-Z ]+)?|[A-Z]+)(?P<units>(?:/[^/]+)*)"
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_BARE_UNITS = frozenset({"POLSEK", "POLRES", "POLRESTA", "POLRESTABES", "POLDA", "POLSEKTA"})
_UNITS = _BARE_UNITS | {"BARESKRIM", "MABES", "POLRI"}
"""First words of units; domain notes 2.4."""
_CASES = UUID("7d0c9b52-4f0e-5f5e-9d58-6b1f6f0a3c11")


def normalise_lp(raw: str) -> str:
    """How report numbers are compared: no leading `Nomor:`, no spaces around `/`, upper case."""
    text = " ".join(raw.split()).upper()
    text = _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text
    return "/".join(part.strip() for part in text.split("/"))


def case_id(lp_normalised: str) -> str:
    """The identity of the case with that number: workstations that open it without seeing each other agree on it."""
    return str(uuid5(_CASES, lp_normalised))


def parse_lp(raw: str, *, lp_date: date | None = None) -> LpNumber:
    """Reads a report number. Never raises: what breaks the pattern is `REJECTED` and may be forced with a reason.

    Pattern and outcomes: `LP/{A|B}/{number}/{Roman month}/{year}/{desk}/{unit}[/{parent}]/{POLDA}`, domain notes 2.2.
    """
    normalised = normalise_lp(raw)
    match = _NUMBER.fullmatch(normalised)
    if match is None or len(normalised) > LONGEST_LP or not normalised.isprintable():
        return LpNumber(raw, normalised, LpOutcome.REJECTED)
    units = tuple(match["units"].split("/")[1:])
    month, year = _ROMAN.index(match["month"]) + 1, int(match["year"])
    found = {
        LpWarning.NOT_A_REPORT: match["kind"] != "LP",
        LpWarning.NO_MODEL: match["model"] is None,
        LpWarning.MODEL_C: match["model"] == "C",
        LpWarning.DATE_DIFFERS: lp_date is not None and (lp_date.year, lp_date.month) != (year, month),
        **_unit_warnings(match["desk"], units),
    }
    warnings = tuple(warning for warning, holds in found.items() if holds)
    return LpNumber(
        raw, normalised, LpOutcome.WARNINGS if warnings else LpOutcome.VALID, warnings,
        kind=match["kind"], model=match["model"], sequence=int(match["sequence"]), month=month, year=year,
        desk=match["desk"], units=units,
    )  # fmt: skip


def _unit_warnings(desk: str, units: tuple[str, ...]) -> dict[LpWarning, bool]:
    """Numbers from before 2021 name no desk and no Polda, so nothing else is asked of their units."""
    if re.fullmatch(r"SPKT(?:[. ].+)?", desk) is None:
        return {LpWarning.OLD_FORMAT: True}
    return {
        LpWarning.UNNAMED_UNIT: not units or any(unit in _BARE_UNITS for unit in units),
        LpWarning.UNKNOWN_UNIT: any(unit.split(" ", 1)[0] not in _UNITS for unit in units),
        LpWarning.NO_POLDA: not any(unit.startswith("POLDA ") for unit in units),
    }
