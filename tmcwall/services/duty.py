"""Who is on duty at this workstation, and what that officer may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.common_passwords import check_new_password
from tmcwall.db import officers as officer_rows
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Action, Officer, Role, check_name, check_nrp, demand
from tmcwall.domain.password import check_changed
from tmcwall.domain.roster import Account
from tmcwall.log import get_logger
from tmcwall.services import offline_roles
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread
from tmcwall.services.letting_in import LettingIn, Newcomer, Shift, record
from tmcwall.services.offline_roles import holding_of
from tmcwall.services.renewal import Renewal
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

    def renew(self, session: account.Session) -> account.Session:
        """Raises what `sync.account.renew` does."""
        ...

    def change_password(self, nrp: str, before: str, after: str) -> account.Session:
        """Raises what `sync.account.change_password` does."""
        ...


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

    def renew(self, session: account.Session) -> account.Session:
        return account.renew(session, timeout_s=self._timeout_s)

    def change_password(self, nrp: str, before: str, after: str) -> account.Session:
        return account.change_password(
            self._server_url,
            nrp,
            before,
            after,
            device=self._device(),
            allow_plain=self._allow_plain,
            timeout_s=self._timeout_s,
        )


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
    roles_kept = Signal()
    """The server has said again what every officer may: accounts may have changed."""

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
        self._entry = LettingIn(store=store, gate=gate, clock=clock, offline_for=offline_for)
        self._futures = FutureDispatcher()
        self._shift: Shift | None = None
        self._newcomer: Newcomer | None = None
        self._has_accounts: bool | None = None
        self._busy = False
        self._unconfirmed: tuple[str, str] | None = None
        self._confirming = QTimer(self, interval=int(confirm_every_s * 1000))
        self._confirming.timeout.connect(self._confirm)
        self._renewal = Renewal(gate, parent=self)
        self._renewal.renewed.connect(self._take_renewal)
        self._renewal.lapsed.connect(self._lapse)
        self._renewal.withdrawn.connect(self._take_withdrawal)

    def start(self) -> None:
        """Look up the local accounts; `changed` follows."""
        self.reload()

    @Slot()
    def reload(self) -> None:
        """The first account may have been made by a command; `changed` follows."""
        self._futures.expect(self._store.read(officer_rows.has_any), self._take_accounts, self._refuse)

    def stop(self) -> None:
        self._confirming.stop()
        self._renewal.stop()
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
        work = partial(self._entry.let_in, number, password)
        self._futures.expect(in_thread(work, name="sign-in"), self._take_let_in, self._refuse)

    def admit(self, session: account.Session) -> None:
        """Whom the server has let in without a password (`services.browser_sign_in`); otherwise as `sign_in`."""
        if self._busy:
            return
        self._set_busy(busy=True)
        work = partial(self._entry.admit, session)
        self._futures.expect(in_thread(work, name="sign-in"), self._begin, self._refuse)

    def create_first_account(self, nrp: str, name: str, password: str) -> None:
        """Make the first account, a head's, and sign it in. Refused with PASSWORD_WEAK, FIELD_*, NOT_ALLOWED."""
        if self._busy:
            return
        try:
            officer = Officer(check_nrp(nrp), check_name(name), Role.HEAD)
            check_new_password(password, nrp=officer.nrp, name=officer.name)
        except DomainError as error:
            self.sign_in_refused.emit(error)
            return
        if not self.needs_first_account:
            self.sign_in_refused.emit(DomainError(DomainCode.NOT_ALLOWED, "first account"))
            return
        self._set_busy(busy=True)
        work = partial(self._entry.make_first, officer, password)
        self._futures.expect(in_thread(work, name="sign-in"), self._begin, self._refuse)

    def choose_password(self, password: str) -> None:
        """The one that takes the place of the one-time password. Refused with PASSWORD_WEAK or PASSWORD_UNCHANGED."""
        newcomer = self._newcomer
        if self._busy or newcomer is None:
            return
        try:
            name = newcomer.officer.name if newcomer.officer is not None else ""
            check_new_password(password, nrp=newcomer.nrp, name=name)
            check_changed(newcomer.one_time_password, password)
        except DomainError as error:
            self.sign_in_refused.emit(error)
            return
        self._set_busy(busy=True)
        if newcomer.officer is None:
            work = partial(self._entry.choose_at_server, newcomer.nrp, newcomer.one_time_password, password)
        else:
            work = partial(self._entry.take_over, newcomer.officer, password)
        self._futures.expect(in_thread(work, name="sign-in"), self._begin, self._refuse)

    def change_password(
        self, before: str, after: str, *, done: Callable[[], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Of the officer on duty, whose account is the server's. One of the two is called.

        Refused with SIGN_IN_REFUSED (the old one is wrong), PASSWORD_WEAK, SERVER_*.
        """
        if self._shift is None or self._gate is None or self._busy:
            refused(DomainError(DomainCode.NOT_ON_DUTY))
            return
        self._set_busy(busy=True)
        work = partial(self._entry.choose_at_server, self._shift.officer.nrp, before, after)
        self._futures.expect(
            in_thread(work, name="password"), partial(self._take_changed, done), partial(self._keep_password, refused)
        )

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

        A token that has merely expired ends no shift: the line below says that the server waits for a sign-in. An older
        server does not tell the two apart; there the clock does.
        """
        session = self._shift.session if self._shift is not None else None
        if session is None or session.token != token or self._busy:
            return
        if session.good_for_s or self._clock.utc() < session.expires_at - _EXPIRY_MARGIN:
            self._turn_out(Fault(FaultCode.SIGN_IN_WITHDRAWN, retryable=False))

    @Slot(str)
    def take_expired_token(self, token: str) -> None:
        """The computer has slept, or the officer's rights have changed: the next token is due now."""
        session = self._shift.session if self._shift is not None else None
        if session is not None and session.token == token:
            self._renewal.now()

    def sign_out(self) -> None:
        if self._shift is None:
            return
        shift, self._shift, self._unconfirmed = self._shift, None, None
        self._confirming.stop()
        self._renewal.follow(None)
        row = partial(record, officer=shift.officer, action=CustodyAction.SIGNED_OUT, at=self._clock.utc())
        self._futures.expect(self._store.write(row), _done, _unrecorded)
        if shift.session is not None and self._gate is not None:
            work = partial(self._gate.sign_out, shift.session)
            self._futures.expect(in_thread(work, name="sign-out"), _done, _unrecorded)
        self.token_changed.emit(None)
        self.signed_out.emit()
        self.changed.emit()

    def can(self, action: Action, *, unit: str = "") -> bool:
        """Whether somebody is on duty who may do this to something of that unit."""
        try:
            self.demand(action, unit=unit)
        except DomainError:
            return False
        return True

    def demand(self, action: Action, *, unit: str = "") -> Officer:
        """The officer on duty. Raises DomainError(NOT_ON_DUTY, NOT_ALLOWED, ROLES_OUTDATED)."""
        shift = self._shift
        if shift is None:
            raise DomainError(DomainCode.NOT_ON_DUTY)
        demand(shift.officer, action, unit=unit)
        if action is not Action.VIEW and shift.holding is not None and not shift.holding.includes(self._clock.utc()):
            raise DomainError(DomainCode.ROLES_OUTDATED)
        return shift.officer

    def _take_accounts(self, exist: bool) -> None:  # noqa: FBT001 - a handler of one answer
        self._has_accounts = exist
        self.changed.emit()

    def _take_let_in(self, let_in: Shift | Newcomer) -> None:
        if isinstance(let_in, Shift):
            self._begin(let_in)
            return
        self._newcomer, self._unconfirmed, self._busy = let_in, None, False
        self.changed.emit()

    def _begin(self, shift: Shift) -> None:
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
        self._renewal.follow(shift.session)
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
        self._take_session(self._shift, session)
        if session.delegation:
            keep = partial(officer_rows.keep_delegation, nrp=session.officer.nrp, delegation=session.delegation)
            self._futures.expect(self._store.write(keep), _done, _unrecorded)
        self.changed.emit()

    def _take_session(self, shift: Shift, session: account.Session) -> None:
        """The officer goes on with another token, and with the rights that the server gives with it."""
        now = self._clock.utc()
        holding = shift.holding
        if session.roles is not None:
            # The first key that this shift has met stays its key: only a sign-in brings another.
            pinned = shift.session.roles.key if shift.session and shift.session.roles else session.roles.key
            try:
                snapshot, holding = holding_of(session.roles, key=pinned, now=now)
            except Fault as fault:
                log.warning("roles_not_kept", code=fault.code)
            else:
                unit = partial(offline_roles.keep, signed=session.roles, snapshot=snapshot, at=now)
                self._futures.expect(self._store.write(unit), self._roles_are_kept, _unrecorded)
        self._shift = Shift(session.officer, session, holding)
        self._renewal.follow(session)
        self.token_changed.emit(session.token)

    def _roles_are_kept(self, _nothing: None) -> None:
        self.roles_kept.emit()

    @Slot(object, object)
    def _take_renewal(self, asked: account.Session, renewed: account.Session) -> None:
        shift = self._shift
        if shift is None or shift.session is not asked or self._busy:
            return
        self._take_session(shift, renewed)
        if renewed.officer != shift.officer:
            log.info("rights_changed", nrp=shift.officer.nrp, role=renewed.officer.role)
            self.changed.emit()

    @Slot(object)
    def _lapse(self, asked: account.Session) -> None:
        """The shift goes on without the server, as when it is away, until the password is given again."""
        if self._shift is not None and self._shift.session is asked:
            self._shift = replace(self._shift, session=None)
            self.token_changed.emit(None)
            self.changed.emit()

    @Slot(object)
    def _take_withdrawal(self, asked: account.Session) -> None:
        if self._shift is not None and self._shift.session is asked and not self._busy:
            self._turn_out(Fault(FaultCode.SIGN_IN_WITHDRAWN, retryable=False))

    def _take_changed(self, done: Callable[[], None], changed: Shift) -> None:
        self._set_busy(busy=False)
        if self._shift is not None and self._shift.officer.nrp == changed.officer.nrp:
            self._shift, self._unconfirmed = changed, None
            self._confirming.stop()
            self._renewal.follow(changed.session)
            self.token_changed.emit(changed.session.token if changed.session else None)
        done()

    def _keep_password(self, refused: Callable[[Refusal], None], refusal: Refusal) -> None:
        self._set_busy(busy=False)
        refused(refusal)

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


def _done(_nothing: None) -> None:
    """There is nothing to show for it."""


def _unrecorded(refusal: Refusal) -> None:
    log.warning("sign_out_not_recorded", code=refusal.code, detail=refusal.detail)
