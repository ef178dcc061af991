"""What the register of cameras asks about logins that all workstations share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import SignalInstance

from tmcwall.services.login_sharing import SharedHere
from tmcwall.sync.login_courier import SharingState


class LoginSharingService(Protocol):
    """What all workstations share, as `LoginSharing` offers it."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...
    @property
    def configured(self) -> bool: ...
    @property
    def state(self) -> SharingState: ...
    @property
    def here(self) -> SharedHere: ...

    def share(self, camera_ids: Sequence[str]) -> None: ...
    def take_back(self, camera_ids: Sequence[str]) -> None: ...
    def refresh(self) -> None: ...
