"""The register of requests to the owners of cameras: what was asked, what is late, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.footage_request import LONGEST_WORDS, FootageRequest, RequestAnswer
from tmcwall.domain.officer import Action
from tmcwall.services.request_room import RequestLine
from tmcwall.texts import Translator
from tmcwall.texts import footage_requests as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import RequestService
from tmcwall.ui.console.moments import cell_moment_text, date_text
from tmcwall.ui.console.parts import lay_out_form, plain_label, quiet_button, rows_to_read
from tmcwall.ui.letters.fields import choice_of, chosen, day_edit, day_in
from tmcwall.ui.letters.small_forms import StepForm
from tmcwall.ui.services import DutyService

_WIDTH, _HEIGHT = 280 * theme.SPACE, 120 * theme.SPACE
_FORM_WIDTH = 100 * theme.SPACE
_COLUMNS: Final = (
    texts.ASKED_OF, texts.LETTER, texts.LP, texts.CAMERAS, texts.SPAN, texts.ASKED_ON, texts.DUE, texts.ANSWER,
    texts.RECEIPT, texts.HANDOVER, texts.FILES,
)  # fmt: skip
_ANSWERS: Final = {answer: text for answer, text in texts.ANSWERS.items() if answer is not RequestAnswer.OPEN}


class RequestsWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        requests: RequestService,
        duty: DutyService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests = requests
        self._duty = duty
        self._clock = clock
        self._translate = say = translate
        self._lines: Sequence[RequestLine] = ()
        self.setWindowTitle(say(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._summary = plain_label("", title=True)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        names = [say(text, zone=say.zone) if text is texts.SPAN else say(text) for text in _COLUMNS]
        self._table = rows_to_read(names, name=say(texts.TITLE), parent=self)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_COLUMNS.index(texts.LP), QHeaderView.ResizeMode.Stretch)
        self._table.itemSelectionChanged.connect(self._follow)
        self._record = quiet_button(say(texts.RECORD_ANSWER), self._start_answer, parent=self)
        self._receive = quiet_button(say(texts.RECORD_RECEIPT), self._start_receipt, parent=self)
        self._files = quiet_button(say(texts.TAKE_FILES), self._choose_files, parent=self)
        self._withdraw = quiet_button(say(texts.WITHDRAW), self._take_back, parent=self)
        self._lay_out()
        requests.register_changed.connect(self._show_register)
        requests.changed.connect(self._tell_change)
        requests.refused.connect(self._tell)
        requests.busy_changed.connect(self._follow)
        duty.changed.connect(self._show_register)
        self._show_register()

    def take_in(self, files: Sequence[Path]) -> None:
        """Files that the owner of the selected request handed over; the number of the record is asked."""
        line = self._line()
        if line is None or not files:
            return
        form = StepForm(
            texts.TAKE_FILES,
            day=self._today(),
            words=texts.RECORD_NUMBER,
            number=line.request.asked_of,
            translate=self._translate,
            parent=self,
        )
        request_id = line.request.id
        form.submitted.connect(lambda day, words: self._requests.hand_over(request_id, files, record=words, on=day))
        form.show()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        for button in (self._record, self._receive, self._files, self._withdraw):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(quiet_button(self._translate(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._summary)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._answer)
        layout.addLayout(buttons)

    @Slot()
    def _show_register(self) -> None:
        before = self._line()
        self._lines, today = self._requests.lines, self._today()
        self._table.setRowCount(len(self._lines))
        for row, line in enumerate(self._lines):
            for column, text in enumerate(self._cells(line, today)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if line.is_late(today) and _COLUMNS[column] is texts.DUE:
                    item.setForeground(QColor(theme.ORANGE))
                self._table.setItem(row, column, item)
        ids = [line.request.id for line in self._lines]
        wanted = before.request.id if before is not None else ""
        self._table.setCurrentCell(ids.index(wanted) if wanted in ids else (0 if ids else -1), 0)
        waiting = sum(line.request.is_open for line in self._lines)
        counts = {"late": self._requests.late, "open": waiting, "all": len(self._lines)}
        may = self._duty.can(Action.EDIT_CASE)
        self._summary.setText(self._translate(texts.SUMMARY, **counts) if may else self._translate(texts.NOT_ALLOWED))
        self._follow()

    def _cells(self, line: RequestLine, today: date) -> tuple[str, ...]:
        say, request = self._translate, line.request
        due = date_text(request.due_on, say)
        answer = say(texts.WITHDRAWN if request.withdrawn else texts.ANSWERS[request.answer])
        starts, ends = cell_moment_text(request.starts_at, say), say.zone.time_of_day(request.ends_at)
        return (
            request.asked_of,
            request.letter_number or say(texts.NO_LETTER),
            line.case.lp if line.case is not None else "",
            ", ".join(line.cameras),
            f"{starts}–{ends}",
            date_text(request.asked_on, say),
            say(texts.LATE_SINCE, day=due) if line.is_late(today) else due,
            ": ".join(part for part in (answer, request.answer_words) if part),
            self._by(request.letter_received_by, request.letter_received_on),
            self._by(request.handover_number, request.handover_on),
            str(len(request.files) or ""),
        )

    def _by(self, name: str, day: date | None) -> str:
        if day is None:
            return name
        return self._translate(texts.BY, name=name, day=date_text(day, self._translate)).strip(", ")

    @Slot()
    def _follow(self) -> None:
        line = self._line()
        free = line is not None and not line.request.withdrawn and not self._requests.busy
        free = free and self._duty.can(Action.EDIT_CASE)
        for button in (self._record, self._receive, self._files):
            button.setEnabled(free)
        self._withdraw.setEnabled(free and line is not None and line.request.is_open)

    def _line(self) -> RequestLine | None:
        row = self._table.currentRow()
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def _today(self) -> date:
        return self._translate.zone.date_of(self._clock.utc())

    @Slot()
    def _start_answer(self) -> None:
        line = self._line()
        if line is not None:
            form = AnswerForm(line.request, today=self._today(), translate=self._translate, parent=self)
            form.submitted.connect(self._put_answer)
            form.show()

    @Slot(str, object, object, str)
    def _put_answer(self, request_id: str, answer: RequestAnswer, day: date, words: str) -> None:
        self._requests.answer(request_id, answer, on=day, words=words)

    @Slot()
    def _start_receipt(self) -> None:
        line = self._line()
        if line is None:
            return
        form = StepForm(
            texts.RECORD_RECEIPT,
            day=self._today(),
            words=texts.RECEIVED_BY,
            number=line.request.asked_of,
            translate=self._translate,
            parent=self,
        )
        request_id = line.request.id
        form.submitted.connect(lambda day, words: self._requests.receive_letter(request_id, received_by=words, on=day))
        form.show()

    @Slot()
    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self._translate(texts.CHOOSE_FILES))
        self.take_in([Path(name) for name in names])

    @Slot()
    def _take_back(self) -> None:
        line = self._line()
        if line is not None:
            self._requests.withdraw(line.request.id)

    @Slot(object)
    def _tell_change(self, request: FootageRequest) -> None:
        self._answer.setText(self._translate(texts.CHANGED, owner=request.asked_of))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))


class AnswerForm(QDialog):
    """What the owner has answered, and when."""

    submitted = Signal(str, object, object, str)
    """Request id, RequestAnswer, date, words."""

    def __init__(
        self, request: FootageRequest, *, today: date, translate: Translator, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._request_id = request.id
        self.setWindowTitle(translate(texts.RECORD_ANSWER))
        self.setMinimumWidth(_FORM_WIDTH)
        self._answer: QComboBox = choice_of(_ANSWERS, translate)
        self._day = day_edit(today)
        self._words = QLineEdit()
        self._words.setMaxLength(LONGEST_WORDS)
        self._words.returnPressed.connect(self._submit)
        save = QPushButton(translate(texts.SAVE))
        save.clicked.connect(self._submit)
        body = QWidget()
        fields: list[tuple[str, QWidget]] = [
            (translate(texts.ANSWER), self._answer),
            (translate(texts.DAY), self._day),
            (translate(texts.WORDS), self._words),
        ]
        lay_out_form(body, request.asked_of, fields, save)
        QVBoxLayout(self).addWidget(body)

    @Slot()
    def _submit(self) -> None:
        answer = chosen(self._answer, RequestAnswer)
        self.submitted.emit(self._request_id, answer, day_in(self._day), self._words.text().strip())
        self.accept()
