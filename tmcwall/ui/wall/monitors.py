"""Monitors by what they are, never by their order: that changes with cables, drivers and restarts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def screens_by_identity(screens: Sequence[QScreen], *, known: Collection[str] = ()) -> dict[str, QScreen]:
    """The monitors there are, in that order; what stands in for them while there is none is left out.

    A monitor with a serial number that is in another socket now (a dock gives them out anew) is the `known` one.
    """
    exact = {identity_of(screen): screen for screen in screens if not _stands_in(screen)}
    found: dict[str, QScreen] = {}
    for identity, screen in exact.items():
        same = (one for one in sorted(known) if _same_monitor(one, identity) and one not in exact and one not in found)
        found[identity if identity in known else next(same, identity)] = screen
    return found


def _stands_in(screen: QScreen) -> bool:
    """Whether Qt only pretends: with no monitor X11 has a screen named like the display, Windows one named WinDisc."""
    return screen.name().startswith(":") or screen.name() == "WinDisc" or screen.geometry().isEmpty()


def _same_monitor(one: str, other: str) -> bool:
    """By maker, model and serial number, whatever the connector."""
    first, second = one.split(_SEPARATOR)[:3], other.split(_SEPARATOR)[:3]
    return first == second and len(first) == 3 and bool(first[2])


class MonitorWatch(QObject):
    """Says when the set of monitors has changed and has been quiet for a moment: plugging one makes several steps."""

    changed = Signal()
    removed = Signal(str)
    """At once: windows of that identity would be moved over another monitor."""

    def __init__(
        self,
        application: QGuiApplication,
        *,
        settle_ms: int = 500,
        look_ms: int = 1000,
        parent: QObject | None = None,
    ) -> None:
        """Every `look_ms` it looks itself: X11 does not tell when the last monitor goes, its screen is only renamed."""
        super().__init__(parent)
        self._application = application
        self._known: frozenset[str] = frozenset()
        self._settle = QTimer(self, singleShot=True, interval=settle_ms)
        self._settle.timeout.connect(self.changed)
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._look)
        for screen in application.screens():
            screen.geometryChanged.connect(self._moved)
        self._present = tuple(self.screens())
        self._clock = QTimer(self, interval=look_ms)
        self._clock.timeout.connect(self._look)
        self._clock.start()

    def recognise(self, known: Collection[str]) -> None:
        """The identities that layouts and placements speak of."""
        self._known = frozenset(known)
        self._present = tuple(self.screens())

    def screens(self) -> dict[str, QScreen]:
        """By identity, the primary one first. Not to be kept: a screen is gone when it is unplugged."""
        return screens_by_identity(self._application.screens(), known=self._known)

    def monitors(self) -> list[Monitor]:
        """All monitors there are now, from left to right and top to bottom."""
        found = [
            Monitor(identity, screen.name() or screen.model(), screen.geometry())
            for identity, screen in self.screens().items()
        ]
        return sorted(found, key=lambda monitor: (monitor.geometry.x(), monitor.geometry.y(), monitor.identity))

    @Slot(QScreen)
    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._moved)
        self._look()

    @Slot()
    def _look(self) -> None:
        before, self._present = self._present, tuple(self.screens())
        for identity in before:
            if identity not in self._present:
                self.removed.emit(identity)
        if before != self._present:
            self._settle.start()

    @Slot()
    def _moved(self) -> None:
        self._settle.start()
