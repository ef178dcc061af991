"""The register of cameras of an opened workstation, and what looks after its relay."""

from __future__ import annotations

from collections.abc import Callable

from tmcwall.domain.fault import Fault
from tmcwall.domain.source import TransportPreference
from tmcwall.services.camera_register import Asking, CameraRegister, log_lost_vault
from tmcwall.services.relay import RelayDesk
from tmcwall.services.shared_logins import NotingVault
from tmcwall.workstation import Workstation


def register_of(
    workstation: Workstation, *, vault_lost: Callable[[Fault], object] = log_lost_vault
) -> CameraRegister:  # fmt: skip
    """With the vault and the settings of that workstation; `vault_lost` as `CameraRegister` calls it."""
    vault, store, clock = workstation.vault, workstation.store, workstation.clock
    return CameraRegister(
        store=store,
        vault=NotingVault(vault, store, clock=clock) if workstation.settings.server_url else vault,
        asking=_asking(workstation),
        clock=clock,
        vault_lost=vault_lost,
    )


def relay_desk_of(workstation: Workstation) -> RelayDesk:
    """With the vault and the settings of that workstation."""
    return RelayDesk(
        workstation.store, workstation.vault, _asking(workstation), workstation.settings.relay_address
    )  # fmt: skip


def _asking(workstation: Workstation) -> Asking:
    settings = workstation.settings
    return Asking(
        rule=workstation.address_rule,
        ca_file=settings.camera_ca_file,
        transport=TransportPreference(settings.camera_transport),
        fingerprints=settings.fingerprints,
    )
