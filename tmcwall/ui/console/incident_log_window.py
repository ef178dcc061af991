"""The window of the log of incidents and of the shares that met their target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QDate, SignalInstance, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.incident import Drill, Incident
from tmcwall.domain.response_times import ResponseStep, Share, moment_of
from tmcwall.texts import Text, Translator
from tmcwall.texts import incident_log as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_clocks import clock_text
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.console.moments import cell_moment_text, date_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read, text_line

_WIDTH: Final = 240 * theme.SPACE
_HEIGHT: Final = 150 * theme.SPACE
_DAYS: Final = 7


class IncidentLogService(Protocol):
    """The log, as `IncidentLog` reads it."""

    @property
    def found(self) -> SignalInstance: ...
    @property
    def saved(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...

    def look(self, since: datetime, until: datetime) -> None: ...
    def shares(self, incidents: Sequence[Incident]) -> Sequence[Share]: ...
    def save(self, incidents: Sequence[Incident], to: Path) -> None: ...


class ShareChart(Protocol):
    def show_shares(self, shares: Sequence[Share]) -> None: ...


class IncidentLogWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        log: IncidentLogService,
        *,
        clock: Clock,
        region_name: RegionName,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._log = log
        self._region_name = region_name
        self._translate = say = translate
        self._zone = say.zone
        self._clock = clock
        self._incidents: Sequence[Incident] = ()
        self._chart: ShareChart | None = None
        self.setWindowTitle(say(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        today = self._zone.date_of(clock.utc())
        self._since = self._day(texts.SINCE, today - timedelta(days=_DAYS - 1))
        self._until = self._day(texts.UNTIL, today)
        self._search = text_line(say(texts.SEARCH), longest=64, parent=self)
        self._search.setPlaceholderText(say(texts.SEARCH))
        self._search.textChanged.connect(self._filter)
        self._show = quiet_button(say(texts.SHOW), self.look, parent=self)
        self._save = quiet_button(say(texts.SAVE), self._choose_file, parent=self)
        heads = (
            say(texts.CALLED, zone=self._zone),
            *map(say, (texts.TYPE, incident_texts.FIELD_SOURCE, incident_texts.FIELD_PLACE)),
            *map(say, (incident_texts.FIELD_STATUS, incident_texts.FIELD_CERTAINTY)),
            *(say(incident_texts.STEPS[step]) for step in ResponseStep),
        )
        self._list = rows_to_read(heads, name=say(texts.TAB_LOG), parent=self)
        self._list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns = [texts.DAY, incident_texts.FIELD_SOURCE, texts.STEP, texts.TARGET]
        columns += [texts.MET, texts.LATE, texts.NOT_KNOWN, texts.SHARE]
        self._table = rows_to_read([say(text) for text in columns], name=say(texts.TAB_SHARES), parent=self)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._step = QComboBox(self)
        self._step.setAccessibleName(say(texts.STEP))
        for step in ResponseStep:
            self._step.addItem(say(incident_texts.STEPS[step]), step)
        self._step.setCurrentIndex(self._step.findData(ResponseStep.ON_SCENE))
        self._step.currentIndexChanged.connect(self._draw)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._tabs = QTabWidget(self)
        self._lay_out()
        log.found.connect(self._take)
        log.saved.connect(self._tell_saved)
        log.refused.connect(self._tell)

    @Slot()
    def look(self) -> None:
        """Read what the two days ask for."""
        first, last = (_python_date(edit.date()) for edit in (self._since, self._until))
        zone = self._zone.local(self._clock.utc()).tzinfo
        since = datetime.combine(first, time.min, zone)
        self._log.look(since, datetime.combine(last + timedelta(days=1), time.min, zone))

    def save_to(self, file: Path) -> None:
        self._log.save(self._incidents, file)

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        filters = QGridLayout()
        for column, (text, edit) in enumerate(((texts.SINCE, self._since), (texts.UNTIL, self._until))):
            label = plain_label(say(text), soft=True)
            label.setBuddy(edit)
            filters.addWidget(label, 0, column)
            filters.addWidget(edit, 1, column)
        for column, widget in enumerate((self._show, self._search, self._save), start=2):
            filters.addWidget(widget, 1, column)
        filters.setColumnStretch(3, 1)
        shares = QWidget(self)
        self._shares_layout = QVBoxLayout(shares)
        self._shares_layout.addWidget(self._step)
        self._shares_layout.addWidget(self._table, 1)
        self._tabs.addTab(self._list, say(texts.TAB_LOG))
        self._tabs.addTab(shares, say(texts.TAB_SHARES))
        self._tabs.currentChanged.connect(self._draw)
        foot = QHBoxLayout()
        foot.addWidget(self._answer, 1)
        foot.addWidget(quiet_button(say(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addLayout(filters)
        layout.addWidget(self._tabs, 1)
        layout.addLayout(foot)

    def _day(self, name: Text, day: date) -> QDateEdit:
        edit = QDateEdit(QDate(day.year, day.month, day.day), self)
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setAccessibleName(self._translate(name))
        return edit

    @Slot(object)
    def _take(self, incidents: Sequence[Incident]) -> None:
        self._incidents = incidents
        _fill(self._list, [self._cells(incident) for incident in incidents])
        _fill(self._table, [self._share_cells(share) for share in self._log.shares(incidents)])
        self._answer.setText(self._translate(texts.FOUND, count=len(incidents)))
        self._filter()
        self._draw()

    @Slot()
    def _filter(self) -> None:
        """Every word has to stand somewhere in the row."""
        wanted = self._search.text().casefold().split()
        for row in range(self._list.rowCount()):
            cells = (self._list.item(row, column) for column in range(self._list.columnCount()))
            words = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            self._list.setRowHidden(row, not all(word in words for word in wanted))

    @Slot()
    def _draw(self) -> None:
        if self._tabs.currentIndex() != 1:
            return
        if self._chart is None:
            # Any: the module is imported by name, when it is first wanted.
            chart: Any = import_module("tmcwall.ui.console.response_chart").ResponseChart(self._translate, self)
            self._shares_layout.insertWidget(1, chart, 1)
            self._chart = chart
        step = ResponseStep(self._step.currentData())
        shown = [share for share in self._log.shares(self._incidents) if share.step is step]
        self._chart.show_shares(shown)

    def _cells(self, incident: Incident) -> list[str]:
        say = self._translate
        kind = say(incident_texts.TYPES[incident.type])
        if incident.drill is not Drill.ACTUAL:
            kind = f"{say(incident_texts.DRILLS[incident.drill])} {kind}"
        certainty = say(incident_texts.CERTAINTIES[incident.certainty])
        if incident.duplicate_of is not None:
            certainty = f"{certainty}, {say(texts.MERGED)}"
        source = f"{say(incident_texts.SOURCES[incident.source])} {incident.external_id}"
        place = place_text(incident.place, region_name=self._region_name, translate=say)
        moments = (moment_of(incident, step) for step in ResponseStep)
        times = ("–" if moment is None else self._zone.time_of_day(moment) for moment in moments)
        called = cell_moment_text(incident.called_at, say)
        return [called, kind, source, place, say(incident_texts.STATUSES[incident.status]), certainty, *times]

    def _share_cells(self, share: Share) -> list[str]:
        say = self._translate
        percent = "–" if share.share is None else f"{100 * share.share:.0f} %"
        target = clock_text(timedelta(seconds=share.within_s))
        counts = [str(number) for number in (share.met, share.late, share.not_known)]
        source, step = say(incident_texts.SOURCES[share.source]), say(incident_texts.STEPS[share.step])
        return [date_text(share.day, say), source, step, target, *counts, percent]

    @Slot()
    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self._translate(texts.SAVE), "waktu-tanggap.csv", "CSV (*.csv)")
        if name:
            self.save_to(Path(name))

    @Slot(object)
    def _tell_saved(self, file: Path) -> None:
        self._answer.setText(self._translate(texts.SAVED, file=file.name))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))


def _fill(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    table.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(row, column, item)


def _python_date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
