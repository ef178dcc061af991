"""The window of outages that go on and of the ledger of repairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.mass_outage import OutageEvent
from tmcwall.domain.officer import Action
from tmcwall.domain.repair import CauseClass, Repair, likely_cause
from tmcwall.texts import Text, Translator
from tmcwall.texts import repairs as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text, date_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.letters.small_forms import StepForm
from tmcwall.ui.services import CameraService, DutyService
from tmcwall.ui.upkeep.forms import BeginForm, CauseForm, Wanted
from tmcwall.ui.upkeep.lines import OutageLines
from tmcwall.ui.upkeep.services import UpkeepServices

_WIDTH, _HEIGHT = 290 * theme.SPACE, 160 * theme.SPACE
_NAMED: Final = 1
_OUTAGE_COLUMNS: Final = (texts.DOWN, texts.SINCE, texts.CAUSE, texts.WHOM)
_COLUMNS: Final = (
    texts.STATE, texts.CAMERAS, texts.SINCE, texts.CAUSE, texts.WORDS, texts.TOLD, texts.ANSWER,
)  # fmt: skip


class UpkeepWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        upkeep: UpkeepServices,
        cameras: CameraService,
        duty: DutyService,
        lines: OutageLines,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._upkeep = upkeep
        self._cameras = cameras
        self._duty = duty
        self._lines = lines
        self._clock = clock
        self._translate = say = translate
        self._events: Sequence[OutageEvent] = ()
        self._repairs: Sequence[Repair] = ()
        self.setWindowTitle(say(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._none = plain_label(say(texts.NONE_NOW), soft=True)
        self._summary = plain_label("", title=True)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._outages = self._table(_OUTAGE_COLUMNS, texts.NOW, stretched=texts.CAUSE)
        self._ledger = self._table(_COLUMNS, texts.TITLE, stretched=texts.WORDS)
        self._ledger.itemSelectionChanged.connect(self._follow)
        self._begin = quiet_button(say(texts.BEGIN), self._start, parent=self)
        self._steps: tuple[tuple[Text, Callable[[Repair], None]], ...] = (
            (texts.TELL, self._start_tell),
            (texts.RECORD_ANSWER, self._start_answer),
            (texts.FINISH, self._start_finish),
            (texts.RECLASSIFY, self._start_reclassify),
            (texts.WITHDRAW, self._withdraw),
        )
        self._buttons = [
            quiet_button(say(text), partial(self._take_step, step), parent=self) for text, step in self._steps
        ]
        self._monthly = quiet_button(say(texts.MONTHLY), self._choose_folder, parent=self)
        self._lay_out()
        upkeep.events.changed.connect(self._show_events)
        upkeep.repairs.ledger_changed.connect(self._show_ledger)
        upkeep.repairs.changed.connect(self._tell_saved)
        upkeep.repairs.refused.connect(self._tell)
        upkeep.reports.made.connect(self._tell_made)
        upkeep.reports.refused.connect(self._tell)
        duty.changed.connect(self._follow)
        self._show_events()
        self._show_ledger()

    def make_lists(self, folder: Path) -> None:
        """Of the month before this one, for every owner."""
        self._upkeep.reports.make(self._last_month(), folder)

    def _table(self, columns: Sequence[Text], name: Text, *, stretched: Text) -> QTableWidget:
        say = self._translate
        names = [say(text, zone=say.zone) if text is texts.SINCE else say(text) for text in columns]
        table = rows_to_read(names, name=say(name), parent=self)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(list(columns).index(stretched), QHeaderView.ResizeMode.Stretch)
        header.setMaximumSectionSize(70 * theme.SPACE)
        return table

    def _lay_out(self) -> None:
        say = self._translate
        steps = QHBoxLayout()
        steps.setSpacing(2 * theme.SPACE)
        for button in (self._begin, *self._buttons):
            steps.addWidget(button)
        steps.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setSpacing(2 * theme.SPACE)
        bottom.addWidget(self._monthly)
        bottom.addStretch(1)
        bottom.addWidget(quiet_button(say(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(plain_label(say(texts.NOW), title=True))
        layout.addWidget(self._none)
        layout.addWidget(self._outages, 2)
        layout.addWidget(self._summary)
        layout.addWidget(self._ledger, 3)
        layout.addLayout(steps)
        layout.addWidget(self._answer)
        layout.addLayout(bottom)

    @Slot()
    def _show_events(self) -> None:
        before = self._event()
        self._events = self._upkeep.events.events()
        self._none.setVisible(not self._events)
        self._outages.setVisible(bool(self._events))
        rows = [
            (
                str(len(one.down)),
                cell_moment_text(one.since, self._translate),
                self._lines.cause(one),
                self._lines.whom(one),
            )
            for one in self._events
        ]
        _fill(self._outages, rows)
        _choose(self._outages, [one.id for one in self._events], before.id if before is not None else "")

    @Slot()
    def _show_ledger(self) -> None:
        before = self._repair()
        self._repairs = self._upkeep.repairs.all()
        _fill(self._ledger, [self._cells(one) for one in self._repairs])
        _choose(self._ledger, [one.id for one in self._repairs], before.id if before is not None else "")
        counts = {"open": sum(one.is_open for one in self._repairs), "all": len(self._repairs)}
        self._summary.setText(self._translate(texts.LEDGER, **counts))
        self._follow()

    def _cells(self, repair: Repair) -> tuple[str, ...]:
        say = self._translate
        state = say(texts.STATE_WITHDRAWN if repair.withdrawn else texts.STATE_OPEN)
        if repair.done_on is not None:
            state = say(texts.STATE_DONE, day=date_text(repair.done_on, say))
        return (
            state,
            self._names(repair.camera_ids),
            cell_moment_text(repair.down_since, say),
            say(texts.CAUSES[repair.cause]),
            "; ".join(part for part in (repair.words, repair.done_words) if part),
            self._dated(repair.told, repair.told_on),
            self._dated(repair.answer, repair.answered_on),
        )

    def _dated(self, words: str, day: date | None) -> str:
        return words if day is None else self._translate(texts.DATED, words=words, day=date_text(day, self._translate))

    def _names(self, camera_ids: Sequence[str]) -> str:
        names = []
        for camera_id in camera_ids[:_NAMED]:
            camera = self._cameras.get(camera_id)
            names.append(camera.name if camera is not None else camera_id)
        left = len(camera_ids) - _NAMED
        text = ", ".join(names)
        return self._translate(texts.AND_MORE, cameras=text, count=left) if left > 0 else text

    @Slot()
    def _follow(self) -> None:
        allowed, repair = self._duty.can(Action.HANDLE_INCIDENTS), self._repair()
        self._begin.setEnabled(allowed)
        for (text, _step), button in zip(self._steps, self._buttons, strict=True):
            may = repair is not None and (repair.is_open or (text is texts.RECLASSIFY and not repair.withdrawn))
            button.setEnabled(allowed and may)
        self._monthly.setEnabled(allowed)

    def _event(self) -> OutageEvent | None:
        row = self._outages.currentRow()
        return self._events[row] if 0 <= row < len(self._events) else None

    def _repair(self) -> Repair | None:
        row = self._ledger.currentRow()
        return self._repairs[row] if 0 <= row < len(self._repairs) else None

    def _today(self) -> date:
        return self._translate.zone.date_of(self._clock.utc())

    def _last_month(self) -> date:
        return (self._today().replace(day=1) - timedelta(days=1)).replace(day=1)

    @Slot()
    def _start(self) -> None:
        """Of the outage that is chosen, if any."""
        event = self._event()
        wanted = Wanted((), CauseClass.CAMERA, self._clock.utc())
        if event is not None:
            wanted = Wanted(
                tuple(sorted(event.down)), likely_cause(event.cause), event.since, self._lines.cause(event),
                self._lines.whom(event),
            )  # fmt: skip
        form = BeginForm(wanted, self._cameras, translate=self._translate, parent=self)
        form.submitted.connect(self._begin_repair)
        form.show()

    @Slot(object)
    def _begin_repair(self, wanted: Wanted) -> None:
        self._upkeep.repairs.begin(
            wanted.camera_ids,
            cause=wanted.cause,
            down_since=wanted.since,
            words=wanted.words,
            told_to=wanted.told,
            told_on=self._today(),
        )

    def _take_step(self, step: Callable[[Repair], None]) -> None:
        repair = self._repair()
        if repair is not None:
            step(repair)

    def _start_tell(self, repair: Repair) -> None:
        self._ask(repair, texts.TELL, texts.TOLD_WHOM, self._upkeep.repairs.tell)

    def _start_answer(self, repair: Repair) -> None:
        self._ask(repair, texts.RECORD_ANSWER, texts.ANSWER, self._upkeep.repairs.answer)

    def _start_finish(self, repair: Repair) -> None:
        self._ask(repair, texts.FINISH, texts.DONE_WORDS, self._upkeep.repairs.finish)

    def _ask(self, repair: Repair, title: Text, words: Text, put: Callable[..., None]) -> None:
        form = StepForm(
            title,
            day=self._today(),
            words=words,
            number=self._names(repair.camera_ids),
            translate=self._translate,
            parent=self,
        )
        repair_id = repair.id
        form.submitted.connect(lambda day, said: put(repair_id, said, on=day))
        form.show()

    def _start_reclassify(self, repair: Repair) -> None:
        form = CauseForm(repair.cause, self._names(repair.camera_ids), translate=self._translate, parent=self)
        form.submitted.connect(partial(self._upkeep.repairs.reclassify, repair.id))
        form.show()

    def _withdraw(self, repair: Repair) -> None:
        self._upkeep.repairs.withdraw(repair.id)

    @Slot()
    def _choose_folder(self) -> None:
        title = self._translate(texts.CHOOSE_FOLDER, month=f"{self._last_month():%Y-%m}")
        folder = QFileDialog.getExistingDirectory(self, title)
        if folder:
            self.make_lists(Path(folder))

    @Slot(object)
    def _tell_saved(self, _repair: Repair) -> None:
        self._answer.setText(self._translate(texts.SAVED))

    @Slot(object, object, int)
    def _tell_made(self, month: date, files: Sequence[Path], owners: int) -> None:
        folder = files[0].parent if files else ""
        say = self._translate
        self._answer.setText(say(texts.MADE, month=f"{month:%Y-%m}", owners=owners, files=len(files), folder=folder))

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


def _choose(table: QTableWidget, ids: Sequence[str], wanted: str) -> None:
    table.setCurrentCell(ids.index(wanted) if wanted in ids else (0 if ids else -1), 0)
