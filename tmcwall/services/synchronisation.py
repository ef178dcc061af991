"""Synchronisation with the central server, in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.fault import Fault


@dataclass(frozen=True, slots=True)
class SyncState:
    """How synchronisation stands. `configured` False: this workstation works alone and no server is missed."""

    configured: bool = False
    online: bool = False
    pending: int = 0
    """Operations that the server does not have yet."""
    last_success_at: datetime | None = None
    fault: Fault | None = None


class Synchronisation(QObject):
    """Runs the client; says how it stands and what came in."""

    state_changed = Signal(object)
    """SyncState."""
    applied = Signal(object)
    """Sequence[Operation] of other workstations or the server, after their commit here."""

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    @property
    def state(self) -> SyncState:
        raise NotImplementedError

    def wake(self) -> None:
        """There is something new to push."""
        raise NotImplementedError
