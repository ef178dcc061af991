"""Small forms beside the register of letters: the data of a case, and what has become of a letter."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.case import Case, Difficulty, Stage
from tmcwall.services.letter_room import CaseFacts
from tmcwall.texts import Text, Translator
from tmcwall.texts import letters as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import lay_out_form
from tmcwall.ui.letters.fields import OptionalDay, choice_of, chosen, day_edit, day_in, pick

_WIDTH = 100 * theme.SPACE


class CaseForm(QDialog):
    """What the reminders of a case count from."""

    submitted = Signal(str, object)
    """Case id, and CaseFacts."""

    def __init__(self, case: Case, *, translate: Translator, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case_id = case.id
        self.setWindowTitle(translate(texts.FACTS_TITLE, lp=case.lp))
        self.setMinimumWidth(_WIDTH)
        self._lp_date = OptionalDay(translate(texts.LP_DATE), translate(texts.KNOWN))
        self._lp_date.put(case.lp_date, otherwise=today)
        self._sprindik = OptionalDay(translate(texts.SPRINDIK_DATE), translate(texts.KNOWN))
        self._sprindik.put(case.investigation_started, otherwise=today)
        self._stage: QComboBox = choice_of(texts.STAGES, translate)
        pick(self._stage, case.stage)
        self._difficulty: QComboBox = choice_of(texts.DIFFICULTIES, translate)
        pick(self._difficulty, case.difficulty)
        save = QPushButton(translate(texts.SAVE))
        save.clicked.connect(self._submit)
        body = QWidget()
        fields: list[tuple[str, QWidget]] = [
            (translate(texts.LP_DATE), self._lp_date),
            (translate(texts.DIFFICULTY), self._difficulty),
            (translate(texts.STAGE), self._stage),
            (translate(texts.SPRINDIK_DATE), self._sprindik),
        ]
        lay_out_form(body, translate(texts.CASE_FACTS), fields, save)
        QVBoxLayout(self).addWidget(body)

    @Slot()
    def _submit(self) -> None:
        difficulty, stage = chosen(self._difficulty, Difficulty), chosen(self._stage, Stage)
        facts = CaseFacts(self._lp_date.day(), difficulty, stage, self._sprindik.day())
        self.submitted.emit(self._case_id, facts)
        self.accept()


class StepForm(QDialog):
    """Asks the date of a step, what is to be said of it, or both."""

    submitted = Signal(object, str)
    """The date (None where none is asked), and the words."""

    def __init__(
        self, title: Text, *, day: date | None, words: Text | None, number: str, translate: Translator, parent: QWidget
    ) -> None:
        """`words` names the line that is asked; `day` is the date to begin with. None of either: it is not asked."""
        super().__init__(parent)
        self.setWindowTitle(translate(title))
        self.setMinimumWidth(_WIDTH)
        self._day = day_edit(day) if day is not None else None
        self._words = QLineEdit() if words is not None else None
        fields: list[tuple[str, QWidget]] = []
        if self._day is not None:
            fields.append((translate(texts.STEP_DAY), self._day))
        if self._words is not None and words is not None:
            fields.append((translate(words), self._words))
            self._words.returnPressed.connect(self._submit)
        confirm = QPushButton(translate(title))
        confirm.clicked.connect(self._submit)
        body = QWidget()
        lay_out_form(body, number, fields, confirm)
        QVBoxLayout(self).addWidget(body)

    @Slot()
    def _submit(self) -> None:
        day = day_in(self._day) if self._day is not None else None
        self.submitted.emit(day, self._words.text().strip() if self._words is not None else "")
        self.accept()
