"""The windows beside the console: conflicts, register, officers, histories of cameras, the review, and about."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from tmcwall.domain.clock import Clock
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.ui.console.about_window import AboutWindow
from tmcwall.ui.console.camera_history import CameraHistoryWindow
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.conflict_window import ConflictWindow
from tmcwall.ui.console.officer_window import OfficerWindow
from tmcwall.ui.console.register_window import RegisterWindow
from tmcwall.ui.review.player import OpenFile
from tmcwall.ui.review.window import ReviewWindow
from tmcwall.ui.services import ConsoleServices


class WindowsBeside(QObject):
    """Opens them and brings them to the front. There is one of each, but of histories one for every time it is asked.

    They belong to the console's window and go with it.
    """

    def __init__(
        self,
        console: QWidget,
        services: ConsoleServices,
        *,
        region_name: RegionName,
        open_file: OpenFile,
        clock: Clock,
        translate: Translator,
    ) -> None:
        super().__init__(console)
        self._console = console
        self._services = services
        self._clock = clock
        self._translate = translate
        self.conflicts = ConflictWindow(services.conflicts, translate=translate, parent=console)
        self.register = RegisterWindow(
            services.register, services.cameras, region_name=region_name, translate=translate, parent=console
        )
        self.officers = OfficerWindow(services.officers, services.duty, translate=translate, parent=console)
        self.review = ReviewWindow(services.tagging, open_file, clock=clock, translate=translate, parent=console)

    @Slot()
    def show_conflicts(self) -> None:
        """Entries in which workstations differ."""
        _bring_forward(self.conflicts)

    @Slot()
    def show_register(self) -> None:
        """The register of cameras."""
        _bring_forward(self.register)

    @Slot()
    def show_officers(self) -> None:
        """Accounts, roles and passwords."""
        _bring_forward(self.officers)

    @Slot(str)
    def show_history(self, camera_id: str) -> None:
        """How a camera has been doing."""
        camera = self._services.cameras.get(camera_id)
        if camera is not None:
            history = CameraHistoryWindow(
                camera, self._services.health, clock=self._clock, translate=self._translate, parent=self._console
            )
            history.show()

    @Slot()
    def show_about(self) -> None:
        """Version, parts and licences."""
        about = AboutWindow(translate=self._translate, parent=self._console)
        about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about.show()

    @Slot(object)
    def play(self, row: BookmarkRow) -> None:
        """The clip of a bookmark, in the review."""
        self.review.open_row(row)


def _bring_forward(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
