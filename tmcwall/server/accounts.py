"""Officers' accounts at the server: passwords, sign-in and tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.common_passwords import check_new_password
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role, check_units
from tmcwall.domain.roster import Account, Origin
from tmcwall.server.attempts import DelayKeeper
from tmcwall.server.database import Database
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import officer_of
from tmcwall.server.sessions import end_sessions, has_signed_in, lapse_tokens
from tmcwall.server.tables import UserRow
from tmcwall.sync.protocol import RefusalCode


def default_hasher() -> PasswordHasher:
    """Argon2id with 19 MiB, two passes, one lane (OWASP password storage cheat sheet)."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_account(nrp: str, password: str, *, name: str = "") -> None:
    """That an account may have that name and password. Raises DomainError(FIELD_INVALID, PASSWORD_WEAK)."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", nrp) is None or nrp == "server":
        raise DomainError(DomainCode.FIELD_INVALID, "nrp: A-Z a-z 0-9 . _ -")
    check_new_password(password, nrp=nrp, name=name)


def add_user(
    session: Session,
    officer: Officer,
    password: str,
    *,
    hasher: PasswordHasher,
    now: datetime,
    password_due: bool = False,
) -> None:
    """`password_due`: it opens nothing but the choice of another.

    Raises DomainError(FIELD_INVALID, NAME_TAKEN, PASSWORD_WEAK).
    """
    check_account(officer.nrp, password, name=officer.name)
    if session.get(UserRow, officer.nrp) is not None:
        raise DomainError(DomainCode.NAME_TAKEN, officer.nrp)
    session.add(
        UserRow(
            nrp=officer.nrp,
            name=officer.name,
            role=officer.role.value,
            rank=officer.rank,
            password_hash=hasher.hash(password),
            created_at=now,
            password_due=password_due,
            units=_as_json(officer.units),
        )
    )


def all_users(session: Session) -> tuple[Account, ...]:
    """By name, the disabled ones, too."""
    rows = session.scalars(select(UserRow).order_by(UserRow.name, UserRow.nrp))
    return tuple(
        Account(officer_of(row), Origin.LOCAL, disabled_at=row.disabled_at, password_due=row.password_due)
        for row in rows
    )


def disable_user(session: Session, nrp: str, *, now: datetime) -> None:
    """The account may do nothing from now on; its tokens end. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp).disabled_at = now
    end_sessions(session, nrp, now=now)


def enable_user(session: Session, nrp: str) -> None:
    """The password is the one of before. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp).disabled_at = None


def put_user_role(session: Session, nrp: str, role: Role, *, now: datetime) -> None:
    """Every token of the officer ends; the next one has the new rights. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp).role = role.value
    lapse_tokens(session, nrp, now=now)


def put_user_units(session: Session, nrp: str, units: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """As `put_user_role`. Returns them as they stand now. Raises DomainError(NOT_FOUND, FIELD_INVALID)."""
    checked = check_units(units)
    _user(session, nrp).units = _as_json(checked)
    lapse_tokens(session, nrp, now=now)
    return checked


def put_user_password(
    session: Session,
    nrp: str,
    password: str,
    *,
    hasher: PasswordHasher,
    now: datetime,
    password_due: bool = False,
) -> None:
    """Who is signed in with the old one is signed out everywhere. `password_due`: as `add_user`.

    Raises DomainError(NOT_FOUND, PASSWORD_WEAK).
    """
    row = _user(session, nrp)
    check_new_password(password, nrp=nrp, name=row.name)
    row.password_hash = hasher.hash(password)
    row.password_due = password_due
    end_sessions(session, nrp, now=now)


def sign_user_out(session: Session, nrp: str, *, now: datetime) -> None:
    """Everywhere. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp)
    end_sessions(session, nrp, now=now)


def _as_json(units: tuple[str, ...]) -> str:
    return msgspec.json.encode(units).decode()


def _user(session: Session, nrp: str) -> UserRow:
    row = session.get(UserRow, nrp)
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, nrp)
    return row


class SignIn:
    """Checks passwords, slowly for everybody alike.

    Failures delay the next try, and close nothing. A workstation where the officer has signed in before is delayed by
    its own failures only; everybody else by those for the account from the same address, and by all from that address.
    So strangers keep nobody from duty, also where a proxy gives them and the workstations one address.
    """

    def __init__(self, *, hasher: PasswordHasher, account_delays: DelayKeeper, address_delays: DelayKeeper) -> None:
        self._hasher = hasher
        self._account_delays = account_delays
        self._address_delays = address_delays
        self._nobodys_hash = hasher.hash(secrets.token_urlsafe(16))

    def check(
        self, database: Database, nrp: str, password: str, *, device: str, address: str, choosing: bool = False
    ) -> Officer:
        """The officer. Takes 19 MiB and a core for a while, and holds no session meanwhile.

        Raises RequestRefused: TOO_MANY, or SIGN_IN_REFUSED whatever is wrong; PASSWORD_DUE for a one-time password,
        unless it is for `choosing` another.
        """
        with database.read() as session:
            row = session.get(UserRow, nrp)
            known_desk = row is not None and has_signed_in(session, nrp, device)
        account_key = (nrp, address, device) if known_desk else (nrp, address)
        self._account_delays.demand(*account_key)
        if not known_desk:
            self._address_delays.demand(address)
        usable = row is not None and row.disabled_at is None
        matches = self._matches(row.password_hash if row is not None and usable else self._nobodys_hash, password)
        if row is None or not (usable and matches):
            # Only failures count: a whole shift may sign in from one address within a minute.
            self._account_delays.failed(*account_key)
            if not known_desk:
                self._address_delays.failed(address)
            raise RequestRefused(RefusalCode.SIGN_IN_REFUSED)
        self._account_delays.forget(*account_key)
        if row.password_due and not choosing:
            raise RequestRefused(RefusalCode.PASSWORD_DUE)
        return officer_of(row)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerificationError:
            return False
