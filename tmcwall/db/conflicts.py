"""What two workstations gave differently, for an officer to look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import changes, custody, tables
from tmcwall.db.rows import columns_of, version_from_json
from tmcwall.domain.changes import Origin
from tmcwall.domain.custody import ConflictFacts, CustodyAction
from tmcwall.domain.merge import Conflict
from tmcwall.domain.operation import Entity

_conflicts = tables.conflicts


def unsettled(session: Session) -> tuple[Conflict, ...]:
    """Those that nobody has settled yet, oldest first."""
    found = session.execute(
        select(_conflicts).where(_conflicts.c.settled_at.is_(None)).order_by(_conflicts.c.noticed_at, _conflicts.c.id)
    ).mappings()
    return tuple(
        Conflict(
            row["id"],
            Entity(row["entity"]),
            row["entity_id"],
            row["field"],
            version_from_json(row["kept"]),
            version_from_json(row["other"]),
        )
        for row in found
    )


def settle(session: Session, conflict_id: str, *, actor: str, at: datetime) -> None:
    """An officer has looked at both values; into custody. Taking the other one is a change like any other, before this.

    Nothing happens to one that is settled already.
    """
    settled = session.execute(
        update(_conflicts)
        .where(_conflicts.c.id == conflict_id, _conflicts.c.settled_at.is_(None))
        .values(settled_by=actor, settled_at=at)
        .returning(_conflicts.c.entity, _conflicts.c.entity_id)
    ).first()
    if settled is not None:
        changes.note_conflicts(session, origin=Origin.HERE)
        custody.append(
            session,
            actor=actor,
            action=CustodyAction.CONFLICT_SETTLED,
            about=f"{settled.entity}/{settled.entity_id}",
            at=at,
            facts=ConflictFacts(conflict_id),
        )


def keep(session: Session, conflicts: Iterable[Conflict], *, at: datetime) -> None:
    for conflict in conflicts:
        noticed = columns_of(conflict) | {"kept": msgspec.to_builtins(conflict.kept)}
        noticed |= {"other": msgspec.to_builtins(conflict.other), "noticed_at": at}
        statement = insert(_conflicts).values(noticed).on_conflict_do_nothing(index_elements=["id"])
        if session.scalar(statement.returning(_conflicts.c.id)) is not None:
            changes.note_conflicts(session, origin=Origin.SERVER)


def forget_unsettled(session: Session, entity: Entity, entity_id: str) -> None:
    """Of an entity that is folded again: those that are still there are found again."""
    session.execute(
        delete(_conflicts).where(
            _conflicts.c.entity == entity.value, _conflicts.c.entity_id == entity_id, _conflicts.c.settled_at.is_(None)
        )
    )
    changes.note_conflicts(session, origin=Origin.SERVER)
