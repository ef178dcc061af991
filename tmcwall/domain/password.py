"""The rule that every officer's password keeps, here and at the server, and one-time passwords for admins to give."""

from __future__ import annotations

import secrets
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError

SHORTEST_PASSWORD: Final = 12
"""Characters."""
LONGEST_PASSWORD: Final = 256
_DIFFERENT: Final = 4
_OWN_SIGNS: Final = 6
"""Characters that must be left when what everybody would guess is taken away."""
_GUESSED: Final = (
    "tmcwall", "cctv", "polrestabes", "polresta", "polres", "polsek", "polda", "polri", "polisi", "police",
    "indonesia", "rahasia", "password", "katasandi", "sandi", "admin", "operator",
)  # fmt: skip
"""The longer ones first."""
_SERVICE_NUMBER: Final = 8
"""Shorter numbers are accounts of a server: any word may hold them by chance."""

_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Read out or copied by hand, none of these is taken for another."""


def check_password(password: str, *, nrp: str, name: str = "", common: AbstractSet[str] = frozenset()) -> None:
    """Raises DomainError(PASSWORD_WEAK). No rules of composition (OWASP ASVS 6.2).

    `common` are passwords, in small letters, that many people have; `name` is the officer's.
    """
    length_fits = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    folded, number = password.casefold(), nrp.casefold()
    has_number = folded == number or (len(number) >= _SERVICE_NUMBER and number in folded)
    weak = not length_fits or len(set(password)) < _DIFFERENT or has_number
    if weak or _is_guessed(folded, number, name.casefold(), common):
        raise DomainError(DomainCode.PASSWORD_WEAK)


def _is_guessed(password: str, number: str, name: str, common: AbstractSet[str]) -> bool:
    """Common as it stands, with digits and signs around it, or repeated; in a row; or hardly more than known words."""
    core = password.strip("0123456789 .,:;!?*#@$%&_-+=/()")
    if {password, core, _period(password), _period(core)} & common or _is_row(password):
        return True
    left = password
    for word in (*sorted(name.split(), key=len, reverse=True), number, *_GUESSED):
        left = left.replace(word, "") if len(word) > 2 else left
    return left != password and len(left.strip("0123456789 .,:;!?*#@$%&_-+=/()")) < _OWN_SIGNS


def _period(text: str) -> str:
    """The shortest text whose repetition this is."""
    return text[: (text + text).find(text, 1)] if text else text


def _is_row(text: str) -> bool:
    """Such as `abcdefghijkl` and `987654321098`."""
    steps = {(ord(after) - ord(before)) % 10 if (before + after).isdigit() else ord(after) - ord(before)
             for before, after in pairwise(text)}  # fmt: skip
    return steps in ({1}, {-1}, {9})


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
