"""How domain values become rows and fields of operations, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final, TypeVar, cast

import msgspec
from sqlalchemy import RowMapping, Table, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.domain.custody import Facts
from tmcwall.domain.kinds import KINDS, Synchronised
from tmcwall.domain.merge import Version
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.shape import FieldProblem, FieldRefused, check_fields

V = TypeVar("V")

_IN_A_QUERY: Final = 500
"""SQLite takes no more than 999 or 32,766 values in one, as it was built."""
_NATIVE = (datetime, date)
"""Types that SQLAlchemy takes as they are."""
_LEARNT: Final = tuple(msgspec.json.Decoder(kind.shape) for kind in KINDS.values())
"""WORKAROUND: msgspec 0.22 learns a type where it first converts to it, and two threads that have it learn the same
enum at once crash the process. So it learns all kinds in the thread that imports this.
"""


def fields_of(value: Synchronised) -> dict[str, Json]:
    """As they stand in an operation."""
    return json_of(value)


def json_of(value: Synchronised | Facts) -> dict[str, Json]:
    """As JSON gives it back, so that equal values are equal (a tuple is no list)."""
    return cast("dict[str, Json]", msgspec.json.decode(msgspec.json.encode(value)))  # of a dataclass: an object


def value_from_fields(entity: Entity, given: Mapping[str, Json], *, checked: bool = False) -> Synchronised | None:
    """The value with those fields; None if this version could not show it.

    A newer version may send other fields, which are left out, and values that are not known here; an earlier one may
    have taken what nobody can show. `checked`: not these, they have passed `check_fields` just now.
    """
    shape: type[Synchronised] = KINDS[entity].shape
    # The kinds are dataclasses; a TypeVar cannot be bound to that.
    known = {part.name: given[part.name] for part in fields(shape) if part.name in given}  # type: ignore[arg-type]
    try:
        if not checked:
            check_fields(shape, known)
        return msgspec.convert(known, shape)
    except (FieldRefused, msgspec.ValidationError):
        return None


def remove_unshowable(session: Session) -> list[tuple[Entity, str]]:
    """Takes out of sight what no screen could show: numbers and moments that an earlier version let in.

    Its operations stay. Gives what was taken out.
    """
    removed = []
    for entity, table in tables.SYNCHRONISED.items():
        shape: type[Synchronised] = KINDS[entity].shape
        for row in session.execute(select(table)).mappings().all():
            value = value_from_row(row, shape, table)
            try:
                check_fields(shape, fields_of(value))
            except FieldRefused as refused:
                if refused.problem is FieldProblem.RANGE:
                    remove_row(session, entity, value.id)
                    removed.append((entity, value.id))
    return removed


def remove_row(session: Session, entity: Entity, entity_id: str) -> bool:
    """Whether there was one."""
    table = tables.SYNCHRONISED[entity]
    return session.scalar(delete(table).where(table.c.id == entity_id).returning(table.c.id)) is not None


def get(session: Session, entity: Entity, entity_id: str) -> Synchronised | None:
    """An entity of any kind as officers see it; None if it is not here."""
    shape: type[Synchronised] = KINDS[entity].shape
    table = tables.SYNCHRONISED[entity]
    row = session.execute(select(table).where(table.c.id == entity_id)).mappings().first()
    return None if row is None else value_from_row(row, shape, table)


def get_all(session: Session, entity: Entity, entity_ids: Sequence[str]) -> dict[str, Synchronised]:
    """As `get`, by id; of those that are here."""
    shape: type[Synchronised] = KINDS[entity].shape
    table = tables.SYNCHRONISED[entity]
    found = {}
    for start in range(0, len(entity_ids), _IN_A_QUERY):
        portion = table.c.id.in_(entity_ids[start : start + _IN_A_QUERY])
        for row in session.execute(select(table).where(portion)).mappings():
            value = value_from_row(row, shape, table)
            found[value.id] = value
    return found


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


def write_rows(session: Session, entity: Entity, values: Sequence[Synchronised]) -> None:
    """Puts values of one kind into their table, over earlier ones of the same id."""
    if values:
        rows = [columns_of(value) for value in values]
        statement = insert(tables.SYNCHRONISED[entity])
        taken = {name: statement.excluded[name] for name in rows[0]}
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=taken), rows)


def version_from_json(stored: Mapping[str, Any]) -> Version:  # Any: see `Version.value`
    """The version as `msgspec.to_builtins` stored it; msgspec cannot read the recursive type of its value."""
    return Version(**{**stored, "made_at": datetime.fromisoformat(stored["made_at"])})
