"""Cameras that come up: for whom, counted repeats, and another camera for one that fails."""

import pytest
from PySide6.QtCore import QObject, Signal

from tests.services_stage import camera, incident
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import IncidentType, Place, Severity, Status
from tmcwall.services.raised_cameras import MOST_RAISED, RaisedCameras


class Desk(QObject):
    listed = Signal()
    arrived = Signal(object)
    changed = Signal(object)


class Cameras(QObject):
    statuses_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.dead: set[str] = set()
        self.there = [camera(f"CAM-{number}") for number in range(1, 7)]

    def get(self, camera_id):
        return next((one for one in self.there if one.id == camera_id), None)

    def is_working(self, one):
        return one.id not in self.dead

    def nearest(self, _position, *, count=4):
        found = tuple(one for one in self.there if self.is_working(one))[:count]
        return Coverage(300.0 if found else None, found)


@pytest.fixture
def desk(qapp):
    return Desk()


@pytest.fixture
def cameras(qapp):
    return Cameras()


@pytest.fixture
def raised(desk, cameras):
    raised = RaisedCameras(incidents=desk, cameras=cameras, least=Severity.SEVERE)
    raised.start()
    yield raised
    raised.stop()


def severe(name="INC-1", **changes):
    return incident(**{"id": name, "severity": Severity.SEVERE, **changes})


def test_the_four_nearest_working_cameras_come_up(raised, desk, qtbot):
    with qtbot.waitSignal(raised.changed):
        desk.arrived.emit(severe())
    (one,) = raised.raised()
    assert (one.cameras, one.radius_m) == (("CAM-1", "CAM-2", "CAM-3", "CAM-4"), 300.0)


def test_repeats_are_counted_and_not_stacked(raised, desk, qtbot):
    with qtbot.waitSignal(raised.changed):
        for number in range(30):
            desk.arrived.emit(severe(f"INC-{number}"))
    (one,) = raised.raised()
    assert (one.repeats, raised.of("INC-7")) == (29, one)


def test_a_hundred_alarms_at_once_are_told_once(raised, desk, qtbot):
    told = []
    raised.changed.connect(lambda: told.append(1))
    with qtbot.waitSignal(raised.changed):
        for number in range(100):
            desk.arrived.emit(severe(f"INC-{number}", type=list(IncidentType)[number % 20]))
    assert told == [1]
    assert len(raised.raised()) == 20


def test_of_a_storm_the_least_urgent_are_left_out(raised, desk, monkeypatch):
    monkeypatch.setattr("tmcwall.services.raised_cameras.is_repeat", lambda *_: False)
    for number in range(MOST_RAISED + 5):
        desk.arrived.emit(severe(f"INC-{number:03}"))
    assert [one.incident.id for one in raised.raised()][-1] == f"INC-{MOST_RAISED - 1:03}"


def test_cameras_go_when_the_incident_is_over_and_so_do_its_repeats(raised, desk, qtbot):
    desk.arrived.emit(severe())
    desk.arrived.emit(severe("INC-2"))
    with qtbot.waitSignal(raised.changed):
        desk.changed.emit(severe(status=Status.CLOSED))
    assert (raised.raised(), raised.of("INC-2")) == ([], None)


def test_a_camera_that_fails_is_replaced_by_the_next(raised, desk, cameras, qtbot):
    desk.arrived.emit(severe())
    cameras.dead.add("CAM-2")
    with qtbot.waitSignal(raised.changed):
        cameras.statuses_changed.emit(frozenset({"CAM-2", "CAM-9"}))
    assert raised.raised()[0].cameras == ("CAM-1", "CAM-3", "CAM-4", "CAM-5")


def test_without_a_working_camera_or_a_place_nothing_comes_up_until_there_is_one(raised, desk, cameras):
    cameras.dead = {one.id for one in cameras.there}
    desk.arrived.emit(severe())
    desk.arrived.emit(severe("INC-2", place=Place(text="entah")))
    assert raised.raised() == []
    cameras.dead = set()
    desk.changed.emit(severe("INC-2"))
    assert [one.incident.id for one in raised.raised()] == ["INC-2"]
