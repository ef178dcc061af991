"""Small forms beside the ledger of repairs: a new repair, and another cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.repair import LONGEST_NAME, LONGEST_WORDS, CauseClass
from tmcwall.texts import Translator
from tmcwall.texts import outages as outage_texts
from tmcwall.texts import repairs as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import lay_out_form, plain_label
from tmcwall.ui.letters.fields import choice_of, chosen, pick
from tmcwall.ui.services import CameraService

_WIDTH: Final = 110 * theme.SPACE
_MOST_LISTED: Final = 12
"""Cameras in the line; more are counted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repair to be recorded."""

    camera_ids: Sequence[str]
    cause: CauseClass
    since: datetime
    words: str = ""
    told: str = ""


class BeginForm(QDialog):
    """Which cameras, why, what is wrong, and who was told of it."""

    submitted = Signal(object)
    """Wanted."""

    def __init__(
        self, wanted: Wanted, cameras: CameraService, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._cameras = cameras
        self._translate = say = translate
        self.setWindowTitle(say(texts.BEGIN).replace("&", ""))
        self.setMinimumWidth(_WIDTH)
        if len(wanted.camera_ids) > _MOST_LISTED:
            self._listed = say(outage_texts.CHOSEN, count=len(wanted.camera_ids))
        else:
            known = (cameras.get(camera_id) for camera_id in wanted.camera_ids)
            self._listed = ", ".join(str(one.number or one.id) for one in known if one is not None)
        self._which = QLineEdit(self._listed)
        self._cause: QComboBox = choice_of(texts.CAUSES, say)
        pick(self._cause, wanted.cause)
        self._words = QLineEdit(wanted.words)
        self._words.setMaxLength(LONGEST_WORDS)
        self._told = QLineEdit(wanted.told)
        self._told.setMaxLength(LONGEST_NAME)
        self._problem = plain_label("")
        self._problem.setWordWrap(True)
        save = QPushButton(say(texts.SAVE))
        save.clicked.connect(self._submit)
        body = QWidget()
        fields: list[tuple[str, QWidget]] = [
            (say(texts.WHICH), self._which),
            (say(texts.CAUSE), self._cause),
            (say(texts.WORDS), self._words),
            (say(texts.TOLD_WHOM), self._told),
        ]
        lay_out_form(body, say(texts.BEGIN).replace("&", "").rstrip("…"), fields, save)
        layout = QVBoxLayout(self)
        layout.addWidget(body)
        layout.addWidget(self._problem)

    @Slot()
    def _submit(self) -> None:
        camera_ids = self._wanted.camera_ids if self._which.text() == self._listed else self._typed()
        if camera_ids is None:
            return
        wanted = replace(
            self._wanted,
            camera_ids=camera_ids,
            cause=chosen(self._cause, CauseClass),
            words=self._words.text().strip(),
            told=self._told.text().strip(),
        )
        self.submitted.emit(wanted)
        self.accept()

    def _typed(self) -> Sequence[str] | None:
        """None: one of them is not known, which is said."""
        found = []
        for word in self._which.text().replace(";", ",").split(","):
            text = word.strip()
            if not text:
                continue
            camera = self._cameras.by_number(int(text)) if text.isdecimal() else None
            camera = camera or self._cameras.get(text)
            if camera is None:
                self._problem.setText(self._translate(texts.UNKNOWN_CAMERA, text=text))
                return None
            found.append(camera.id)
        return found


class CauseForm(QDialog):
    """Another cause than was thought."""

    submitted = Signal(object)
    """CauseClass."""

    def __init__(
        self, cause: CauseClass, cameras: str, *, translate: Translator, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(translate(texts.RECLASSIFY).replace("&", ""))
        self.setMinimumWidth(_WIDTH)
        self._cause: QComboBox = choice_of(texts.CAUSES, translate)
        pick(self._cause, cause)
        save = QPushButton(translate(texts.SAVE))
        save.clicked.connect(self._submit)
        body = QWidget()
        lay_out_form(body, cameras, [(translate(texts.CAUSE), self._cause)], save)
        QVBoxLayout(self).addWidget(body)

    @Slot()
    def _submit(self) -> None:
        self.submitted.emit(chosen(self._cause, CauseClass))
        self.accept()
