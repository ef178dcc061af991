"""The ledger of repairs: written by right, as operations, and read again when another workstation writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import EXAMPLES
from tmcwall.db import operations
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.repair import CauseClass
from tmcwall.services.repairs import Repairs

TODAY = NOON.date()
ELSEWHERE = replace(EXAMPLES[Entity.REPAIR], id="p9", down_since=NOON - timedelta(days=3))


@pytest.fixture
def repairs(store, changes, duty, clock, qapp):
    repairs = Repairs(store=store, changes=changes, duty=duty, clock=clock)
    repairs.start()
    yield repairs
    repairs.stop()


def begin(repairs, qtbot):
    with qtbot.waitSignals([repairs.ledger_changed, repairs.changed]):
        repairs.begin(
            ["CAM-1", "CAM-1"], cause=CauseClass.POWER, down_since=NOON, words=" mati  listrik ", told_to="PLN",
            told_on=TODAY,
        )  # fmt: skip
    return repairs.all()[0]


def test_a_repair_and_each_step_of_it_are_operations_that_name_the_officer(repairs, store, duty, qtbot):
    repair = begin(repairs, qtbot)
    for step in (
        lambda: repairs.tell(repair.id, "PLN UP3 Surakarta", on=TODAY),
        lambda: repairs.answer(repair.id, "besok pagi", on=TODAY),
        lambda: repairs.reclassify(repair.id, CauseClass.UNPAID),
        lambda: repairs.finish(repair.id, "token diisi", on=TODAY),
    ):
        with qtbot.waitSignals([repairs.ledger_changed, repairs.changed]):
            step()
    (now,) = repairs.all()
    assert (now.camera_ids, now.words, now.told_on) == (("CAM-1",), "mati listrik", TODAY)
    assert (now.told, now.answer, now.cause, now.done_words, now.is_open) == (
        "PLN UP3 Surakarta", "besok pagi", CauseClass.UNPAID, "token diisi", False,
    )  # fmt: skip
    made = store.do(lambda session: operations.pending(session, 10))
    assert [(one.entity, one.actor) for one in made] == [(Entity.REPAIR, duty.officer.nrp)] * 5


def test_what_another_workstation_writes_is_listed_the_longest_down_first(repairs, store, qtbot):
    mine = begin(repairs, qtbot)
    with qtbot.waitSignal(repairs.ledger_changed):
        store.receive(ELSEWHERE)
    assert [one.id for one in repairs.all()] == ["p9", mine.id]
    with qtbot.waitSignal(repairs.ledger_changed):
        repairs.withdraw("p9")
    assert [one.id for one in repairs.all()] == [mine.id, "p9"]


def test_who_may_not_and_what_cannot_be_is_refused(repairs, duty, qtbot):
    with qtbot.waitSignal(repairs.refused) as unknown:
        repairs.withdraw("p0")
    duty.officer = Officer("80010011", "Rina", Role.AUDITOR)
    with qtbot.waitSignal(repairs.refused) as forbidden:
        repairs.begin(["CAM-1"], cause=CauseClass.OTHER, down_since=NOON, words="")
    assert [one.args[0].code for one in (unknown, forbidden)] == [DomainCode.NOT_FOUND, DomainCode.NOT_ALLOWED]
