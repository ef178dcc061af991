"""Cases and their police report numbers (LP)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
