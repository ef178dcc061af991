"""Which cameras of the register are shown: words, owner, and how far they are in use."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from tmcwall.domain.camera import Owner, Standing
from tmcwall.texts import Translator
from tmcwall.texts import register as texts
from tmcwall.texts.console import OWNERS
from tmcwall.texts.lifecycle import STANDINGS
from tmcwall.ui import theme
from tmcwall.ui.console.register_model import AnyOwner, Filter, Kept

OWNER_CHOICES: Final = (AnyOwner.ALL, *Owner, AnyOwner.NONE)
STATE_CHOICES: Final = (Kept.LISTED, *Standing, Kept.QUARANTINE, Kept.FAILED)
"""In the order of the boxes: Qt would give words of an enum back as plain text."""


class FilterBar(QWidget):
    """One line above the table; its focus is that of the field for words."""

    changed = Signal()

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = translate
        self.search, self.owner, self.state = QLineEdit(), QComboBox(), QComboBox()
        self.search.setPlaceholderText(say(texts.FILTER))
        self.search.setAccessibleName(say(texts.FILTER))
        self.search.setClearButtonEnabled(True)
        self.owner.setAccessibleName(say(texts.FIELDS["owner"]))
        owners = [say(OWNERS[owner]) for owner in Owner]
        self.owner.addItems([say(texts.ALL_OWNERS), *owners, say(texts.NO_OWNER)])
        self.state.setAccessibleName(say(texts.STATE))
        standings = [say(STANDINGS[standing]) for standing in Standing]
        self.state.addItems([say(texts.LISTED), *standings, say(texts.IN_QUARANTINE), say(texts.FAILED)])
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * theme.SPACE)
        line.addWidget(self.search, 1)
        for box in (self.owner, self.state):
            line.addWidget(box)
            box.currentIndexChanged.connect(self.changed)
        self.search.textChanged.connect(self.changed)
        self.setFocusProxy(self.search)

    @property
    def wanted(self) -> Filter:
        owner, state = OWNER_CHOICES[self.owner.currentIndex()], STATE_CHOICES[self.state.currentIndex()]
        return Filter(self.search.text(), owner, state)
