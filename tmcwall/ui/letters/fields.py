"""Fields that the forms of letters share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QHBoxLayout, QPlainTextEdit, QWidget

from tmcwall.texts import Text, Translator
from tmcwall.ui import theme

C = TypeVar("C", bound=StrEnum)

_LINE: int = 6 * theme.SPACE


def choice_of(texts: Mapping[C, Text], translate: Translator) -> QComboBox:
    choice = QComboBox()
    for each, text in texts.items():
        choice.addItem(translate(text), each.value)
    return choice


def chosen(choice: QComboBox, kind: type[C]) -> C:
    """Qt keeps the words of a StrEnum only."""
    return kind(choice.currentData())


def pick(choice: QComboBox, wanted: StrEnum) -> None:
    choice.setCurrentIndex(choice.findData(wanted.value))


def day_edit(day: date) -> QDateEdit:
    edit = QDateEdit(QDate(day.year, day.month, day.day))
    edit.setCalendarPopup(True)
    edit.setDisplayFormat("yyyy-MM-dd")
    return edit


def day_in(edit: QDateEdit) -> date:
    shown = edit.date()
    return date(shown.year(), shown.month(), shown.day())


def text_area(lines: int) -> QPlainTextEdit:
    area = QPlainTextEdit()
    area.setTabChangesFocus(True)
    # The theme's style sheet gives fields the height of one line, over what a widget asks for.
    area.setStyleSheet(f"QPlainTextEdit {{ min-height: {lines * _LINE}px; max-height: {lines * _LINE}px; }}")
    return area


class OptionalDay(QWidget):
    """A date that may be unknown."""

    def __init__(self, name: str, known: str) -> None:
        super().__init__()
        self._known = QCheckBox(known)
        self._known.setAccessibleName(f"{name}: {known}")
        self._day = day_edit(date(2025, 1, 1))
        self._day.setAccessibleName(name)
        self._known.toggled.connect(self._day.setEnabled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._known)
        row.addWidget(self._day, 1)

    def put(self, day: date | None, *, otherwise: date) -> None:
        """`otherwise`: what the field begins with once the date becomes known."""
        shown = day or otherwise
        self._day.setDate(QDate(shown.year, shown.month, shown.day))
        self._known.setChecked(day is not None)
        self._day.setEnabled(day is not None)

    def day(self) -> date | None:
        return day_in(self._day) if self._known.isChecked() else None


def joined(texts: Iterable[str], *, nothing: str) -> str:
    return ", ".join(texts) or nothing
