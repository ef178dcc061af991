"""The server's order of operations on its way home: each page is folded into the confirmed states and shown.

The row an officer reads is the confirmed state, which is the fold of all operations in server order, with this
workstation's own operations on top that have not come back yet (`domain.merge`, `entity_states`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, select, true, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import changes, conflicts, custody, entity_states, facts, operation_rows, personal, tables
from tmcwall.db.operations import device, resend_from
from tmcwall.db.rows import remove_row, remove_unshowable, value_from_fields
from tmcwall.domain.changes import Origin
from tmcwall.domain.custody import CustodyAction, OperationFacts
from tmcwall.domain.merge import NOTHING, Conflict, EntityState, merge
from tmcwall.domain.operation import Entity, Operation
from tmcwall.domain.server_state import SnapshotProgress, UnreadOperation, WithdrawnOperation

_table = tables.operations
_states = tables.entity_states
_unread = tables.unread_operations

_SERVER = "server"
"""Who acts in custody rows that an administrator of the server caused."""
_CURSOR = "sync_cursor"
_EPOCH = "sync_epoch"
_READ_BY = "operations_read_by"
_KNOWN = "sync_known"
SNAPSHOT_UNDER_WAY = "snapshot_under_way"
"""The fact that holds a `SnapshotProgress` until it is whole, or the order that it is of is another one."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An operation with its place in the server's order."""

    server_sequence: int
    operation: Operation
    revision: int | None = None
    """The entity's after it, as the server counts; None: one more than here."""


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """How far the server's order was taken over. `epoch` None: never yet."""

    cursor: int = 0
    epoch: UUID | None = None
    known_sequence: int = field(default=0, compare=False)
    """The newest place that was taken over; 0: none yet. By what stands there the server sees whose order this is."""
    known_hash: str = field(default="", compare=False)
    acknowledged: int = field(default=0, compare=False)
    """The newest number of this device that the server has said to have."""


def position(session: Session) -> StoredPosition:
    """While a state of the server is being taken over, its epoch and last operation stand for what was read."""
    own = (_table.c.own, _table.c.device == device(session), _table.c.acknowledged)
    acknowledged = session.scalar(select(func.max(_table.c.number)).where(*own)) or 0
    begun = snapshot_under_way(session)
    if begun is not None:
        return StoredPosition(0, begun.epoch, begun.known_sequence, begun.known_hash, acknowledged)
    cursor, epoch = facts.get(session, _CURSOR), facts.get(session, _EPOCH)
    sequence, operation_hash = _known(session)
    return StoredPosition(
        cursor if isinstance(cursor, int) else 0,
        UUID(epoch) if isinstance(epoch, str) else None,
        sequence,
        operation_hash,
        acknowledged,
    )


def snapshot_under_way(session: Session) -> SnapshotProgress | None:
    """The one that was begun and is not whole yet."""
    match facts.get(session, SNAPSHOT_UNDER_WAY):
        case [
            int() as place, str() as epoch, int() as sequence, str() as known, int() as total, int() as taken,
            str() as kind, str() as entity_id,
        ]:  # fmt: skip
            return SnapshotProgress(place, UUID(epoch), sequence, known, total, taken, (kind, entity_id))
    return None


def _known(session: Session) -> tuple[int, str]:
    match facts.get(session, _KNOWN):
        case [int() as sequence, str() as operation_hash]:
            return sequence, operation_hash
    return 0, ""


def unread(session: Session, *, reason: str | None = None, limit: int | None = None) -> tuple[UnreadOperation, ...]:
    """What came from the server and could not be read, in the order in which it came."""
    wanted = select(_unread).where(true() if reason is None else _unread.c.reason == reason)
    found = session.execute(wanted.order_by(_unread.c.id).limit(limit))
    return tuple(UnreadOperation(row.server_sequence, row.text, row.reason) for row in found)


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


def begin_epoch(session: Session, epoch: UUID, *, lost_from: int) -> None:
    """The server's order is a new one: confirmed states are forgotten and all pages follow again from 0.

    It may have lost what it had acknowledged, so every operation that was made here, under whichever identity, and
    every clip, is to be offered again until it is seen there. What officers see stays as it is. `lost_from`: the number
    of this device's first operation that the server has no more.
    """
    _forget_order(session)
    session.execute(update(_table).where(_table.c.own).values(acknowledged=False, quarantined_because=None))
    resend_from(session, lost_from)
    session.execute(delete(tables.clip_uploads))
    facts.drop(session, _KNOWN)
    personal.forget_erasures(session)
    go_to(session, 0, epoch)


def apply_page(
    session: Session,
    operations: Sequence[Ordered],
    *,
    cursor: int,
    epoch: UUID,
    at: datetime,
    known: tuple[int, str] | None = None,
    unread: Sequence[UnreadOperation] = (),
    withdrawn: Sequence[WithdrawnOperation] = (),
) -> tuple[Operation, ...]:
    """Applies operations in server order and remembers the cursor. The same page twice has the effect of one.

    What is unread is kept beside them, then what is withdrawn is taken out of effect. `known`: see `go_to`. Returns the
    operations of other devices that were new here. An own operation that comes back changes nothing that is seen.
    """
    new, foreign = _new_here(session, operations)
    operation_rows.keep_all(session, foreign, own=False)
    if new:
        session.execute(
            update(_table).where(_table.c.id == bindparam("of_operation")),
            [
                {
                    "of_operation": str(ordered.operation.id),
                    "server_sequence": ordered.server_sequence,
                    "revision": ordered.revision,
                    "acknowledged": True,
                    "quarantined_because": None,
                }
                for ordered in new
            ],
        )
    _fold(session, new, at=at)
    custody.append_all(
        session,
        (
            custody.Entry(
                actor=operation.actor,
                action=CustodyAction.RECEIVED,
                about=f"{operation.entity}/{operation.entity_id}",
                at=at,
                facts=OperationFacts(str(operation.id)),
            )
            for operation in foreign
        ),
    )
    keep_unread(session, unread, at=at)
    for taken_out in withdrawn:
        withdraw(session, taken_out, at=at)
    if withdrawn:
        changes.note_without_effect(session, origin=Origin.SERVER)
    if known is None and operations:
        known = operations[-1].server_sequence, operations[-1].operation.hash
    go_to(session, cursor, epoch, known=known)
    return tuple(foreign)


