"""Footage of a case is let go by a supervisor with a reason, and by nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, FakeDuty, InlineStore
from tmcwall.db import bookmarks, custody, officers, operations
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Role, may
from tmcwall.domain.operation import Entity
from tmcwall.domain.roster import Origin
from tmcwall.services.holds import Holds

TAG = EXAMPLES[Entity.BOOKMARK]
SUPERVISOR = replace(BRIPKA_SARI, nrp="12340000", role=Role.SUPERVISOR)


@pytest.fixture
def holds(qapp, store: InlineStore, duty: FakeDuty, clock: FakeClock) -> Iterator[Holds]:
    for value in (EXAMPLES[Entity.CASE], TAG):
        store.do(partial(operations.change, value=value, actor=BRIPKA_SARI.nrp, at=NOON))
    holds = Holds(store=store, duty=duty, clock=clock)
    holds.start()
    yield holds
    holds.stop()


@pytest.fixture
def refusals(holds: Holds) -> list[DomainError]:
    said: list[DomainError] = []
    holds.refused.connect(said.append)
    return said


def is_held(store: InlineStore) -> bool:
    tag = store.do(lambda session: bookmarks.get(session, TAG.id))
    assert tag is not None
    return tag.held


def test_a_supervisor_lets_go_and_custody_keeps_the_reason(holds, store, duty, qtbot: QtBot) -> None:
    duty.officer = SUPERVISOR
    told: list[Bookmark] = []
    holds.released.connect(told.append)
    holds.release(TAG.id, reason="  putusan  inkrah ")
    qtbot.waitUntil(lambda: bool(told))
    assert not is_held(store)
    row = store.do(lambda session: custody.about(session, f"bookmark/{TAG.id}"))[-1]
    assert (row.action, row.actor, row.reason) == (CustodyAction.HOLD_RELEASED, SUPERVISOR.nrp, "putusan inkrah")


def test_nobody_but_supervisor_and_head_may(holds, store, duty, refusals) -> None:
    for role in Role:
        duty.officer = replace(BRIPKA_SARI, role=role)
        assert holds.can_release("") is (role in {Role.SUPERVISOR, Role.HEAD}) is may(role, Action.RELEASE_HOLD)
    duty.officer = replace(BRIPKA_SARI, role=Role.INVESTIGATOR)
    holds.release(TAG.id, reason="salah ketik")
    assert [refusal.code for refusal in refusals] == [DomainCode.NOT_ALLOWED]
    assert is_held(store)


@pytest.mark.parametrize(
    ("reason", "code"),
    [("  ", DomainCode.FIELD_MISSING), ("x" * 201, DomainCode.FIELD_INVALID), ("a\0b", DomainCode.FIELD_INVALID)],
)
def test_without_a_reason_nothing_is_let_go(holds, store, duty, refusals, reason: str, code: DomainCode) -> None:
    duty.officer = SUPERVISOR
    holds.release(TAG.id, reason=reason)
    assert [refusal.code for refusal in refusals] == [code]
    assert is_held(store)


def test_what_is_let_go_or_not_there_is_refused(holds, duty, refusals, qtbot: QtBot) -> None:
    duty.officer = SUPERVISOR
    for bookmark in (TAG.id, TAG.id, "unknown"):
        holds.release(bookmark, reason="inkrah")
    qtbot.waitUntil(lambda: len(refusals) == 2)
    assert [refusal.code for refusal in refusals] == [DomainCode.TRANSITION_REFUSED, DomainCode.NOT_FOUND]


def test_an_investigator_cannot_take_footage_out_of_its_case_either(store: InlineStore, holds) -> None:
    investigator = replace(BRIPKA_SARI, role=Role.INVESTIGATOR)
    store.do(lambda session: officers.put(session, investigator, "v", origin=Origin.LOCAL, at=NOON))
    for change in (replace(TAG, case_id=None), replace(TAG, held=False)):
        with pytest.raises(DomainError) as refused:
            store.do(partial(operations.change, value=change, actor=investigator.nrp, at=NOON))
        assert refused.value.code is DomainCode.NOT_ALLOWED
