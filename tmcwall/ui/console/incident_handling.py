"""What can be done about the selected incident: accept, say its steps, nearest cameras, note, close."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.incident import SEEN, Certainty, Incident, Status
from tmcwall.domain.kenita import cascades
from tmcwall.texts import Translator
from tmcwall.texts import incidents as texts
from tmcwall.texts import remaining_footage as footage_texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label


class HandlingBar(QWidget):
    """Accept, steps, nearest cameras, note, close with a certainty; closing asks back in the bar itself."""

    acknowledge_requested = Signal()
    verify_requested = Signal()
    dispatch_requested = Signal()
    arrive_requested = Signal()
    cascade_requested = Signal()
    nearest_requested = Signal()
    footage_requested = Signal()
    note_written = Signal(str)
    close_requested = Signal(object)
    """Certainty."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = translate
        self._acknowledge = _button(say(texts.ACKNOWLEDGE), self.acknowledge_requested)
        self._verify = _button(say(texts.VERIFY), self.verify_requested)
        self._dispatch = _button(say(texts.DISPATCH), self.dispatch_requested)
        self._arrive = _button(say(texts.ARRIVE), self.arrive_requested)
        self._cascade = _button(say(texts.CASCADE), self.cascade_requested)
        self._nearest = _button(say(texts.NEAREST), self.nearest_requested)
        self._footage = _button(say(footage_texts.OPEN), self.footage_requested)
        self._close = QPushButton(say(texts.CLOSE))
        self._close.clicked.connect(self.start_close)
        self._note = QLineEdit()
        self._note.setPlaceholderText(say(texts.NOTE_PLACEHOLDER))
        self._note.setAccessibleName(say(texts.NOTE_LABEL))
        self._note.setMaxLength(500)
        self._note.returnPressed.connect(self._on_note)
        self._certainty = QComboBox()
        self._certainty.setAccessibleName(say(texts.CLOSE_AS))
        for certainty in (
            Certainty.SEEN_ON_CAMERA,
            Certainty.SEEN_BY_OFFICER,
            Certainty.PRANK,
            Certainty.DUPLICATE,
            Certainty.UNVERIFIED,
        ):
            self._certainty.addItem(say(texts.CERTAINTIES[certainty]), certainty)
        self._confirm = QPushButton(say(texts.CLOSE_CONFIRM))
        self._confirm.clicked.connect(self._on_confirm)
        self._cancel = QPushButton(say(texts.CLOSE_CANCEL))
        self._cancel.clicked.connect(self._end_close)
        self._asking = QFrame()
        self._lay_out(say)
        self._asking.hide()

    def _lay_out(self, say: Translator) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        for button in (self._acknowledge, self._nearest, self._close):
            buttons.addWidget(button, 1)
        steps = QHBoxLayout()
        steps.setSpacing(2 * theme.SPACE)
        for button in (self._verify, self._dispatch, self._arrive):
            steps.addWidget(button, 1)
        more = QHBoxLayout()
        more.setSpacing(2 * theme.SPACE)
        for button in (self._cascade, self._footage):
            more.addWidget(button, 1)
        asking = QVBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(theme.SPACE)
        label = plain_label(say(texts.CLOSE_AS), soft=True)
        label.setBuddy(self._certainty)
        asking.addWidget(label)
        asking.addWidget(self._certainty)
        answer = QHBoxLayout()
        answer.setSpacing(2 * theme.SPACE)
        answer.addWidget(self._confirm, 1)
        answer.addWidget(self._cancel)
        asking.addLayout(answer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addLayout(buttons)
        layout.addLayout(steps)
        layout.addLayout(more)
        layout.addWidget(self._asking)
        layout.addWidget(self._note)

    def show_incident(self, incident: Incident | None, *, allowed: bool) -> None:
        self._acknowledge.setEnabled(allowed and incident is not None and incident.acknowledged_at is None)
        self._verify.setEnabled(allowed and incident is not None and incident.certainty not in SEEN)
        status = incident.status if incident is not None else None
        self._dispatch.setEnabled(allowed and status is Status.ACKNOWLEDGED)
        self._arrive.setEnabled(allowed and status in {Status.ACKNOWLEDGED, Status.DISPATCHED})
        self._cascade.setVisible(incident is not None and cascades(incident))
        self._nearest.setEnabled(incident is not None)
        self._footage.setEnabled(incident is not None)
        self._close.setEnabled(allowed and incident is not None)
        self._note.setEnabled(allowed and incident is not None)
        if incident is None or not allowed:
            self._asking.hide()

    def start_note(self) -> None:
        self._note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def start_close(self) -> None:
        if self._close.isEnabled():
            self._asking.show()
            self._certainty.setFocus()

    @Slot()
    def _end_close(self) -> None:
        self._asking.hide()
        self._close.setFocus()

    @Slot()
    def _on_note(self) -> None:
        text = self._note.text().strip()
        if text:
            self._note.clear()
            self.note_written.emit(text)

    @Slot()
    def _on_confirm(self) -> None:
        self._asking.hide()
        self.close_requested.emit(Certainty(self._certainty.currentData()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._asking.isVisible():
            self._end_close()
            return
        super().keyPressEvent(event)


def _button(text: str, pressed: SignalInstance) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(pressed)
    return button
