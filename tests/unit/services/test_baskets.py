"""The basket of a case: filled by who may export its evidence, synchronised, and marked once it was exported."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, FakeDuty, InlineStore
from tmcwall.db import baskets as basket_rows
from tmcwall.db import operations, tables
from tmcwall.domain.basket import BasketItem, BasketPart, check_item
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity
from tmcwall.services.baskets import Baskets, Choice

CASE = EXAMPLES[Entity.CASE]
TAG = EXAMPLES[Entity.BOOKMARK]
INVESTIGATOR = replace(BRIPKA_SARI, nrp="12340001", role=Role.INVESTIGATOR)


@pytest.fixture
def baskets(qapp, store: InlineStore, duty: FakeDuty, clock: FakeClock) -> Iterator[Baskets]:
    for value in (CASE, TAG):
        store.do(partial(operations.change, value=value, actor=BRIPKA_SARI.nrp, at=NOON))
    duty.officer = INVESTIGATOR
    baskets = Baskets(store=store, duty=duty, clock=clock)
    baskets.start()
    yield baskets
    baskets.stop()


@pytest.fixture
def told(baskets: Baskets) -> list[tuple[BasketItem, ...]]:
    said: list[tuple[BasketItem, ...]] = []
    baskets.changed.connect(lambda case_id, items: said.append(tuple(items)))
    return said


@pytest.fixture
def refusals(baskets: Baskets) -> list[DomainError]:
    said: list[DomainError] = []
    baskets.refused.connect(said.append)
    return said


def put(baskets: Baskets, told: list, qtbot: QtBot, choice: Choice) -> tuple[BasketItem, ...]:
    before = len(told)
    baskets.add(TAG, choice)
    qtbot.waitUntil(lambda: len(told) > before)
    return told[-1]


def test_a_clip_a_span_and_a_picture_are_put_in_with_who_when_and_why(baskets, told, qtbot: QtBot) -> None:
    later = NOON + timedelta(seconds=9)
    put(baskets, told, qtbot, Choice(note="  pelaku  lewat "))
    put(baskets, told, qtbot, Choice(starts_at=NOON, ends_at=later))
    items = put(baskets, told, qtbot, Choice(starts_at=later, ends_at=later))
    by_part = {item.part: item for item in items}
    assert by_part.keys() == set(BasketPart)
    clip, span = by_part[BasketPart.CLIP], by_part[BasketPart.SPAN]
    assert (clip.note, clip.added_by, clip.case_id) == ("pelaku lewat", INVESTIGATOR.nrp, CASE.id)
    assert (span.starts_at, span.ends_at) == (NOON, later)


def test_the_same_is_not_put_in_twice(baskets, told, qtbot: QtBot) -> None:
    put(baskets, told, qtbot, Choice())
    assert len(put(baskets, told, qtbot, Choice())) == 1


def test_what_is_taken_out_is_not_in_it_any_more(baskets, told, qtbot: QtBot) -> None:
    (item,) = put(baskets, told, qtbot, Choice())
    baskets.remove(item)
    qtbot.waitUntil(lambda: told[-1] == ())
    baskets.look(CASE.id)
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told[-1] == ()


def test_it_is_an_operation_that_other_workstations_get(baskets, told, store, qtbot: QtBot) -> None:
    put(baskets, told, qtbot, Choice())
    made = store.do(lambda session: session.scalars(select(tables.operations.c.entity)).all())
    assert Entity.BASKET_ITEM in made


def test_who_may_not_export_evidence_may_not_fill_it(baskets, duty, told, refusals) -> None:
    duty.officer = BRIPKA_SARI
    baskets.add(TAG, Choice())
    assert [refusal.code for refusal in refusals] == [DomainCode.NOT_ALLOWED]
    assert not baskets.can_fill("")


def test_the_basket_of_another_units_case_is_filled_by_nobody_else(baskets, store, refusals, qtbot: QtBot) -> None:
    of_unit = replace(CASE, unit="Reskrim")
    store.do(partial(operations.change, value=of_unit, actor="12340009", at=NOON))
    baskets.add(TAG, Choice())
    qtbot.waitUntil(lambda: bool(refusals))
    assert refusals[0].code is DomainCode.NOT_ALLOWED


def test_footage_of_no_case_has_no_basket(baskets, refusals) -> None:
    baskets.add(replace(TAG, case_id=None), Choice())
    assert refusals[0].code is DomainCode.CASE_UNKNOWN


def test_a_span_without_length_is_refused() -> None:
    item = BasketItem(
        id="i", case_id="c", bookmark_id="b", part=BasketPart.SPAN, added_by="1", added_at=NOON, starts_at=NOON,
        ends_at=NOON,
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        check_item(item)
    assert refused.value.code is DomainCode.RANGE_EMPTY


def test_what_went_into_a_package_is_marked_with_when_and_by_whom(baskets, told, store, qtbot: QtBot) -> None:
    put(baskets, told, qtbot, Choice())
    at = NOON + timedelta(hours=1)
    mark = partial(
        basket_rows.mark_exported, case_id=CASE.id, bookmarks={TAG.id}, package="P-1", actor=INVESTIGATOR.nrp, at=at
    )
    store.do(mark)
    (item,) = store.do(partial(basket_rows.of_case, case_id=CASE.id))
    assert (item.exported_at, item.exported_by, item.exported_package) == (at, INVESTIGATOR.nrp, "P-1")


def test_the_clips_of_a_basket_that_somebody_who_may_export_looks_at_are_needed_here(store, duty, clock, qapp) -> None:
    needed: list[tuple[str, str]] = []
    service = Baskets(store=store, duty=duty, clock=clock, want=lambda case, *, officer: needed.append((case, officer)))
    duty.officer = BRIPKA_SARI
    service.look(CASE.id)
    duty.officer = INVESTIGATOR
    service.look(CASE.id)
    service.stop()
    assert needed == [(CASE.id, INVESTIGATOR.nrp)]
