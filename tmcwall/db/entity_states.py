"""What each entity is: as the server's order has it, and as this workstation shows it."""

from __future__ import annotations

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db import changes, operation_rows, tables
from tmcwall.db.rows import value_from_fields, version_from_json, write_row
from tmcwall.domain.changes import Origin
from tmcwall.domain.merge import NOTHING, EntityState, with_pending
from tmcwall.domain.operation import Entity
from tmcwall.log import get_logger

log = get_logger(__name__)

_table = tables.operations
_states = tables.entity_states


def confirmed(session: Session, entity: Entity, entity_id: str) -> EntityState:
    row = session.execute(
        select(_states.c.revision, _states.c.versions).where(
            _states.c.entity == entity.value, _states.c.entity_id == entity_id
        )
    ).first()
    if row is None:
        return NOTHING
    return EntityState(row.revision, {name: version_from_json(version) for name, version in row.versions.items()})


def shown(session: Session, entity: Entity, entity_id: str) -> EntityState:
    """What the officer should see: confirmed, with own changes on top."""
    unconfirmed = and_(
        _table.c.entity == entity.value,
        _table.c.entity_id == entity_id,
        _table.c.own,
        _table.c.server_sequence.is_(None),
    )
    quarantine = with_pending(
        NOTHING, operation_rows.read(session, and_(unconfirmed, _table.c.quarantined_because.is_not(None)))
    )
    agreed = confirmed(session, entity, entity_id)
    known = EntityState(agreed.revision, {**quarantine.versions, **agreed.versions})
    return with_pending(known, operation_rows.read(session, and_(unconfirmed, _table.c.quarantined_because.is_(None))))


def keep(session: Session, entity: Entity, entity_id: str, state: EntityState) -> None:
    columns = {"revision": state.revision, "versions": msgspec.to_builtins(state.versions)}
    statement = insert(_states).values(entity=entity.value, entity_id=entity_id, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["entity", "entity_id"], set_=columns))


def show(session: Session, entity: Entity, entity_id: str) -> None:
    """Brings the row to what the officer should see now that the server has said something about it."""
    value = value_from_fields(entity, shown(session, entity, entity_id).fields)
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
