"""Streets and boundaries out of GeoJSON files (RFC 7946): bounded, and one bad feature costs itself only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.camera import Position
from tmcwall.domain.mercator import world_of
from tmcwall.maps.problem import MapProblem, MapRefusal

LARGEST_FILE: Final = 32 << 20
"""Bytes. A larger one is for tiles: it would hold up the screen while it is read."""
MOST_FEATURES: Final = 100_000
MOST_CORNERS: Final = 1_000_000
"""Of all features of a file together."""
MOST_FILES: Final = 32
_LONGEST_NAME: Final = 80
_LONGEST_ATTRIBUTION: Final = 300


class FeatureKind(Enum):
    LINE = "line"
    AREA = "area"
    POINT = "point"


class Rank(Enum):
    """How much of a map depends on it: streets by OpenStreetMap's `highway`, the rest is plain."""

    MAIN = "main"
    MIDDLE = "middle"
    PLAIN = "plain"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class MapFeature:
    """Its parts in the map's projection: x and y of `domain.mercator.WorldPoint` by turns, not closed."""

    kind: FeatureKind
    parts: tuple[tuple[float, ...], ...]
    name: str = ""
    rank: Rank = Rank.PLAIN


@dataclass(frozen=True, slots=True)
class VectorLayer:
    """One file's features. `attribution` stands in its own member `attribution`, beside `features`."""

    name: str
    features: tuple[MapFeature, ...]
    attribution: str = ""
    skipped: int = 0


class _Collection(msgspec.Struct):
    features: list[msgspec.Raw]
    attribution: str = ""


class _Geometry(msgspec.Struct):
    type: str
    coordinates: object = None
    geometries: list[_Geometry] = msgspec.field(default_factory=list)


class _Feature(msgspec.Struct):
    geometry: _Geometry
    properties: dict[str, object] | None = None


_RANKS: Final = {
    "motorway": Rank.MAIN, "trunk": Rank.MAIN, "primary": Rank.MAIN, "motorway_link": Rank.MAIN,
    "trunk_link": Rank.MAIN, "primary_link": Rank.MAIN, "secondary": Rank.MIDDLE, "tertiary": Rank.MIDDLE,
    "secondary_link": Rank.MIDDLE, "tertiary_link": Rank.MIDDLE, "service": Rank.MINOR, "footway": Rank.MINOR,
    "path": Rank.MINOR, "cycleway": Rank.MINOR, "steps": Rank.MINOR, "track": Rank.MINOR,
}  # fmt: skip


def layer_files(folder: Path) -> Sequence[Path]:
    """The GeoJSON files of a folder by name, the first `MOST_FILES` of them. Empty where there is no such folder."""
    try:
        found = sorted(file for file in folder.iterdir() if file.suffix.lower() in {".geojson", ".json"})
    except OSError:
        return ()
    return found[:MOST_FILES]


def read_layer(file: Path) -> VectorLayer | MapProblem:
    """All that can be drawn of a FeatureCollection."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            return MapProblem(file.name, MapRefusal.TOO_LARGE)
        collection = msgspec.json.decode(file.read_bytes(), type=_Collection)
    except FileNotFoundError:
        return MapProblem(file.name, MapRefusal.MISSING)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return MapProblem(file.name, MapRefusal.UNREADABLE)
    features: list[MapFeature] = []
    corners = skipped = 0
    for raw in collection.features:
        try:
            made = list(_made(msgspec.json.decode(raw, type=_Feature)))
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            skipped += 1
            continue
        size = sum(len(part) // 2 for feature in made for part in feature.parts)
        if not made or corners + size > MOST_CORNERS or len(features) + len(made) > MOST_FEATURES:
            skipped += 1
            continue
        corners += size
        features += made
    attribution = " ".join(collection.attribution.split())[:_LONGEST_ATTRIBUTION]
    return VectorLayer(file.stem, tuple(features), attribution, skipped)


def _made(feature: _Feature) -> Iterator[MapFeature]:
    facts = feature.properties or {}
    name = str(facts.get("name") or facts.get("nama") or "")[:_LONGEST_NAME]
    rank = _RANKS.get(str(facts.get("highway", "")), Rank.PLAIN)
    yield from _shapes(feature.geometry, name, rank)


def _shapes(geometry: _Geometry, name: str, rank: Rank) -> Iterator[MapFeature]:
    """Raises ValueError or TypeError for coordinates that are none."""
    given = geometry.coordinates
    match geometry.type:
        case "Point":
            yield MapFeature(FeatureKind.POINT, (_line([given], least=1),), name, rank)
        case "MultiPoint":
            yield from (MapFeature(FeatureKind.POINT, (_line([one], least=1),), name, rank) for one in _list(given))
        case "LineString":
            yield MapFeature(FeatureKind.LINE, (_line(given, least=2),), name, rank)
        case "MultiLineString":
            yield MapFeature(FeatureKind.LINE, tuple(_line(one, least=2) for one in _list(given)), name, rank)
        case "Polygon":
            yield MapFeature(FeatureKind.AREA, tuple(_line(one, least=4) for one in _list(given)), name, rank)
        case "MultiPolygon":
            rings = [ring for polygon in _list(given) for ring in _list(polygon)]
            yield MapFeature(FeatureKind.AREA, tuple(_line(ring, least=4) for ring in rings), name, rank)
        case "GeometryCollection":
            for part in geometry.geometries:
                yield from _shapes(part, name, rank)
        case _:
            raise ValueError(geometry.type)


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or not value:
        raise TypeError("coordinates")
    return value


def _line(value: object, *, least: int) -> tuple[float, ...]:
    flat: list[float] = []
    for corner in _list(value):
        lon, lat = _list(corner)[:2]
        if not isinstance(lon, int | float) or not isinstance(lat, int | float):
            raise TypeError("coordinates")
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise ValueError("coordinates")
        point = world_of(Position(lat, lon))
        flat += (point.x, point.y)
    if len(flat) < 2 * least:
        raise ValueError("coordinates")
    return tuple(flat)
