"""Officers, their roles, and what each role may do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
    RELEASE_HOLD = "release_hold"
    """Let go of footage of a case, or take it out of its case."""
    IMPORT_CAMERAS = "import_cameras"
    MANAGE_OFFICERS = "manage_officers"
    READ_CUSTODY = "read_custody"
    RESOLVE_CONFLICT = "resolve_conflict"
    READ_REPORTER = "read_reporter"
    """Who has reported an incident, and by which telephone."""
    SHARE_LAYOUTS = "share_layouts"
    """Give a layout to all workstations, change it for all, take it back from all."""
    SEND_TO_WALLS = "send_to_walls"
    """Have the walls of another workstation show something, and take that back."""
    ANSWER_WALL_ORDERS = "answer_wall_orders"
    """Say what became of what was sent to the walls here."""
    KEEP_CONTACTS = "keep_contacts"
    """Write the directory of who is called in a neighbourhood."""
    READ_CONTACTS = "read_contacts"
    """Names and telephones of that directory."""
    PLAN_COVERAGE = "plan_coverage"
    """See what no camera sees: a guide for whoever plans cameras, and for criminals."""
    READ_OVERSIGHT = "read_oversight"
    """Who watched which camera. Not for those whose officers they are, or who could change an account."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who can be on duty. `nrp` is the service number, 8 or 9 digits; `rank` as people write it (Aipda)."""

    nrp: str
    name: str
    role: Role
    rank: str = ""
    units: tuple[str, ...] = ()
    """The units (satuan: Lantas, Reskrim) that the officer works for."""


_LONGEST_NAME: Final = 120
"""Characters."""
LONGEST_UNIT: Final = 64
"""Characters."""
MOST_UNITS: Final = 16
"""Of one officer."""

_WATCH = {
    Action.VIEW,
    Action.TAG,
    Action.HANDLE_INCIDENTS,
    Action.ARRANGE_WALLS,
    Action.ANSWER_WALL_ORDERS,
    Action.READ_CONTACTS,
}
_KEEP_CAMERAS = {Action.QUARANTINE, Action.CHANGE_STANDING, Action.ACCEPT_VIEW}
_KEEP_FOR_ALL = {Action.SHARE_LAYOUTS, Action.KEEP_CONTACTS}
_MAY: Mapping[Role, AbstractSet[Action]] = {
    Role.OPERATOR: _WATCH | {Action.QUARANTINE, Action.ACCEPT_VIEW},
    Role.DUTY_OFFICER: _WATCH
    | _KEEP_CAMERAS
    | _KEEP_FOR_ALL
    | {Action.SEND_TO_WALLS, Action.READ_CUSTODY, Action.RESOLVE_CONFLICT, Action.PLAN_COVERAGE},
    Role.INVESTIGATOR: _WATCH
    | {Action.EDIT_CASE, Action.EXPORT_EVIDENCE, Action.READ_CUSTODY, Action.RESOLVE_CONFLICT, Action.READ_REPORTER},
    Role.SUPERVISOR: set(Action) - {Action.IMPORT_CAMERAS, Action.MANAGE_OFFICERS, Action.READ_OVERSIGHT},
    Role.ADMIN: _WATCH
    | _KEEP_CAMERAS
    | _KEEP_FOR_ALL
    | {Action.IMPORT_CAMERAS, Action.MANAGE_OFFICERS, Action.READ_CUSTODY},
    Role.HEAD: set(Action),
    Role.AUDITOR: {Action.VIEW, Action.ARRANGE_WALLS, Action.READ_CUSTODY, Action.READ_OVERSIGHT},
}


SYSTEM_ACCOUNT: Final = "os:"
"""How the service number of an account of the operating system begins: it is known on its own computer only."""


def is_system_account(nrp: str) -> bool:
    """Whether a change under that number has nobody behind it whom the server could know."""
    return nrp.startswith(SYSTEM_ACCOUNT)


_OF_UNIT = {
    Action.VIEW, Action.EDIT_CASE, Action.RELEASE_HOLD, Action.EXPORT_EVIDENCE, Action.RESOLVE_CONFLICT,
    Action.READ_REPORTER,
}  # fmt: skip
"""What is asked of the unit, too. Not TAG: who is told a report number by telephone may keep footage for it."""
_OF_ALL_UNITS = {Role.SUPERVISOR, Role.HEAD, Role.AUDITOR}


def asks_for_unit(action: Action) -> bool:
    """Whether an action depends on whose something is."""
    return action in _OF_UNIT


def may(role: Role, action: Action) -> bool:
    """Whether a role allows an action, whatever it is done to."""
    return action in _MAY[role]


def may_less(role: Role, *, than: Role) -> bool:
    """Whether a role allows nothing that the other does not, sees no units that the other does not, and is another."""
    sees_no_more = role not in _OF_ALL_UNITS or than in _OF_ALL_UNITS
    return role is not than and _MAY[role] <= _MAY[than] and sees_no_more


def can(officer: Officer, action: Action, *, unit: str = "") -> bool:
    """Whether the officer may do that to something of that unit; empty: it belongs to all.

    The one rule of server and workstation, asked when the object is there.
    """
    if not may(officer.role, action):
        return False
    if not unit or action not in _OF_UNIT or officer.role in _OF_ALL_UNITS:
        return True
    return unit.casefold() in {own.casefold() for own in officer.units}


def demand(officer: Officer, action: Action, *, unit: str = "") -> None:
    """Raises DomainError(NOT_ALLOWED) unless the officer `can`."""
    if not can(officer, action, unit=unit):
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


def check_units(texts: Iterable[str]) -> tuple[str, ...]:
    """Units with single spaces, each once, by name. Raises DomainError(FIELD_INVALID)."""
    units = {unit.casefold(): unit for unit in (" ".join(text.split()) for text in texts) if unit}
    if len(units) > MOST_UNITS or any(len(unit) > LONGEST_UNIT or not unit.isprintable() for unit in units.values()):
        raise DomainError(DomainCode.FIELD_INVALID, "unit")
    return tuple(units[key] for key in sorted(units))
