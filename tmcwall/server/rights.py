"""Who may do what at the server. Asked once in every route, after the object is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tmcwall.domain.officer import Action, Officer, may
from tmcwall.domain.operation import Entity

CHANGES: Mapping[Entity, Action] = {
    Entity.CASE: Action.TAG,
    Entity.BOOKMARK: Action.TAG,
    Entity.CLIP: Action.TAG,
    Entity.INCIDENT: Action.HANDLE_INCIDENTS,
    Entity.INCIDENT_NOTE: Action.HANDLE_INCIDENTS,
}
"""What an officer must be allowed for an operation on that kind of entity."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token a request carries, and for which workstation it was given."""

    officer: Officer
    device: str
    token_hash: str


def can(officer: Officer, action: Action) -> bool:
    """One agency, so one rule for all its objects: the role decides (`domain.officer`)."""
    return may(officer.role, action)
