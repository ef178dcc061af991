"""What a transaction changes: noted where it is written, taken by the store's writer once it is committed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from tmcwall.domain.changes import ChangeNotice, Origin
from tmcwall.domain.operation import Entity

_NOTED: Final = "changes"
"""In `Session.info`, which lives as long as the unit of work."""


@dataclass(slots=True)
class _Noted:
    origins: set[Origin] = field(default_factory=set)
    changed: set[tuple[Entity, str]] = field(default_factory=set)
    conflicts: bool = False
    without_effect: bool = False


def note(session: Session, entity: Entity, entity_id: str, *, origin: Origin) -> None:
    """An entity looks otherwise than before, or has an operation that is to be pushed."""
    noted = _noted(session, origin)
    noted.changed.add((entity, entity_id))


def note_conflicts(session: Session, *, origin: Origin) -> None:
    """A conflict was noticed or settled."""
    _noted(session, origin).conflicts = True


def note_without_effect(session: Session, *, origin: Origin) -> None:
    """An operation was put into quarantine, or came out of it."""
    _noted(session, origin).without_effect = True


def take_notice(session: Session) -> ChangeNotice | None:
    """What was noted since the last time; None where nothing was."""
    noted = session.info.pop(_NOTED, None)
    if not isinstance(noted, _Noted):
        return None
    origin = Origin.HERE if Origin.HERE in noted.origins else Origin.SERVER
    return ChangeNotice(origin, frozenset(noted.changed), noted.conflicts, noted.without_effect)


def _noted(session: Session, origin: Origin) -> _Noted:
    noted = session.info.setdefault(_NOTED, _Noted())
    assert isinstance(noted, _Noted), "nobody else keeps anything under this key"
    noted.origins.add(origin)
    return noted
