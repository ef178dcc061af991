"""The rule of passwords with the list of those that many people have."""

from __future__ import annotations

from functools import cache

from tmcwall.domain.password import check_password
from tmcwall.resources import resource


def check_new_password(password: str, *, nrp: str, name: str = "") -> None:
    """That an officer may choose that password. Raises DomainError(PASSWORD_WEAK)."""
    check_password(password, nrp=nrp, name=name, common=_common())


@cache
def _common() -> frozenset[str]:
    return frozenset(resource("passwords.txt").read_text(encoding="utf-8").split("\n"))
