"""The strip in which an officer goes on duty. It stands above the plan and takes nothing from the video."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.password import LONGEST_PASSWORD
from tmcwall.texts import Text, Translator
from tmcwall.texts import console as texts
from tmcwall.texts.faults import fault_text
from tmcwall.ui import theme
from tmcwall.ui.console.browser_row import BrowserRow
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.services import BrowserSignInService, DutyService

_NRP: Final = re.compile(r"\d{8,9}")


class _Mode(Enum):
    """What the strip asks for."""

    SIGN_IN = "sign_in"
    FIRST_ACCOUNT = "first_account"
    NEW_PASSWORD = "new_password"  # noqa: S105 - a word, not a secret


_WORDS: Final[Mapping[_Mode, tuple[Text, Text, Text]]] = {
    _Mode.SIGN_IN: (texts.SIGN_IN_TITLE, texts.SIGN_IN_HINT, texts.SIGN_IN),
    _Mode.FIRST_ACCOUNT: (texts.FIRST_TITLE, texts.FIRST_HINT, texts.CREATE_ACCOUNT),
    _Mode.NEW_PASSWORD: (texts.NEW_PASSWORD_TITLE, texts.NEW_PASSWORD_HINT, texts.SIGN_IN),
}
"""Title, hint and button."""


class SignInPanel(QFrame):
    """Sign-in with NRP and password, or by the identity provider.

    Also the first account of this workstation, and the password after a one-time one.

    Hidden while somebody is on duty.
    """

    def __init__(
        self,
        duty: DutyService,
        browser: BrowserSignInService,
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._duty = duty
        self._translate = translate
        self._shown = _Mode.SIGN_IN
        self.setObjectName("sign_in")
        self.setStyleSheet(
            f"#sign_in {{ background: {theme.SURFACE}; border: 1px solid {theme.BORDER};"
            f" border-radius: {theme.SPACE}px; }}"
        )
        say = translate
        self._title = plain_label("")
        self._title.setFont(theme.font(strong=True))
        self._hint = plain_label("", soft=True)
        self._hint.setWordWrap(True)
        self._nrp = _edit(say(texts.NRP), longest=9)
        self._nrp.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._name = _edit(say(texts.OFFICER_NAME), longest=80)
        self._password = _edit(say(texts.PASSWORD), longest=LONGEST_PASSWORD, secret=True)
        self._repeat = _edit(say(texts.PASSWORD_REPEAT), longest=LONGEST_PASSWORD, secret=True)
        self._go = QPushButton()
        self._go.setDefault(True)
        self._go.clicked.connect(self._submit)
        self._cancel = QPushButton(say(texts.SIGN_IN_CANCEL))
        self._cancel.clicked.connect(duty.abandon_sign_in)
        self._problem = plain_label("")
        self._problem.setWordWrap(True)
        self._problem.setStyleSheet(f"color: {theme.ORANGE};")
        fields = self._fields = QGridLayout()
        fields.setHorizontalSpacing(2 * theme.SPACE)
        fields.setVerticalSpacing(theme.SPACE)
        for place, edit in enumerate((self._nrp, self._password, self._name, self._repeat)):
            edit.returnPressed.connect(self._submit)
            fields.addWidget(edit, place // 2, place % 2)
            fields.setColumnStretch(place % 2, 1)
        fields.addWidget(self._go, 0, 2)
        fields.addWidget(self._cancel, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * theme.SPACE, 2 * theme.SPACE, 3 * theme.SPACE, 3 * theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addLayout(fields)
        layout.addWidget(self._problem)
        self._browser = BrowserRow(browser, translate=translate)
        layout.addWidget(self._browser)
        duty.changed.connect(self._show)
        duty.signed_in.connect(self._on_signed_in)
        duty.signed_out.connect(self._show)
        duty.sign_in_refused.connect(self._on_refused)
        order = (self._nrp, self._name, self._password, self._repeat, self._go, self._cancel)
        for widget, following in pairwise(order):
            QWidget.setTabOrder(widget, following)
        self._tell("")
        self._show()

    def focus(self) -> None:
        first = self._password if self._duty.needs_new_password else self._nrp
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _show(self) -> None:
        say, busy, mode = self._translate, self._duty.busy, self._mode()
        title, hint, go = _WORDS[mode]
        self._title.setText(say(title))
        self._hint.setText(say(hint))
        self._go.setText(say(texts.SIGNING_IN if busy else go))
        self._nrp.setVisible(mode is not _Mode.NEW_PASSWORD)
        self._fields.setColumnStretch(0, 0 if mode is _Mode.NEW_PASSWORD else 1)
        self._name.setVisible(mode is _Mode.FIRST_ACCOUNT)
        self._repeat.setVisible(mode is not _Mode.SIGN_IN)
        self._cancel.setVisible(mode is _Mode.NEW_PASSWORD)
        self._browser.offer(offered=mode is _Mode.SIGN_IN)
        password = say(texts.NEW_PASSWORD if mode is _Mode.NEW_PASSWORD else texts.PASSWORD)
        self._password.setPlaceholderText(password)
        self._password.setAccessibleName(password)
        for widget in (self._nrp, self._name, self._password, self._repeat, self._go, self._cancel):
            widget.setEnabled(not busy)
        self.setVisible(self._duty.officer is None)
        if mode is not self._shown:
            self._shown = mode
            self._password.clear()
            self._repeat.clear()
            self._tell("")
            if self.isVisible():
                self.focus()

    def _mode(self) -> _Mode:
        if self._duty.needs_first_account:
            return _Mode.FIRST_ACCOUNT
        return _Mode.NEW_PASSWORD if self._duty.needs_new_password else _Mode.SIGN_IN

    @Slot()
    def _submit(self) -> None:
        mode = self._mode()
        missing = self._missing(mode)
        if missing is not None:
            edit, text = missing
            self._tell(self._translate(text))
            edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._tell("")
        nrp, password = self._nrp.text().strip(), self._password.text()
        match mode:
            case _Mode.FIRST_ACCOUNT:
                self._duty.create_first_account(nrp, self._name.text().strip(), password)
            case _Mode.NEW_PASSWORD:
                self._duty.choose_password(password)
            case _Mode.SIGN_IN:
                self._duty.sign_in(nrp, password)

    def _missing(self, mode: _Mode) -> tuple[QLineEdit, Text] | None:
        if mode is not _Mode.NEW_PASSWORD and not _NRP.fullmatch(self._nrp.text().strip()):
            return self._nrp, texts.NRP_INVALID
        if mode is _Mode.FIRST_ACCOUNT and not self._name.text().strip():
            return self._name, texts.NAME_MISSING
        if not self._password.text():
            return self._password, texts.PASSWORD_MISSING
        if mode is not _Mode.SIGN_IN and self._password.text() != self._repeat.text():
            return self._repeat, texts.PASSWORDS_DIFFER
        return None

    def _tell(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    @Slot(object)
    def _on_signed_in(self) -> None:
        for edit in (self._nrp, self._name, self._password, self._repeat):
            edit.clear()
        self._tell("")
        self._show()

    @Slot(object)
    def _on_refused(self, problem: Fault | DomainError) -> None:
        self._password.clear()
        self._repeat.clear()
        self._tell(self._translate(fault_text(problem.code)))
        self._show()
        self._password.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._duty.needs_new_password:
            self._duty.abandon_sign_in()
            return
        super().keyPressEvent(event)


def _edit(name: str, *, longest: int, secret: bool = False) -> QLineEdit:
    edit = QLineEdit()
    edit.setPlaceholderText(name)
    edit.setAccessibleName(name)
    edit.setMaxLength(longest)
    if secret:
        edit.setEchoMode(QLineEdit.EchoMode.Password)
    return edit
