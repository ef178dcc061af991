"""When traffic is dense enough to think of local one-way traffic: an indicator, never a decision.

The published rule for the gate Kalikangkung is 3,000 vehicles an hour in three hours running, or 4,000 in one; one
source says "reaches 3,000", another "above 3,000", so the comparison is a setting. The decision is the traffic
directorate's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.traffic_count import HOUR, MOST_VEHICLES_PER_HOUR, hour_of

_MOST_HOURS: Final = 24


class Comparison(StrEnum):
    REACHES = ">="
    EXCEEDS = ">"


class OneWayState(StrEnum):
    ON = "on"
    OFF = "off"
    TOO_LITTLE_DATA = "too_little_data"
    """Counts as off: an hour that nobody has counted fulfils nothing."""


@dataclass(frozen=True, slots=True)
class OneWayRule:
    """Thresholds in vehicles an hour. Raises DomainError(FIELD_INVALID) for numbers that make no rule."""

    sustained: int = 3000
    hours: int = 3
    once: int = 4000
    comparison: Comparison = Comparison.REACHES

    def __post_init__(self) -> None:
        if not (1 <= self.hours <= _MOST_HOURS and 1 <= self.sustained <= self.once <= MOST_VEHICLES_PER_HOUR):
            raise DomainError(DomainCode.FIELD_INVALID, "one-way rule")

    def fulfils(self, vehicles: int, threshold: int) -> bool:
        return vehicles >= threshold if self.comparison is Comparison.REACHES else vehicles > threshold


@dataclass(frozen=True, slots=True)
class OneWayIndication:
    """`counted` are the hours that were looked at, the oldest first; None was not counted. `until` is their end."""

    state: OneWayState
    counted: tuple[int | None, ...]
    until: datetime | None = None


def judge(counted: Sequence[int | None], rule: OneWayRule) -> OneWayState:
    """Of the last hours, the oldest first; of more than the rule asks for, the last ones."""
    last = [*counted][-rule.hours :]
    if any(vehicles is not None and rule.fulfils(vehicles, rule.once) for vehicles in last):
        return OneWayState.ON
    known = [vehicles for vehicles in last if vehicles is not None]
    if len(known) < rule.hours:
        return OneWayState.TOO_LITTLE_DATA
    return OneWayState.ON if all(rule.fulfils(one, rule.sustained) for one in known) else OneWayState.OFF


def indicate(
    hours: Mapping[datetime, int], rule: OneWayRule, *, now: datetime, grace: timedelta = timedelta(minutes=15)
) -> OneWayIndication:
    """Of the last whole hours before `now`. A counter may be late by `grace`; then its hour is missing."""
    newest = hour_of(now) - HOUR
    if newest not in hours and now - hour_of(now) < grace:
        newest -= HOUR
    wanted = [newest - HOUR * back for back in reversed(range(rule.hours))]
    counted = tuple(hours.get(hour) for hour in wanted)
    return OneWayIndication(judge(counted, rule), counted, newest + HOUR)


def parse_gate(text: str) -> tuple[str, OneWayRule]:
    """A gate as the settings write it: `KLK`, or with its own rule `KLK >= 3000 3 4000` (or `>`): vehicles an hour,
    hours running, vehicles in one hour. Raises DomainError(FIELD_INVALID).
    """
    words = text.split()
    if len(words) == 1:
        return words[0], OneWayRule()
    try:
        place, comparison, sustained, hours, once = words
        return place, OneWayRule(int(sustained), int(hours), int(once), Comparison(comparison))
    except ValueError:
        raise DomainError(DomainCode.FIELD_INVALID, "one-way gate") from None
