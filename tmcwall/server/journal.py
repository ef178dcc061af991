"""The server's order of operations: every accepted one gets the next place, and the entities are its fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, delete, or_, select, tuple_
from sqlalchemy.orm import Session

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS, check_operation, completed_field, rights_needed
from tmcwall.domain.merge import NOTHING, Conflict, EntityState, Merged, Version, merge
from tmcwall.domain.officer import Officer, Role, can
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.shape import FieldProblem, FieldRefused, check_complete
from tmcwall.log import get_logger
from tmcwall.server.order import message_of, state_of
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Units, officer_of
from tmcwall.server.tables import ConflictRow, DeviceRow, EntityRow, OperationRow, OrderRow, UserRow, WithdrawalRow
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.protocol import (
    SERVER_DEVICE,
    Fate,
    OperationFate,
    OperationMessage,
    PushReply,
    RefusalCode,
)

log = get_logger(__name__)

LARGEST_ENTITY_BYTES: Final = 256 * 1024
"""JSON of an entity's fields. Each operation on it reads and writes all of it, so what it may hold is bounded."""
ACTOR_UNPROVEN: Final = "actor_unproven"
"""The reason of an operation whose actor did not bring it and is not known to have signed in at that device."""
WITHDRAWN: Final = "withdrawn"
"""The reason of an operation that was in effect until an administrator of the server took it out."""


