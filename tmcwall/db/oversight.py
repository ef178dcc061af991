"""The chain of who watched which camera here: rows are added, sent to the server, and forgotten when they are old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import columns_of
from tmcwall.domain.clock import plausible
from tmcwall.domain.oversight import Entry, OversightAction, OversightRow, next_row
from tmcwall.domain.patrol import Seen

_table = tables.oversight


def append(session: Session, entries: Iterable[Entry]) -> None:
    """Adds the next rows, in this order.

    Nobody is asked about them, so a clock that is wrong keeps none away: its time becomes the nearest that others take.
    """
    newest = session.execute(select(_table.c.seq, _table.c.hash).order_by(_table.c.seq.desc()).limit(1)).first()
    last = None if newest is None else (newest.seq, newest.hash)
    rows: list[OversightRow] = []
    for entry in entries:
        row = next_row(last, replace(entry, at=plausible(entry.at)))
        rows.append(row)
        last = row.seq, row.hash
    if rows:
        session.execute(insert(_table), [columns_of(row) | {"sent": False} for row in rows])


def last_seen(session: Session, since: datetime) -> Mapping[str, Seen]:
    """When each camera was last seen live here, and by whom; those that were not since then are left out."""
    seen = select(_table.c.camera, _table.c.at, _table.c.officer).where(
        _table.c.action == OversightAction.CAMERA_SEEN, _table.c.at >= since
    )
    return {row.camera: Seen(row.at, row.officer) for row in session.execute(seen.order_by(_table.c.seq))}


def pending(session: Session, limit: int) -> Sequence[OversightRow]:
    """Those that the server does not have, oldest first."""
    found = session.execute(select(_table).where(_table.c.sent.is_(False)).order_by(_table.c.seq).limit(limit))
    return tuple(_row(row) for row in found.mappings())


def mark_sent(session: Session, up_to: int) -> None:
    session.execute(update(_table).where(_table.c.seq <= up_to, _table.c.sent.is_(False)).values(sent=True))


def resend_from(session: Session, seq: int) -> None:
    """The server has lost those from there on."""
    session.execute(update(_table).where(_table.c.seq >= seq).values(sent=False))


def forget(session: Session, before: datetime) -> None:
    """What was sent and is older; the newest row stays, so that the chain goes on."""
    newest = select(func.max(_table.c.seq)).scalar_subquery()
    old = delete(_table).where(_table.c.sent.is_(True), _table.c.at < before, _table.c.seq < newest)
    session.execute(old)


def _row(row: RowMapping) -> OversightRow:
    return OversightRow(
        seq=row[_table.c.seq],
        prev_hash=row[_table.c.prev_hash],
        officer=row[_table.c.officer],
        action=OversightAction(row[_table.c.action]),
        camera=row[_table.c.camera],
        at=cast("datetime", row[_table.c.at]),  # what `Moment` gives
        detail=row[_table.c.detail],
        reason=row[_table.c.reason],
        hash=row[_table.c.hash],
    )
