"""Changes of synchronised entities: the row, the operation and the custody row in one transaction; and their way home.

The row an officer reads is the confirmed state, which is the fold of all operations in server order, with this
workstation's own operations on top that have not come back yet (`domain.merge`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db import changes, custody, facts, officers, tables
from tmcwall.db.rows import (
    columns_of,
    fields_of,
    remove_row,
    remove_unshowable,
    value_from_fields,
    version_from_json,
    write_row,
)
from tmcwall.domain.changes import Origin
from tmcwall.domain.custody import ConflictFacts, CustodyAction, Facts, OperationFacts
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS, Synchronised, completed_field, entity_of, rights_needed
from tmcwall.domain.merge import NOTHING, Conflict, EntityState, merge, with_pending
from tmcwall.domain.officer import demand
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.shape import FieldRefused, check_fields
from tmcwall.log import get_logger

log = get_logger(__name__)

_table = tables.operations
_states = tables.entity_states
_conflicts = tables.conflicts
_unread = tables.unread_operations

_SERVER = "server"
"""Who acts in custody rows that an administrator of the server caused."""
_DEVICE = "device"
_FORKED = "device_forked"
_CURSOR = "sync_cursor"
_EPOCH = "sync_epoch"
_READ_BY = "operations_read_by"
_KNOWN = "sync_known"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server keeps this operation; `quarantined_because` is set when it has no effect there."""

    operation_id: UUID
    quarantined_because: str = ""


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


def device(session: Session) -> str:
    """The identity of this workstation: what its operations are numbered under."""
    known = facts.get(session, _DEVICE)
    assert isinstance(known, str), "Store gives it one when it opens"
    return known


def has_device(session: Session) -> bool:
    return isinstance(facts.get(session, _DEVICE), str)


def note_fork(session: Session) -> None:
    """The server has seen other operations under this identity: the store takes a new one when it is next opened."""
    facts.put(session, _FORKED, True)


def has_forked(session: Session) -> bool:
    return facts.get(session, _FORKED) is True


def renew_device(session: Session, *, at: datetime) -> str:
    """A new identity with its own numbers and hashes.

    For a new store, for one restored from a backup or copied to another workstation: it would give numbers again that
    the server has seen with other content. What was pending is made again under the new identity, for the server takes
    from each device only its own; an operation that it has already is no conflict with its like.
    """
    waiting = _read(session, _is_pending())
    session.execute(update(_table).where(_is_pending()).values(own=False, acknowledged=True))
    identity = str(uuid7(at))
    facts.put(session, _DEVICE, identity)
    facts.drop(session, _FORKED)
    previous_hash = FIRST_HASH
    for number, old in enumerate(waiting, start=1):
        new = replace(old, id=uuid7(at), device=identity, number=number, previous_hash=previous_hash)
        _keep(session, new, own=True)
        previous_hash = new.hash
    return identity


def change(
    session: Session,
    value: Synchronised,
    *,
    actor: str,
    at: datetime,
    action: CustodyAction | None = None,
    facts: Facts | None = None,
) -> Operation | None:
    """Writes the new value of an entity, be it new or changed, with its operation and its custody row.

    `action` is CREATED or CHANGED unless given. Returns None, and writes nothing, if nothing differs. Raises
    DomainError: DUPLICATE_ID for a case whose number another case has, FIELD_INVALID for what other workstations could
    not read, NOT_ALLOWED and TRANSITION_REFUSED for what the server would not take from that actor.
    """
    entity = entity_of(value)
    before = _shown(session, entity, value.id).fields
    revision = _confirmed(session, entity, value.id).revision
    changed = {name: given for name, given in fields_of(value).items() if name not in before or before[name] != given}
    if not changed:
        return None
    try:
        check_fields(KINDS[entity].shape, changed)
    except FieldRefused as refused:
        raise DomainError(DomainCode.FIELD_INVALID, refused.field) from refused
    _demand_rights(session, entity, changed, before, actor=actor)
    identity = device(session)
    number, previous_hash = _last(session, identity)
    made_at = at.astimezone(UTC)
    operation = Operation(
        uuid7(made_at), identity, number + 1, actor, made_at, entity, value.id, revision, changed,
        SCHEMA_VERSION, previous_hash,
    )  # fmt: skip
    _keep(session, operation, own=True)
    try:
        write_row(session, value)
    except IntegrityError as error:
        raise DomainError(DomainCode.DUPLICATE_ID, value.id) from error
    changes.note(session, entity, value.id, origin=Origin.HERE)
    custody.append(
        session,
        actor=actor,
        action=action or (CustodyAction.CHANGED if before else CustodyAction.CREATED),
        about=f"{entity}/{value.id}",
        at=made_at,
        facts=facts,
    )
    return operation


