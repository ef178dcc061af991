"""The windows that stand beside the console: made with it, and shown when they are asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tmcwall.domain.clock import Clock
from tmcwall.texts import Translator
from tmcwall.ui.console.about_window import AboutWindow
from tmcwall.ui.console.camera_history import CameraHistoryWindow
from tmcwall.ui.console.camera_panel import CameraPanel
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.conflict_window import ConflictWindow
from tmcwall.ui.console.mask_window import MaskWindow
from tmcwall.ui.console.officer_window import OfficerWindow
from tmcwall.ui.console.oversight_window import OversightWindow, ReasonWindow
from tmcwall.ui.console.patrol_window import PatrolWindow
from tmcwall.ui.console.quarantine_window import QuarantineWindow
from tmcwall.ui.console.register_window import RegisterWindow
from tmcwall.ui.evidence.footage_window import FootageWindow
from tmcwall.ui.evidence.windows import EvidenceWindows
from tmcwall.ui.letters.requests_window import RequestsWindow
from tmcwall.ui.letters.window import LettersWindow
from tmcwall.ui.review.window import OpenFootage, ReviewWindow
from tmcwall.ui.services import ConsoleServices


class SideWindows:
    """Children of the console. Those that are always the same are kept; a history and "about" are made anew.

    It keeps no reference to the console: with one, Qt's bindings fail when both are collected.
    """

    def __init__(
        self,
        services: ConsoleServices,
        console: QWidget,
        *,
        open_file: OpenFootage,
        region_name: RegionName,
        clock: Clock,
        translate: Translator,
    ) -> None:
        self._services = services
        self._clock = clock
        self._translate = translate
        self.conflicts = ConflictWindow(services.conflicts, services.personal, translate=translate, parent=console)
        self.quarantine = QuarantineWindow(services.quarantine, translate=translate, parent=console)
        self.register = RegisterWindow(
            services.register,
            services.cameras,
            region_name=region_name,
            translate=translate,
            sharing=services.logins,
            parent=console,
        )
        self.officers = OfficerWindow(services.officers, services.duty, translate=translate, parent=console)
        self.oversight = OversightWindow(
            services.oversight_search, services.duty, clock=clock, translate=translate, parent=console
        )
        self.patrol = PatrolWindow(services.patrol, translate=translate, parent=console)
        self.letters = LettersWindow(services.letters, services.duty, clock=clock, translate=translate, parent=console)
        self.requests = RequestsWindow(
            services.footage.requests, services.duty, clock=clock, translate=translate, parent=console
        )  # fmt: skip
        self.letters.requests_requested.connect(self.show_requests)
        self.reason = ReasonWindow(
            services.oversight, services.cameras, services.duty, translate=translate, parent=console
        )
        """Comes up by itself when a reason is due."""
        self.review = ReviewWindow(
            services.tagging,
            services.copies,
            services.case_units,
            open_file,
            search=services.search,
            tracks=services.tracks,
            holds=services.holds,
            baskets=services.baskets,
            annotations=services.annotations,
            masks=services.masks,
            clock=clock,
            translate=translate,
            parent=console,
        )
        self.masks = MaskWindow(services.masks, services.open_live, clock=clock, translate=translate, parent=console)
        self.evidence = EvidenceWindows(
            services.evidence,
            services.tagging,
            services.duty,
            open_file,
            clock=clock,
            translate=translate,
            parent=console,
        )
        self.evidence.connect_button(self.review.evidence)
        self.footage = FootageWindow(
            services.footage, services.duty, clock=clock, translate=translate, parent=console
        )  # fmt: skip
        self.review.evidence.footage_requested.connect(self.footage.open_case)

    def connect_cameras(self, cameras: CameraPanel) -> None:
        """What is asked for of a camera in the tree."""
        cameras.history_requested.connect(self.show_history)
        cameras.masks_requested.connect(self.show_masks)

    def show_masks(self, camera_id: str) -> None:
        """What is covered of a camera."""
        camera = self._services.cameras.get(camera_id)
        if camera is not None:
            self.masks.open_camera(camera)

    def show_conflicts(self) -> None:
        """Entries in which workstations differ."""
        bring_up(self.conflicts)

    def show_quarantine(self) -> None:
        """Operations that are kept without effect."""
        bring_up(self.quarantine)

    def show_register(self) -> None:
        """The register of cameras."""
        bring_up(self.register)

    def show_officers(self) -> None:
        """Accounts, roles and passwords."""
        bring_up(self.officers)

    def show_oversight(self) -> None:
        """Who watched which camera."""
        bring_up(self.oversight)

    def show_patrol(self) -> None:
        """Which cameras were not seen for long, and the tour."""
        bring_up(self.patrol)

    def show_letters(self) -> None:
        """Which SP2HP are due, and the register of letters."""
        bring_up(self.letters)

    def show_requests(self) -> None:
        """What was asked of the owners of cameras, and what is late."""
        bring_up(self.requests)

    def show_about(self) -> None:
        """Version, parts and licences."""
        about = AboutWindow(translate=self._translate, parent=self._console())
        about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about.show()

    def show_history(self, camera_id: str) -> None:
        """How a camera has been doing."""
        camera = self._services.cameras.get(camera_id)
        if camera is not None:
            history = CameraHistoryWindow(
                camera, self._services.health, clock=self._clock, translate=self._translate, parent=self._console()
            )
            history.show()

    def _console(self) -> QWidget | None:
        return self.review.parentWidget()


def bring_up(window: QWidget) -> None:
    """Show it in front of the others, with the keyboard."""
    window.show()
    window.raise_()
    window.activateWindow()
