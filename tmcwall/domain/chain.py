"""Rows that carry each other's hash, so that one that is altered, left out or put in shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tmcwall.domain.operation import FIRST_HASH


class Link(Protocol):
    """A row of a chain."""

    @property
    def seq(self) -> int: ...
    @property
    def prev_hash(self) -> str: ...
    @property
    def hash(self) -> str: ...


L = TypeVar("L", bound=Link)


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where a chain stops to hold: the number of the first row that is altered, missing or out of place."""

    seq: int


def first_break(rows: Iterable[L], digest: Callable[[L], str], *, head: str | None = None) -> ChainBreak | None:
    """The first break in a whole chain, or None. Rows cut off at the end show only against a known `head` hash."""
    previous_hash, seq = FIRST_HASH, 0
    for row in rows:
        seq += 1
        if row.seq != seq or row.prev_hash != previous_hash or row.hash != digest(row):
            return ChainBreak(seq)
        previous_hash = row.hash
    if head is not None and head != previous_hash:
        return ChainBreak(seq + 1)
    return None
