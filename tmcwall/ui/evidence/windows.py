"""The windows for evidence, and the button from which they are opened."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.clock import Clock
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import evidence_windows as texts
from tmcwall.texts import remaining_footage as footage_texts
from tmcwall.ui.case_services import EvidenceServices, TaggingService
from tmcwall.ui.evidence.check_window import CheckWindow
from tmcwall.ui.evidence.export_window import ExportWindow
from tmcwall.ui.evidence.redaction_window import RedactionWindow
from tmcwall.ui.review.player import OpenFile
from tmcwall.ui.services import DutyService


class EvidenceButton(QPushButton):
    """What can be done with the bookmark that is chosen, and with packages of others."""

    export_requested = Signal(object)
    """BookmarkRow that has a case."""
    redaction_requested = Signal(object)
    """BookmarkRow whose clip is ready."""
    check_requested = Signal()
    footage_requested = Signal(object)
    """Case: what is left of its footage."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(translate(texts.EVIDENCE), parent)
        self._row: BookmarkRow | None = None
        menu = QMenu(self)
        self._export = menu.addAction(translate(texts.OPEN_EXPORT))
        self._export.triggered.connect(self._ask_export)
        self._redact = menu.addAction(translate(texts.OPEN_REDACTION))
        self._redact.triggered.connect(self._ask_redaction)
        self._footage = menu.addAction(translate(footage_texts.OPEN))
        self._footage.triggered.connect(self._ask_footage)
        menu.addAction(translate(texts.OPEN_CHECK)).triggered.connect(self.check_requested)
        self.setMenu(menu)
        self.show_row(None)

    def show_row(self, row: BookmarkRow | None) -> None:
        """The bookmark that is meant; None: none."""
        self._row = row
        self._export.setEnabled(row is not None and row.case is not None)
        self._footage.setEnabled(row is not None and row.case is not None)
        self._redact.setEnabled(row is not None and row.clip is not None and row.clip.state is ClipState.READY)

    @Slot()
    def _ask_export(self) -> None:
        if self._row is not None:
            self.export_requested.emit(self._row)

    @Slot()
    def _ask_footage(self) -> None:
        if self._row is not None and self._row.case is not None:
            self.footage_requested.emit(self._row.case)

    @Slot()
    def _ask_redaction(self) -> None:
        if self._row is not None:
            self.redaction_requested.emit(self._row)


class EvidenceWindows:
    """One of each kind for the program, children of the console."""

    def __init__(
        self,
        services: EvidenceServices,
        tagging: TaggingService,
        duty: DutyService,
        open_file: OpenFile,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget,
    ) -> None:
        self.export = ExportWindow(services.export, duty, translate=translate, parent=parent)
        self.check = CheckWindow(services.check, translate=translate, parent=parent)
        self.redaction = RedactionWindow(
            services.redaction, tagging, duty, open_file, clock=clock, translate=translate, parent=parent
        )

    def connect_button(self, button: EvidenceButton) -> None:
        """What is asked of it opens these windows."""
        button.export_requested.connect(self.open_export)
        button.redaction_requested.connect(self.redaction.open_row)
        button.check_requested.connect(self.open_check)

    def open_export(self, row: BookmarkRow) -> None:
        """The case of a bookmark."""
        if row.case is not None:
            self.export.open_case(row.case.lp)

    def open_check(self) -> None:
        self.check.show()
        self.check.raise_()
        self.check.activateWindow()

    def close(self) -> None:
        """With the program."""
        self.export.close()
        self.check.close()
        self.redaction.close()
