"""Why a file is not taken as a map, or not all of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class MapRefusal(Enum):
    """One sentence each in `texts.map`."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    """Damaged, or none of the formats it says it is."""
    VECTOR = "vector"
    """Its tiles are no pictures."""
    TOO_LARGE = "too large"
    FEATURES_SKIPPED = "features skipped"
    """The rest of it is shown."""


@dataclass(frozen=True, slots=True)
class MapProblem:
    """What is wrong with one file."""

    file: str
    refusal: MapRefusal
    count: int = 0
    """Of the features that were left out."""
