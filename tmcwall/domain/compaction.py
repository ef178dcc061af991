"""Which operations of an entity no longer decide anything: their values may go, the entity stays what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tmcwall.domain.merge import NOTHING, Conflict, EntityState, merge
from tmcwall.domain.operation import Operation


@dataclass(frozen=True, slots=True)
class Counted:
    """An operation that is in effect, and the revision of its entity after it."""

    operation: Operation
    revision: int


@dataclass(frozen=True, slots=True)
class Folded:
    """What operations make of an entity, and where they disagree."""

    state: EntityState
    conflicts: tuple[Conflict, ...]


def fold(counted: Iterable[Counted]) -> Folded:
    """In their order; each at the revision that it had, so those that are left out are counted, too."""
    state = NOTHING
    conflicts: list[Conflict] = []
    for one in counted:
        merged = merge(EntityState(one.revision - 1, state.versions), one.operation)
        state = merged.state
        conflicts += merged.conflicts
    return Folded(state, tuple(conflicts))


def superseded(counted: Sequence[Counted]) -> frozenset[UUID]:
    """Those without which the others make the same of their entity: every value with who gave it, every conflict.

    `counted` are all of the entity that are whole, in their order. It is tried and not only concluded: where the
    others would make anything else of it, none is named.
    """
    whole = fold(counted)
    needed = {version.operation_id for version in whole.state.versions.values()}
    needed |= {version.operation_id for one in whole.conflicts for version in (one.kept, one.other)}
    kept = [one for one in counted if str(one.operation.id) in needed]
    without = fold(kept)
    if without.state.versions != whole.state.versions or without.conflicts != whole.conflicts:
        return frozenset()
    return frozenset(one.operation.id for one in counted if str(one.operation.id) not in needed)
