"""Cascades at the desks: steps are kept, synchronised, and survive a restart."""

from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, incident
from tmcwall.db import custody
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.incident import IncidentType, Place, Source
from tmcwall.domain.kenita import CascadeStep, Level, StepKind, Timers
from tmcwall.services.cascades import Cascades

ALARM = incident(
    source=Source.KENITA, type=IncidentType.CRIME, place=Place(adm4="33.74.13.1004", rw="004", rt="003")
)  # fmt: skip


@pytest.fixture
def cascades_of(store, changes, duty, clock, qtbot):
    made = []

    def start():
        cascades = Cascades(store=store, changes=changes, duty=duty, clock=clock, timers=Timers(60, 180))
        cascades.start()
        made.append(cascades)
        return cascades

    yield start
    for cascades in made:
        cascades.stop()


@pytest.fixture
def cascades(cascades_of, store):
    store.receive(ALARM)
    return cascades_of()


def test_who_was_told_is_kept_with_the_time_that_the_officer_gives(cascades, store, clock, qtbot):
    clock.advance(90)
    with qtbot.waitSignal(cascades.changed) as changed:
        cascades.notified(ALARM.id, Level.OWN_RT, "rt3", at=NOON + timedelta(seconds=30))
    assert changed.args == [ALARM.id]
    told = cascades.of(ALARM).notified[0]
    assert (told.at, told.written_at) == (NOON + timedelta(seconds=30), NOON + timedelta(seconds=90))
    assert (told.author, told.level) == (BRIPKA_SARI.nrp, Level.OWN_RT)
    assert store.do(custody.verify) is None


def test_an_answer_stops_the_timers(cascades, clock, qtbot):
    clock.advance(70)
    with qtbot.waitSignal(cascades.changed):
        cascades.acknowledge(ALARM.id)
    clock.advance(600)
    assert (cascades.of(ALARM).level, cascades.of(ALARM).next_level) == (Level.RW, None)


def test_the_state_survives_a_restart(cascades, cascades_of, clock, qtbot):
    with qtbot.waitSignal(cascades.changed):
        cascades.all_clear(ALARM.id)
    again = cascades_of()
    qtbot.waitUntil(lambda: again.of(ALARM).all_clear_at is not None)
    assert again.of(ALARM) == cascades.of(ALARM)


def test_a_step_of_another_desk_is_taken_and_told_once(cascades, store, qtbot):
    step = CascadeStep("s1", ALARM.id, StepKind.ACKNOWLEDGED, NOON, NOON, "87654321")
    with qtbot.waitSignal(cascades.changed):
        store.receive(step)
    assert cascades.of(ALARM).acknowledged_at == NOON


def test_nobody_on_duty_can_log_nothing(cascades, duty, qtbot):
    duty.officer = None
    with qtbot.waitSignal(cascades.refused) as refused:
        cascades.acknowledge(ALARM.id)
    assert refused.args[0].code is DomainCode.NOT_ON_DUTY
