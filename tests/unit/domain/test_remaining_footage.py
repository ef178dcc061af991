"""Footage that dies: which cameras saw a place, who keeps it until when, and what is urgent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.clocks import NOON
from tests.services_stage import PURWOSARI, camera
from tmcwall.domain.camera import Position, View
from tmcwall.domain.camera_index import CameraIndex
from tmcwall.domain.incident import Place
from tmcwall.domain.remaining_footage import (
    Keeper,
    Looks,
    RemainingFootage,
    Scene,
    Secured,
    Sighting,
    Urgency,
    by_urgency,
    merged,
    that_saw,
)

HOUR = timedelta(hours=1)
ROW = RemainingFootage("K", "Kamera", None, Looks.TOWARDS, 10.0, NOON, Keeper.OWNER, NOON + HOUR)
EAST = Position(PURWOSARI.lat, PURWOSARI.lon + 0.001)
"""About 110 m east."""


def saw(place: Place, *cameras):
    return that_saw(place, that_see=CameraIndex(cameras).that_see, cameras=cameras)


def test_of_a_position_the_cameras_in_whose_view_it_lies_are_named_with_distance_and_where_they_look() -> None:
    towards = camera("A")
    away = camera("B", view=View(270.0, 60.0, 200.0))
    unknown = camera("C", position=Position(EAST.lat, EAST.lon + 0.0001), view=None)
    found = saw(Place(position=EAST), towards, away, unknown)
    assert [(one.camera.id, one.looks) for one in found] == [("C", Looks.UNKNOWN), ("A", Looks.TOWARDS)]
    assert [round(one.distance_m or 0, -1) for one in found] == [10, 110]


def test_a_place_without_a_position_was_seen_by_the_cameras_of_its_rt() -> None:
    near = camera("A", adm4="33.72.01.1007", rw="005", rt="003")
    other = camera("B", adm4="33.72.01.1007", rw="005", rt="004")
    assert [one.camera.id for one in saw(Place(adm4="33.72.01.1007", rw="005", rt="003"), near, other)] == ["A"]
    assert [one.camera.id for one in saw(Place(adm4="33.72.01.1007", rw="005"), near, other)] == ["A", "B"]
    assert saw(Place(adm4="33.72.01.1007"), near, other) == ()


def test_a_camera_that_was_tagged_within_the_hour_of_an_incident_that_it_saw_is_listed_once() -> None:
    seen, tagged = Sighting(camera("A"), Looks.TOWARDS, 5.0), Sighting(camera("A"), Looks.TAGGED)
    scenes = [Scene(NOON, [seen]), Scene(NOON - timedelta(minutes=5), [tagged]), Scene(NOON + 3 * HOUR, [tagged])]
    assert merged(scenes) == ((seen, NOON - timedelta(minutes=5)), (tagged, NOON + 3 * HOUR))


def test_what_is_overwritten_next_comes_first_and_what_nobody_knows_before_what_is_gone_or_safe() -> None:
    soon = replace(ROW, camera_id="soon", ends_at=NOON + timedelta(minutes=5))
    unknown = replace(ROW, camera_id="unknown", ends_at=None)
    gone = replace(ROW, camera_id="gone", ends_at=NOON)
    safe = replace(ROW, camera_id="safe", secured=Secured.HELD)
    asked = replace(ROW, camera_id="asked", secured=Secured.ASKED, ends_at=NOON + timedelta(minutes=7))
    refused = replace(ROW, camera_id="refused", secured=Secured.REFUSED)
    rows = by_urgency([safe, gone, refused, unknown, ROW, asked, soon], NOON)
    assert [row.camera_id for row in rows] == ["soon", "asked", "K", "unknown", "refused", "gone", "safe"]


def test_an_unknown_retention_is_never_counted_down_nor_called_gone() -> None:
    unknown = replace(ROW, ends_at=None)
    for years in (0, 10):
        later = NOON + timedelta(days=365 * years)
        assert (unknown.left_s(later), unknown.urgency(later)) == (None, Urgency.UNKNOWN)


def test_what_was_asked_goes_on_dying_until_it_is_received() -> None:
    asked = replace(ROW, secured=Secured.ASKED)
    assert (asked.urgency(NOON), asked.left_s(NOON)) == (Urgency.DYING, 3600.0)
    assert asked.urgency(NOON + HOUR) is Urgency.GONE
    assert replace(ROW, secured=Secured.RECEIVED).urgency(NOON + HOUR) is Urgency.SAFE
    assert replace(ROW, secured=Secured.LOST).urgency(NOON) is Urgency.GONE


def test_only_what_is_not_secured_and_not_gone_can_be_secured() -> None:
    assert ROW.can_be_secured(NOON)
    assert replace(ROW, ends_at=None).can_be_secured(NOON)
    for secured in set(Secured) - {Secured.NOT}:
        assert not replace(ROW, secured=secured).can_be_secured(NOON)
    assert not ROW.can_be_secured(NOON + HOUR)
