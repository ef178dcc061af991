"""Streets for the map of the synthetic city: made up from its crossings and kelurahan, so that no data is borrowed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tmcwall.domain.camera import Position
from tmcwall.domain.geo import distance_m
from tmcwall.sim.city import moved, places_of

_SEED: Final = 3372
_LONGEST_M: Final = 2600.0
_BLOCK_M: Final = 90.0
_BLOCKS: Final = 3
"""To each side of the middle of a kelurahan."""
_MIDDLE_ROADS_M: Final = 1300.0
_BEND_M: Final = 45.0
_ATTRIBUTION: Final = "Jalan rekaan untuk peragaan (bukan jalan sebenarnya)"

Line = tuple[Position, ...]


def write_streets(file: Path) -> None:
    """A GeoJSON file of main roads between crossings, streets to each kelurahan, and lanes in it; always the same."""
    chance = random.Random(_SEED)  # noqa: S311 - not for secrets
    crossings, middles = places_of("city/junctions.csv"), places_of("city/kelurahan.csv")
    features = [_feature(_bent(line, chance), highway="primary") for line in _joined(list(crossings.values()))]
    for middle in middles.values():
        near = sorted(crossings.values(), key=lambda crossing: distance_m(middle, crossing))
        reached = [crossing for crossing in near[:2] if distance_m(middle, crossing) <= _MIDDLE_ROADS_M]
        features += [_feature(_bent((middle, crossing), chance), highway="tertiary") for crossing in reached]
        features += [_feature(lane, highway="residential") for lane in _lanes(middle, chance)]
    features += [_feature((crossing,), name=name) for name, crossing in crossings.items()]
    collection = {"type": "FeatureCollection", "attribution": _ATTRIBUTION, "features": features}
    file.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _joined(crossings: Sequence[Position]) -> Iterator[Line]:
    """Two crossings have a road where no third one is nearer to both (the relative neighbourhood graph)."""
    for place, one in enumerate(crossings):
        for other in crossings[place + 1 :]:
            length = distance_m(one, other)
            between = any(
                max(distance_m(one, third), distance_m(other, third)) < length
                for third in crossings
                if third not in (one, other)
            )
            if length <= _LONGEST_M and not between:
                yield one, other


def _bent(line: Line, chance: random.Random) -> Line:
    """Streets are not drawn with a ruler: two bends on the way."""
    start, end = line
    corners = [start]
    for share in (1 / 3, 2 / 3):
        lat, lon = start.lat + (end.lat - start.lat) * share, start.lon + (end.lon - start.lon) * share
        corners.append(moved(Position(lat, lon), chance.uniform(0, 360), chance.uniform(0, _BEND_M)))
    return (*corners, end)


def _lanes(middle: Position, chance: random.Random) -> Iterator[Line]:
    """A turned grid around a middle, some of its lanes shorter than others."""
    turned = chance.uniform(0, 90)
    for direction in (turned, turned + 90):
        for number in range(-_BLOCKS, _BLOCKS + 1):
            foot = moved(middle, direction + 90, number * _BLOCK_M)
            back, forth = (_BLOCK_M * (_BLOCKS + chance.choice((-1, 0, 0, 1))) for _side in range(2))
            yield moved(foot, direction + 180, back), moved(foot, direction, forth)


def _feature(line: Line, *, highway: str = "", name: str = "") -> dict[str, object]:
    corners = [[round(corner.lon, 6), round(corner.lat, 6)] for corner in line]
    geometry: dict[str, object] = {"type": "LineString", "coordinates": corners}
    if len(corners) == 1:
        geometry = {"type": "Point", "coordinates": corners[0]}
    facts = {key: value for key, value in (("highway", highway), ("name", name)) if value}
    return {"type": "Feature", "properties": facts, "geometry": geometry}
