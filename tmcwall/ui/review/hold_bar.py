"""Lets a supervisor release the hold of a case's footage, with a reason."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.services.holds import LONGEST_REASON
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import HoldService
from tmcwall.ui.console.parts import plain_label


class HoldBar(QWidget):
    """In sight only for footage of a case that is held, and for who may release it."""

    def __init__(self, holds: HoldService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holds = holds
        self._translate = translate
        self._row: BookmarkRow | None = None
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(translate(texts.HOLD_REASON))
        self.reason.setAccessibleName(translate(texts.HOLD_REASON))
        self.release = QPushButton(translate(texts.HOLD_RELEASE))
        self.release.setToolTip(translate(texts.HOLD_RELEASE_HELP))
        self.release.clicked.connect(self._ask)
        self.words = plain_label("", soft=True)
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        for widget in (self.reason, self.release, self.words):
            layout.addWidget(widget)
        holds.released.connect(self._tell_released)
        holds.refused.connect(self._tell_refused)
        self.show_row(None)

    def show_row(self, row: BookmarkRow | None) -> None:
        self._row = row
        self.words.clear()
        self.reason.clear()
        self._offer(
            row is not None and row.case is not None and row.bookmark.held and self._holds.can_release(row.case.unit)
        )

    def _offer(self, offered: bool) -> None:  # noqa: FBT001 - what it says is its one fact
        self.reason.setVisible(offered)
        self.release.setVisible(offered)

    @Slot()
    def _ask(self) -> None:
        if self._row is not None:
            self._holds.release(self._row.bookmark.id, reason=self.reason.text())

    @Slot(object)
    def _tell_released(self, bookmark: Bookmark) -> None:
        if self._row is not None and bookmark.id == self._row.bookmark.id:
            self._offer(False)
            self.words.setText(self._translate(texts.HOLD_RELEASED))

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))
