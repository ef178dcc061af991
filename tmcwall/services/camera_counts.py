"""How many cameras are in which state, to be read from any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from tmcwall.domain.health import TileState

_EVERY_MS: Final = 10_000


class Counted(Protocol):
    """The part of `CameraBook` that counts."""

    def counts(self) -> Mapping[TileState, int]: ...


class CameraCounts(QObject):
    """Counted every ten seconds in the GUI thread, where the states change."""

    def __init__(self, cameras: Counted, *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self._latest: Mapping[str, int] = {}
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.count)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def latest(self) -> Mapping[str, int]:
        """From any thread."""
        return self._latest

    @Slot()
    def count(self) -> None:
        self._latest = {state.value: number for state, number in self._cameras.counts().items()}
