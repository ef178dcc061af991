"""Monitors by what they are, never by their order: that changes with cables, drivers and restarts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen

_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Monitor:
    """`identity` is what layouts remember; `name` is for people; geometry in the units of the desktop."""

    identity: str
    name: str
    geometry: QRect
    connected: bool = True
    """False: a wall waits for it; of its geometry only the shape is meant."""
    open: bool = False
    """Whether a wall is open on it."""


def identity_of(screen: QScreen) -> str:
    """Maker, model, serial number and connector: two equal monitors without serial numbers differ by the last."""
    parts = (screen.manufacturer(), screen.model(), screen.serialNumber(), screen.name())
    return _SEPARATOR.join(part.replace(_SEPARATOR, "/").strip() for part in parts)


def monitor_of(screen: QScreen) -> Monitor:
    """The values of a screen, which must not be kept: it is gone when it is unplugged."""
    return Monitor(identity_of(screen), screen.name() or screen.model(), screen.geometry())


def screen_of(identity: str) -> QScreen | None:
    """The screen that has this identity now."""
    return next((screen for screen in QGuiApplication.screens() if identity_of(screen) == identity), None)


class MonitorWatch(QObject):
    """Says when the set of monitors has changed and has been quiet for a moment: plugging one makes several steps."""

    changed = Signal()
    removed = Signal(str)
    """At once: windows of that identity would be moved over another monitor."""

    def __init__(self, application: QGuiApplication, *, settle_ms: int = 500, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settle = QTimer(self, singleShot=True, interval=settle_ms)
        self._settle.timeout.connect(self.changed)
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._removed)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._moved)

    @staticmethod
    def monitors() -> list[Monitor]:
        """All monitors there are now, from left to right and top to bottom."""
        found = [monitor_of(screen) for screen in QGuiApplication.screens()]
        return sorted(found, key=lambda monitor: (monitor.geometry.x(), monitor.geometry.y(), monitor.identity))

    @Slot(QScreen)
    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._moved)
        self._settle.start()

    @Slot(QScreen)
    def _removed(self, screen: QScreen) -> None:
        self.removed.emit(identity_of(screen))
        self._settle.start()

    @Slot()
    def _moved(self) -> None:
        self._settle.start()
