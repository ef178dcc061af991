"""The server's order of operations: every accepted one gets the next place, and the entities are its fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.merge import NOTHING, EntityState, Merged, Version, merge
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import can
from tmcwall.server.tables import ConflictRow, DeviceRow, EntityRow, OperationRow, OrderRow, UserRow
from tmcwall.sync.protocol import (
    MAX_FIELDS_BYTES,
    SERVER_DEVICE,
    Fate,
    OperationFate,
    OperationMessage,
    PulledOperation,
    PullReply,
    PushReply,
    RefusalCode,
)

LARGEST_ENTITY_BYTES: Final = 256 * 1024
"""JSON of an entity's fields. Each operation on it reads and writes all of it, so what it may hold is bounded."""


class _Stored(msgspec.Struct):
    """A `Version` as JSON. Its value is any JSON: msgspec cannot read the domain's recursive alias."""

    value: Any  # see above
    revision: int
    operation_id: str
    device: str
    actor: str
    made_at: datetime

    def version(self) -> Version:
        return Version(self.value, self.revision, self.operation_id, self.device, self.actor, self.made_at)


_stored = msgspec.json.Decoder(_Stored)
_stored_fields = msgspec.json.Decoder(dict[str, _Stored])


class Quarantine(Exception):
    """Why an operation is stored without effect."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def load_state(session: Session, kind: Entity, entity_id: str) -> EntityState:
    row = session.get(EntityRow, (kind.value, entity_id))
    return NOTHING if row is None else state_of(row)


def state_of(row: EntityRow) -> EntityState:
    versions = _stored_fields.decode(row.versions)
    return EntityState(row.revision, {name: stored.version() for name, stored in versions.items()})


def version_of(text: str) -> Version:
    """A version as a conflict row keeps it."""
    return _stored.decode(text).version()


class Journal:
    """Adds operations within one transaction.

    It holds the lock on the counter until that transaction ends, so places are committed in their order: whoever has
    read up to a place will never find a lower one appear later.
    """

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now
        self._order = session.execute(select(OrderRow).with_for_update()).scalar_one()
        self._entities: dict[tuple[str, str], EntityRow | None] = {}
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

    def push(self, messages: Sequence[OperationMessage], *, device: str, officer: Officer) -> PushReply:
        """Take over a device's operations in the order of their numbers. All or, if refused, none.

        Raises RequestRefused: FORBIDDEN for another device's operations, SCHEMA_NEWER, GAP if a number is missing, FORK
        if the history is not the one that the server has of this device.
        """
        if device == SERVER_DEVICE or any(message.device != device for message in messages):
            raise RequestRefused(RefusalCode.FORBIDDEN)
        if any(message.schema_version > SCHEMA_VERSION for message in messages):
            raise RequestRefused(RefusalCode.SCHEMA_NEWER)
        row = self._device(device)
        self._find(messages)
        fates = []
        for message in messages:
            known = self._known(row, message)
            fates.append(known or self._add(row, message, officer))
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
        self._add(row, OperationMessage.of(operation), Officer(SERVER_DEVICE, SERVER_DEVICE, Role.OPERATOR))

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

    def _add(self, device: DeviceRow, message: OperationMessage, officer: Officer) -> OperationFate:
        self._order.last_sequence += 1
        sequence = self._order.last_sequence
        merged, reason = None, ""
        try:
            merged = self._merge(message, officer)
        except Quarantine as quarantine:
            reason = quarantine.reason
        fate = Fate.QUARANTINED if merged is None else Fate.CONFLICT if merged.conflicts else Fate.APPLIED
        text = message.model_dump_json()
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
            self._keep(Entity(message.entity), message.entity_id, merged, sequence)
        return OperationFate(id=message.id, number=message.number, fate=fate, server_sequence=sequence, reason=reason)

    def _merge(self, message: OperationMessage, officer: Officer) -> Merged:
        """The entity after that operation. Raises Quarantine: it must neither have an effect nor stop the queue."""
        if message.id in self._ids:
            raise RequestRefused(RefusalCode.FORK)
        if len(msgspec.json.encode(message.fields)) > MAX_FIELDS_BYTES:
            raise Quarantine("too_large")
        try:
            operation = message.operation()
        except ValueError:
            raise Quarantine("entity_unknown") from None
        self._demand_right(operation, officer)
        if operation.fields.get("id", operation.entity_id) != operation.entity_id:
            raise Quarantine("id_differs")
        row = self._entity(operation.entity, operation.entity_id)
        merged = merge(NOTHING if row is None else state_of(row), operation)
        if len(msgspec.json.encode(merged.state.fields)) > LARGEST_ENTITY_BYTES:
            raise Quarantine("entity_too_large")
        try:
            msgspec.convert(merged.state.fields, KINDS[operation.entity].shape)
        except msgspec.ValidationError as error:
            raise Quarantine(f"shape: {error}"[:128]) from None
        return merged

    def _demand_right(self, operation: Operation, officer: Officer) -> None:
        """The officer who made it must have the right today.

        Whoever made an operation under an account of the workstation that the server does not know is vouched for by
        the officer who brings it.
        """
        if operation.device == SERVER_DEVICE:
            return
        maker = self._users.get(operation.actor)
        if maker is not None and maker.disabled_at is not None:
            raise Quarantine("actor_revoked")
        judged = officer if maker is None else Officer(maker.nrp, maker.name, Role(maker.role), maker.rank)
        if not can(judged, KINDS[operation.entity].right):
            raise Quarantine("not_allowed")

    def _keep(self, kind: Entity, entity_id: str, merged: Merged, sequence: int) -> None:
        row = self._entity(kind, entity_id)
        if row is None:
            row = self._entities[kind.value, entity_id] = EntityRow(kind=kind.value, id=entity_id)
            self._session.add(row)
        parent = KINDS[kind].parent
        parent_id = merged.state.fields.get(parent.field) if parent is not None else None
        row.parent_id = parent_id[:128] if isinstance(parent_id, str) else ""
        row.revision = merged.state.revision
        row.versions = msgspec.json.encode(merged.state.versions).decode()
        row.changed_at = self._now
        row.changed_sequence = sequence
        for conflict in merged.conflicts:
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


def last_place(session: Session) -> tuple[int, UUID]:
    """The newest committed place and the epoch of the order."""
    row = session.execute(select(OrderRow.last_sequence, OrderRow.epoch)).one()
    return row.last_sequence, row.epoch


def has_at(session: Session, sequence: int, operation_hash: str) -> bool:
    """Whether the order has that operation at that place."""
    row = session.get(OperationRow, sequence)
    return row is not None and row.hash == operation_hash


def page(session: Session, *, cursor: int, limit: int, device: str = "") -> PullReply:
    """Operations after `cursor`, in order, for that device. A cursor that is beyond the end comes back lowered."""
    known = session.get(DeviceRow, device)
    last, epoch = last_place(session)
    rows = session.scalars(
        select(OperationRow)
        .where(OperationRow.server_sequence > cursor)
        .order_by(OperationRow.server_sequence)
        .limit(limit)
    ).all()
    operations = tuple(
        PulledOperation(
            server_sequence=row.server_sequence,
            fate=Fate(row.fate),
            revision=row.revision,
            operation=OperationMessage.model_validate_json(row.message),
        )
        for row in rows
        if row.fate != Fate.QUARANTINED
    )
    reached = rows[-1].server_sequence if rows else min(cursor, last)
    return PullReply(
        operations=operations,
        cursor=reached,
        epoch=epoch,
        more=len(rows) == limit,
        last_number=known.last_number if known else 0,
    )
