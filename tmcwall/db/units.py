"""The units that entities of this workstation belong to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy.orm import Session

from tmcwall.db import rows
from tmcwall.domain.kinds import unit_from
from tmcwall.domain.operation import Entity, Json


def unit_of(session: Session, entity: Entity, entity_id: str) -> str:
    """By itself or by what it belongs to; empty: everybody's, or not here."""
    value = rows.get(session, entity, entity_id)
    return "" if value is None else unit_from(entity, partial(getattr, value), partial(unit_of, session))


def unit_of_fields(session: Session, entity: Entity, fields: Mapping[str, Json]) -> str:
    """Of one that has these fields, or is about to."""
    return unit_from(entity, fields.get, partial(unit_of, session))
