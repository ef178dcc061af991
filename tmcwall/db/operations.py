"""Changes of synchronised entities made here: the row, the operation and the custody row in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db import (
    changes,
    custody,
    entity_states,
    facts,
    officers,
    operation_rows,
    personal,
    signing,
    tables,
    unsaid,
)
from tmcwall.db.rows import fields_of, write_rows
from tmcwall.db.units import unit_of_fields
from tmcwall.db.unsaid import Unsaid
from tmcwall.domain.changes import Origin
from tmcwall.domain.clock import in_utc, plausible
from tmcwall.domain.custody import CustodyAction, EditFacts, Facts, FieldChange, VouchFacts
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS, Synchronised, completed_field, defaults_of, entity_of, rights_needed
from tmcwall.domain.officer import Officer, asks_for_unit, demand, is_system_account, may
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.domain.shape import FieldRefused, check_fields

_table = tables.operations

_DEVICE = "device"
_FORKED = "device_forked"
_BOTH_KEPT: Final[Mapping[Entity, Sequence[str]]] = {
    Entity.BOOKMARK: ("note", "case_id", "starts_at", "ends_at"),
    Entity.CASE: ("lp",),
    Entity.ANNOTATION: ("starts_at", "ends_at", "x", "y", "to_x", "to_y", "text", "removed"),
}
"""Fields of which custody has the value before a change and the one after it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an operation is to say of one entity."""

    entity_id: str
    base_revision: int
    fields: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Changed:
    """The entities that look otherwise than before, and the operations that say so."""

    changed: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server keeps this operation; `quarantined_because` is set when it has no effect there."""

    operation_id: UUID
    quarantined_because: str = ""


def device(session: Session) -> str:
    """The identity of this workstation: what its operations are numbered under."""
    known = facts.get(session, _DEVICE)
    assert isinstance(known, str), "Store gives it one when it opens"
    return known


def has_device(session: Session) -> bool:
    return isinstance(facts.get(session, _DEVICE), str)


def note_fork(session: Session) -> None:
    """The server has seen other operations under this identity: the store takes a new one when it is next opened."""
    facts.put(session, _FORKED, True)


def has_forked(session: Session) -> bool:
    return facts.get(session, _FORKED) is True


def renew_device(session: Session, *, at: datetime) -> str:
    """A new identity with its own numbers and hashes.

    For a new store, for one restored from a backup or copied to another workstation: it would give numbers again that
    the server has seen with other content. What was pending is made again under the new identity, for the server takes
    from each device only its own; an operation that it has already is no conflict with its like. What was acknowledged
    and not seen in the order yet is offered once more as it is: a server that was put back meanwhile has lost it, and
    knows nothing of the new identity by which that would be noticed.
    """
    waiting = operation_rows.read(session, operation_rows.is_pending())
    session.execute(update(_table).where(operation_rows.is_pending()).values(own=False, acknowledged=True))
    unseen = (_table.c.own, _table.c.server_sequence.is_(None), _table.c.quarantined_because.is_(None))
    session.execute(update(_table).where(*unseen).values(acknowledged=False))
    identity = str(uuid7(at))
    facts.put(session, _DEVICE, identity)
    facts.drop(session, _FORKED)
    previous_hash = FIRST_HASH
    for number, old in enumerate(waiting, start=1):
        new = replace(
            old, id=uuid7(at), device=identity, number=number, made_at=plausible(old.made_at),
            previous_hash=previous_hash, signature="",
        )  # fmt: skip
        operation_rows.keep(session, new, own=True)
        previous_hash = new.hash
    return identity


