"""What a camera sees and which cameras are near."""

import math
import random

import pytest

from tmcwall.domain.camera import Camera, Position, View
from tmcwall.domain.geo import bearing_deg, distance_m, looks_towards, nearest, sees

PLACE = Position(-7.5606, 110.8018)


def metres(*, north: float = 0.0, east: float = 0.0) -> Position:
    """A position that far from `PLACE`."""
    lat = PLACE.lat + math.degrees(north / 6_371_008.8)
    return Position(lat, PLACE.lon + math.degrees(east / (6_371_008.8 * math.cos(math.radians(PLACE.lat)))))


def camera(name: str, position: Position | None, view: View | None = None) -> Camera:
    return Camera(name, name, f"rtsp://127.0.0.1/{name}", position=position, view=view)


def working(_camera: Camera) -> bool:
    return True


def test_distances_and_bearings_are_those_of_the_sphere() -> None:
    assert distance_m(Position(0, 0), Position(0, 1)) == pytest.approx(111_195, abs=1)
    assert distance_m(PLACE, metres(north=300, east=400)) == pytest.approx(500, abs=0.5)
    around = [metres(north=9), metres(east=9), metres(north=-9), metres(east=-9)]
    assert [round(bearing_deg(PLACE, there)) % 360 for there in around] == [0, 90, 180, 270]


@pytest.mark.parametrize(
    ("bearing", "distance", "seen"),
    [
        (0, 80, True),
        (44, 80, True),
        (316, 80, True),
        (46, 80, False),
        (180, 80, False),
        (0, 101, False),
        (90, 0.5, True),
    ],
)
def test_a_camera_sees_a_sector(bearing: float, distance: float, seen: bool) -> None:
    looking = camera("a", PLACE, View(bearing_deg=bearing, fov_deg=90, range_m=100))
    assert sees(looking, metres(north=distance)) is seen


@pytest.mark.parametrize("view", [View(None, 90, 100), View(0, None, 100), View(None, None, 100), None])
def test_an_unknown_direction_counts_as_all_round_at_half_range(view: View | None) -> None:
    assert sees(camera("a", PLACE, view), metres(north=-49))
    assert not sees(camera("a", PLACE, view), metres(north=51))


def test_a_camera_without_position_sees_nothing() -> None:
    assert not sees(camera("a", None), PLACE)
    assert not looks_towards(camera("a", None), PLACE)


def city(count: int) -> list[Camera]:
    rolled = random.Random(500)
    return [
        camera(f"c{number}", metres(north=rolled.uniform(-2500, 2500), east=rolled.uniform(-2500, 2500)))
        for number in range(count)
    ]


def test_the_four_nearest_of_five_hundred_are_in_order_of_distance() -> None:
    cameras = city(500)
    by_distance = sorted((distance_m(one.position or PLACE, PLACE), one.id) for one in cameras)
    coverage = nearest(cameras, PLACE, is_working=working)
    assert [one.id for one in coverage.cameras] == [name for _distance, name in by_distance[:4]]
    assert coverage.radius_m == next(radius for radius in (300, 600, 1200) if radius >= by_distance[3][0])


def test_a_camera_of_ten_thousand_is_found_by_the_same_rule() -> None:
    cameras = city(10_000)
    expected = sorted((distance_m(one.position or PLACE, PLACE), one.id) for one in cameras)[:4]
    assert [one.id for one in nearest(cameras, PLACE, is_working=working).cameras] == [name for _d, name in expected]


def test_the_radius_widens_until_there_are_enough() -> None:
    cameras = [camera(str(north), metres(north=north)) for north in (100, 250, 500, 900, 1190, 1210)]
    assert nearest(cameras, PLACE, is_working=working, count=2).radius_m == 300
    assert nearest(cameras, PLACE, is_working=working, count=3).radius_m == 600
    assert nearest(cameras, PLACE, is_working=working, count=5).radius_m == 1200


def test_too_few_in_reach_are_better_than_none() -> None:
    coverage = nearest([camera("a", metres(north=100))], PLACE, is_working=working)
    assert (coverage.radius_m, [one.id for one in coverage.cameras]) == (300, ["a"])


def test_without_a_working_camera_within_1200_m_there_is_no_coverage() -> None:
    cameras = [camera("dark", metres(north=100)), camera("far", metres(north=1300))]
    coverage = nearest(cameras, PLACE, is_working=lambda one: one.id != "dark")
    assert (coverage.radius_m, coverage.cameras) == (None, ())
    assert [one.id for one in coverage.not_working] == ["dark"]


def test_dark_cameras_come_apart_and_hidden_ones_not_at_all() -> None:
    cameras = [camera(name, metres(north=north)) for name, north in (("dark", 50), ("shut", 60), ("live", 70))]
    coverage = nearest(cameras, PLACE, is_working=lambda one: one.id != "dark", is_hidden=lambda one: one.id == "shut")
    assert [one.id for one in coverage.cameras] == ["live"]
    assert [one.id for one in coverage.not_working] == ["dark"]


def test_a_camera_that_looks_towards_the_place_goes_before_a_slightly_nearer_one() -> None:
    away = camera("away", metres(north=80), View(bearing_deg=0, fov_deg=60, range_m=100))
    towards = camera("towards", metres(north=120), View(bearing_deg=180, fov_deg=60, range_m=100))
    far = camera("far", metres(north=140), View(bearing_deg=180, fov_deg=60, range_m=100))
    coverage = nearest([away, far, towards], PLACE, is_working=working)
    assert [one.id for one in coverage.cameras] == ["towards", "away", "far"]
