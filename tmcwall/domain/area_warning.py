"""Warnings for an area, as a weather service issues them: where, until when, how grave, and who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Drill


class WarningSeverity(StrEnum):
    """The words of CAP 1.2."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class WarnedCircle:
    """As CAP says it: a middle and a radius."""

    centre: Position
    radius_km: float


@dataclass(frozen=True, slots=True)
class WarnedArea:
    """`polygons` are closed rings: the first position is the last one, too. `codes` are names and values of codes."""

    description: str
    polygons: tuple[tuple[Position, ...], ...] = ()
    circles: tuple[WarnedCircle, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AreaWarning:
    """One warning as it was issued last. `id` is the sender's."""

    id: str
    sender: str
    attribution: str
    """Who has to be named wherever it is shown."""
    event: str
    severity: WarningSeverity
    headline: str
    description: str
    drill: Drill
    sent_at: datetime
    effective_at: datetime
    expires_at: datetime
    areas: tuple[WarnedArea, ...]

    def is_valid(self, now: datetime) -> bool:
        return self.effective_at <= now < self.expires_at


_GRAVEST = list(WarningSeverity)


def valid_now(warnings: Iterable[AreaWarning], now: datetime) -> tuple[AreaWarning, ...]:
    """Those that hold at that moment: real ones before exercises, the gravest first, then the ones that end first."""
    return tuple(
        sorted(
            (warning for warning in warnings if warning.is_valid(now)),
            key=lambda one: (one.drill is not Drill.ACTUAL, _GRAVEST.index(one.severity), one.expires_at, one.id),
        )
    )
