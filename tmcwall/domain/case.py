"""Cases and their police report numbers (LP)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from tmcwall.domain.lpspelling import NAMED_UNITS, is_polda, plain_text, spelled_number
from tmcwall.domain.officer import LONGEST_UNIT
from tmcwall.domain.shape import Id, Longest


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
    UNREAD_WORDS = "unread_words"
    """Words that are not understood stand in it or behind it."""
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

    id: Id
    lp: str
    lp_normalised: str
    opened_at: datetime
    opened_by: Id
    lp_date: date | None = None
    difficulty: Difficulty = Difficulty.MODERATE
    stage: Stage = Stage.INQUIRY
    investigation_started: date | None = None
    """The date of the Sprindik."""
    last_letter: date | None = None
    forced_reason: str = ""
    unit: Annotated[str, Longest(LONGEST_UNIT)] = ""
    """The unit (satuan) whose case it is; empty: everybody's."""


LONGEST_LP = 200
"""Characters of a report number; the longest real one seen has 70."""

_BARE_UNITS = frozenset(NAMED_UNITS)
_UNITS = _BARE_UNITS | {"BARESKRIM", "MABES", "POLRI"}
"""First words of units; domain notes 2.4."""
_CASES = UUID("7d0c9b52-4f0e-5f5e-9d58-6b1f6f0a3c11")


def normalise_lp(raw: str) -> str:
    """How report numbers are compared: in the one spelling of domain.lpspelling, or as plain text what is no number."""
    text = plain_text(raw)
    spelled = spelled_number(text)
    return spelled.text if spelled else text


def case_id(lp_normalised: str) -> str:
    """The identity of the case with that number: workstations that open it without seeing each other agree on it."""
    return str(uuid5(_CASES, lp_normalised))


def parse_lp(raw: str, *, lp_date: date | None = None) -> LpNumber:
    """Reads a report number. Never raises: what breaks the pattern is `REJECTED` and may be forced with a reason.

    Pattern and outcomes: `LP/{A|B}/{number}/{Roman month}/{year}/{desk}/{unit}[/{parent}]/{POLDA}`, domain notes 2.2.
    """
    text = plain_text(raw)
    spelled = spelled_number(text) if text.isprintable() else None
    if spelled is None or len(spelled.text) > LONGEST_LP:
        return LpNumber(raw, normalise_lp(raw), LpOutcome.REJECTED)
    found = {
        LpWarning.NOT_A_REPORT: spelled.kind != "LP",
        LpWarning.NO_MODEL: spelled.model is None,
        LpWarning.MODEL_C: spelled.model == "C",
        LpWarning.DATE_DIFFERS: lp_date is not None and (lp_date.year, lp_date.month) != (spelled.year, spelled.month),
        **_unit_warnings(spelled.desk, spelled.units),
        LpWarning.UNREAD_WORDS: spelled.unread,
    }
    warnings = tuple(warning for warning, holds in found.items() if holds)
    return LpNumber(
        raw, spelled.text, LpOutcome.WARNINGS if warnings else LpOutcome.VALID, warnings,
        kind=spelled.kind, model=spelled.model, sequence=spelled.sequence, month=spelled.month, year=spelled.year,
        desk=spelled.desk, units=spelled.units,
    )  # fmt: skip


def _unit_warnings(desk: str, units: tuple[str, ...]) -> dict[LpWarning, bool]:
    """Numbers from before 2021 name no desk and no Polda, so nothing else is asked of their units."""
    if re.fullmatch(r"SPKT(?:[. ].+)?", desk) is None:
        return {LpWarning.OLD_FORMAT: True}
    return {
        LpWarning.UNNAMED_UNIT: not units or any(unit in _BARE_UNITS for unit in units),
        LpWarning.UNKNOWN_UNIT: any(
            unit.split(" ", 1)[0] not in _UNITS or (unit.startswith("POLDA ") and not is_polda(unit)) for unit in units
        ),
        LpWarning.NO_POLDA: not any(unit.startswith("POLDA ") for unit in units),
    }
