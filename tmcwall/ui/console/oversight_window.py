"""The window in which auditors see who watched which camera, and the one that asks an officer why."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDate, Slot
from PySide6.QtWidgets import (
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action
from tmcwall.domain.oversight import LONGEST_REASON
from tmcwall.sync.oversight import OversightPage, ReceivedRow
from tmcwall.sync.oversight_search import Wanted
from tmcwall.texts import Text, Translator
from tmcwall.texts import oversight as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import long_moment_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read, text_line
from tmcwall.ui.services import CameraService, DutyService, OversightSearchService, OversightService

_WIDTH: Final = 230 * theme.SPACE
_HEIGHT: Final = 120 * theme.SPACE
_NARROW: Final = 110 * theme.SPACE
_NAMED: Final = 3
"""Cameras that the question for a reason names; the others are counted."""


class OversightWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        search: OversightSearchService,
        duty: DutyService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._search = search
        self._duty = duty
        self._translate = translate
        self._wanted = Wanted()
        self._rows: list[ReceivedRow] = []
        self._next = ""
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        today = translate.zone.date_of(clock.utc())
        self._officer = text_line(self._translate(texts.OFFICER), longest=64, parent=self)
        self._camera = text_line(self._translate(texts.CAMERA), longest=64, parent=self)
        for line in (self._officer, self._camera):
            line.returnPressed.connect(self._begin)
        self._since = self._day(texts.SINCE, today - timedelta(days=1))
        self._until = self._day(texts.UNTIL, today)
        self._find = quiet_button(self._translate(texts.SEARCH), self._begin, parent=self)
        self._more = quiet_button(self._translate(texts.MORE), self._go_on, parent=self)
        self._export = quiet_button(self._translate(texts.EXPORT), self._choose_file, parent=self)
        columns = [
            translate(text)
            for text in (texts.TIME, texts.WHO, texts.WHAT, texts.WHICH, texts.WHY, texts.WHERE, texts.CHAIN)
        ]
        self._table = rows_to_read(columns, name=translate(texts.TITLE), parent=self)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._lay_out()
        search.found.connect(self._take)
        search.exported.connect(self._tell_exported)
        search.refused.connect(self._tell)
        duty.changed.connect(self._follow_duty)
        duty.signed_out.connect(self._clear)
        self._clear()

    def export_to(self, file: Path) -> None:
        """Save all that the filters ask for, not only what is listed."""
        self._search.export(self._filters(), file)

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        filters = QGridLayout()
        fields = (
            (texts.OFFICER, self._officer), (texts.CAMERA, self._camera), (texts.SINCE, self._since),
            (texts.UNTIL, self._until),
        )  # fmt: skip
        for column, (text, control) in enumerate(fields):
            label = plain_label(say(text), soft=True)
            label.setBuddy(control)
            filters.addWidget(label, 0, column)
            filters.addWidget(control, 1, column)
        for column, button in enumerate((self._find, self._more, self._export), start=len(fields)):
            filters.addWidget(button, 1, column)
        buttons = QDialogButtonBox(self)
        buttons.addButton(say(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addLayout(filters)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._answer)
        layout.addWidget(buttons)

    def _day(self, name: Text, day: date) -> QDateEdit:
        edit = QDateEdit(QDate(day.year, day.month, day.day), self)
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setAccessibleName(self._translate(name))
        return edit

    def _filters(self) -> Wanted:
        zone = self._translate.zone.local(datetime.now(UTC)).tzinfo
        first, last = (_python_date(edit.date()) for edit in (self._since, self._until))
        return Wanted(
            officer=self._officer.text().strip(),
            camera=self._camera.text().strip(),
            since=datetime.combine(first, time.min, zone),
            until=datetime.combine(last + timedelta(days=1), time.min, zone),
        )

    @Slot()
    def _begin(self) -> None:
        self._forget()
        self._wanted = self._filters()
        self._find.setEnabled(False)
        self._search.search(self._wanted)

    @Slot()
    def _go_on(self) -> None:
        self._more.setEnabled(False)
        self._search.search(self._wanted, before=self._next)

    @Slot()
    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self._translate(texts.EXPORT), "oversight.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name))

    @Slot(object)
    def _take(self, page: OversightPage) -> None:
        if not self._duty.can(Action.READ_OVERSIGHT):
            return  # the shift has ended meanwhile
        self._rows += page.items
        self._next = page.next or ""
        self._show_rows()
        count = len(self._rows)
        self._answer.setText(self._translate(texts.FOUND, count=count) if count else self._translate(texts.NONE))
        self._follow_duty()

    def _show_rows(self) -> None:
        first = self._table.rowCount()
        self._table.setRowCount(len(self._rows))
        for place in range(first, len(self._rows)):
            for column, text in enumerate(self._cells(self._rows[place])):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(place, column, item)

    def _cells(self, row: ReceivedRow) -> Sequence[str]:
        say = self._translate
        what, place = say(texts.ACTIONS[row.action]), texts.PLACES.get(row.detail)
        if place is not None:
            what = say(texts.ACTION_IN, action=what, place=say(place))
        link = texts.LINKS.get(row.link)
        chain = say(link) if link is not None else row.link
        return (long_moment_text(row.at, say), row.officer, what, row.camera, row.reason, row.device, chain)

    @Slot()
    def _follow_duty(self) -> None:
        may = self._duty.can(Action.READ_OVERSIGHT)
        self._find.setEnabled(may)
        self._export.setEnabled(may)
        self._more.setEnabled(may and bool(self._next))
        if not may:
            self._answer.setText(self._translate(texts.NOT_ALLOWED))

    @Slot()
    def _clear(self) -> None:
        """Nothing that an auditor has found stays in sight for whoever comes next."""
        self._forget()
        self._follow_duty()

    def _forget(self) -> None:
        self._rows, self._next = [], ""
        self._table.setRowCount(0)
        self._answer.setText("")

    @Slot(object)
    def _tell_exported(self, file: Path) -> None:
        self._answer.setText(self._translate(texts.EXPORTED, file=file.name))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._follow_duty()
        self._answer.setText(explain(problem, self._translate))


class ReasonWindow(QDialog):
    """Asks once a shift why cameras of banks and private owners are watched. Video goes on meanwhile."""

    def __init__(
        self,
        oversight: OversightService,
        cameras: CameraService,
        duty: DutyService,
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._oversight = oversight
        self._cameras = cameras
        self._translate = translate
        self.setWindowTitle(translate(texts.REASON_TITLE))
        self.setMinimumWidth(_NARROW)
        self._explanation = plain_label("")
        self._explanation.setWordWrap(True)
        self._reason = QLineEdit(self)
        self._reason.setMaxLength(LONGEST_REASON)
        self._reason.setAccessibleName(translate(texts.REASON))
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        buttons = QDialogButtonBox(self)
        buttons.addButton(translate(texts.REASON_SAVE), QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.accepted.connect(self._give)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        for widget in (self._explanation, self._reason, self._answer, buttons):
            layout.addWidget(widget)
        oversight.reason_needed.connect(self._ask)
        oversight.refused.connect(self._tell)
        duty.signed_out.connect(self.hide)

    @Slot(object)
    def _ask(self, cameras: AbstractSet[str]) -> None:
        named = ", ".join(sorted(map(self._name, cameras))[:_NAMED])
        if len(cameras) > _NAMED:
            named = self._translate(texts.AND_MORE, cameras=named, count=len(cameras) - _NAMED)
        self._explanation.setText(self._translate(texts.REASON_EXPLANATION, cameras=named))
        self._reason.clear()
        self._answer.clear()
        self.show()
        self.raise_()

    def _name(self, camera_id: str) -> str:
        camera = self._cameras.get(camera_id)
        return camera.name if camera else camera_id

    @Slot()
    def _give(self) -> None:
        if self._oversight.give_reason(self._reason.text()):
            self.accept()

    @Slot(object)
    def _tell(self, problem: DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))


def _python_date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
