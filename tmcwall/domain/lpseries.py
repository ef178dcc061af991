"""Report numbers against those that are known: each unit counts its reports through the year, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tmcwall.domain.case import LpNumber, LpOutcome, LpWarning

LARGEST_GAP: Final = 300
"""Not every report becomes a case here, so that numbers are missing between two that are known; a digit too many makes
a larger leap."""

_Series = tuple[str, str | None, str, tuple[str, ...], int | None]


class KnownNumbers:
    """What has been counted so far, by kind, model, desk, units and year.

    A number leaves its series where it is not above those of earlier months, not below those of later ones, or leaps
    by more than `largest_gap` over the greatest known by then; 0 allows any leap. Of a series that is not known yet
    nothing is said.
    """

    def __init__(self, *, largest_gap: int = LARGEST_GAP) -> None:
        self._largest_gap = largest_gap
        self._counted: defaultdict[_Series, dict[str, tuple[int, int]]] = defaultdict(dict)
        """Month and sequence of each number, by its normalised text."""

    def add(self, numbers: Iterable[LpNumber]) -> None:
        for number in numbers:
            if number.month is not None and number.sequence is not None:
                self._counted[_series(number)][number.normalised] = (number.month, number.sequence)

    def check(self, number: LpNumber) -> LpNumber:
        """The number, with a warning where it leaves its series; a number that is known is a case that exists."""
        known = self._counted.get(_series(number), {})
        if number.month is None or number.sequence is None or number.normalised in known:
            return number
        if self._fits(number.month, number.sequence, list(known.values())):
            return number
        return replace(number, outcome=LpOutcome.WARNINGS, warnings=(*number.warnings, LpWarning.SEQUENCE_GAP))

    def _fits(self, month: int, sequence: int, known: list[tuple[int, int]]) -> bool:
        goes_back = any(counted >= sequence for earlier, counted in known if earlier < month)
        runs_ahead = any(counted <= sequence for later, counted in known if later > month)
        by_then = [counted for when, counted in known if when <= month]
        leaps = bool(self._largest_gap and by_then) and sequence - max(by_then) > self._largest_gap
        return not (goes_back or runs_ahead or leaps)


def _series(number: LpNumber) -> _Series:
    return number.kind, number.model, number.desk, number.units, number.year
