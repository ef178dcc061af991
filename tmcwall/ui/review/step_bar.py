"""Chooses how many cameras of a case or a search are shown in step: 1, 4 or 9."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from tmcwall.texts import Translator
from tmcwall.texts import in_step as texts
from tmcwall.ui import theme

_ACROSS: Final = {1: 1, 4: 2, 9: 3}
"""How many are side by side, by how many there are."""


class StepBar(QWidget):
    """One of three buttons is down."""

    chosen = Signal(int)
    """How many are side by side."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        for count, across in _ACROSS.items():
            words = translate(texts.ONE_CAMERA) if count == 1 else translate(texts.CAMERAS, count=count)
            button = QPushButton(words)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(translate(texts.IN_STEP_HELP))
            self._buttons.addButton(button, across)
            layout.addWidget(button)
        layout.addStretch(1)
        self.choose(1)
        self._buttons.idClicked.connect(self.chosen)

    @property
    def across(self) -> int:
        """How many are side by side now."""
        return self._buttons.checkedId()

    def choose(self, across: int) -> None:
        """Without `chosen`."""
        self._buttons.button(across).setChecked(True)

    def press(self, count: str) -> None:
        """As its button does: `1`, `4` or `9`."""
        self._buttons.button(_ACROSS[int(count)]).click()
