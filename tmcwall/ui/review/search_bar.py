"""The line that footage is searched by, and what came of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.services.footage_search import FoundFootage
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import SearchService
from tmcwall.ui.console.parts import plain_label

_PAUSE_MS: Final = 150


class SearchBar(QWidget):
    """Asks while the officer types; tells only what answers the line as it stands."""

    found = Signal(object)
    """FoundFootage."""
    left = Signal()
    """The line was emptied, or Esc pressed in the empty line."""
    entered = Signal()
    """Enter or Down: on to the results."""

    def __init__(self, search: SearchService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = search
        self._translate = translate
        self._generation = 0
        self.line = QLineEdit()
        self.line.setPlaceholderText(translate(texts.REVIEW_SEARCH_PLACEHOLDER))
        self.line.setAccessibleName(translate(texts.REVIEW_SEARCH))
        self.line.setClearButtonEnabled(True)
        self.words = plain_label("", soft=True)
        self.words.setWordWrap(True)
        self.more = QPushButton(translate(texts.REVIEW_MORE))
        self.more.clicked.connect(search.ask_more)
        self.more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        for widget in (self.line, self.words, self.more):
            layout.addWidget(widget)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self.line.textChanged.connect(self._timer.start)
        search.found.connect(self._take)
        search.refused.connect(self._tell_refused)

    @property
    def active(self) -> bool:
        """Whether what is listed is the answer to a line."""
        return bool(self.line.text().strip())

    def start(self) -> None:
        """The keyboard goes to the line."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def clear(self) -> None:
        self.line.clear()
        self._timer.stop()
        self._forget()

    @Slot()
    def _ask(self) -> None:
        if self.active:
            self._generation = self._search.ask(self._search.read_line(self.line.text()))
        else:
            self._forget()
            self.left.emit()

    def _forget(self) -> None:
        self._generation = 0
        self.words.clear()
        self.more.hide()

    @Slot(object)
    def _take(self, found: FoundFootage) -> None:
        if found.generation != self._generation:
            return
        count = f"{len(found.rows)}{'+' if found.more else ''}"
        self.words.setText(self._translate(texts.FOUND if found.rows else texts.REVIEW_NOTHING, count=count))
        self.more.setVisible(found.more)
        self.found.emit(found)

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the line leaves over."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape and self.line.text():
            self.line.clear()
        elif event.key() == Qt.Key.Key_Escape and self.line.hasFocus():
            self.left.emit()
        else:
            super().keyPressEvent(event)
