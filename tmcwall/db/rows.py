"""How domain values become rows and fields of operations, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.domain.bookmark import Bookmark, Clip
from tmcwall.domain.case import Case
from tmcwall.domain.incident import Incident, IncidentNote
from tmcwall.domain.merge import Version
from tmcwall.domain.operation import Entity, Json

Synchronised = Case | Bookmark | Clip | Incident | IncidentNote

V = TypeVar("V")

_NATIVE = (datetime, date)
"""Types that SQLAlchemy takes as they are."""

_KINDS: Mapping[Entity, tuple[type[Synchronised], Table]] = {
    Entity.CASE: (Case, tables.cases),
    Entity.BOOKMARK: (Bookmark, tables.bookmarks),
    Entity.CLIP: (Clip, tables.clips),
    Entity.INCIDENT: (Incident, tables.incidents),
    Entity.INCIDENT_NOTE: (IncidentNote, tables.incident_notes),
}
_ENTITIES = {kind: entity for entity, (kind, _table) in _KINDS.items()}


def entity_of(value: Synchronised) -> Entity:
    return _ENTITIES[type(value)]


def fields_of(value: Synchronised) -> dict[str, Json]:
    """As they stand in an operation: as JSON gives them back, so that equal values are equal (a tuple is no list)."""
    return cast("dict[str, Json]", msgspec.json.decode(msgspec.json.encode(value)))  # of a dataclass: an object


def value_from_fields(entity: Entity, given: Mapping[str, Json]) -> Synchronised | None:
    """The value with those fields; None if a part is missing or of another kind, as a newer version may send it."""
    kind, _table = _KINDS[entity]
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError:
        return None


def value_from_row(row: RowMapping, kind: type[V], table: Table) -> V:
    """The domain value in those columns of a table that are named like its fields."""
    # The kinds are dataclasses; a TypeVar cannot be bound to that.
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return msgspec.convert({name: row[table.c[name]] for name in names}, kind)


def columns_of(value: object) -> dict[str, Any]:  # Any: what a driver takes differs by column
    """What goes into the columns: moments and dates as they are, nested values as JSON, enums as their words."""
    # The kinds are dataclasses; `object` cannot say that.
    parts = {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]
    return {name: part if isinstance(part, _NATIVE) else msgspec.to_builtins(part) for name, part in parts.items()}


def write_row(session: Session, value: Synchronised) -> None:
    """Puts the value into its table, over an earlier one of the same id."""
    _kind, table = _KINDS[entity_of(value)]
    columns = columns_of(value)
    session.execute(insert(table).values(columns).on_conflict_do_update(index_elements=["id"], set_=columns))


def version_from_json(stored: Mapping[str, Any]) -> Version:  # Any: see `Version.value`
    """The version as `msgspec.to_builtins` stored it; msgspec cannot read the recursive type of its value."""
    return Version(**{**stored, "made_at": datetime.fromisoformat(stored["made_at"])})
