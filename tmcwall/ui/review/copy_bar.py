"""Makes a still of the picture that is shown, or a viewing copy of the clip that plays, and says where it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import annotation as annotation_texts
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import CopyService
from tmcwall.ui.console.parts import plain_label


class CopyBar(QWidget):
    """Two buttons and what came of them."""

    def __init__(
        self,
        copies: CopyService,
        position_s: Callable[[], float],
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        """`position_s` is where the picture that is shown is in its clip."""
        super().__init__(parent)
        self._copies = copies
        self._position_s = position_s
        self._translate = translate
        self._row: BookmarkRow | None = None
        self.still = QPushButton(translate(texts.TAKE_STILL))
        self.still.clicked.connect(self.take_still)
        self.viewing_copy = QPushButton(translate(texts.MAKE_VIEWING_COPY))
        self.viewing_copy.clicked.connect(self._make_viewing_copy)
        self.annotated = QCheckBox(translate(annotation_texts.BURN))
        self.annotated.setToolTip(translate(annotation_texts.BURN_HELP))
        self.words = plain_label("", soft=True)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self.still)
        layout.addWidget(self.viewing_copy)
        layout.addWidget(self.annotated)
        layout.addWidget(self.words, 1)
        copies.made.connect(self._tell_made)
        copies.refused.connect(self._tell_refused)
        copies.busy_changed.connect(self._show_state)
        self._show_state()

    def show_row(self, row: BookmarkRow | None) -> None:
        """Of whose clip copies are made; None: nothing is shown."""
        self._row = row
        self.words.clear()
        self._show_state()

    @Slot()
    def take_still(self) -> None:
        if self._row is not None and self.still.isEnabled():
            self._copies.make_still(self._row, at_s=self._position_s())

    @Slot()
    def _make_viewing_copy(self) -> None:
        if self._row is not None:
            self._copies.make_viewing_copy(self._row, annotated=self.annotated.isChecked())

    @Slot(object)
    def _tell_made(self, path: Path) -> None:
        self.words.setText(self._translate(texts.COPY_MADE, path=path))

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))

    @Slot()
    def _show_state(self) -> None:
        clip = self._row.clip if self._row is not None else None
        ready = clip is not None and clip.state is ClipState.READY
        for button in (self.still, self.viewing_copy, self.annotated):
            button.setEnabled(ready and not self._copies.busy)
        if self._copies.busy:
            self.words.setText(self._translate(texts.COPY_BEING_MADE))