class Quarantine(Exception):
    """Why an operation is stored without effect."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Journal:
    """Adds operations within one transaction.

    It holds the lock on the counter until that transaction ends, so places are committed in their order: whoever has
    read up to a place will never find a lower one appear later.
    """

    def __init__(self, session: Session, *, now: datetime, signing_key: SigningKey | None = None) -> None:
        """`signing_key`: the server's, for operations of its own."""
        self._session = session
        self._signing_key = signing_key
        self._now = now
        self._order = session.execute(select(OrderRow).with_for_update()).scalar_one()
        self._entities: dict[tuple[str, str], EntityRow | None] = {}
        self._units = Units(session)
        self._users: dict[str, UserRow | None] = {}
        self._ids: set[UUID] = set()
        self.quarantined_bytes = 0
        """What this transaction stores without effect, as JSON."""

    @property
    def epoch(self) -> UUID:
        return self._order.epoch

    @property
    def last_sequence(self) -> int:
        return self._order.last_sequence

    def push(
        self,
        messages: Sequence[OperationMessage],
        *,
        device: str,
        officer: Officer,
        delegates: AbstractSet[str] = frozenset(),
    ) -> PushReply:
        """Take over a device's operations in the order of their numbers. All or, if refused, none.

        `officer` is whose token brings them. Those of other actors have an effect only if the actor has signed in at
        that device: `delegates` names the officers who are known to have (`server.delegation`).

        Raises RequestRefused: FORBIDDEN for another device's operations, SCHEMA_NEWER, INVALID for what could not be
        kept as it came, GAP if a number is missing, FORK if the history is not the one that the server has of this
        device.
        """
        if device == SERVER_DEVICE or any(message.device != device for message in messages):
            raise RequestRefused(RefusalCode.FORBIDDEN)
        if any(message.schema_version > SCHEMA_VERSION for message in messages):
            raise RequestRefused(RefusalCode.SCHEMA_NEWER)
        if not all(_reads_back(message) for message in messages):
            raise RequestRefused(RefusalCode.INVALID)
        row = self._device(device)
        self._find(messages)
        fates = []
        for message in messages:
            known = self._known(row, message)
            fates.append(known or self._add(row, message, officer, delegates))
        return PushReply(fates=tuple(fates), epoch=self.epoch, last_number=row.last_number)

    def add_own(
        self, kind: Entity, entity_id: str, fields: Mapping[str, Json], *, actor: str, base_revision: int
    ) -> None:
        """An operation of the server itself."""
        row = self._device(SERVER_DEVICE)
        operation = Operation(
            id=uuid7(self._now),
            device=SERVER_DEVICE,
            number=row.last_number + 1,
            actor=actor,
            made_at=self._now,
            entity=kind,
            entity_id=entity_id,
            base_revision=base_revision,
            fields=fields,
            schema_version=SCHEMA_VERSION,
            previous_hash=row.last_hash,
        )
        if self._signing_key is not None:
            signature = self._signing_key.sign(Purpose.OPERATION, operation.hash)
            operation = replace(operation, signature=signature)
        self._add(
            row, OperationMessage.of(operation), Officer(SERVER_DEVICE, SERVER_DEVICE, Role.OPERATOR), frozenset()
        )

    def withdraw(self, operation_id: UUID, *, reason: str, by: str) -> OperationRow:
        """Take an operation out of effect: its entity becomes what the others make of it.

        That has a place in the order of its own, so every workstation learns of it. The operation stays where it is, as
        one in quarantine. Raises DomainError: NOT_FOUND, and WITHOUT_EFFECT for one that is in quarantine already.
        """
        row = self._session.scalar(select(OperationRow).where(OperationRow.operation_id == operation_id))
        if row is None:
            raise DomainError(DomainCode.NOT_FOUND, str(operation_id))
        if row.fate == Fate.QUARANTINED:
            raise DomainError(DomainCode.WITHOUT_EFFECT, str(operation_id))
        row.fate, row.reason = Fate.QUARANTINED.value, WITHDRAWN
        self._session.flush()
        kind, entity_id = Entity(row.entity), row.entity_id
        self._order.last_sequence += 1
        revision = self._state(kind, entity_id).revision + 1
        self._session.add(
            WithdrawalRow(
                server_sequence=self._order.last_sequence,
                operation_id=operation_id,
                revision=revision,
                reason=reason,
                withdrawn_by=by,
                withdrawn_at=self._now,
            )
        )
        self._fold_again(kind, entity_id, revision=revision)
        return row

    def vouch(self, officer: Officer, waiting: Iterable[OperationRow]) -> None:
        """The officer has signed in at the device of these: what waited for that has its effect from now on.

        Each takes a new place in the order, the next one. What followed on an entity that was not there yet is tried
        again, too.
        """
        for row in waiting:
            message = message_of(row)
            if message is None or (row.reason == ACTOR_UNPROVEN and message.actor != officer.nrp):
                continue
            try:
                merged = self._merge(message, officer, frozenset({message.actor}))
            except Quarantine as quarantine:
                row.reason = quarantine.reason
                continue
            self._order.last_sequence += 1
            row.server_sequence = self._order.last_sequence
            row.fate = (Fate.CONFLICT if merged.conflicts else Fate.APPLIED).value
            row.reason, row.revision = "", merged.state.revision
            self._session.flush()
            self._keep_state(Entity(message.entity), message.entity_id, merged.state, row.server_sequence)
            self._keep_conflicts(Entity(message.entity), message.entity_id, merged.conflicts, row.server_sequence)

    def _fold_again(self, kind: Entity, entity_id: str, *, revision: int) -> None:
        """The entity from its operations that are in effect, with the conflicts between those."""
        self._session.execute(
            delete(ConflictRow).where(ConflictRow.entity == kind.value, ConflictRow.entity_id == entity_id)
        )
        rows = self._session.scalars(
            select(OperationRow)
            .where(OperationRow.entity == kind.value, OperationRow.entity_id == entity_id, OperationRow.revision > 0)
            .where(OperationRow.fate != Fate.QUARANTINED.value)
            .order_by(OperationRow.server_sequence)
        )
        versions: Mapping[str, Version] = {}
        for row in rows:
            message = message_of(row)
            if message is None:
                continue
            # Each at the revision that it had: those that are left out are counted, too.
            merged = merge(EntityState(row.revision - 1, versions), message.operation())
            versions = merged.state.versions
            self._keep_conflicts(kind, entity_id, merged.conflicts, row.server_sequence)
        self._keep_state(kind, entity_id, EntityState(revision, versions), self._order.last_sequence)

    def _device(self, device: str) -> DeviceRow:
        row = self._session.get(DeviceRow, device)
        if row is None:
            row = DeviceRow(id=device, last_number=0, last_hash=FIRST_HASH, first_seen_at=self._now)
            self._session.add(row)
        return row

    def _find(self, messages: Sequence[OperationMessage]) -> None:
        """Read what a push needs in three statements, instead of several for each operation."""
        find = self._session.scalars
        keys = {(message.entity, message.entity_id) for message in messages}
        actors = {message.actor for message in messages}
        self._entities |= dict.fromkeys(keys)
        for entity in find(select(EntityRow).where(tuple_(EntityRow.kind, EntityRow.id).in_(keys))):
            self._entities[entity.kind, entity.id] = entity
        self._users |= dict.fromkeys(actors)
        self._users |= {user.nrp: user for user in find(select(UserRow).where(UserRow.nrp.in_(actors)))}
        ids = [message.id for message in messages]
        self._ids |= set(find(select(OperationRow.operation_id).where(OperationRow.operation_id.in_(ids))))

    def _entity(self, kind: Entity, entity_id: str) -> EntityRow | None:
        key = (kind.value, entity_id)
        if key not in self._entities:
            self._entities[key] = self._session.get(EntityRow, key)
        return self._entities[key]

    def _state(self, kind: Entity, entity_id: str) -> EntityState:
        row = self._entity(kind, entity_id)
        return NOTHING if row is None else state_of(row)

    def _user(self, nrp: str) -> UserRow | None:
        if nrp not in self._users:
            self._users[nrp] = self._session.get(UserRow, nrp)
        return self._users[nrp]

    def _known(self, device: DeviceRow, message: OperationMessage) -> OperationFate | None:
        """The fate of an operation that is here already; None if it is the next one."""
        if message.number > device.last_number + 1:
            raise RequestRefused(RefusalCode.GAP, expected_number=device.last_number + 1)
        if message.number == device.last_number + 1:
            if message.previous_hash != device.last_hash:
                raise RequestRefused(RefusalCode.FORK)
            return None
        stored = self._session.execute(
            select(OperationRow).where(OperationRow.device == device.id, OperationRow.number == message.number)
        ).scalar_one()
        if stored.hash != message.hash:
            raise RequestRefused(RefusalCode.FORK)
        return OperationFate(
            id=message.id,
            number=message.number,
            fate=Fate.QUARANTINED if stored.fate == Fate.QUARANTINED else Fate.DUPLICATE,
            server_sequence=stored.server_sequence,
            reason=stored.reason,
        )

    def _add(
        self, device: DeviceRow, message: OperationMessage, officer: Officer, delegates: AbstractSet[str]
    ) -> OperationFate:
        self._order.last_sequence += 1
        sequence = self._order.last_sequence
        merged, reason = None, ""
        try:
            self._demand_new(message)
            merged = self._merge(message, officer, delegates)
        except Quarantine as quarantine:
            reason = quarantine.reason
        fate = Fate.QUARANTINED if merged is None else Fate.CONFLICT if merged.conflicts else Fate.APPLIED
        text = message.stored_text
        if merged is None:
            self.quarantined_bytes += len(text.encode())
        self._session.add(
            OperationRow(
                server_sequence=sequence,
                operation_id=message.id,
                device=device.id,
                number=message.number,
                hash=message.hash,
                entity=message.entity,
                entity_id=message.entity_id,
                revision=merged.state.revision if merged else 0,
                fate=fate.value,
                reason=reason,
                message=text,
                accepted_from=officer.nrp,
                accepted_at=self._now,
            )
        )
        device.last_number = message.number
        device.last_hash = message.hash
        self._ids.add(message.id)
        if merged is not None and merged.conflicts:
            self._session.flush()  # a conflict refers to its operation
        if merged is not None:
            self._keep_state(Entity(message.entity), message.entity_id, merged.state, sequence)
            self._keep_conflicts(Entity(message.entity), message.entity_id, merged.conflicts, sequence)
        return OperationFate(id=message.id, number=message.number, fate=fate, server_sequence=sequence, reason=reason)

    def _demand_new(self, message: OperationMessage) -> None:
        if message.id in self._ids:
            raise RequestRefused(RefusalCode.FORK)

    def _merge(self, message: OperationMessage, officer: Officer, delegates: AbstractSet[str]) -> Merged:
        """The entity after that operation. Raises Quarantine: it must neither have an effect nor stop the queue."""
        try:
            operation = message.operation()
        except ValueError:
            raise Quarantine("entity_unknown") from None
        try:
            check_operation(operation)
        except FieldRefused as refused:
            raise Quarantine("too_large" if refused.problem is FieldProblem.LARGE else f"shape: {refused}") from None
        state = self._state(operation.entity, operation.entity_id)
        judged = self._judged(operation, officer, delegates)
        if judged is not None:
            needed = rights_needed(operation.entity, operation.fields, state.fields)
            unit = self._units.of_fields(operation.entity, state.fields or operation.fields)
            if not all(can(judged, action, unit=unit) for action in needed):
                raise Quarantine("not_allowed")
            completed = completed_field(operation.entity, operation.fields, state.fields)
            if completed is not None:
                raise Quarantine(f"completed: {completed}")
        if operation.fields.get("id", operation.entity_id) != operation.entity_id:
            raise Quarantine("id_differs")
        merged = merge(state, operation)
        if len(msgspec.json.encode(merged.state.fields)) > LARGEST_ENTITY_BYTES:
            raise Quarantine("entity_too_large")
        try:
            check_complete(KINDS[operation.entity].shape, merged.state.fields)
        except FieldRefused as refused:
            raise Quarantine(f"shape: {refused}") from None
        return merged

    def _judged(self, operation: Operation, officer: Officer, delegates: AbstractSet[str]) -> Officer | None:
        """Whose rights of today decide: the token's officer, or another who has signed in at that device.

        None for an operation of the server itself.
        """
        if operation.device == SERVER_DEVICE:
            return None
        if operation.actor == officer.nrp:
            return officer
        maker = self._user(operation.actor)
        if maker is not None and maker.disabled_at is not None:
            raise Quarantine("actor_revoked")
        if maker is None or operation.actor not in delegates:
            raise Quarantine(ACTOR_UNPROVEN)
        return officer_of(maker)

    def _keep_state(self, kind: Entity, entity_id: str, state: EntityState, sequence: int) -> None:
        row = self._entity(kind, entity_id)
        if row is None:
            row = self._entities[kind.value, entity_id] = EntityRow(kind=kind.value, id=entity_id)
            self._session.add(row)
        parent = KINDS[kind].parent
        parent_id = state.fields.get(parent.field) if parent is not None else None
        row.parent_id = parent_id[:128] if isinstance(parent_id, str) else ""
        row.revision = state.revision
        row.versions = msgspec.json.encode(state.versions).decode()
        row.changed_at = self._now
        row.changed_sequence = sequence

    def _keep_conflicts(self, kind: Entity, entity_id: str, conflicts: Iterable[Conflict], sequence: int) -> None:
        for conflict in conflicts:
            self._session.add(
                ConflictRow(
                    id=conflict.id,
                    server_sequence=sequence,
                    entity=kind.value,
                    entity_id=entity_id,
                    field=conflict.field,
                    kept=msgspec.json.encode(conflict.kept).decode(),
                    other=msgspec.json.encode(conflict.other).decode(),
                )
            )


