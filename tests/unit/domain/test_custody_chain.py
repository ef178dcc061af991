"""Altering, removing or reordering any custody row is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.custody import ChainBreak, CustodyAction, CustodyRow, next_row, verify_chain

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)


def chain(length: int) -> list[CustodyRow]:
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
        {"action": CustodyAction.PLAYED},
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
    rows[2] = replace(rows[2], **change)
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
