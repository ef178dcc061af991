"""Which cameras' logins all workstations share, which version of them came here, and what is to be shared from here.

The logins themselves are in the vault, never in the store. What waits here for its camera is sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import facts, tables
from tmcwall.domain.operation import Json

_shared = tables.shared_logins
_wishes = tables.login_wishes
_PLACE: Final = "shared_logins_read"
_EPOCH: Final = "camera_logins_epoch"
"""How far this workstation has read what the server keeps for it."""
_IN_A_QUERY: Final = 500


class Wish(StrEnum):
    """What is to be done with a login as soon as somebody who may is signed in at the server."""

    SHARE = "share"
    SHARE_AGAIN = "share_again"
    """It was changed here since it was shared."""
    RESTORE = "restore"
    """The server was put back and may have lost it."""
    END = "end"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known here of one camera's shared login."""

    camera_id: str
    version: int
    mark: str
    """Says, for who has this device's key only, whether the login in the vault is still the one that was shared."""
    shared_here: bool
    ended: bool
    """It was taken back; the login stays in the vault."""
    waiting: Mapping[str, Json] | None
    """Sealed, as it came: its camera has another address, or has not come yet."""


def position(session: Session) -> tuple[int, str]:
    """Up to where the server's logins were read, and of which epoch of its order."""
    place, epoch = facts.get(session, _PLACE), facts.get(session, _EPOCH)
    return place if isinstance(place, int) else 0, epoch if isinstance(epoch, str) else ""


def put_position(session: Session, place: int, epoch: str) -> None:
    facts.put(session, _PLACE, place)
    facts.put(session, _EPOCH, epoch)


def known(session: Session, camera_ids: Collection[str] | None = None) -> Mapping[str, Known]:
    """By camera; of all where none are named."""
    if camera_ids is None:
        return {row.camera_id: _known(row) for row in session.execute(select(_shared))}
    found: dict[str, Known] = {}
    for portion in _portions(camera_ids):
        wanted = select(_shared).where(_shared.c.camera_id.in_(portion))
        found |= {row.camera_id: _known(row) for row in session.execute(wanted)}
    return found


def keep(session: Session, entries: Collection[Known]) -> None:
    """In the place of what was known of these cameras."""
    for entry in entries:
        values = {
            "version": entry.version,
            "mark": entry.mark,
            "shared_here": entry.shared_here,
            "ended": entry.ended,
            "waiting": None if entry.waiting is None else dict(entry.waiting),
        }
        statement = insert(_shared).values(camera_id=entry.camera_id, **values)
        session.execute(statement.on_conflict_do_update(index_elements=["camera_id"], set_=values))


def end(session: Session, camera_ids: Collection[str]) -> None:
    """They are shared no more."""
    for portion in _portions(camera_ids):
        session.execute(update(_shared).where(_shared.c.camera_id.in_(portion)).values(ended=True, waiting=None))


def wish(session: Session, camera_ids: Collection[str], wanted: Wish, *, by: str, at: datetime) -> None:
    """The last wish about a camera counts."""
    for camera_id in camera_ids:
        values = {"wish": wanted.value, "wished_by": by, "wished_at": at}
        statement = insert(_wishes).values(camera_id=camera_id, **values)
        session.execute(statement.on_conflict_do_update(index_elements=["camera_id"], set_=values))


def wish_again_if_shared(session: Session, camera_ids: Collection[str], wanted: Wish, *, by: str, at: datetime) -> None:
    """For those of them that are shared: their logins were changed, or removed, here."""
    live = [camera_id for camera_id, entry in known(session, camera_ids).items() if not entry.ended]
    wish(session, live, wanted, by=by, at=at)


def begin_again(session: Session, *, at: datetime) -> None:
    """The server was put back: everything is read from its first, and what was shared from here is offered again."""
    offered = [entry.camera_id for entry in known(session).values() if entry.shared_here and not entry.ended]
    open_wishes = wishes(session)
    wish(session, [one for one in offered if one not in open_wishes], Wish.RESTORE, by="", at=at)
    put_position(session, 0, "")


def wishes(session: Session) -> Mapping[str, Wish]:
    """By camera."""
    return {row.camera_id: Wish(row.wish) for row in session.execute(select(_wishes))}


def drop_wishes(session: Session, camera_ids: Collection[str]) -> None:
    for portion in _portions(camera_ids):
        session.execute(delete(_wishes).where(_wishes.c.camera_id.in_(portion)))


def _portions(camera_ids: Collection[str]) -> Sequence[Sequence[str]]:
    listed = list(camera_ids)
    return [listed[start : start + _IN_A_QUERY] for start in range(0, len(listed), _IN_A_QUERY)]


def _known(row: Row[Any]) -> Known:  # Any: of a table
    return Known(row.camera_id, row.version, row.mark, row.shared_here, row.ended, row.waiting)
