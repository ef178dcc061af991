"""Officers: who they are and what their role lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    OPERATOR = "operator"
    DUTY_OFFICER = "perwira"
    INVESTIGATOR = "penyidik"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    """Reads everything and changes nothing."""


class Action(StrEnum):
    """What is checked against a role."""

    TAG = "tag"
    HANDLE_INCIDENTS = "handle_incidents"
    ARRANGE_WALLS = "arrange_walls"


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who can be on duty. `nrp` is the service number, 8 or 9 digits."""

    nrp: str
    name: str
    role: Role
    rank: str = ""


def may(role: Role, action: Action) -> bool:
    """Whether a role allows an action."""
    return role is not Role.AUDITOR or action is Action.ARRANGE_WALLS
