"""Entities as the server keeps them, on their way to workstations: what is stored as JSON goes out as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec
from pydantic import JsonValue
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tmcwall.server.tables import ConflictRow, EntityRow


class StoredConflict(msgspec.Struct):
    """A `sync.snapshot.ConflictMessage`."""

    id: str
    field: str
    kept: msgspec.Raw
    other: msgspec.Raw


class StoredEntity(msgspec.Struct):
    """A `sync.snapshot.EntityMessage`."""

    kind: str
    id: str
    revision: int
    versions: msgspec.Raw
    conflicts: list[StoredConflict]


def stored_entity(row: Row[str, str, int, str], conflicts: Iterable[ConflictRow]) -> StoredEntity:
    """Of the columns kind, id, revision and versions."""
    return StoredEntity(
        row.kind,
        row.id,
        row.revision,
        msgspec.Raw(row.versions.encode()),
        [
            StoredConflict(one.id, one.field, msgspec.Raw(one.kept.encode()), msgspec.Raw(one.other.encode()))
            for one in conflicts
        ],
    )


def entity_now(session: Session, kind: str, entity_id: str) -> JsonValue:
    """As it is, with its conflicts; it must be there."""
    row = session.execute(
        select(EntityRow.kind, EntityRow.id, EntityRow.revision, EntityRow.versions).where(
            EntityRow.kind == kind, EntityRow.id == entity_id
        )
    ).one()
    found = session.scalars(select(ConflictRow).where(ConflictRow.entity == kind, ConflictRow.entity_id == entity_id))
    return cast("JsonValue", msgspec.json.decode(msgspec.json.encode(stored_entity(row, found))))
