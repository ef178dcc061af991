"""What operations hold commitments to: taken, given to who may read it, erased on request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from tmcwall.domain.commitment import Opening, commitments_in, committed, is_commitment
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity, Json
from tmcwall.server.order import load_state, message_of, state_of
from tmcwall.server.personal_tables import ErasureRow, PersonalValueRow
from tmcwall.server.tables import EntityRow, OperationRow
from tmcwall.sync.protocol import SERVER_DEVICE


@dataclass(frozen=True, slots=True)
class Taken:
    """Of values that were sent: how many are here now, and how many are about what was erased."""

    here: int
    erased: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How many values went, and how many operations of an earlier schema still say one as it is."""

    values: int
    in_clear: int


def take(session: Session, openings: Sequence[Opening], *, device: str, by: str, now: datetime) -> Taken:
    """Keep what is not here yet. Nothing is taken about an entity whose data were erased."""
    erased = _erased(session, {(one.entity, one.entity_id) for one in openings})
    wanted = {one.commitment: one for one in openings if (one.entity, one.entity_id) not in erased}
    here = set(_values(session, wanted))
    for commitment in wanted.keys() - here:
        opening = wanted[commitment]
        session.add(
            PersonalValueRow(
                commitment=commitment,
                entity=opening.entity.value,
                entity_id=opening.entity_id,
                field=opening.field,
                salt=opening.salt.hex(),
                value=opening.value,
                device=device,
                sent_by=by,
                sent_at=now,
            )
        )
    return Taken(len(wanted), len(openings) - len(wanted))


def new_bytes(session: Session, openings: Sequence[Opening]) -> int:
    """What of these would have to be stored."""
    here = _values(session, {one.commitment: one for one in openings})
    return sum(len(one.value.encode()) for one in openings if one.commitment not in here)


def openings_of(
    session: Session, entity: Entity, entity_id: str, commitments: Collection[str]
) -> tuple[Opening, ...]:  # fmt: skip
    """Of that entity only; those that are not here are left out."""
    found = _values(session, commitments).values()
    return tuple(one for one in found if (one.entity, one.entity_id) == (entity, entity_id))


def is_erased(session: Session, entity: Entity, entity_id: str) -> bool:
    return bool(_erased(session, {(entity, entity_id)}))


def erasures(session: Session, *, after: int, limit: int) -> tuple[Sequence[ErasureRow], int]:
    """The next ones, and the number up to which nothing more is to be asked for."""
    rows = session.scalars(select(ErasureRow).where(ErasureRow.id > after).order_by(ErasureRow.id).limit(limit)).all()
    return rows, rows[-1].id if rows else session.scalar(select(func.max(ErasureRow.id))) or 0


def commit_own(
    session: Session,
    kind: Entity,
    entity_id: str,
    fields: Mapping[str, Json],
    *,
    before: Mapping[str, Json],
    now: datetime,
) -> dict[str, Json]:
    """Fields that the server itself is about to say, as an operation may hold them; their values are kept here.

    A value that stood there `before` keeps its commitment. Of what was erased nothing new is said.
    """
    given = dict(fields)
    names = KINDS[kind].committed & fields.keys()
    known = _values(session, commitments_in({name: before.get(name) for name in names}))
    erased = is_erased(session, kind, entity_id)
    kept = set()
    for name in names & before.keys():
        value = before[name]
        opening = known.get(value) if isinstance(value, str) else None
        if erased or value == given[name] or (opening is not None and opening.value == given[name]):
            given[name] = value
            kept.add(name)
    changed, openings = committed(kind, entity_id, given, names=names - kept)
    take(session, openings, device=SERVER_DEVICE, by=SERVER_DEVICE, now=now)
    return changed


def erase(session: Session, kind: Entity, entity_id: str, *, by: str, reason: str, now: datetime) -> Erased:
    """The values go, the operations stay. Workstations follow with their next exchange.

    Raises DomainError(NOT_FOUND).
    """
    if not load_state(session, kind, entity_id).fields:
        raise DomainError(DomainCode.NOT_FOUND, f"{kind}/{entity_id}")
    of_it = (PersonalValueRow.entity == kind.value, PersonalValueRow.entity_id == entity_id)
    gone = session.execute(delete(PersonalValueRow).where(*of_it).returning(PersonalValueRow.commitment)).all()
    if not is_erased(session, kind, entity_id):
        session.add(
            ErasureRow(entity=kind.value, entity_id=entity_id, erased_at=now, erased_by=by[:128], reason=reason[:256])
        )
    return Erased(len(gone), _operations_in_clear(session, kind, entity_id))


def is_needed(session: Session, incident_id: str) -> bool:
    """Whether a case needs who has reported it: the incident is part of one, or its footage is held."""
    if load_state(session, Entity.INCIDENT, incident_id).fields.get("case_id"):
        return True
    mentions = EntityRow.versions.contains(incident_id, autoescape=True)
    for row in session.scalars(select(EntityRow).where(EntityRow.kind == Entity.BOOKMARK.value, mentions)):
        fields = state_of(row).fields
        if fields.get("incident_id") == incident_id and (fields.get("held") or fields.get("case_id")):
            return True
    return False


def _operations_in_clear(session: Session, kind: Entity, entity_id: str) -> int:
    rows = session.scalars(
        select(OperationRow).where(OperationRow.entity == kind.value, OperationRow.entity_id == entity_id)
    )
    messages = [message for row in rows if (message := message_of(row)) is not None]
    names = KINDS[kind].committed
    return sum(
        any(value and not is_commitment(value) for name, value in message.fields.items() if name in names)
        for message in messages
    )


def _values(session: Session, commitments: Collection[str]) -> dict[str, Opening]:
    if not commitments:
        return {}
    rows = session.scalars(select(PersonalValueRow).where(PersonalValueRow.commitment.in_(list(commitments))))
    return {
        row.commitment: Opening(Entity(row.entity), row.entity_id, row.field, bytes.fromhex(row.salt), row.value)
        for row in rows
    }


def _erased(session: Session, keys: Collection[tuple[Entity, str]]) -> set[tuple[Entity, str]]:
    if not keys:
        return set()
    wanted = tuple_(ErasureRow.entity, ErasureRow.entity_id).in_([(kind.value, one) for kind, one in keys])
    found = session.execute(select(ErasureRow.entity, ErasureRow.entity_id).where(wanted))
    return {(Entity(kind), one) for kind, one in found}
