"""Layouts of all workstations: shared by right, followed where nothing was changed, and never lost here."""

from dataclasses import replace

import pytest

from tests.services_stage import EXAMPLES
from tmcwall.db import custody, operations, shared_layouts
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.layout import WallPlan
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.shared_layout import Page, PlacedCamera, SharedLayout
from tmcwall.services.layouts import Layouts, Sharing

LEFT = WallPlan("2x2", {0: "CAM-1", 3: "CAM-2"}, reserved=(1, 2))
RIGHT = WallPlan("1x1", {0: "CAM-3"})
SHARED = SharedLayout("l9", "Malam", (Page("2x2", (PlacedCamera(0, "CAM-8"),)), Page("1x1")))
LATER = replace(SHARED, pages=(Page("3x3", (PlacedCamera(4, "CAM-9"),)), Page("1x1")))
DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)


@pytest.fixture
def layouts_of(qapp, store, changes, clock, duty, qtbot):
    made = []

    def start():
        layouts = Layouts(store=store, clock=clock, first_name="Utama", changes=changes, duty=duty)
        made.append(layouts)
        with qtbot.waitSignal(layouts.changed):
            layouts.start()
        layouts.use_order(("DP-1", "DP-2"))
        return layouts

    duty.officer = DUTY_OFFICER
    yield start
    for layouts in made:
        layouts.stop()


def received(layouts, store, qtbot, value):
    with qtbot.waitSignal(layouts.changed):
        store.receive(value)


def test_a_layout_is_shared_with_the_pages_of_the_walls_in_their_order(layouts_of, store, qtbot):
    layouts = layouts_of()
    layouts.put("DP-2", RIGHT)
    layouts.put("DP-1", replace(LEFT, locked=(3,)))
    assert layouts.sharing() is Sharing.OWN
    with qtbot.waitSignal(layouts.changed):
        layouts.share()
    (made,) = store.do(shared_layouts.all_shared)
    assert (made.name, [page.grid for page in made.pages]) == ("Utama", ["2x2", "1x1"])
    assert layouts.sharing() is Sharing.SAME
    (operation,) = store.do(lambda session: operations.pending(session, 10))
    assert (operation.entity, operation.actor) == (Entity.SHARED_LAYOUT, DUTY_OFFICER.nrp)
    assert store.do(lambda session: custody.about(session, f"shared_layout/{made.id}"))[0].actor == DUTY_OFFICER.nrp


def test_an_operator_shares_nothing_and_deletes_nothing_that_is_shared(layouts_of, store, duty, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, SHARED)
    duty.officer = replace(DUTY_OFFICER, role=Role.OPERATOR)
    for act in (layouts.share, lambda: layouts.delete("Malam")):
        with qtbot.waitSignal(layouts.refused) as refused:
            act()
        assert refused.args[0].code is DomainCode.NOT_ALLOWED
    assert layouts.names() == ("Utama", "Malam")
    assert not layouts.may_share()


def test_a_layout_of_another_workstation_is_listed_and_its_pages_come_on_the_walls_here(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, SHARED)
    layouts.select("Malam")
    assert layouts.page_for("DP-1") == WallPlan("2x2", {0: "CAM-8"})
    assert layouts.page_for("DP-7") is None
    after = layouts_of()
    assert (after.names(), after.current().name) == (("Utama", "Malam"), "Malam")


def test_a_name_that_is_taken_here_gets_a_number(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, replace(SHARED, name="Utama"))
    assert layouts.names() == ("Utama", "Utama (2)")


def test_walls_follow_what_another_workstation_shares_but_for_those_changed_here(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, SHARED)
    layouts.select("Malam")
    layouts.put("DP-1", layouts.page_for("DP-1"))
    layouts.put("DP-2", RIGHT)
    assert layouts.sharing() is Sharing.DIFFERENT
    received(layouts, store, qtbot, LATER)
    assert layouts.current().walls == {"DP-1": WallPlan("3x3", {4: "CAM-9"}), "DP-2": RIGHT}
    layouts.take_shared()
    assert layouts.current().walls["DP-2"] == WallPlan("1x1")
    assert layouts.sharing() is Sharing.SAME
    assert layouts_of().current().walls["DP-1"] == WallPlan("3x3", {4: "CAM-9"})


def test_pages_for_workstations_with_more_walls_are_not_lost_by_one_with_fewer(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, SHARED)
    layouts.select("Malam")
    layouts.put("DP-1", LEFT)
    with qtbot.waitSignal(layouts.changed):
        layouts.share()
    (made,) = store.do(shared_layouts.all_shared)
    assert [page.grid for page in made.pages] == ["2x2", "1x1"]


def test_a_layout_that_is_taken_back_elsewhere_stays_here_as_an_own_one(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, SHARED)
    layouts.select("Malam")
    layouts.put("DP-1", LEFT)
    received(layouts, store, qtbot, replace(SHARED, shared=False))
    assert (layouts.current().walls, layouts.sharing()) == ({"DP-1": LEFT}, Sharing.OWN)


def test_deleting_a_shared_layout_takes_it_back_from_all(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, SHARED)
    layouts.delete("Malam")
    assert [one.shared for one in store.do(shared_layouts.all_shared)] == [False]
    assert layouts_of().names() == ("Utama",)


def test_what_lies_over_a_wall_is_seen_and_never_stored(layouts_of):
    layouts = layouts_of()
    layouts.put("DP-1", LEFT)
    layouts.lay_over({"DP-1": RIGHT})
    assert (layouts.current().walls, layouts.arranged()) == ({"DP-1": RIGHT}, {"DP-1": LEFT})
    assert layouts.shown() == {"CAM-3"}
    assert layouts_of().current().walls == {"DP-1": LEFT}
    layouts.lay_over({})
    assert layouts.current().walls == {"DP-1": LEFT}


def test_what_is_changed_under_an_order_is_kept_and_the_order_is_not(layouts_of):
    layouts = layouts_of()
    layouts.put("DP-1", LEFT)
    over = replace(LEFT, cameras={0: "P0", 3: "P3"})
    layouts.lay_over({"DP-1": over})
    layouts.put("DP-1", replace(over, cameras={0: "P0", 3: "MINE"}))
    assert layouts.current().walls["DP-1"].cameras == {0: "P0", 3: "MINE"}
    assert layouts.edited("DP-1") == {3}
    layouts.lay_over({})
    assert layouts.current().walls["DP-1"].cameras == {0: "CAM-1", 3: "MINE"}
    assert layouts.edited("DP-1") == frozenset()


def test_the_example_of_the_tests_is_one_that_a_wall_can_show(layouts_of, store, qtbot):
    layouts = layouts_of()
    received(layouts, store, qtbot, EXAMPLES[Entity.SHARED_LAYOUT])
    layouts.select("Malam")
    assert layouts.page_for("DP-1") == WallPlan("2x2", {0: "CAM-1"}, reserved=(3,))


def test_a_locked_tile_is_locked_after_a_restart(layouts_of):
    layouts_of().put("DP-1", replace(LEFT, locked=(3,)))
    assert layouts_of().current().walls["DP-1"].locked == (3,)
