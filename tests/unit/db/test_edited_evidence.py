"""What an officer alters of a tag or a case later stands in custody with both values (E13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.clocks import NOON
from tests.services_stage import InlineStore
from tmcwall.db import custody, operations
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.case import Case, case_id, normalise_lp
from tmcwall.services.custody_report import CustodyQuestion, custody_report

TAG = Bookmark("b-1", "CAM-1", "Simpang Gendengan", NOON, NOON, NOON, "12345678", "motor hitam")
WRONG, RIGHT = "LP/B/1/III/2025/SPKT/POLRESTA SURAKARTA", "LP/B/2/III/2025/SPKT/POLRESTA SURAKARTA"
CASE = Case(case_id(normalise_lp(WRONG)), WRONG, normalise_lp(WRONG), NOON, "12345678")


@pytest.fixture
def store() -> Iterator[InlineStore]:
    store = InlineStore()
    yield store
    store.close()


def put(store: InlineStore, value: Bookmark | Case) -> None:
    store.do(lambda session: operations.change(session, value, actor="12345678", at=NOON))


def reported(store: InlineStore) -> list[str]:
    return [row.facts for row in store.do(lambda session: custody_report(session, CustodyQuestion())).rows]


def test_a_note_and_a_case_that_become_others_stand_in_the_report_with_what_they_were(store: InlineStore) -> None:
    put(store, TAG)
    put(store, CASE)
    put(store, replace(TAG, note="mobil merah", case_id=CASE.id))
    last = reported(store)[-1]
    for value in ("motor hitam", "mobil merah", CASE.id):
        assert value in last


def test_a_report_says_what_was_altered_in_words_and_not_as_a_programming_language_does(store: InlineStore) -> None:
    put(store, TAG)
    put(store, replace(TAG, note="mobil merah"))
    last = reported(store)[-1]
    assert last == "changes=note: motor hitam → mobil merah"


def test_a_number_that_is_put_right_stands_there_as_it_was_and_as_it_is(store: InlineStore) -> None:
    put(store, CASE)
    put(store, replace(CASE, lp=RIGHT, lp_normalised=normalise_lp(RIGHT)))
    last = reported(store)[-1]
    assert WRONG in last
    assert RIGHT in last


def test_the_chain_with_both_values_holds(store: InlineStore) -> None:
    put(store, TAG)
    put(store, replace(TAG, note="mobil merah"))
    assert store.do(custody.verify) is None
