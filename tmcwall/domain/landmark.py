"""Crossings and landmarks: what people name when they say where something happens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.camera import Position
from tmcwall.domain.shape import Between, Id, Longest

LONGEST_NAME: Final = 120
MOST_SYNONYMS: Final = 20
USUAL_RADIUS_M: Final = 50.0


class LandmarkKind(StrEnum):
    CROSSING = "simpang"
    LANDMARK = "tempat"


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place with the names that it goes by."""

    id: Id
    name: Annotated[str, Longest(LONGEST_NAME)]
    kind: LandmarkKind
    position: Position
    radius_m: Annotated[float, Between(1, 5_000)] = USUAL_RADIUS_M
    synonyms: tuple[Annotated[str, Longest(LONGEST_NAME)], ...] = ()
    adm4: Annotated[str, Longest(32)] | None = None
    removed: bool = False
