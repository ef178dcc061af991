"""Operations that are kept without effect: about what, by whom, and why."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHeaderView, QTableWidgetItem, QVBoxLayout, QWidget

from tmcwall.services.quarantine import KeptOperation
from tmcwall.texts import Translator
from tmcwall.texts import conflicts as conflict_texts
from tmcwall.texts import quarantine as texts
from tmcwall.ui import theme
from tmcwall.ui.console.moments import long_moment_text
from tmcwall.ui.console.parts import plain_label, rows_to_read
from tmcwall.ui.services import QuarantineService

_WIDTH: Final = 200 * theme.SPACE
_HEIGHT: Final = 90 * theme.SPACE
_MOST_ROWS: Final = 500
"""The newest of them; the title of the button counts all."""


class QuarantineWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(self, quarantine: QuarantineService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quarantine = quarantine
        self._translate = translate
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        explanation = plain_label(translate(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        columns = [translate(texts.ABOUT), translate(texts.MADE), translate(texts.REASON)]
        self._table = rows_to_read(columns, name=translate(texts.TITLE), parent=self)
        self._table.setWordWrap(True)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._none = plain_label(translate(texts.NONE))
        buttons = QDialogButtonBox(self)
        buttons.addButton(translate(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole).setDefault(True)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._none)
        layout.addWidget(buttons)
        quarantine.changed.connect(self._show_all)
        self._show_all()

    @Slot()
    def _show_all(self) -> None:
        kept = self._quarantine.kept()[-_MOST_ROWS:]
        self._none.setVisible(not kept)
        self._table.setRowCount(len(kept))
        for row, one in enumerate(kept):
            for column, text in enumerate((self._about(one), self._made(one), self._reason(one.reason))):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(row, column, item)
        self._table.resizeRowsToContents()

    def _about(self, one: KeptOperation) -> str:
        if one.entity is None:
            return self._translate(texts.FROM_SERVER)
        return self._translate(conflict_texts.ENTITIES[one.entity], subject=one.subject).strip()

    def _made(self, one: KeptOperation) -> str:
        if one.made_at is None:
            return ""
        return self._translate(texts.BY, actor=one.actor, time=long_moment_text(one.made_at, self._translate))

    def _reason(self, reason: str) -> str:
        word, _, detail = reason.partition(": ")
        if word in texts.DETAILED and detail:
            return self._translate(texts.DETAILED[word], detail=detail)
        known = texts.REASONS.get(reason)
        return self._translate(known) if known is not None else self._translate(texts.WITHDRAWN, detail=reason)
