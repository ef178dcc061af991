"""What a workstation takes over of the server's state: synchronisation brings it, the store keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tmcwall.domain.merge import Conflict, EntityState
from tmcwall.domain.operation import Entity

BEGINNING: Final = ("", "")
"""Before the first entity, by kind and id."""


@dataclass(frozen=True, slots=True)
class TakenEntity:
    """An entity as the server has it, with what was given for it unseen."""

    entity: Entity
    entity_id: str
    state: EntityState
    conflicts: Sequence[Conflict] = ()


@dataclass(frozen=True, slots=True)
class WithdrawnOperation:
    """From here on an operation that had an effect has none: it was taken out at the server."""

    server_sequence: int
    operation_id: UUID
    revision: int
    """The entity's revision after it, as the server counts."""
    reason: str
    after: TakenEntity | None = None
    """What the server has of the entity now; None: an older server does not say, and all operations are here."""


@dataclass(frozen=True, slots=True)
class UnreadOperation:
    """What this version cannot read, or nobody can verify: it has no effect here, and is kept as it came."""

    server_sequence: int
    """0 where not even that could be read."""
    text: str
    """Its JSON."""
    reason: str


@dataclass(frozen=True, slots=True)
class SnapshotProgress:
    """A state of the server that is being taken over: the place that it is of, and how far it has come."""

    place: int
    epoch: UUID
    known_sequence: int
    """The last operation when the newest page was read, and its hash: by it the server sees whose order this is."""
    known_hash: str
    total: int
    """Entities."""
    taken: int = 0
    after: tuple[str, str] = BEGINNING
    """Kind and id of the last one that is in."""
