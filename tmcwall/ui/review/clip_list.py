"""The clips of a case or a search. It takes no letters: those are the keys of the window around it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QWidget

from tmcwall.texts import Translator
from tmcwall.texts import review as texts


class ClipList(QListWidget):
    """Arrows go through it; a list of its own accord would take letters for the beginning of a name."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate(texts.CASE_CLIPS))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)
