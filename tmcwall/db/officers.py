"""The accounts of this workstation: those made here, and those of officers whom the server has let in here."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import custody, facts, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.custody import CustodyAction, Facts, RoleFacts
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account, Origin, Roster

_table = tables.officers
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB, two passes, one lane (OWASP password storage cheat sheet), as at the server."""

_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YmFzZTY0IG9mIG5vdGhpbmcgdGhhdCBldmVyIG1hdGNoZXM"
"""Checked for an unknown number, so that known and unknown ones take the same time."""

_DELEGATION: Final = "delegation/"
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

OFFLINE_FOR = timedelta(days=30)
"""How long an officer whom the server knows may sign in without it."""

SERVER: Final = "server"
"""Who acts in custody rows that the server has caused."""


def make_verifier(password: str) -> str:
    """What is kept instead of the password. Slow on purpose."""
    return _hasher.hash(password)


def has_any(session: Session) -> bool:
    return session.scalar(select(_table.c.nrp).limit(1)) is not None


def accounts(session: Session) -> tuple[Account, ...]:
    """All of them by name, the disabled ones, too."""
    found = session.execute(select(_table).order_by(_table.c.name, _table.c.nrp)).mappings()
    return tuple(_account(row) for row in found)


def account(session: Session, nrp: str) -> Account | None:
    row = _row_of(session, nrp)
    return None if row is None else _account(row)


def get(session: Session, nrp: str) -> Officer | None:
    found = account(session, nrp)
    return None if found is None else found.officer


def put(
    session: Session, officer: Officer, verifier: str, *, origin: Origin, at: datetime, password_due: bool = False
) -> None:
    """Keeps an account, over an earlier one of that number: after it was made here, or the server has let it in."""
    columns = {
        "name": officer.name,
        "role": officer.role.value,
        "rank": officer.rank,
        "units": list(officer.units),
        "verifier": verifier,
        "origin": origin.value,
        "verified_at": at,
        "disabled_at": None,
        "password_due": password_due,
    }
    statement = insert(_table).values(nrp=officer.nrp, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["nrp"], set_=columns))


def put_without_password(session: Session, officer: Officer) -> None:
    """The server has let the officer in here by something else: only a password that it has confirmed opens offline."""
    row = _row_of(session, officer.nrp)
    of_server = row is not None and row[_table.c.origin] == Origin.SERVER.value
    verifier = row[_table.c.verifier] if row is not None and of_server else _NOBODY
    confirmed_at = row[_table.c.verified_at] if row is not None and of_server else _NEVER
    put(session, officer, verifier, origin=Origin.SERVER, at=confirmed_at)


def keep_delegation(session: Session, nrp: str, delegation: str) -> None:
    """What the server gave when the officer signed in here (`sync.account.Session`)."""
    facts.put(session, f"{_DELEGATION}{nrp}", delegation)


def delegations(session: Session, nrps: AbstractSet[str]) -> dict[str, str]:
    """By NRP, of those of these officers who have one."""
    found = {nrp: facts.get(session, f"{_DELEGATION}{nrp}") for nrp in nrps}
    return {nrp: delegation for nrp, delegation in found.items() if isinstance(delegation, str)}


def check(session: Session, nrp: str, password: str, *, now: datetime, valid_for: timedelta = OFFLINE_FOR) -> Officer:
    """The officer with that number and password. Slow on purpose.

    Raises Fault: SIGN_IN_REFUSED; to who has the right password also ACCOUNT_DISABLED, and SIGN_IN_EXPIRED where the
    server has to be asked again.
    """
    row = _row_of(session, nrp)
    right = _verify(_NOBODY if row is None else row[_table.c.verifier], password)
    if row is None or not right:
        raise Fault(FaultCode.SIGN_IN_REFUSED, retryable=False)
    if row[_table.c.disabled_at] is not None:
        raise Fault(FaultCode.ACCOUNT_DISABLED, retryable=False)
    if row[_table.c.origin] == Origin.SERVER.value and now - row[_table.c.verified_at] > valid_for:
        raise Fault(FaultCode.SIGN_IN_EXPIRED, retryable=False)
    return value_from_row(row, Officer, _table)


def add_first(session: Session, officer: Officer, verifier: str, *, at: datetime) -> None:
    """The officer has made it. Raises DomainError: NOT_ALLOWED if there is any account, LAST_ADMIN if none manages."""
    if has_any(session):
        raise DomainError(DomainCode.NOT_ALLOWED, "first account")
    made = Roster(()).add(officer)
    put(session, officer, verifier, origin=made.origin, at=at)
    facts = RoleFacts(None, officer.role)
    _record(session, officer.nrp, CustodyAction.ACCOUNT_ADDED, by=officer.nrp, at=at, facts=facts)


def add(session: Session, officer: Officer, verifier: str, *, by: str, at: datetime) -> None:
    """A new account with a one-time password. Raises what `Roster.add` does."""
    made = Roster(accounts(session)).add(officer)
    put(session, officer, verifier, origin=made.origin, at=at, password_due=made.password_due)
    _record(session, officer.nrp, CustodyAction.ACCOUNT_ADDED, by=by, at=at, facts=RoleFacts(None, officer.role))


