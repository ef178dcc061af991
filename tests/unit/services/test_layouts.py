"""Layouts: what the walls show is remembered at once."""

import pytest

from tmcwall.db import layouts as layout_rows
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.layout import WallPlan
from tmcwall.services.layouts import Layouts

PLAN = WallPlan("2x2", {0: "CAM-1", 3: "CAM-2"}, reserved=(1, 2))


@pytest.fixture
def layouts_of(qapp, store, clock, qtbot):
    made = []

    def start(wanted=None):
        layouts = Layouts(store=store, clock=clock, first_name="Utama", wanted=wanted)
        made.append(layouts)
        with qtbot.waitSignal(layouts.changed):
            layouts.start()
        return layouts

    yield start
    for layouts in made:
        layouts.stop()


def refusal(layouts, qtbot, act):
    with qtbot.waitSignal(layouts.refused) as refused:
        act()
    return refused.args[0].code


def test_a_new_workstation_begins_with_one_empty_layout(layouts_of):
    layouts = layouts_of()
    assert (layouts.names(), layouts.current().walls) == (("Utama",), {})


def test_what_a_wall_shows_is_there_after_a_restart(layouts_of):
    layouts_of().put("DP-1", PLAN)
    after = layouts_of()
    assert after.current().walls == {"DP-1": PLAN}
    assert after.shown() == {"CAM-1", "CAM-2"}


def test_of_many_changes_in_a_row_the_last_one_stays(layouts_of, store, qtbot):
    layouts = layouts_of()
    store.slow = True
    for index in range(50):
        layouts.put("DP-1", WallPlan("1x1", {0: f"CAM-{index}"}))
    assert len(store._waiting) == 1
    store.slow = False
    store.commit_waiting()
    qtbot.waitUntil(lambda: not layouts._writing and not layouts._unwritten)
    assert store.do(layout_rows.current).walls["DP-1"].cameras == {0: "CAM-49"}


def test_what_was_put_last_is_kept_when_the_program_ends_at_once(layouts_of, store):
    layouts = layouts_of()
    layouts.put("DP-1", PLAN)
    layouts.put("DP-1", WallPlan("1x1", {0: "CAM-9"}))
    layouts.stop()
    assert layouts_of().current().walls["DP-1"].cameras == {0: "CAM-9"}


def test_a_layout_is_saved_under_a_name_selected_and_deleted(layouts_of, qtbot):
    layouts = layouts_of()
    layouts.put("DP-1", PLAN)
    layouts.save_as(" Mudik  2025 ")
    layouts.put("DP-1", WallPlan("1x1"))
    assert layouts.names() == ("Utama", "Mudik 2025")
    layouts.select("Utama")
    assert layouts.current().walls == {"DP-1": PLAN}
    after = layouts_of()
    assert after.current().name == "Utama"
    after.delete("Utama")
    assert (after.names(), after.current().name) == (("Mudik 2025",), "Mudik 2025")
    assert layouts_of().names() == ("Mudik 2025",)


def test_the_last_layout_cannot_be_deleted_nor_an_unknown_one_selected(layouts_of, qtbot):
    layouts = layouts_of()
    assert refusal(layouts, qtbot, lambda: layouts.delete("Utama")) is DomainCode.NOT_ALLOWED
    assert refusal(layouts, qtbot, lambda: layouts.delete("Lain")) is DomainCode.LAYOUT_UNKNOWN
    assert refusal(layouts, qtbot, lambda: layouts.save_as(" ")) is DomainCode.FIELD_INVALID
    with pytest.raises(DomainError):
        layouts.select("Lain")


def test_the_layout_asked_for_at_the_start_is_the_current_one(layouts_of):
    first = layouts_of()
    first.save_as("Malam")
    first.select("Utama")
    assert layouts_of(wanted="Malam").current().name == "Malam"


def test_an_unknown_layout_at_the_start_is_said_and_the_last_one_shown(store, clock, qapp, qtbot):
    layouts = Layouts(store=store, clock=clock, first_name="Utama", wanted="Tidak Ada")
    with qtbot.waitSignals([layouts.refused, layouts.changed]):
        layouts.start()
    assert layouts.current().name == "Utama"
    layouts.stop()
