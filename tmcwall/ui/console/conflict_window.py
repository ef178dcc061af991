"""Entries in which two workstations differ: both values, who gave them and when, until an officer has looked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.merge import Conflict, Version
from tmcwall.domain.operation import Json
from tmcwall.services.conflicts import OpenConflict
from tmcwall.texts import Translator
from tmcwall.texts import conflicts as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import long_moment_text
from tmcwall.ui.console.parts import plain_label, rows_to_read
from tmcwall.ui.services import ConflictService, PersonalService

_WIDTH: Final = 220 * theme.SPACE
_HEIGHT: Final = 110 * theme.SPACE
_LONGEST_VALUE: Final = 400
"""Characters of a value in the table; its tool tip has all."""


class ConflictWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        conflicts: ConflictService,
        personal: PersonalService,
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._personal = personal
        self._conflicts = conflicts
        self._translate = translate
        self._shown: list[OpenConflict] = []
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        explanation = plain_label(translate(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        self._table = self._build_table()
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._answer.hide()
        buttons = QDialogButtonBox(self)
        close = buttons.addButton(translate(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        self._seen = buttons.addButton(translate(texts.SEEN), QDialogButtonBox.ButtonRole.ActionRole)
        self._seen.setToolTip(translate(texts.SEEN_HELP))
        self._seen.setAutoDefault(False)  # Enter settles nothing
        self._seen.clicked.connect(self._settle)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._answer)
        layout.addWidget(buttons)
        conflicts.changed.connect(self._show_all)
        personal.changed.connect(self._on_personal)
        conflicts.refused.connect(self._tell)
        self._table.itemSelectionChanged.connect(self._follow_selection)
        self._show_all()

    def lines(self) -> list[tuple[str, ...]]:
        """What the table says: about what, which entry, what stands, the other."""
        cells = [[self._table.item(row, column) for column in range(4)] for row in range(self._table.rowCount())]
        return [tuple(cell.text() if cell is not None else "" for cell in row) for row in cells]

    def select(self, row: int) -> None:
        self._table.selectRow(row)

    @Slot()
    def _show_all(self) -> None:
        selected = self._selected()
        self._shown = list(self._conflicts.open())
        self._table.setRowCount(len(self._shown))
        for row, one in enumerate(self._shown):
            for column, text in enumerate(self._row(one)):
                short = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
                item = QTableWidgetItem(short)
                item.setToolTip(text if short != text else "")
                self._table.setItem(row, column, item)
        self._table.resizeRowsToContents()
        self._table.clearSelection()
        for row, one in enumerate(self._shown):
            if selected is not None and one.conflict.id == selected.conflict.id:
                self._table.selectRow(row)
        self._say("" if self._shown else self._translate(texts.NONE))
        self._follow_selection()

    def _row(self, one: OpenConflict) -> tuple[str, str, str, str]:
        say, conflict = self._translate, one.conflict
        field = texts.FIELDS.get(conflict.field)
        return (
            say(texts.ENTITIES[conflict.entity], subject=one.subject).strip(),
            say(field) if field is not None else conflict.field,
            self._given(conflict, conflict.kept),
            self._given(conflict, conflict.other),
        )

    def _given(self, conflict: Conflict, version: Version) -> str:
        say, field = self._translate, conflict.field
        value = self._withheld(conflict) if field in texts.WITHHELD_FIELDS else value_text(field, version.value, say)
        return say(texts.GIVEN, value=value, actor=version.actor, time=long_moment_text(version.made_at, say))

    def _withheld(self, conflict: Conflict) -> str:
        """Two workstations that write the same have two commitments: whoever may read them is told so."""
        same = self._personal.same(conflict)
        return self._translate(texts.WITHHELD if same is None else texts.SAME if same else texts.DIFFERENT)

    @Slot(str)
    def _on_personal(self, incident_id: str) -> None:
        if any(one.conflict.entity_id == incident_id for one in self._shown):
            self._show_all()

    def _selected(self) -> OpenConflict | None:
        rows = self._table.selectionModel().selectedRows()
        return self._shown[rows[0].row()] if rows and rows[0].row() < len(self._shown) else None

    def _say(self, text: str) -> None:
        self._answer.setText(text)
        self._answer.setVisible(bool(text))

    @Slot()
    def _follow_selection(self) -> None:
        self._seen.setEnabled(self._selected() is not None)

    @Slot()
    def _settle(self) -> None:
        selected = self._selected()
        if selected is not None:
            self._say("")
            self._conflicts.settle(selected.conflict.id)

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._say(explain(problem, self._translate))

    def _build_table(self) -> QTableWidget:
        say = self._translate
        columns = [say(texts.ABOUT), say(texts.FIELD), say(texts.KEPT), say(texts.OTHER)]
        table = rows_to_read(columns, name=say(texts.TITLE), parent=self)
        table.setWordWrap(True)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = table.horizontalHeader()
        for column, mode in enumerate((QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents)):
            header.setSectionResizeMode(column, mode)
        for column in (2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        return table


def value_text(field: str, value: Json, say: Translator) -> str:
    """A value as an operation holds it, in words; what has none is shown as it is."""
    if value is None or value in ("", [], {}):
        return say(texts.EMPTY)
    if isinstance(value, bool):
        return say(texts.YES if value else texts.NO)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    choice = texts.CHOICES.get(field, {}).get(value)
    if choice is not None:
        return say(choice)
    if field.endswith("_at") or field.startswith("asked_"):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return long_moment_text(moment, say) if moment.tzinfo is not None else value
    return value
