"""The projection of the map."""

from __future__ import annotations

import pytest

from tmcwall.domain.camera import Position
from tmcwall.domain.geo import distance_m
from tmcwall.domain.mercator import WorldPoint, metres_per_pixel, position_of, world_length, world_of

SOLO = Position(-7.5655, 110.8068)


def test_the_middle_of_the_world_lies_where_equator_and_greenwich_meet():
    assert world_of(Position(0, 0)) == WorldPoint(0.5, 0.5)


def test_a_place_lies_in_the_tile_that_others_name_for_it():
    # OpenStreetMap's tile of Simpang Gendengan at zoom 17, by its published formula.
    point = world_of(SOLO)
    assert (int(point.x * 2**17), int(point.y * 2**17)) == (105879, 68298)


def test_a_place_comes_back_as_it_went():
    back = position_of(world_of(SOLO))
    assert (back.lat, back.lon) == pytest.approx((SOLO.lat, SOLO.lon), abs=1e-9)


def test_the_poles_are_drawn_at_the_edge():
    assert world_of(Position(90, 0)).y == pytest.approx(0, abs=1e-9)
    assert world_of(Position(-90, 0)).y == pytest.approx(1, abs=1e-9)


def test_what_lies_outside_the_map_is_at_its_edge():
    assert position_of(WorldPoint(2, -1)).lon == 180


def test_lengths_on_the_map_are_those_on_the_ground():
    east = position_of(WorldPoint(world_of(SOLO).x + world_length(1000, lat=SOLO.lat), world_of(SOLO).y))
    assert distance_m(SOLO, east) == pytest.approx(1000, rel=1e-6)


def test_a_pixel_at_the_equator_has_its_published_length():
    assert metres_per_pixel(0, lat=0) == pytest.approx(156_543, rel=0.002)
    assert metres_per_pixel(1, lat=0) == pytest.approx(metres_per_pixel(0, lat=0) / 2)
