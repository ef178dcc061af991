"""Changes of synchronised entities made here: the row, the operation and the custody row in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db import changes, custody, entity_states, facts, officers, operation_rows, signing, tables
from tmcwall.db.rows import (
    fields_of,
    write_row,
)
from tmcwall.domain.changes import Origin
from tmcwall.domain.custody import CustodyAction, Facts
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS, Synchronised, completed_field, entity_of, rights_needed
from tmcwall.domain.officer import demand
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.shape import FieldRefused, check_fields

_table = tables.operations

_DEVICE = "device"
_FORKED = "device_forked"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server keeps this operation; `quarantined_because` is set when it has no effect there."""

    operation_id: UUID
    quarantined_because: str = ""


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
    waiting = operation_rows.read(session, operation_rows.is_pending())
    session.execute(update(_table).where(operation_rows.is_pending()).values(own=False, acknowledged=True))
    identity = str(uuid7(at))
    facts.put(session, _DEVICE, identity)
    facts.drop(session, _FORKED)
    previous_hash = FIRST_HASH
    for number, old in enumerate(waiting, start=1):
        new = replace(old, id=uuid7(at), device=identity, number=number, previous_hash=previous_hash, signature="")
        operation_rows.keep(session, new, own=True)
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
    before = entity_states.shown(session, entity, value.id).fields
    revision = entity_states.confirmed(session, entity, value.id).revision
    changed = {name: given for name, given in fields_of(value).items() if name not in before or before[name] != given}
    if not changed:
        return None
    try:
        check_fields(KINDS[entity].shape, changed)
    except FieldRefused as refused:
        raise DomainError(DomainCode.FIELD_INVALID, refused.field) from refused
    _demand_rights(session, entity, changed, before, actor=actor)
    identity = device(session)
    number, previous_hash = operation_rows.last(session, identity)
    made_at = at.astimezone(UTC)
    operation = Operation(
        uuid7(made_at), identity, number + 1, actor, made_at, entity, value.id, revision, changed,
        SCHEMA_VERSION, previous_hash,
    )  # fmt: skip
    operation_rows.keep(session, signing.signed(session, operation), own=True)
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
    return operation_rows.read(session, operation_rows.is_pending(), limit=limit)


def pending_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(_table).where(operation_rows.is_pending())) or 0


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
            entity_states.show(session, Entity(found.entity), found.entity_id)


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
    return tuple((operation_rows.operation_of(row), row[_table.c.quarantined_because]) for row in found)


def history(session: Session, entity: Entity, entity_id: str) -> tuple[Operation, ...]:
    """Every operation on an entity that this workstation knows, in the order in which it came to know them."""
    return operation_rows.read(session, and_(_table.c.entity == entity.value, _table.c.entity_id == entity_id))


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
