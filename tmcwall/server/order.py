"""What the server's order holds, read: states of entities, and pages for workstations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec
from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.merge import NOTHING, EntityState, Version
from tmcwall.domain.operation import Entity
from tmcwall.log import get_logger
from tmcwall.server.compaction_tables import CompactionRow
from tmcwall.server.entities import entity_now
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import DeviceRow, EntityRow, OperationRow, OrderRow, WithdrawalRow
from tmcwall.sync.protocol import (
    Fate,
    OperationMessage,
    PulledOperation,
    PullReply,
    RefusalCode,
    Withdrawal,
    WithdrawalsReply,
)
from tmcwall.sync.snapshot import VersionMessage

log = get_logger(__name__)


_stored = msgspec.json.Decoder(VersionMessage)
_stored_fields = msgspec.json.Decoder(dict[str, VersionMessage])


def load_state(session: Session, kind: Entity, entity_id: str) -> EntityState:
    wanted = select(EntityRow.revision, EntityRow.versions)
    row = session.execute(wanted.where(EntityRow.kind == kind.value, EntityRow.id == entity_id)).one_or_none()
    return NOTHING if row is None else decode_state(row.revision, row.versions)


def state_of(row: EntityRow) -> EntityState:
    return decode_state(row.revision, row.versions)


def decode_state(revision: int, versions: str) -> EntityState:
    """An entity as its row keeps it."""
    stored = _stored_fields.decode(versions)
    return EntityState(revision, {name: version.version() for name, version in stored.items()})


def version_of(text: str) -> Version:
    """A version as a conflict row keeps it."""
    return _stored.decode(text).version()


def message_of(row: OperationRow) -> OperationMessage | None:
    """The operation as it came. None if it was compacted, or if nobody can read what an earlier version has taken."""
    if row.compaction is not None:
        return None
    try:
        return OperationMessage.model_validate_json(row.message)
    except ValueError:
        log.exception("operation_unreadable", operation=str(row.operation_id), server_sequence=row.server_sequence)
        return None


def last_place(session: Session) -> tuple[int, UUID]:
    """The newest committed place and the epoch of the order."""
    row = session.execute(select(OrderRow.last_sequence, OrderRow.epoch)).one()
    return row.last_sequence, row.epoch


def has_at(session: Session, sequence: int, operation_hash: str) -> bool:
    """Whether the order has that operation at that place."""
    row = session.get(OperationRow, sequence)
    return row is not None and row.hash == operation_hash


def compacted_through(session: Session) -> int:
    """The last place whose operation has no values any more; 0: none."""
    newest = select(CompactionRow.through).order_by(CompactionRow.number.desc()).limit(1)
    return session.scalar(newest) or 0


def page(session: Session, *, cursor: int, limit: int, device: str = "", takes_state: bool = True) -> PullReply:
    """What came after `cursor`, in order, for that device. A cursor that is beyond the end comes back lowered.

    An operation that nobody can read is passed over: the page goes on behind it. Of one that was compacted the values
    are gone, so behind a cursor before it there is nothing but the word that it was; without `takes_state`, for a
    workstation that does not know that word, RequestRefused(COMPACTED).
    """
    known = session.get(DeviceRow, device)
    compacted = compacted_through(session)
    # Each statement sees what was committed before it: without that bound the second could show a withdrawal whose
    # predecessors the first has not seen, and the cursor would go past them.
    last, epoch = last_place(session)
    if cursor < compacted:
        if not takes_state:
            raise RequestRefused(RefusalCode.COMPACTED)
        return PullReply(
            operations=(),
            cursor=min(cursor, last),
            epoch=epoch,
            more=False,
            last_number=known.last_number if known else 0,
            compacted=compacted,
        )
    rows = session.scalars(
        select(OperationRow)
        .where(OperationRow.server_sequence > cursor, OperationRow.server_sequence <= last)
        .order_by(OperationRow.server_sequence)
        .limit(limit)
    ).all()
    taken_out = _withdrawals(session, after=cursor, through=last, limit=limit)
    places = sorted([row.server_sequence for row in rows] + [row.server_sequence for row in taken_out])[:limit]
    reached = places[-1] if places else min(cursor, last)
    return PullReply(
        operations=tuple(_pulled(row for row in rows if row.server_sequence <= reached)),
        withdrawals=tuple(_withdrawal(session, row) for row in taken_out if row.server_sequence <= reached),
        cursor=reached,
        epoch=epoch,
        more=len(places) == limit,
        last_number=known.last_number if known else 0,
    )


def withdrawals(session: Session, *, after: int, limit: int) -> WithdrawalsReply:
    """All that was taken out of effect behind that place, for a workstation that takes the state."""
    last, epoch = last_place(session)
    rows = _withdrawals(session, after=after, through=last, limit=limit)
    return WithdrawalsReply(
        withdrawals=tuple(_withdrawal(session, row) for row in rows),
        epoch=epoch,
        through=rows[-1].server_sequence if rows else after,
        more=len(rows) == limit,
    )


def _withdrawals(session: Session, *, after: int, through: int, limit: int) -> Sequence[WithdrawalRow]:
    return session.scalars(
        select(WithdrawalRow)
        .where(WithdrawalRow.server_sequence > after, WithdrawalRow.server_sequence <= through)
        .order_by(WithdrawalRow.server_sequence)
        .limit(limit)
    ).all()


def _withdrawal(session: Session, row: WithdrawalRow) -> Withdrawal:
    return Withdrawal(
        server_sequence=row.server_sequence,
        operation_id=row.operation_id,
        revision=row.revision,
        reason=row.reason,
        entity=_entity_without(session, row.operation_id),
    )


def _entity_without(session: Session, operation_id: UUID) -> JsonValue:
    """The entity as it is now, without the operation that was taken out of effect."""
    row = session.execute(
        select(OperationRow.entity, OperationRow.entity_id).where(OperationRow.operation_id == operation_id)
    ).one()
    return entity_now(session, row.entity, row.entity_id)


def _pulled(rows: Iterable[OperationRow]) -> Iterator[PulledOperation]:
    for row in rows:
        message = None if row.fate == Fate.QUARANTINED else message_of(row)
        if message is not None:
            yield PulledOperation(
                server_sequence=row.server_sequence, fate=Fate(row.fate), revision=row.revision, operation=message
            )
