"""The rule that every officer's password keeps, here and at the server, and one-time passwords for admins to give."""

from __future__ import annotations

import secrets
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError

SHORTEST_PASSWORD: Final = 12
"""Characters."""
LONGEST_PASSWORD: Final = 256
_DIFFERENT: Final = 4
_SERVICE_NUMBER: Final = 8
"""Shorter numbers are accounts of a server: any word may hold them by chance."""

_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Read out or copied by hand, none of these is taken for another."""


def check_password(password: str, *, nrp: str) -> None:
    """Raises DomainError(PASSWORD_WEAK). No rules of composition (OWASP ASVS 6.2)."""
    length_fits = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    folded, number = password.casefold(), nrp.casefold()
    has_number = folded == number or (len(number) >= _SERVICE_NUMBER and number in folded)
    if not length_fits or len(set(password)) < _DIFFERENT or has_number:
        raise DomainError(DomainCode.PASSWORD_WEAK)


def check_changed(before: str, after: str) -> None:
    """Raises DomainError(PASSWORD_UNCHANGED)."""
    if before == after:
        raise DomainError(DomainCode.PASSWORD_UNCHANGED)


def one_time_password() -> str:
    """A new one in three groups, such as `k7mf-2qhd-x9pt`: 59 random bits."""
    while True:
        groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
        password = "-".join(groups)
        if len(set(password)) > _DIFFERENT:
            return password
