"""What was changed at this workstation and stands in no operation yet.

It was there before its kind was synchronised, or an account of the operating system has changed it: nobody whom the
server could know answers for it. It is shown over the confirmed state until an officer who may write it says it in an
operation of his own (`operations.vouch`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, select, tuple_
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import fields_of, get
from tmcwall.domain.kinds import KINDS, defaults_of
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.shape import FieldRefused, check_fields

_table = tables.unsaid_changes
_IN_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Unsaid:
    """The fields of one entity, and the revision that it had when the first of them was changed."""

    base_revision: int
    fields: Mapping[str, Json]

    def may_be_said(self, entity: Entity) -> bool:
        """Whether others could read it: an address of an earlier version may have a secret in it."""
        try:
            check_fields(KINDS[entity].shape, self.fields)
        except FieldRefused:
            return False
        return True


def of(session: Session, entity: Entity, entity_ids: Collection[str]) -> dict[str, Unsaid]:
    """By id; of those that have any."""
    found: dict[str, Unsaid] = {}
    asked = list(entity_ids)
    for start in range(0, len(asked), _IN_A_QUERY):
        portion = _table.c.entity_id.in_(asked[start : start + _IN_A_QUERY])
        for row in session.execute(select(_table).where(_table.c.entity == entity.value, portion)):
            given = row.fields if row.fields is not None else _all_of_row(session, entity, row.entity_id)
            found[row.entity_id] = Unsaid(row.base_revision, given)
    return found


def keep(session: Session, entity: Entity, unsaid: Mapping[str, Unsaid]) -> None:
    """By id, in the place of what stood there."""
    rows = [
        {"entity": entity.value, "entity_id": entity_id, "base_revision": one.base_revision, "fields": dict(one.fields)}
        for entity_id, one in unsaid.items()
    ]
    if rows:
        statement = insert(_table)
        taken = {"base_revision": statement.excluded.base_revision, "fields": statement.excluded.fields}
        session.execute(statement.on_conflict_do_update(index_elements=["entity", "entity_id"], set_=taken), rows)


def drop(session: Session, entity: Entity, entity_ids: Collection[str]) -> None:
    """They have been said."""
    asked = list(entity_ids)
    for start in range(0, len(asked), _IN_A_QUERY):
        portion = _table.c.entity_id.in_(asked[start : start + _IN_A_QUERY])
        session.execute(delete(_table).where(_table.c.entity == entity.value, portion))


def next_ids(
    session: Session, entities: Collection[Entity], *, after: tuple[str, str], limit: int
) -> Sequence[tuple[Entity, str]]:
    """The next of these kinds, behind that kind and id."""
    found = session.execute(
        select(_table.c.entity, _table.c.entity_id)
        .where(
            and_(
                _table.c.entity.in_([entity.value for entity in entities]),
                tuple_(_table.c.entity, _table.c.entity_id) > after,
            )
        )
        .order_by(_table.c.entity, _table.c.entity_id)
        .limit(limit)
    )
    return [(Entity(entity), entity_id) for entity, entity_id in found]


def _all_of_row(session: Session, entity: Entity, entity_id: str) -> Mapping[str, Json]:
    """What the row holds but for what any new entity holds."""
    value = get(session, entity, entity_id)
    if value is None:
        return {}
    defaults = defaults_of(entity)
    return {name: given for name, given in fields_of(value).items() if name not in defaults or given != defaults[name]}
