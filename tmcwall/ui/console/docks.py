"""The docks of the console: cameras at the left, incidents at the right, bookmarks below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from tmcwall.texts import Text, Translator
from tmcwall.texts import console as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import review as review_texts
from tmcwall.ui import theme
from tmcwall.ui.console.remembered import DockSizes, Remembered

_LEFT_WIDTH: Final = 92 * theme.SPACE
_RIGHT_WIDTH: Final = 108 * theme.SPACE
_BOTTOM_SHARE: Final = 0.26
_RESIZED: Final = 50 * theme.SPACE
_SHORT: Final = 225 * theme.SPACE
"""A window lower than this has no room for the tag panel and the bookmarks at once."""


class ConsoleDocks(QObject):
    """Holds three panels around the middle of a window, shares the window's room among them, and keeps both."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        cameras: QWidget,
        incidents: QWidget,
        bookmarks: QWidget,
        translate: Translator,
        remembered: Remembered | None,
    ) -> None:
        """`remembered` puts window and docks where they were; without it they are where they are at first."""
        super().__init__(window)
        self._window = window
        self._translate = translate
        self._remembered = remembered
        self._shared = QSize()
        self._sharing = QTimer(self)
        self._sharing.setSingleShot(True)
        self._sharing.setInterval(0)
        self._sharing.timeout.connect(self._share)
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._left = self._dock("cameras", texts.CAMERAS, cameras, Qt.DockWidgetArea.LeftDockWidgetArea)
        self._right = self._dock(
            "incidents", incident_texts.QUEUE_TITLE, incidents, Qt.DockWidgetArea.RightDockWidgetArea
        )
        self._below = self._dock("bookmarks", review_texts.BOOKMARKS, bookmarks, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._sizes = remembered.restore(window) if remembered is not None else None
        for dock in (self._left, self._right, self._below):
            dock.show()

    def follow_size(self) -> None:
        """Share the room anew where the window has become another one, such as maximised."""
        before, now = self._shared, self._window.size()
        if max(abs(now.width() - before.width()), abs(now.height() - before.height())) > _RESIZED:
            self._sharing.start()

    @Slot()
    def make_room(self) -> None:
        """In a window too low for both, the bookmarks give way to the tag panel."""
        if self._window.height() < _SHORT:
            self._below.hide()

    def give_room_back(self) -> None:
        self._below.show()

    def remember(self) -> None:
        """Keep where window and docks are, for the next start."""
        if self._remembered is None:
            return
        height = self._sizes.below if self._sizes is not None and self._below.isHidden() else self._below.height()
        self._remembered.save(self._window, DockSizes(self._left.width(), self._right.width(), height))

    def _dock(self, name: str, title: Text, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(self._translate(title), self._window)
        dock.setObjectName(name)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setWidget(panel)
        self._window.addDockWidget(area, dock)
        return dock

    @Slot()
    def _share(self) -> None:
        window = self._window
        self._shared = window.size()
        sizes = self._sizes or DockSizes(
            min(_LEFT_WIDTH, window.width() // 4), _RIGHT_WIDTH, round(window.height() * _BOTTOM_SHARE)
        )
        window.resizeDocks([self._left, self._right], [sizes.left, sizes.right], Qt.Orientation.Horizontal)
        window.resizeDocks([self._below], [sizes.below], Qt.Orientation.Vertical)
