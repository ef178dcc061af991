"""The window of what is known of the city besides incidents: warnings that hold, traffic, units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.incident import Drill
from tmcwall.domain.one_way import OneWayRule
from tmcwall.domain.traffic_count import CountedPlace
from tmcwall.services.city import ImportedCounts
from tmcwall.texts import Text, Translator
from tmcwall.texts import city as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text, moment_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.services import CityService

_WIDTH: Final = 240 * theme.SPACE
_HEIGHT: Final = 150 * theme.SPACE
_NAMED_ROWS: Final = 5
"""Wrong rows of a file that are named; the others are counted."""

ShowCameras = Callable[[Position], int]
"""Bring the nearest cameras of a place to tiles; how many."""


class _Chart(Protocol):
    def show_hours(self, place: str, hours: object, *, now: datetime, thresholds: tuple[int, ...] = ()) -> None: ...


class CityWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        city: CityService,
        show_cameras: ShowCameras,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._city = city
        self._show_cameras = show_cameras
        self._clock = clock
        self._translate = translate
        self._places: Sequence[CountedPlace] = ()
        self._chart: _Chart | None = None
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        zone = translate.zone
        self._warnings = self._table(
            texts.WARNINGS,
            [translate(texts.EVENT), translate(texts.SEVERITY), translate(texts.AREA),
             translate(texts.UNTIL, zone=zone), translate(texts.SOURCE)],
        )  # fmt: skip
        self._traffic = self._table(
            texts.TRAFFIC,
            [translate(texts.PLACE), translate(texts.NEWEST_HOUR), translate(texts.PER_HOUR), translate(texts.VC),
             translate(texts.INDICATOR)],
        )  # fmt: skip
        self._units = self._table(
            texts.UNITS,
            [translate(texts.UNIT), translate(texts.KIND), translate(texts.SEEN), translate(texts.SOURCE)],
        )  # fmt: skip
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._nothing = {table: plain_label("", soft=True) for table in (self._warnings, self._traffic, self._units)}
        self._cameras = quiet_button(translate(texts.SHOW_CAMERAS), self._on_cameras, parent=self)
        self._import = quiet_button(translate(texts.IMPORT), self._choose_file, parent=self)
        self._chart_room = QVBoxLayout()
        self._tabs = QTabWidget(self)
        self._tabs.setAccessibleName(translate(texts.TITLE))
        self._lay_out()
        self._traffic.itemSelectionChanged.connect(self._show_chart)
        city.changed.connect(self._show_all)
        city.imported.connect(self._tell_imported)
        city.refused.connect(self._tell)
        self._show_all()

    def lines(self, tab: int) -> list[tuple[str, ...]]:
        """What the table of a tab says: warnings, traffic, units."""
        table = (self._warnings, self._traffic, self._units)[tab]
        return [
            tuple(
                item.text() if (item := table.item(row, column)) is not None else ""
                for column in range(table.columnCount())
            )
            for row in range(table.rowCount())
        ]

    def show_place(self, place_id: str) -> None:
        """The chart of a counter."""
        self._tabs.setCurrentIndex(1)
        for row, place in enumerate(self._places):
            if place.id == place_id:
                self._traffic.selectRow(row)

    def import_file(self, file: Path) -> None:
        self._city.import_counts(file)

    def _table(self, name: Text, columns: Sequence[str]) -> QTableWidget:
        table = rows_to_read(columns, name=self._translate(name), parent=self)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.setWordWrap(True)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _lay_out(self) -> None:
        say = self._translate
        tabs = (
            (texts.WARNINGS, self._warnings, texts.NO_WARNINGS),
            (texts.TRAFFIC, self._traffic, texts.NO_COUNTS),
            (texts.UNITS, self._units, texts.NO_UNITS),
        )
        for name, table, nothing in tabs:
            page = QWidget()
            column = QVBoxLayout(page)
            column.setSpacing(2 * theme.SPACE)
            self._nothing[table].setText(say(nothing))
            self._nothing[table].setWordWrap(True)
            column.addWidget(self._nothing[table])
            column.addWidget(table, 1)
            if table is self._traffic:
                column.addLayout(self._chart_room, 2)
                explanation = plain_label(say(texts.EXPLANATION), soft=True)
                explanation.setWordWrap(True)
                column.addWidget(explanation)
                row = QHBoxLayout()
                row.addWidget(self._cameras)
                row.addWidget(self._import)
                row.addStretch(1)
                column.addLayout(row)
            self._tabs.addTab(page, say(name))
        buttons = QDialogButtonBox(self)
        buttons.addButton(say(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(self._answer)
        layout.addWidget(buttons)

    @Slot()
    def _show_all(self) -> None:
        chosen = self._chosen()
        self._places = self._city.places()
        self._fill(self._warnings, self._warning_rows())
        self._fill(self._traffic, [self._traffic_row(place) for place in self._places])
        self._fill(self._units, self._unit_rows())
        if chosen is not None:
            self.show_row(chosen.id)
        self._show_chart()

    def show_row(self, place_id: str) -> None:
        """Select a counter without turning to its tab."""
        for row, place in enumerate(self._places):
            if place.id == place_id:
                self._traffic.selectRow(row)

    def _fill(self, table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
        self._nothing[table].setVisible(not rows)
        table.setVisible(bool(rows))
        table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(number, column, item)

    def _warning_rows(self) -> list[tuple[str, ...]]:
        say = self._translate
        rows: list[tuple[str, ...]] = []
        for warning in self._city.warnings():
            badge = "" if warning.drill is Drill.ACTUAL else f"{say(incident_texts.DRILLS[warning.drill])} · "
            area = "; ".join(filter(None, (area.description for area in warning.areas)))
            rows.append((
                badge + (warning.headline or warning.event), say(texts.SEVERITIES[warning.severity]), area,
                cell_moment_text(warning.expires_at, say), warning.attribution,
            ))  # fmt: skip
        return rows

    def _traffic_row(self, place: CountedPlace) -> tuple[str, ...]:
        say = self._translate
        hours = self._city.hours(place.id)
        newest = max(hours, default=None)
        count = self._city.newest(place.id)
        indication = self._city.indication(place.id)
        return (
            place.name or place.id,
            "-" if newest is None else moment_text(newest, say),
            "-" if newest is None else str(hours[newest]),
            "-" if count is None or count.vc is None else f"{count.vc:.2f}",
            say(texts.NO_GATE) if indication is None else say(texts.STATES[indication.state]),
        )

    def _unit_rows(self) -> list[tuple[str, ...]]:
        say, now = self._translate, self._clock.utc()
        rows: list[tuple[str, ...]] = []
        for unit in self._city.units():
            age = unit.age(now)
            minutes = age // timedelta(minutes=1)
            words = say(texts.AGE, minutes=minutes) if minutes else say(texts.NOW)
            seen = say(texts.STALE, age=words) if unit.is_stale(now) else words
            rows.append((unit.unit, say(texts.KINDS[unit.kind]), seen, unit.source))
        return rows

    def _chosen(self) -> CountedPlace | None:
        rows = self._traffic.selectionModel().selectedRows()
        row = rows[0].row() if rows else -1
        return self._places[row] if 0 <= row < len(self._places) else None

    @Slot()
    def _show_chart(self) -> None:
        place = self._chosen()
        self._cameras.setEnabled(place is not None and place.position is not None)
        if place is None:
            return
        if self._chart is None:
            chart = import_module("tmcwall.ui.console.city_chart").CountChart(self._translate, self)
            self._chart_room.addWidget(chart)
            self._chart = chart
        rule: OneWayRule | None = self._city.rule(place.id)
        assert self._chart is not None
        self._chart.show_hours(
            place.name or place.id,
            self._city.hours(place.id),
            now=self._clock.utc(),
            thresholds=() if rule is None else (rule.sustained, rule.once),
        )

    @Slot()
    def _on_cameras(self) -> None:
        place = self._chosen()
        if place is not None and place.position is not None:
            count = self._show_cameras(place.position)
            say = self._translate
            self._answer.setText(say(texts.CAMERAS_SHOWN, count=count) if count else say(texts.NO_CAMERAS))

    @Slot()
    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self._translate(texts.IMPORT), "", self._translate(texts.IMPORT_FILTER)
        )
        if chosen:
            self.import_file(Path(chosen))

    @Slot(object)
    def _tell_imported(self, imported: ImportedCounts) -> None:
        say = self._translate
        head = say(texts.IMPORTED, taken=imported.taken, known=imported.known, wrong=len(imported.problems))
        named = [
            say(texts.WRONG_ROW, line=problem.line, reason=problem.message)
            for problem in imported.problems[:_NAMED_ROWS]
        ]
        self._answer.setText("\n".join([head, *named]))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))
