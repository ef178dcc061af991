"""What is known of the city besides incidents, as layers of the map: warnings, units and traffic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from tmcwall.domain.area_warning import AreaWarning, WarnedCircle, WarningSeverity
from tmcwall.domain.camera import Position
from tmcwall.domain.geo import EARTH_RADIUS_M
from tmcwall.domain.one_way import OneWayState
from tmcwall.texts import Translator
from tmcwall.texts import city as texts
from tmcwall.texts import map as map_texts
from tmcwall.texts.numbers import whole_number
from tmcwall.ui import theme
from tmcwall.ui.map.layers import MapArea, MapLayer, MapMark
from tmcwall.ui.services import CityService
from tmcwall.ui.theme import Shape, Style

_UNIT: Final = Style(theme.SKY, Shape.SQUARE)
_STALE_UNIT: Final = Style(theme.GREY, Shape.FRAME)
_COUNTER: Final = Style(theme.GREEN, Shape.BARS)
_ONE_WAY: Final = Style(theme.VERMILLION, Shape.ARROW)
_TRAFFIC_FROM: Final = 12.0
_CORNERS: Final = 48

_COLOURS: Final[Mapping[WarningSeverity, str]] = {
    WarningSeverity.EXTREME: theme.VERMILLION,
    WarningSeverity.SEVERE: theme.ORANGE,
    WarningSeverity.MODERATE: theme.YELLOW,
    WarningSeverity.MINOR: theme.SKY,
    WarningSeverity.UNKNOWN: theme.GREY,
}


def city_layers(city: CityService, *, now: datetime, translate: Translator) -> Iterator[MapLayer]:
    """As they stand now: positions grow old, and warnings end."""
    warnings = city.warnings()
    attribution = " · ".join(dict.fromkeys(one.attribution for one in warnings if one.attribution))
    areas = tuple(area for one in warnings for area in _areas(one, translate))
    yield MapLayer("warnings", translate(texts.WARNINGS), areas=areas, attribution=attribution)
    yield MapLayer(
        "traffic", translate(texts.TRAFFIC), marks=tuple(_counters(city, translate)), least_zoom=_TRAFFIC_FROM
    )
    yield MapLayer("units", translate(texts.UNITS), marks=tuple(_units(city, now, translate)))


def _areas(warning: AreaWarning, translate: Translator) -> Iterator[MapArea]:
    for number, area in enumerate(warning.areas):
        rings = (*area.polygons, *(_ring(circle) for circle in area.circles))
        if rings:
            yield MapArea(
                f"{warning.id} {number}",
                rings,
                _COLOURS[warning.severity],
                f"{warning.event} ({translate(texts.SEVERITIES[warning.severity])})",
                ends_at=warning.expires_at,
                drill=warning.drill,
            )


def _ring(circle: WarnedCircle) -> tuple[Position, ...]:
    reach = math.degrees(circle.radius_km * 1000 / EARTH_RADIUS_M)
    wide = reach / max(0.01, math.cos(math.radians(circle.centre.lat)))
    turns = (2 * math.pi * corner / _CORNERS for corner in range(_CORNERS))
    return tuple(
        Position(circle.centre.lat + reach * math.sin(turn), circle.centre.lon + wide * math.cos(turn))
        for turn in turns
    )


def _counters(city: CityService, translate: Translator) -> Iterator[MapMark]:
    for place in city.places():
        newest = city.newest(place.id)
        if place.position is None or newest is None:
            continue
        indication = city.indication(place.id)
        is_on = indication is not None and indication.state is OneWayState.ON
        counted = f"{whole_number(newest.per_hour, translate)} {translate(texts.PER_HOUR)}"
        said = f"{place.name or place.id} · {counted}"
        if indication is not None:
            said += f" · {translate(texts.INDICATOR)}: {translate(texts.STATES[indication.state])}"
        yield MapMark(f"counter {place.id}", place.position, _ONE_WAY if is_on else _COUNTER, detail=said)


def _units(city: CityService, now: datetime, translate: Translator) -> Iterator[MapMark]:
    for unit in city.units():
        stale = unit.is_stale(now)
        minutes = round(unit.age(now).total_seconds()) // 60
        label = f"{unit.unit} · {translate(map_texts.STALE_UNIT, minutes=minutes)}" if stale else unit.unit
        detail = f"{label} · {translate(texts.KINDS[unit.kind])}"
        yield MapMark(f"unit {unit.unit}", unit.position, _STALE_UNIT if stale else _UNIT, label, detail)
