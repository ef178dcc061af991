"""The strip of the console with the outages that go on, never over video."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from tmcwall.domain.health import TileState
from tmcwall.texts import Translator
from tmcwall.texts import repairs as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import Badge, plain_label, quiet_button
from tmcwall.ui.upkeep.lines import OutageLines
from tmcwall.ui.upkeep.services import OutageEventService


class OutageStrip(QFrame):
    """The largest outage in a line, the others counted: the window lists them.

    Hidden while fewer than two cameras have died of one thing: single cameras are counted in the tree.
    """

    opened = Signal()

    def __init__(
        self, events: OutageEventService, lines: OutageLines, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._events = events
        self._lines = lines
        self._translate = translate
        self.setObjectName("lasting-notice")
        self.setStyleSheet(
            f"#lasting-notice {{ background: {theme.RAISED}; border: 1px solid {theme.BORDER};"
            f" border-radius: {theme.SPACE}px; }}"
        )
        badge = Badge()
        badge.show_state(theme.STATES[TileState.LOST], "")
        self._text = plain_label("")
        self._text.setWordWrap(True)
        button = quiet_button(translate(texts.OPEN), self.opened.emit, parent=self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, theme.SPACE)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(badge)
        column = QVBoxLayout()
        column.addWidget(self._text)
        layout.addLayout(column, 1)
        layout.addWidget(button)
        events.changed.connect(self._show)
        self._show()

    @property
    def text(self) -> str:
        return self._text.text()

    @Slot()
    def _show(self) -> None:
        events = self._events.events()
        common = [one for one in events if len(one.camera_ids) > 1]
        alone = len(events) - len(common)
        others = []
        if len(common) > 1:
            others.append(self._translate(texts.MORE_EVENTS, count=len(common) - 1))
        if alone:
            others.append(self._translate(texts.ALONE, count=alone))
        text = "\n".join(part for part in (*map(self._lines.line, common[:1]), " ".join(others)) if part)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(common))
