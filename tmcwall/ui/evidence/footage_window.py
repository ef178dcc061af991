"""What is left of the footage of an incident or a case, and the one key that secures it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from tmcwall.domain.case import Case
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.incident import Incident
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import Entity
from tmcwall.services.remaining_footage import Matter, MatterFootage
from tmcwall.services.securing import SecuringDone
from tmcwall.texts import Translator
from tmcwall.texts import remaining_footage as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import RemainingServices
from tmcwall.ui.console.footage_list import FootageList
from tmcwall.ui.console.parts import plain_label, quiet_button
from tmcwall.ui.services import DutyService

_WIDTH, _HEIGHT = 240 * theme.SPACE, 120 * theme.SPACE
_VIEWER: Final = "footage window"


class FootageWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        services: RemainingServices,
        duty: DutyService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._duty = duty
        self._translate = translate
        self._matter: Matter | None = None
        self._secures = False
        """Whether to secure at once what is read next."""
        self.resize(_WIDTH, _HEIGHT)
        self._title = plain_label("", title=True)
        self._list = FootageList(short=False, clock=clock, translate=translate)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._secure = quiet_button(translate(texts.SECURE), self.secure, parent=self)
        self._secure.setShortcut(QKeySequence(Qt.Key.Key_S))
        self._secure.setToolTip(translate(texts.SECURE_HELP))
        self._undo = quiet_button(translate(texts.UNDO), services.securing.undo, parent=self)
        self._undo.setEnabled(False)
        self._lay_out()
        services.remaining.footage_read.connect(self._take)
        services.remaining.refused.connect(self._tell)
        services.securing.secured.connect(self._tell_done)
        services.securing.undone.connect(self._tell_undone)
        services.securing.refused.connect(self._tell)
        services.securing.busy_changed.connect(self._follow)
        duty.changed.connect(self._follow)

    def open_incident(self, incident: Incident, subject: str, *, secure: bool = False) -> None:
        """`subject` is what the incident is known by; `secure`: at once, as soon as it is known what is left."""
        self._open(Matter(Entity.INCIDENT, incident.id), subject, secure=secure)

    def open_case(self, case: Case) -> None:
        self._open(Matter(Entity.CASE, case.id), case.lp, secure=False)

    @Slot()
    def secure(self) -> None:
        """All that can still be secured of what is shown."""
        footage = self._list.footage
        if footage is not None:
            self._services.securing.secure(footage)

    def _open(self, matter: Matter, subject: str, *, secure: bool) -> None:
        title = self._translate(texts.OF, subject=subject)
        self._matter, self._secures = matter, secure
        self.setWindowTitle(title)
        self._title.setText(title)
        self._answer.clear()
        self._undo.setEnabled(False)
        self._list.show_footage(None)
        self._follow()
        self.show()
        self.raise_()
        self.activateWindow()
        self._services.remaining.look(_VIEWER, matter)

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        buttons.addWidget(self._secure)
        buttons.addWidget(self._undo)
        buttons.addStretch(1)
        buttons.addWidget(quiet_button(say(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._title)
        layout.addWidget(explanation)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._answer)
        layout.addLayout(buttons)

    @Slot(object)
    def _take(self, footage: MatterFootage) -> None:
        if footage.matter != self._matter:
            return
        self._list.show_footage(footage)
        self._follow()
        if self._secures:
            self._secures = False
            self.secure()

    @Slot(object)
    def _tell_done(self, done: SecuringDone) -> None:
        said = [texts.done_text(done, self._translate)]
        said += dict.fromkeys(explain(problem, self._translate) for problem in done.refusals)
        self._answer.setText(" ".join(said))
        self._undo.setEnabled(done.can_be_undone)

    @Slot(int)
    def _tell_undone(self, count: int) -> None:
        self._answer.setText(self._translate(texts.UNDONE, count=count))
        self._undo.setEnabled(False)

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        if self.isVisible():
            self._answer.setText(explain(problem, self._translate))

    @Slot()
    def _follow(self) -> None:
        free = self._duty.can(Action.TAG) and not self._services.securing.busy
        self._secure.setEnabled(free and self._list.footage is not None)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._services.remaining.look(_VIEWER, None)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._secures = False
        super().closeEvent(event)
