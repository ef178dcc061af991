"""Tables that are filled with words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QTableWidget, QTableWidgetItem


def fill(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    """These rows and no others; what is cut off is in the tool tip."""
    table.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(row, column, item)


def choose(table: QTableWidget, ids: Sequence[str], wanted: str) -> None:
    """The row of that id, else the first."""
    table.setCurrentCell(ids.index(wanted) if wanted in ids else (0 if ids else -1), 0)
