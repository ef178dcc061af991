"""Taking in lists of RT, RW and landmarks at the console: below the directory of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import Qt, SignalInstance, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.landmark import Landmark
from tmcwall.domain.neighbourhood import Neighbourhoods
from tmcwall.services.place_register import PlaceReport
from tmcwall.texts import Translator
from tmcwall.texts import places as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label

_MOST_LINES: Final = 6


class ImportService(Protocol):
    """The part of `PlaceImports` that is asked."""

    @property
    def imported(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...
    def import_list(self, file: Path) -> None: ...


class KnownPlaces(Protocol):
    """The part of `PlaceBook` that is counted."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def neighbourhoods(self) -> Neighbourhoods: ...
    @property
    def landmarks(self) -> Sequence[Landmark]: ...


class PlaceImportBar(QWidget):
    """A button, what is known, and what the last list did, row by row."""

    def __init__(
        self, imports: ImportService, places: KnownPlaces, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._imports = imports
        self._places = places
        self._translate = translate
        self._button = QPushButton(translate(texts.IMPORT))
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._choose)
        self._words = plain_label("", soft=True)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.SPACE)
        row.addWidget(self._button)
        row.addWidget(self._words, 1)
        imports.imported.connect(self._tell)
        imports.refused.connect(self._tell_refused)
        places.changed.connect(self._count)
        self._told = False
        self._count()

    def take(self, file: Path) -> None:
        """Import a list."""
        self._imports.import_list(file)

    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self, self._translate(texts.IMPORT), "", self._translate(texts.IMPORT_FILES))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_chosen)
        dialog.open()

    @Slot(str)
    def _take_chosen(self, file: str) -> None:
        self.take(Path(file))

    @Slot()
    def _count(self) -> None:
        """Until a list has come in: then what that did stays in sight."""
        if self._told:
            return
        known = self._places.neighbourhoods.all()
        self._words.setText(
            self._translate(
                texts.KNOWN,
                rws=len(known),
                rts=sum(len(one.rts) for one in known),
                landmarks=len(self._places.landmarks),
            )
        )

    @Slot(object)
    def _tell(self, report: PlaceReport) -> None:
        self._told = True
        *lines, summary = texts.report_lines(report, dry_run=False, say=self._translate)
        more = ["…"] if len(lines) > _MOST_LINES else []
        self._words.setText("\n".join((summary, *lines[:_MOST_LINES], *more)))

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self._told = True
        self._words.setText(explain(problem, self._translate))
