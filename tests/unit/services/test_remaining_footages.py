"""What is left is read again when something of it changes, for as long as somebody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.clocks import NOON
from tests.letters import CASE, INVESTIGATOR, stocked
from tests.services_stage import BRIPKA_SARI, EXAMPLES, camera, incident
from tmcwall.db import cameras, operations
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.remaining_footage import Keeper, Secured
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.remaining_footage import Keeping, Matter, RemainingFootages, StoredCity
from tmcwall.services.request_desk import RequestDesk
from tmcwall.services.request_room import RequestLine

SEEN = Matter(Entity.INCIDENT, "INC-1")
ASKED = replace(EXAMPLES[Entity.FOOTAGE_REQUEST], case_id=CASE.id)


@pytest.fixture
def remaining(store, changes, clock):
    stocked(store)
    store.do(lambda session: cameras.put(session, [camera("CAM-1")]))
    store.do(partial(operations.change, value=incident(), actor=BRIPKA_SARI.nrp, at=NOON))
    keeping = Keeping(timedelta(minutes=10), lambda _camera, _span: None)
    found = RemainingFootages(
        store=store, changes=changes, cameras=store.do(StoredCity), keeping=keeping, clock=clock
    )  # fmt: skip
    found.start()
    yield found
    found.stop()


def test_it_is_read_when_somebody_looks_and_again_when_an_owner_was_asked(remaining, store, qtbot) -> None:
    with qtbot.waitSignal(remaining.footage_read) as told:
        remaining.look("window", SEEN)
    (owners,) = [row for row in told.args[0].rows if row.keeper is Keeper.OWNER]
    assert (told.args[0].matter, owners.secured) == (SEEN, Secured.NOT)
    with qtbot.waitSignal(remaining.footage_read) as told:
        store.write(partial(operations.change, value=ASKED, actor=INVESTIGATOR.nrp, at=NOON))
    assert {row.secured for row in told.args[0].rows if row.keeper is Keeper.OWNER} == {Secured.ASKED}


def test_what_nobody_looks_at_any_more_is_not_told(remaining, store, qtbot) -> None:
    with qtbot.waitSignal(remaining.footage_read):
        remaining.look("window", SEEN)
    remaining.look("window", None)
    with qtbot.assertNotEmitted(remaining.footage_read):
        store.write(partial(operations.change, value=ASKED, actor=INVESTIGATOR.nrp, at=NOON))


def test_an_incident_that_is_not_here_is_refused(remaining, qtbot) -> None:
    with qtbot.waitSignal(remaining.refused) as told:
        remaining.look("window", Matter(Entity.INCIDENT, "nothing"))
    assert told.args[0].code is DomainCode.NOT_FOUND


class FakeRoom:
    """A register that a test fills."""

    def __init__(self) -> None:
        self.lines = (RequestLine(ASKED, CASE, ("Simpang Gladag",)),)
        self.done: list[tuple[str, str]] = []

    def register(self, _session):
        return self.lines

    def withdraw(self, request_id, *, by):
        self.done.append((request_id, by.nrp))
        return ASKED


@pytest.fixture
def desk(store, changes, clock, duty):
    desk = RequestDesk(
        FakeRoom(),  # type: ignore[arg-type]  # a register, and one step
        store=store,
        changes=changes,
        duty=duty,
        zone=StationZone.WIB,
        clock=clock,
    )
    yield desk
    desk.stop()


def test_late_requests_are_counted_for_whoever_may_see_them(desk, duty, clock, qtbot) -> None:
    duty.officer = replace(INVESTIGATOR, role=Role.HEAD)
    with qtbot.waitSignal(desk.register_changed):
        desk.start()
    assert (len(desk.lines), desk.late) == (1, 0)
    clock.advance(5 * 86_400)
    assert desk.late == 1
    duty.officer = None
    with qtbot.waitSignal(desk.register_changed):
        desk.follow_duty()
    assert (desk.lines, desk.late) == ((), 0)


def test_a_change_is_done_by_the_officer_on_duty_and_the_register_is_read_again(desk, duty, qtbot) -> None:
    duty.officer = INVESTIGATOR
    with qtbot.waitSignals([desk.changed, desk.register_changed]):
        desk.withdraw("r1")
    assert not desk.busy


def test_nobody_on_duty_changes_nothing(desk, duty, qtbot) -> None:
    duty.officer = None
    with qtbot.waitSignal(desk.refused) as told:
        desk.withdraw("r1")
    assert told.args[0].code is DomainCode.NOT_ON_DUTY
