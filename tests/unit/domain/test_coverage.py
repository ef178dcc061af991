"""What a camera covers in a class, what is counted once, and which RT have no camera that works."""

from __future__ import annotations

import math

import pytest

from tests.services_stage import PURWOSARI, camera
from tmcwall.domain.camera import Mount, Position, View
from tmcwall.domain.coverage import (
    CLASSES,
    DETECT,
    CoverageRule,
    RtWithout,
    once_each,
    outline,
    reach_m,
    rts_without_live,
    sector_of,
)
from tmcwall.domain.geo import distance_m

RULE = CoverageRule()
EAST = View(bearing_deg=90.0, fov_deg=60.0, range_m=200.0)


def test_a_class_reaches_as_far_as_the_picture_has_its_pixels_a_metre() -> None:
    assert reach_m(25.0, fov_deg=90.0, width_px=1920) == pytest.approx(38.4)
    reaches = [reach_m(px, fov_deg=60.0, width_px=1920) for px in CLASSES.values()]
    assert reaches == sorted(reaches, reverse=True)
    assert reach_m(25.0, fov_deg=180.0, width_px=1920) == pytest.approx(1920 / (25 * math.pi))


def test_no_class_reaches_farther_than_the_camera_is_said_to() -> None:
    sector = sector_of(camera(view=View(90.0, 10.0, 50.0)), CLASSES[DETECT], rule=RULE)
    assert sector is not None
    assert (sector.range_m, sector.assumed) == (50.0, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"view": View(None, 60.0, 60.0)},
        {"view": View(90.0, None, 60.0)},
        {"view": View(90.0, 60.0, 60.0), "mount": Mount.PTZ},
    ],
)
def test_an_unknown_or_changing_direction_is_all_around_with_half_the_range_and_flagged(changes) -> None:
    sector = sector_of(camera(**changes), CLASSES[DETECT], rule=RULE)
    assert sector is not None
    assert (sector.fov_deg, sector.range_m, sector.assumed) == (360.0, 30.0, True)


def test_a_camera_without_position_covers_nothing() -> None:
    assert sector_of(camera(position=None), 25.0, rule=RULE) is None


def test_the_presets_of_one_turned_camera_are_one_camera() -> None:
    near = Position(PURWOSARI.lat + 0.00001, PURWOSARI.lon)
    far = Position(PURWOSARI.lat + 0.001, PURWOSARI.lon)
    listed = [
        camera("P1", mount=Mount.PTZ),
        camera("P2", mount=Mount.PTZ, position=near),
        camera("P3", mount=Mount.PTZ, position=far),
        camera("P4", mount=Mount.PTZ, url="rtsp://10.0.0.2/1"),
        camera("F1"),
        camera("F2"),
    ]
    assert [one.id for one in once_each(listed)] == ["P1", "P3", "P4", "F1", "F2"]


def test_an_outline_is_a_part_of_a_circle_around_the_camera() -> None:
    sector = sector_of(camera(view=EAST), CLASSES[DETECT], rule=RULE)
    assert sector is not None
    middle, *arc = outline(sector)
    assert middle == PURWOSARI
    assert {round(distance_m(middle, one)) for one in arc} == {round(sector.range_m)}
    assert all(one.lon > middle.lon for one in arc)
    around = sector_of(camera(view=None), CLASSES[DETECT], rule=RULE)
    assert around is not None
    assert PURWOSARI not in outline(around)


def test_an_rt_without_a_camera_that_works_is_listed_and_one_without_any_too() -> None:
    def of(name: str, rt: str):
        return camera(name, adm4="33.72.01.1007", rw="003", rt=rt)

    listed = [of("A", "001"), of("B", "001"), of("C", "002"), of("D", "003"), camera("E")]
    found = rts_without_live(listed, frozenset({"B"}), [("33.72.01.1007", "003", "009")])
    assert found == (
        RtWithout("33.72.01.1007", "003", "002", 1),
        RtWithout("33.72.01.1007", "003", "003", 1),
        RtWithout("33.72.01.1007", "003", "009", 0),
    )
