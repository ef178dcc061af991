"""What a commit has changed, for whoever shows it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from tmcwall.domain.operation import Entity


class Origin(StrEnum):
    """Where a change was made."""

    HERE = "here"
    """At this workstation: its operations wait to be pushed."""
    SERVER = "server"
    """Elsewhere; it came with the server's order."""


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """One commit of the store. What it does not name looks as before."""

    origin: Origin
    changed: frozenset[tuple[Entity, str]] = frozenset()
    """The entities, each by its kind and id."""
    conflicts: bool = False
    """A conflict was noticed or settled."""
    without_effect: bool = False
    """An operation was put into quarantine, or came out of it."""

    def ids(self, entity: Entity) -> frozenset[str]:
        """Of the changed ones of a kind."""
        return frozenset(entity_id for kind, entity_id in self.changed if kind is entity)

    def touches(self, entities: AbstractSet[Entity]) -> bool:
        """Whether any entity of one of these kinds has changed."""
        return any(kind in entities for kind, _id in self.changed)
