"""What server and workstation say to each other about the state at a place in the order.

A new workstation takes that instead of all operations before it. Pages are read one by one, each at its own moment: an
entity may hold later operations already, which its revision says; all of them follow as operations. So a page needs
nothing that the server would have to remember.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tmcwall.domain.merge import Conflict, EntityState, Version
from tmcwall.domain.operation import Entity
from tmcwall.sync.protocol import Withdrawal


class VersionMessage(msgspec.Struct, frozen=True):
    """A `domain.merge.Version`. Its value is any JSON: msgspec cannot read the domain's recursive alias."""

    value: Any  # see above
    revision: int
    operation_id: str
    device: str
    actor: str
    made_at: datetime

    def version(self) -> Version:
        return Version(self.value, self.revision, self.operation_id, self.device, self.actor, self.made_at)


class ConflictMessage(msgspec.Struct, frozen=True):
    id: str
    field: str
    kept: VersionMessage
    other: VersionMessage


class EntityMessage(msgspec.Struct, frozen=True):
    """An entity as its operations up to a revision made it, and what was given for it unseen."""

    kind: str
    id: str
    revision: int
    versions: dict[str, VersionMessage]
    conflicts: tuple[ConflictMessage, ...] = ()

    def state(self) -> EntityState:
        return EntityState(self.revision, {name: version.version() for name, version in self.versions.items()})

    def found_conflicts(self, entity: Entity) -> tuple[Conflict, ...]:
        return tuple(
            Conflict(one.id, entity, self.id, one.field, one.kept.version(), one.other.version())
            for one in self.conflicts
        )


class Head(msgspec.Struct, frozen=True):
    """The newest operation of a device that the state holds: the next one refers to it."""

    device: str
    number: int
    hash: str


class SnapshotPage(msgspec.Struct, frozen=True):
    """Entities in the order of their kinds and ids, each still to be read; what is wrong with one costs only that one.

    `place`, `heads` and `total` are of the moment of this page: the first page's are the snapshot's.
    """

    place: int
    epoch: UUID
    known_sequence: int
    """The last operation up to `place`, and its hash."""
    known_hash: str
    entities: tuple[msgspec.Raw, ...]
    next: tuple[str, str] | None
    """Kind and id to go on behind; None at the end."""
    total: int = 0
    """Entities, told with the first page."""
    heads: tuple[Head, ...] = ()
    """Told with the first page."""


_entity = msgspec.json.Decoder(EntityMessage)
_page = msgspec.json.Decoder(SnapshotPage)


def read_page(content: bytes) -> SnapshotPage:
    """Raises ValueError."""
    return _page.decode(content)


def read_entity(content: msgspec.Raw) -> EntityMessage:
    """Raises ValueError."""
    return _entity.decode(content)


def entity_after(withdrawal: Withdrawal) -> EntityMessage | None:
    """What the entity of a withdrawn operation is without it; None: an older server does not say. Raises ValueError."""
    return None if withdrawal.entity is None else msgspec.convert(withdrawal.entity, EntityMessage)
