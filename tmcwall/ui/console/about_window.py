"""Which version this is, which parts it is made of, and the text of each licence."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from tmcwall import __version__
from tmcwall.licences import Part, is_bundle, shipped_parts, source_offer
from tmcwall.texts import Translator
from tmcwall.texts import about as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label

_WIDTH: Final = 240 * theme.SPACE
_HEIGHT: Final = 140 * theme.SPACE
_LIST_WIDTH: Final = 90 * theme.SPACE


class AboutWindow(QDialog):
    """The parts at the left, walked through with the arrow keys; their texts at the right. Closed by `Esc`.

    The texts are files of the program itself, read as icons and fonts are.
    """

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._parts: tuple[Part, ...] = shipped_parts()
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        bundle = translate(texts.BUNDLE, count=len(self._parts)) if is_bundle() else translate(texts.CHECKOUT)
        explanation = plain_label(bundle, soft=True)
        explanation.setWordWrap(True)
        self._list = QListWidget()
        self._list.setAccessibleName(translate(texts.PARTS))
        self._list.setMaximumWidth(_LIST_WIDTH)
        self._list.addItem(translate(texts.OFFER))
        for part in self._parts:
            self._list.addItem(f"{part.name} {part.version}".strip() + f"\n{part.licence}")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(translate(texts.LICENCE_TEXT))
        buttons = QDialogButtonBox(self)
        buttons.addButton(translate(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        halves = QHBoxLayout()
        halves.setSpacing(2 * theme.SPACE)
        halves.addWidget(self._list)
        halves.addWidget(self._text, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(plain_label(translate(texts.VERSION, version=__version__), title=True))
        layout.addWidget(explanation)
        layout.addLayout(halves, 1)
        layout.addWidget(buttons)
        self._list.currentRowChanged.connect(self._show)
        self._list.setCurrentRow(0)
        self._list.setFocus()

    @Slot(int)
    def _show(self, row: int) -> None:
        try:
            text = source_offer() if row <= 0 else self._parts[row - 1].text()
        except OSError as error:
            text = self._translate(texts.UNREADABLE, reason=error.filename)
        self._text.setPlainText(text)
