"""From the ground to a picture: held against cameras whose geometry is known."""

import math
import random

import numpy as np
import pytest

from tmcwall.domain.calibration import PicturePoint
from tmcwall.domain.camera import Position
from tmcwall.domain.geo import EARTH_RADIUS_M
from tmcwall.services.projection import projection_of

FOOT = Position(-6.99, 110.42)
"""Of the pole."""


def at(east, north):
    return Position(
        FOOT.lat + math.degrees(north / EARTH_RADIUS_M),
        FOOT.lon + math.degrees(east / EARTH_RADIUS_M / math.cos(math.radians(FOOT.lat))),
    )


class Pole:
    """A pinhole camera on a pole: what it sees where is known by its lens alone."""

    def __init__(self, *, height_m=8.0, tilt_deg=20.0, bearing_deg=30.0, fov_deg=70.0, aspect=16 / 9):
        self.height, self.tilt, self.turn = height_m, math.radians(tilt_deg), math.radians(bearing_deg)
        self.focal, self.aspect = 0.5 / math.tan(math.radians(fov_deg) / 2), aspect

    def sees(self, east, north):
        """Share of the width and of the height; None behind it."""
        ahead = east * math.sin(self.turn) + north * math.cos(self.turn)
        right = east * math.cos(self.turn) - north * math.sin(self.turn)
        depth = ahead * math.cos(self.tilt) + self.height * math.sin(self.tilt)
        down = self.height * math.cos(self.tilt) - ahead * math.sin(self.tilt)
        if depth <= 0:
            return None
        return 0.5 + self.focal * right / depth, 0.5 + self.focal * down / depth * self.aspect

    def ground(self, distance, side):
        """East and north of a place so far ahead and to the right."""
        return (
            distance * math.sin(self.turn) + side * math.cos(self.turn),
            distance * math.cos(self.turn) - side * math.sin(self.turn),
        )

    def points(self, *spots, noise=0.0, seed=1):
        dice = random.Random(seed)
        made = []
        for spot in spots:
            x, y = self.sees(*self.ground(*spot))
            x, y = (min(1.0, max(0.0, part + dice.uniform(-noise, noise))) for part in (x, y))
            made.append(PicturePoint(x, y, at(*self.ground(*spot))))
        return made


CORNERS = ((12.0, -5.0), (12.0, 5.0), (60.0, -15.0), (60.0, 15.0))


def worst(pole, projection):
    """Of the picture's diagonal, over the ground that the camera sees within 80 m."""
    wrong = []
    for distance in np.linspace(10, 80, 15):
        for side in np.linspace(-20, 20, 9):
            seen = pole.sees(*pole.ground(distance, side))
            if seen is None or not all(0 <= part <= 1 for part in seen):
                continue
            spot = projection.spot(at(*pole.ground(distance, side)))
            error = math.hypot((spot.x - seen[0]) * pole.aspect, spot.y - seen[1])
            wrong.append(error / math.hypot(pole.aspect, 1.0))
    return max(wrong)


@pytest.mark.parametrize(
    ("height_m", "tilt_deg", "bearing_deg", "fov_deg"),
    [(8.0, 20.0, 30.0, 70.0), (4.0, 12.0, 200.0, 90.0), (10.0, 25.0, 275.0, 70.0), (6.0, 15.0, 0.0, 104.0)],
)
def test_a_place_is_where_a_camera_of_known_geometry_sees_it(height_m, tilt_deg, bearing_deg, fov_deg):
    pole = Pole(height_m=height_m, tilt_deg=tilt_deg, bearing_deg=bearing_deg, fov_deg=fov_deg)
    assert worst(pole, projection_of(pole.points(*CORNERS))) < 0.0005


def test_points_that_are_set_by_hand_a_few_pixels_wrong_stay_within_two_hundredths_of_the_diagonal():
    pole = Pole()
    assert max(worst(pole, projection_of(pole.points(*CORNERS, noise=0.002, seed=seed))) for seed in range(20)) < 0.02


def test_more_points_make_it_no_worse():
    pole = Pole()
    more = (*CORNERS, (30.0, -8.0), (30.0, 8.0), (40.0, 0.0), (20.0, 0.0))
    assert worst(pole, projection_of(pole.points(*more, noise=0.002))) < 0.02


def test_the_ellipse_of_an_accuracy_is_around_the_spot_and_smaller_far_away():
    pole = Pole()
    projection = projection_of(pole.points(*CORNERS))
    near, far = (projection.outline(at(*pole.ground(distance, 0.0)), 3.0) for distance in (20.0, 60.0))
    spot = projection.spot(at(*pole.ground(20.0, 0.0)))
    assert min(one.x for one in near) < spot.x < max(one.x for one in near)
    assert min(one.y for one in near) < spot.y < max(one.y for one in near)
    width_near, width_far = (max(one.x for one in line) - min(one.x for one in line) for line in (near, far))
    assert width_far < width_near


def test_a_circle_that_reaches_behind_the_camera_has_no_ellipse():
    pole = Pole()
    projection = projection_of(pole.points(*CORNERS))
    assert projection.outline(at(*pole.ground(20.0, 0.0)), 300.0) == ()


def test_a_place_outside_the_picture_is_shown_by_its_direction():
    pole = Pole()
    projection = projection_of(pole.points(*CORNERS))
    right, behind = at(*pole.ground(15.0, 60.0)), at(*pole.ground(-40.0, 0.0))
    assert not projection.spot(right).inside
    assert projection.spot(behind) is None
    assert projection.direction(right)[0] > 0.7
    assert projection.direction(behind)[1] > 0.9


@pytest.mark.parametrize(
    "spots",
    [
        CORNERS[:3],
        ((10.0, 0.0), (20.0, 0.0), (30.0, 0.0), (40.0, 0.0)),
        ((10.0, 0.0), (20.0, 0.0), (30.0, 0.0), (20.0, 5.0)),
        ((12.0, -5.0), (12.0, -5.0), (60.0, -15.0), (60.0, 15.0)),
    ],
    ids=["three", "all on a line", "three on a line", "one twice"],
)
def test_points_that_say_nothing_of_the_ground_are_refused(spots):
    assert projection_of(Pole().points(*spots)) is None


def test_points_that_were_mixed_up_are_refused():
    points = Pole().points(*CORNERS)
    swapped = [points[0], points[1], points[2], PicturePoint(points[3].x, points[3].y, points[0].position)]
    assert projection_of(swapped) is None
    other_way = [points[1], points[0], *points[2:]]
    crossed = [PicturePoint(a.x, a.y, b.position) for a, b in zip(points, other_way, strict=True)]
    assert projection_of(crossed) is None
    assert projection_of([*points, PicturePoint(0.9, 0.1, points[0].position)]) is None