def pending(session: Session, limit: int) -> tuple[Operation, ...]:
    """Own operations that the server has not acknowledged, in the order of their numbers."""
    return _read(session, _is_pending(), limit=limit)


def pending_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(_table).where(_is_pending())) or 0


def acknowledge(session: Session, receipts: Iterable[Receipt]) -> None:
    """These are no longer pending; they are kept, for a server that is restored from a backup.

    One in quarantine is listed by `quarantined`, and from now on gives only what the confirmed state lacks: an entity
    that exists here alone stays in view, a changed field goes back to what all others see.
    """
    for receipt in receipts:
        found = session.execute(
            update(_table)
            .where(_table.c.id == str(receipt.operation_id))
            .values(acknowledged=True, quarantined_because=receipt.quarantined_because or None)
            .returning(_table.c.entity, _table.c.entity_id)
        ).first()
        if found is not None and receipt.quarantined_because:
            changes.note_without_effect(session, origin=Origin.SERVER)
            _show(session, Entity(found.entity), found.entity_id)


def resend_from(session: Session, number: int) -> None:
    """The server has lost this device's operations from `number` on: they are pending again."""
    session.execute(
        update(_table)
        .where(_table.c.device == device(session), _table.c.number >= number)
        .values(acknowledged=False, quarantined_because=None)
    )


def quarantined(session: Session) -> tuple[tuple[Operation, str], ...]:
    """Own operations that have no effect at the server, and all that were taken out of effect, each with its reason.

    Oldest first.
    """
    found = session.execute(
        select(_table).where(_table.c.quarantined_because.is_not(None)).order_by(_table.c.position)
    ).mappings()
    return tuple((_operation(row), row[_table.c.quarantined_because]) for row in found)


def unread(session: Session) -> tuple[Unread, ...]:
    """What came from the server and could not be read, in the order in which it came."""
    found = session.execute(select(_unread).order_by(_unread.c.id))
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
        _forget_order(session)
        facts.put(session, _CURSOR, 0)
    return tuple(remove_unshowable(session))


def position(session: Session) -> StoredPosition:
    cursor, epoch = facts.get(session, _CURSOR), facts.get(session, _EPOCH)
    begun = StoredPosition(cursor if isinstance(cursor, int) else 0, UUID(epoch) if isinstance(epoch, str) else None)
    match facts.get(session, _KNOWN):
        case [int() as sequence, str() as operation_hash]:
            return replace(begun, known_sequence=sequence, known_hash=operation_hash)
    return begun


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


def _forget_order(session: Session) -> None:
    session.execute(delete(_states))
    session.execute(delete(_unread))
    session.execute(update(_table).values(server_sequence=None))


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
            _keep(session, operation, own=False)
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
        _show(session, entity, entity_id)
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


def history(session: Session, entity: Entity, entity_id: str) -> tuple[Operation, ...]:
    """Every operation on an entity that this workstation knows, in the order in which it came to know them."""
    return _read(session, and_(_table.c.entity == entity.value, _table.c.entity_id == entity_id))


def conflicts(session: Session) -> tuple[Conflict, ...]:
    """Those that nobody has settled yet, oldest first."""
    found = session.execute(
        select(_conflicts).where(_conflicts.c.settled_at.is_(None)).order_by(_conflicts.c.noticed_at, _conflicts.c.id)
    ).mappings()
    return tuple(
        Conflict(
            row["id"],
            Entity(row["entity"]),
            row["entity_id"],
            row["field"],
            version_from_json(row["kept"]),
            version_from_json(row["other"]),
        )
        for row in found
    )


