"""The list of keys, made from the registry of actions; `?` shows and hides it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from tmcwall.texts import Translator
from tmcwall.texts import actions as texts
from tmcwall.ui import theme
from tmcwall.ui.actions import ACTIONS, LAYOUT_IDS, ActionId, Group, help_of, name_of, shown_key
from tmcwall.ui.console.parts import plain_label

_WIDTH: Final = 344 * theme.SPACE
_HEIGHT: Final = 180 * theme.SPACE


def key_rows(group: Group, translate: Translator) -> list[tuple[str, str, str]]:
    """Key, name and explanation of every action of a group; the twelve layouts are one row."""
    rows = []
    for action in ACTIONS:
        if action.group is not group:
            continue
        if action.id is ActionId.LAYOUT_1:
            names = texts.LAYOUTS
            rows.append((translate(texts.LAYOUT_KEYS), translate(names.name), translate(names.help)))
        elif action.id not in LAYOUT_IDS:
            rows.append((shown_key(action, translate), name_of(action, translate), help_of(action, translate)))
    return rows


class KeyList(QFrame):
    """Two columns of groups over the console, or in a window of its own where there is no console."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setStyleSheet(
            f"#keys {{ background: {theme.BACKGROUND}; border: 1px solid {theme.ACCENT};"
            f" border-radius: {theme.SPACE}px; }} QScrollArea, #keys_page {{ background: {theme.BACKGROUND}; }}"
        )
        self.setAccessibleName(translate(texts.KEYS_TITLE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        page = QWidget()
        page.setObjectName("keys_page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(8 * theme.SPACE)
        halves = ((Group.CAMERAS, Group.TILES, Group.TAGGING, Group.MAP), (Group.INCIDENTS, Group.PROGRAM))
        for half in halves:
            column = QVBoxLayout()
            column.setSpacing(3 * theme.SPACE)
            for group in half:
                column.addWidget(_heading(translate(group.value)))
                column.addLayout(_table(key_rows(group, translate)))
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        head = QHBoxLayout()
        head.addWidget(plain_label(translate(texts.KEYS_TITLE), title=True))
        head.addStretch(1)
        head.addWidget(plain_label(translate(texts.KEYS_HINT), soft=True))
        layout = QVBoxLayout(self)
        margin = 6 * theme.SPACE
        layout.setContentsMargins(margin, 4 * theme.SPACE, margin, margin)
        layout.setSpacing(4 * theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        self.hide()

    def toggle(self) -> None:
        if self.isVisible():
            self.hide()
            return
        around = self.parentWidget()
        if around is not None:
            room = around.rect().adjusted(*(4 * theme.SPACE * side for side in (1, 1, -1, -1)))
            box = QRect(0, 0, min(room.width(), _WIDTH), min(room.height(), _HEIGHT))
            box.moveCenter(room.center())
            self.setGeometry(box)
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)


def _heading(text: str) -> QLabel:
    label = plain_label(text)
    label.setFont(theme.font(strong=True))
    label.setStyleSheet(f"color: {theme.ACCENT};")
    return label


def _table(rows: list[tuple[str, str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(4 * theme.SPACE)
    grid.setVerticalSpacing(2 * theme.SPACE)
    for row, (key, name, help_text) in enumerate(rows):
        cap = plain_label(key)
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cap.setMinimumWidth(20 * theme.SPACE)
        cap.setStyleSheet(
            f"background: {theme.RAISED}; border: 1px solid {theme.BORDER}; border-radius: {theme.SPACE}px;"
            f" padding: {theme.SPACE // 2}px {2 * theme.SPACE}px; font-size: {theme.SMALL}px;"
        )
        words = plain_label(help_text, soft=True)
        words.setWordWrap(True)
        grid.addWidget(cap, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(plain_label(name), row, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, row, 2)
    grid.setColumnMinimumWidth(0, 28 * theme.SPACE)
    grid.setColumnMinimumWidth(1, 46 * theme.SPACE)
    grid.setColumnStretch(2, 1)
    return grid
