"""Letting an officer in: at the server or by what is kept here. All of it waits: in a thread, not the GUI's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from tmcwall.db import custody
from tmcwall.db import officers as officer_rows
from tmcwall.db.store import Session as Transaction
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer
from tmcwall.domain.roster import Origin
from tmcwall.log import get_logger
from tmcwall.services import offline_roles
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.offline_roles import Holding, holding_of
from tmcwall.services.password_check import check_kept_password
from tmcwall.sync import account

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shift:
    """An officer let in. `session` None: by what is kept here, without the server."""

    officer: Officer
    session: account.Session | None = None
    holding: Holding | None = None
    """For how long the officer's rights hold without a word of the server; None: it has none to say."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An officer who has given a one-time password and is to choose another."""

    nrp: str
    one_time_password: str = field(repr=False)
    officer: Officer | None = None
    """None: the account is the server's, which tells no more before that."""


class Door(Protocol):
    """The part of `services.duty.Gate` by which somebody comes in."""

    def sign_in(self, nrp: str, password: str) -> account.Session: ...

    def change_password(self, nrp: str, before: str, after: str) -> account.Session: ...


class LettingIn:
    """With what a shift begins."""

    def __init__(self, *, store: StoreProtocol, gate: Door | None, clock: Clock, offline_for: timedelta) -> None:
        self._store = store
        self._gate = gate
        self._clock = clock
        self._offline_for = offline_for

    def let_in(self, nrp: str, password: str) -> Shift | Newcomer:
        if self._gate is None:
            return self._let_in_offline(nrp, password)
        try:
            session = self._gate.sign_in(nrp, password)
        except Fault as fault:
            away = fault.code is FaultCode.SERVER_UNREACHABLE
            busy = fault.code is FaultCode.SERVER_REFUSED and fault.retryable
            if fault.code is FaultCode.PASSWORD_DUE:
                return Newcomer(nrp, password)
            if fault.code is FaultCode.SIGN_IN_REFUSED:
                self._withdraw(nrp, password)
            # Who was let in here before goes on working where the workstation is yet to be enrolled.
            unenrolled = fault.code in {FaultCode.DEVICE_NOT_ENROLLED, FaultCode.VAULT_UNAVAILABLE}
            known = settled(self._store.read(partial(officer_rows.get, nrp=nrp)))
            if not (away or busy or unenrolled) or known is None:
                raise
            return self._let_in_offline(nrp, password)
        return self._let_in_online(session, password, action=CustodyAction.SIGNED_IN)

    def admit(self, session: account.Session) -> Shift:
        """Who has given the server something else than a password: what opens offline stays as it is."""
        return self._let_in_online(session, None, action=CustodyAction.SIGNED_IN)

    def choose_at_server(self, nrp: str, before: str, after: str) -> Shift:
        assert self._gate is not None, "only accounts of a server are changed there"
        session = self._gate.change_password(nrp, before, after)
        log.info("password_changed", nrp=nrp)
        return self._let_in_online(session, after, action=CustodyAction.PASSWORD_CHANGED)

    def _let_in_online(self, session: account.Session, password: str | None, *, action: CustodyAction) -> Shift:
        now = self._clock.utc()
        verifier = officer_rows.make_verifier(password) if password is not None else None
        unit = partial(_keep, given=session, verifier=verifier, action=action, at=now)
        return Shift(session.officer, session, settled(self._store.write(unit)))

    def _let_in_offline(self, nrp: str, password: str) -> Shift | Newcomer:
        now = self._clock.utc()
        kept = check_kept_password(self._store, nrp, password, now=now, valid_for=self._offline_for)
        if kept.password_due:
            return Newcomer(kept.officer.nrp, password, kept.officer)
        officer, holding = settled(self._store.write(partial(_enter, nrp=nrp, at=now)))
        return Shift(officer, holding=holding)

    def _withdraw(self, nrp: str, password: str) -> None:
        """The server refuses a password that opens offline: it was changed there, or the account disabled."""
        try:
            check = partial(officer_rows.check, nrp=nrp, password=password, now=self._clock.utc())
            settled(self._store.read(check))
        except Fault as fault:
            if fault.code is FaultCode.STORE_LOCKED:
                raise
            return
        settled(self._store.write(partial(officer_rows.withdraw, nrp=nrp, at=self._clock.utc())))
        log.warning("sign_in_withdrawn", nrp=nrp)

    def make_first(self, officer: Officer, password: str) -> Shift:
        verifier = officer_rows.make_verifier(password)
        settled(self._store.write(partial(_first, officer=officer, verifier=verifier, at=self._clock.utc())))
        log.info("first_account_made", nrp=officer.nrp)
        return Shift(officer)

    def take_over(self, officer: Officer, password: str) -> Shift:
        verifier = officer_rows.make_verifier(password)
        settled(self._store.write(partial(_choose, officer=officer, verifier=verifier, at=self._clock.utc())))
        log.info("password_changed", nrp=officer.nrp)
        return Shift(officer)


def _keep(
    session: Transaction, *, given: account.Session, verifier: str | None, action: CustodyAction, at: datetime
) -> Holding | None:
    """For how long the rights that came with it hold."""
    if verifier is None:
        officer_rows.put_without_password(session, given.officer)
    else:
        officer_rows.put(session, given.officer, verifier, origin=Origin.SERVER, at=at)
    if given.delegation:
        officer_rows.keep_delegation(session, given.officer.nrp, given.delegation)
    holding = None
    if given.roles is not None:
        try:
            snapshot, holding = holding_of(given.roles, key=given.roles.key, now=at)
        except Fault as fault:
            log.warning("roles_not_kept", code=fault.code)
        else:
            offline_roles.keep(session, given.roles, snapshot, at=at)
    record(session, officer=given.officer, action=action, at=at)
    return holding


def _enter(session: Transaction, *, nrp: str, at: datetime) -> tuple[Officer, Holding | None]:
    """As the account stands now: it may have been changed since the password was looked at."""
    kept = officer_rows.account(session, nrp)
    if kept is None or not kept.enabled:
        raise Fault(FaultCode.ACCOUNT_DISABLED, retryable=False)
    officer, holding = kept.officer, None
    if kept.origin is Origin.SERVER:
        officer, holding = offline_roles.offline(session, officer, now=at)
    record(session, officer=officer, action=CustodyAction.SIGNED_IN, at=at)
    return officer, holding


def _first(session: Transaction, *, officer: Officer, verifier: str, at: datetime) -> None:
    officer_rows.add_first(session, officer, verifier, at=at)
    record(session, officer=officer, action=CustodyAction.SIGNED_IN, at=at)


def _choose(session: Transaction, *, officer: Officer, verifier: str, at: datetime) -> None:
    officer_rows.change_password(session, officer.nrp, verifier, at=at)
    record(session, officer=officer, action=CustodyAction.SIGNED_IN, at=at)


def record(session: Transaction, *, officer: Officer, action: CustodyAction, at: datetime) -> None:
    custody.append(session, actor=officer.nrp, action=action, about=f"officer/{officer.nrp}", at=at)
