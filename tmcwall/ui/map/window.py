"""A map in a window of its own: beside the console, or filling a monitor as a wall does."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tmcwall.texts import Translator
from tmcwall.texts import map as texts
from tmcwall.ui import theme
from tmcwall.ui.map.panel import MapPanel


class MapWindow(QWidget):
    """`monitor` is the identity of the one it fills; empty for a window among others."""

    closed = Signal(str)
    """Its monitor: the officer has closed it."""

    def __init__(self, panel: MapPanel, *, monitor: str = "", translate: Translator) -> None:
        frame = Qt.WindowType.FramelessWindowHint if monitor else Qt.WindowType.Window
        super().__init__(None, Qt.WindowType.Window | frame)
        self.setWindowTitle(translate(texts.TITLE))
        self.panel = panel
        self.monitor = monitor
        self._closing = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        self.setFocusProxy(panel)
        self.resize(260 * theme.SPACE, 180 * theme.SPACE)

    def fill(self, geometry: QRect) -> None:
        """All of the monitor that lies there."""
        screen = QGuiApplication.screenAt(geometry.center())
        if screen is not None:
            self.setScreen(screen)
        self.setGeometry(geometry)
        self.showFullScreen()
        self.setGeometry(geometry)

    def leave(self) -> None:
        """Close it without telling: the program ends, or its place is needed."""
        self._closing = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._closing:
            self.closed.emit(self.monitor)