def put_role(session: Session, nrp: str, role: Role, *, by: str, at: datetime) -> None:
    """Raises what `Roster.with_role` does."""
    roster = Roster(accounts(session))
    after = roster.with_role(nrp, role, by=by)
    facts = RoleFacts(roster.account(nrp).officer.role, role)
    if _change(session, after):
        _record(session, nrp, CustodyAction.ROLE_CHANGED, by=by, at=at, facts=facts)


def disable(session: Session, nrp: str, *, by: str, at: datetime) -> None:
    """Nobody signs in with the account from now on. Raises what `Roster.disabled` does."""
    after = Roster(accounts(session)).disabled(nrp, by=by, at=at)
    if _change(session, after):
        _record(session, nrp, CustodyAction.ACCOUNT_DISABLED, by=by, at=at)


def enable(session: Session, nrp: str, *, by: str, at: datetime) -> None:
    """Raises what `Roster.enabled` does."""
    if _change(session, Roster(accounts(session)).enabled(nrp, by=by)):
        _record(session, nrp, CustodyAction.ACCOUNT_ENABLED, by=by, at=at)


def reset_password(session: Session, nrp: str, verifier: str, *, by: str, at: datetime) -> None:
    """`verifier` is of a one-time password. Raises what `Roster.with_password_reset` does."""
    _change(session, Roster(accounts(session)).with_password_reset(nrp, by=by))
    _put_verifier(session, nrp, verifier, at=at)
    _record(session, nrp, CustodyAction.PASSWORD_RESET, by=by, at=at)


def change_password(session: Session, nrp: str, verifier: str, *, at: datetime) -> None:
    """The officer's own choice. Raises what `Roster.with_own_password` does."""
    _change(session, Roster(accounts(session)).with_own_password(nrp))
    _put_verifier(session, nrp, verifier, at=at)
    _record(session, nrp, CustodyAction.PASSWORD_CHANGED, by=nrp, at=at)


def follow_server(session: Session, officer: Officer, *, disabled: bool, at: datetime) -> None:
    """What the server says of an account that it vouches for; one that was made here is left as it is."""
    row = _row_of(session, officer.nrp)
    if row is None or row[_table.c.origin] != Origin.SERVER.value:
        return
    before = _account(row)
    disabled_at = (before.disabled_at or at) if disabled else None
    columns = {"role": officer.role.value, "units": list(officer.units), "disabled_at": disabled_at}
    session.execute(update(_table).where(_table.c.nrp == officer.nrp).values(columns))
    if before.officer.role is not officer.role:
        changed = RoleFacts(before.officer.role, officer.role)
        _record(session, officer.nrp, CustodyAction.ROLE_CHANGED, by=SERVER, at=at, facts=changed)
    if before.enabled is disabled:
        action = CustodyAction.ACCOUNT_DISABLED if disabled else CustodyAction.ACCOUNT_ENABLED
        _record(session, officer.nrp, action, by=SERVER, at=at)


def withdraw(session: Session, nrp: str, *, at: datetime) -> None:
    """The server accepts this officer's password no more: the one that is kept here opens nothing from now on."""
    of_server = (_table.c.nrp == nrp, _table.c.origin == Origin.SERVER.value, _table.c.verified_at != _NEVER)
    if session.scalar(select(_table.c.nrp).where(*of_server)) is not None:
        session.execute(update(_table).where(*of_server).values(verified_at=_NEVER))
        _record(session, nrp, CustodyAction.SIGN_IN_WITHDRAWN, by=SERVER, at=at)


def _row_of(session: Session, nrp: str) -> RowMapping | None:
    return session.execute(select(_table).where(_table.c.nrp == nrp)).mappings().first()


def _account(row: RowMapping) -> Account:
    return Account(
        value_from_row(row, Officer, _table),
        Origin(row[_table.c.origin]),
        disabled_at=row[_table.c.disabled_at],
        password_due=row[_table.c.password_due],
    )


def _change(session: Session, after: Account) -> bool:
    """Whether it stood there otherwise."""
    if account(session, after.officer.nrp) == after:
        return False
    columns = {
        "role": after.officer.role.value,
        "disabled_at": after.disabled_at,
        "password_due": after.password_due,
    }
    session.execute(update(_table).where(_table.c.nrp == after.officer.nrp).values(columns))
    return True


def _put_verifier(session: Session, nrp: str, verifier: str, *, at: datetime) -> None:
    session.execute(update(_table).where(_table.c.nrp == nrp).values(verifier=verifier, verified_at=at))


def _record(
    session: Session, nrp: str, action: CustodyAction, *, by: str, at: datetime, facts: Facts | None = None
) -> None:
    custody.append(session, actor=by, action=action, about=f"officer/{nrp}", at=at, facts=facts)


def _verify(verifier: str, password: str) -> bool:
    try:
        return _hasher.verify(verifier, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
