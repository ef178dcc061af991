"""Cameras of incidents on the reserved tiles, and nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal

from tests.clocks import NOON, FakeClock
from tests.services_stage import incident
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.raising import Raised
from tmcwall.ui.raised_walls import RaisedWalls

OWN = {0: "mine-0", 1: "mine-1", 3: "spare"}
PLAN = WallPlan("2x2", OWN, reserved=(2, 3))


class Service(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.up: list[Raised] = []

    def raised(self):
        return self.up

    def show(self, *up):
        self.up = list(up)
        self.changed.emit()


class Layouts(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.layouts = {"l1": Layout("l1", "Pagi", {"A": PLAN}), "l2": Layout("l2", "Malam", {"A": WallPlan("1x1")})}
        self.now = "l1"
        self.puts = 0

    def current(self):
        return self.layouts[self.now]

    def put(self, wall, plan):
        self.puts += 1
        self.layouts[self.now] = replace(self.current(), walls={wall: plan})
        self.changed.emit()

    def shown(self):
        return frozenset(camera for plan in self.current().walls.values() for camera in plan.cameras.values())

    def on_wall(self):
        return dict(self.current().walls["A"].cameras)

    def select(self, name):
        self.now = name
        self.changed.emit()


class Room:
    ready = True

    def __init__(self) -> None:
        self.replays: list[tuple[str, int, str, float]] = []

    def wall_order(self):
        return ["A"]

    def replay_from(self, wall, cell, camera_id, from_s):
        self.replays.append((wall, cell, camera_id, from_s))
        return True


@pytest.fixture
def service(qapp):
    return Service()


@pytest.fixture
def layouts(qapp):
    return Layouts()


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def walls(service, layouts, room):
    return RaisedWalls(service, layouts, room, clock=FakeClock())


def up(name, *cameras, **changes):
    return Raised(incident(id=name, **changes), cameras, 300.0)


def test_only_reserved_tiles_are_filled_and_they_get_back_what_they_had(walls, service, layouts):
    service.show(up("I1", "a", "b", "c"))
    assert layouts.on_wall() == {0: "mine-0", 1: "mine-1", 2: "a", 3: "b"}
    service.show()
    assert layouts.on_wall() == OWN


def test_what_is_up_stays_where_it_is_and_writes_nothing_again(walls, service, layouts):
    service.show(up("I1", "a"))
    puts = layouts.puts
    service.show(up("I1", "a"))
    assert (layouts.puts, layouts.on_wall()[2]) == (puts, "a")


def test_a_hundred_incidents_change_no_tile_of_the_officer(walls, service, layouts):
    for count in range(1, 101):
        one_more = [up(f"I{n}", f"c{n}", received_at=NOON + timedelta(seconds=n)) for n in range(count)]
        service.show(*one_more)
        assert {cell: camera for cell, camera in layouts.on_wall().items() if cell < 2} == {0: "mine-0", 1: "mine-1"}
    assert (layouts.on_wall()[2], layouts.on_wall()[3]) == ("c0", "c1")


def test_a_locked_tile_is_left_alone(walls, service, layouts):
    layouts.layouts["l1"] = Layout("l1", "Pagi", {"A": replace(PLAN, locked=(3,))})
    service.show(up("I1", "a", "b"))
    assert layouts.on_wall() == {**OWN, 2: "a"}


def test_what_an_officer_puts_on_a_reserved_tile_meanwhile_is_his(walls, service, layouts):
    service.show(up("I1", "a", "b"))
    plan = layouts.current().walls["A"]
    layouts.put("A", replace(plan, cameras={**plan.cameras, 2: "chosen"}))
    service.show(up("I1", "a", "b"), up("I2", "c"))
    assert layouts.on_wall()[2] == "chosen"
    service.show()
    assert layouts.on_wall() == {**OWN, 2: "chosen"}


def test_a_layout_that_is_left_gives_its_tiles_back_when_it_is_shown_again(walls, service, layouts):
    service.show(up("I1", "a", "b"))
    layouts.select("l2")
    service.show()
    layouts.select("l1")
    assert layouts.on_wall() == OWN


def test_a_camera_that_is_recorded_is_shown_from_a_minute_before_the_call(walls, service, room, qtbot):
    service.show(up("I1", "mine-0", "a", called_at=NOON))
    qtbot.waitUntil(lambda: room.replays != [])
    assert room.replays == [("A", 2, "mine-0", NOON.timestamp() - 60)]


def test_a_call_of_long_ago_is_not_replayed(walls, service, room, layouts):
    service.show(up("I1", "mine-0", called_at=NOON - timedelta(minutes=20)))
    assert (layouts.on_wall()[2], room.replays) == ("mine-0", [])
