"""Annotations of footage: drawn by who may see it, altered and removed by who made them, never deleted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, FakeDuty, InlineStore
from tmcwall.db import custody, operations, tables
from tmcwall.domain.annotation import Annotation, check_annotation
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.derived_copy import DrawnShape
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity
from tmcwall.services.annotations import Annotations, Drawn
from tmcwall.services.changes import Changes

BOX = Drawn(shape=DrawnShape.BOX, x=0.1, y=0.2, to_x=0.5, to_y=0.6, starts_at=NOON, lasts_s=2.0, text="  pelaku  1 ")
EXAMPLE: Annotation = EXAMPLES[Entity.ANNOTATION]
OTHER = replace(BRIPKA_SARI, nrp="12340001", role=Role.INVESTIGATOR)


@pytest.fixture
def service(qapp, store: InlineStore, duty: FakeDuty, clock: FakeClock, changes: Changes) -> Iterator[Annotations]:
    for value in (EXAMPLES[Entity.CASE], EXAMPLES[Entity.BOOKMARK]):
        store.do(partial(operations.change, value=value, actor=BRIPKA_SARI.nrp, at=NOON))
    service = Annotations(store=store, duty=duty, clock=clock, changes=changes)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def told(service: Annotations) -> list[tuple[Annotation, ...]]:
    said: list[tuple[Annotation, ...]] = []
    service.changed.connect(lambda _bookmark, found: said.append(tuple(found)))
    return said


@pytest.fixture
def refusals(service: Annotations) -> list[DomainError]:
    said: list[DomainError] = []
    service.refused.connect(said.append)
    return said


def drawn(service: Annotations, told: list, qtbot: QtBot) -> Annotation:
    service.add("b1", BOX)
    qtbot.waitUntil(lambda: bool(told))
    (made,) = told[-1]
    return made


def about(store: InlineStore, annotation_id: str) -> list:
    return list(store.do(lambda session: custody.about(session, f"annotation/{annotation_id}")))


def test_what_is_drawn_stands_with_its_officer_its_time_and_its_place_in_the_picture(service, told, qtbot) -> None:
    made = drawn(service, told, qtbot)
    assert (made.made_by, made.text, made.ends_at) == (BRIPKA_SARI.nrp, "pelaku 1", NOON + timedelta(seconds=2))
    assert (made.x, made.y, made.to_x, made.to_y) == (0.1, 0.2, 0.5, 0.6)
    assert service.is_own(made)


def test_making_altering_and_removing_are_in_custody_with_both_values(service, told, store, qtbot) -> None:
    made = drawn(service, told, qtbot)
    service.alter(made, replace(BOX, text="saksi"))
    qtbot.waitUntil(lambda: bool(told[-1]) and told[-1][0].text == "saksi")
    service.remove(told[-1][0])
    qtbot.waitUntil(lambda: told[-1] == ())
    rows = about(store, made.id)
    assert [row.action for row in rows] == [CustodyAction.CREATED, CustodyAction.CHANGED, CustodyAction.CHANGED]
    assert {"column": "text", "before": "pelaku 1", "after": "saksi"} in rows[1].facts["changes"]
    assert {"column": "removed", "before": "False", "after": "True"} in rows[2].facts["changes"]


def test_one_that_is_removed_is_marked_and_not_deleted(service, told, store, qtbot) -> None:
    made = drawn(service, told, qtbot)
    service.remove(made)
    qtbot.waitUntil(lambda: told[-1] == ())
    kept = store.do(lambda session: session.execute(select(tables.footage_annotations)).mappings().all())
    assert [(row["id"], row["removed"]) for row in kept] == [(made.id, True)]


def test_nobody_but_who_made_it_alters_or_removes_it(service, told, refusals, duty, qtbot) -> None:
    made = drawn(service, told, qtbot)
    duty.officer = OTHER
    assert not service.is_own(made)
    service.alter(made, BOX)
    service.remove(made)
    qtbot.waitUntil(lambda: len(refusals) == 2)
    assert {refusal.code for refusal in refusals} == {DomainCode.NOT_ALLOWED}


def test_who_may_not_tag_draws_nothing(service, refusals, duty) -> None:
    duty.officer = replace(BRIPKA_SARI, role=Role.AUDITOR)
    service.add("b1", BOX)
    assert [refusal.code for refusal in refusals] == [DomainCode.NOT_ALLOWED]
    assert not service.can_draw("")


def test_what_another_workstation_draws_is_told_of_the_footage_that_is_looked_at(
    service, told, store: InlineStore, qtbot: QtBot
) -> None:
    service.look("b1")
    qtbot.waitUntil(lambda: told == [()])
    store.write(partial(operations.change, value=EXAMPLE, actor=BRIPKA_SARI.nrp, at=NOON))
    qtbot.waitUntil(lambda: told[-1] == (EXAMPLE,))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"shape": DrawnShape.TEXT, "text": ""}, DomainCode.FIELD_MISSING),
        ({"to_x": EXAMPLE.x}, DomainCode.RANGE_EMPTY),
        ({"ends_at": NOON - timedelta(seconds=1)}, DomainCode.RANGE_EMPTY),
        ({"x": -0.1}, DomainCode.FIELD_INVALID),
        ({"text": "a\x07"}, DomainCode.FIELD_INVALID),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong: dict, code: DomainCode) -> None:
    with pytest.raises(DomainError) as refused:
        check_annotation(replace(EXAMPLE, **wrong))
    assert refused.value.code is code


def test_one_of_a_single_picture_is_shown_with_that_picture_only() -> None:
    one = replace(EXAMPLE, ends_at=EXAMPLE.starts_at)
    assert [one.shown_at(NOON + timedelta(seconds=seconds)) for seconds in (0, 1)] == [True, False]
    assert [EXAMPLE.shown_at(NOON + timedelta(seconds=seconds)) for seconds in (1, 3)] == [True, False]
    drawing = one.drawing(NOON - timedelta(seconds=5))
    assert drawing.from_s < 5 < drawing.until_s