def _new_here(session: Session, operations: Sequence[Ordered]) -> tuple[list[Ordered], list[Operation]]:
    """Those that have no place yet, and those of other devices among them. No page is longer than a query may be."""
    ids = [str(ordered.operation.id) for ordered in operations]
    rows = session.execute(
        select(_table.c.id, _table.c.server_sequence, _table.c.quarantined_because).where(_table.c.id.in_(ids))
    )
    known = {row.id: row for row in rows}
    new = {ordered.operation.id: ordered for ordered in reversed(operations)}
    for ordered in operations:
        row = known.get(str(ordered.operation.id))
        if row is not None and row.server_sequence is not None:
            new.pop(ordered.operation.id, None)
        elif row is not None and row.quarantined_because is not None:
            changes.note_without_effect(session, origin=Origin.SERVER)
    found = sorted(new.values(), key=lambda ordered: ordered.server_sequence)
    return found, [ordered.operation for ordered in found if str(ordered.operation.id) not in known]


def keep_unread(session: Session, unread: Sequence[UnreadOperation], *, at: datetime) -> None:
    for one in unread:
        columns = {"server_sequence": one.server_sequence, "text": one.text, "reason": one.reason, "noticed_at": at}
        session.execute(insert(_unread).values(columns))
    if unread:
        changes.note_without_effect(session, origin=Origin.SERVER)


def go_to(session: Session, cursor: int, epoch: UUID, *, known: tuple[int, str] | None = None) -> None:
    """Everything up to there is taken over. `known`: the newest place and what stands there; None: as before."""
    if known is not None and known[0] >= _known(session)[0]:
        # Not backwards: a state that was taken over holds operations up to there.
        facts.put(session, _KNOWN, [*known])
    facts.put(session, _CURSOR, cursor)
    facts.put(session, _EPOCH, str(epoch))
    facts.drop(session, SNAPSHOT_UNDER_WAY)


def _forget_order(session: Session) -> None:
    facts.drop(session, SNAPSHOT_UNDER_WAY)
    session.execute(delete(_states))
    session.execute(delete(_unread))
    session.execute(update(_table).values(server_sequence=None))


def _fold(session: Session, operations: Sequence[Ordered], *, at: datetime) -> None:
    """Each into the state of its entity, which is shown then."""
    states = entity_states.confirmed_of(
        session, [(one.operation.entity, one.operation.entity_id) for one in operations]
    )
    touched: dict[Entity, dict[str, EntityState]] = {}
    found: list[Conflict] = []
    for ordered in operations:
        operation = ordered.operation
        key = (operation.entity, operation.entity_id)
        state = states.get(key, NOTHING)
        if ordered.revision is None or ordered.revision > state.revision:
            # Operations that are in quarantine by now were counted, and do not come.
            before = state if ordered.revision is None else EntityState(ordered.revision - 1, state.versions)
            merged = merge(before, operation)
            state = states[key] = merged.state
            found += merged.conflicts
        # else: the state that was taken over from the server holds it already
        touched.setdefault(operation.entity, {})[operation.entity_id] = state
    entity_states.keep_all(
        session, [(entity, entity_id, state) for entity, ones in touched.items() for entity_id, state in ones.items()]
    )
    conflicts.keep(session, found, at=at)
    for entity, ones in touched.items():
        entity_states.show_all(session, entity, list(ones), agreed=ones)


def withdraw(session: Session, withdrawn: WithdrawnOperation, *, at: datetime) -> None:
    """The entity becomes what its other operations make of it; conflicts that nobody has settled are found again."""
    row = session.execute(
        update(_table)
        .where(_table.c.id == str(withdrawn.operation_id))
        .values(acknowledged=True, quarantined_because=withdrawn.reason)
        .returning(_table.c.entity, _table.c.entity_id)
    ).first()
    after = withdrawn.after
    if after is not None:
        entity, entity_id = after.entity, after.entity_id
    elif row is not None:
        entity, entity_id = Entity(row.entity), row.entity_id
    else:
        return  # it was taken out before it came here
    conflicts.forget_unsettled(session, entity, entity_id)
    if after is not None:
        state = after.state
        conflicts.keep(session, after.conflicts, at=at)
    else:
        state = replace(_folded(session, entity, entity_id, at=at), revision=withdrawn.revision)
    entity_states.keep(session, entity, entity_id, state)
    custody.append(
        session,
        actor=_SERVER,
        action=CustodyAction.WITHDRAWN,
        about=f"{entity}/{entity_id}",
        at=at,
        reason=withdrawn.reason,
        facts=OperationFacts(str(withdrawn.operation_id)),
    )
    if value_from_fields(entity, entity_states.known(session, entity, entity_id).fields) is not None:
        entity_states.show(session, entity, entity_id)
    elif remove_row(session, entity, entity_id):
        changes.note(session, entity, entity_id, origin=Origin.SERVER)


def _folded(session: Session, entity: Entity, entity_id: str, *, at: datetime) -> EntityState:
    """From the operations that are here and in effect, which must be all of them."""
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
    return state
