"""The register of letters, and the cases by when an SP2HP is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QColor, QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.case import Stage
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.letter import Letter, LetterFile, LetterState, PdfSignature
from tmcwall.domain.officer import Action
from tmcwall.services.letter_reading import CaseLetters
from tmcwall.services.letter_room import CaseFacts, LetterOrder
from tmcwall.texts import Text, Translator
from tmcwall.texts import footage_requests as request_texts
from tmcwall.texts import letters as texts
from tmcwall.ui import theme
from tmcwall.ui.case_services import LetterService
from tmcwall.ui.console.bookmark_list import reminder_text
from tmcwall.ui.console.moments import date_text, long_moment_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.letters.draft_form import DraftForm, refusal_text
from tmcwall.ui.letters.small_forms import CaseForm, StepForm
from tmcwall.ui.services import DutyService

_WIDTH, _HEIGHT = 260 * theme.SPACE, 170 * theme.SPACE
_CASE_COLUMNS: Final = (texts.LP, texts.STAGE, texts.NEXT_LETTER, texts.DUE, texts.LAST_LETTER)
_LETTER_COLUMNS: Final = (
    texts.NUMBER, texts.KIND, texts.NTH, texts.LP, texts.ADDRESSEE, texts.STATE, texts.ISSUED_ON, texts.RECEIPT,
    texts.SIGNED, texts.CLIPS,
)  # fmt: skip


def show_in_its_program(file: Path) -> None:
    """A Word or PDF file in whatever program the system opens such files with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


class LettersWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    requests_requested = Signal()

    def __init__(
        self,
        letters: LetterService,
        duty: DutyService,
        *,
        clock: Clock,
        translate: Translator,
        open_document: Callable[[Path], None] = show_in_its_program,
        parent: QWidget | None = None,
    ) -> None:
        """`open_document` shows a Word or PDF file."""
        super().__init__(parent)
        self._letters = letters
        self._duty = duty
        self._open_document = open_document
        self._clock = clock
        self._translate = translate
        self._cases: list[CaseLetters] = []
        self._listed: list[Letter] = []
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._summary = plain_label("", title=True)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._case_table = self._table(_CASE_COLUMNS, texts.CASES)
        self._letter_table = self._table(_LETTER_COLUMNS, texts.REGISTER)
        self._of_case = (
            quiet_button(self._translate(texts.DRAFT), self._start_draft, parent=self),
            quiet_button(self._translate(texts.CASE_FACTS), self._start_facts, parent=self),
        )
        self._requests = quiet_button(translate(request_texts.OPEN), self.requests_requested.emit, parent=self)
        self._docx = quiet_button(self._translate(texts.OPEN_DOCX), self._open_docx, parent=self)
        self._pdf = quiet_button(self._translate(texts.OPEN_PDF), self._open_pdf, parent=self)
        self._signed = quiet_button(self._translate(texts.OPEN_SIGNED), self._open_signed, parent=self)
        self._issue = quiet_button(self._translate(texts.ISSUE), self._start_issue, parent=self)
        self._receive = quiet_button(self._translate(texts.RECEIVE), self._start_receipt, parent=self)
        self._attach = quiet_button(self._translate(texts.ATTACH), self._choose_signed, parent=self)
        self._cancel = quiet_button(self._translate(texts.CANCEL_LETTER), self._start_cancel, parent=self)
        self._lay_out()
        self.form = DraftForm(translate=translate, today=self._today(), parent=self)
        self.form.submitted.connect(self._draft)
        letters.register_changed.connect(self._show_register)
        letters.drafted.connect(self._tell_draft)
        letters.changed.connect(self._tell_change)
        letters.case_changed.connect(self._tell_case)
        letters.refused.connect(self._tell)
        letters.busy_changed.connect(self._follow)
        duty.changed.connect(self._show_register)
        duty.signed_out.connect(self.form.reject)
        self._show_register()

    def attach(self, file: Path) -> None:
        """The signed PDF of the letter that is selected."""
        letter = self._letter()
        if letter is not None:
            self._letters.attach_signed(letter.id, file)

    def show_late_requests(self, count: int) -> None:
        """How many requests to owners were not answered in time."""
        text = request_texts.OPEN_LATE if count else request_texts.OPEN
        self._requests.setText(self._translate(text, late=count))

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        buttons = QDialogButtonBox(self)
        buttons.addButton(say(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._summary)
        layout.addWidget(explanation)
        layout.addWidget(self._case_table, 2)
        layout.addLayout(_row(*self._of_case, self._requests))
        layout.addWidget(self._letter_table, 3)
        layout.addLayout(_row(self._docx, self._pdf, self._signed, self._issue))
        layout.addLayout(_row(self._receive, self._attach, self._cancel))
        layout.addWidget(self._answer)
        layout.addWidget(buttons)

    def _table(self, columns: tuple[Text, ...], name: Text) -> QTableWidget:
        say = self._translate
        table = rows_to_read([say(text) for text in columns], name=say(name), parent=self)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(columns.index(texts.LP), QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._follow)
        return table

    @Slot()
    def _show_register(self) -> None:
        register, today = self._letters.register, self._today()
        case, letter = self._case(), self._letter()
        open_cases = [each for each in register.cases if each.case.stage is not Stage.CLOSED]
        self._cases = sorted(open_cases, key=_due_first)
        self._listed = list(register.letters)
        lps = {each.case.id: each.case.lp for each in register.cases}
        _fill(self._case_table, [self._case_cells(each) for each in self._cases])
        for row, each in enumerate(self._cases):
            item = self._case_table.item(row, _CASE_COLUMNS.index(texts.DUE))
            if item is not None and each.reminder is not None and each.reminder.overdue:
                item.setForeground(QColor(theme.ORANGE))
        _fill(self._letter_table, [self._letter_cells(each, lps.get(each.case_id, "")) for each in self._listed])
        for row, letter_shown in enumerate(self._listed):
            item = self._letter_table.item(row, _LETTER_COLUMNS.index(texts.SIGNED))
            if item is not None and letter_shown.signatures:
                item.setToolTip(signed_help(letter_shown.signatures, self._translate))
        _select(self._case_table, [each.case.id for each in self._cases], case.case.id if case else "")
        _select(self._letter_table, [each.id for each in self._listed], letter.id if letter else "")
        due = [each.reminder.due for each in self._cases if each.reminder is not None]
        counts = {"late": sum(day < today for day in due), "today": due.count(today), "open": len(self._cases)}
        may = self._duty.can(Action.EDIT_CASE)
        self._summary.setText(self._translate(texts.SUMMARY, **counts) if may else "")
        if not may:
            self._answer.setText(self._translate(texts.NOT_ALLOWED))
        elif self._answer.text() == self._translate(texts.NOT_ALLOWED):
            self._answer.clear()
        self._follow()

    def _case_cells(self, each: CaseLetters) -> tuple[str, ...]:
        say, reminder, last = self._translate, each.reminder, each.case.last_letter
        following = say(texts.NO_LETTER)
        if reminder is not None:
            following = say(texts.CODES[reminder.code]) if reminder.code else say(texts.PROGRESS_LETTER)
        return (
            each.case.lp,
            say(texts.STAGES[each.case.stage]),
            following,
            reminder_text(reminder, say),
            date_text(last, say) if last is not None else say(texts.NO_LETTER),
        )

    def _letter_cells(self, letter: Letter, lp: str) -> tuple[str, ...]:
        say = self._translate
        receipt = ""
        if letter.received_on is not None:
            receipt = say(texts.RECEIVED, name=letter.received_by, date=date_text(letter.received_on, say))
        state = say(texts.STATES[letter.state])
        if letter.state is LetterState.CANCELLED:
            state = say(texts.CANCELLED_BECAUSE, reason=letter.cancelled_reason)
        kind = say(texts.KINDS[letter.kind])
        return (
            letter.number,
            f"{kind} {letter.code}" if letter.code is not None else kind,
            str(letter.nth or ""),
            lp,
            letter.addressee,
            state,
            date_text(letter.issued_on, say) if letter.issued_on is not None else "",
            receipt,
            signed_text(letter, say),
            str(len(letter.clips) or ""),
        )

    @Slot()
    def _follow(self) -> None:
        free = self._duty.can(Action.EDIT_CASE) and not self._letters.busy
        letter = self._letter()
        for button in self._of_case:
            button.setEnabled(free and self._case() is not None)
        for button in (self._docx, self._pdf):
            button.setEnabled(letter is not None)
        self._signed.setEnabled(letter is not None and letter.signed is not None)
        state = letter.state if letter is not None else None
        self._issue.setEnabled(free and state is LetterState.DRAFTED)
        self._receive.setEnabled(free and state is LetterState.ISSUED)
        self._attach.setEnabled(free and letter is not None)
        self._cancel.setEnabled(free and state in {LetterState.DRAFTED, LetterState.ISSUED})

    def _case(self) -> CaseLetters | None:
        row = self._case_table.currentRow()
        return self._cases[row] if 0 <= row < len(self._cases) else None

    def _letter(self) -> Letter | None:
        row = self._letter_table.currentRow()
        return self._listed[row] if 0 <= row < len(self._listed) else None

    def _today(self) -> date:
        return self._translate.zone.date_of(self._clock.utc())

    @Slot()
    def _start_draft(self) -> None:
        case = self._case()
        if case is not None:
            self.form.start(case, self._letters.register, officer=self._duty.officer)
            self.form.show()
            self.form.raise_()

    @Slot(object)
    def _draft(self, order: LetterOrder) -> None:
        self._letters.draft(order)

    @Slot()
    def _start_facts(self) -> None:
        case = self._case()
        if case is not None:
            form = CaseForm(case.case, translate=self._translate, today=self._today(), parent=self)
            form.submitted.connect(self._put_case)
            form.show()

    @Slot(str, object)
    def _put_case(self, case_id: str, facts: CaseFacts) -> None:
        self._letters.put_case(case_id, facts)

    @Slot()
    def _start_issue(self) -> None:
        self._ask(texts.ISSUE, lambda letter, day, _words: self._letters.issue(letter.id, day))

    @Slot()
    def _start_receipt(self) -> None:
        def receive(letter: Letter, day: date, words: str) -> None:
            self._letters.receive(letter.id, received_by=words, day=day)

        self._ask(texts.RECEIVE, receive, words=texts.RECEIVED_BY)

    @Slot()
    def _start_cancel(self) -> None:
        def cancel(letter: Letter, _day: date, words: str) -> None:
            self._letters.cancel(letter.id, reason=words)

        self._ask(texts.CANCEL_LETTER, cancel, words=texts.REASON, dated=False)

    def _ask(
        self, title: Text, then: Callable[[Letter, date, str], None], *, words: Text | None = None, dated: bool = True
    ) -> None:
        letter = self._letter()
        if letter is None:
            return
        form = StepForm(
            title,
            day=self._today() if dated else None,
            words=words,
            number=letter.number,
            translate=self._translate,
            parent=self,
        )
        form.submitted.connect(lambda day, said: then(letter, day, said))
        form.show()

    @Slot()
    def _choose_signed(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._translate(texts.CHOOSE_PDF), "", "PDF (*.pdf)")
        if name:
            self.attach(Path(name))

    @Slot()
    def _open_docx(self) -> None:
        self._open(lambda letter: letter.docx)

    @Slot()
    def _open_pdf(self) -> None:
        self._open(lambda letter: letter.pdf)

    @Slot()
    def _open_signed(self) -> None:
        self._open(lambda letter: letter.signed)

    def _open(self, file_of: Callable[[Letter], LetterFile | None]) -> None:
        letter = self._letter()
        file = file_of(letter) if letter is not None else None
        if file is not None:
            self._open_document(self._letters.path_of(file))

    @Slot(object)
    def _tell_draft(self, letter: Letter) -> None:
        self.form.accept()
        text = texts.CHECK_IN_WORD if letter.remarks else texts.DRAFTED
        self._answer.setText(self._translate(text, number=letter.number, remarks="; ".join(letter.remarks)))

    @Slot(object)
    def _tell_change(self, letter: Letter) -> None:
        state = self._translate(texts.STATES[letter.state])
        self._answer.setText(self._translate(texts.CHANGED, number=letter.number, state=state))

    @Slot()
    def _tell_case(self) -> None:
        self._answer.setText(self._translate(texts.CASE_CHANGED))

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        if self.form.isVisible():
            self.form.refuse(problem)
        self._answer.setText(refusal_text(problem, self._translate))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._letters.refresh()


def signed_help(signatures: Sequence[PdfSignature], translate: Translator) -> str:
    """Who signed when, as the signatures themselves say."""
    lines = [
        translate(
            texts.SIGNER,
            signer=each.signer,
            issuer=each.issuer,
            at=long_moment_text(each.signed_at, translate) if each.signed_at is not None else translate(texts.NOTHING),
        )
        for each in signatures
    ]
    return "\n".join([*lines, translate(texts.SIGNED_HELP)])


def signed_text(letter: Letter, translate: Translator) -> str:
    """What is known of the signatures in the PDF that came back."""
    if letter.signed is None:
        return ""
    if letter.signatures is None:
        return translate(texts.SIGNED_UNKNOWN)
    if not letter.signatures:
        return translate(texts.SIGNED_BY_HAND)
    signers = "; ".join(each.signer for each in letter.signatures)
    whole = all(each.intact for each in letter.signatures) and letter.signatures[-1].covers_all
    return translate(texts.SIGNED_BY if whole else texts.SIGNED_ALTERED, signers=signers)


def _due_first(each: CaseLetters) -> tuple[date, str]:
    return (each.reminder.due if each.reminder is not None else date.max, each.case.lp)


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * theme.SPACE)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def _fill(table: QTableWidget, rows: list[tuple[str, ...]]) -> None:
    table.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(row, column, item)


def _select(table: QTableWidget, ids: list[str], wanted: str) -> None:
    """The row that was selected before stays so, wherever it stands now."""
    row = ids.index(wanted) if wanted in ids else (0 if ids else -1)
    table.setCurrentCell(row, 0)
