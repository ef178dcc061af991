"""Ten thousand cameras sorted into what a view shows."""

from __future__ import annotations

import pytest

from tests.ui.city_map import MIDDLE, camera
from tmcwall.domain.camera import Camera, View
from tmcwall.domain.health import TileState
from tmcwall.domain.mercator import world_of
from tmcwall.ui.map.camera_field import BEARINGS, CameraField
from tmcwall.ui.map.viewport import Viewport

NEAR = Viewport(world_of(MIDDLE), 17.5, 800, 600)
FAR = Viewport(world_of(MIDDLE), 13.0, 800, 600)


def field(*cameras: Camera, **states: TileState) -> CameraField:
    return CameraField(cameras, state=lambda camera_id: states.get(camera_id, TileState.OFF))


def test_a_camera_without_a_place_is_on_no_map():
    nowhere = Camera("P1", "Patroli 1", "rtsp://192.0.2.1/1")
    assert len(field(nowhere, camera(1))) == 1


def test_near_by_every_camera_stands_by_itself_even_side_by_side():
    shown = field(camera(1), camera(2, east_m=4))
    assert len(shown.in_view(NEAR)) == 2
    assert shown.clusters_in_view(NEAR) == []


def test_far_away_neighbours_become_one_that_says_how_many_live_and_are_in_trouble():
    shown = field(
        camera(1), camera(2, east_m=20), camera(3, north_m=15), camera(4, east_m=5),
        C1=TileState.LIVE, C2=TileState.LOST, C3=TileState.FROZEN,
    )  # fmt: skip
    [cluster] = shown.clusters_in_view(FAR)
    assert (cluster.total, cluster.live, cluster.dead) == (4, 1, 2)
    assert len(shown.in_view(FAR)) == 0


def test_far_away_a_camera_alone_keeps_its_symbol():
    shown = field(camera(1), camera(2, east_m=9), camera(3, east_m=3000))
    [alone] = shown.in_view(FAR)
    assert shown.cameras[alone].id == "C3"


def test_clusters_stay_as_they_are_while_the_map_is_moved():
    shown = field(*(camera(number, east_m=number * 40, north_m=number * 25) for number in range(40)))
    before = {(one.middle, one.total) for one in shown.clusters_in_view(FAR)}
    after = {(one.middle, one.total) for one in shown.clusters_in_view(FAR.panned(13, 7))}
    assert before == after


def test_a_state_that_has_changed_is_counted_at_once():
    shown = field(camera(1), camera(2, east_m=9), C1=TileState.LIVE, C2=TileState.LIVE)
    assert shown.clusters_in_view(FAR)[0].dead == 0
    assert shown.put({"C2": TileState.LOST, "unknown": TileState.LOST})
    assert shown.clusters_in_view(FAR)[0].dead == 1
    assert not shown.put({"C2": TileState.LOST})


def test_what_lies_outside_is_not_drawn():
    shown = field(camera(1), camera(2, east_m=5000))
    assert [shown.cameras[place].id for place in shown.in_view(NEAR)] == ["C1"]


def test_a_rectangle_holds_all_cameras_in_it_from_left_to_right_whatever_is_drawn():
    shown = field(camera(1, east_m=300), camera(2), camera(3, east_m=100), camera(4, north_m=4000))
    found = shown.within(FAR, left=390, top=290, right=430, bottom=310)
    assert [one.id for one in found] == ["C2", "C3", "C1"]


@pytest.mark.parametrize(("bearing", "column"), [(0, 0), (90, 9), (359, 0), (None, BEARINGS)])
def test_a_symbol_shows_where_its_camera_looks(bearing, column):
    assert field(camera(1, view=View(bearing, 70, 100))).bearing[0] == column


def test_an_empty_city_is_an_empty_map():
    assert len(field().in_view(FAR)) == 0
    assert field().clusters_in_view(FAR) == []