def settle_conflict(session: Session, conflict_id: str, *, actor: str, at: datetime) -> None:
    """An officer has looked at both values; into custody. Taking the other one is a change like any other, before this.

    Nothing happens to one that is settled already.
    """
    settled = session.execute(
        update(_conflicts)
        .where(_conflicts.c.id == conflict_id, _conflicts.c.settled_at.is_(None))
        .values(settled_by=actor, settled_at=at)
        .returning(_conflicts.c.entity, _conflicts.c.entity_id)
    ).first()
    if settled is not None:
        changes.note_conflicts(session, origin=Origin.HERE)
        custody.append(
            session,
            actor=actor,
            action=CustodyAction.CONFLICT_SETTLED,
            about=f"{settled.entity}/{settled.entity_id}",
            at=at,
            facts=ConflictFacts(conflict_id),
        )


def _demand_rights(
    session: Session, entity: Entity, changed: Mapping[str, Json], before: Mapping[str, Json], *, actor: str
) -> None:
    """The rules of the server, as far as the actor's account is known here."""
    officer = officers.get(session, actor)
    if officer is not None:
        for action in sorted(rights_needed(entity, changed, before)):
            demand(officer, action)
    completed = completed_field(entity, changed, before)
    if completed is not None:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"{entity} {completed}")


def _is_pending() -> ColumnElement[bool]:
    return and_(_table.c.own, _table.c.acknowledged.is_(False))


def _last(session: Session, identity: str) -> tuple[int, str]:
    """Number and hash of a device's newest operation."""
    row = session.execute(
        select(_table.c.number, _table.c.hash)
        .where(_table.c.device == identity)
        .order_by(_table.c.number.desc())
        .limit(1)
    ).first()
    return (0, FIRST_HASH) if row is None else (row.number, row.hash)


def _keep(session: Session, operation: Operation, *, own: bool) -> None:
    columns = columns_of(operation) | {"hash": operation.hash, "own": own, "acknowledged": not own}
    session.execute(insert(_table).values(columns))


def _confirmed(session: Session, entity: Entity, entity_id: str) -> EntityState:
    row = session.execute(
        select(_states.c.revision, _states.c.versions).where(
            _states.c.entity == entity.value, _states.c.entity_id == entity_id
        )
    ).first()
    if row is None:
        return NOTHING
    return EntityState(row.revision, {name: version_from_json(version) for name, version in row.versions.items()})


def _shown(session: Session, entity: Entity, entity_id: str) -> EntityState:
    """What the officer should see: confirmed, with own changes on top."""
    unconfirmed = and_(
        _table.c.entity == entity.value,
        _table.c.entity_id == entity_id,
        _table.c.own,
        _table.c.server_sequence.is_(None),
    )
    quarantine = with_pending(NOTHING, _read(session, and_(unconfirmed, _table.c.quarantined_because.is_not(None))))
    confirmed = _confirmed(session, entity, entity_id)
    known = EntityState(confirmed.revision, {**quarantine.versions, **confirmed.versions})
    return with_pending(known, _read(session, and_(unconfirmed, _table.c.quarantined_because.is_(None))))


def _fold(session: Session, ordered: Ordered, *, at: datetime) -> None:
    operation = ordered.operation
    state = _confirmed(session, operation.entity, operation.entity_id)
    if ordered.revision is not None:
        # Operations that are in quarantine by now were counted, and do not come.
        state = EntityState(ordered.revision - 1, state.versions)
    merged = merge(state, operation)
    _keep_state(session, operation.entity, operation.entity_id, merged.state)
    _keep_conflicts(session, merged.conflicts, at=at)


def _keep_state(session: Session, entity: Entity, entity_id: str, state: EntityState) -> None:
    columns = {"revision": state.revision, "versions": msgspec.to_builtins(state.versions)}
    statement = insert(_states).values(entity=entity.value, entity_id=entity_id, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["entity", "entity_id"], set_=columns))


