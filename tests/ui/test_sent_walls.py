"""What other workstations send lies over the walls here, leaves alone what it has to, and goes without a trace."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal

from tests.afternoon import NOW
from tmcwall.db.wall_orders import SentOrder
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.shared_layout import Page, PlacedCamera
from tmcwall.domain.wall_order import OrderOutcome, WallOrder
from tmcwall.services.wall_orders import ListedOrder
from tmcwall.services.wall_overlay import WallOverlay
from tmcwall.texts import Translator
from tmcwall.ui.sent_walls import SentWalls

OWN = {"DP-1": WallPlan("2x2", {0: "A", 1: "B"}, locked=(1,)), "DP-2": WallPlan("1x1", {0: "C"})}
PAGE = Page("2x2", (PlacedCamera(0, "P0"), PlacedCamera(1, "P1"), PlacedCamera(2, "P2")))
ORDER = WallOrder("w1", "here", NOW, NOW + timedelta(hours=1), pages=(PAGE,))


class Orders(QObject):
    changed = Signal()

    def __init__(self):
        super().__init__()
        self.orders = []
        self.answers = {}

    def shown(self):
        return [ListedOrder(SentOrder(one, "80010011", "", "d2"), "Meja 2", "Meja 1", True) for one in self.orders]

    def answer(self, order_id, outcome):
        self.answers[order_id] = outcome

    def put(self, *orders):
        self.orders = list(orders)
        self.changed.emit()


class Layouts(QObject):
    changed = Signal()

    def __init__(self):
        super().__init__()
        self.own = dict(OWN)
        self.overlay = WallOverlay()

    def arranged(self):
        return self.own

    def current(self):
        return Layout("l1", "Utama", self.overlay.seen(self.own))

    def edited(self, wall):
        return self.overlay.edited(wall)

    def lay_over(self, laid):
        if self.overlay.lay(laid):
            self.changed.emit()

    def put(self, wall, plan):
        self.own[wall] = self.overlay.put(wall, plan, own=self.own[wall])
        self.changed.emit()


class Room(QObject):
    changed = Signal()

    def __init__(self):
        super().__init__()
        self.walls = self
        self.order = ["DP-1", "DP-2"]
        self.ready = True
        self.banners = {}

    def wall_order(self):
        return self.order

    def show_banners(self, banners):
        self.banners = dict(banners)


class Incidents(QObject):
    listed = Signal()
    arrived = Signal(object)
    changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.seen = {}

    def seen_by(self, camera_id):
        return self.seen.get(camera_id, ())


class Stage:
    def __init__(self):
        self.orders, self.layouts, self.room, self.incidents = Orders(), Layouts(), Room(), Incidents()
        self.sent = SentWalls(self.orders, self.layouts, self.incidents, self.room, translate=Translator())
        self.said = []
        self.sent.told.connect(lambda order_id, sentence: self.said.append((order_id, sentence)))

    def wall(self, name="DP-1"):
        return self.layouts.current().walls[name].cameras


@pytest.fixture
def stage(qapp):
    return Stage()


def test_a_page_lies_over_its_wall_but_for_the_locked_tile_and_the_sender_is_said(stage):
    stage.orders.put(ORDER)
    assert stage.wall() == {0: "P0", 1: "B", 2: "P2"}
    assert stage.orders.answers == {"w1": OrderOutcome.IN_PART}
    assert stage.room.banners == {"DP-1": "Kiriman NRP 80010011, Meja 2, sampai 15.14 WIB"}
    assert stage.said == [("w1", ("Kiriman dari NRP 80010011, Meja 2, sampai 15.14 WIB. Yang semula ada di sini tampil "
                           "lagi sesudahnya. 1 kamera tidak mendapat petak."))]  # fmt: skip


def test_when_it_ends_the_walls_show_what_the_officer_had(stage):
    stage.orders.put(ORDER)
    stage.orders.put()
    assert stage.layouts.current().walls == OWN
    assert stage.room.banners == {}
    assert stage.said[-1] == ("", "")


def test_a_tile_whose_camera_sees_an_incident_is_left_alone_also_when_the_incident_comes_later(stage):
    stage.orders.put(ORDER)
    stage.incidents.seen = {"A": ("incident",)}
    stage.incidents.changed.emit(None)
    assert stage.wall() == {0: "A", 1: "B", 2: "P2"}


def test_what_the_officer_puts_on_such_a_wall_stays_and_is_his_own(stage):
    stage.orders.put(ORDER)
    mine = replace(stage.layouts.current().walls["DP-1"], cameras={**stage.wall(), 2: "MINE"})
    stage.layouts.put("DP-1", mine)
    assert stage.wall() == {0: "P0", 1: "B", 2: "MINE"}
    stage.orders.put()
    assert stage.wall() == {0: "A", 1: "B", 2: "MINE"}


def test_a_camera_comes_on_an_empty_tile_of_the_wall_it_was_sent_to(stage):
    stage.orders.put(replace(ORDER, pages=(), camera_id="X"))
    assert stage.wall() == {0: "A", 1: "B", 2: "X"}
    assert stage.orders.answers == {"w1": OrderOutcome.SHOWN}


def test_a_wall_that_is_not_there_is_the_last_one_that_is(stage):
    stage.orders.put(replace(ORDER, first_wall=9, pages=(), camera_id="X"))
    assert stage.wall("DP-2") == {0: "X"}


def test_pages_come_on_the_walls_in_their_order_and_those_too_many_are_left_out(stage):
    stage.orders.put(replace(ORDER, first_wall=2, pages=(PAGE, PAGE)))
    assert stage.wall("DP-2") == {0: "P0", 1: "P1", 2: "P2"}
    assert stage.wall("DP-1") == OWN["DP-1"].cameras
    assert stage.orders.answers == {"w1": OrderOutcome.IN_PART}


def test_a_later_order_lies_over_an_earlier_one(stage):
    stage.orders.put(replace(ORDER, pages=(Page("2x2", (PlacedCamera(0, "Q0"),)),)), replace(ORDER, id="w2"))
    assert stage.wall() == {0: "P0", 1: "B", 2: "P2"}
    assert stage.said[-1][0] == "w2"


def test_where_everything_is_locked_nothing_is_shown_and_the_sender_is_told(stage):
    stage.layouts.own = {"DP-1": replace(OWN["DP-1"], locked=(0, 1, 2, 3))}
    stage.room.order = ["DP-1"]
    stage.orders.put(ORDER)
    assert stage.wall() == OWN["DP-1"].cameras
    assert stage.orders.answers == {"w1": OrderOutcome.NO_PLACE}
    assert stage.room.banners == {}


def test_before_it_is_known_which_walls_there_are_nothing_is_answered(stage):
    stage.room.ready = False
    stage.orders.put(ORDER)
    assert stage.orders.answers == {}
    stage.room.ready = True
    stage.room.changed.emit()
    assert stage.orders.answers == {"w1": OrderOutcome.IN_PART}


def test_a_workstation_without_walls_shows_nothing_and_says_so(stage):
    stage.room.order = []
    stage.orders.put(replace(ORDER, pages=(), camera_id="X"), replace(ORDER, id="w2"))
    assert stage.orders.answers == {"w1": OrderOutcome.NO_PLACE, "w2": OrderOutcome.NO_PLACE}
