"""The form of a letter: what the officer fills in, and what is refused, as a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.letter import LetterKind, LetterRefused, LetterWords, NamesRefused, Person, Signer
from tmcwall.domain.letter_number import LARGEST_SEQUENCE, Secrecy
from tmcwall.domain.officer import Officer
from tmcwall.domain.sp2hp import LetterCode
from tmcwall.evidence.letter_templates import TemplateRefused
from tmcwall.services.letter_reading import CaseLetters, ClipChoice, Register
from tmcwall.services.letter_room import LetterOrder
from tmcwall.texts import Text, Translator
from tmcwall.texts import letters as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.letters.fields import choice_of, chosen, day_edit, day_in, joined, pick, text_area

_WIDTH, _HEIGHT = 170 * theme.SPACE, 190 * theme.SPACE
_CLIPS_HEIGHT = 24 * theme.SPACE


class DraftForm(QDialog):
    """What is typed stays until the letter was made. Beside the console, never over a wall; `Esc` closes it."""

    submitted = Signal(object)
    """LetterOrder."""

    def __init__(self, *, translate: Translator, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._case_id = ""
        self.resize(_WIDTH, _HEIGHT)
        self._kind: QComboBox = choice_of(texts.KINDS, translate)
        self._code: QComboBox = choice_of(texts.CODES, translate)
        self._secrecy: QComboBox = choice_of(texts.SECRECIES, translate)
        self._sequence = QSpinBox()
        self._sequence.setRange(1, LARGEST_SEQUENCE)
        self._day = day_edit(today)
        self._clips = QListWidget()
        self._clips.setFixedHeight(_CLIPS_HEIGHT)
        self._lines = {text: QLineEdit() for text in _LINES}
        self._areas = {text: text_area(count) for text, count in _AREAS.items()}
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._lay_out()
        self._kind.currentIndexChanged.connect(self._follow_kind)

    def start(self, case: CaseLetters, register: Register, *, officer: Officer | None) -> None:
        """For a letter of that case. What its last letter said of people is offered again."""
        self._case_id = case.case.id
        self.setWindowTitle(self._translate(texts.FORM_TITLE, lp=case.case.lp))
        before = next(iter(reversed(case.letters)), next(iter(register.letters), None))
        words = before.words if before is not None else LetterWords()
        if before is None or before.case_id != case.case.id:
            words = LetterWords(investigator=words.investigator, signer=words.signer)
        if officer is not None and words.investigator.nrp != officer.nrp:
            words = replace(words, investigator=Person(officer.name, officer.rank, officer.nrp))
        code = case.reminder.code if case.reminder is not None else None
        self._show(replace(words, kind=LetterKind.SP2HP, code=code or words.code or LetterCode.A1, names_reason=""))
        self._sequence.setValue(register.next_sequence)
        self._clips.clear()
        for clip in case.clips:
            self._add_clip(clip)
        self._answer.clear()

    def refuse(self, problem: Fault | DomainError) -> None:
        """Say why the letter was not made: everything that it lacks, at once."""
        self._answer.setText(refusal_text(problem, self._translate))

    def order(self) -> LetterOrder:
        """As it is filled in."""
        kind = chosen(self._kind, LetterKind)
        line, area = self._line, self._area
        words = LetterWords(
            kind=kind,
            code=chosen(self._code, LetterCode) if kind is LetterKind.SP2HP else None,
            addressee=line(texts.ADDRESSEE),
            address=area(texts.ADDRESS),
            matter=area(texts.MATTER),
            actions=area(texts.ACTIONS),
            obstacles=area(texts.OBSTACLES),
            plan=area(texts.PLAN),
            sprindik=line(texts.SPRINDIK),
            references=area(texts.REFERENCES),
            investigator=Person(
                line(texts.INVESTIGATOR_NAME),
                line(texts.INVESTIGATOR_RANK),
                line(texts.INVESTIGATOR_NRP),
                line(texts.PHONE),
                line(texts.EMAIL),
            ),
            signer=Signer(
                line(texts.SIGNER_NAME),
                line(texts.SIGNER_RANK),
                line(texts.SIGNER_NRP),
                area(texts.SIGNER_CAPACITY),
            ),
            secrecy=chosen(self._secrecy, Secrecy),
            archive_code=line(texts.ARCHIVE_CODE),
            attachments=line(texts.ATTACHMENTS),
            names_reason=line(texts.NAMES_REASON),
            clips=self._chosen_clips(),
        )
        return LetterOrder(self._case_id, words, day_in(self._day), self._sequence.value())

    def _show(self, words: LetterWords) -> None:
        pick(self._kind, words.kind)
        pick(self._code, words.code or LetterCode.A1)
        pick(self._secrecy, words.secrecy)
        investigator, signer = words.investigator, words.signer
        for text, said in (
            (texts.ADDRESSEE, words.addressee),
            (texts.SPRINDIK, words.sprindik),
            (texts.ARCHIVE_CODE, words.archive_code),
            (texts.ATTACHMENTS, words.attachments),
            (texts.INVESTIGATOR_NAME, investigator.name),
            (texts.INVESTIGATOR_RANK, investigator.rank),
            (texts.INVESTIGATOR_NRP, investigator.nrp),
            (texts.PHONE, investigator.phone),
            (texts.EMAIL, investigator.email),
            (texts.SIGNER_NAME, signer.name),
            (texts.SIGNER_RANK, signer.rank),
            (texts.SIGNER_NRP, signer.nrp),
            (texts.NAMES_REASON, words.names_reason),
        ):
            self._lines[text].setText(said)
        for text, said in (
            (texts.ADDRESS, words.address),
            (texts.MATTER, words.matter),
            (texts.ACTIONS, words.actions),
            (texts.OBSTACLES, words.obstacles),
            (texts.PLAN, words.plan),
            (texts.REFERENCES, words.references),
            (texts.SIGNER_CAPACITY, signer.capacity),
        ):
            self._areas[text].setPlainText(said)

    def _lay_out(self) -> None:
        say = self._translate
        rows = QFormLayout()
        rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        rows.setVerticalSpacing(theme.SPACE)
        fields: list[tuple[Text, QWidget]] = [
            (texts.KIND, self._kind),
            (texts.CODE, self._code),
            (texts.SEQUENCE, self._sequence),
            (texts.DAY, self._day),
            (texts.SECRECY, self._secrecy),
            *((text, self._lines.get(text) or self._areas[text]) for text in _ORDER),
            (texts.CLIPS, self._clips),
            (texts.NAMES_REASON, self._lines[texts.NAMES_REASON]),
        ]
        for text, field in fields:
            field.setAccessibleName(say(text))
            rows.addRow(plain_label(say(text), soft=True), field)
        inside = QWidget()
        inside.setLayout(rows)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        buttons = QDialogButtonBox(self)
        self._make = buttons.addButton(say(texts.MAKE), QDialogButtonBox.ButtonRole.ActionRole)
        self._make.setAutoDefault(False)
        self._make.clicked.connect(self._submit)
        buttons.addButton(say(texts.ABANDON), QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._answer)
        layout.addWidget(buttons)

    def _line(self, text: Text) -> str:
        return self._lines[text].text().strip()

    def _area(self, text: Text) -> str:
        area: QPlainTextEdit = self._areas[text]
        return area.toPlainText().strip()

    def _add_clip(self, clip: ClipChoice) -> None:
        item = QListWidgetItem(f"{clip.camera}, {cell_moment_text(clip.starts_at, self._translate)}")
        item.setData(Qt.ItemDataRole.UserRole, clip.id)
        item.setToolTip(clip.sha256)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        self._clips.addItem(item)

    def _chosen_clips(self) -> tuple[str, ...]:
        items = (self._clips.item(row) for row in range(self._clips.count()))
        chosen = (item for item in items if item.checkState() is Qt.CheckState.Checked)
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in chosen)

    @Slot()
    def _follow_kind(self) -> None:
        self._code.setEnabled(chosen(self._kind, LetterKind) is LetterKind.SP2HP)

    @Slot()
    def _submit(self) -> None:
        self._answer.clear()
        self.submitted.emit(self.order())


def refusal_text(problem: Fault | DomainError, translate: Translator) -> str:
    """Why a letter was not made, with everything that lacks."""
    nothing = translate(texts.NOTHING)
    if isinstance(problem, LetterRefused):
        items = joined((translate(texts.ITEMS[item]) for item in problem.lacking), nothing=nothing)
        return translate(texts.LACKING, items=items)
    if isinstance(problem, NamesRefused):
        return translate(texts.NAMES, names=joined(problem.names, nothing=nothing))
    if isinstance(problem, TemplateRefused) and (problem.missing or problem.unknown):
        missing, unknown = (joined(names, nothing=nothing) for names in (problem.missing, problem.unknown))
        return translate(texts.TEMPLATE_REFUSED, name=problem.name, missing=missing, unknown=unknown)
    return explain(problem, translate)


_AREAS = {
    texts.ADDRESS: 2,
    texts.MATTER: 3,
    texts.ACTIONS: 4,
    texts.OBSTACLES: 2,
    texts.PLAN: 3,
    texts.REFERENCES: 3,
    texts.SIGNER_CAPACITY: 3,
}
"""Lines that each shows."""
_LINES = (
    texts.ADDRESSEE, texts.SPRINDIK, texts.ARCHIVE_CODE, texts.ATTACHMENTS, texts.INVESTIGATOR_NAME,
    texts.INVESTIGATOR_RANK, texts.INVESTIGATOR_NRP, texts.PHONE, texts.EMAIL, texts.SIGNER_NAME, texts.SIGNER_RANK,
    texts.SIGNER_NRP, texts.NAMES_REASON,
)  # fmt: skip
_ORDER = (
    texts.ARCHIVE_CODE, texts.ADDRESSEE, texts.ADDRESS, texts.MATTER, texts.ACTIONS, texts.OBSTACLES, texts.PLAN,
    texts.SPRINDIK, texts.REFERENCES, texts.ATTACHMENTS, texts.INVESTIGATOR_NAME, texts.INVESTIGATOR_RANK,
    texts.INVESTIGATOR_NRP, texts.PHONE, texts.EMAIL, texts.SIGNER_CAPACITY, texts.SIGNER_NAME, texts.SIGNER_RANK,
    texts.SIGNER_NRP,
)  # fmt: skip
"""Of the fields in the form."""
