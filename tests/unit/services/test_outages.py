"""Planned outages: decided by right, in effect at their time, the same at all workstations."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import EXAMPLES, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import operations
from tmcwall.domain.camera import Standing
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.health import TileState
from tmcwall.domain.lifecycle import IN_USE
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.outages import Outages

DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)
WORKS = replace(EXAMPLES[Entity.PLANNED_OUTAGE], starts_at=NOON + timedelta(hours=1), ends_at=NOON + timedelta(hours=2))


@pytest.fixture
def outages(qapp, store, duty, clock):
    duty.officer = DUTY_OFFICER
    outages = Outages(store=store, duty=duty, clock=clock)
    yield outages
    outages.stop()


@pytest.fixture
def book(store, changes, feed, clock, qtbot):
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1"), camera("CAM-2")]))
    book = CameraBook(store=store, changes=changes, streams=feed, logins=None, clock=clock)
    with qtbot.waitSignal(book.cameras_changed):
        book.start()
    yield book
    book.stop()


def plan(outages, starts_at=NOON, ends_at=NOON + timedelta(hours=1), reason=" galian  fiber "):
    outages.plan(["CAM-1", "CAM-1"], starts_at=starts_at, ends_at=ends_at, reason=reason)


def test_a_planned_outage_is_one_operation_and_takes_the_camera_out_of_use(outages, book, store, qtbot):
    with qtbot.waitSignal(book.cameras_changed):
        plan(outages)
    assert (book.lifecycle("CAM-1").withheld, book.lifecycle("CAM-1").reason) == (TileState.OUTAGE, "galian fiber")
    assert book.status("CAM-1").state is TileState.OUTAGE
    assert book.lifecycle("CAM-2") is IN_USE
    (operation,) = store.do(lambda session: operations.pending(session, 10))
    assert (operation.entity, operation.fields["camera_ids"]) == (Entity.PLANNED_OUTAGE, ["CAM-1"])


def test_one_that_comes_from_elsewhere_begins_and_ends_by_itself(book, store, clock, qtbot):
    with qtbot.waitSignal(book.cameras_changed):
        store.receive(WORKS)
    assert (book.outages(), book.lifecycle("CAM-1")) == ((WORKS,), IN_USE)
    for hours, state in ((1, TileState.OUTAGE), (1, None)):
        clock.advance(hours * 3600)
        with qtbot.waitSignal(book.cameras_changed):
            pass  # the book looks each second
        assert book.lifecycle("CAM-1").withheld is state
    assert book.outages() == ()


def test_one_that_is_called_off_gives_the_camera_back(outages, book, store, qtbot):
    with qtbot.waitSignal(book.cameras_changed):
        plan(outages)
    with qtbot.waitSignal(book.cameras_changed):
        outages.cancel(book.outages()[0].id)
    assert (book.outages(), book.lifecycle("CAM-1")) == ((), IN_USE)


def test_a_camera_that_is_out_of_use_for_good_is_not_given_another_reason(outages, book, store, qtbot):
    store.do(lambda session: camera_rows.put_standing(
        session, "CAM-1", Standing.ENDED, reason="rusak", by=DUTY_OFFICER, at=NOON
    ))  # fmt: skip
    with qtbot.waitSignal(book.cameras_changed):
        plan(outages)
    assert book.lifecycle("CAM-1").reason == "rusak"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda outages: plan(outages, reason=" "), DomainCode.FIELD_MISSING),
        (lambda outages: plan(outages, ends_at=NOON), DomainCode.FIELD_INVALID),
        (lambda outages: outages.cancel("gone"), DomainCode.NOT_FOUND),
    ],
)
def test_what_cannot_be_is_refused(outages, qtbot, act, code):
    with qtbot.waitSignal(outages.refused) as refused:
        act(outages)
    assert refused.args[0].code is code


def test_an_operator_plans_and_calls_off_nothing(outages, duty, qtbot):
    duty.officer = replace(DUTY_OFFICER, role=Role.OPERATOR)
    for act in (plan, lambda one: one.cancel("o1")):
        with qtbot.waitSignal(outages.refused) as refused:
            act(outages)
        assert refused.args[0].code is DomainCode.NOT_ALLOWED


def test_what_is_planned_is_said(outages, store, qtbot):
    with qtbot.waitSignal(outages.planned):
        plan(outages)