def change(
    session: Session,
    value: Synchronised,
    *,
    actor: str,
    at: datetime,
    action: CustodyAction | None = None,
    facts: Facts | None = None,
) -> Operation | None:
    """Writes the new value of an entity, be it new or changed, with its operation and its custody row.

    `action` is CREATED or CHANGED unless given. Returns None, and writes nothing, if nothing differs. Raises
    DomainError: DUPLICATE_ID for a case whose number another case has, FIELD_INVALID for what other workstations could
    not read, NOT_ALLOWED and TRANSITION_REFUSED for what the server would not take from that actor.
    """
    entity = entity_of(value)
    before = entity_states.known(session, entity, value.id).fields
    if facts is None and before:
        facts = _edited(entity, before, fields_of(value))
    made = change_all(session, [value], actor=actor, at=at)
    if not made.changed:
        return None
    custody.append(
        session,
        actor=actor,
        action=action or (CustodyAction.CHANGED if before else CustodyAction.CREATED),
        about=f"{entity}/{value.id}",
        at=at.astimezone(UTC),
        facts=facts,
    )
    return made.operations[0] if made.operations else None


def change_all(session: Session, values: Sequence[Synchronised], *, actor: str, at: datetime) -> Changed:
    """As `change`, for several entities of one kind, each by an operation of its own; custody is the caller's.

    For many at once a small part of the time that they take one by one. What an account of the operating system
    changes stands in no operation: it waits for an officer (`db.unsaid`).
    """
    if not values:
        return Changed()
    entity = entity_of(values[0])
    known = entity_states.known_of(session, entity, [value.id for value in values])
    alone, officer = is_system_account(actor), officers.get(session, actor)
    said: list[Change] = []
    waiting: dict[str, Unsaid] = {}
    written = {}
    for value in values:
        before = known.get(value.id, entity_states.Known())
        given = fields_of(value)
        if not _differing(entity, given, before.fields):
            continue
        changed = _differing(entity, given, before.said)
        _check(entity, changed)
        if KINDS[entity].committed & changed.keys():
            given = dict(personal.commit(session, entity, value.id, given, before=before.fields, actor=actor, at=at))
            changed = _differing(entity, given, before.said)
        written[value.id] = _with(value, given, KINDS[entity].committed)
        if alone:
            base = before.unsaid.base_revision if before.unsaid is not None else before.revision
            waiting[value.id] = Unsaid(base, changed)
            continue
        kept = _not_his(session, entity, changed, before, officer)
        if kept:
            waiting[value.id] = Unsaid(before.revision if before.unsaid is None else before.unsaid.base_revision, kept)
        said.append(Change(value.id, before.revision, {name: changed[name] for name in changed if name not in kept}))
    unsaid.keep(session, entity, waiting)
    unsaid.drop(session, entity, [entity_id for entity_id in written if entity_id not in waiting])
    made = _say(session, entity, said, actor=actor, at=at)
    try:
        write_rows(session, entity, list(written.values()))
    except IntegrityError as error:
        raise DomainError(DomainCode.DUPLICATE_ID, next(iter(written))) from error
    for entity_id in written:
        changes.note(session, entity, entity_id, origin=Origin.HERE)
    return Changed(tuple(written), made)


def vouch(
    session: Session, officer: Officer, *, at: datetime, after: tuple[str, str] = ("", ""), limit: int
) -> tuple[str, str] | None:
    """The officer answers for what stands in no operation yet, as far as he may write it: the next `limit` entities.

    They are said as what nobody has seen at the server: where another workstation has given another value, both are
    kept and an officer is shown the two. Returns the last that was looked at, to go on behind it; None at the end.
    """
    entities = [entity for entity, kind in KINDS.items() if may(officer.role, kind.right)]
    found = unsaid.next_ids(session, entities, after=after, limit=limit)
    said_now = 0
    for entity in dict.fromkeys(kind for kind, _ in found):
        ids = [entity_id for kind, entity_id in found if kind is entity]
        said = list(_vouched(session, officer, entity, ids, at=at))
        unsaid.drop(session, entity, [one.entity_id for one in said])
        _say(session, entity, [one for one in said if one.fields], actor=officer.nrp, at=at)
        for one in said:
            changes.note(session, entity, one.entity_id, origin=Origin.HERE)
        said_now += len(said)
    if said_now:
        custody.append(
            session,
            actor=officer.nrp,
            action=CustodyAction.VOUCHED,
            about="store",
            at=at,
            facts=VouchFacts(said_now),
        )
    return (found[-1][0].value, found[-1][1]) if found else None


