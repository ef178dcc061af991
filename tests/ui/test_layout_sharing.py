"""The bar above the plan of the walls says how the layout stands to what all have; tiles are locked in the plan."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from tests.desk import Desk
from tmcwall.services.layouts import Sharing
from tmcwall.texts import Translator
from tmcwall.ui.console.layout_bar import LayoutBar
from tmcwall.ui.console.plan import PlanPanel
from tmcwall.ui.console.plan_canvas import PlanCanvas

SAY = Translator()


@pytest.fixture
def bar(desk: Desk, qtbot):
    bar = LayoutBar(desk.layouts, desk.duty, translate=SAY)
    qtbot.addWidget(bar)
    bar.resize(1200, 40)
    bar.show()
    return bar


def sharing(bar):
    """What the button says, and what its menu offers; None: it is not there."""
    button = next(one for one in bar.findChildren(QToolButton))
    offered = [action.text() for action in button.menu().actions() if action.isEnabled()]
    return (button.text(), offered) if button.isVisible() else None


def choose(bar, words):
    menu = next(one for one in bar.findChildren(QToolButton)).menu()
    next(action for action in menu.actions() if action.text() == words).trigger()


@pytest.mark.parametrize(
    ("shared", "allowed", "said"),
    [
        (Sharing.OWN, False, None),
        (Sharing.OWN, True, ("Sendiri", ["Bagikan ke semua"])),
        (Sharing.SAME, True, ("Bersama", [])),
        (Sharing.DIFFERENT, False, ("Diubah", ["Ambil versi bersama"])),
        (Sharing.DIFFERENT, True, ("Diubah", ["Bagikan ke semua", "Ambil versi bersama"])),
    ],
)
def test_the_bar_says_how_the_layout_stands_and_offers_what_the_officer_may(bar, desk, shared, allowed, said):
    desk.layouts.shared, desk.layouts.allowed = shared, allowed
    desk.duty.changed.emit()
    assert sharing(bar) == said


def test_sharing_is_said_and_leaves_nothing_to_share(bar, desk, qtbot):
    desk.layouts.allowed = True
    desk.layouts.changed.emit()
    with qtbot.waitSignal(bar.told) as told:
        choose(bar, "Bagikan ke semua")
    assert told.args == ["Tata letak “Utama” dibagikan."]
    assert sharing(bar) == ("Bersama", [])


def test_the_shared_one_is_taken_again(bar, desk):
    desk.layouts.shared = Sharing.DIFFERENT
    desk.layouts.changed.emit()
    choose(bar, "Ambil versi bersama")
    assert desk.layouts.shared is Sharing.SAME


def test_while_a_name_is_asked_for_nothing_is_shared(bar, desk):
    desk.layouts.shared, desk.layouts.allowed = Sharing.DIFFERENT, True
    desk.layouts.changed.emit()
    bar.start_save()
    assert sharing(bar) is None


@pytest.fixture
def panel(desk: Desk, qtbot):
    panel = PlanPanel(desk.layouts, desk.cameras, desk.monitors, desk.duty, translate=SAY)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    return panel


def test_a_tile_is_locked_and_unlocked_by_its_key(panel, desk, qtbot):
    canvas = next(one for one in panel.findChildren(PlanCanvas) if one.accessibleName() == "Petak monitor 1")
    for index in (1, 15):
        panel.select("DP-1", index)
        qtbot.keyClick(canvas, Qt.Key.Key_K)
    assert desk.layouts.current().walls["DP-1"].locked == (1, 15)
    canvas.grab()
    panel.select("DP-1", 1)
    qtbot.keyClick(canvas, Qt.Key.Key_K)
    assert desk.layouts.current().walls["DP-1"].locked == (15,)


def test_the_pages_of_the_plan_are_those_of_the_open_walls(panel, desk):
    assert [page.grid for page in panel.pages()] == ["4x4"]
    panel.select("DP-2", 0)
    assert [page.grid for page in panel.pages(selected_only=True)] == ["4x4"]
