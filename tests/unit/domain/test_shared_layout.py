"""Shared layouts: pages instead of monitors, and what a workstation follows of them."""

from __future__ import annotations

from dataclasses import replace

from tmcwall.domain.layout import WallPlan
from tmcwall.domain.shared_layout import Page, PlacedCamera, SharedLayout, differs, followed, page_of, plan_of

LEFT = WallPlan("2x2", {0: "CAM-1", 3: "CAM-2"}, reserved=(1,))
RIGHT = WallPlan("1+5", {0: "CAM-3"})
BEFORE = SharedLayout("l1", "Malam", (page_of(LEFT), page_of(RIGHT)))
AFTER = replace(BEFORE, pages=(Page("3x3", (PlacedCamera(8, "CAM-9"),)), page_of(RIGHT)))
ORDER = ("DP-1", "DP-2")


def test_a_page_is_a_wall_without_its_monitor_and_its_locks() -> None:
    assert plan_of(page_of(replace(LEFT, locked=(3,)))) == LEFT


def test_a_wall_that_shows_what_its_page_said_follows_it() -> None:
    after = followed({"DP-1": LEFT, "DP-2": RIGHT}, BEFORE, AFTER, order=ORDER)
    assert after == {"DP-1": WallPlan("3x3", {8: "CAM-9"}), "DP-2": RIGHT}


def test_a_wall_that_was_changed_here_stays_as_it_is() -> None:
    mine = replace(LEFT, cameras={0: "CAM-7"})
    assert followed({"DP-1": mine}, BEFORE, AFTER, order=ORDER) == {"DP-1": mine}


def test_a_locked_tile_keeps_its_camera_when_the_rest_follows() -> None:
    mine = replace(LEFT, locked=(3,))
    after = replace(BEFORE, pages=(Page("2x2", (PlacedCamera(0, "CAM-8"), PlacedCamera(3, "CAM-9"))), page_of(RIGHT)))
    assert followed({"DP-1": mine}, BEFORE, after, order=ORDER)["DP-1"] == WallPlan(
        "2x2", {0: "CAM-8", 3: "CAM-2"}, locked=(3,)
    )


def test_walls_beyond_the_pages_and_pages_beyond_the_walls_are_left_alone() -> None:
    third = WallPlan("1x1", {0: "CAM-5"})
    assert followed({"DP-3": third}, BEFORE, AFTER, order=(*ORDER, "DP-3")) == {"DP-3": third}
    assert not differs({"DP-3": third}, BEFORE, order=(*ORDER, "DP-3"))


def test_it_is_seen_whether_a_wall_differs_from_its_page() -> None:
    assert not differs({"DP-1": LEFT, "DP-2": RIGHT}, BEFORE, order=ORDER)
    assert differs({"DP-1": RIGHT}, BEFORE, order=ORDER)
