"""How a workstation reaches its central server; nothing where the settings name none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from tmcwall.services.browser_sign_in import ServerBrowserGate
from tmcwall.services.custody_store import StoreCustody
from tmcwall.services.duty import ServerGate
from tmcwall.services.login_sharing import LoginSharing
from tmcwall.services.replica import StoreOversight, StorePersonal
from tmcwall.services.shared_logins import StoredLogins
from tmcwall.services.synchronisation import Client
from tmcwall.sync.client import SyncClient, SyncState
from tmcwall.sync.clip_courier import ClipCourier, WantedClips
from tmcwall.sync.couriers import DeskReporter, OversightCourier, RegisterCourier
from tmcwall.sync.custody_courier import CustodyCourier
from tmcwall.sync.login_courier import LoginCourier
from tmcwall.sync.personal import PersonalCourier
from tmcwall.sync.replica import Replica
from tmcwall.texts import Translator
from tmcwall.texts.console import BROWSER_DONE
from tmcwall.workstation import Workstation


def gate_of(workstation: Workstation) -> ServerGate | None:
    """For signing in with a password."""
    url = workstation.settings.server_url
    return ServerGate(url, device=workstation.identity.current) if url else None


def browser_gate_of(workstation: Workstation, translate: Translator) -> ServerBrowserGate | None:
    """For signing in by the office's identity provider."""
    url, page = workstation.settings.server_url, translate(BROWSER_DONE)
    return ServerBrowserGate(url, device=workstation.identity.current, page=page) if url else None


def client_of(
    workstation: Workstation,
    *,
    counts: Callable[[], Mapping[str, int]],
    on_erased: Callable[[Collection[str]], None],
    wanted: WantedClips,
    logins: LoginSharing,
) -> Callable[[Replica, Callable[[SyncState], None]], Client] | None:
    """What makes the client of a round. `counts`: how many cameras are in each state; asked in any thread.

    `on_erased` is told of incidents whose reporter was erased, in the client's thread. `wanted`: clips of other
    workstations that are needed here. `logins` is told how the sharing of camera logins stands.
    """
    url, clock, store = workstation.settings.server_url, workstation.clock, workstation.store
    if not url:
        return None

    def make(replica: Replica, on_state: Callable[[SyncState], None]) -> Client:
        couriers = (
            OversightCourier(StoreOversight(store)),
            CustodyCourier(StoreCustody(store)),
            DeskReporter(replica, cameras=counts),
            RegisterCourier(replica, clock=clock),
            LoginCourier(
                StoredLogins(store, workstation.vault, clock=clock),
                device=workstation.identity.current,
                register=replica.register,
                clock=clock,
                on_state=logins.tell,
                on_taken=logins.logins_taken.emit,
            ),
            ClipCourier(wanted),
        )
        personal = PersonalCourier(StorePersonal(store), utc=clock.utc, on_erased=on_erased)
        return SyncClient(
            replica, server_url=url, token=None, clock=clock, on_state=on_state, couriers=couriers, personal=personal
        )

    return make
