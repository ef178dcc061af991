"""Keeps the console where it can be seen when monitors come, go, or change their places."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Slot
from PySide6.QtWidgets import QWidget

from tmcwall.ui import theme
from tmcwall.ui.console.plan import Monitors
from tmcwall.ui.wall.monitors import Monitor

_MARGIN: Final = 10 * theme.SPACE


class KeptInSight(QObject):
    """Brings a window back to the monitor on which the officer had it; while that is away, to one without a wall."""

    def __init__(self, window: QWidget, monitors: Monitors) -> None:
        super().__init__(window)
        self._window = window
        self._monitors = monitors
        self._home = ""
        self._guest_of = ""
        """The monitor that it was brought to because its own is away."""
        self._settled = self._connected()
        window.installEventFilter(self)
        monitors.changed.connect(self._take_monitors)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A move while nothing happens to the monitors is the officer's."""
        if event.type() in {QEvent.Type.Move, QEvent.Type.Show} and self._places() == self._places(self._settled):
            here = self._here(self._settled)
            if here is not None and here.identity != self._guest_of:
                self._home, self._guest_of = here.identity, ""
        return super().eventFilter(watched, event)

    @Slot()
    def _take_monitors(self) -> None:
        monitors = self._connected()
        if not self._window.isVisible() or not monitors:
            return
        if self._places(monitors) == self._places(self._settled):
            self._settled = monitors
            return
        self._settled = monitors
        here = self._here(monitors)
        wanted = next((one for one in monitors if one.identity == self._home), None)
        if wanted is None and (here is None or here.open):
            wanted = next((one for one in monitors if not one.open), here or monitors[0])
        if wanted is not None and (here is None or here.identity != wanted.identity):
            self._guest_of = wanted.identity if wanted.identity != self._home else ""
            self._move_to(wanted.geometry)
        if wanted is not None and wanted.open:
            self._window.raise_()

    def _connected(self) -> list[Monitor]:
        return [one for one in self._monitors.monitors() if one.connected]

    def _places(self, monitors: list[Monitor] | None = None) -> dict[str, QRect]:
        return {one.identity: one.geometry for one in (self._connected() if monitors is None else monitors)}

    def _here(self, monitors: list[Monitor]) -> Monitor | None:
        centre = self._window.frameGeometry().center()
        return next((one for one in monitors if one.geometry.contains(centre)), None)

    def _move_to(self, monitor: QRect) -> None:
        window = self._window
        maximised = window.isMaximized()
        if maximised:
            window.showNormal()
        room = monitor.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        window.setGeometry(QRect(room.topLeft(), window.size().boundedTo(room.size())))
        if maximised:
            window.showMaximized()
