"""How an operation changes an entity: the same on every workstation and on the server.

The state of an entity is the fold of its operations in server order. Per field the later one in server order wins. If
the officer had not seen the value that is overwritten (`base_revision` lies before it and it came from another device),
both are kept and a visible `Conflict` is made. No clock of a workstation decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity, Json, Operation


@dataclass(frozen=True, slots=True)
class Version:
    """A value of one field, and who gave it, when, at which revision of the entity."""

    value: Json
    revision: int
    operation_id: str
    device: str
    actor: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class EntityState:
    """An entity as the operations up to `revision` made it; revision 0 is an entity that does not exist."""

    revision: int = 0
    versions: Mapping[str, Version] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Json]:
        return {name: version.value for name, version in self.versions.items()}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two officers changed one field without seeing each other's value. `kept` stands, `other` is shown beside it."""

    id: str
    """The same on every device: made of the second operation's id and the field."""
    entity: Entity
    entity_id: str
    field: str
    kept: Version
    other: Version


@dataclass(frozen=True, slots=True)
class Merged:
    state: EntityState
    conflicts: tuple[Conflict, ...] = ()


NOTHING = EntityState()


def merge(state: EntityState, operation: Operation) -> Merged:
    """The state after that operation, which must be the next one of its entity in server order.

    `base_revision` is the last revision that the device had received from the server; its own operations since then do
    not count into it, and never conflict with each other.
    """
    kind = KINDS[operation.entity]
    revision = state.revision + 1
    versions = dict(state.versions)
    conflicts = []
    operation_id = str(operation.id)
    for name, value in operation.fields.items():
        new = Version(value, revision, operation_id, operation.device, operation.actor, operation.made_at)
        old = versions.get(name)
        if old is None:
            versions[name] = new
            continue
        if name in kind.facts_of_creation:
            continue
        if not kind.never_altered:
            versions[name] = new
        unseen = old.revision > operation.base_revision and old.device != operation.device
        if old.value != value and (unseen or kind.never_altered):
            kept, other = (old, new) if kind.never_altered else (new, old)
            conflict_id = f"{operation_id}/{name}"
            conflicts.append(Conflict(conflict_id, operation.entity, operation.entity_id, name, kept, other))
    return Merged(EntityState(revision, versions), tuple(conflicts))


def with_pending(confirmed: EntityState, pending: Iterable[Operation]) -> EntityState:
    """What the officer sees: the confirmed state and, on top, the device's own operations not yet in server order."""
    state = confirmed
    for operation in pending:
        state = merge(state, operation).state
    return state
