"""What one transaction adds to the order: kept in memory while it goes on, written in a few statements at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.domain.kinds import KINDS
from tmcwall.domain.merge import NOTHING, Conflict, EntityState
from tmcwall.domain.operation import Entity
from tmcwall.server.order import decode_state
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import Base, ConflictRow, EntityRow, OperationRow
from tmcwall.sync.protocol import RefusalCode

_OPERATIONS = Base.metadata.tables[OperationRow.__tablename__]
_CONFLICTS = Base.metadata.tables[ConflictRow.__tablename__]
_ENTITIES = Base.metadata.tables[EntityRow.__tablename__]

_Row = Mapping[str, Any]  # by the name of a column, as SQLAlchemy takes it
_Key = tuple[str, str]


class Additions:
    """Entities as the transaction has made them so far, and the rows that it will write.

    Whoever uses it holds the lock of the order, so what was read once stays right.
    """

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now
        self._states: dict[_Key, EntityState] = {}
        self._changed: dict[_Key, int] = {}
        """At which place in the order, last."""
        self._operations: list[_Row] = []
        self._conflicts: list[_Row] = []

    def find(self, keys: Iterable[_Key]) -> None:
        """Read these entities in one statement, instead of one for each."""
        missing = {key for key in keys if key not in self._states}
        if not missing:
            return
        self._states |= dict.fromkeys(missing, NOTHING)
        wanted = select(EntityRow.kind, EntityRow.id, EntityRow.revision, EntityRow.versions)
        for kind, entity_id, revision, versions in self._session.execute(
            wanted.where(tuple_(EntityRow.kind, EntityRow.id).in_(missing))
        ):
            self._states[kind, entity_id] = decode_state(revision, versions)

    def state(self, kind: Entity, entity_id: str) -> EntityState:
        key = (kind.value, entity_id)
        if key not in self._states:
            self.find([key])
        return self._states[key]

    def keep_operation(self, row: _Row) -> None:
        self._operations.append(row)

    def keep_state(self, kind: Entity, entity_id: str, state: EntityState, sequence: int) -> None:
        self._states[kind.value, entity_id] = state
        self._changed[kind.value, entity_id] = sequence

    def keep_conflicts(self, kind: Entity, entity_id: str, conflicts: Iterable[Conflict], sequence: int) -> None:
        for conflict in conflicts:
            self._conflicts.append(
                {
                    "id": conflict.id,
                    "server_sequence": sequence,
                    "entity": kind.value,
                    "entity_id": entity_id,
                    "field": conflict.field,
                    "kept": msgspec.json.encode(conflict.kept).decode(),
                    "other": msgspec.json.encode(conflict.other).decode(),
                }
            )

    def write(self) -> None:
        """Raises RequestRefused(FORK) for an operation whose id is here already under another number."""
        self._session.flush()
        connection = self._session.connection()
        if self._operations:
            try:
                connection.execute(_OPERATIONS.insert(), self._operations)
            except IntegrityError:
                # Places and numbers are given under the lock: only the id can be taken.
                raise RequestRefused(RefusalCode.FORK) from None
        if self._changed:
            connection.execute(_KEEP_ENTITY[connection.dialect.name], [self._entity(key) for key in self._changed])
        if self._conflicts:
            connection.execute(_CONFLICTS.insert(), self._conflicts)
        self._operations, self._changed, self._conflicts = [], {}, []

    def _entity(self, key: _Key) -> _Row:
        kind, entity_id = key
        state = self._states[key]
        parent = KINDS[Entity(kind)].parent
        version = state.versions.get(parent.field) if parent is not None else None
        parent_id = version.value if version is not None else None
        return {
            "kind": kind,
            "id": entity_id,
            "parent_id": parent_id[:128] if isinstance(parent_id, str) else "",
            "revision": state.revision,
            "versions": msgspec.json.encode(state.versions).decode(),
            "changed_at": self._now,
            "changed_sequence": self._changed[key],
        }


def _upsert_entity(dialect: str) -> Insert:
    insert = postgresql.insert(_ENTITIES) if dialect == "postgresql" else sqlite.insert(_ENTITIES)
    changed = {column.name: insert.excluded[column.name] for column in _ENTITIES.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=["kind", "id"], set_=changed)


_KEEP_ENTITY = {dialect: _upsert_entity(dialect) for dialect in ("postgresql", "sqlite")}
