"""Who may do what at the server. Asked once in every route, after the object is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tmcwall.domain.officer import Action, Officer, may

OPERATOR_PAGE: Final = "@ops"
"""For which workstation the operator page in a browser is signed in: none, and no workstation can have that name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token a request carries, and for which workstation it was given."""

    officer: Officer
    device: str
    token_hash: str


def can(officer: Officer, action: Action) -> bool:
    """One agency, so one rule for all its objects: the role decides (`domain.officer`)."""
    return may(officer.role, action)