def _vouched(
    session: Session, officer: Officer, entity: Entity, entity_ids: Sequence[str], *, at: datetime
) -> Iterator[Change]:
    known = entity_states.known_of(session, entity, entity_ids)
    for entity_id in entity_ids:
        before = known[entity_id]
        assert before.unsaid is not None, "it was found among them"
        changed = _differing(entity, before.unsaid.fields, before.said)
        needed = rights_needed(entity, changed, before.said)
        if before.unsaid.may_be_said(entity) and all(may(officer.role, action) for action in needed):
            said = personal.commit(
                session, entity, entity_id, changed, before=before.said, actor=officer.nrp, at=at
            )  # fmt: skip
            yield Change(entity_id, before.unsaid.base_revision, said)


def _with(value: Synchronised, given: Mapping[str, Json], names: AbstractSet[str]) -> Synchronised:
    """The value with what its operation says in these fields."""
    if all(getattr(value, name) == given[name] for name in names):
        return value
    # The kinds are dataclasses; a TypeVar cannot be bound to that.
    return replace(value, **{name: given[name] for name in names})  # type: ignore[type-var]


def _edited(entity: Entity, before: Mapping[str, Json], after: Mapping[str, Json]) -> EditFacts | None:
    """Both values of what an officer's later change of evidence has to show; no field that is about a person."""
    fields = [name for name in _BOTH_KEPT.get(entity, ()) if before.get(name) != after.get(name)]
    changes = (FieldChange(name, _said(before.get(name)), _said(after.get(name))) for name in fields)
    return EditFacts(tuple(changes)) if fields else None


def _said(value: Json) -> str:
    return "" if value is None else str(value)


def _differing(entity: Entity, given: Mapping[str, Json], before: Mapping[str, Json]) -> dict[str, Json]:
    """What an operation has to say so that an entity with those fields gets these."""
    absent = defaults_of(entity) if KINDS[entity].sparse else {}
    return {
        name: value
        for name, value in given.items()
        if (before[name] != value if name in before else name not in absent or absent[name] != value)
    }


def _check(entity: Entity, changed: Mapping[str, Json]) -> None:
    try:
        check_fields(KINDS[entity].shape, changed)
    except FieldRefused as refused:
        raise DomainError(DomainCode.FIELD_INVALID, refused.field) from refused


def _say(
    session: Session, entity: Entity, said: Sequence[Change], *, actor: str, at: datetime
) -> tuple[Operation, ...]:
    if not said:
        return ()
    identity, made_at = device(session), _dated(at)
    number, previous_hash = operation_rows.last(session, identity)
    made = []
    for one in said:
        number += 1
        operation = Operation(
            uuid7(made_at), identity, number, actor, made_at, entity, one.entity_id, one.base_revision, one.fields,
            SCHEMA_VERSION, previous_hash,
        )  # fmt: skip
        previous_hash = operation.hash
        made.append(signing.signed(session, operation))
    operation_rows.keep_all(session, made, own=True)
    return tuple(made)


def _dated(at: datetime) -> datetime:
    """Raises Fault(CLOCK_WRONG) for a time that no server and no other workstation takes."""
    try:
        return in_utc(at)
    except ValueError:
        raise Fault(FaultCode.CLOCK_WRONG, f"it shows the year {at.year}", retryable=False) from None


def date_again(session: Session) -> int:
    """Give what waits, and is dated as no server takes it, the nearest time that one does; how many operations that is.

    Earlier versions made such operations while the clock of the machine was wrong. They have never left it, and neither
    has what follows them, which carries their hashes: all of that is chained and signed anew.
    """
    waiting = operation_rows.read(session, and_(operation_rows.is_pending(), _table.c.device == device(session)))
    wrong = [one for one in waiting if plausible(one.made_at) != one.made_at]
    if not wrong:
        return 0
    changed = waiting[waiting.index(wrong[0]) :]
    previous_hash = changed[0].previous_hash
    for old in changed:
        unsigned = replace(old, made_at=plausible(old.made_at), previous_hash=previous_hash, signature="")
        operation_rows.put_again(session, signing.signed(session, unsigned))
        previous_hash = unsigned.hash
    return len(wrong)


