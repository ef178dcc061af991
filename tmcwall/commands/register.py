"""The register of cameras of an opened workstation."""

from __future__ import annotations

from collections.abc import Callable

from tmcwall.domain.fault import Fault
from tmcwall.domain.source import TransportPreference
from tmcwall.services.camera_register import Asking, CameraRegister, log_lost_vault
from tmcwall.workstation import Workstation


def register_of(
    workstation: Workstation, *, vault_lost: Callable[[Fault], object] = log_lost_vault
) -> CameraRegister:  # fmt: skip
    """With the vault and the settings of that workstation; `vault_lost` as `CameraRegister` calls it."""
    settings = workstation.settings
    asking = Asking(
        rule=workstation.address_rule,
        ca_file=settings.camera_ca_file,
        transport=TransportPreference(settings.camera_transport),
        fingerprints=settings.fingerprints,
    )
    return CameraRegister(
        store=workstation.store, vault=workstation.vault, asking=asking, clock=workstation.clock, vault_lost=vault_lost
    )
