"""Neighbourhoods: where an RT lies, with and without a boundary."""

import pytest

from tmcwall.domain.camera import Position
from tmcwall.domain.neighbourhood import Area, Neighbourhood, Neighbourhoods, Rt, area_within, with_listed

NEAR = Position(-7.0, 110.4)
SQUARE = (Position(-7.0, 110.4), Position(-7.0, 110.402), Position(-7.002, 110.402), Position(-7.002, 110.4))
RW = Neighbourhood("33.74.13.1003/004", "33.74.13.1003", "004", rts=(Rt("003", Area(NEAR, 60.0)),))


def test_an_area_with_a_boundary_ends_there_and_one_without_at_its_radius():
    square, circle = area_within(SQUARE), Area(NEAR, 60.0)
    assert Position(-7.001, 110.401) in square
    assert Position(-7.0001, 110.4021) not in square
    assert Position(-7.0005, 110.4) in circle
    assert Position(-7.0006, 110.4) not in circle


def test_the_middle_of_a_boundary_is_that_of_its_surface_and_its_radius_reaches_the_farthest_corner():
    area = area_within(SQUARE)
    assert [area.middle.lat, area.middle.lon] == pytest.approx([-7.001, 110.401])
    assert area.radius_m == pytest.approx(156.6, abs=1.0)


def test_a_boundary_without_surface_still_has_a_middle():
    middle = area_within([NEAR, NEAR, NEAR]).middle
    assert [middle.lat, middle.lon] == pytest.approx([NEAR.lat, NEAR.lon])


def test_a_list_adds_to_an_rw_and_takes_no_rt_away():
    listed = Neighbourhood(RW.id, RW.adm4, RW.rw, Area(NEAR, 200.0), (Rt("001", Area(NEAR, 50.0)),), 300)
    both = with_listed(with_listed(None, RW), listed)
    assert [one.rt for one in both.rts] == ["001", "003"]
    assert (both.area, both.population) == (Area(NEAR, 200.0), 300)
    assert with_listed(both, RW).population == 300


def test_the_position_of_an_rt_is_its_middle_else_that_of_its_rw():
    known = Neighbourhoods([RW])
    assert known.position_of(RW.adm4, "004", "003") == NEAR
    assert known.position_of(RW.adm4, "004", "009") == NEAR  # around the RT that are known
    assert known.position_of(RW.adm4, "005", None) is None
    assert (len(known), known.all()) == (1, [RW])
