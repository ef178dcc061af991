"""The chain of custody of this workstation: rows are added, never changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.orm import Session

from tmcwall.db import oversight_of_custody, tables
from tmcwall.db.rows import columns_of, json_of
from tmcwall.domain.chain import ChainBreak
from tmcwall.domain.custody import (
    NO_FACTS,
    SYSTEM,
    CustodyAction,
    CustodyRow,
    DeviceFacts,
    Facts,
    next_row,
    verify_chain,
)
from tmcwall.domain.operation import FIRST_HASH

_table = tables.custody


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a row shall say. `about` names an object: `bookmark/<id>`, `camera/<id>`."""

    actor: str
    action: CustodyAction
    about: str
    at: datetime
    reason: str = ""
    facts: Facts | None = None


def append(
    session: Session,
    *,
    actor: str,
    action: CustodyAction,
    about: str,
    at: datetime,
    reason: str = "",
    facts: Facts | None = None,
) -> None:
    """Adds the next row."""
    append_all(session, [Entry(actor=actor, action=action, about=about, at=at, reason=reason, facts=facts)])


def tell_renewed(session: Session, identity: str, *, at: datetime) -> None:
    """Adds that the workstation is another device from then on."""
    append(
        session,
        actor=SYSTEM,
        action=CustodyAction.DEVICE_RENEWED,
        about="store",
        at=at,
        facts=DeviceFacts(identity),
    )


def append_all(session: Session, entries: Iterable[Entry]) -> None:
    """Adds the next rows, in this order: for many at once a small part of the time that they take one by one."""
    last = head(session)
    rows: list[CustodyRow] = []
    for entry in entries:
        oversight_of_custody.tell(
            session, actor=entry.actor, action=entry.action, about=entry.about, at=entry.at, facts=entry.facts
        )
        last = next_row(
            last,
            actor=entry.actor,
            action=entry.action,
            about=entry.about,
            time=entry.at.astimezone(UTC),
            reason=entry.reason,
            facts=NO_FACTS if entry.facts is None else json_of(entry.facts),
        )
        rows.append(last)
    if rows:
        session.execute(insert(_table), [columns_of(row) for row in rows])


def head(session: Session) -> CustodyRow | None:
    """The newest row."""
    row = session.execute(select(_table).order_by(_table.c.seq.desc()).limit(1)).mappings().first()
    return None if row is None else _row(row)


def about(session: Session, object_name: str) -> tuple[CustodyRow, ...]:
    """Every row about one object, oldest first."""
    found = session.execute(select(_table).where(_table.c.object == object_name).order_by(_table.c.seq))
    return tuple(_row(row) for row in found.mappings())


def every(session: Session) -> Iterator[CustodyRow]:
    """The whole chain, oldest first, as it is read."""
    for row in session.execute(select(_table).order_by(_table.c.seq)).mappings():
        yield _row(row)


@dataclass(frozen=True, slots=True)
class Extract:
    """Some rows, oldest first, and how the whole chain stood when they were taken."""

    rows: tuple[CustodyRow, ...]
    length: int
    head: str
    """The hash of the newest row: rows that are cut off later do not end in it any more."""
    broken_at: ChainBreak | None


def extract(session: Session, wanted: Callable[[CustodyRow], bool]) -> Extract:
    """Reads and checks the whole chain once."""
    rows, length, newest = [], 0, FIRST_HASH

    def passing() -> Iterator[CustodyRow]:
        nonlocal length, newest
        for row in every(session):
            length, newest = length + 1, row.hash
            if wanted(row):
                rows.append(row)
            yield row

    chain = passing()
    broken_at = verify_chain(chain)
    deque(chain, maxlen=0)  # what follows a break belongs into the extract, too
    return Extract(tuple(rows), length, newest, broken_at)


def verify(session: Session) -> ChainBreak | None:
    """The first break of the chain, or None."""
    return verify_chain(every(session))


def _row(row: RowMapping) -> CustodyRow:
    return CustodyRow(
        seq=row[_table.c.seq],
        prev_hash=row[_table.c.prev_hash],
        actor=row[_table.c.actor],
        action=CustodyAction(row[_table.c.action]),
        object=row[_table.c.object],
        time=cast("datetime", row[_table.c.time]),  # what `Moment` gives
        reason=row[_table.c.reason],
        facts=row[_table.c.facts],
        hash=row[_table.c.hash],
    )
