"""Sessions of officers at the server: tokens that are good for minutes, and are followed by others while they are used.

Only the server's clock counts: a workstation is told how long a token is good for, not until when.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from tmcwall.domain.officer import Officer
from tmcwall.server.admission import admit
from tmcwall.server.enrolment import demand_enrolled
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import OPERATOR_PAGE, Identity, officer_of
from tmcwall.server.tables import TokenRow, UserRow
from tmcwall.sync.protocol import RefusalCode

KEPT_AFTER_EXPIRY = timedelta(days=30)
"""How long the row of a session's last token stays; who signed in when is in the audit log for good."""


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """How long tokens and sessions are good for."""

    token: timedelta
    idle: timedelta
    """A session that was not renewed for that long is over."""
    longest: timedelta
    """From the sign-in: then the password is asked for again."""


@dataclass(frozen=True, slots=True)
class GivenToken:
    token: str
    officer: Officer
    device: str
    expires_at: datetime
    session_ends_at: datetime


def begin_session(
    session: Session, officer: Officer, *, device: str, policy: SessionPolicy, now: datetime
) -> GivenToken:
    """For whom the password was right."""
    session.execute(delete(TokenRow).where(TokenRow.expires_at < now - KEPT_AFTER_EXPIRY))
    return _give(session, officer, device=device, policy=policy, now=now, ends_at=now + policy.longest)


def renew_session(session: Session, token_hash: str, *, policy: SessionPolicy, now: datetime) -> GivenToken:
    """The next token for one that may have expired by now; that one stays good for its time: a reply may be lost.

    Raises RequestRefused: SESSION_ENDED when the password is asked for again, UNAUTHORIZED as `identify`.
    """
    token, user = _known(session, token_hash, now=now)
    if token.device == OPERATOR_PAGE:
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    if token.session_ends_at <= now or token.created_at + policy.idle <= now:
        raise RequestRefused(RefusalCode.SESSION_ENDED)
    # A row each five minutes would be hundreds a month: what nobody renews any more goes.
    of_session = (TokenRow.session == token.session, TokenRow.token_hash != token_hash)
    session.execute(delete(TokenRow).where(*of_session, TokenRow.created_at <= now - policy.idle))
    return _give(
        session,
        officer_of(user),
        device=token.device,
        policy=policy,
        now=now,
        ends_at=token.session_ends_at,
        session_id=token.session,
    )


def identify(session: Session, token_hash: str, *, now: datetime) -> Identity:
    """Whose token this is. Raises the refusals of `admission.admit`."""
    admitted = admit(session, {token_hash}, now=now)[token_hash]
    if isinstance(admitted, RequestRefused):
        raise admitted
    return admitted.identity


def end_session(session: Session, session_id: str, *, now: datetime) -> None:
    """All tokens of it are good for nothing from now on."""
    _end(session, TokenRow.session == session_id, now=now)


def end_sessions(session: Session, nrp: str, *, now: datetime) -> None:
    """The officer is signed out everywhere."""
    _end(session, TokenRow.nrp == nrp, now=now)


def lapse_tokens(session: Session, nrp: str, *, now: datetime) -> None:
    """The officer's rights have changed: every token ends, and the next one comes with the new rights."""
    session.execute(update(TokenRow).where(TokenRow.nrp == nrp, TokenRow.expires_at > now).values(expires_at=now))


def living_sessions(session: Session, asked: AbstractSet[str], *, now: datetime) -> frozenset[str]:
    """Those of these that have a good token."""
    good = (
        select(TokenRow.session)
        .join(UserRow, UserRow.nrp == TokenRow.nrp)
        .where(TokenRow.session.in_(asked), TokenRow.revoked_at.is_(None), TokenRow.expires_at > now)
        .where(UserRow.disabled_at.is_(None))
        .distinct()
    )
    return frozenset(session.scalars(good))


def has_signed_in(session: Session, nrp: str, device: str) -> bool:
    """Within the time that rows of tokens are kept."""
    found = select(TokenRow.token_hash).where(TokenRow.nrp == nrp, TokenRow.device == device).limit(1)
    return session.scalar(found) is not None


def hash_token(token: str) -> str:
    """A token has 256 random bits, so a plain hash protects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _known(session: Session, token_hash: str, *, now: datetime) -> tuple[TokenRow, UserRow]:
    token = session.get(TokenRow, token_hash)
    if token is not None and token.device != OPERATOR_PAGE and token.session_ends_at > now:
        demand_enrolled(session, token.device)
    user = None if token is None or token.revoked_at is not None else session.get_one(UserRow, token.nrp)
    if token is None or user is None or user.disabled_at is not None:
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    return token, user


def _end(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    session.execute(update(TokenRow).where(which, TokenRow.revoked_at.is_(None)).values(revoked_at=now))


def _give(
    session: Session,
    officer: Officer,
    *,
    device: str,
    policy: SessionPolicy,
    now: datetime,
    ends_at: datetime,
    session_id: str | None = None,
) -> GivenToken:
    token = secrets.token_urlsafe(32)
    expires_at = min(now + policy.token, ends_at)
    session.add(
        TokenRow(
            token_hash=hash_token(token),
            nrp=officer.nrp,
            device=device,
            created_at=now,
            expires_at=expires_at,
            session=session_id or hash_token(token),
            session_ends_at=ends_at,
        )
    )
    return GivenToken(token, officer, device, expires_at, ends_at)
