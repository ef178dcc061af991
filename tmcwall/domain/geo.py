"""Distances, bearings, what a camera sees, and the nearest working cameras of a place. WGS84, a spherical earth."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tmcwall.domain.camera import Camera, Position, View

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius; within a town the error against the ellipsoid is below 0.6 %."""

RADII_M = (300.0, 600.0, 1200.0)
TOWARDS_BONUS_M = 50.0
"""How much nearer a camera counts that is known to look towards the place."""

UNKNOWN_VIEW = View(bearing_deg=None, fov_deg=None, range_m=100.0)
"""Taken for a camera of which only the position is known."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The cameras to look at a place with, best first. `radius_m` is None where no working camera is in reach."""

    radius_m: float | None
    cameras: tuple[Camera, ...]
    not_working: tuple[Camera, ...] = ()
    """Nearer than `radius_m` (or than the largest radius), but dark: shown last, never put on a tile."""


def distance_m(a: Position, b: Position) -> float:
    """Great-circle distance (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def bearing_deg(start: Position, end: Position) -> float:
    """Initial bearing from `start` to `end`, 0 up to 360, clockwise from north."""
    lat_a, lat_b = math.radians(start.lat), math.radians(end.lat)
    delta = math.radians(end.lon - start.lon)
    east = math.sin(delta) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(delta)
    return math.degrees(math.atan2(east, north)) % 360


def view_of(camera: Camera) -> View:
    """What is taken for a camera's view."""
    return camera.view or UNKNOWN_VIEW


def sees(camera: Camera, position: Position) -> bool:
    """Whether the place lies in the camera's sector. Buildings are not known, so this is the best case.

    An unknown bearing or field of view counts as omnidirectional of half range.
    """
    if camera.position is None:
        return False
    view = view_of(camera)
    distance = distance_m(camera.position, position)
    if view.bearing_deg is None or view.fov_deg is None:
        return distance <= view.range_m / 2
    return distance <= view.range_m and (distance < 1.0 or looks_towards(camera, position))


def looks_towards(camera: Camera, position: Position) -> bool:
    """Whether the camera is known to point at the place, however far it is."""
    view = camera.view
    if camera.position is None or view is None or view.bearing_deg is None or view.fov_deg is None:
        return False
    off = abs((bearing_deg(camera.position, position) - view.bearing_deg + 180) % 360 - 180)
    return off <= view.fov_deg / 2


def nearest(
    cameras: Iterable[Camera],
    position: Position,
    *,
    is_working: Callable[[Camera], bool],
    is_hidden: Callable[[Camera], bool] = lambda _camera: False,
    count: int = 4,
    radii_m: Sequence[float] = RADII_M,
    towards_bonus_m: float = TOWARDS_BONUS_M,
) -> Coverage:
    """The `count` best working cameras in the smallest radius that has so many, else in the largest.

    Ordered by distance, less a bonus for those that look towards the place. Hidden cameras do not appear at all. Looks
    at every camera that is given: `camera_index.CameraIndex` gives the near ones of a city.
    """
    reach = sorted(
        (
            (distance, camera)
            for camera in cameras
            if camera.position is not None
            and (distance := distance_m(camera.position, position)) <= max(radii_m)
            and not is_hidden(camera)
        ),
        key=lambda pair: (pair[0], pair[1].id),
    )
    working = [(distance, camera) for distance, camera in reach if is_working(camera)]
    if not working:
        return Coverage(None, (), tuple(camera for _distance, camera in reach))
    wanted = working[min(count, len(working)) - 1][0]
    radius = min(candidate for candidate in radii_m if candidate >= wanted)

    def rank(pair: tuple[float, Camera]) -> tuple[float, str]:
        distance, camera = pair
        return distance - (towards_bonus_m if looks_towards(camera, position) else 0.0), camera.id

    best = sorted((pair for pair in working if pair[0] <= radius), key=rank)[:count]
    working_ids = {camera.id for _distance, camera in working}
    dark = tuple(camera for distance, camera in reach if distance <= radius and camera.id not in working_ids)
    return Coverage(radius, tuple(camera for _distance, camera in best), dark)
