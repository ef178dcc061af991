"""What `tmcwall officer` asks of a workstation's accounts, as values, and how it is done on the store."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial

import msgspec

from tmcwall.db import officers as officer_rows
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import StoreProtocol

log = get_logger(__name__)


class AddOfficer(msgspec.Struct, frozen=True, tag=True):
    """`verifier` is of the one-time password, which travels nowhere."""

    officer: Officer
    verifier: str

    @property
    def nrp(self) -> str:
        return self.officer.nrp


class PutRole(msgspec.Struct, frozen=True, tag=True):
    """From now on, also for an officer on duty."""

    nrp: str
    role: Role


class DisableOfficer(msgspec.Struct, frozen=True, tag=True):
    """An officer on duty goes off duty."""

    nrp: str


class EnableOfficer(msgspec.Struct, frozen=True, tag=True):
    """The password is the one of before."""

    nrp: str


class ResetPassword(msgspec.Struct, frozen=True, tag=True):
    """`verifier` is of the one-time password, which travels nowhere."""

    nrp: str
    verifier: str


OfficerRequest = AddOfficer | PutRole | DisableOfficer | EnableOfficer | ResetPassword


def carry_out(request: OfficerRequest, *, store: StoreProtocol, clock: Clock, kept_at_server: bool) -> None:
    """Waits for the store. Who acts is the account of the operating system that owns the data: custody says `os:NAME`.

    Raises DomainError(ACCOUNT_OF_SERVER) where a central server keeps the accounts, what `domain.roster.Roster` raises,
    and Fault(STORE_*).
    """
    if kept_at_server:
        raise DomainError(DomainCode.ACCOUNT_OF_SERVER, request.nrp)
    by = _account_of_the_system()
    store.write(partial(_unit_of(request), by=by, at=clock.utc())).result()
    log.info("account_changed", what=type(request).__name__, nrp=request.nrp, by=by)


def all_accounts(store: StoreProtocol) -> tuple[Account, ...]:
    """By name, the disabled ones, too. Waits for the store."""
    return store.read(officer_rows.accounts).result()


def _unit_of(request: OfficerRequest) -> Callable[..., None]:
    match request:
        case AddOfficer(officer=officer, verifier=verifier):
            return partial(officer_rows.add, officer=officer, verifier=verifier)
        case PutRole(nrp=nrp, role=role):
            return partial(officer_rows.put_role, nrp=nrp, role=role)
        case DisableOfficer(nrp=nrp):
            return partial(officer_rows.disable, nrp=nrp)
        case EnableOfficer(nrp=nrp):
            return partial(officer_rows.enable, nrp=nrp)
        case ResetPassword(nrp=nrp, verifier=verifier):
            return partial(officer_rows.reset_password, nrp=nrp, verifier=verifier)


def _account_of_the_system() -> str:
    try:
        return f"os:{getpass.getuser()}"
    except (KeyError, OSError):
        return "os:?"
