"""Where units are: cars, motorcycles, officers on foot. The last known position, and how old it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Position

STALE_AFTER: Final = timedelta(minutes=2)
GONE_AFTER: Final = timedelta(hours=8)
"""A shift later it says nothing any more."""


class UnitKind(StrEnum):
    CAR = "mobil"
    MOTORCYCLE = "motor"
    ON_FOOT = "jalan_kaki"
    AMBULANCE = "ambulans"
    FIRE_ENGINE = "damkar"
    OTHER = "lainnya"


@dataclass(frozen=True, slots=True)
class UnitPosition:
    """`unit` is its call sign, `source` the system that says where it is, `at` when it was there."""

    unit: str
    kind: UnitKind
    position: Position
    accuracy_m: float | None
    at: datetime
    source: str
    note: str = ""

    def age(self, now: datetime) -> timedelta:
        """Never below nothing: clocks differ by seconds."""
        return max(now - self.at, timedelta())

    def is_stale(self, now: datetime) -> bool:
        return self.age(now) > STALE_AFTER

    def is_gone(self, now: datetime) -> bool:
        return self.age(now) > GONE_AFTER
