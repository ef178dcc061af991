"""The strip that asks for the code by which this workstation is enrolled at the central server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.texts import Text, Translator
from tmcwall.texts import enrolment as texts
from tmcwall.texts.faults import fault_text
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.services import EnrolmentService

_TITLES: Final[Mapping[FaultCode, Text]] = {
    FaultCode.DEVICE_NOT_ENROLLED: texts.NOT_ENROLLED,
    FaultCode.DEVICE_REVOKED: texts.REVOKED,
    FaultCode.SERVER_KEY_CHANGED: texts.KEY_CHANGED,
}
_LONGEST_CODE: Final = 64


class EnrolmentPanel(QFrame):
    """Hidden while no code is needed. It takes nothing from the video and no sign-in: work goes on without it."""

    def __init__(self, enrolment: EnrolmentService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._enrolment = enrolment
        self._translate = translate
        self.setObjectName("enrolment")
        self.setStyleSheet(
            f"#enrolment {{ background: {theme.SURFACE}; border: 1px solid {theme.ORANGE};"
            f" border-radius: {theme.SPACE}px; }}"
        )
        self._title = plain_label("")
        self._title.setFont(theme.font(strong=True))
        self._hint = plain_label("", soft=True)
        self._hint.setWordWrap(True)
        self._code = QLineEdit()
        self._code.setPlaceholderText(translate(texts.CODE))
        self._code.setAccessibleName(translate(texts.CODE))
        self._code.setMaxLength(_LONGEST_CODE)
        self._code.returnPressed.connect(self._submit)
        self._go = QPushButton(translate(texts.ENROL))
        self._go.clicked.connect(self._submit)
        self._problem = plain_label("")
        self._problem.setWordWrap(True)
        self._problem.setStyleSheet(f"color: {theme.ORANGE};")
        fields = QHBoxLayout()
        fields.addWidget(self._code, 1)
        fields.addWidget(self._go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * theme.SPACE, 2 * theme.SPACE, 3 * theme.SPACE, 3 * theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addLayout(fields)
        layout.addWidget(self._problem)
        enrolment.changed.connect(self._show)
        enrolment.enrolled.connect(self._clear)
        enrolment.refused.connect(self._tell)
        self._clear()
        self._show()

    @Slot()
    def _show(self) -> None:
        needed, busy = self._enrolment.needed, self._enrolment.busy
        if needed is not None:
            self._title.setText(self._translate(_TITLES[needed]))
            self._hint.setText(self._translate(fault_text(needed)))
        self._go.setText(self._translate(texts.ENROLLING if busy else texts.ENROL))
        self._code.setEnabled(not busy)
        self._go.setEnabled(not busy)
        self.setVisible(needed is not None)

    @Slot()
    def _submit(self) -> None:
        self._problem.hide()
        self._enrolment.enrol(self._code.text())

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        """The code stays: it may have one wrong letter."""
        self._problem.setText(self._translate(fault_text(problem.code)))
        self._problem.show()
        self._code.setFocus()

    @Slot()
    def _clear(self) -> None:
        self._code.clear()
        self._problem.hide()
