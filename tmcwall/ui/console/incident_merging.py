"""Which reports may be the selected incident, to be merged into it, and which were, to be split again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from tmcwall.domain.incident import Incident
from tmcwall.texts import Text, Translator
from tmcwall.texts import incidents as texts
from tmcwall.ui import theme
from tmcwall.ui.console.moments import time_text

_SHORTEST = 12
"""Characters of an entry that are always seen."""

_Shown = tuple[Incident | None, Sequence[Incident], Sequence[Incident], Sequence[Incident], bool]


class MergeBar(QWidget):
    """Seen while there is something likely or merged, and once an officer asks for it. Nothing is merged by itself."""

    merge_requested = Signal(str)
    """The report that is to be merged into the selected incident."""
    split_requested = Signal(str)

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._asked_for: str | None = None
        self._incident_id: str | None = None
        self._shown: _Shown = (None, (), (), (), False)
        self._merged: frozenset[str] = frozenset()
        self._choice = QComboBox()
        self._choice.setAccessibleName(translate(texts.MERGE_CHOICE))
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.setMinimumContentsLength(_SHORTEST)
        self._choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._choice.currentIndexChanged.connect(self._follow)
        self._act = QPushButton(translate(texts.MERGE))
        self._act.clicked.connect(self._on_act)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._choice, 1)
        layout.addWidget(self._act)
        self.hide()

    def show_incident(
        self,
        incident: Incident | None,
        likely: Sequence[Incident],
        merged: Sequence[Incident],
        others: Sequence[Incident],
        *,
        allowed: bool,
    ) -> None:
        """`likely` may be the same, `merged` are counted with it already, `others` are all that are open."""
        self._incident_id = None if incident is None else incident.id
        if self._asked_for != self._incident_id:
            self._asked_for = None
        self._merged = frozenset(one.id for one in merged if one.duplicate_of is not None)
        known = {one.id for one in (*likely, *merged)} | {self._incident_id}
        entries: list[tuple[Text, Incident]] = [(texts.MERGE_LIKELY, one) for one in likely]
        entries += [(texts.MERGE_DONE, one) for one in merged if one.id in self._merged]
        if self._asked_for is not None:
            entries += [(texts.MERGE_OTHER, one) for one in others if one.id not in known]
        chosen = self._choice.currentData()
        self._choice.blockSignals(True)
        self._choice.clear()
        for text, one in entries:
            self._choice.addItem(self._translate(text, what=self._what(one)), one.id)
            self._choice.setItemData(self._choice.count() - 1, self._what(one), Qt.ItemDataRole.ToolTipRole)
        self._choice.setCurrentIndex(max(0, self._choice.findData(chosen)))
        self._choice.blockSignals(False)
        self._shown = (incident, likely, merged, others, allowed)
        self._follow()
        self.setVisible(bool(entries))
        self.setEnabled(allowed)

    @Slot()
    def start(self) -> None:
        """All open incidents can be chosen, those that are likely first."""
        if self._incident_id is None:
            return
        self._asked_for = self._incident_id
        incident, likely, merged, others, allowed = self._shown
        self.show_incident(incident, likely, merged, others, allowed=allowed)
        self._choice.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _what(self, incident: Incident) -> str:
        say = self._translate
        parts = (
            time_text(incident.called_at, say),
            say(texts.SOURCES[incident.source]),
            say(texts.TYPES[incident.type]),
        )
        return ", ".join((*parts, incident.text or incident.place.text))

    @Slot()
    def _follow(self) -> None:
        merged = self._choice.currentData() in self._merged
        self._act.setText(self._translate(texts.SPLIT if merged else texts.MERGE))

    @Slot()
    def _on_act(self) -> None:
        chosen = self._choice.currentData()
        if isinstance(chosen, str):
            (self.split_requested if chosen in self._merged else self.merge_requested).emit(chosen)
