"""The server's order of operations: every accepted one gets the next place, and the entities are its fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Row as KnownRow
from sqlalchemy import Select, and_, delete, exists, literal, or_, select
from sqlalchemy.orm import Session

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS, completed_field, rights_needed
from tmcwall.domain.merge import EntityState, Merged, Version, merge
from tmcwall.domain.officer import Officer, Role, can
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.shape import FieldProblem, FieldRefused, check_complete
from tmcwall.log import get_logger
from tmcwall.server.additions import Additions
from tmcwall.server.bulk import BulkInsert, BulkSelect, Row
from tmcwall.server.compaction import demand_values_below
from tmcwall.server.order import message_of
from tmcwall.server.prepared import Prepared, prepare
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Units, officer_of
from tmcwall.server.tables import (
    Base,
    ConflictRow,
    DeviceRow,
    EntityRow,
    OperationRow,
    OrderRow,
    UserRow,
    WithdrawalRow,
)
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


_DEVICES = Base.metadata.tables[DeviceRow.__tablename__]
_FIND_DEVICES = BulkSelect(_DEVICES, keys=("id",), wanted=("last_number", "last_hash"), locking=True)
_KEEP_DEVICES = BulkInsert(_DEVICES, _DEVICES.columns.keys(), replacing=("id",), keeping=("first_seen_at",))
_ORDER = select(OrderRow.id, OrderRow.epoch, OrderRow.last_sequence).with_for_update()
_KEEP_ORDER = BulkInsert(
    Base.metadata.tables[OrderRow.__tablename__],
    ("id", "epoch", "last_sequence"),
    replacing=("id",),
    keeping=("epoch",),
)

_Known = KnownRow[int, str, str, int, str]
"""Number, hash, fate, place and reason of an operation that is here."""


class Quarantine(Exception):
    """Why an operation is stored without effect."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Device:
    """A device's newest operation."""

    id: str
    last_number: int = 0
    last_hash: str = FIRST_HASH
    has_changed: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """What a device brings at once: its operations in the order of their numbers.

    `officer` is whose token brings them. Those of other actors have an effect only if the actor has signed in at that
    device: `delegates` names the officers who are known to have (`server.delegation`).
    """

    operations: Sequence[Prepared]
    device: str
    officer: Officer
    delegates: AbstractSet[str] = frozenset()
    unsigned: AbstractSet[int] = frozenset()
    """The numbers of those that the device's key has not signed. What is here already need not be signed again."""


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
        order = session.connection().execute(_ORDER).one()
        self._order_id = order.id
        self.epoch: UUID = order.epoch
        self.last_sequence: int = order.last_sequence
        self._additions = Additions(session, now=now)
        self._units = Units(session, state=self._additions.state)
        self._users: dict[str, UserRow | None] = {}
        self._devices: dict[str, _Device] = {}
        self._quarantined_bytes = 0
        """What a push stores without effect, as JSON."""

    def push(
        self,
        pushed: Sequence[OperationMessage | Prepared],
        *,
        device: str,
        officer: Officer,
        delegates: AbstractSet[str] = frozenset(),
    ) -> PushReply:
        """`take` and `write` one push alone. Raises what they do."""
        operations = [one if isinstance(one, Prepared) else prepare(one) for one in pushed]
        reply = self.take(Push(operations, device, officer, delegates))
        self.write()
        return reply

    def find(self, pushes: Sequence[Push]) -> None:
        """Read what these pushes need in a few statements, instead of several for each operation."""
        messages = [one.message for push in pushes for one in push.operations]
        self._additions.find({(message.entity, message.entity_id) for message in messages})
        self.hold({push.device for push in pushes})
        others = {one.message.actor for push in pushes for one in push.operations}
        others -= {push.officer.nrp for push in pushes} | self._users.keys()
        if others:
            self._users |= dict.fromkeys(others)
            found = self._session.scalars(select(UserRow).where(UserRow.nrp.in_(others)))
            self._users |= {user.nrp: user for user in found}

    def take(
        self, push: Push, *, admit_quarantined: Callable[[Push, int], None] = lambda _push, _size: None
    ) -> PushReply:
        """Give the operations of a push their places. All of them or, if it is refused, none: others may be taken.

        A device may push once before `write`, which keeps them. `admit_quarantined` is asked whether so many bytes of
        JSON may be stored without effect.

        Raises what it does, and RequestRefused: FORBIDDEN for another device's operations, SIGNATURE_REFUSED,
        SCHEMA_NEWER, GAP if a number is missing, FORK if the history is not the one that the server has of this device.
        """
        messages = [one.message for one in push.operations]
        if push.device == SERVER_DEVICE or any(message.device != push.device for message in messages):
            raise RequestRefused(RefusalCode.FORBIDDEN)
        self.find([push])
        device = self._devices[push.device]
        if any(message.number > device.last_number and message.number in push.unsigned for message in messages):
            raise RequestRefused(RefusalCode.SIGNATURE_REFUSED)
        if any(message.schema_version > SCHEMA_VERSION for message in messages):
            raise RequestRefused(RefusalCode.SCHEMA_NEWER)
        stored = self._stored(device, messages)
        with self._attempt(device):
            fates = [
                self._known(device, one, stored) or self._add(device, one, push.officer, push.delegates)
                for one in push.operations
            ]
            if self._quarantined_bytes:
                admit_quarantined(push, self._quarantined_bytes)
        return PushReply(fates=tuple(fates), epoch=self.epoch, last_number=device.last_number)

    @contextmanager
    def _attempt(self, device: _Device) -> Iterator[None]:
        """Nothing of it is kept if it is refused."""
        sequence, before = self.last_sequence, replace(device)
        self._quarantined_bytes = 0
        with self._additions.attempt():
            try:
                yield
            except RequestRefused:
                self.last_sequence = sequence
                self._devices[device.id] = before
                raise

    def add_own(
        self, kind: Entity, entity_id: str, fields: Mapping[str, Json], *, actor: str, base_revision: int
    ) -> None:
        """An operation of the server itself."""
        self.hold({SERVER_DEVICE})
        row = self._devices[SERVER_DEVICE]
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
        prepared = prepare(OperationMessage.of(operation))
        self._add(row, prepared, Officer(SERVER_DEVICE, SERVER_DEVICE, Role.OPERATOR), frozenset())
        self.write()

    def withdraw(self, operation_id: UUID, *, reason: str, by: str) -> OperationRow:
        """Take an operation out of effect: its entity becomes what the others make of it.

        That has a place in the order of its own, so every workstation learns of it. The operation stays where it is, as
        one in quarantine. Raises DomainError: NOT_FOUND, WITHOUT_EFFECT for one that is in quarantine already, and
        COMPACTED where it is not known any more what the entity was before it.
        """
        row = self._session.scalar(select(OperationRow).where(OperationRow.operation_id == operation_id))
        if row is None:
            raise DomainError(DomainCode.NOT_FOUND, str(operation_id))
        if row.fate == Fate.QUARANTINED:
            raise DomainError(DomainCode.WITHOUT_EFFECT, str(operation_id))
        demand_values_below(self._session, row)
        row.fate, row.reason = Fate.QUARANTINED.value, WITHDRAWN
        self._session.flush()
        kind, entity_id = Entity(row.entity), row.entity_id
        self.last_sequence += 1
        revision = self._additions.state(kind, entity_id).revision + 1
        self._session.add(
            WithdrawalRow(
                server_sequence=self.last_sequence,
                operation_id=operation_id,
                revision=revision,
                reason=reason,
                withdrawn_by=by,
                withdrawn_at=self._now,
            )
        )
        self._fold_again(kind, entity_id, revision=revision)
        self.write()
        return row

    def vouch(self, officer: Officer, waiting: Iterable[OperationRow]) -> None:
        """The officer has signed in: what waited for that at its device has its effect from now on.

        Each takes a new place in the order, the next one. What followed on an entity that was not there yet is tried
        again, too, and need not be of that device.
        """
        for row in waiting:
            message = message_of(row)
            if message is None or (row.reason == ACTOR_UNPROVEN and message.actor != officer.nrp):
                continue
            try:
                merged = self._merge(prepare(message), officer, frozenset({message.actor}))
            except Quarantine as quarantine:
                row.reason = quarantine.reason
                continue
            self.last_sequence += 1
            row.server_sequence = self.last_sequence
            row.fate = (Fate.CONFLICT if merged.conflicts else Fate.APPLIED).value
            row.reason, row.revision = "", merged.state.revision
            self._keep(Entity(message.entity), message.entity_id, merged, row.server_sequence)
        self.write()

    def _fold_again(self, kind: Entity, entity_id: str, *, revision: int) -> None:
        """The entity from its operations that are in effect, with the conflicts between those."""
        self._session.execute(
            delete(ConflictRow).where(ConflictRow.entity == kind.value, ConflictRow.entity_id == entity_id)
        )
        rows = self._session.scalars(
            select(OperationRow)
            .where(OperationRow.entity == kind.value, OperationRow.entity_id == entity_id, OperationRow.revision > 0)
            .where(OperationRow.fate != Fate.QUARANTINED.value, OperationRow.compaction.is_(None))
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
            self._additions.keep_conflicts(kind, entity_id, merged.conflicts, row.server_sequence)
        self._additions.keep_state(kind, entity_id, EntityState(revision, versions), self.last_sequence)

    def hold(self, devices: AbstractSet[str]) -> None:
        """Nobody ends a key of these until the transaction does: it ends with the number that the device has then."""
        missing = devices - self._devices.keys()
        if not missing:
            return
        self._devices |= {device: _Device(device) for device in missing}
        for device, last_number, last_hash in _FIND_DEVICES.run(
            self._session.connection(), [(device,) for device in missing]
        ):
            self._devices[device] = _Device(device, last_number, last_hash)

    def write(self, also: Sequence[tuple[BulkInsert, Sequence[Row]]] = ()) -> None:
        """With other rows. Raises RequestRefused(FORK) as `Additions.write`."""
        changed = [device for device in self._devices.values() if device.has_changed]
        devices = [
            {
                "id": device.id,
                "last_number": device.last_number,
                "last_hash": device.last_hash,
                "first_seen_at": self._now,
            }
            for device in changed
        ]
        order = {"id": self._order_id, "epoch": self.epoch, "last_sequence": self.last_sequence}
        self._additions.write([(_KEEP_DEVICES, devices), (_KEEP_ORDER, [order]), *also])
        for device in changed:
            device.has_changed = False

    def _stored(self, device: _Device, messages: Sequence[OperationMessage]) -> Mapping[int, _Known]:
        """What is here of these already, by its number."""
        numbers = [message.number for message in messages if message.number <= device.last_number]
        if not numbers:
            return {}
        wanted = select(
            OperationRow.number, OperationRow.hash, OperationRow.fate, OperationRow.server_sequence, OperationRow.reason
        )
        found = self._session.execute(
            wanted.where(OperationRow.device == device.id, OperationRow.number.in_(numbers))
        )  # fmt: skip
        return {row.number: row for row in found}

    def _user(self, nrp: str) -> UserRow | None:
        if nrp not in self._users:
            self._users[nrp] = self._session.get(UserRow, nrp)
        return self._users[nrp]

    def _known(self, device: _Device, prepared: Prepared, stored: Mapping[int, _Known]) -> OperationFate | None:
        """The fate of an operation that is here already; None if it is the next one."""
        message = prepared.message
        if message.number > device.last_number + 1:
            raise RequestRefused(RefusalCode.GAP, expected_number=device.last_number + 1)
        if message.number == device.last_number + 1:
            if message.previous_hash != device.last_hash:
                raise RequestRefused(RefusalCode.FORK)
            return None
        known = stored.get(message.number)
        if known is None or known.hash != prepared.hash:
            raise RequestRefused(RefusalCode.FORK)
        return OperationFate(
            id=message.id,
            number=message.number,
            fate=Fate.QUARANTINED if known.fate == Fate.QUARANTINED else Fate.DUPLICATE,
            server_sequence=known.server_sequence,
            reason=known.reason,
        )

    def _add(self, device: _Device, prepared: Prepared, officer: Officer, delegates: AbstractSet[str]) -> OperationFate:
        self.last_sequence += 1
        sequence = self.last_sequence
        message = prepared.message
        merged, reason = None, ""
        try:
            merged = self._merge(prepared, officer, delegates)
        except Quarantine as quarantine:
            reason = quarantine.reason
        fate = Fate.QUARANTINED if merged is None else Fate.CONFLICT if merged.conflicts else Fate.APPLIED
        if merged is None:
            self._quarantined_bytes += len(prepared.text.encode())
        self._additions.keep_operation(
            {
                "server_sequence": sequence,
                "operation_id": message.id,
                "device": device.id,
                "number": message.number,
                "hash": prepared.hash,
                "entity": message.entity,
                "entity_id": message.entity_id,
                "revision": merged.state.revision if merged else 0,
                "fate": fate.value,
                "reason": reason,
                "message": prepared.text,
                "accepted_from": officer.nrp,
                "accepted_at": self._now,
            }
        )
        device.last_number, device.last_hash, device.has_changed = message.number, prepared.hash, True
        if merged is not None:
            self._keep(Entity(message.entity), message.entity_id, merged, sequence)
        return OperationFate(id=message.id, number=message.number, fate=fate, server_sequence=sequence, reason=reason)

    def _merge(self, prepared: Prepared, officer: Officer, delegates: AbstractSet[str]) -> Merged:
        """The entity after that operation. Raises Quarantine: it must neither have an effect nor stop the queue."""
        operation = prepared.operation
        if operation is None or prepared.reason:
            raise Quarantine(prepared.reason)
        state = self._additions.state(operation.entity, operation.entity_id)
        judged = self._judged(operation, officer, delegates)
        if judged is not None:
            before = state.fields
            needed = rights_needed(operation.entity, operation.fields, before)
            unit = self._units.of_fields(operation.entity, before or operation.fields)
            if not all(can(judged, action, unit=unit) for action in needed):
                raise Quarantine("not_allowed")
            completed = completed_field(operation.entity, operation.fields, before)
            if completed is not None:
                raise Quarantine(f"completed: {completed}")
        if operation.fields.get("id", operation.entity_id) != operation.entity_id:
            raise Quarantine("id_differs")
        merged = merge(state, operation)
        after = merged.state.fields
        if len(msgspec.json.encode(after)) > LARGEST_ENTITY_BYTES:
            raise Quarantine("entity_too_large")
        try:
            check_complete(KINDS[operation.entity].shape, after)
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

    def _keep(self, kind: Entity, entity_id: str, merged: Merged, sequence: int) -> None:
        self._additions.keep_state(kind, entity_id, merged.state, sequence)
        self._additions.keep_conflicts(kind, entity_id, merged.conflicts, sequence)


@dataclass(frozen=True, slots=True)
class Vouched:
    """How far operations that waited were judged again."""

    last_place: int
    """Of the last of them, as it was before."""
    last_sequence: int
    """The newest place in the order afterwards."""


def vouch(session: Session, officer: Officer, *, device: str, after_place: int, limit: int, now: datetime) -> Vouched:
    """`Journal.vouch` for the next `limit` that wait."""
    journal = Journal(session, now=now)
    rows = session.scalars(_waiting(device, after_place=after_place).limit(limit)).all()
    last_place = rows[-1].server_sequence if rows else after_place
    journal.vouch(officer, rows)
    return Vouched(last_place, journal.last_sequence)


def is_waiting(session: Session, *, device: str, after_place: int) -> bool:
    """Whether there is anything for `vouch`. Takes no lock."""
    return session.scalars(_waiting(device, after_place=after_place).limit(1)).first() is not None


def _waiting(device: str, *, after_place: int) -> Select[OperationRow]:
    """What may get its effect when an officer signs in at that device, in the order in which it came.

    What was made on an entity that was not there yet does so wherever it was made, once the entity is there: its desk
    may have taken another identity since, and then nobody signs in at that device any more. It is judged by the rights
    of who made it, and waits for that no longer afterwards, whatever becomes of it.
    """
    missing = and_(OperationRow.reason.startswith("shape: "), OperationRow.reason.endswith(f": {FieldProblem.MISSING}"))
    has_come = exists().where(
        EntityRow.kind == OperationRow.entity, EntityRow.id == OperationRow.entity_id, EntityRow.revision > 0
    )
    here = and_(OperationRow.device == device, or_(OperationRow.reason == ACTOR_UNPROVEN, missing))
    return (
        select(OperationRow)
        # As it stands in the text of the statement: by a parameter SQLite does not find the index of these.
        .where(OperationRow.fate == literal(Fate.QUARANTINED.value, literal_execute=True))
        .where(or_(here, and_(missing, has_come)))
        .where(OperationRow.server_sequence > after_place)
        .order_by(OperationRow.server_sequence)
    )