def pending(session: Session, limit: int) -> tuple[Operation, ...]:
    """Own operations that the server has not acknowledged, in the order of their numbers."""
    return operation_rows.read(session, operation_rows.is_pending(), limit=limit)


def pending_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(_table).where(operation_rows.is_pending())) or 0


def acknowledge(session: Session, receipts: Iterable[Receipt]) -> None:
    """These are no longer pending; they are kept, for a server that is restored from a backup.

    One in quarantine is listed by `quarantined`, and from now on gives only what the confirmed state lacks: an entity
    that exists here alone stays in view, a changed field goes back to what all others see.
    """
    for receipt in receipts:
        found = session.execute(
            update(_table)
            .where(_table.c.id == str(receipt.operation_id))
            .values(acknowledged=True, quarantined_because=receipt.quarantined_because or None)
            .returning(_table.c.entity, _table.c.entity_id)
        ).first()
        if found is not None and receipt.quarantined_because:
            changes.note_without_effect(session, origin=Origin.SERVER)
            entity_states.show(session, Entity(found.entity), found.entity_id)


def resend_from(session: Session, number: int) -> None:
    """The server has lost this device's operations from `number` on: they are pending again.

    They are signed anew, for the key by which they were signed may be one of which the server knows nothing any more.
    What was made here under former identities is older, so it is offered again, too, and before them.
    """
    present = _table.c.device == device(session)
    lost = (present, _table.c.number >= number)
    session.execute(
        update(_table).where(*lost).values(acknowledged=False, quarantined_because=None, signature="")
    )  # fmt: skip
    session.execute(
        update(_table).where(_table.c.own, ~present).values(acknowledged=False, quarantined_because=None)
    )  # fmt: skip


def offer_unplaced(session: Session) -> bool:
    """What was acknowledged under this identity and has not been read in the order yet is pending again.

    Whether there is any.
    """
    unplaced = (
        _table.c.own,
        _table.c.device == device(session),
        _table.c.acknowledged,
        _table.c.server_sequence.is_(None),
        _table.c.quarantined_because.is_(None),
    )
    values = update(_table).where(*unplaced).values(acknowledged=False, signature="").returning(_table.c.id)
    return bool(session.scalars(values).all())


def quarantined(session: Session) -> tuple[tuple[Operation, str], ...]:
    """Own operations that have no effect at the server, and all that were taken out of effect, each with its reason.

    Oldest first.
    """
    found = session.execute(
        select(_table).where(_table.c.quarantined_because.is_not(None)).order_by(_table.c.position)
    ).mappings()
    return tuple((operation_rows.operation_of(row), row[_table.c.quarantined_because]) for row in found)


def history(session: Session, entity: Entity, entity_id: str) -> tuple[Operation, ...]:
    """Every operation on an entity that this workstation knows, in the order in which it came to know them."""
    return operation_rows.read(session, and_(_table.c.entity == entity.value, _table.c.entity_id == entity_id))


def _not_his(
    session: Session,
    entity: Entity,
    changed: Mapping[str, Json],
    before: entity_states.Known,
    officer: Officer | None,
) -> Mapping[str, Json]:
    """What of the changes was not said before and the actor may not say either: it goes on waiting.

    Raises DomainError for what he may not change, by the rules of the server. None: his account is not known here.
    """
    completed = completed_field(entity, changed, before.said)
    if completed is not None:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"{entity} {completed}")
    if officer is None:
        return {}
    old = before.unsaid.fields if before.unsaid is not None else {}
    kept = {}
    for name, value in changed.items():
        needed = rights_needed(entity, {name: value}, before.said)
        if name in old and old[name] == value and not all(may(officer.role, action) for action in needed):
            kept[name] = value
    asked = sorted(rights_needed(entity, _without(changed, kept), before.said))
    unit = unit_of_fields(session, entity, before.said or changed) if any(map(asks_for_unit, asked)) else ""
    for action in asked:
        demand(officer, action, unit=unit)
    return kept


def _without(changed: Mapping[str, Json], kept: Mapping[str, Json]) -> Mapping[str, Json]:
    return {name: value for name, value in changed.items() if name not in kept}
