"""Officers' accounts at the server: passwords, sign-in and tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.password import check_password
from tmcwall.domain.roster import Account, Origin
from tmcwall.server.attempts import DelayKeeper
from tmcwall.server.database import Database
from tmcwall.server.enrolment import demand_enrolled
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import OPERATOR_PAGE, Identity
from tmcwall.server.tables import TokenRow, UserRow
from tmcwall.sync.protocol import RefusalCode

KEPT_AFTER_EXPIRY = timedelta(days=30)
"""How long the row of an expired token stays; who signed in when is in the audit log for good."""


def default_hasher() -> PasswordHasher:
    """Argon2id with 19 MiB, two passes, one lane (OWASP password storage cheat sheet)."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_account(nrp: str, password: str) -> None:
    """That an account may have that name and password. Raises DomainError(FIELD_INVALID, PASSWORD_WEAK)."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", nrp) is None or nrp == "server":
        raise DomainError(DomainCode.FIELD_INVALID, "nrp: A-Z a-z 0-9 . _ -")
    check_password(password, nrp=nrp)


def add_user(session: Session, officer: Officer, password: str, *, hasher: PasswordHasher, now: datetime) -> None:
    """Raises DomainError(FIELD_INVALID, NAME_TAKEN, PASSWORD_WEAK)."""
    check_account(officer.nrp, password)
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
        )
    )


def all_users(session: Session) -> tuple[Account, ...]:
    """By name, the disabled ones, too."""
    rows = session.scalars(select(UserRow).order_by(UserRow.name, UserRow.nrp))
    return tuple(Account(_officer(row), Origin.LOCAL, disabled_at=row.disabled_at) for row in rows)


def disable_user(session: Session, nrp: str, *, now: datetime) -> None:
    """The account may do nothing from now on; its tokens end. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp).disabled_at = now
    _end_tokens(session, nrp, now=now)


def enable_user(session: Session, nrp: str) -> None:
    """The password is the one of before. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp).disabled_at = None


def put_user_role(session: Session, nrp: str, role: Role) -> None:
    """From the next request on, whoever is signed in. Raises DomainError(NOT_FOUND)."""
    _user(session, nrp).role = role.value


def put_user_password(session: Session, nrp: str, password: str, *, hasher: PasswordHasher, now: datetime) -> None:
    """Who is signed in with the old one is signed out everywhere. Raises DomainError(NOT_FOUND, PASSWORD_WEAK)."""
    row = _user(session, nrp)
    check_password(password, nrp=nrp)
    row.password_hash = hasher.hash(password)
    _end_tokens(session, nrp, now=now)


def _user(session: Session, nrp: str) -> UserRow:
    row = session.get(UserRow, nrp)
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, nrp)
    return row


def _officer(row: UserRow) -> Officer:
    return Officer(row.nrp, row.name, Role(row.role), row.rank)


def _end_tokens(session: Session, nrp: str, *, now: datetime) -> None:
    session.execute(update(TokenRow).where(TokenRow.nrp == nrp, TokenRow.revoked_at.is_(None)).values(revoked_at=now))


class SignIn:
    """Checks passwords, slowly for everybody alike, and hands out tokens.

    Failures delay the next try, and close nothing. A workstation where the officer has signed in before is delayed by
    its own failures only; everybody else by those for the account from the same address, and by all from that address.
    So strangers keep nobody from duty, also where a proxy gives them and the workstations one address.
    """

    def __init__(
        self, *, hasher: PasswordHasher, account_delays: DelayKeeper, address_delays: DelayKeeper, lifetime: timedelta
    ) -> None:
        self._hasher = hasher
        self._account_delays = account_delays
        self._address_delays = address_delays
        self._lifetime = lifetime
        self._nobodys_hash = hasher.hash(secrets.token_urlsafe(16))

    def check(self, database: Database, nrp: str, password: str, *, device: str, address: str) -> Officer:
        """The officer. Takes 19 MiB and a core for a while, and holds no session meanwhile.

        Raises RequestRefused: TOO_MANY, or SIGN_IN_REFUSED whatever is wrong.
        """
        with database.read() as session:
            row = session.get(UserRow, nrp)
            known_desk = row is not None and _has_signed_in(session, nrp, device)
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
        return _officer(row)

    def give_token(self, session: Session, officer: Officer, *, device: str, now: datetime) -> tuple[str, datetime]:
        """A new token for this officer at this workstation, and when it ends."""
        session.execute(delete(TokenRow).where(TokenRow.expires_at < now - KEPT_AFTER_EXPIRY))
        token = secrets.token_urlsafe(32)
        expires_at = now + self._lifetime
        session.add(
            TokenRow(
                token_hash=hash_token(token), nrp=officer.nrp, device=device, created_at=now, expires_at=expires_at
            )
        )
        return token, expires_at

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerificationError:
            return False


def hash_token(token: str) -> str:
    """A token has 256 random bits, so a plain hash protects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def identify(session: Session, token_hash: str, *, now: datetime) -> Identity | None:
    """Whose token this is, or None if it is unknown, expired, revoked, or its account disabled.

    Raises RequestRefused(DEVICE_REVOKED, DEVICE_UNKNOWN) for one that was given to a device that may bring nothing.
    """
    token = session.get(TokenRow, token_hash)
    if token is None:
        return None
    if token.expires_at > now and token.device != OPERATOR_PAGE:
        demand_enrolled(session, token.device)
    user = session.get_one(UserRow, token.nrp)
    if token.revoked_at is not None or token.expires_at <= now or user.disabled_at is not None:
        return None
    return Identity(_officer(user), token.device, token_hash)


def _has_signed_in(session: Session, nrp: str, device: str) -> bool:
    """Within the time that rows of tokens are kept."""
    found = select(TokenRow.token_hash).where(TokenRow.nrp == nrp, TokenRow.device == device).limit(1)
    return session.scalar(found) is not None


def revoke(session: Session, token_hash: str, *, now: datetime) -> None:
    session.execute(update(TokenRow).where(TokenRow.token_hash == token_hash).values(revoked_at=now))
