"""Coverage counted in squares equals what random points say, each square metre once."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from tests.clocks import NOON
from tests.services_stage import PURWOSARI, camera
from tmcwall.domain.camera import Position, View
from tmcwall.domain.coverage import CLASSES, BlindHit, CoverageRule, Place, reach_m
from tmcwall.domain.geo import EARTH_RADIUS_M, bearing_deg, distance_m
from tmcwall.services.coverage_raster import count

RULE = CoverageRule()
WIDE = CoverageRule(width_px=20_000)
"""So sharp that the range decides."""


def moved(north_m: float, east_m: float) -> Position:
    lat = PURWOSARI.lat + math.degrees(north_m / EARTH_RADIUS_M)
    return Position(lat, PURWOSARI.lon + math.degrees(east_m / EARTH_RADIUS_M / math.cos(math.radians(PURWOSARI.lat))))


def town(radius_m: float = 600.0) -> Place:
    return Place("33.72.01.1007", "Purwosari", PURWOSARI, radius_m, estimated=True)


def scattered(number: int, seed: int = 7) -> list:
    chance = random.Random(seed)
    made = []
    for place in range(number):
        known = chance.random() < 0.7
        view = View(
            chance.uniform(0, 360) if known else None, chance.choice([40.0, 75.0, 130.0]), chance.uniform(60, 250)
        )
        position = moved(chance.uniform(-550, 550), chance.uniform(-550, 550))
        made.append(camera(f"C{place}", position=position, view=view))
    return made


def by_random_points(cameras, radius_m: float, px_per_m: float, *, points: int = 4_000) -> float:
    """Another method: points thrown into the circle, each tried against each camera on the sphere."""
    chance = random.Random(11)
    inside = 0
    for _ in range(points):
        distance, angle = radius_m * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)
        point = moved(distance * math.cos(angle), distance * math.sin(angle))
        inside += any(_sees(one, point, px_per_m) for one in cameras)
    return inside / points


def _sees(one, point: Position, px_per_m: float) -> bool:
    view, apart = one.view, distance_m(one.position, point)
    reach = reach_m(px_per_m, fov_deg=view.fov_deg, width_px=RULE.width_px)
    if view.bearing_deg is None:
        return apart <= min(view.range_m / 2, reach)
    off = abs((bearing_deg(one.position, point) - view.bearing_deg + 180) % 360 - 180)
    return apart <= min(view.range_m, reach) and off <= view.fov_deg / 2


@pytest.mark.parametrize("name", ["detect", "observe"])
def test_the_covered_share_equals_that_of_random_points(name) -> None:
    cameras = scattered(40)
    working = frozenset(one.id for one in cameras[::2])
    (found,) = count([town()], cameras, working, rule=RULE, step_m=2.0).places
    for now in (False, True):
        listed = cameras[::2] if now else cameras
        expected = by_random_points(listed, 600.0, CLASSES[name])
        assert found.share(name, now=now) == pytest.approx(expected, abs=0.024)
    assert found.area_m2 == pytest.approx(math.pi * 600.0**2, rel=0.005)


def test_what_two_cameras_see_counts_once() -> None:
    one = camera("A", view=View(90.0, 60.0, 200.0))
    alone = count([town()], [one], frozenset({"A"}), rule=WIDE, step_m=5.0).places[0]
    both = count([town()], [one, replace(one, id="B")], frozenset({"A", "B"}), rule=WIDE, step_m=5.0).places[0]
    assert both.on_paper == alone.on_paper
    assert alone.now["detect"] == pytest.approx(math.pi * 200.0**2 / 6, rel=0.01)
    assert (both.cameras, both.working, both.assumed) == (2, 2, 0)


def test_a_dead_camera_covers_on_paper_only() -> None:
    found = count([town()], [camera(view=View(0.0, 90.0, 100.0))], frozenset(), rule=WIDE, step_m=5.0).places[0]
    assert found.on_paper["detect"] > 0
    assert (found.now["detect"], found.working) == (0.0, 0)


def test_squares_belong_to_the_nearest_middle_and_to_a_boundary_before_any() -> None:
    west, east = replace(town(), middle=moved(0, -300)), replace(town(), code="33.72.01.1008", middle=moved(0, 300))
    halves = count([west, east], [], frozenset(), rule=RULE, step_m=5.0).places
    assert halves[0].area_m2 == pytest.approx(halves[1].area_m2, rel=0.01)
    corners = (moved(-50, -50), moved(-50, 50), moved(50, 50), moved(50, -50))
    drawn = Place("33.72.01.1007/003/008", "RT 008", PURWOSARI, 80.0, corners)
    found = count([west, east, drawn], [], frozenset(), rule=RULE, step_m=2.0).places[2]
    assert found.area_m2 == pytest.approx(100.0**2, rel=0.05)


def test_a_point_where_incidents_were_not_seen_comes_before_empty_land() -> None:
    hit = BlindHit(moved(210, -130), NOON)
    counted = count([town()], [], frozenset(), rule=RULE, hits=[hit, hit], without_live=[moved(-200, 150)], step_m=10.0)
    first, second, third = counted.candidates[:3]
    assert (first.hits, second.without_live, third.hits + third.without_live) == (2, 1, 0)
    assert distance_m(first.position, hit.position) < 1
    assert first.code == "33.72.01.1007"
    assert counted.places[0].hits == 2


def test_a_town_too_large_is_counted_in_wider_squares() -> None:
    counted = count([town(30_000.0)], [], frozenset(), rule=CoverageRule(classes={"detect": 25.0}), step_m=5.0)
    assert counted.step_m > 20.0


def test_a_camera_outside_of_all_places_is_in_none() -> None:
    far = camera("F", position=moved(9_000, 9_000))
    found = count([town()], [far], frozenset(), rule=RULE, step_m=10.0)
    assert (found.places[0].cameras, found.places[0].on_paper["detect"]) == (0, 0.0)
