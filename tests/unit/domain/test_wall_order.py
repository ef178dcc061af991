"""Wall orders: how they lie over a wall, what they leave alone, and when they are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON
from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.domain.shared_layout import Page, PlacedCamera, page_of
from tmcwall.domain.wall_order import (
    BEGINS_WITHIN,
    LONGEST,
    OrderOutcome,
    WallOrder,
    beneath,
    changed_cells,
    lay_camera,
    lay_page,
)

OWN = WallPlan("2x2", {0: "A", 1: "B", 2: "C"}, reserved=(3,), locked=(1,))
PAGE = Page("2x2", tuple(PlacedCamera(cell, f"P{cell}") for cell in range(4)))
LARGER = Page("3x3", tuple(PlacedCamera(cell, f"P{cell}") for cell in range(9)))
ORDER = WallOrder("w1", "meja-2", NOON, NOON + timedelta(hours=1), camera_id="X")


def test_a_page_of_the_same_grid_comes_into_its_own_cells_but_for_those_that_are_kept() -> None:
    laid = lay_page(OWN, PAGE, kept={1})
    assert laid.plan == replace(OWN, cameras={0: "P0", 1: "B", 2: "P2", 3: "P3"})
    assert laid.left_out == 1


def test_where_nothing_is_kept_the_wall_takes_the_grid_of_the_page() -> None:
    laid = lay_page(OWN, LARGER, kept=set())
    assert (laid.plan.grid, len(laid.plan.cameras), laid.left_out) == ("3x3", 9, 0)


def test_a_kept_cell_keeps_the_grid_and_the_cameras_of_the_page_come_in_their_order() -> None:
    laid = lay_page(OWN, LARGER, kept={1})
    assert laid.plan == replace(OWN, cameras={0: "P0", 1: "B", 2: "P1", 3: "P2"})
    assert laid.left_out == 6


def test_a_kept_cell_that_is_empty_stays_empty() -> None:
    assert 3 not in lay_page(OWN, PAGE, kept={3}).plan.cameras


def test_a_camera_comes_on_an_empty_cell_then_on_a_reserved_one_then_on_the_last() -> None:
    empty = replace(OWN, cameras={0: "A"})
    assert lay_camera(empty, "X", kept={1}).plan.cameras == {0: "A", 2: "X"}
    assert lay_camera(OWN, "X", kept={1}).plan.cameras[3] == "X"
    assert lay_camera(replace(OWN, reserved=(), cameras={**OWN.cameras, 3: "D"}), "X", kept={1}).plan.cameras[3] == "X"


def test_a_camera_that_is_shown_already_moves_nothing_and_one_without_a_free_cell_is_left_out() -> None:
    assert lay_camera(OWN, "C", kept=set()).plan == OWN
    nothing = lay_camera(OWN, "X", kept={0, 1, 2, 3})
    assert (nothing.plan, nothing.left_out) == (OWN, 1)


def test_what_the_officer_changes_under_an_order_is_his_own_and_the_rest_of_the_order_is_not() -> None:
    laid = lay_page(OWN, PAGE, kept={1}).plan
    edited = replace(laid, cameras={**laid.cameras, 2: "MINE"})
    assert changed_cells(laid, edited) == {2}
    assert beneath(OWN, laid, edited) == replace(OWN, cameras={0: "A", 1: "B", 2: "MINE"})


def test_an_officer_who_changes_the_grid_has_what_he_sees() -> None:
    laid = lay_page(OWN, PAGE, kept={1}).plan
    other = WallPlan("1x1", {0: "P0"})
    assert beneath(OWN, laid, other) == other
    assert changed_cells(laid, other) == {0}


def test_a_tile_that_is_locked_or_reserved_under_an_order_is_so_afterwards() -> None:
    laid = lay_page(OWN, PAGE, kept={1}).plan
    assert beneath(OWN, laid, replace(laid, locked=(1, 2))).locked == (1, 2)
    assert beneath(OWN, laid, replace(laid, reserved=())).reserved == ()


@pytest.mark.parametrize(
    ("changes", "late", "over", "begins"),
    [
        ({}, timedelta(), False, True),
        ({}, BEGINS_WITHIN + timedelta(seconds=1), False, False),
        ({}, timedelta(seconds=-5), False, True),
        ({}, timedelta(hours=1), True, False),
        ({"taken_back": True}, timedelta(), True, False),
        ({"outcome": OrderOutcome.DISMISSED}, timedelta(), True, False),
        ({"ends_at": NOON + timedelta(days=30)}, LONGEST, True, False),
    ],
)
def test_an_order_begins_soon_or_not_at_all_and_ends_by_itself(changes, late, over, begins) -> None:
    order = replace(ORDER, **changes)
    assert (order.is_over(NOON + late), order.may_begin(NOON + late)) == (over, begins)


GRIDS = st.sampled_from(["1x1", "2x2", "3x3", "4x4", "1+5", "1+7", "2+8", "8x8"])


@st.composite
def plans(draw: st.DrawFn) -> WallPlan:
    grid = draw(GRIDS)
    cells = st.integers(0, len(parse_grid(grid).cells) - 1)
    cameras = draw(st.dictionaries(cells, st.text("abcd", min_size=1, max_size=2), max_size=10))
    return WallPlan(grid, cameras, locked=tuple(sorted(draw(st.sets(cells, max_size=4)))))


@given(plans(), plans(), st.sets(st.integers(0, 63), max_size=8))
def test_whatever_is_sent_a_kept_cell_shows_what_it_showed(own, sent, kept) -> None:
    held = {*kept, *own.locked} & set(range(len(parse_grid(own.grid).cells)))
    laid = lay_page(own, page_of(sent), kept=held)
    if held or sent.grid == own.grid:
        assert {cell: laid.plan.cameras.get(cell) for cell in held} == {
            cell: own.cameras.get(cell) for cell in held
        }  # fmt: skip
    assert len(sent.cameras) - laid.left_out == len(laid.plan.cameras.items() - {
        cell: own.cameras[cell] for cell in held if cell in own.cameras
    }.items())  # fmt: skip
    one = lay_camera(own, "zz", kept=held)
    assert all(one.plan.cameras.get(cell) == own.cameras.get(cell) for cell in held)
