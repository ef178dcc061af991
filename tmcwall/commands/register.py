"""The register of cameras of an opened workstation."""

from __future__ import annotations

from tmcwall.domain.source import TransportPreference
from tmcwall.services.camera_register import Asking, CameraRegister
from tmcwall.workstation import Workstation


def register_of(workstation: Workstation) -> CameraRegister:
    """With the vault and the settings of that workstation."""
    settings = workstation.settings
    asking = Asking(
        rule=workstation.address_rule,
        ca_file=settings.camera_ca_file,
        transport=TransportPreference(settings.camera_transport),
        fingerprints=settings.fingerprints,
    )
    return CameraRegister(
        store=workstation.store, vault=workstation.vault, asking=asking, clock=workstation.clock
    )  # fmt: skip
