"""What each entity is: as the server's order has it, and as this workstation shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db import changes, operation_rows, tables, unsaid
from tmcwall.db.rows import value_from_fields, version_from_json, write_row
from tmcwall.db.unsaid import Unsaid
from tmcwall.domain.changes import Origin
from tmcwall.domain.merge import NOTHING, EntityState, with_pending
from tmcwall.domain.operation import Entity, Json, Operation
from tmcwall.log import get_logger

log = get_logger(__name__)

_table = tables.operations
_states = tables.entity_states
_IN_A_QUERY: Final = 500
"""Entities: SQLite takes no more than 999 or 32,766 values in one, as it was built."""


@dataclass(frozen=True, slots=True)
class Known:
    """What operations make of an entity, those of this workstation that wait included, and what is in none yet."""

    revision: int = 0
    """The confirmed one."""
    said: Mapping[str, Json] = field(default_factory=dict)
    unsaid: Unsaid | None = None

    @property
    def fields(self) -> Mapping[str, Json]:
        """What the officer should see."""
        return {**self.said, **self.unsaid.fields} if self.unsaid is not None else self.said


_UNKNOWN: Final = Known()


def confirmed(session: Session, entity: Entity, entity_id: str) -> EntityState:
    return _confirmed(session, entity, [entity_id]).get(entity_id, NOTHING)


def known(session: Session, entity: Entity, entity_id: str) -> Known:
    return known_of(session, entity, [entity_id]).get(entity_id, _UNKNOWN)


def known_of(session: Session, entity: Entity, entity_ids: Sequence[str]) -> dict[str, Known]:
    """By id; entities that nothing is known of are left out."""
    found: dict[str, Known] = {}
    for start in range(0, len(entity_ids), _IN_A_QUERY):
        portion = entity_ids[start : start + _IN_A_QUERY]
        agreed = _confirmed(session, entity, portion)
        waiting = _waiting(session, entity, portion)
        unsaid_ones = unsaid.of(session, entity, portion)
        for entity_id in agreed.keys() | waiting.keys() | unsaid_ones.keys():
            state = agreed.get(entity_id, NOTHING)
            said = _with_own(state, waiting.get(entity_id, ()))
            found[entity_id] = Known(state.revision, said, unsaid_ones.get(entity_id))
    return found


def _with_own(agreed: EntityState, waiting: Sequence[tuple[Operation, bool]]) -> Mapping[str, Json]:
    """The confirmed state with own operations on top, and below it what those without effect give alone."""
    if not waiting:
        return agreed.fields
    without_effect = with_pending(NOTHING, [operation for operation, in_quarantine in waiting if in_quarantine])
    state = EntityState(agreed.revision, {**without_effect.versions, **agreed.versions})
    return with_pending(state, [operation for operation, in_quarantine in waiting if not in_quarantine]).fields


def _confirmed(session: Session, entity: Entity, entity_ids: Sequence[str]) -> dict[str, EntityState]:
    rows = session.execute(
        select(_states.c.entity_id, _states.c.revision, _states.c.versions).where(
            _states.c.entity == entity.value, _states.c.entity_id.in_(entity_ids)
        )
    )
    return {
        entity_id: EntityState(revision, {name: version_from_json(version) for name, version in versions.items()})
        for entity_id, revision, versions in rows
    }


def _waiting(session: Session, entity: Entity, entity_ids: Sequence[str]) -> dict[str, list[tuple[Operation, bool]]]:
    """Own operations that are not in the server's order, in their order, and whether each is in quarantine."""
    found: dict[str, list[tuple[Operation, bool]]] = {}
    rows = session.execute(
        select(_table)
        .where(
            and_(
                _table.c.entity == entity.value,
                _table.c.entity_id.in_(entity_ids),
                _table.c.own,
                _table.c.server_sequence.is_(None),
            )
        )
        .order_by(_table.c.position)
    )
    for row in rows.mappings():
        operation = operation_rows.operation_of(row)
        in_quarantine = row[_table.c.quarantined_because] is not None
        found.setdefault(operation.entity_id, []).append((operation, in_quarantine))
    return found


def touched_here(session: Session, entity: Entity, entity_ids: Sequence[str]) -> frozenset[str]:
    """Of these, the ones that show something else than the confirmed state."""
    found: set[str] = set()
    for start in range(0, len(entity_ids), _IN_A_QUERY):
        portion = entity_ids[start : start + _IN_A_QUERY]
        found |= _waiting(session, entity, portion).keys() | unsaid.of(session, entity, portion).keys()
    return frozenset(found)


def keep(session: Session, entity: Entity, entity_id: str, state: EntityState) -> None:
    keep_all(session, [(entity, entity_id, state)])


def keep_all(session: Session, states: Sequence[tuple[Entity, str, EntityState]]) -> None:
    rows = [
        {
            "entity": entity.value,
            "entity_id": entity_id,
            "revision": state.revision,
            "versions": msgspec.to_builtins(state.versions),
        }
        for entity, entity_id, state in states
    ]
    if rows:
        statement = insert(_states)
        taken = {"revision": statement.excluded.revision, "versions": statement.excluded.versions}
        session.execute(statement.on_conflict_do_update(index_elements=["entity", "entity_id"], set_=taken), rows)


def show(session: Session, entity: Entity, entity_id: str) -> None:
    """Brings the row to what the officer should see now that the server has said something about it."""
    seen = known(session, entity, entity_id)
    if seen.unsaid is not None:
        if not seen.unsaid.may_be_said(entity):
            return  # the row stays as it is until its secrets have moved into the vault
        unsaid.keep(session, entity, {entity_id: seen.unsaid})
    value = value_from_fields(entity, seen.fields)
    if value is None or value.id != entity_id:
        log.warning("entity cannot be shown", entity=entity.value, entity_id=entity_id)
        return
    try:
        with session.begin_nested():
            changed = write_row(session, value)
    except IntegrityError:
        # Another case of the same number, under an id that is not made of it: kept in the log, not shown twice.
        log.warning("entity collides with another and is not shown", entity=entity.value, entity_id=entity_id)
        return
    if changed:
        changes.note(session, entity, entity_id, origin=Origin.SERVER)
