"""The window of a private camera's papers: the agreement, and the judgements of two officers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from tmcwall.domain.camera import Camera
from tmcwall.domain.camera_dossier import LONGEST_AGREEMENT, LONGEST_WORDS, CameraDossier
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action
from tmcwall.texts import Translator
from tmcwall.texts import dossiers as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text, date_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read, text_line
from tmcwall.ui.letters.fields import day_edit, day_in
from tmcwall.ui.services import DutyService
from tmcwall.ui.upkeep.services import DossierService
from tmcwall.ui.upkeep.tables import fill

_WIDTH, _HEIGHT = 220 * theme.SPACE, 160 * theme.SPACE
_STILL: Final = 90 * theme.SPACE
_HASH_SHOWN: Final = 12
_LARGEST_MIB: Final = 128


class DossierWindow(QDialog):
    """Closed by `Esc`. A judgement is of the still that is open in it."""

    def __init__(
        self,
        dossiers: DossierService,
        duty: DutyService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._dossiers = dossiers
        self._duty = duty
        self._translate = say = translate
        self._camera_id = ""
        self._still: Path | None = None
        self.resize(_WIDTH, _HEIGHT)
        self._state = plain_label("", title=True)
        self._state.setWordWrap(True)
        self._agreed = plain_label("")
        self._agreed.setWordWrap(True)
        self._number = text_line(say(texts.AGREEMENT), longest=LONGEST_AGREEMENT, parent=self)
        self._number.setPlaceholderText(say(texts.AGREEMENT))
        self._day = day_edit(translate.zone.date_of(clock.utc()))
        self._day.setAccessibleName(say(texts.AGREED_ON))
        self._put = quiet_button(say(texts.PUT_AGREEMENT), self._choose_agreement, parent=self)
        columns = [say(texts.OFFICER), say(texts.JUDGED_AT, zone=say.zone), say(texts.STILL), say(texts.JUDGEMENT)]
        self._checks = rows_to_read([*columns, say(texts.WORDS)], name=say(texts.CHECKS), parent=self)
        self._checks.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._picture = plain_label("")
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = text_line(say(texts.WORDS), longest=LONGEST_WORDS, parent=self)
        self._words.setPlaceholderText(say(texts.WORDS))
        self._open = quiet_button(say(texts.CHOOSE_STILL), self._choose_still, parent=self)
        self._yes = quiet_button(say(texts.JUDGE_PUBLIC), self._judge_public, parent=self)
        self._no = quiet_button(say(texts.JUDGE_NOT), self._judge_not, parent=self)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._lay_out()
        dossiers.told.connect(self._take)
        dossiers.refused.connect(self._tell)
        duty.changed.connect(self._follow)

    def begin(self, camera: Camera) -> None:
        """The papers of that camera."""
        self._camera_id, self._still = camera.id, None
        self.setWindowTitle(self._translate(texts.TITLE, camera=camera.name))
        self._picture.clear()
        self._answer.clear()
        self._take(CameraDossier(camera.id))
        self._dossiers.tell(camera.id)

    def put_agreement(self, number: str, day: date, file: Path) -> None:
        """The signed file is read for its hash, and stays where it is."""
        self._dossiers.put_agreement(self._camera_id, number, on=day, file=file)

    def open_still(self, file: Path) -> None:
        """The picture that is judged."""
        reader = QImageReader(str(file))
        reader.setAllocationLimit(_LARGEST_MIB)
        reader.setAutoTransform(True)
        image = reader.read()
        self._still = None if image.isNull() else file
        if image.isNull():
            self._picture.clear()
            self._answer.setText(reader.errorString())
        else:
            kept = Qt.AspectRatioMode.KeepAspectRatio
            self._picture.setPixmap(QPixmap.fromImage(image).scaled(_STILL, _STILL, kept))
            self._answer.clear()
        self._follow()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.addWidget(self._number, 0, 0)
        form.addWidget(self._day, 0, 1)
        form.addWidget(self._put, 0, 2)
        judging = QHBoxLayout()
        judging.setSpacing(2 * theme.SPACE)
        for widget in (self._open, self._words, self._yes, self._no):
            judging.addWidget(widget)
        bottom = QHBoxLayout()
        bottom.addWidget(self._answer, 1)
        bottom.addWidget(quiet_button(self._translate(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._state)
        layout.addWidget(self._agreed)
        layout.addLayout(form)
        layout.addWidget(plain_label(self._translate(texts.CHECKS), title=True))
        layout.addWidget(self._checks, 1)
        layout.addWidget(self._picture)
        layout.addLayout(judging)
        layout.addLayout(bottom)

    @Slot(object)
    def _take(self, dossier: CameraDossier) -> None:
        if dossier.id != self._camera_id:
            return
        say = self._translate
        lacks = ", ".join(say(texts.LACKS[lack]) for lack in dossier.lacks)
        self._state.setText(say(texts.LACKING, lacks=lacks) if lacks else say(texts.COMPLETE))
        agreed = say(texts.NOT_AGREED)
        if dossier.agreed_on is not None:
            agreed = say(
                texts.AGREED,
                number=dossier.agreement,
                day=date_text(dossier.agreed_on, say),
                sha256=(dossier.agreement_sha256 or "")[:_HASH_SHOWN],
            )
        self._agreed.setText(agreed)
        rows = [
            (
                one.by,
                cell_moment_text(one.at, say),
                one.picture_sha256[:_HASH_SHOWN],
                say(texts.PUBLIC if one.public_only else texts.NOT_PUBLIC),
                one.words,
            )
            for one in dossier.checks
        ]
        fill(self._checks, rows)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        allowed = self._duty.can(Action.CHANGE_STANDING)
        for button in (self._put, self._open):
            button.setEnabled(allowed)
        for button in (self._yes, self._no):
            button.setEnabled(allowed and self._still is not None)

    @Slot()
    def _choose_agreement(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._translate(texts.CHOOSE_AGREEMENT))
        if name:
            self.put_agreement(self._number.text(), day_in(self._day), Path(name))

    @Slot()
    def _choose_still(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._translate(texts.CHOOSE_STILL).replace("&", ""))
        if name:
            self.open_still(Path(name))

    @Slot()
    def _judge_public(self) -> None:
        self._judge(public_only=True)

    @Slot()
    def _judge_not(self) -> None:
        self._judge(public_only=False)

    def _judge(self, *, public_only: bool) -> None:
        if self._still is not None:
            self._dossiers.judge(self._camera_id, self._still, public_only=public_only, words=self._words.text())
            self._words.clear()

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))
