"""What is kept without effect, and what is in effect and should not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.kinds import check_operation
from tmcwall.domain.shape import FieldRefused
from tmcwall.server.journal import WITHDRAWN
from tmcwall.server.order import message_of
from tmcwall.server.tables import OperationRow, WithdrawalRow
from tmcwall.sync.protocol import Fate

ROWS_AT_ONCE: Final = 20
"""Of those that may hold half a megabyte each."""

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An operation without effect, or one that should have none, and why."""

    operation_id: UUID
    device: str
    entity: str
    entity_id: str
    reason: str


NEWEST = 2**63 - 1


def quarantined_operations(session: Session, *, before: int = NEWEST, limit: int) -> Iterator[OperationRow]:
    """Newest first, before that place in the server's order. They are read as they are taken."""
    yield from session.scalars(
        select(OperationRow)
        .where(OperationRow.fate == Fate.QUARANTINED.value, OperationRow.server_sequence < before)
        .order_by(OperationRow.server_sequence.desc())
        .limit(limit)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def describe(session: Session, row: OperationRow) -> Quarantined:
    """One in quarantine; of one that was taken out also by whom, when and why."""
    reason = row.reason
    if reason == WITHDRAWN:
        out = session.scalars(select(WithdrawalRow).where(WithdrawalRow.operation_id == row.operation_id)).one()
        reason = f"{reason} {out.withdrawn_at:%Y-%m-%dT%H:%M:%SZ} {out.withdrawn_by}: {out.reason}"
    return Quarantined(row.operation_id, row.device, row.entity, row.entity_id, reason)


def unreadable_operations(session: Session) -> Iterator[Quarantined]:
    """What is in effect and would not be taken today, in the server's order. Reads every operation that is whole."""
    rows = session.scalars(
        select(OperationRow)
        .where(OperationRow.fate != Fate.QUARANTINED.value, OperationRow.compaction.is_(None))
        .order_by(OperationRow.server_sequence)
        .execution_options(yield_per=_BATCH)
    )
    for row in rows:
        reason = _reason_against(row)
        if reason:
            yield Quarantined(row.operation_id, row.device, row.entity, row.entity_id, reason)


def _reason_against(row: OperationRow) -> str:
    """Empty where there is none."""
    message = message_of(row)
    if message is None:
        return "message"
    try:
        check_operation(message.operation())
    except FieldRefused as refused:
        return f"shape: {refused}"
    return ""
