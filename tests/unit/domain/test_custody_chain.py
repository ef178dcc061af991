"""Altering, removing or reordering any custody row is found."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tmcwall.domain.chain import ChainBreak
from tmcwall.domain.custody import NO_FACTS, CustodyAction, CustodyRow, next_row, verify_chain
from tmcwall.domain.operation import Json

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)


FACTS: Final[Mapping[str, Json]] = {"camera_clock_ms": 7_200_000, "parameter_sets": ["later"], "server_clock_ms": None}


def chain(length: int, facts: Mapping[str, Json] = NO_FACTS) -> list[CustodyRow]:
    rows: list[CustodyRow] = []
    for number in range(length):
        rows.append(
            next_row(
                rows[-1] if rows else None,
                actor="12345678",
                action=CustodyAction.CREATED,
                about=f"bookmark/{number}",
                time=NOW + timedelta(seconds=number),
                reason="ditandai",
                facts=facts,
            )
        )
    return rows


def test_an_untouched_chain_holds() -> None:
    rows = chain(5)
    assert verify_chain(rows, head=rows[-1].hash) is None
    assert verify_chain([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "87654321"},
        {"action": CustodyAction.CHANGED},
        {"object": "bookmark/9"},
        {"time": NOW - timedelta(days=1)},
        {"reason": ""},
        {"hash": "0" * 64},
        {"prev_hash": "0" * 64},
        {"seq": 9},
    ],
)
def test_any_altered_field_breaks_the_chain_at_its_row(change: dict[str, object]) -> None:
    rows = chain(5)
    rows[2] = replace(rows[2], **change)  # type: ignore[arg-type]  # the test names the fields
    assert verify_chain(rows) == ChainBreak(3)


def test_removed_swapped_and_inserted_rows_are_found() -> None:
    rows = chain(5)
    assert verify_chain(rows[:2] + rows[3:]) == ChainBreak(3)
    assert verify_chain(rows[1:]) == ChainBreak(1)
    assert verify_chain([rows[1], rows[0], *rows[2:]]) == ChainBreak(1)
    assert verify_chain([*rows[:3], rows[2], *rows[3:]]) == ChainBreak(4)


def test_rows_cut_off_at_the_end_show_against_a_known_head() -> None:
    rows = chain(5)
    assert verify_chain(rows[:4]) is None
    assert verify_chain(rows[:4], head=rows[4].hash) == ChainBreak(5)


def test_a_row_without_facts_has_the_hash_that_rows_had_before_there_were_facts() -> None:
    (row,) = chain(1)
    assert row.hash == "cf653617fe3aa7a79b6f9c28cc25cf8c5b9db00c373eb376563d18081eaa9727"


def test_a_chain_of_rows_with_and_without_facts_holds() -> None:
    rows = chain(2)
    rows.append(
        next_row(rows[-1], actor="tmcwall", action=CustodyAction.CLIP_CUT, about="clip/1", time=NOW, facts=FACTS)
    )
    rows.append(next_row(rows[-1], actor="12345678", action=CustodyAction.CHANGED, about="clip/1", time=NOW))
    assert verify_chain(rows, head=rows[-1].hash) is None


@pytest.mark.parametrize("added", [FACTS, {"note": ""}, [], None, [{}]])
def test_facts_added_to_a_row_that_has_none_break_the_chain_at_it(added: Any) -> None:
    rows = chain(5)
    rows[2] = replace(rows[2], facts=added)
    assert verify_chain(rows) == ChainBreak(3)


@pytest.mark.parametrize("left", [{}, None, [], {**FACTS, "camera_clock_ms": 0}, {**FACTS, "note": "x"}, [FACTS]])
def test_facts_taken_from_a_row_or_altered_break_the_chain_at_it(left: Any) -> None:
    rows = chain(5, FACTS)
    rows[2] = replace(rows[2], facts=left)
    assert verify_chain(rows) == ChainBreak(3)
