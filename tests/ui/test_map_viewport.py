"""Which part of the world a map shows."""

from __future__ import annotations

import pytest

from tests.ui.city_map import MIDDLE
from tmcwall.domain.camera import Position
from tmcwall.domain.mercator import WorldPoint, world_of
from tmcwall.ui.map.viewport import LEAST_ZOOM, MOST_ZOOM, Viewport, WorldBox

VIEW = Viewport(world_of(MIDDLE), 15.0, 800, 600)


def test_the_middle_of_the_view_is_its_centre():
    assert VIEW.to_screen(VIEW.centre) == pytest.approx((400, 300), abs=1e-6)


def test_zooming_leaves_what_lies_under_the_pointer_where_it_is():
    before = VIEW.to_world(100, 500)
    after = VIEW.zoomed(1.5, x=100, y=500)
    assert after.zoom == 16.5
    assert after.to_screen(before) == pytest.approx((100, 500), abs=1e-5)


def test_zoom_has_two_ends():
    assert VIEW.zoomed(99, x=0, y=0).zoom == MOST_ZOOM
    assert VIEW.zoomed(-99, x=0, y=0).zoom == LEAST_ZOOM


def test_what_is_drawn_along_moves_with_the_hand():
    place = VIEW.to_world(400, 300)
    assert VIEW.panned(30, -20).to_screen(place) == pytest.approx((430, 280), abs=1e-6)


def test_the_map_ends_at_the_edge_of_the_world():
    assert Viewport(WorldPoint(0.001, 0.001), 4.0, 800, 600).panned(9999, 9999).centre == WorldPoint(0.0, 0.0)


def test_fitting_shows_all_of_a_box_and_no_single_house():
    box = WorldBox.around([world_of(Position(-7.50, 110.75)), world_of(Position(-7.60, 110.90))])
    assert box is not None
    assert VIEW.fitting(box).box.contains(box)
    one = WorldBox.around([world_of(MIDDLE)])
    assert one is not None
    assert VIEW.fitting(one).zoom == 16.0


def test_there_is_no_box_around_nothing():
    assert WorldBox.around([]) is None


def test_flying_somewhere_never_zooms_out():
    assert VIEW.at(MIDDLE, zoom=17).zoom == 17
    assert VIEW.zoomed(3, x=0, y=0).at(MIDDLE, zoom=17).zoom == 18
