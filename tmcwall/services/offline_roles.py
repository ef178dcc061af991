"""What officers may while the server is away: its last word on that, signed by it, and for how long it holds here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from tmcwall.db import facts
from tmcwall.db import officers as officer_rows
from tmcwall.db.store import Session
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer
from tmcwall.log import get_logger
from tmcwall.sync.protocol import Message, SignedRoles
from tmcwall.sync.role_snapshot import RoleSnapshot, takes_more, verify

log = get_logger(__name__)

_FACT: Final = "roles"
_TO_TELL: Final = "roles_to_tell"
_SET_BACK: Final = timedelta(minutes=5)
"""A clock that shows an earlier time than this before the snapshot came was set back."""


@dataclass(frozen=True, slots=True)
class Holding:
    """From when until when roles hold, by this workstation's clock."""

    begins: datetime
    ends: datetime

    def includes(self, now: datetime) -> bool:
        return self.begins <= now < self.ends


class _Kept(Message):
    signed: SignedRoles
    kept_at: datetime


def holding_of(signed: SignedRoles, *, key: str, now: datetime) -> tuple[RoleSnapshot, Holding]:
    """Of what has just come. Raises Fault(ROLES_UNTRUSTED) unless that key has signed it."""
    snapshot = verify(signed, key=key)
    return snapshot, _holding(snapshot, now)


def keep(session: Session, signed: SignedRoles, snapshot: RoleSnapshot, *, at: datetime) -> None:
    """In the place of the last one. Accounts of the server that are here follow it.

    Where the last one took more from somebody it is kept besides: a server that was put back has to be told.
    """
    before = _kept(session)
    if before is not None and before.signed.key == signed.key and takes_more(_read(before.signed), snapshot):
        facts.put(session, _TO_TELL, before.signed.model_dump(mode="json"))
    facts.put(session, _FACT, _Kept(signed=signed, kept_at=at).model_dump(mode="json"))
    for account in officer_rows.accounts(session):
        said = snapshot.of(account.officer.nrp)
        if said is not None:
            follow = replace(account.officer, role=said.role, units=said.units)
            officer_rows.follow_server(session, follow, disabled=said.disabled, at=at)


def offline(session: Session, officer: Officer, *, now: datetime) -> tuple[Officer, Holding | None]:
    """The officer with the rights that the server gave last, and for how long those hold.

    None: this server has never said what officers may, as those of earlier versions; the account as it stands counts.
    A word that is not the server's any more, or too old, holds for no time at all. Raises Fault(ACCOUNT_DISABLED).
    """
    if facts.get(session, _FACT) is None:
        return officer, None
    kept = _kept(session)
    if kept is None:
        log.warning("roles_untrusted")
        return officer, Holding(now, now)
    snapshot = _read(kept.signed)
    said = snapshot.of(officer.nrp)
    if said is None or said.disabled:
        raise Fault(FaultCode.ACCOUNT_DISABLED, retryable=False)
    return replace(officer, role=said.role, units=said.units), _holding(snapshot, kept.kept_at)


def to_tell(session: Session) -> SignedRoles | None:
    """What the server has said before and may have lost."""
    stored = facts.get(session, _TO_TELL)
    try:
        return None if stored is None else SignedRoles.model_validate(stored)
    except ValidationError:
        return None


def told(session: Session) -> None:
    facts.drop(session, _TO_TELL)


def _kept(session: Session) -> _Kept | None:
    """The last word, if its signature is still that of its key."""
    try:
        kept = _Kept.model_validate(facts.get(session, _FACT))
        _read(kept.signed)
    except (Fault, ValidationError):
        return None
    return kept


def _read(signed: SignedRoles) -> RoleSnapshot:
    """Raises Fault(ROLES_UNTRUSTED)."""
    return verify(signed, key=signed.key)


def _holding(snapshot: RoleSnapshot, kept_at: datetime) -> Holding:
    return Holding(kept_at - _SET_BACK, kept_at + timedelta(seconds=snapshot.good_for_s))
