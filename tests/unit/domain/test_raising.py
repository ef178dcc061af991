"""Which incidents bring cameras up, and who gets which reserved tile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import PURWOSARI, incident
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Place, Severity, Source, Status
from tmcwall.domain.raising import Raised, comes_up, is_repeat, share_out

CELLS = [("A", 12), ("A", 13), ("B", 3)]


def raised(name, *cameras, severity=Severity.SEVERE, minutes=0, drill=Drill.ACTUAL):
    one = incident(id=name, severity=severity, received_at=NOON + timedelta(minutes=minutes), drill=drill)
    return Raised(one, cameras, 300.0)


@pytest.mark.parametrize(
    ("changes", "up"),
    [
        ({}, True),
        ({"severity": Severity.MODERATE}, False),
        ({"severity": Severity.CRITICAL, "drill": Drill.EXERCISE}, True),
        ({"status": Status.CLOSED}, False),
        ({"certainty": Certainty.PRANK}, False),
        ({"source": Source.KENITA, "type": IncidentType.OTHER}, False),
        ({"source": Source.KENITA, "type": IncidentType.CRIME}, True),
    ],
)
def test_an_incident_brings_cameras_up_by_its_severity_and_never_for_what_is_no_crime(changes, up):
    one = replace(incident(severity=Severity.SEVERE), **changes)
    assert comes_up(one, least=Severity.SEVERE) is up
    assert not comes_up(one, least=None)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"called_at": NOON + timedelta(minutes=11)}, False),
        ({"type": IncidentType.FIRE}, False),
        ({"place": Place(Position(PURWOSARI.lat + 0.0013, PURWOSARI.lon))}, True),
        ({"place": Place(Position(PURWOSARI.lat + 0.0015, PURWOSARI.lon))}, False),
        ({"place": Place(text="entah")}, False),
        ({"drill": Drill.EXERCISE}, False),
    ],
)
def test_a_report_of_the_same_repeats_it(changes, same):
    assert is_repeat(replace(incident(id="INC-2"), **changes), incident()) is same


def test_the_nearest_camera_of_each_incident_comes_before_the_second_of_any():
    shared = share_out([raised("I1", "a", "b", "c"), raised("I2", "d", "e")], CELLS, held={})
    assert shared == {("A", 12): ("I1", "a"), ("A", 13): ("I2", "d"), ("B", 3): ("I1", "b")}


def test_the_more_severe_takes_the_tile_of_the_less_severe_and_an_equal_one_does_not():
    first = raised("I1", "a", "b", "c")
    held = share_out([first], CELLS, held={})
    equal = share_out([first, raised("I2", "d", minutes=1)], CELLS[:1], held={CELLS[0]: ("I1", "a")})
    assert equal == {CELLS[0]: ("I1", "a")}
    worse = [first, raised("I3", "x", "y", "z", severity=Severity.CRITICAL, minutes=2)]
    after = share_out(worse, CELLS, held=held)
    assert sorted(after.values()) == [("I1", "a"), ("I3", "x"), ("I3", "y")]
    assert after[CELLS[0]] == ("I1", "a")


def test_an_exercise_comes_after_what_is_real_and_a_camera_of_two_incidents_is_up_once():
    exercise, real = raised("I1", "a", drill=Drill.EXERCISE), raised("I2", "a", "b", minutes=5)
    assert share_out([exercise, real], CELLS, held={}) == {CELLS[0]: ("I2", "a"), CELLS[1]: ("I2", "b")}
    assert share_out([], CELLS, held={}) == {}
