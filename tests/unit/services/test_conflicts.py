"""Conflicts between workstations, until an officer has looked at both values."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import insert

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, EXAMPLES, LP, InlineStore
from tmcwall.db import changes, custody, operations, tables
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.rows import columns_of
from tmcwall.domain.case import Case, Difficulty, case_id
from tmcwall.domain.changes import Origin
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.merge import Conflict, Version
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.services.conflicts import Conflicts

CASE = Case(case_id(LP), LP, LP, NOON, BRIPKA_SARI.nrp)
CONFLICT = Conflict(
    "op-2/difficulty",
    Entity.CASE,
    CASE.id,
    "difficulty",
    Version("sulit", 3, str(UUID(int=2)), "device-b", "87654321", NOON + timedelta(minutes=5)),
    Version("ringan", 2, str(UUID(int=1)), "device-a", "12345678", NOON),
)
SUPERVISOR = Officer("123456789", "Sri", Role.SUPERVISOR, "AKP")


def notice(store, conflict=CONFLICT, put=InlineStore.do):
    """`put` InlineStore.write: as it comes in, with its notice."""
    row = columns_of(conflict) | {"noticed_at": NOON}
    row |= {"kept": msgspec.to_builtins(conflict.kept), "other": msgspec.to_builtins(conflict.other)}

    def unit(session):
        session.execute(insert(tables.conflicts).values(row))
        changes.note_conflicts(session, origin=Origin.SERVER)

    put(store, unit)


@pytest.fixture
def desk(store, changes, duty, clock, qtbot):
    store.do(lambda session: operations.change(session, CASE, actor=BRIPKA_SARI.nrp, at=NOON))
    desk = Conflicts(store=store, changes=changes, duty=duty, clock=clock)
    yield desk
    desk.stop()


@pytest.fixture
def found(desk, store, qtbot):
    notice(store)
    with qtbot.waitSignal(desk.changed):
        desk.start()
    return desk


def test_a_conflict_is_shown_with_what_it_is_about(found):
    (one,) = found.open()
    assert (one.conflict, one.subject) == (CONFLICT, LP)


def test_what_comes_in_is_seen_with_the_notice_of_its_commit(found, store, qtbot):
    with qtbot.waitSignal(found.changed):
        notice(store, replace(CONFLICT, id="op-3/stage", field="stage"), InlineStore.write)
    assert len(found.open()) == 2


def test_whoever_may_settles_it_on_record_and_the_value_that_stands_still_stands(found, store, duty, qtbot):
    duty.officer = SUPERVISOR
    with qtbot.waitSignal(found.changed):
        found.settle(CONFLICT.id)
    assert found.open() == ()
    rows = store.do(lambda session: custody.about(session, f"case/{CASE.id}"))
    assert (rows[-1].action, rows[-1].actor) == (CustodyAction.CONFLICT_SETTLED, SUPERVISOR.nrp)
    assert store.do(conflict_rows.unsettled) == ()
    assert CASE.difficulty is Difficulty.MODERATE


def test_an_operator_sees_it_and_may_not_settle_it(found, duty, store, qtbot):
    duty.officer = Officer("12345678", "Budi", Role.OPERATOR)
    with qtbot.waitSignal(found.refused) as refused:
        found.settle(CONFLICT.id)
    assert refused.args[0].code is DomainCode.NOT_ALLOWED
    assert store.do(conflict_rows.unsettled) == (CONFLICT,)


def test_what_is_about_something_that_is_not_here_has_no_name(desk, store, qtbot):
    for entity in Entity:
        notice(store, replace(CONFLICT, id=f"{entity}/x", entity=entity, entity_id="gone"))
    with qtbot.waitSignal(desk.changed):
        desk.start()
    assert [one.subject for one in desk.open()] == [""] * len(Entity)


@pytest.mark.parametrize("entity", Entity)
def test_a_conflict_of_any_kind_is_known_by_something_an_officer_knows(desk, store, qtbot, entity):
    for value in EXAMPLES.values():
        store.do(partial(operations.change, value=value, actor=BRIPKA_SARI.nrp, at=NOON))
    notice(store, replace(CONFLICT, entity=entity, entity_id=EXAMPLES[entity].id))
    with qtbot.waitSignal(desk.changed):
        desk.start()
    assert desk.open()[0].subject in {
        LP, "CAM-1", "Kamera CAM-1", "motor dan mobil", "galian fiber", "Malam", "33.72.01.1007 RW 005 RT 003",
        "meja-2", "Kepala Dinas Perhubungan", "33.72.01.1007 RW 005", "Simpang Gendengan",
    }  # fmt: skip


def test_a_conflict_about_a_case_of_another_unit_is_seen_by_those_who_oversee_all(desk, store, duty, qtbot):
    theirs = replace(CASE, unit="Reskrim")
    store.do(lambda session: operations.change(session, theirs, actor=SUPERVISOR.nrp, at=NOON))
    notice(store)
    with qtbot.waitSignal(desk.changed):
        desk.start()
    assert desk.open() == ()
    duty.officer = SUPERVISOR
    desk.follow_duty()
    assert [one.conflict for one in desk.open()] == [CONFLICT]