@dataclass(frozen=True, slots=True)
class Vouched:
    """How far operations that waited for an officer were judged again."""

    last_number: int
    """The device's number of the last of them."""
    last_sequence: int
    """The newest place in the order afterwards."""


def vouch(session: Session, officer: Officer, *, device: str, after_number: int, limit: int, now: datetime) -> Vouched:
    """`Journal.vouch` for the next `limit` of that device that wait."""
    journal = Journal(session, now=now)
    rows = session.scalars(_waiting(device, after_number=after_number).limit(limit)).all()
    journal.vouch(officer, rows)
    return Vouched(rows[-1].number if rows else after_number, journal.last_sequence)


def is_waiting(session: Session, *, device: str, after_number: int) -> bool:
    """Whether there is anything for `vouch`. Takes no lock."""
    return session.scalars(_waiting(device, after_number=after_number).limit(1)).first() is not None


def _waiting(device: str, *, after_number: int) -> Select[OperationRow]:
    """What may get its effect when an officer signs in at that device, in the order in which it was made."""
    missing = and_(OperationRow.reason.startswith("shape: "), OperationRow.reason.endswith(f": {FieldProblem.MISSING}"))
    return (
        select(OperationRow)
        .where(OperationRow.device == device, OperationRow.fate == Fate.QUARANTINED.value)
        .where(or_(OperationRow.reason == ACTOR_UNPROVEN, missing))
        .where(OperationRow.number > after_number)
        .order_by(OperationRow.number)
    )


def _reads_back(message: OperationMessage) -> bool:
    try:
        return bool(message.stored_text)
    except ValueError:
        return False
