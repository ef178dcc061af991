"""The window of the patrol guarantee: which cameras nobody has seen for too long, and the tour over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QSpinBox,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.fault import Fault
from tmcwall.domain.patrol import PatrolLine
from tmcwall.texts import Text, Translator
from tmcwall.texts import patrol as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.patrol_service import PatrolService

_WIDTH: Final = 220 * theme.SPACE
_HEIGHT: Final = 130 * theme.SPACE
_MOST_LISTED: Final = 500
_USUAL_HOURS: Final = 12
_LONGEST_HOURS: Final = 7 * 24
_USUAL_DWELL_S: Final = 15


class PatrolWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall. A tour goes on without it."""

    places_wanted = Signal(object)
    """tuple[str, ...]: cameras for the reserved tiles, the first first; `take_places` is to follow at once."""

    def __init__(self, patrol: PatrolService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patrol = patrol
        self._translate = translate
        self._placed = 0
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._within = self._number(texts.WITHIN, _USUAL_HOURS, least=1, most=_LONGEST_HOURS)
        self._within.valueChanged.connect(self.show_lines)
        self._dwell = self._number(texts.DWELL, _USUAL_DWELL_S, least=6, most=600)
        self._summary = plain_label("", title=True)
        self._summary.setWordWrap(True)
        columns = [
            translate(texts.NUMBER),
            translate(texts.CAMERA),
            translate(texts.LAST_SEEN, zone=translate.zone),
            translate(texts.BY),
        ]
        self._table = rows_to_read(columns, name=translate(texts.TITLE), parent=self)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._begin = quiet_button(translate(texts.BEGIN), self._on_begin, parent=self)
        self._pause = quiet_button(translate(texts.PAUSE), patrol.pause_tour, parent=self)
        self._next = quiet_button(translate(texts.NEXT), patrol.step, parent=self)
        self._export = quiet_button(translate(texts.EXPORT), self._choose_file, parent=self)
        self._close = quiet_button(translate(texts.CLOSE), self.reject, parent=self)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._lay_out()
        patrol.changed.connect(self._follow)
        patrol.tour_stepped.connect(self.places_wanted)
        patrol.exported.connect(self._tell_exported)
        patrol.refused.connect(self._tell)
        self._follow()

    def lines(self) -> list[tuple[str, ...]]:
        """What the table says: number, camera, when it was last seen, by whom."""
        cells = [[self._table.item(row, column) for column in range(4)] for row in range(self._table.rowCount())]
        return [tuple(cell.text() if cell is not None else "" for cell in row) for row in cells]

    def export_to(self, file: Path) -> None:
        """Save the whole list, not only what is shown."""
        self._patrol.export(file, within=self._limit(), zone=self._translate.zone)

    def take_places(self, camera_ids: Sequence[str]) -> None:
        """These cameras of the tour's step found a tile."""
        self._placed = len(camera_ids)
        self._patrol.take_places(camera_ids)
        if not camera_ids:
            self._patrol.end_tour()
            self._answer.setText(self._translate(texts.NO_TILES))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_lines()

    @Slot()
    def show_lines(self) -> None:
        """The longest unseen, as it stands now."""
        if not self.isVisible():
            return
        say, lines = self._translate, self._patrol.lines(self._limit())
        overdue = sum(line.overdue for line in lines)
        text = say(texts.SUMMARY, overdue=overdue, count=len(lines), hours=self._within.value())
        if len(lines) > _MOST_LISTED:
            text += f"; {say(texts.LISTED, count=_MOST_LISTED)}"
        self._summary.setText(text)
        shown = lines[:_MOST_LISTED]
        self._table.setRowCount(len(shown))
        for row, line in enumerate(shown):
            for column, cell in enumerate(self._cells(line)):
                self._table.setItem(row, column, QTableWidgetItem(cell))

    def _cells(self, line: PatrolLine) -> tuple[str, str, str, str]:
        number = str(line.camera.number or "")
        if line.seen is None:
            return number, line.camera.name, self._translate(texts.NEVER), ""
        return number, line.camera.name, cell_moment_text(line.seen.at, self._translate), line.seen.officer

    def _number(self, text: Text, value: int, *, least: int, most: int) -> QSpinBox:
        box = QSpinBox(self)
        box.setAccessibleName(self._translate(text))
        box.setRange(least, most)
        box.setValue(value)
        return box

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        form = QGridLayout()
        for column, (text, control) in enumerate(((texts.WITHIN, self._within), (texts.DWELL, self._dwell))):
            label = plain_label(say(text), soft=True)
            label.setBuddy(control)
            form.addWidget(label, 0, column)
            form.addWidget(control, 1, column)
        for column, button in enumerate((self._begin, self._pause, self._next), start=2):
            form.addWidget(button, 1, column)
        bottom = QHBoxLayout()
        bottom.addWidget(self._answer, 1)
        bottom.addWidget(self._export)
        bottom.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addWidget(self._summary)
        layout.addLayout(form)
        layout.addWidget(self._table, 1)
        layout.addLayout(bottom)

    def _limit(self) -> timedelta:
        return timedelta(hours=self._within.value())

    @Slot()
    def _on_begin(self) -> None:
        if self._patrol.touring:
            self._patrol.end_tour()
        else:
            self._patrol.begin_tour(self._dwell.value())

    @Slot()
    def _follow(self) -> None:
        say, touring, paused = self._translate, self._patrol.touring, self._patrol.paused
        self._begin.setText(say(texts.END if touring else texts.BEGIN))
        self._pause.setText(say(texts.GO_ON if paused else texts.PAUSE))
        for button in (self._pause, self._next):
            button.setEnabled(touring)
        if touring:
            self._answer.setText(say(texts.PAUSED) if paused else say(texts.TOURING, count=self._placed))
        self.show_lines()

    @Slot()
    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self._translate(texts.EXPORT), "ronda.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name))

    @Slot(object)
    def _tell_exported(self, file: Path) -> None:
        self._answer.setText(self._translate(texts.EXPORTED, file=file))

    @Slot(object)
    def _tell(self, fault: Fault) -> None:
        self._answer.setText(explain(fault, self._translate))
