"""Sharing of camera logins that a test fills."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from tmcwall.services.login_sharing import SharedHere
from tmcwall.sync.login_courier import SharingState


class FakeLoginSharing(QObject):
    """Notes what it is asked."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, *, configured: bool = False) -> None:
        super().__init__()
        self.configured = configured
        self.state = SharingState()
        self.here = SharedHere()
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def put(self, state: SharingState, here: SharedHere) -> None:
        self.state, self.here = state, here
        self.changed.emit()

    def share(self, camera_ids: Sequence[str]) -> None:
        self.asked.append(("share", tuple(camera_ids)))

    def take_back(self, camera_ids: Sequence[str]) -> None:
        self.asked.append(("take_back", tuple(camera_ids)))

    def refresh(self) -> None:
        self.changed.emit()
