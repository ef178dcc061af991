"""The incident queue: what arrives, what officers do about it, and which tiles carry its marker."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import (
    BRIPKA_SARI,
    PURWOSARI,
    FakeEyes,
    camera,
    incident,
)
from tmcwall.db import custody, incidents, operations
from tmcwall.domain.camera import Position, View
from tmcwall.domain.fault import DomainCode, Fault, FaultCode
from tmcwall.domain.incident import Certainty, IncidentType, Place, Severity, Source, Status
from tmcwall.domain.operation import Entity
from tmcwall.intake.cap import parse_cap
from tmcwall.services.incidentdesk import IncidentDesk, IncidentDraft

TO_THE_EAST = Position(PURWOSARI.lat, PURWOSARI.lon + 0.001)
"""About 110 m east of the cameras."""
DRAFT = IncidentDraft(IncidentType.FIRE, Severity.SEVERE, Place(position=TO_THE_EAST), text=" asap tebal ")


@pytest.fixture
def desk_of(store, changes, duty, clock, qtbot):
    made = []

    def start(*cameras):
        desk = IncidentDesk(store=store, changes=changes, cameras=FakeEyes(*cameras), duty=duty, clock=clock)
        made.append(desk)
        with qtbot.waitSignal(desk.listed):
            desk.start()
        return desk

    yield start
    for desk in made:
        desk.stop()


@pytest.fixture
def desk(desk_of):
    return desk_of(camera())


def reported(desk, qtbot, draft=DRAFT):
    with qtbot.waitSignal(desk.arrived) as arrived:
        desk.report(draft)
    return arrived.args[0]


def test_an_incident_entered_by_hand_arrives_after_the_commit(desk, store, qtbot):
    store.slow = True
    arrived = []
    desk.arrived.connect(arrived.append)
    desk.report(DRAFT)
    qtbot.waitUntil(lambda: not desk.open())
    assert arrived == []
    with qtbot.waitSignal(desk.arrived):
        store.commit_waiting()
    assert store.do(lambda session: incidents.get(session, arrived[0].id)) == arrived[0]
    assert (arrived[0].source, arrived[0].status, arrived[0].text) == (Source.OPERATOR, Status.NEW, "asap tebal")


def test_an_incident_needs_a_place(desk, qtbot):
    with qtbot.waitSignal(desk.refused) as refused:
        desk.report(replace(DRAFT, place=Place(text="  ")))
    assert refused.args[0].code is DomainCode.FIELD_MISSING


def test_an_incident_from_the_server_arrives_once(desk, store, qtbot):
    with qtbot.waitSignal(desk.arrived) as arrived:
        store.receive(incident())
    assert arrived.args[0] == incident()
    with qtbot.assertNotEmitted(desk.arrived):
        store.receive(incident())
        with qtbot.waitSignal(desk.changed):
            store.receive(incident(text="motor, mobil dan truk"))


def test_incidents_of_the_last_shift_are_listed_without_arriving(desk_of, store, qtbot):
    store.receive(incident(), incident(id="INC-2", status=Status.CLOSED))
    desk = desk_of()
    assert [one.id for one in desk.open()] == ["INC-1"]


def test_the_queue_shows_the_most_severe_first_and_of_these_the_newest(desk, store, qtbot):
    with qtbot.waitSignals([desk.arrived] * 4):
        store.receive(
            incident(id="old-severe", severity=Severity.SEVERE),
            incident(id="new-severe", severity=Severity.SEVERE, received_at=NOON + timedelta(minutes=1)),
            incident(id="minor", severity=Severity.MINOR, received_at=NOON + timedelta(minutes=2)),
            incident(id="critical", severity=Severity.CRITICAL),
        )
    assert [one.id for one in desk.open()] == ["critical", "new-severe", "old-severe", "minor"]


def test_the_clocks_of_an_incident_run_through_its_steps(desk, store, clock, qtbot):
    new = reported(desk, qtbot)
    steps = (
        lambda: desk.acknowledge(new.id),
        lambda: desk.dispatch(new.id),
        lambda: desk.arrive(new.id),
        lambda: desk.close(new.id, Certainty.SEEN_ON_CAMERA),
    )
    for step in steps:
        clock.advance(60)
        with qtbot.waitSignal(desk.changed):
            step()
    done = desk.get(new.id)
    assert done.acknowledged_by == BRIPKA_SARI.nrp
    times = [done.called_at, done.acknowledged_at, done.dispatched_at, done.on_scene_at, done.closed_at]
    assert times == [NOON + timedelta(minutes=minute) for minute in range(5)]
    assert (done.status, done.certainty, desk.open()) == (Status.CLOSED, Certainty.SEEN_ON_CAMERA, [])
    assert store.do(custody.verify) is None


def test_an_incident_somebody_else_has_taken_up_meanwhile_is_not_taken_up_twice(desk, store, qtbot):
    new = reported(desk, qtbot)
    store.do(
        lambda session: operations.change(
            session, replace(new, status=Status.ACKNOWLEDGED, acknowledged_by="11112222"), actor="server", at=NOON
        )
    )
    with qtbot.waitSignal(desk.refused) as refused:
        desk.acknowledge(new.id)
    assert refused.args[0].code is DomainCode.TRANSITION_REFUSED


def test_a_note_is_kept_with_its_author_and_never_empty(desk, store, qtbot):
    new = reported(desk, qtbot)
    with qtbot.waitSignal(desk.noted) as noted:
        desk.add_note(new.id, " damkar diteruskan ")
    assert desk.notes(new.id) == (noted.args[0],)
    assert (noted.args[0].author, noted.args[0].text) == (BRIPKA_SARI.nrp, "damkar diteruskan")
    made = store.do(lambda session: operations.pending(session, 10))
    assert [one.entity for one in made] == [Entity.INCIDENT, Entity.INCIDENT_NOTE]
    with qtbot.waitSignal(desk.refused):
        desk.add_note(new.id, "   ")


def test_nobody_on_duty_can_change_nothing(desk, duty, qtbot):
    duty.officer = None
    with qtbot.waitSignal(desk.refused) as refused:
        desk.report(DRAFT)
    assert refused.args[0].code is DomainCode.NOT_ON_DUTY


def test_a_full_disk_is_said_and_the_incident_does_not_seem_reported(desk, store, qtbot):
    store.failing = Fault(FaultCode.DISK_FULL)
    with qtbot.waitSignal(desk.refused) as refused:
        desk.report(DRAFT)
    assert refused.args[0].code is FaultCode.DISK_FULL
    assert desk.open() == []


def test_only_tiles_of_cameras_that_see_the_place_carry_the_marker(desk_of, qtbot):
    desk = desk_of(
        camera("towards"),
        camera("turned away", view=View(bearing_deg=270.0, fov_deg=60.0, range_m=200.0)),
        camera("too far", view=View(bearing_deg=90.0, fov_deg=60.0, range_m=100.0)),
        camera("unknown view", view=View(bearing_deg=None, fov_deg=None, range_m=300.0)),
        camera("nowhere", position=None),
    )
    new = reported(desk, qtbot)
    assert desk.seeing(new.id) == {"towards", "unknown view"}
    assert desk.seen_by("towards") == [new]
    assert desk.seen_by("turned away") == ()


def test_the_marker_goes_when_the_incident_is_closed_or_a_prank(desk, qtbot):
    new = reported(desk, qtbot)
    with qtbot.waitSignal(desk.changed):
        desk.verify(new.id, Certainty.PRANK)
    assert desk.seen_by("CAM-1") == ()
    assert desk.open() != []


def test_markers_follow_the_cameras_when_these_change(desk_of, qtbot):
    desk = desk_of()
    new = reported(desk, qtbot)
    assert desk.seen_by("CAM-1") == ()
    desk._cameras.cameras = (camera("CAM-1"),)
    desk._cameras.cameras_changed.emit()
    assert desk.seen_by("CAM-1") == [new]


def test_an_incident_without_position_has_no_coverage(desk, qtbot):
    new = reported(desk, qtbot, replace(DRAFT, place=Place(text="depan Stasiun Purwosari")))
    assert desk.nearest(new.id).radius_m is None


def two_calls(desk, qtbot):
    first = reported(desk, qtbot)
    return first, reported(desk, qtbot, replace(DRAFT, text="api besar"))


def merged(desk, qtbot):
    first, second = two_calls(desk, qtbot)
    with qtbot.waitSignals([desk.changed] * 2):
        desk.merge(second.id, first.id, on_duplicate="digabung", on_main="satu laporan lagi")
    return first, second


def test_a_merged_call_is_counted_with_its_main_incident_and_listed_no_more(desk, store, qtbot):
    first, second = merged(desk, qtbot)
    assert [one.id for one in desk.open()] == [first.id]
    assert [one.id for one in desk.calls(first.id)] == [first.id, second.id]
    assert desk.seen_by("CAM-1") == [desk.get(first.id)]


def test_both_keep_a_note_of_a_merging_and_the_log_keeps_both(desk, store, qtbot):
    first, second = merged(desk, qtbot)
    written = store.do(lambda session: [incidents.notes(session, one.id)[0].text for one in (first, second)])
    assert written == ["satu laporan lagi", "digabung"]
    assert store.do(lambda session: incidents.get(session, second.id)).duplicate_of == first.id


def test_splitting_brings_a_call_back_into_the_queue(desk, qtbot):
    first, second = merged(desk, qtbot)
    with qtbot.waitSignals([desk.changed] * 2):
        desk.split(second.id, on_duplicate="dipisah", on_main="dipisah")
    assert {one.id for one in desk.open()} == {first.id, second.id}
    assert len(desk.calls(first.id)) == 1


def test_closing_an_incident_closes_what_is_counted_with_it_as_its_duplicate(desk, qtbot):
    first, second = merged(desk, qtbot)
    with qtbot.waitSignals([desk.changed] * 2):
        desk.close(first.id, Certainty.SEEN_ON_CAMERA)
    ended = desk.get(second.id)
    assert (ended.status, ended.certainty) == (Status.CLOSED, Certainty.DUPLICATE)
    assert desk.open() == []


def test_merging_crosswise_at_two_desks_leaves_one_of_them_in_the_queue(desk, store, qtbot):
    older = incident(id="older", duplicate_of="younger")
    younger = incident(id="younger", received_at=NOON + timedelta(minutes=1), duplicate_of="older")
    with qtbot.waitSignals([desk.arrived] * 2):
        store.receive(older, younger)
    assert [one.id for one in desk.open()] == ["older"]


def test_what_may_be_the_same_is_proposed_and_never_merged_by_itself(desk, qtbot):
    first, second = two_calls(desk, qtbot)
    assert [one.id for one in desk.proposals(second.id)] == [first.id]
    assert len(desk.open()) == 2


def test_a_restart_still_counts_what_was_merged(desk, desk_of, qtbot):
    first, second = merged(desk, qtbot)
    again = desk_of(camera())
    assert [one.id for one in again.open()] == [first.id]
    assert [one.id for one in again.calls(first.id)] == [first.id, second.id]


def test_when_an_incident_was_verified_is_kept_and_stays(desk, clock, qtbot):
    new = reported(desk, qtbot)
    for certainty in (Certainty.SEEN_ON_CAMERA, Certainty.SEEN_BY_OFFICER):
        clock.advance(60)
        with qtbot.waitSignal(desk.changed):
            desk.verify(new.id, certainty)
    assert desk.get(new.id).verified_at == NOON + timedelta(minutes=1)


def test_a_hundred_alarms_of_one_rt_are_one_line_with_a_count(desk, store, qtbot):
    rt = Place(adm4="33.74.13.1004", rw="004", rt="003")
    alarms = [
        incident(
            id=f"k{number:03}", source=Source.KENITA, type=IncidentType.CRIME, place=rt,
            received_at=NOON + timedelta(seconds=number * 0.25),
        )
        for number in range(100)
    ]  # fmt: skip
    with qtbot.waitSignals([desk.arrived] * 100):
        store.receive(*alarms)
    assert [one.id for one in desk.open()] == ["k000"]
    assert len(desk.calls("k000")) == 100


def test_an_incident_is_written_as_cap_for_a_partner(desk, qtbot, tmp_path):
    made = reported(desk, qtbot)
    file = tmp_path / "kejadian.xml"
    with qtbot.waitSignal(desk.exported):
        desk.export_cap(made.id, file, headline="Kebakaran", area="Purwosari")
    assert parse_cap(file.read_bytes()).identifier == f"tmcwall:{made.id}"
    with qtbot.waitSignal(desk.refused):
        desk.export_cap(made.id, file / "kejadian.xml", headline="Kebakaran", area="Purwosari")
