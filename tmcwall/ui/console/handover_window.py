"""The report of a shift handover: read by both officers, signed by the second with a password, and kept."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.password import LONGEST_PASSWORD
from tmcwall.domain.shift_report import ShiftReport
from tmcwall.services.shift_handover import KeptHandover
from tmcwall.texts import Translator
from tmcwall.texts import shift_report as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import ShiftHandoverService
from tmcwall.ui.console.parts import plain_label

_WIDTH: Final = 230 * theme.SPACE
_HEIGHT: Final = 165 * theme.SPACE
_REMARK_HEIGHT: Final = 20 * theme.SPACE


class HandoverWindow(QWidget):
    """Shows the page as it will be kept. F5 takes things as they stand now; Enter in the password signs."""

    def __init__(self, service: ShiftHandoverService, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._service = service
        self._translate = say = translate
        self._report: ShiftReport | None = None
        self.setWindowTitle(say(texts.TITLE))
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setAccessibleName(say(texts.TITLE))
        self.page.setStyleSheet("background: white; color: black;")
        self.remark = QPlainTextEdit()
        self.remark.setPlaceholderText(say(texts.REMARK))
        self.remark.setAccessibleName(say(texts.REMARK))
        self.remark.setTabChangesFocus(True)
        self.remark.setMaximumHeight(_REMARK_HEIGHT)
        self.nrp = _line(say(texts.NRP), longest=9)
        self.password = _line(say(texts.PASSWORD), longest=LONGEST_PASSWORD)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(self._sign)
        self.sign = QPushButton(say(texts.SIGN))
        self.sign.clicked.connect(self._sign)
        self._again = QPushButton(say(texts.AGAIN))
        self._again.clicked.connect(self.prepare)
        self.words = plain_label("")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        service.prepared.connect(self._show)
        service.kept.connect(self._tell_kept)
        service.refused.connect(self._tell_refused)
        service.busy_changed.connect(self._show_state)
        for field in (self.nrp, self.password):
            field.textChanged.connect(self._show_state)
        self._show_state()

    def _lay_out(self) -> None:
        hint = plain_label(self._translate(texts.TAKES_OVER), soft=True)
        hint.setWordWrap(True)
        fields = QGridLayout()
        fields.setHorizontalSpacing(2 * theme.SPACE)
        for column, widget in enumerate((self.nrp, self.password, self.sign, self._again)):
            fields.addWidget(widget, 0, column)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self.page, 1)
        layout.addWidget(self.remark)
        layout.addWidget(hint)
        layout.addLayout(fields)
        layout.addWidget(self.words)
        self.resize(_WIDTH, _HEIGHT)

    def open_report(self) -> None:
        """As things stand now."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.words.clear()
        self.prepare()
        self.remark.setFocus()

    @Slot()
    def prepare(self) -> None:
        if not self._service.busy:
            self._service.prepare()

    @Slot()
    def _sign(self) -> None:
        if self._report is not None and self.sign.isEnabled():
            self.words.setText(self._translate(texts.WORKING))
            self._service.sign(
                self._report,
                remark=self.remark.toPlainText(),
                nrp=self.nrp.text(),
                password=self.password.text(),
            )
            self.password.clear()

    @Slot(object, object)
    def _show(self, report: ShiftReport, html: bytes) -> None:
        self._report = report
        self.page.setHtml(html.decode())
        self._show_state()

    @Slot(object)
    def _tell_kept(self, kept: KeptHandover) -> None:
        self.words.setText(self._translate(texts.MADE, pdf=kept.pdf, html=kept.html))
        self.remark.clear()
        self.nrp.clear()
        self._report = None
        self._show_state()
        self.page.setHtml(kept.page.decode())

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))

    @Slot()
    def _show_state(self) -> None:
        ready = self._report is not None and not self._service.busy
        self.sign.setEnabled(ready and bool(self.nrp.text().strip()) and bool(self.password.text()))
        self._again.setEnabled(not self._service.busy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_F5:
                self.prepare()
            case Qt.Key.Key_Escape:
                self.close()
            case _:
                super().keyPressEvent(event)


def _line(words: str, *, longest: int) -> QLineEdit:
    line = QLineEdit()
    line.setMaxLength(longest)
    line.setPlaceholderText(words)
    line.setAccessibleName(words)
    return line
