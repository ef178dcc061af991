"""The form with which an admin adds an officer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.officer import Role
from tmcwall.texts import Text, Translator
from tmcwall.texts import console as console_texts
from tmcwall.texts import officers as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label

_NRP: Final = re.compile(r"[0-9]{8,9}")


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """As typed."""

    nrp: str
    rank: str
    name: str
    role: Role


class OfficerForm(QWidget):
    """Number, rank, name and role. What is typed stays until the account was added."""

    submitted = Signal(object)
    """NewOfficer."""
    told = Signal(str)
    """What is missing, in a sentence."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._nrp, self._rank, self._name = (QLineEdit() for _ in range(3))
        self._nrp.setMaxLength(9)
        self._nrp.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._rank.setMaxLength(20)
        self._rank.setPlaceholderText(translate(texts.RANK_HINT))
        self._name.setMaxLength(80)
        self._role = role_choice(translate)
        self._button = QPushButton(translate(texts.ADD))
        self._button.setAutoDefault(False)  # Enter in a field submits; it presses no button beside
        self._button.clicked.connect(self._submit)
        fields = QFormLayout()
        fields.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        fields.setVerticalSpacing(theme.SPACE)
        for label, widget in (
            (texts.NRP, self._nrp),
            (texts.RANK, self._rank),
            (texts.NAME, self._name),
            (texts.ROLE, self._role),
        ):
            widget.setAccessibleName(translate(label))
            fields.addRow(plain_label(translate(label), soft=True), widget)
        for edit in (self._nrp, self._rank, self._name):
            edit.returnPressed.connect(self._submit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        title = plain_label(translate(texts.ADD_TITLE))
        title.setFont(theme.font(strong=True))
        layout.addWidget(title)
        layout.addLayout(fields)
        layout.addWidget(self._button)
        layout.addStretch(1)

    def clear(self) -> None:
        for edit in (self._nrp, self._rank, self._name):
            edit.clear()
        self._role.setCurrentIndex(0)

    def nrp(self) -> str:
        """The number that is typed."""
        return self._nrp.text().strip()

    @Slot()
    def _submit(self) -> None:
        missing = self._missing()
        if missing is not None:
            edit, text = missing
            edit.setFocus()
            self.told.emit(self._translate(text))
            return
        role = Role(self._role.currentData())
        self.submitted.emit(NewOfficer(self.nrp(), self._rank.text(), self._name.text(), role))

    def _missing(self) -> tuple[QLineEdit, Text] | None:
        if not _NRP.fullmatch(self.nrp()):
            return self._nrp, console_texts.NRP_INVALID
        if not self._name.text().strip():
            return self._name, console_texts.NAME_MISSING
        return None


def role_choice(translate: Translator) -> QComboBox:
    """All roles, the data of each entry its `Role`."""
    choice = QComboBox()
    for role in Role:
        choice.addItem(translate(texts.ROLES[role]), role)
    return choice
