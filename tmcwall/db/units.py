"""The units that entities of this workstation belong to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import rows, tables
from tmcwall.domain.kinds import unit_from
from tmcwall.domain.operation import Entity, Json


def unit_of(session: Session, entity: Entity, entity_id: str) -> str:
    """By itself or by what it belongs to; empty: everybody's, or not here."""
    value = rows.get(session, entity, entity_id)
    return "" if value is None else unit_from(entity, partial(getattr, value), partial(unit_of, session))


def unit_of_fields(session: Session, entity: Entity, fields: Mapping[str, Json]) -> str:
    """Of one that has these fields, or is about to."""
    return unit_from(entity, fields.get, partial(unit_of, session))


def known_units(session: Session) -> tuple[str, ...]:
    """Every unit that an officer, a case or a camera here names, by name."""
    named = {unit for units in session.scalars(select(tables.officers.c.units)) for unit in units}
    for table in (tables.cases, tables.cameras):
        named |= set(session.scalars(select(table.c.unit).where(table.c.unit != "").distinct()))
    return tuple(sorted(named, key=str.casefold))
