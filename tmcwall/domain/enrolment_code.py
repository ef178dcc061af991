"""One-time codes by which a device is enrolled: read out by telephone, typed once."""

from __future__ import annotations

import secrets
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError

ALPHABET: Final = "234679ACDEFGHJKMNPQRTVWXY"
"""Without what looks like another: 0 O, 1 I L, 5 S, 8 B, 2 Z, U V."""
LENGTH: Final = 20
"""25 ** 20: 92 bits."""
_GROUP: Final = 4


def new_code() -> str:
    """As it is said: `K7QD-2MRT-9XWC-ADFG-3467`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[place : place + _GROUP] for place in range(0, LENGTH, _GROUP))


def plain_code(typed: str) -> str:
    """The code without what stands between its groups, in capitals. Raises DomainError(ENROLMENT_CODE)."""
    code = "".join(sign for sign in typed.upper() if not (sign.isspace() or sign in "-–—."))
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise DomainError(DomainCode.ENROLMENT_CODE)
    return code
