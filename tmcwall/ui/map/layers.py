"""What others put on the map, as plain data: marks, sectors and areas, each in the style of its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Drill
from tmcwall.ui.theme import Style


@dataclass(frozen=True, slots=True)
class MapMark:
    """A shape at a place, such as a unit or a counter. `id` is told when an officer chooses it."""

    id: str
    position: Position
    style: Style
    label: str = ""
    detail: str = ""
    """Said when the officer points at it."""
    drill: Drill = Drill.ACTUAL


@dataclass(frozen=True, slots=True)
class MapSector:
    """A part of a circle. Without a field of view it is the whole circle."""

    position: Position
    range_m: float
    colour: str
    bearing_deg: float = 0.0
    fov_deg: float = 360.0


@dataclass(frozen=True, slots=True)
class MapArea:
    """Polygons with the same meaning, such as a warning's or an outage's; rings are not closed again at their end."""

    id: str
    rings: tuple[tuple[Position, ...], ...]
    colour: str
    label: str = ""
    ends_at: datetime | None = None
    """Said beside the label; None: until it is taken away."""
    dashed: bool = False
    drill: Drill = Drill.ACTUAL


@dataclass(frozen=True, slots=True)
class MapLayer:
    """All of one kind. The officer switches layers on and off by their title; later ones lie above earlier ones."""

    id: str
    title: str
    marks: tuple[MapMark, ...] = ()
    sectors: tuple[MapSector, ...] = ()
    areas: tuple[MapArea, ...] = ()
    attribution: str = ""
    """Whose data it is, where that has to be said; it stands on the map while the layer is shown."""
    least_zoom: float = 0.0
    """Farther away it is not shown."""
