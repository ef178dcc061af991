"""What a shift hands over: chosen and put in order, without anything that needs no hand."""

from datetime import date, timedelta

from tests.clocks import NOON
from tests.services_stage import EXAMPLES, camera
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.operation import Entity
from tmcwall.domain.shift_report import dead_cameras, late_letters, late_requests, locked_tiles
from tmcwall.domain.sp2hp import Preset, Reminder

CASE = EXAMPLES[Entity.CASE]
REQUEST = EXAMPLES[Entity.FOOTAGE_REQUEST]


def reminder(*, overdue: bool) -> Reminder:
    return Reminder(Preset.KLASIK, CASE.stage, 1, None, date(2025, 3, 20), overdue, -4 if overdue else 2)


def test_locked_tiles_are_told_by_wall_and_cell_with_the_camera_that_they_show() -> None:
    layout = Layout("l", "Utama", {"DP-2": WallPlan("2x2", {1: "c1"}, locked=(3, 1)), "DP-1": WallPlan("2x2")})
    assert [(one.wall, one.cell, one.camera) for one in locked_tiles(layout, {"c1": "Gendengan"})] == [
        ("DP-2", 1, "Gendengan"), ("DP-2", 3, ""),
    ]  # fmt: skip


def test_dead_are_cameras_without_a_live_picture_and_not_those_that_nobody_looks_at_or_that_are_out_of_use() -> None:
    states = [
        TileState.LOST, TileState.LIVE, TileState.OFF, TileState.QUARANTINED, TileState.OUTAGE, TileState.BLACK,
    ]  # fmt: skip
    seen = [(camera(f"CAM-{number}"), TileStatus(state)) for number, state in enumerate(states)]
    assert {one.status.state for one in dead_cameras(seen)} == {TileState.LOST, TileState.BLACK}


def test_a_letter_is_late_once_its_reminder_is_overdue() -> None:
    found = late_letters([(CASE, reminder(overdue=True)), (CASE, reminder(overdue=False)), (CASE, None)])
    assert [(one.lp, one.days) for one in found] == [(CASE.lp, 4)]


def test_a_request_is_late_after_its_due_day_and_not_on_it() -> None:
    numbers = {CASE.id: CASE.lp}
    assert late_requests([REQUEST], numbers, today=REQUEST.due_on) == ()
    (late,) = late_requests([REQUEST], numbers, today=REQUEST.due_on + timedelta(days=1))
    assert (late.lp, late.asked_of) == (CASE.lp, REQUEST.asked_of)
    assert NOON.date() < late.due
