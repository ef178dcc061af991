"""Which unit's the case is, who therefore sees it, and the form in which that is changed."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.case import Case
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import LONGEST_UNIT
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import CaseUnitService
from tmcwall.ui.console.parts import plain_label


class CaseUnitPanel(QWidget):
    """Hidden for footage of no case."""

    def __init__(self, units: CaseUnitService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = units
        self._translate = translate
        self._case: Case | None = None
        self._said = plain_label("")
        self._said.setWordWrap(True)
        self._change = QPushButton(translate(texts.CHANGE_CASE_UNIT))
        self._change.clicked.connect(self._ask)
        self._choice = QComboBox()
        self._choice.setEditable(True)
        self._choice.setAccessibleName(translate(texts.CASE_UNIT))
        edit = self._choice.lineEdit()
        assert edit is not None, "it is editable"
        edit.setMaxLength(LONGEST_UNIT)
        edit.setPlaceholderText(translate(texts.CASE_UNIT_EVERYBODY))
        edit.returnPressed.connect(self._save)
        self._choice.currentTextChanged.connect(self._warn)
        self._keep = QPushButton(translate(texts.KEEP_CASE_UNIT))
        self._keep.clicked.connect(self._save)
        self._cancel = QPushButton(translate(texts.LEAVE_CASE_UNIT))
        self._cancel.clicked.connect(self._close)
        self._warning = plain_label("")
        self._warning.setWordWrap(True)
        self._warning.setStyleSheet(f"color: {theme.ORANGE};")
        buttons = QHBoxLayout()
        buttons.addWidget(self._change)
        buttons.addWidget(self._keep)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._said)
        layout.addWidget(self._choice)
        layout.addWidget(self._warning)
        layout.addLayout(buttons)
        units.changed.connect(self._take)
        units.refused.connect(self._tell)
        units.known_changed.connect(self._offer)
        self.show_case(None)

    def show_case(self, case: Case | None) -> None:
        self._case = case
        self.setVisible(case is not None)
        self._close()

    @Slot()
    def _close(self) -> None:
        """Show what is, and ask nothing."""
        for widget in (self._choice, self._keep, self._cancel):
            widget.hide()
        self._warning.clear()
        case = self._case
        self._change.setVisible(case is not None and self._units.may_change(case))
        if case is not None:
            text = texts.CASE_OF_UNIT if case.unit else texts.CASE_OF_EVERYBODY
            self._said.setText(self._translate(text, unit=case.unit))

    @Slot()
    def _ask(self) -> None:
        self._units.look()
        self._change.hide()
        for widget in (self._choice, self._keep, self._cancel):
            widget.show()
        self._offer()
        self._choice.setFocus()

    @Slot()
    def _offer(self) -> None:
        """The units that are known here; a new one may be typed."""
        if self._case is None:
            return
        typed = self._choice.currentText() if self._choice.count() else self._case.unit
        self._choice.blockSignals(True)
        self._choice.clear()
        self._choice.addItems(["", *self._units.known])
        self._choice.setCurrentText(typed)
        self._choice.blockSignals(False)
        self._warn(typed)

    @Slot(str)
    def _warn(self, unit: str) -> None:
        """Whoever gives a case away sees it no more: better before than after."""
        away = bool(unit.strip()) and not self._units.sees(" ".join(unit.split()))
        self._warning.setText(self._translate(texts.CASE_UNIT_GIVEN_AWAY, unit=unit) if away else "")

    @Slot()
    def _save(self) -> None:
        if self._case is not None:
            self._units.put(self._case.id, self._choice.currentText())

    @Slot(object)
    def _take(self, case: Case) -> None:
        if self._case is not None and self._case.id == case.id:
            self._choice.clear()
            self.show_case(case)

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._warning.setText(explain(problem, self._translate))
