"""The docks of the console: cameras at the left, incidents at the right, bookmarks below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from tmcwall.texts import Text, Translator
from tmcwall.texts import console as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import review as review_texts
from tmcwall.ui import theme
from tmcwall.ui.console.remembered import DockSizes

_LEFT_WIDTH: Final = 92 * theme.SPACE
_RIGHT_WIDTH: Final = 108 * theme.SPACE
_BOTTOM_SHARE: Final = 0.26
_SHORT: Final = 225 * theme.SPACE
"""A window lower than this has no room for the tag panel and the bookmarks at once."""


@dataclass(frozen=True, slots=True)
class Docks:
    """Three panels around the middle of a window, which they do not keep: it is given to what needs it."""

    left: QDockWidget
    right: QDockWidget
    below: QDockWidget

    @classmethod
    def around(
        cls, window: QMainWindow, *, cameras: QWidget, incidents: QWidget, bookmarks: QWidget, translate: Translator
    ) -> Self:
        """Put them into the window."""
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

        def dock(name: str, title: Text, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
            made = QDockWidget(translate(title), window)
            made.setObjectName(name)
            made.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
            made.setWidget(panel)
            window.addDockWidget(area, made)
            return made

        return cls(
            dock("cameras", texts.CAMERAS, cameras, Qt.DockWidgetArea.LeftDockWidgetArea),
            dock("incidents", incident_texts.QUEUE_TITLE, incidents, Qt.DockWidgetArea.RightDockWidgetArea),
            dock("bookmarks", review_texts.BOOKMARKS, bookmarks, Qt.DockWidgetArea.BottomDockWidgetArea),
        )

    def show(self) -> None:
        """All of them, whatever was remembered."""
        for dock in (self.left, self.right, self.below):
            dock.show()

    def share(self, window: QMainWindow, remembered: DockSizes | None) -> None:
        """Share the window's room among them, as it was or as it suits."""
        sizes = remembered or DockSizes(
            min(_LEFT_WIDTH, window.width() // 4), _RIGHT_WIDTH, round(window.height() * _BOTTOM_SHARE)
        )
        window.resizeDocks([self.left, self.right], [sizes.left, sizes.right], Qt.Orientation.Horizontal)
        window.resizeDocks([self.below], [sizes.below], Qt.Orientation.Vertical)

    def sizes(self, remembered: DockSizes | None) -> DockSizes:
        """As they are now; while the bookmarks are hidden, their height is the remembered one."""
        height = remembered.below if remembered is not None and self.below.isHidden() else self.below.height()
        return DockSizes(self.left.width(), self.right.width(), height)

    def make_room(self, window: QMainWindow) -> None:
        """In a window too low for both, the bookmarks give way to the tag panel."""
        if window.height() < _SHORT:
            self.below.hide()

    def give_room_back(self) -> None:
        self.below.show()
