"""What can be chosen on a map: incidents, marks, cameras and clusters, with where they are on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF

from tmcwall.texts import Translator
from tmcwall.texts.states import STATES
from tmcwall.ui.map.camera_field import Cluster
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.painting import CLUSTER, INCIDENT, MARK, cluster_words, incident_words
from tmcwall.ui.map.viewport import Viewport

_CAMERA: Final = 13.0
"""Pixels around its place that mean a camera."""


class SpotKind(Enum):
    INCIDENT = "incident"
    MARK = "mark"
    CAMERA = "camera"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class SpotKey:
    """Stays while the map is moved. A cluster is another one at the next zoom."""

    kind: SpotKind
    id: str


@dataclass(frozen=True, slots=True)
class Spot:
    key: SpotKey
    middle: QPointF
    radius: float
    words: str
    """What is said of it when it is chosen or pointed at."""


def spot_at(model: MapModel, viewport: Viewport, x: float, y: float, translate: Translator) -> Spot | None:
    """What lies uppermost there."""
    upper = [*_incidents(model, viewport, translate), *_marks(model, viewport)]
    for spot in upper:
        if math.hypot(spot.middle.x() - x, spot.middle.y() - y) <= spot.radius:
            return spot
    field = model.field
    for cluster in field.clusters_in_view(viewport):
        middle_x, middle_y = viewport.to_screen(cluster.middle)
        if math.hypot(middle_x - x, middle_y - y) <= CLUSTER / 2:
            return _cluster(cluster, viewport, translate)
    shown = field.in_view(viewport)
    if len(shown):
        away_x = field.x[shown] * viewport.scale - viewport.left - x
        away_y = field.y[shown] * viewport.scale - viewport.top - y
        distances = away_x * away_x + away_y * away_y
        nearest = int(distances.argmin())
        if distances[nearest] <= _CAMERA * _CAMERA:
            return camera_spot(model, viewport, int(shown[nearest]), translate)
    return None


def spots_in_view(model: MapModel, viewport: Viewport, translate: Translator) -> Sequence[Spot]:
    """In the order of reading, incidents first: what Tab goes through."""
    shown = [camera_spot(model, viewport, int(place), translate) for place in model.field.in_view(viewport)]
    shown += [_cluster(cluster, viewport, translate) for cluster in model.field.clusters_in_view(viewport)]
    upper = [*_incidents(model, viewport, translate), *_marks(model, viewport)]
    inside = [spot for spot in (*upper, *shown) if _is_inside(spot, viewport)]
    order = {SpotKind.INCIDENT: 0, SpotKind.MARK: 1}
    return sorted(inside, key=lambda spot: (order.get(spot.key.kind, 2), round(spot.middle.y() / 48), spot.middle.x()))


def find_spot(model: MapModel, viewport: Viewport, key: SpotKey, translate: Translator) -> Spot | None:
    """Where it is now; None where it is shown no more."""
    if key.kind is SpotKind.CAMERA:
        place = model.field.place_of(key.id)
        return None if place is None else camera_spot(model, viewport, place, translate)
    found = (*_incidents(model, viewport, translate), *_marks(model, viewport))
    if key.kind is SpotKind.CLUSTER:
        found = tuple(_cluster(cluster, viewport, translate) for cluster in model.field.clusters_in_view(viewport))
    return next((spot for spot in found if spot.key == key), None)


def camera_spot(model: MapModel, viewport: Viewport, place: int, translate: Translator) -> Spot:
    field = model.field
    camera = field.cameras[place]
    number = f"{camera.number} · " if camera.number is not None else ""
    words = f"{number}{camera.name} · {translate(STATES[field.state_of(place)].word)}"
    x, y = field.x[place] * viewport.scale - viewport.left, field.y[place] * viewport.scale - viewport.top
    return Spot(SpotKey(SpotKind.CAMERA, camera.id), QPointF(float(x), float(y)), _CAMERA, words)


def _cluster(cluster: Cluster, viewport: Viewport, translate: Translator) -> Spot:
    x, y = viewport.to_screen(cluster.middle)
    key = SpotKey(SpotKind.CLUSTER, f"{viewport.zoom:.3f} {cluster.middle.x:.9f} {cluster.middle.y:.9f}")
    return Spot(key, QPointF(x, y), CLUSTER / 2, cluster_words(cluster, translate))


def _incidents(model: MapModel, viewport: Viewport, translate: Translator) -> Sequence[Spot]:
    return [
        Spot(
            SpotKey(SpotKind.INCIDENT, placed.incident.id),
            QPointF(*viewport.to_screen(placed.point)),
            INCIDENT / 2 + 2,
            incident_words(placed, translate),
        )
        for placed in model.incidents
    ]


def _marks(model: MapModel, viewport: Viewport) -> Sequence[Spot]:
    return [
        Spot(
            SpotKey(SpotKind.MARK, placed.mark.id),
            QPointF(*viewport.to_screen(placed.point)),
            MARK / 2 + 3,
            placed.mark.detail or placed.mark.label,
        )
        for layer in model.shown(viewport.zoom)
        for placed in layer.marks
    ]


def _is_inside(spot: Spot, viewport: Viewport) -> bool:
    return 0 <= spot.middle.x() <= viewport.width and 0 <= spot.middle.y() <= viewport.height
