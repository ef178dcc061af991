"""The window of planned outages: which there are, a new one, calling one off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from PySide6.QtCore import QDate, QDateTime, QTime, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.lifecycle import LONGEST_REASON
from tmcwall.domain.officer import Action
from tmcwall.domain.outage import PlannedOutage
from tmcwall.texts import Text, Translator
from tmcwall.texts import outages as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read, text_line
from tmcwall.ui.services import CameraService, DutyService, OutageService

_WIDTH: Final = 260 * theme.SPACE
_HEIGHT: Final = 120 * theme.SPACE
_NAMED: Final = 3
"""Cameras of an outage that the table names; the others are counted, and in the tool tip."""
_NEVER_CUT: Final = (1, 2, 4)
"""Columns: start, end, by whom."""
_MOST_LISTED: Final = 20
"""Cameras in the line; more are counted."""
_USUAL_LENGTH: Final = timedelta(hours=4)


class OutageWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        outages: OutageService,
        cameras: CameraService,
        duty: DutyService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._outages = outages
        self._cameras = cameras
        self._duty = duty
        self._clock = clock
        self._translate = translate
        self._shown: Sequence[PlannedOutage] = ()
        self._chosen: Sequence[str] = ()
        """The cameras that it was opened for, while the line still says `_listed`."""
        self._listed = ""
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        zone = translate.zone
        columns = [
            translate(texts.WHICH),
            translate(texts.STARTS, zone=zone),
            translate(texts.ENDS, zone=zone),
            translate(texts.REASON),
            translate(texts.BY),
        ]
        self._table = rows_to_read(columns, name=translate(texts.TITLE), parent=self)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in _NEVER_CUT:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._none = plain_label(translate(texts.NONE))
        self._which = text_line(self._translate(texts.CAMERAS), longest=1000, parent=self)
        self._reason = text_line(self._translate(texts.REASON), longest=LONGEST_REASON, parent=self)
        self._starts = self._moment(texts.STARTS)
        self._ends = self._moment(texts.ENDS)
        self._plan = quiet_button(self._translate(texts.PLAN), self._on_plan, parent=self)
        self._cancel = quiet_button(self._translate(texts.CANCEL), self._on_cancel, parent=self)
        self._close = quiet_button(self._translate(texts.CLOSE), self.reject, parent=self)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._lay_out()
        cameras.cameras_changed.connect(self._show_all)
        outages.planned.connect(self._tell_planned)
        outages.refused.connect(self._tell)
        duty.changed.connect(self._follow_duty)
        self._table.itemSelectionChanged.connect(self._follow_duty)
        self._show_all()

    def lines(self) -> list[tuple[str, ...]]:
        """What the table says: cameras, start, end, reason, by whom."""
        cells = [[self._table.item(row, column) for column in range(5)] for row in range(self._table.rowCount())]
        return [tuple(cell.text() if cell is not None else "" for cell in row) for row in cells]

    def begin(self, camera_ids: Sequence[str]) -> None:
        """A new one for these cameras, from the next full quarter of an hour on."""
        self._chosen = tuple(camera_ids)
        if len(camera_ids) > _MOST_LISTED:
            self._which.setText(self._translate(texts.CHOSEN, count=len(camera_ids)))
        else:
            cameras = [self._cameras.get(camera_id) for camera_id in camera_ids]
            words = [str(camera.number or camera.id) for camera in cameras if camera is not None]
            self._which.setText(", ".join(words))
        self._listed = self._which.text()
        local = self._translate.zone.local(self._clock.utc())
        start = local.replace(minute=local.minute - local.minute % 15, second=0, microsecond=0) + timedelta(minutes=15)
        self._put(self._starts, start)
        self._put(self._ends, start + _USUAL_LENGTH)
        self._reason.clear()
        self._answer.clear()

    def select(self, row: int) -> None:
        self._table.selectRow(row)

    def fill(self, cameras: str, reason: str, *, starts_at: datetime, ends_at: datetime) -> None:
        """As an officer would."""
        self._which.setText(cameras)
        self._reason.setText(reason)
        self._put(self._starts, self._translate.zone.local(starts_at))
        self._put(self._ends, self._translate.zone.local(ends_at))

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        form = QGridLayout()
        fields = (
            (say(texts.CAMERAS), self._which), (say(texts.STARTS, zone=say.zone), self._starts),
            (say(texts.ENDS, zone=say.zone), self._ends), (say(texts.REASON), self._reason),
        )  # fmt: skip
        for column, (text, control) in enumerate(fields):
            label = plain_label(text, soft=True)
            label.setBuddy(control)
            form.addWidget(label, 0, column)
            form.addWidget(control, 1, column)
        form.addWidget(self._plan, 1, len(fields))
        bottom = QHBoxLayout()
        bottom.addWidget(self._cancel)
        bottom.addWidget(self._answer, 1)
        bottom.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._none)
        layout.addLayout(form)
        layout.addLayout(bottom)

    def _moment(self, name: Text) -> QDateTimeEdit:
        edit = QDateTimeEdit(self)
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        edit.setAccessibleName(self._translate(name, zone=self._translate.zone))
        return edit

    @Slot()
    def _show_all(self) -> None:
        """What comes from other workstations is listed; what is being typed stays."""
        now, selected = self._clock.utc(), self._selected()
        self._shown = self._cameras.outages()
        self._none.setVisible(not self._shown)
        self._table.setRowCount(len(self._shown))
        for row, outage in enumerate(self._shown):
            starts = cell_moment_text(outage.starts_at, self._translate)
            if outage.under_way(now):
                starts = self._translate(texts.UNDER_WAY, time=starts)
            ends = cell_moment_text(outage.ends_at, self._translate)
            for column, text in enumerate((self._names(outage), starts, ends, outage.reason, outage.planned_by)):
                item = QTableWidgetItem(text)
                item.setToolTip(", ".join(outage.camera_ids[:100]) if column == 0 else text)
                self._table.setItem(row, column, item)
            if selected is not None and outage.id == selected.id:
                self._table.selectRow(row)
        self._follow_duty()

    @Slot()
    def _follow_duty(self) -> None:
        allowed = self._duty.can(Action.CHANGE_STANDING)
        self._plan.setEnabled(allowed)
        self._cancel.setEnabled(allowed and self._selected() is not None)

    def _names(self, outage: PlannedOutage) -> str:
        cameras = [self._cameras.get(camera_id) for camera_id in outage.camera_ids[:_NAMED]]
        names = ", ".join(
            camera.name if camera is not None else camera_id
            for camera, camera_id in zip(cameras, outage.camera_ids, strict=False)
        )
        left = len(outage.camera_ids) - _NAMED
        return self._translate(texts.MORE, cameras=names, count=left) if left > 0 else names

    def _selected(self) -> PlannedOutage | None:
        row = self._table.currentRow()
        return self._shown[row] if self._table.selectedItems() and 0 <= row < len(self._shown) else None

    @Slot()
    def _on_plan(self) -> None:
        if self._chosen and self._which.text() == self._listed:
            self._ask_for(self._chosen)
            return
        found = []
        for word in self._which.text().replace(";", ",").split(","):
            text = word.strip()
            if not text:
                continue
            camera = self._cameras.by_number(int(text)) if text.isdecimal() else None
            camera = camera or self._cameras.get(text)
            if camera is None:
                self._answer.setText(self._translate(texts.UNKNOWN_CAMERA, text=text))
                return
            found.append(camera.id)
        self._ask_for(found)

    def _ask_for(self, camera_ids: Sequence[str]) -> None:
        starts_at, ends_at = self._of(self._starts), self._of(self._ends)
        self._outages.plan(camera_ids, starts_at=starts_at, ends_at=ends_at, reason=self._reason.text())

    @Slot()
    def _on_cancel(self) -> None:
        outage = self._selected()
        if outage is not None:
            self._outages.cancel(outage.id)

    @Slot()
    def _tell_planned(self) -> None:
        self._answer.setText(self._translate(texts.PLANNED))
        self._which.clear()
        self._reason.clear()

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))

    def _put(self, edit: QDateTimeEdit, local: datetime) -> None:
        edit.setDateTime(QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute)))

    def _of(self, edit: QDateTimeEdit) -> datetime:
        """The digits are of the station's zone, whatever the system's is."""
        day, clock = edit.date(), edit.time()
        naive = datetime(day.year(), day.month(), day.day(), clock.hour(), clock.minute(), tzinfo=UTC)
        return naive - (self._translate.zone.local(naive).utcoffset() or timedelta())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_all()
