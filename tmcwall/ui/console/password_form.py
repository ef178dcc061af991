"""The form with which the officer on duty changes his own password."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from tmcwall.domain.password import LONGEST_PASSWORD
from tmcwall.texts import Text, Translator
from tmcwall.texts import console as console_texts
from tmcwall.texts import officers as texts
from tmcwall.ui.console.parts import lay_out_form


class PasswordForm(QWidget):
    """The old one once, the new one twice."""

    submitted = Signal(str, str)
    """The old and the new password."""
    told = Signal(str)
    """What is missing, in a sentence."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._before, self._after, self._repeat = (QLineEdit() for _ in range(3))
        self._button = QPushButton(translate(texts.OWN_CHANGE))
        self._button.clicked.connect(self._submit)
        fields: list[tuple[str, QWidget]] = [
            (translate(texts.OWN_BEFORE), self._before),
            (translate(texts.OWN_AFTER), self._after),
            (translate(texts.OWN_REPEAT), self._repeat),
        ]
        for edit in (self._before, self._after, self._repeat):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.setMaxLength(LONGEST_PASSWORD)
            edit.returnPressed.connect(self._submit)
        lay_out_form(self, translate(texts.OWN_TITLE), fields, self._button)

    def clear(self) -> None:
        for edit in (self._before, self._after, self._repeat):
            edit.clear()

    def focus(self) -> None:
        self._before.setFocus()

    @Slot()
    def _submit(self) -> None:
        missing = self._missing()
        if missing is not None:
            edit, text = missing
            edit.setFocus()
            self.told.emit(self._translate(text))
            return
        before, after = self._before.text(), self._after.text()
        self.clear()
        self.submitted.emit(before, after)

    def _missing(self) -> tuple[QLineEdit, Text] | None:
        if not self._before.text():
            return self._before, console_texts.PASSWORD_MISSING
        if not self._after.text():
            return self._after, console_texts.PASSWORD_MISSING
        if self._after.text() != self._repeat.text():
            return self._repeat, console_texts.PASSWORDS_DIFFER
        return None
