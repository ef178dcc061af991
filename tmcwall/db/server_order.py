"""The server's order of operations on its way home: each page is folded into the confirmed states and shown.

The row an officer reads is the confirmed state, which is the fold of all operations in server order, with this
workstation's own operations on top that have not come back yet (`domain.merge`, `entity_states`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, select, true, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import changes, conflicts, custody, entity_states, facts, operation_rows, tables
from tmcwall.db.operations import device
from tmcwall.db.rows import remove_row, remove_unshowable, value_from_fields
from tmcwall.domain.changes import Origin
from tmcwall.domain.custody import CustodyAction, OperationFacts
from tmcwall.domain.merge import NOTHING, EntityState, merge
from tmcwall.domain.operation import Entity, Operation

_table = tables.operations
_states = tables.entity_states
_unread = tables.unread_operations

_SERVER = "server"
"""Who acts in custody rows that an administrator of the server caused."""
_CURSOR = "sync_cursor"
_EPOCH = "sync_epoch"
_READ_BY = "operations_read_by"
_KNOWN = "sync_known"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An operation with its place in the server's order."""

    server_sequence: int
    operation: Operation
    revision: int | None = None
    """The entity's after it, as the server counts; None: one more than here."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What came from the server and cannot be read, as it came."""

    server_sequence: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An operation that has no effect any more, and the entity's revision after that."""

    operation_id: UUID
    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """How far the server's order was taken over. `epoch` None: never yet."""

    cursor: int = 0
    epoch: UUID | None = None
    known_sequence: int = field(default=0, compare=False)
    """The place of the last operation that was taken over; 0: none yet. By it the server sees whose order this is."""
    known_hash: str = field(default="", compare=False)


def position(session: Session) -> StoredPosition:
    cursor, epoch = facts.get(session, _CURSOR), facts.get(session, _EPOCH)
    begun = StoredPosition(cursor if isinstance(cursor, int) else 0, UUID(epoch) if isinstance(epoch, str) else None)
    match facts.get(session, _KNOWN):
        case [int() as sequence, str() as operation_hash]:
            return replace(begun, known_sequence=sequence, known_hash=operation_hash)
    return begun


def unread(session: Session, *, reason: str | None = None, limit: int | None = None) -> tuple[Unread, ...]:
    """What came from the server and could not be read, in the order in which it came."""
    wanted = select(_unread).where(true() if reason is None else _unread.c.reason == reason)
    found = session.execute(wanted.order_by(_unread.c.id).limit(limit))
    return tuple(Unread(row.server_sequence, row.text, row.reason) for row in found)


def read_with(session: Session, version: str) -> tuple[tuple[Entity, str], ...]:
    """To be called when the store is opened, with the version of the program. Gives what is out of sight from now on.

    With another version than before, what could not be read is asked for again, and what no screen could show is taken
    out of sight.
    """
    if facts.get(session, _READ_BY) == version:
        return ()
    facts.put(session, _READ_BY, version)
    if session.scalar(select(func.count()).select_from(_unread)):
        read_again(session)
    return tuple(remove_unshowable(session))


def read_again(session: Session) -> None:
    """All pages follow again from 0, for what could not be read or verified may be now."""
    _forget_order(session)
    facts.put(session, _CURSOR, 0)


def begin_epoch(session: Session, epoch: UUID) -> None:
    """The server's order is a new one: confirmed states are forgotten and all pages follow again from 0.

    It may have lost what it had acknowledged, so every operation of this device, and every clip, is to be offered
    again until it is seen there. What officers see stays as it is.
    """
    _forget_order(session)
    session.execute(
        update(_table)
        .where(_table.c.own, _table.c.device == device(session))
        .values(acknowledged=False, quarantined_because=None)
    )
    session.execute(delete(tables.clip_uploads))
    facts.drop(session, _KNOWN)
    _go_to(session, 0, epoch)


