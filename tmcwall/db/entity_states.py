"""What each entity is: as the server's order has it, and as this workstation shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db import changes, operation_rows, tables, unsaid
from tmcwall.db.rows import get_all, value_from_fields, version_from_json, write_rows
from tmcwall.db.unsaid import Unsaid
from tmcwall.domain.changes import Origin
from tmcwall.domain.kinds import Synchronised
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
    as_agreed: bool = False
    """Nothing of this workstation's own lies on top of the confirmed state."""

    @property
    def fields(self) -> Mapping[str, Json]:
        """What the officer should see."""
        return {**self.said, **self.unsaid.fields} if self.unsaid is not None else self.said


_UNKNOWN: Final = Known()


def confirmed_of(session: Session, keys: Iterable[tuple[Entity, str]]) -> dict[tuple[Entity, str], EntityState]:
    """Of those that exist."""
    by_kind: dict[Entity, list[str]] = {}
    for entity, entity_id in dict.fromkeys(keys):
        by_kind.setdefault(entity, []).append(entity_id)
    found = {}
    for entity, entity_ids in by_kind.items():
        for start in range(0, len(entity_ids), _IN_A_QUERY):
            for entity_id, state in _confirmed(session, entity, entity_ids[start : start + _IN_A_QUERY]).items():
                found[entity, entity_id] = state
    return found


def confirmed(session: Session, entity: Entity, entity_id: str) -> EntityState:
    return _confirmed(session, entity, [entity_id]).get(entity_id, NOTHING)


def known(session: Session, entity: Entity, entity_id: str) -> Known:
    return known_of(session, entity, [entity_id]).get(entity_id, _UNKNOWN)


def known_of(
    session: Session, entity: Entity, entity_ids: Sequence[str], *, agreed: Mapping[str, EntityState] | None = None
) -> dict[str, Known]:
    """By id; entities that nothing is known of are left out. `agreed`: see `show_all`."""
    found: dict[str, Known] = {}
    for start in range(0, len(entity_ids), _IN_A_QUERY):
        portion = entity_ids[start : start + _IN_A_QUERY]
        states = _confirmed(session, entity, portion) if agreed is None else {one: agreed[one] for one in portion}
        waiting = _waiting(session, entity, portion)
        unsaid_ones = unsaid.of(session, entity, portion)
        for entity_id in states.keys() | waiting.keys() | unsaid_ones.keys():
            state = states.get(entity_id, NOTHING)
            said = _with_own(state, waiting.get(entity_id, ()))
            own_changes = unsaid_ones.get(entity_id)
            as_agreed = own_changes is None and entity_id not in waiting
            found[entity_id] = Known(state.revision, said, own_changes, as_agreed)
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


def keep(session: Session, entity: Entity, entity_id: str, state: EntityState) -> None:
    keep_all(session, [(entity, entity_id, state)])


def keep_all(session: Session, states: Sequence[tuple[Entity, str, EntityState]]) -> None:
    rows = [
        (entity.value, entity_id, state.revision, msgspec.json.encode(state.versions).decode())
        for entity, entity_id, state in states
    ]
    if rows:
        session.connection().exec_driver_sql(_KEEP, rows)


_KEEP: Final = (
    f"INSERT INTO {_states.name} (entity, entity_id, revision, versions) VALUES (?, ?, ?, ?)"  # noqa: S608 - our table
    " ON CONFLICT (entity, entity_id) DO UPDATE SET revision = excluded.revision, versions = excluded.versions"
)
"""Past SQLAlchemy, whose work for each row was more than SQLite's."""


def show(session: Session, entity: Entity, entity_id: str) -> None:
    """Brings the row to what the officer should see now that the server has said something about it."""
    show_all(session, entity, [entity_id])


def show_all(
    session: Session,
    entity: Entity,
    entity_ids: Sequence[str],
    *,
    agreed: Mapping[str, EntityState] | None = None,
    checked: bool = False,
) -> None:
    """As `show`, for several of one kind. `agreed` are the confirmed states of all of them, where they are at hand.

    `checked`: their values have passed `check_fields` just now, so it is not done twice for a hundred thousand.
    """
    seen = known_of(session, entity, entity_ids, agreed=agreed)
    values = []
    for entity_id in entity_ids:
        one = seen.get(entity_id, _UNKNOWN)
        if one.unsaid is not None:
            if not one.unsaid.may_be_said(entity):
                continue  # the row stays as it is until its secrets have moved into the vault
            unsaid.keep(session, entity, {entity_id: one.unsaid})
        value = value_from_fields(entity, one.fields, checked=checked and one.as_agreed)
        if value is not None and value.id == entity_id:
            values.append(value)
        else:
            log.warning("entity cannot be shown", entity=entity.value, entity_id=entity_id)
    shown = get_all(session, entity, [value.id for value in values])
    changed = [value for value in values if shown.get(value.id) != value]
    for value in _written(session, entity, changed):
        changes.note(session, entity, value.id, origin=Origin.SERVER)


def _written(session: Session, entity: Entity, values: Sequence[Synchronised]) -> Sequence[Synchronised]:
    """Those that could be: all at once, or one by one where two collide."""
    try:
        with session.begin_nested():
            write_rows(session, entity, values)
    except IntegrityError:
        if len(values) > 1:
            return [value for one in values for value in _written(session, entity, [one])]
        # Another case of the same number, under an id that is not made of it: kept in the log, not shown twice.
        log.warning("entity collides with another and is not shown", entity=entity.value, entity_id=values[0].id)
        return ()
    return values
