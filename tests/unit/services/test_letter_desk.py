"""Letters for the screen: done in a thread for the officer on duty, who sees no other unit's cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.letters import CASE, DAY, INVESTIGATOR, WORDS, room_of, stocked
from tests.services_stage import FakeDuty
from tmcwall.db import operations
from tmcwall.domain.case import Difficulty, Stage
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.letter import LetterRefused, LetterState
from tmcwall.domain.officer import Officer, Role
from tmcwall.services.letter_desk import LetterDesk
from tmcwall.services.letter_room import CaseFacts, LetterOrder


@pytest.fixture
def duty() -> FakeDuty:
    return FakeDuty(INVESTIGATOR)


@pytest.fixture
def desk(store, changes, clock, duty, tmp_path: Path):
    stocked(store)
    desk = LetterDesk(room_of(store, tmp_path, clock=clock), store=store, changes=changes, duty=duty)
    desk.start()
    yield desk
    desk.stop()


def order() -> LetterOrder:
    return LetterOrder(CASE.id, WORDS, DAY)


def test_a_letter_goes_from_draft_to_receipt_with_a_signal_for_each_step(desk, qtbot, tmp_path) -> None:
    with qtbot.waitSignal(desk.drafted):
        desk.draft(order())
        assert desk.busy
    qtbot.waitUntil(lambda: len(desk.register.letters) == 1)
    (letter,) = desk.register.letters
    assert desk.path_of(letter.docx).is_file()
    with qtbot.waitSignals([desk.changed, desk.register_changed]):
        desk.issue(letter.id, DAY)
    with qtbot.waitSignals([desk.changed, desk.register_changed]):
        desk.receive(letter.id, received_by="Siti", day=DAY)
    scan = tmp_path / "surat.pdf"
    scan.write_bytes(b"%PDF-1.4")
    with qtbot.waitSignals([desk.changed, desk.register_changed]):
        desk.attach_signed(letter.id, scan)
    with qtbot.waitSignal(desk.changed):
        desk.cancel(letter.id, reason="salah alamat")
    qtbot.waitUntil(lambda: desk.register.letters[0].state is LetterState.CANCELLED)
    (letter,) = desk.register.letters
    assert (letter.received_by, letter.signed is not None) == ("Siti", True)
    assert not desk.busy


def test_what_a_draft_lacks_is_told_and_the_next_one_may_be_asked_for(desk, qtbot) -> None:
    with qtbot.waitSignal(desk.refused) as refused:
        desk.draft(replace(order(), words=replace(WORDS, plan="")))
    assert isinstance(refused.args[0], LetterRefused)
    with qtbot.waitSignal(desk.drafted):
        desk.draft(order())


def test_the_facts_of_a_case_are_changed(desk, qtbot) -> None:
    facts = CaseFacts(date(2025, 3, 9), Difficulty.HARD, Stage.INQUIRY, None)
    with qtbot.waitSignal(desk.case_changed):
        desk.put_case(CASE.id, facts)
    qtbot.waitUntil(lambda: [line.case.lp_date for line in desk.register.cases] == [date(2025, 3, 9)])
    assert [line.case.difficulty for line in desk.register.cases] == [Difficulty.HARD]


@pytest.mark.parametrize("officer", [None, Officer("12345678", "Budi", Role.OPERATOR)], ids=["nobody", "operator"])
def test_whoever_may_not_edit_cases_sees_no_reporter_and_drafts_nothing(desk, duty, qtbot, officer) -> None:
    with qtbot.waitSignal(desk.drafted):
        desk.draft(order())
    qtbot.waitUntil(lambda: len(desk.register.letters) == 1)
    duty.officer = officer
    desk.follow_duty()
    qtbot.waitUntil(lambda: (desk.register.letters, desk.register.cases) == ((), ()))
    with qtbot.waitSignal(desk.refused) as refused:
        desk.draft(order())
    assert refused.args[0].code in {DomainCode.NOT_ON_DUTY, DomainCode.NOT_ALLOWED}


def test_cases_of_other_units_are_not_in_the_register(desk, store, qtbot, clock) -> None:
    other = replace(CASE, unit="Lantas")
    store.do(partial(operations.change, value=other, actor=INVESTIGATOR.nrp, at=clock.utc()))
    with qtbot.waitSignal(desk.register_changed):
        desk.refresh()
    assert desk.register.cases == ()


def test_a_case_that_is_tagged_elsewhere_appears_once_somebody_has_looked(desk, store, qtbot, clock) -> None:
    with qtbot.waitSignal(desk.register_changed):
        desk.refresh()
    store.write(partial(operations.change, value=replace(CASE, stage=Stage.CLOSED), actor="87654321", at=clock.utc()))
    qtbot.waitUntil(lambda: desk.register.cases[0].reminder is None)
