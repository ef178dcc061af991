"""The form below the camera tree with which a camera is put out of use or into use again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.lifecycle import LONGEST_REASON, Decision, Lifecycle
from tmcwall.services.lifecycles import Lifecycles
from tmcwall.texts import Translator
from tmcwall.texts import lifecycle as texts
from tmcwall.texts.lifecycle import FormText
from tmcwall.ui import theme
from tmcwall.ui.console.moments import long_moment_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.console.parts import plain_label


class Change(Enum):
    """What is to be decided about a camera."""

    QUARANTINE = "quarantine"
    LIFT = "lift"
    STANDING = "standing"


_FORMS: Final[Mapping[Change, FormText]] = {
    Change.QUARANTINE: texts.QUARANTINE_FORM,
    Change.LIFT: texts.LIFT_FORM,
    Change.STANDING: texts.STANDING_FORM,
}


class LifecycleForm(QWidget):
    """Asks for a reason, and for the new standing. Hidden but between `start` and the commit or `Esc`.

    What is refused is said by whoever listens to the service; the form stays open then.
    """

    decided = Signal(str)
    """In a sentence, what was committed."""
    closed = Signal()

    def __init__(self, lifecycles: Lifecycles, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lifecycles = lifecycles
        self._translate = translate
        self._camera: Camera | None = None
        self._change = Change.QUARANTINE
        self._waiting = False
        """A decision was handed in and is not answered yet."""
        self._title = plain_label("")
        self._title.setFont(theme.font(strong=True))
        self._title.setWordWrap(True)
        self._explanation = plain_label("", soft=True)
        self._explanation.setWordWrap(True)
        self._standing = QComboBox()
        self._standing.setAccessibleName(translate(texts.STANDING))
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(translate(texts.REASON_HINT))
        self._reason.setAccessibleName(translate(texts.REASON))
        self._reason.setMaxLength(LONGEST_REASON)
        self._reason.textChanged.connect(self._follow)
        self._reason.returnPressed.connect(self._confirm)
        self._button = QPushButton(translate(texts.QUARANTINE_FORM.confirm))
        self._button.clicked.connect(self._confirm)
        cancel = QPushButton(translate(texts.CANCEL))
        cancel.clicked.connect(self._close)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        buttons.addWidget(self._button, 1)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        for widget in (self._title, self._explanation, self._standing, self._reason):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        lifecycles.changed.connect(self._take)
        lifecycles.refused.connect(self._stay)
        self.hide()

    def start(self, camera: Camera, lifecycle: Lifecycle, change: Change) -> None:
        """Ask what is needed for that change of a camera."""
        say, form = self._translate, _FORMS[change]
        self._camera, self._change = camera, change
        self._title.setText(say(form.title, camera=camera.name))
        self._explanation.setText(say(form.explanation))
        self._button.setText(say(form.confirm))
        self._standing.clear()
        for standing in Standing:
            if standing not in {lifecycle.standing, Standing.REMOVED}:
                self._standing.addItem(say(texts.STANDINGS[standing]), standing)
        usual = Standing.SUSPENDED if lifecycle.standing is Standing.ACTIVE else Standing.ACTIVE
        self._standing.setCurrentIndex(self._standing.findData(usual))
        self._standing.setVisible(change is Change.STANDING)
        self._reason.clear()
        self._follow()
        self.show()
        (self._standing if change is Change.STANDING else self._reason).setFocus()

    @Slot()
    def _follow(self) -> None:
        self._button.setEnabled(bool(self._reason.text().strip()))

    @Slot()
    def _confirm(self) -> None:
        reason = self._reason.text().strip()
        if self._camera is None or not reason or self._waiting:
            return
        self._waiting = True
        match self._change:
            case Change.QUARANTINE:
                self._lifecycles.quarantine(self._camera.id, reason=reason)
            case Change.LIFT:
                self._lifecycles.lift_quarantine(self._camera.id, reason=reason)
            case Change.STANDING:
                self._lifecycles.put_standing(
                    self._camera.id, Standing(self._standing.currentData()), reason=reason
                )  # fmt: skip

    @Slot(str)
    def _take(self, camera_id: str) -> None:
        camera = self._camera
        if camera is not None and camera.id == camera_id:
            self._close()
            self.decided.emit(self._translate(_FORMS[self._change].done, camera=camera.name))

    @Slot()
    def _stay(self) -> None:
        self._waiting = False

    @Slot()
    def _close(self) -> None:
        self._camera, self._waiting = None, False
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return
        super().keyPressEvent(event)


def lifecycle_lines(lifecycle: Lifecycle, say: Translator) -> list[str]:
    """What was decided about a camera, as its tip says it."""
    standing = say(texts.STANDINGS[lifecycle.standing])
    decisions = ((standing, lifecycle.changed), (say(texts.IN_QUARANTINE), lifecycle.quarantine))
    return [_decision_line(name, decision, say) for name, decision in decisions if decision is not None]


def _decision_line(name: str, decision: Decision, say: Translator) -> str:
    return say(
        texts.DECIDED,
        decision=name,
        time=long_moment_text(decision.at, say),
        officer=officer_text(decision.by),
        reason=decision.reason,
    )
