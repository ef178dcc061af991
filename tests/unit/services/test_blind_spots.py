"""Blind spots: incidents that no working camera was near, each judged once and kept."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal

from tests.clocks import NOON
from tests.services_stage import PURWOSARI, FakeBook, camera, incident
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Drill, Place
from tmcwall.services.blind_spots import BlindSpots

DARK = Coverage(None, (), (camera("CAM-1"),))
LIT = Coverage(300.0, (camera("CAM-1"),))


class Desk(QObject):
    arrived = Signal(object)
    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.coverage = DARK

    def nearest(self, _incident_id):
        return self.coverage


class Book(FakeBook):
    def all(self):
        return tuple(self._cameras.values())


@pytest.fixture
def desk(qapp):
    return Desk()


@pytest.fixture
def spots_of(store, desk, clock):
    made = []

    def start(*cameras):
        spots = BlindSpots(store=store, incidents=desk, cameras=Book(*cameras), clock=clock)
        spots.start()
        made.append(spots)
        return spots

    yield start
    for spots in made:
        spots.stop()


@pytest.fixture
def spots(spots_of):
    return spots_of(camera("CAM-1"))


def test_an_incident_without_a_working_camera_is_a_hit_with_the_dark_ones(spots, desk, qtbot):
    with qtbot.waitSignal(spots.recorded):
        desk.arrived.emit(incident())
    (hit,) = spots.hits(NOON)
    assert (hit.incident_id, hit.position, hit.dark_cameras) == ("INC-1", PURWOSARI, ("CAM-1",))
    assert spots.hits(NOON + timedelta(seconds=1)) == []


def test_a_hit_is_still_known_after_a_restart_and_an_incident_is_judged_once(spots, spots_of, desk, qtbot):
    with qtbot.waitSignal(spots.recorded):
        desk.arrived.emit(incident())
    again = spots_of(camera("CAM-1"))
    qtbot.waitUntil(lambda: again.hit("INC-1") is not None)
    with qtbot.assertNotEmitted(again.recorded):
        desk.changed.emit(incident())


def test_an_incident_that_a_working_camera_is_near_is_none_even_when_the_camera_dies_later(spots, desk):
    desk.coverage = LIT
    desk.arrived.emit(incident())
    desk.coverage = DARK
    desk.changed.emit(incident())
    assert spots.hits(NOON) == []


def test_an_incident_is_judged_when_its_place_becomes_known(spots, desk, qtbot):
    desk.arrived.emit(incident(place=Place(text="Krapyak")))
    assert spots.hits(NOON) == []
    with qtbot.waitSignal(spots.recorded):
        desk.changed.emit(incident(drill=Drill.EXERCISE))
    assert spots.hits(NOON)[0].drill is Drill.EXERCISE


def test_an_old_incident_and_one_before_the_cameras_are_read_are_not_judged(spots_of, desk):
    spots, empty = spots_of(camera("CAM-1")), spots_of()
    desk.arrived.emit(incident(received_at=NOON - timedelta(minutes=16)))
    assert (spots.hits(NOON), empty.hits(NOON)) == ([], [])
