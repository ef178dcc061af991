"""The form with which an admin adds an officer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from tmcwall.domain.officer import Role
from tmcwall.texts import Text, Translator
from tmcwall.texts import console as console_texts
from tmcwall.texts import officers as texts
from tmcwall.ui.console.parts import lay_out_form

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
        self._button.clicked.connect(self._submit)
        fields: list[tuple[str, QWidget]] = [
            (translate(texts.NRP), self._nrp),
            (translate(texts.RANK), self._rank),
            (translate(texts.NAME), self._name),
            (translate(texts.ROLE), self._role),
        ]
        for edit in (self._nrp, self._rank, self._name):
            edit.returnPressed.connect(self._submit)
        lay_out_form(self, translate(texts.ADD_TITLE), fields, self._button)

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
