"""The server's state at a place in its order, taken over in the place of all operations before it.

It comes page by page, each in a transaction of its own with how far it has come: after a crash it goes on there. The
cursor stays at the beginning until the last page is in, so operations are not pulled before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tmcwall.db import conflicts, custody, entity_states, facts, tables
from tmcwall.db.server_order import SNAPSHOT_UNDER_WAY, go_to, keep_unread, withdraw
from tmcwall.domain.custody import CustodyAction, SnapshotFacts
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.server_state import SnapshotProgress, TakenEntity, UnreadOperation, WithdrawnOperation

_table = tables.operations

_HEADS: Final = "snapshot_heads"
_SERVER: Final = "server"
_IN_A_QUERY: Final = 500


def begin(session: Session, snapshot: SnapshotProgress, *, heads: dict[str, Json]) -> None:
    """`heads`: per device the number and hash of its newest operation that the server vouches for with this state."""
    facts.put(session, _HEADS, heads)
    _note(session, snapshot)


def take(
    session: Session,
    snapshot: SnapshotProgress,
    entities: Sequence[TakenEntity],
    *,
    unread: Sequence[UnreadOperation],
    at: datetime,
) -> None:
    """A page, after which the snapshot has come as far as it says. Its values have passed `check_fields`."""
    entity_states.keep_all(session, [(one.entity, one.entity_id, one.state) for one in entities])
    for entity in dict.fromkeys(one.entity for one in entities):
        agreed = {one.entity_id: one.state for one in entities if one.entity is entity}
        entity_states.show_all(session, entity, list(agreed), agreed=agreed, checked=True)
    conflicts.keep(session, [conflict for one in entities for conflict in one.conflicts], at=at)
    keep_unread(session, unread, at=at)
    _note(session, snapshot)


def finish(
    session: Session,
    snapshot: SnapshotProgress,
    *,
    withdrawn: Sequence[WithdrawnOperation] = (),
    unread: Sequence[UnreadOperation] = (),
    at: datetime,
) -> None:
    """All of it is in: from here on operations are pulled. Own ones that the server had then are part of it.

    While it came they lay on top of it, for they had no place; what they touch is shown as the server has it. Those
    that were acknowledged since, for a snapshot may be interrupted, have their places behind it and follow.

    `withdrawn` is all that was ever taken out of effect up to there: a workstation that had read a part of the order
    shows what it has not heard of.
    """
    touched: defaultdict[Entity, dict[str, None]] = defaultdict(dict)
    for identity, number in _had(session).items():
        rows = session.execute(
            update(_table)
            .where(
                _table.c.own,
                _table.c.device == identity,
                _table.c.number <= number,
                _table.c.server_sequence.is_(None),
                _table.c.quarantined_because.is_(None),
            )
            .values(acknowledged=True, server_sequence=snapshot.place)
            .returning(_table.c.entity, _table.c.entity_id)
        )
        for row in rows:
            touched[Entity(row.entity)][row.entity_id] = None
    for entity, entity_ids in touched.items():
        entity_states.show_all(session, entity, list(entity_ids))
    _take_out(session, withdrawn, at=at)
    keep_unread(session, unread, at=at)
    go_to(session, snapshot.place, snapshot.epoch, known=(snapshot.known_sequence, snapshot.known_hash))
    custody.append(
        session,
        actor=_SERVER,
        action=CustodyAction.SNAPSHOT_TAKEN,
        about="store",
        at=at,
        facts=SnapshotFacts(snapshot.place, str(snapshot.epoch), snapshot.taken),
    )


def _take_out(session: Session, withdrawn: Sequence[WithdrawnOperation], *, at: datetime) -> None:
    """What is here and in effect. What others made and is not among these has its effect again, in a new order."""
    out = {str(one.operation_id): one for one in withdrawn}
    for operation_id in session.scalars(
        select(_table.c.id).where(_table.c.quarantined_because.is_not(None), ~_table.c.own)
    ).all():
        if operation_id not in out:
            session.execute(update(_table).where(_table.c.id == operation_id).values(quarantined_because=None))
    ids = list(out)
    for start in range(0, len(ids), _IN_A_QUERY):
        here = select(_table.c.id).where(
            _table.c.id.in_(ids[start : start + _IN_A_QUERY]), _table.c.quarantined_because.is_(None)
        )
        for operation_id in session.scalars(here.order_by(_table.c.position)).all():
            withdraw(session, out[operation_id], at=at)


def _had(session: Session) -> dict[str, int]:
    """Of each identity of this workstation: the newest number that the state holds."""
    heads = facts.get(session, _HEADS)
    identities = session.scalars(select(_table.c.device).where(_table.c.own).distinct())
    found = {}
    for identity in identities:
        match heads.get(identity) if isinstance(heads, dict) else None:
            case [int() as number, str()]:
                found[identity] = number
    return found


def _note(session: Session, snapshot: SnapshotProgress) -> None:
    where: list[Json] = [snapshot.place, str(snapshot.epoch), snapshot.known_sequence, snapshot.known_hash]
    facts.put(session, SNAPSHOT_UNDER_WAY, [*where, snapshot.total, snapshot.taken, *snapshot.after])