def _keep_conflicts(session: Session, conflicts: Iterable[Conflict], *, at: datetime) -> None:
    for conflict in conflicts:
        noticed = columns_of(conflict) | {"kept": msgspec.to_builtins(conflict.kept)}
        noticed |= {"other": msgspec.to_builtins(conflict.other), "noticed_at": at}
        statement = insert(_conflicts).values(noticed).on_conflict_do_nothing(index_elements=["id"])
        if session.scalar(statement.returning(_conflicts.c.id)) is not None:
            changes.note_conflicts(session, origin=Origin.SERVER)


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
    session.execute(
        delete(_conflicts).where(
            _conflicts.c.entity == entity.value, _conflicts.c.entity_id == entity_id, _conflicts.c.settled_at.is_(None)
        )
    )
    changes.note_conflicts(session, origin=Origin.SERVER)
    state = NOTHING
    ordered = and_(
        _table.c.entity == entity.value, _table.c.entity_id == entity_id, _table.c.server_sequence.is_not(None)
    )
    for found in session.execute(select(_table).where(ordered).order_by(_table.c.server_sequence)).mappings().all():
        # Each at the revision that it had: those that are left out are counted, too.
        revision = found[_table.c.revision] or state.revision + 1
        state = EntityState(revision, state.versions)
        if found[_table.c.quarantined_because] is None:
            merged = merge(EntityState(revision - 1, state.versions), _operation(found))
            state = merged.state
            _keep_conflicts(session, merged.conflicts, at=at)
    _keep_state(session, entity, entity_id, EntityState(withdrawn.revision, state.versions))
    custody.append(
        session,
        actor=_SERVER,
        action=CustodyAction.WITHDRAWN,
        about=f"{entity}/{entity_id}",
        at=at,
        reason=withdrawn.reason,
        facts=OperationFacts(str(withdrawn.operation_id)),
    )
    if value_from_fields(entity, _shown(session, entity, entity_id).fields) is not None:
        _show(session, entity, entity_id)
    elif remove_row(session, entity, entity_id):
        changes.note(session, entity, entity_id, origin=Origin.SERVER)


def _show(session: Session, entity: Entity, entity_id: str) -> None:
    """Brings the row to what the officer should see now that the server has said something about it."""
    value = value_from_fields(entity, _shown(session, entity, entity_id).fields)
    if value is None or value.id != entity_id:
        log.warning("entity cannot be shown", entity=entity.value, entity_id=entity_id)
        return
    try:
        with session.begin_nested():
            changed = write_row(session, value)
    except IntegrityError:
        # Another case of the same number, under an id that is not made of it: kept in the log, not shown twice.
        log.warning("entity collides with another and is not shown", entity=entity.value, entity_id=entity_id)
        return
    if changed:
        changes.note(session, entity, entity_id, origin=Origin.SERVER)


def _go_to(session: Session, cursor: int, epoch: UUID) -> None:
    facts.put(session, _CURSOR, cursor)
    facts.put(session, _EPOCH, str(epoch))


def _read(session: Session, condition: ColumnElement[bool], *, limit: int | None = None) -> tuple[Operation, ...]:
    statement = select(_table).where(condition).order_by(_table.c.position).limit(limit)
    return tuple(_operation(row) for row in session.execute(statement).mappings())


def _operation(row: RowMapping) -> Operation:
    return Operation(
        id=UUID(row[_table.c.id]),
        device=row[_table.c.device],
        number=row[_table.c.number],
        actor=row[_table.c.actor],
        made_at=cast("datetime", row[_table.c.made_at]),  # what `Moment` gives
        entity=Entity(row[_table.c.entity]),
        entity_id=row[_table.c.entity_id],
        base_revision=row[_table.c.base_revision],
        fields=row[_table.c.fields],
        schema_version=row[_table.c.schema_version],
        previous_hash=row[_table.c.previous_hash],
    )
