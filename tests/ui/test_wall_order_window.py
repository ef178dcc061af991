"""What is sent to the walls of other workstations, as the console shows and sends it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.onscreen import button, words
from tmcwall.db.wall_orders import SentOrder
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.shared_layout import Page
from tmcwall.domain.wall_order import OrderOutcome, WallOrder
from tmcwall.services.wall_orders import ListedOrder
from tmcwall.texts import Translator
from tmcwall.texts import wall_orders as texts
from tmcwall.texts.faults import explain
from tmcwall.ui.console.wall_order_window import WallOrderWindow

SAY = Translator()
DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)
HOUR = timedelta(hours=1)
ORDER = WallOrder("w1", "dev-2", NOW, NOW + HOUR, camera_id="CAM-1")


class Plan:
    """What the walls here show."""

    def __init__(self):
        self.camera = "CAM-1"

    def pages(self, *, selected_only=False):
        return [Page("1x1")] if selected_only else [Page("1x1"), Page("2x2")]

    def selected_camera(self):
        return self.camera


@pytest.fixture
def plan():
    return Plan()


@pytest.fixture
def window(desk: Desk, plan, qtbot):
    desk.duty.accept(DUTY_OFFICER)
    window = WallOrderWindow(desk.wall_orders, desk.cameras, desk.duty, plan, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


def show(window, desk, *orders, under_way=True):
    desk.wall_orders.orders = [
        ListedOrder(SentOrder(one, "80010011", "Rina", "dev-1"), "Meja 1", "Meja 2", under_way) for one in orders
    ]
    desk.wall_orders.changed.emit()


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        (texts.LAYOUT, ((Page("1x1"), Page("2x2")), None)),
        (texts.PAGE, ((Page("1x1"),), None)),
        (texts.CAMERA, ((), "CAM-1")),
    ],
)
def test_walls_a_wall_or_a_camera_go_to_the_chosen_wall_of_the_chosen_workstation(window, desk, what, sent):
    window.choose(what, desk="Meja 3", wall=2)
    button(window, "Kirim").click()
    assert desk.wall_orders.asked == [("dev-3", timedelta(minutes=15), *sent, 2)]


def test_without_a_selected_camera_none_is_sent(window, desk, plan):
    plan.camera = None
    window.choose(texts.CAMERA, desk="Meja 2")
    button(window, "Kirim").click()
    assert desk.wall_orders.asked == []
    assert "Pilih dulu sebuah petak dengan kamera." in words(window)


def test_an_order_is_listed_with_what_became_of_it(window, desk):
    pages = replace(ORDER, camera_id=None, pages=(Page("1x1"), Page("1x1")), outcome=OrderOutcome.IN_PART)
    show(window, desk, ORDER, pages, replace(pages, taken_back=True))
    assert [(to, what, outcome) for to, what, _sent, _ends, outcome in window.lines()] == [
        ("Meja 2", "CAM-1", "dikirim, belum ada jawaban"),
        ("Meja 2", "Dinding 1-2", "ditampilkan sebagian"),
        ("Meja 2", "Dinding 1-2", "ditarik kembali"),
    ]
    assert window.lines()[0][2:4] == ("14.14.32 WIB", "15.14.32 WIB")


def test_one_whose_time_is_over_says_so_and_is_not_taken_back(window, desk):
    show(window, desk, replace(ORDER, outcome=OrderOutcome.SHOWN), under_way=False)
    assert window.lines()[0][4] == "ditampilkan, waktunya habis"
    window.select(0)
    assert not button(window, "Tarik kembali").isEnabled()


def test_the_selected_one_is_taken_back(window, desk):
    show(window, desk, ORDER)
    window.select(0)
    show(window, desk, replace(ORDER, outcome=OrderOutcome.SHOWN))
    button(window, "Tarik kembali").click()
    assert desk.wall_orders.asked == [("take back", "w1")]


def test_an_operator_sees_them_and_sends_none(window, desk):
    desk.duty.accept(Officer("80010013", "Tri", Role.OPERATOR))
    assert not button(window, "Kirim").isEnabled()


def test_without_other_workstations_it_says_so(window, desk):
    desk.wall_orders.others = []
    desk.wall_orders.changed.emit()
    assert not button(window, "Kirim").isEnabled()
    assert "Belum ada tempat kerja lain yang terdaftar di server." in words(window)


def test_a_refusal_is_said(window, desk):
    refused = DomainError(DomainCode.NOT_ALLOWED, "x")
    desk.wall_orders.refused.emit(refused)
    assert explain(refused, SAY) in words(window)
