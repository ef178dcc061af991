"""Values that were written at this workstation and stand in operations as commitments: a reporter's name and number.

Only what was made here is kept, for as long as this workstation may have to bring it to the server: until the server
has it and for the time in which a server that was restored may have lost it. What others have written is asked of the
server and never stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, delete, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import facts, tables
from tmcwall.domain.commitment import Opening, committed
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity, Json

_table = tables.personal_values
_ERASED: Final = "personal_erased"
"""How far this workstation has heard of what the server has erased."""
_IN_A_QUERY: Final = 500


@dataclass(frozen=True, slots=True)
class OwnValue:
    """What was written here, and by whom."""

    opening: Opening
    actor: str


def commit(
    session: Session,
    entity: Entity,
    entity_id: str,
    fields: Mapping[str, Json],
    *,
    before: Mapping[str, Json],
    actor: str,
    at: datetime,
) -> Mapping[str, Json]:
    """The fields as an operation may hold them; what they said is kept here.

    What stood there `before` stays as it is: operations of earlier versions hold it. Raises DomainError(FIELD_INVALID).
    """
    names = frozenset(
        name for name in KINDS[entity].committed & fields.keys() if before.get(name, "") != fields[name]
    )  # fmt: skip
    if not names:
        return fields
    changed, openings = committed(entity, entity_id, fields, names=names)
    rows = [
        {
            "commitment": opening.commitment,
            "entity": entity.value,
            "entity_id": entity_id,
            "field": opening.field,
            "salt": opening.salt.hex(),
            "value": opening.value,
            "actor": actor,
            "made_at": at,
            "sent_at": None,
        }
        for opening in openings
    ]
    if rows:
        session.execute(insert(_table), rows)
    return changed


def own(session: Session, commitments: Collection[str]) -> Mapping[str, OwnValue]:
    """By commitment; those that were not made here are left out."""
    asked, found = list(commitments), {}
    for start in range(0, len(asked), _IN_A_QUERY):
        portion = _table.c.commitment.in_(asked[start : start + _IN_A_QUERY])
        for row in session.execute(select(_table).where(portion)):
            found[row.commitment] = OwnValue(_opening(row), row.actor)
    return found


def openings(session: Session, commitments: Collection[str]) -> tuple[Opening, ...]:
    """As `own`, what goes to the server."""
    return tuple(value.opening for value in own(session, commitments).values())


def unsent(session: Session, limit: int) -> tuple[Opening, ...]:
    """What the server does not have, oldest first."""
    wanted = select(_table).where(_table.c.sent_at.is_(None)).order_by(_table.c.made_at).limit(limit)
    return tuple(_opening(row) for row in session.execute(wanted))


def mark_sent(session: Session, commitments: Collection[str], *, at: datetime) -> None:
    session.execute(update(_table).where(_table.c.commitment.in_(list(commitments))).values(sent_at=at))


def erased_up_to(session: Session) -> int:
    """The server's number of the last erasure that was followed here."""
    known = facts.get(session, _ERASED)
    return known if isinstance(known, int) else 0


def follow_erasures(session: Session, erased: Iterable[tuple[Entity, str]], *, up_to: int) -> None:
    """Away with what was written here about these entities."""
    keys = [(entity.value, entity_id) for entity, entity_id in erased]
    for start in range(0, len(keys), _IN_A_QUERY):
        portion = tuple_(_table.c.entity, _table.c.entity_id).in_(keys[start : start + _IN_A_QUERY])
        _drop(session, portion)
    facts.put(session, _ERASED, up_to)


def forget_erasures(session: Session) -> None:
    """The server was restored, or is another: what it has erased is followed from the first."""
    facts.drop(session, _ERASED)


def drop_old(session: Session, *, before: datetime) -> None:
    """Away with what the server has had for so long that no restored one asks for it again."""
    _drop(session, _table.c.sent_at < before)


def of_all_written_here(session: Session) -> frozenset[str]:
    """Names and numbers, for whatever must not let them out."""
    return frozenset(session.scalars(select(_table.c.value)))


def _drop(session: Session, condition: ColumnElement[bool]) -> None:
    """The store's connection has SQLite overwrite what it deletes."""
    session.execute(delete(_table).where(condition))


def _opening(row: Row[Any]) -> Opening:  # Any: of a table
    return Opening(Entity(row.entity), row.entity_id, row.field, bytes.fromhex(row.salt), row.value)
