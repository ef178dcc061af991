"""What one transaction adds to the order: kept in memory while it goes on, written in a few statements at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.domain.kinds import KINDS
from tmcwall.domain.merge import NOTHING, Conflict, EntityState
from tmcwall.domain.operation import Entity
from tmcwall.server.bulk import BulkInsert, BulkSelect, Row, write_all
from tmcwall.server.order import decode_state
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import Base, ConflictRow, EntityRow, OperationRow
from tmcwall.sync.protocol import RefusalCode

_OPERATIONS = Base.metadata.tables[OperationRow.__tablename__]
_CONFLICTS = Base.metadata.tables[ConflictRow.__tablename__]
_ENTITIES = Base.metadata.tables[EntityRow.__tablename__]

_ADD_OPERATIONS = BulkInsert(_OPERATIONS, [name for name in _OPERATIONS.columns.keys() if name != "compaction"])  # noqa: SIM118 - as SQLAlchemy names them
_ADD_CONFLICTS = BulkInsert(_CONFLICTS, _CONFLICTS.columns.keys())
_FIND_ENTITIES = BulkSelect(_ENTITIES, keys=("kind", "id"), wanted=("revision", "versions"))
_KEEP_ENTITIES = BulkInsert(_ENTITIES, _ENTITIES.columns.keys(), replacing=("kind", "id"))

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
        self._operations: list[Row] = []
        self._conflicts: list[Row] = []
        self._before: dict[_Key, tuple[EntityState, int | None]] = {}
        """What an attempt has changed so far, as it was."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """If it raises, nothing of what was kept within it is written."""
        operations, conflicts = len(self._operations), len(self._conflicts)
        self._before.clear()
        try:
            yield
        except BaseException:
            del self._operations[operations:], self._conflicts[conflicts:]
            for key, (state, changed) in self._before.items():
                self._states[key] = state
                if changed is None:
                    del self._changed[key]
                else:
                    self._changed[key] = changed
            raise

    def find(self, keys: Iterable[_Key]) -> None:
        """Read these entities in one statement, instead of one for each."""
        missing = {key for key in keys if key not in self._states}
        if not missing:
            return
        self._states |= dict.fromkeys(missing, NOTHING)
        for kind, entity_id, revision, versions in _FIND_ENTITIES.run(self._session.connection(), missing):
            self._states[kind, entity_id] = decode_state(revision, versions)

    def state(self, kind: Entity, entity_id: str) -> EntityState:
        key = (kind.value, entity_id)
        if key not in self._states:
            self.find([key])
        return self._states[key]

    def keep_operation(self, row: Row) -> None:
        self._operations.append(row)

    def keep_state(self, kind: Entity, entity_id: str, state: EntityState, sequence: int) -> None:
        key = (kind.value, entity_id)
        if key not in self._before:
            self._before[key] = self.state(kind, entity_id), self._changed.get(key)
        self._states[key] = state
        self._changed[key] = sequence

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

    def write(self, also: Sequence[tuple[BulkInsert, Sequence[Row]]]) -> None:
        """With other rows. Raises RequestRefused(FORK) for an operation whose id is here already."""
        self._session.flush()
        work = [
            (_ADD_OPERATIONS, self._operations),
            (_KEEP_ENTITIES, [self._entity(key) for key in self._changed]),
            (_ADD_CONFLICTS, self._conflicts),
            *also,
        ]
        try:
            write_all(self._session.connection(), work)
        except IntegrityError:
            # Places and numbers are given under the lock: only the id can be taken.
            raise RequestRefused(RefusalCode.FORK) from None
        self._operations, self._changed, self._conflicts = [], {}, []

    def _entity(self, key: _Key) -> Row:
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
