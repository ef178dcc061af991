"""Who is on duty at this workstation, and what that officer may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.db import custody
from tmcwall.db import officers as officer_rows
from tmcwall.db.store import Session as Transaction
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Action, Officer, Role, check_name, check_nrp, demand, may
from tmcwall.domain.password import check_changed, check_password
from tmcwall.domain.roster import Account, Origin
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread
from tmcwall.services.password_check import STORE_WAIT_S, check_kept_password
from tmcwall.sync import account
from tmcwall.sync.enrolment import EnrolledDevice

log = get_logger(__name__)

_EXPIRY_MARGIN: Final = timedelta(minutes=5)
"""The clocks of server and workstation may differ by so much."""


class Gate(Protocol):
    """The central server as the door to a shift. Waits for the network: asked in a thread."""

    def sign_in(self, nrp: str, password: str) -> account.Session:
        """Raises what `sync.account.sign_in` does."""
        ...

    def sign_out(self, session: account.Session) -> None: ...


class ServerGate:
    """The central server at an address."""

    def __init__(
        self,
        server_url: str,
        *,
        device: Callable[[], EnrolledDevice],
        allow_plain: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        """`device` gives this workstation with its key, or raises Fault(DEVICE_NOT_ENROLLED, VAULT_UNAVAILABLE)."""
        self._server_url = server_url
        self._device = device
        self._allow_plain = allow_plain
        self._timeout_s = timeout_s

    def sign_in(self, nrp: str, password: str) -> account.Session:
        return account.sign_in(
            self._server_url,
            nrp,
            password,
            device=self._device(),
            allow_plain=self._allow_plain,
            timeout_s=self._timeout_s,
        )

    def sign_out(self, session: account.Session) -> None:
        account.sign_out(session)


@dataclass(frozen=True, slots=True)
class _Shift:
    """An officer let in. `session` None: by what is kept here, without the server."""

    officer: Officer
    session: account.Session | None = None


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """An officer who has given a one-time password and is to choose another."""

    officer: Officer
    one_time_password: str = field(repr=False)


class Duty(QObject):
    """Sign-in with NRP and password: at the server when one is set and answers, else against what is kept here.

    After an offline sign-in the password stays in memory until the server has confirmed it, or the shift ends.
    """

    changed = Signal()
    """`officer`, `needs_first_account`, `needs_new_password` or `busy` has changed; comes once after `start`, too."""
    signed_in = Signal(object)
    """Officer."""
    signed_out = Signal()
    sign_in_refused = Signal(object)
    """Fault or DomainError."""
    not_confirmed = Signal(object)
    """Fault or DomainError: the server still does not let in whoever was let in without it."""
    token_changed = Signal(object)
    """str, or None when nobody is signed in at the server."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        gate: Gate | None,
        clock: Clock,
        offline_for: timedelta = officer_rows.OFFLINE_FOR,
        confirm_every_s: float = 30.0,
        parent: QObject | None = None,
    ) -> None:
        """`offline_for` is how long after the last sign-in at the server the same password opens without it."""
        super().__init__(parent)
        self._store = store
        self._gate = gate
        self._clock = clock
        self._offline_for = offline_for
        self._futures = FutureDispatcher()
        self._shift: _Shift | None = None
        self._newcomer: _Newcomer | None = None
        self._has_accounts: bool | None = None
        self._busy = False
        self._unconfirmed: tuple[str, str] | None = None
        self._confirming = QTimer(self, interval=int(confirm_every_s * 1000))
        self._confirming.timeout.connect(self._confirm)

    def start(self) -> None:
        """Look up the local accounts; `changed` follows."""
        self.reload()

    @Slot()
    def reload(self) -> None:
        """The first account may have been made by a command; `changed` follows."""
        self._futures.expect(self._store.read(officer_rows.has_any), self._take_accounts, self._refuse)

    def stop(self) -> None:
        self._confirming.stop()
        self._unconfirmed = self._newcomer = None
        self._futures.close()

    @property
    def officer(self) -> Officer | None:
        return self._shift.officer if self._shift else None

    @property
    def online(self) -> bool:
        """Whether the officer on duty is signed in at the server."""
        return self._shift is not None and self._shift.session is not None

    @property
    def needs_first_account(self) -> bool:
        """No server is set and no local account exists: somebody has to be the first."""
        return self._gate is None and self._has_accounts is False

    @property
    def needs_new_password(self) -> bool:
        """Somebody has given a one-time password: `choose_password` or `abandon_sign_in` is to follow."""
        return self._newcomer is not None

    @property
    def busy(self) -> bool:
        """A sign-in is under way; `signed_in`, `sign_in_refused` or `needs_new_password` follows."""
        return self._busy

    def sign_in(self, nrp: str, password: str) -> None:
        """`signed_in` or `sign_in_refused` follows; whoever is on duty stays so until then. One at a time."""
        if self._busy:
            return
        number = "".join(nrp.split())  # accounts of the server need not be service numbers
        if not number or not password:
            self.sign_in_refused.emit(DomainError(DomainCode.FIELD_MISSING, "password" if number else "nrp"))
            return
        self._set_busy(busy=True)
        self._unconfirmed = (number, password)
        work = partial(self._let_in, number, password)
        self._futures.expect(in_thread(work, name="sign-in"), self._take_let_in, self._refuse)

    def create_first_account(self, nrp: str, name: str, password: str) -> None:
        """Make the first account, a head's, and sign it in. Refused with PASSWORD_WEAK, FIELD_*, NOT_ALLOWED."""
        if self._busy:
            return
        try:
            officer = Officer(check_nrp(nrp), check_name(name), Role.HEAD)
            check_password(password, nrp=officer.nrp)
        except DomainError as error:
            self.sign_in_refused.emit(error)
            return
        if not self.needs_first_account:
            self.sign_in_refused.emit(DomainError(DomainCode.NOT_ALLOWED, "first account"))
            return
        self._set_busy(busy=True)
        work = partial(self._make_first, officer, password)
        self._futures.expect(in_thread(work, name="sign-in"), self._begin, self._refuse)

    def choose_password(self, password: str) -> None:
        """The one that takes the place of the one-time password. Refused with PASSWORD_WEAK or PASSWORD_UNCHANGED."""
        newcomer = self._newcomer
        if self._busy or newcomer is None:
            return
        try:
            check_password(password, nrp=newcomer.officer.nrp)
            check_changed(newcomer.one_time_password, password)
        except DomainError as error:
            self.sign_in_refused.emit(error)
            return
        self._set_busy(busy=True)
        work = partial(self._take_over, newcomer.officer, password)
        self._futures.expect(in_thread(work, name="sign-in"), self._begin, self._refuse)

    def abandon_sign_in(self) -> None:
        """Whoever has given a one-time password does not go on; it stays good."""
        if self._newcomer is not None and not self._busy:
            self._newcomer = None
            self.changed.emit()

    @Slot(object)
    def follow(self, changed: Account) -> None:
        """An account was changed: whoever is on duty with it has its role from now on, or goes off duty if disabled."""
        if self._shift is None or self._shift.officer.nrp != changed.officer.nrp:
            return
        if not changed.enabled:
            self._turn_out(Fault(FaultCode.ACCOUNT_DISABLED, retryable=False))
        elif self._shift.session is None and self._shift.officer != changed.officer:
            self._shift = replace(self._shift, officer=changed.officer)
            self.changed.emit()

    @Slot(str)
    def take_refused_token(self, token: str) -> None:
        """The server takes a token no more. Before its time that means a disabled account: the officer goes off duty.

        A token that has merely expired ends no shift: the line below says that the server waits for a sign-in.
        """
        session = self._shift.session if self._shift is not None else None
        if session is not None and session.token == token and self._clock.utc() < session.expires_at - _EXPIRY_MARGIN:
            self._turn_out(Fault(FaultCode.SIGN_IN_WITHDRAWN, retryable=False))

    def sign_out(self) -> None:
        if self._shift is None:
            return
        shift, self._shift, self._unconfirmed = self._shift, None, None
        self._confirming.stop()
        row = partial(_record, officer=shift.officer, action=CustodyAction.SIGNED_OUT, at=self._clock.utc())
        self._futures.expect(self._store.write(row), _done, _unrecorded)
        if shift.session is not None and self._gate is not None:
            work = partial(self._gate.sign_out, shift.session)
            self._futures.expect(in_thread(work, name="sign-out"), _done, _unrecorded)
        self.token_changed.emit(None)
        self.signed_out.emit()
        self.changed.emit()

    def can(self, action: Action) -> bool:
        """Whether somebody is on duty who may do this."""
        return self._shift is not None and may(self._shift.officer.role, action)

    def demand(self, action: Action) -> Officer:
        """The officer on duty. Raises DomainError(NOT_ON_DUTY or NOT_ALLOWED)."""
        if self._shift is None:
            raise DomainError(DomainCode.NOT_ON_DUTY)
        demand(self._shift.officer, action)
        return self._shift.officer

    def _let_in(self, nrp: str, password: str) -> _Shift | _Newcomer:
        """In a thread of its own."""
        if self._gate is None:
            return self._let_in_offline(nrp, password)
        try:
            session = self._gate.sign_in(nrp, password)
        except Fault as fault:
            away = fault.code is FaultCode.SERVER_UNREACHABLE
            busy = fault.code is FaultCode.SERVER_REFUSED and fault.retryable
            if fault.code is FaultCode.SIGN_IN_REFUSED:
                self._withdraw(nrp, password)
            # Who was let in here before goes on working where the workstation is yet to be enrolled.
            unenrolled = fault.code in {FaultCode.DEVICE_NOT_ENROLLED, FaultCode.VAULT_UNAVAILABLE}
            known = self._store.read(partial(officer_rows.get, nrp=nrp)).result(STORE_WAIT_S)
            if not (away or busy or unenrolled) or known is None:
                raise
            return self._let_in_offline(nrp, password)
        unit = partial(
            _keep,
            officer=session.officer,
            verifier=officer_rows.make_verifier(password),
            delegation=session.delegation,
            at=self._clock.utc(),
        )
        self._store.write(unit).result(STORE_WAIT_S)
        return _Shift(session.officer, session)

    def _let_in_offline(self, nrp: str, password: str) -> _Shift | _Newcomer:
        now = self._clock.utc()
        kept = check_kept_password(self._store, nrp, password, now=now, valid_for=self._offline_for)
        if kept.password_due:
            return _Newcomer(kept.officer, password)
        return _Shift(self._store.write(partial(_enter, nrp=nrp, at=now)).result(STORE_WAIT_S))

    def _withdraw(self, nrp: str, password: str) -> None:
        """The server refuses a password that opens offline: it was changed there, or the account disabled."""
        try:
            check = partial(officer_rows.check, nrp=nrp, password=password, now=self._clock.utc())
            self._store.read(check).result(STORE_WAIT_S)
        except Fault:
            return
        self._store.write(partial(officer_rows.withdraw, nrp=nrp, at=self._clock.utc())).result(STORE_WAIT_S)
        log.warning("sign_in_withdrawn", nrp=nrp)

    def _make_first(self, officer: Officer, password: str) -> _Shift:
        verifier = officer_rows.make_verifier(password)
        self._store.write(partial(_first, officer=officer, verifier=verifier, at=self._clock.utc())).result(
            STORE_WAIT_S
        )
        log.info("first_account_made", nrp=officer.nrp)
        return _Shift(officer)

    def _take_over(self, officer: Officer, password: str) -> _Shift:
        verifier = officer_rows.make_verifier(password)
        self._store.write(partial(_choose, officer=officer, verifier=verifier, at=self._clock.utc())).result(
            STORE_WAIT_S
        )
        log.info("password_changed", nrp=officer.nrp)
        return _Shift(officer)

    def _take_accounts(self, exist: bool) -> None:  # noqa: FBT001 - a handler of one answer
        self._has_accounts = exist
        self.changed.emit()

    def _take_let_in(self, let_in: _Shift | _Newcomer) -> None:
        if isinstance(let_in, _Shift):
            self._begin(let_in)
            return
        self._newcomer, self._unconfirmed, self._busy = let_in, None, False
        self.changed.emit()

    def _begin(self, shift: _Shift) -> None:
        self._newcomer = None
        if self._shift is not None and self._shift.officer != shift.officer:
            self.sign_out()
        self._busy = False
        self._has_accounts = True
        self._shift = shift
        if shift.session is not None or self._gate is None:
            self._unconfirmed = None
        else:
            self._confirming.start()
        log.info("signed_in", nrp=shift.officer.nrp, role=shift.officer.role, offline=shift.session is None)
        self.token_changed.emit(shift.session.token if shift.session else None)
        self.signed_in.emit(shift.officer)
        self.changed.emit()

    def _refuse(self, refusal: Refusal) -> None:
        self._unconfirmed = None
        self._set_busy(busy=False)
        self.sign_in_refused.emit(refusal)

    def _set_busy(self, *, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.changed.emit()

    @Slot()
    def _confirm(self) -> None:
        """The server was away at sign-in: try again, so that what is done in this shift can be pushed."""
        if self._unconfirmed is None or self._gate is None or self._busy:
            return
        work = partial(self._gate.sign_in, *self._unconfirmed)
        self._futures.expect(in_thread(work, name="sign-in"), self._take_confirmation, self._take_no_confirmation)

    def _take_confirmation(self, session: account.Session) -> None:
        if self._shift is None or self._unconfirmed is None or self._shift.officer.nrp != session.officer.nrp:
            return
        self._confirming.stop()
        self._unconfirmed = None
        self._shift = _Shift(session.officer, session)
        if session.delegation:
            keep = partial(officer_rows.keep_delegation, nrp=session.officer.nrp, delegation=session.delegation)
            self._futures.expect(self._store.write(keep), _done, _unrecorded)
        self.token_changed.emit(session.token)
        self.changed.emit()

    def _take_no_confirmation(self, refusal: Refusal) -> None:
        self.not_confirmed.emit(refusal)
        if isinstance(refusal, Fault) and refusal.code is FaultCode.SIGN_IN_REFUSED and self._unconfirmed is not None:
            # The password or the right to it was withdrawn while this workstation was offline.
            self._turn_out(refusal)

    def _turn_out(self, reason: Fault) -> None:
        """The officer on duty may not be any more; the video stays on."""
        shift = self._shift
        if shift is None:
            return
        log.warning("signed_out_by_withdrawal", nrp=shift.officer.nrp, code=reason.code)
        if reason.code is not FaultCode.ACCOUNT_DISABLED:
            unit = partial(officer_rows.withdraw, nrp=shift.officer.nrp, at=self._clock.utc())
            self._futures.expect(self._store.write(unit), _done, _unrecorded)
        self.sign_out()
        self.sign_in_refused.emit(reason)


def _keep(session: Transaction, *, officer: Officer, verifier: str, delegation: str, at: datetime) -> None:
    officer_rows.put(session, officer, verifier, origin=Origin.SERVER, at=at)
    if delegation:
        officer_rows.keep_delegation(session, officer.nrp, delegation)
    _record(session, officer=officer, action=CustodyAction.SIGNED_IN, at=at)


def _enter(session: Transaction, *, nrp: str, at: datetime) -> Officer:
    """As the account stands now: it may have been changed since the password was looked at."""
    kept = officer_rows.account(session, nrp)
    if kept is None or not kept.enabled:
        raise Fault(FaultCode.ACCOUNT_DISABLED, retryable=False)
    _record(session, officer=kept.officer, action=CustodyAction.SIGNED_IN, at=at)
    return kept.officer


def _first(session: Transaction, *, officer: Officer, verifier: str, at: datetime) -> None:
    officer_rows.add_first(session, officer, verifier, at=at)
    _record(session, officer=officer, action=CustodyAction.SIGNED_IN, at=at)


def _choose(session: Transaction, *, officer: Officer, verifier: str, at: datetime) -> None:
    officer_rows.change_password(session, officer.nrp, verifier, at=at)
    _record(session, officer=officer, action=CustodyAction.SIGNED_IN, at=at)


def _record(session: Transaction, *, officer: Officer, action: CustodyAction, at: datetime) -> None:
    custody.append(session, actor=officer.nrp, action=action, about=f"officer/{officer.nrp}", at=at)


def _done(_nothing: None) -> None:
    """There is nothing to show for it."""


def _unrecorded(refusal: Refusal) -> None:
    log.warning("sign_out_not_recorded", code=refusal.code, detail=refusal.detail)