def apply_page(
    session: Session,
    operations: Sequence[Ordered],
    *,
    cursor: int,
    epoch: UUID,
    at: datetime,
    unread: Sequence[Unread] = (),
    withdrawn: Sequence[Withdrawn] = (),
) -> tuple[Operation, ...]:
    """Applies operations in server order and remembers the cursor. The same page twice has the effect of one.

    What is unread is kept beside them, then what is withdrawn is taken out of effect. Returns the operations of other
    devices that were new here. An own operation that comes back changes nothing that is seen.
    """
    foreign = []
    touched: dict[tuple[Entity, str], None] = {}
    for ordered in operations:
        operation = ordered.operation
        known = session.execute(
            select(_table.c.server_sequence, _table.c.quarantined_because).where(_table.c.id == str(operation.id))
        ).first()
        if known is not None and known.server_sequence is not None:
            continue
        if known is None:
            operation_rows.keep(session, operation, own=False)
            foreign.append(operation)
        elif known.quarantined_because is not None:
            changes.note_without_effect(session, origin=Origin.SERVER)
        session.execute(
            update(_table)
            .where(_table.c.id == str(operation.id))
            .values(
                server_sequence=ordered.server_sequence,
                revision=ordered.revision,
                acknowledged=True,
                quarantined_because=None,
            )
        )
        _fold(session, ordered, at=at)
        touched[operation.entity, operation.entity_id] = None
    for entity, entity_id in touched:
        entity_states.show(session, entity, entity_id)
    for operation in foreign:
        custody.append(
            session,
            actor=operation.actor,
            action=CustodyAction.RECEIVED,
            about=f"{operation.entity}/{operation.entity_id}",
            at=at,
            facts=OperationFacts(str(operation.id)),
        )
    for one in unread:
        columns = {"server_sequence": one.server_sequence, "text": one.text, "reason": one.reason, "noticed_at": at}
        session.execute(insert(_unread).values(columns))
    for taken_out in withdrawn:
        _withdraw(session, taken_out, at=at)
    if unread or withdrawn:
        changes.note_without_effect(session, origin=Origin.SERVER)
    if operations:
        last = operations[-1]
        facts.put(session, _KNOWN, [last.server_sequence, last.operation.hash])
    _go_to(session, cursor, epoch)
    return tuple(foreign)


def _forget_order(session: Session) -> None:
    session.execute(delete(_states))
    session.execute(delete(_unread))
    session.execute(update(_table).values(server_sequence=None))


def _fold(session: Session, ordered: Ordered, *, at: datetime) -> None:
    operation = ordered.operation
    state = entity_states.confirmed(session, operation.entity, operation.entity_id)
    if ordered.revision is not None:
        # Operations that are in quarantine by now were counted, and do not come.
        state = EntityState(ordered.revision - 1, state.versions)
    merged = merge(state, operation)
    entity_states.keep(session, operation.entity, operation.entity_id, merged.state)
    conflicts.keep(session, merged.conflicts, at=at)


def _withdraw(session: Session, withdrawn: Withdrawn, *, at: datetime) -> None:
    """The entity becomes what its other operations make of it; conflicts that nobody has settled are found again."""
    row = session.execute(
        update(_table)
        .where(_table.c.id == str(withdrawn.operation_id))
        .values(acknowledged=True, quarantined_because=withdrawn.reason)
        .returning(_table.c.entity, _table.c.entity_id)
    ).first()
    if row is None:
        return  # it was taken out before it came here
    entity, entity_id = Entity(row.entity), row.entity_id
    conflicts.forget_unsettled(session, entity, entity_id)
    state = NOTHING
    ordered = and_(
        _table.c.entity == entity.value, _table.c.entity_id == entity_id, _table.c.server_sequence.is_not(None)
    )
    for found in session.execute(select(_table).where(ordered).order_by(_table.c.server_sequence)).mappings().all():
        # Each at the revision that it had: those that are left out are counted, too.
        revision = found[_table.c.revision] or state.revision + 1
        state = EntityState(revision, state.versions)
        if found[_table.c.quarantined_because] is None:
            merged = merge(EntityState(revision - 1, state.versions), operation_rows.operation_of(found))
            state = merged.state
            conflicts.keep(session, merged.conflicts, at=at)
    entity_states.keep(session, entity, entity_id, EntityState(withdrawn.revision, state.versions))
    custody.append(
        session,
        actor=_SERVER,
        action=CustodyAction.WITHDRAWN,
        about=f"{entity}/{entity_id}",
        at=at,
        reason=withdrawn.reason,
        facts=OperationFacts(str(withdrawn.operation_id)),
    )
    if value_from_fields(entity, entity_states.shown(session, entity, entity_id).fields) is not None:
        entity_states.show(session, entity, entity_id)
    elif remove_row(session, entity, entity_id):
        changes.note(session, entity, entity_id, origin=Origin.SERVER)


def _go_to(session: Session, cursor: int, epoch: UUID) -> None:
    facts.put(session, _CURSOR, cursor)
    facts.put(session, _EPOCH, str(epoch))
