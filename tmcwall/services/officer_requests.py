"""What `tmcwall officer` asks of a workstation's accounts, and how it is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from tmcwall.db import officers as officer_rows
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account
from tmcwall.domain.station_zone import StationZone
from tmcwall.log import get_logger
from tmcwall.services.camera_register import account_of_the_system
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.handover import Handlers, Request, Work

log = get_logger(__name__)


class AddOfficer(Request, frozen=True):
    """`verifier` is of the one-time password, which travels nowhere."""

    officer: Officer
    verifier: str

    @property
    def nrp(self) -> str:
        return self.officer.nrp


class PutRole(Request, frozen=True):
    """From now on, also for an officer on duty."""

    nrp: str
    role: Role


class DisableOfficer(Request, frozen=True):
    """An officer on duty goes off duty."""

    nrp: str


class EnableOfficer(Request, frozen=True):
    """The password is the one of before."""

    nrp: str


class ResetPassword(Request, frozen=True):
    """`verifier` is of the one-time password, which travels nowhere."""

    nrp: str
    verifier: str


OfficerRequest = AddOfficer | PutRole | DisableOfficer | EnableOfficer | ResetPassword
"""Reply: `Done`."""


class ListOfficers(Request, frozen=True):
    """Reply: `Listing`."""


class Done(msgspec.Struct, frozen=True):
    """It is committed; there is nothing more to say."""


class Listing(msgspec.Struct, frozen=True):
    """All accounts by name, the disabled ones, too; and the zone by whose clock the station lives."""

    accounts: tuple[Account, ...]
    zone: StationZone
    kept_at_server: bool


def officer_handlers(
    *, store: StoreProtocol, clock: Clock, zone: StationZone, kept_at_server: bool, changed: Callable[[], None]
) -> Handlers:
    """`changed` is called in any thread once a change is committed."""

    def change(request: OfficerRequest) -> Work:
        def work() -> Done:
            done = carry_out(request, store=store, clock=clock, kept_at_server=kept_at_server)
            changed()
            return done

        return work

    return {
        AddOfficer: change,
        PutRole: change,
        DisableOfficer: change,
        EnableOfficer: change,
        ResetPassword: change,
        ListOfficers: lambda _request: partial(listing, store, zone=zone, kept_at_server=kept_at_server),
    }


def carry_out(request: OfficerRequest, *, store: StoreProtocol, clock: Clock, kept_at_server: bool) -> Done:
    """Waits for the store. Who acts is the account of the operating system that owns the data: custody says `os:NAME`.

    Raises DomainError(ACCOUNT_OF_SERVER) where a central server keeps the accounts, what `domain.roster.Roster` raises,
    and Fault(STORE_*).
    """
    if kept_at_server:
        raise DomainError(DomainCode.ACCOUNT_OF_SERVER, request.nrp)
    by = account_of_the_system().nrp
    store.write(partial(_unit_of(request), by=by, at=clock.utc())).result()
    log.info("account_changed", what=type(request).__name__, nrp=request.nrp, by=by)
    return Done()


def listing(store: StoreProtocol, *, zone: StationZone, kept_at_server: bool) -> Listing:
    """Waits for the store."""
    return Listing(store.read(officer_rows.accounts).result(), zone, kept_at_server)


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
