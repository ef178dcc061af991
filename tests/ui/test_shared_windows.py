"""From the console: contacts, outages and wall orders by their keys, and the strip of what lies over the walls."""

import pytest

from tests.desk import Desk
from tests.ui.onscreen import button, words
from tests.ui.test_console_window import open_console
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId

SAY = Translator()


@pytest.fixture
def console(desk: Desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console)
    return console


@pytest.mark.parametrize(
    ("action", "title"),
    [
        (ActionId.CONTACTS, "Kontak wilayah"),
        (ActionId.OUTAGES, "Padam terencana"),
        (ActionId.WALL_ORDERS, "Kirim ke dinding lain"),
    ],
)
def test_each_has_a_key_and_a_window_of_its_own(console, action, title):
    windows = (console.shared.contacts, console.shared.outages, console.shared.orders)
    console.shared.handlers()[action]()
    assert [window.windowTitle() for window in windows if window.isVisible()] == [title]


def test_the_directory_opens_with_those_who_answer_for_the_selected_camera(console, desk):
    console.plan.select("DP-1", 0)
    console.shared.show_contacts()
    name = desk.cameras.get(desk.layouts.current().walls["DP-1"].cameras[0]).name
    assert f"Kontak untuk {name}" in words(console.shared.contacts)


def test_an_outage_begins_with_the_selected_camera(console, desk):
    console.plan.select("DP-1", 0)
    console.shared.show_outages()
    button(console.shared.outages, "Rencanakan").setEnabled(True)
    button(console.shared.outages, "Rencanakan").click()
    assert desk.outages.asked[0][0] == (desk.layouts.current().walls["DP-1"].cameras[0],)


def test_while_something_lies_over_the_walls_the_console_says_so_and_offers_to_put_back(console, desk):
    console.shared.tell_order("w1", "Kiriman dari NRP 80010011, Meja 2, sampai 15.14 WIB.")
    assert console.shared.notice.text == "Kiriman dari NRP 80010011, Meja 2, sampai 15.14 WIB."
    button(console.shared.notice, "Kembalikan").click()
    assert desk.wall_orders.asked == [("dismiss", "w1")]
    console.shared.tell_order("", "")
    assert not console.shared.notice.isVisible()
