"""The accounts of this workstation as the screen sees them, and what the officer on duty does with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.common_passwords import check_new_password
from tmcwall.db import officers as officer_rows
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, Role, check_name, check_nrp
from tmcwall.domain.password import check_changed, one_time_password
from tmcwall.domain.roster import Account
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, Refusal, StoreProtocol, in_thread, settled
from tmcwall.services.password_check import check_kept_password

log = get_logger(__name__)


class OnDuty(Protocol):
    """The part of `Duty` that is asked who acts."""

    @property
    def officer(self) -> Officer | None: ...

    def demand(self, action: Action) -> Officer: ...

    def change_password(
        self, before: str, after: str, *, done: Callable[[], None], refused: Callable[[Refusal], None]
    ) -> None:
        """At the server, where the account is kept there."""
        ...


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """To be handed to the officer: it is shown once and kept nowhere."""

    nrp: str
    password: str = field(repr=False)


class Officers(QObject):
    """More officers, their roles and passwords. Every change is demanded of the officer on duty and leaves custody.

    Where a central server is set, accounts are kept there: here they are shown, and no change is taken but that of the
    own password, which is made there.
    """

    changed = Signal()
    """`all` gives others than before."""
    account_changed = Signal(object)
    """Account: one that was there before and differs now."""
    password_issued = Signal(object)
    """OneTimePassword: an account was added, or its password reset."""
    password_changed = Signal()
    """The officer on duty has another password from now on."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        duty: OnDuty,
        clock: Clock,
        kept_at_server: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._kept_at_server = kept_at_server
        self._accounts: tuple[Account, ...] = ()
        self._futures = FutureDispatcher()
        self._refresh = Refresh(officer_rows.accounts, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)

    def start(self) -> None:
        self.reload()

    def stop(self) -> None:
        self._futures.close()

    @property
    def kept_at_server(self) -> bool:
        """Changes are made at the central server."""
        return self._kept_at_server

    def all(self) -> Sequence[Account]:
        """By name, the disabled ones, too."""
        return self._accounts

    def get(self, nrp: str) -> Account | None:
        return next((account for account in self._accounts if account.officer.nrp == nrp), None)

    @Slot()
    def reload(self) -> None:
        """Accounts may have changed: by a sign-in, or by a command."""
        self._refresh.request()

    def add(self, nrp: str, *, rank: str, name: str, role: Role) -> None:
        """`password_issued` follows, or `refused` with FIELD_*, ACCOUNT_EXISTS, NOT_ALLOWED, NOT_ON_DUTY."""
        try:
            words = " ".join(rank.split())
            officer = Officer(check_nrp(nrp), check_name(name), role, check_name(words) if words else "")
        except DomainError as error:
            self.refused.emit(error)
            return
        self._issue(officer.nrp, partial(officer_rows.add, officer=officer))

    def reset_password(self, nrp: str) -> None:
        """`password_issued` follows, or `refused` with OWN_ACCOUNT, NOT_FOUND, NOT_ALLOWED, NOT_ON_DUTY."""
        self._issue(nrp, partial(officer_rows.reset_password, nrp=nrp))

    def put_role(self, nrp: str, role: Role) -> None:
        """Refused with OWN_ACCOUNT, LAST_ADMIN, NOT_FOUND, NOT_ALLOWED, NOT_ON_DUTY."""
        self._change(partial(officer_rows.put_role, nrp=nrp, role=role), what="role", nrp=nrp)

    def disable(self, nrp: str) -> None:
        """Nobody signs in with it any more; refused as `put_role`."""
        self._change(partial(officer_rows.disable, nrp=nrp), what="disable", nrp=nrp)

    def enable(self, nrp: str) -> None:
        self._change(partial(officer_rows.enable, nrp=nrp), what="enable", nrp=nrp)

    def change_own_password(self, before: str, after: str) -> None:
        """`password_changed` follows, or `refused` with SIGN_IN_REFUSED (the old one is wrong), PASSWORD_*, ..."""
        officer = self._duty.officer
        try:
            if officer is None:
                raise DomainError(DomainCode.NOT_ON_DUTY)
            check_new_password(after, nrp=officer.nrp, name=officer.name)
            check_changed(before, after)
        except DomainError as error:
            self.refused.emit(error)
            return
        if self._kept_at_server:
            done = partial(self._password_replaced, None)
            self._duty.change_password(before, after, done=done, refused=self.refused.emit)
            return
        work = partial(self._replace_password, officer, before, after)
        self._futures.expect(in_thread(work, name="password"), self._password_replaced, self.refused.emit)

    def _issue(self, nrp: str, write: Callable[..., None]) -> None:
        actor = self._actor()
        if actor is None:
            return
        issued = OneTimePassword(nrp, one_time_password())
        work = partial(self._write_issued, issued, write, actor)
        self._futures.expect(in_thread(work, name="password"), self._issued, self.refused.emit)

    def _write_issued(self, issued: OneTimePassword, write: Callable[..., None], actor: Officer) -> OneTimePassword:
        """In a thread of its own."""
        verifier = officer_rows.make_verifier(issued.password)
        unit = partial(write, verifier=verifier, by=actor.nrp, at=self._clock.utc())
        settled(self._store.write(unit))
        log.info("one_time_password_issued", nrp=issued.nrp, by=actor.nrp)
        return issued

    def _issued(self, issued: OneTimePassword) -> None:
        self.password_issued.emit(issued)
        self.reload()

    def _replace_password(self, officer: Officer, before: str, after: str) -> None:
        """In a thread of its own."""
        now = self._clock.utc()
        check_kept_password(self._store, officer.nrp, before, now=now)
        verifier = officer_rows.make_verifier(after)
        settled(self._store.write(partial(officer_rows.change_password, nrp=officer.nrp, verifier=verifier, at=now)))
        log.info("password_changed", nrp=officer.nrp)

    def _password_replaced(self, _nothing: None) -> None:
        self.password_changed.emit()
        self.reload()

    def _change(self, write: Callable[..., None], *, what: str, nrp: str) -> None:
        actor = self._actor()
        if actor is None:
            return
        at = self._clock.utc()

        def change(session: Session) -> None:
            write(session, by=actor.nrp, at=at)

        done = partial(self._changed, what, nrp, actor)
        self._futures.expect(self._store.write(change), done, self.refused.emit)

    def _changed(self, what: str, nrp: str, actor: Officer, _nothing: None) -> None:
        log.info("account_changed", what=what, nrp=nrp, by=actor.nrp)
        self.reload()

    def _actor(self) -> Officer | None:
        """Who may change accounts now; None has been refused."""
        try:
            officer = self._duty.demand(Action.MANAGE_OFFICERS)
            self._demand_kept_here()
        except DomainError as error:
            self.refused.emit(error)
            return None
        return officer

    def _demand_kept_here(self) -> None:
        if self._kept_at_server:
            raise DomainError(DomainCode.ACCOUNT_OF_SERVER)

    @Slot(object)
    def _take(self, accounts: tuple[Account, ...]) -> None:
        before = {account.officer.nrp: account for account in self._accounts}
        if accounts == self._accounts:
            return
        self._accounts = accounts
        self.changed.emit()
        for account in accounts:
            if account.officer.nrp in before and before[account.officer.nrp] != account:
                self.account_changed.emit(account)
