"""The order made smaller: old operations that no longer decide anything lose their values, and nothing else.

What stays of such an operation is who made it, when, at what, with its hash, the hash before it and its signature: the
chain of its device holds as before. Each step is a short transaction, and says in a signed statement what it took.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from tmcwall.domain.compaction import Counted, superseded
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.operation import FIRST_HASH, Entity, Json, canonical_json
from tmcwall.server.compaction_tables import CompactionRow
from tmcwall.server.order import decode_state, message_of
from tmcwall.server.tables import Base, EntityRow, OperationRow, OrderRow
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.protocol import Fate, OperationMessage

_STEP_S: Final = 0.1
"""After so long the next step takes its turn: a report may be waiting."""
_ENTITIES_AT_ONCE: Final = 200
_FIRST: Final = ("", "")
_CASE: Final = "case_id"

_OPERATIONS = Base.metadata.tables[OperationRow.__tablename__]
_TAKE = (
    update(_OPERATIONS)
    .where(_OPERATIONS.c.server_sequence == bindparam("place"))
    .values(message=bindparam("skeleton"), compaction=bindparam("statement"))
)


class Skeleton(msgspec.Struct, frozen=True, kw_only=True):
    """What stays of an operation's message, beside the columns of its row. `removed` are the names of its fields."""

    actor: str
    made_at: str
    base_revision: int
    schema_version: int
    previous_hash: str
    signature: str
    removed: tuple[str, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What the server signs of one step: what it took, and what it had looked at."""

    number: int
    previous_hash: str
    """Of the statement before; 64 zeros for the first."""
    at: str
    from_place: int
    """The first operation without values by this statement; 0: none."""
    through_place: int
    operations: int
    bytes: int
    """By which the messages are shorter."""
    root: str
    """Over places and hashes of these operations, `root_of`."""
    horizon: int
    """The last place that was old enough."""
    examined: int
    """Up to there everything has been looked at, in this run or one before."""

    @property
    def content(self) -> dict[str, Json]:
        found: dict[str, Json] = msgspec.to_builtins(self)
        return found


def root_of(operations: Iterable[tuple[int, str]]) -> str:
    """Hex SHA-256 over place and hash of each, in their order. The hash covers the values that are gone."""
    digest = hashlib.sha256()
    for place, operation_hash in operations:
        digest.update(f"{place} {operation_hash}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run may touch."""

    horizon: int
    """The last place in the order that is old enough."""
    examined: int
    """Up to there a run before has looked at everything: an entity without a newer operation is as it was."""
    of_cases: AbstractSet[str]
    """Incidents that bookmarks of cases name."""


def plan(session: Session, *, keep: timedelta, now: datetime) -> Plan:
    """Everything up to the first operation that was taken within `keep` may be looked at."""
    young = session.scalar(select(func.min(OperationRow.server_sequence)).where(OperationRow.accepted_at > now - keep))
    last = session.scalar(select(func.max(OperationRow.server_sequence))) or 0
    newest = newest_statement(session)
    bookmarks = session.execute(
        select(EntityRow.revision, EntityRow.versions).where(
            EntityRow.kind == Entity.BOOKMARK.value, EntityRow.parent_id != ""
        )
    )
    incidents = (decode_state(row.revision, row.versions).fields.get("incident_id") for row in bookmarks)
    return Plan(
        last if young is None else young - 1,
        newest.examined if newest is not None else 0,
        frozenset(incident for incident in incidents if isinstance(incident, str)),
    )


@dataclass(frozen=True, slots=True)
class OrderSize:
    """Of all operations, with or without values."""

    operations: int
    message_bytes: int


def order_size(session: Session) -> OrderSize:
    counted = session.execute(select(func.count(), func.sum(func.length(OperationRow.message)))).one()
    return OrderSize(counted[0], counted[1] or 0)


def newest_statement(session: Session) -> CompactionRow | None:
    return session.scalar(select(CompactionRow).order_by(CompactionRow.number.desc()).limit(1))


def demand_values_below(session: Session, row: OperationRow) -> None:
    """What an entity is without that operation must still be known.

    It is not where an operation that was compacted gave one of the same fields. Raises DomainError(COMPACTED).
    """
    message = message_of(row)
    newest = newest_statement(session)
    if message is None or newest is None or row.server_sequence > newest.horizon:
        return  # it decides nothing any more; or what the entity was before it did not depend on what is gone
    compacted = session.scalars(
        select(OperationRow).where(
            OperationRow.entity == row.entity,
            OperationRow.entity_id == row.entity_id,
            OperationRow.compaction.is_not(None),
        )
    )
    if any(not message.fields.keys().isdisjoint(read_skeleton(one).removed) for one in compacted):
        raise DomainError(DomainCode.COMPACTED, str(row.operation_id))


def skeleton_of(message: OperationMessage) -> Skeleton:
    return Skeleton(
        actor=message.actor,
        made_at=message.made_at.isoformat(),
        base_revision=message.base_revision,
        schema_version=message.schema_version,
        previous_hash=message.previous_hash,
        signature=message.signature,
        removed=tuple(sorted(message.fields)),
    )


def read_skeleton(row: OperationRow) -> Skeleton:
    """Of a row that was compacted. Raises ValueError if it is none."""
    return msgspec.json.decode(row.message, type=Skeleton)


class Compaction:
    """One run over the entities of a plan, step by step, each step in a transaction of whoever calls it."""

    def __init__(self, planned: Plan, *, now: datetime, signing_key: SigningKey | None) -> None:
        """`signing_key` None: nothing is changed, and what would be is counted."""
        self._plan = planned
        self._now = now
        self._signing_key = signing_key
        self._after = _FIRST
        self.operations = 0
        """That have lost their values in this run."""
        self.bytes = 0
        self.entities = 0
        """That were looked at."""

    def step(self, session: Session, *, within_s: float = _STEP_S) -> bool:
        """Whether there is more to do. The last step says in a statement of its own how far this run has looked."""
        if self._plan.horizon <= self._plan.examined:
            return False
        if self._signing_key is not None:
            # As whoever adds to the order: nothing is taken out of effect meanwhile.
            session.execute(select(OrderRow.id).with_for_update())
        until_s = time.monotonic() + within_s
        taken: list[_Taken] = []
        while keys := self._keys(session):
            for key in keys:
                taken += self._of_entity(session, *key)
                self._after = key
                self.entities += 1
                if time.monotonic() >= until_s:
                    break
            if time.monotonic() >= until_s:
                break
        more = bool(keys)
        self.operations += len(taken)
        self.bytes += sum(one.saved for one in taken)
        if self._signing_key is not None and (taken or not more):
            self._write(session, taken, self._signing_key, examined=self._plan.examined if more else self._plan.horizon)
        return more

    def _keys(self, session: Session) -> Sequence[tuple[str, str]]:
        """The next entities with more than one whole operation, and something since they were looked at."""
        key = tuple_(OperationRow.entity, OperationRow.entity_id)
        found = session.execute(
            select(OperationRow.entity, OperationRow.entity_id)
            .where(key > self._after, *self._candidates())
            .group_by(OperationRow.entity, OperationRow.entity_id)
            .having(func.count() > 1, func.max(OperationRow.server_sequence) > self._plan.examined)
            .order_by(OperationRow.entity, OperationRow.entity_id)
            .limit(_ENTITIES_AT_ONCE)
        )
        return [(row.entity, row.entity_id) for row in found]

    def _candidates(self) -> Sequence[ColumnElement[bool]]:
        return (
            OperationRow.server_sequence <= self._plan.horizon,
            OperationRow.fate != Fate.QUARANTINED.value,
            OperationRow.compaction.is_(None),
        )

    def _of_entity(self, session: Session, entity: str, entity_id: str) -> list[_Taken]:
        rows = session.scalars(
            select(OperationRow)
            .where(OperationRow.entity == entity, OperationRow.entity_id == entity_id, *self._candidates())
            .order_by(OperationRow.server_sequence)
        ).all()
        messages = [message_of(row) for row in rows]
        counted: list[Counted] = []
        for row, message in zip(rows, messages, strict=True):
            if message is None:
                return []  # what nobody can read is left as it is, with all that lies around it
            counted.append(Counted(message.operation(), row.revision))
        if self._belongs_to_case(session, counted):
            return []
        gone = superseded(counted)
        return [
            _Taken.of(row, message)
            for row, message in zip(rows, messages, strict=True)
            if message is not None and message.id in gone
        ]

    def _belongs_to_case(self, session: Session, counted: Sequence[Counted]) -> bool:
        """Now or ever: what a case is made of keeps all its values for good."""
        first = counted[0].operation
        if first.entity is Entity.CASE or first.entity_id in self._plan.of_cases:
            return True
        if any(one.operation.fields.get(_CASE) for one in counted):
            return True
        if first.entity not in {Entity.CLIP, Entity.ANNOTATION}:
            return False
        bookmark_id = first.fields.get("bookmark_id")
        case = session.scalar(
            select(EntityRow.parent_id).where(EntityRow.kind == Entity.BOOKMARK.value, EntityRow.id == bookmark_id)
        )
        return case != ""  # also of a bookmark that is not here

    def _write(self, session: Session, taken: Sequence[_Taken], key: SigningKey, *, examined: int) -> None:
        before = newest_statement(session)
        places = sorted((one.place, one.hash) for one in taken)
        statement = Statement(
            number=before.number + 1 if before is not None else 1,
            previous_hash=before.hash if before is not None else FIRST_HASH,
            at=self._now.isoformat(),
            from_place=places[0][0] if places else 0,
            through_place=places[-1][0] if places else 0,
            operations=len(taken),
            bytes=sum(one.saved for one in taken),
            root=root_of(places),
            horizon=self._plan.horizon,
            examined=examined,
        )
        text = canonical_json(statement.content)
        session.add(
            CompactionRow(
                number=statement.number,
                statement=text,
                hash=hashlib.sha256(text.encode()).hexdigest(),
                signature=key.sign(Purpose.COMPACTION, text),
                through=max(statement.through_place, before.through if before is not None else 0),
                horizon=max(self._plan.horizon, before.horizon if before is not None else 0),
                examined=examined,
            )
        )
        if taken:
            rows: list[Mapping[str, object]] = [
                {"place": one.place, "skeleton": one.skeleton, "statement": statement.number} for one in taken
            ]
            session.connection().execute(_TAKE, rows)
        session.flush()
        session.expunge_all()


@dataclass(frozen=True, slots=True)
class _Taken:
    """An operation that loses its values."""

    place: int
    hash: str
    skeleton: str
    saved: int
    """Bytes."""

    @classmethod
    def of(cls, row: OperationRow, message: OperationMessage) -> _Taken:
        skeleton = msgspec.json.encode(skeleton_of(message)).decode()
        saved = len(row.message.encode()) - len(skeleton.encode())
        return cls(row.server_sequence, row.hash, skeleton, saved)
