"""Officers who may sign in at this workstation while the server is away, and the local accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer

_table = tables.officers
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB, two passes, one lane (OWASP password storage cheat sheet), as at the server."""

_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YmFzZTY0IG9mIG5vdGhpbmcgdGhhdCBldmVyIG1hdGNoZXM"
"""Checked for an unknown number, so that known and unknown ones take the same time."""

OFFLINE_FOR = timedelta(days=30)
"""How long an officer whom the server knows may sign in without it."""


class Origin(StrEnum):
    """Who vouches for the account."""

    LOCAL = "local"
    SERVER = "server"


def make_verifier(password: str) -> str:
    """What is kept instead of the password. Slow on purpose."""
    return _hasher.hash(password)


def has_any(session: Session) -> bool:
    return session.scalar(select(_table.c.nrp).limit(1)) is not None


def get(session: Session, nrp: str) -> Officer | None:
    row = session.execute(select(_table).where(_table.c.nrp == nrp)).mappings().first()
    return None if row is None else value_from_row(row, Officer, _table)


def put(session: Session, officer: Officer, verifier: str, *, origin: Origin, at: datetime) -> None:
    """Keeps an account, over an earlier one of that number: after it was made here, or the server has let it in."""
    columns = {
        "name": officer.name,
        "role": officer.role.value,
        "rank": officer.rank,
        "verifier": verifier,
        "origin": origin.value,
        "verified_at": at,
    }
    statement = insert(_table).values(nrp=officer.nrp, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["nrp"], set_=columns))


def check(session: Session, nrp: str, password: str, *, now: datetime, valid_for: timedelta = OFFLINE_FOR) -> Officer:
    """The officer with that number and password. Slow on purpose.

    Raises Fault(SIGN_IN_REFUSED), and SIGN_IN_EXPIRED where the server has to be asked again.
    """
    row = session.execute(select(_table).where(_table.c.nrp == nrp)).mappings().first()
    right = _verify(_NOBODY if row is None else row[_table.c.verifier], password)
    if row is None or not right:
        raise Fault(FaultCode.SIGN_IN_REFUSED, retryable=False)
    if row[_table.c.origin] == Origin.SERVER.value and now - row[_table.c.verified_at] > valid_for:
        raise Fault(FaultCode.SIGN_IN_EXPIRED, retryable=False)
    return value_from_row(row, Officer, _table)


def _verify(verifier: str, password: str) -> bool:
    try:
        return _hasher.verify(verifier, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
