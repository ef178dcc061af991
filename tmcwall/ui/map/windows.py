"""The maps that stand in windows of their own, and the monitors that they fill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu

from tmcwall.texts import Translator
from tmcwall.texts import map as texts
from tmcwall.ui.console.plan import Monitors
from tmcwall.ui.map.panel import AddEntries, MapPanel
from tmcwall.ui.map.window import MapWindow

MakePanel = Callable[[AddEntries], MapPanel]


class MapWindows(QObject):
    """One window beside the console at most, and one a monitor. A monitor has either a map or a wall.

    A map whose monitor is unplugged waits for it.
    """

    opened = Signal(object)
    """MapWindow: the program's actions are to be installed on it."""
    changed = Signal()
    """Which monitors have maps is another set now: to be remembered."""

    def __init__(
        self, monitors: Monitors, make_panel: MakePanel, *, translate: Translator, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._monitors = monitors
        self._make_panel = make_panel
        self._translate = translate
        self._windows: dict[str, MapWindow] = {}
        """By monitor; the one beside the console under an empty name."""
        self._wanted: set[str] = set()
        monitors.changed.connect(self._follow)

    def on_monitors(self) -> Sequence[str]:
        """The monitors that have a map, or will when they are there."""
        return sorted(self._wanted)

    def restore(self, monitors: Sequence[str]) -> None:
        """As it was when the program ended; each comes up when its monitor is there."""
        self._wanted = set(monitors)
        self._follow()

    def windows(self) -> Sequence[MapWindow]:
        return list(self._windows.values())

    def show_beside(self) -> MapWindow:
        """The window beside the console, in front of the others."""
        window = self._windows.get("") or self._make("")
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    def fill(self, monitor: str) -> None:
        """A map takes the place of the wall on a monitor."""
        self._wanted.add(monitor)
        self._monitors.close_wall(monitor)
        self._follow()
        self.changed.emit()

    def close(self) -> None:
        """All of them; the program ends."""
        self._monitors.changed.disconnect(self._follow)
        for window in self._windows.values():
            window.leave()
        self._windows.clear()

    def add_entries(self, menu: QMenu, *, monitor: str | None = None) -> None:
        """Into a map's menu; `monitor` is of the map whose menu it is, None for the one in the console."""
        say = self._translate
        if monitor is None:
            menu.addAction(say(texts.OWN_WINDOW), self.show_beside)
        for number, one in enumerate(self._monitors.monitors(), start=1):
            if one.connected and one.identity != monitor:
                menu.addAction(say(texts.ON_MONITOR, number=number, name=one.name), partial(self.fill, one.identity))
        if monitor is not None:
            menu.addAction(say(texts.LEAVE_MONITOR), partial(self._leave, monitor))

    @Slot()
    def _follow(self) -> None:
        """Bring the windows in line with the monitors there are, and with the walls on them."""
        monitors = {one.identity: one for one in self._monitors.monitors()}
        taken = {monitor for monitor in self._wanted if monitor in monitors and monitors[monitor].open}
        for monitor in taken:
            self._leave(monitor)
        for monitor in self._wanted:
            one = monitors.get(monitor)
            window = self._windows.get(monitor)
            if one is None or not one.connected:
                if window is not None:
                    window.hide()
            elif window is None:
                self._make(monitor).fill(one.geometry)
            elif window.isHidden() or window.geometry() != one.geometry:
                window.fill(one.geometry)

    def _make(self, monitor: str) -> MapWindow:
        panel = self._make_panel(partial(self.add_entries, monitor=monitor))
        window = MapWindow(panel, monitor=monitor, translate=self._translate)
        window.closed.connect(self._leave)
        self._windows[monitor] = window
        self.opened.emit(window)
        return window

    @Slot(str)
    def _leave(self, monitor: str) -> None:
        window = self._windows.pop(monitor, None)
        if window is not None:
            window.leave()
        if monitor in self._wanted:
            self._wanted.discard(monitor)
            self.changed.emit()
