"""Officers, their roles, and what each role may do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError


class Role(StrEnum):
    OPERATOR = "operator"
    DUTY_OFFICER = "perwira"
    INVESTIGATOR = "penyidik"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    HEAD = "kepala"
    """Supervisor and admin in one: whoever runs a station alone (ADR 0014)."""
    AUDITOR = "auditor"
    """Reads everything and changes nothing."""


class Action(StrEnum):
    """What is checked before it is done."""

    VIEW = "view"
    TAG = "tag"
    HANDLE_INCIDENTS = "handle_incidents"
    """Report, acknowledge, remark, close."""
    ARRANGE_WALLS = "arrange_walls"
    QUARANTINE = "quarantine"
    LIFT_QUARANTINE = "lift_quarantine"
    CHANGE_STANDING = "change_standing"
    """Put a camera out of use and into use again: planned outage, retirement."""
    ACCEPT_VIEW = "accept_view"
    """Say that a camera looks where it is to look."""
    EXPORT_EVIDENCE = "export_evidence"
    EDIT_CASE = "edit_case"
    IMPORT_CAMERAS = "import_cameras"
    MANAGE_OFFICERS = "manage_officers"
    READ_CUSTODY = "read_custody"
    RESOLVE_CONFLICT = "resolve_conflict"
    READ_OVERSIGHT = "read_oversight"
    """Who watched which camera. Not for those whose officers they are, or who could change an account."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who can be on duty. `nrp` is the service number, 8 or 9 digits; `rank` as people write it (Aipda)."""

    nrp: str
    name: str
    role: Role
    rank: str = ""


_LONGEST_NAME: Final = 120
"""Characters."""

_WATCH = {Action.VIEW, Action.TAG, Action.HANDLE_INCIDENTS, Action.ARRANGE_WALLS}
_KEEP_CAMERAS = {Action.QUARANTINE, Action.CHANGE_STANDING, Action.ACCEPT_VIEW}
_MAY: Mapping[Role, AbstractSet[Action]] = {
    Role.OPERATOR: _WATCH | {Action.QUARANTINE, Action.ACCEPT_VIEW},
    Role.DUTY_OFFICER: _WATCH | _KEEP_CAMERAS | {Action.READ_CUSTODY, Action.RESOLVE_CONFLICT},
    Role.INVESTIGATOR: _WATCH
    | {Action.EDIT_CASE, Action.EXPORT_EVIDENCE, Action.READ_CUSTODY, Action.RESOLVE_CONFLICT},
    Role.SUPERVISOR: set(Action) - {Action.IMPORT_CAMERAS, Action.MANAGE_OFFICERS, Action.READ_OVERSIGHT},
    Role.ADMIN: _WATCH | _KEEP_CAMERAS | {Action.IMPORT_CAMERAS, Action.MANAGE_OFFICERS, Action.READ_CUSTODY},
    Role.HEAD: set(Action),
    Role.AUDITOR: {Action.VIEW, Action.ARRANGE_WALLS, Action.READ_CUSTODY, Action.READ_OVERSIGHT},
}


SYSTEM_ACCOUNT: Final = "os:"
"""How the service number of an account of the operating system begins: it is known on its own computer only."""


def is_system_account(nrp: str) -> bool:
    """Whether a change under that number has nobody behind it whom the server could know."""
    return nrp.startswith(SYSTEM_ACCOUNT)


def may(role: Role, action: Action) -> bool:
    """Whether a role allows an action."""
    return action in _MAY[role]


def demand(officer: Officer, action: Action) -> None:
    """Raises DomainError(NOT_ALLOWED) if the officer's role does not carry the action."""
    if not may(officer.role, action):
        raise DomainError(DomainCode.NOT_ALLOWED, f"{officer.role}: {action}")


def check_nrp(text: str) -> str:
    """The service number without spaces. Raises DomainError(FIELD_INVALID) unless it has 8 or 9 digits."""
    nrp = "".join(text.split())
    if re.fullmatch(r"[0-9]{8,9}", nrp) is None:
        raise DomainError(DomainCode.FIELD_INVALID, "nrp")
    return nrp


def check_name(text: str) -> str:
    """A name with single spaces. Raises DomainError(FIELD_MISSING, FIELD_INVALID)."""
    name = " ".join(text.split())
    if not name:
        raise DomainError(DomainCode.FIELD_MISSING, "name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "name")
    return name
