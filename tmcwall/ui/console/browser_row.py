"""The row of the sign-in strip that leads to the office's identity provider."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts.faults import fault_text
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.services import BrowserSignInService


class BrowserRow(QWidget):
    """Not there where the server has no provider."""

    def __init__(
        self,
        browser: BrowserSignInService,
        *,
        translate: Translator,
        open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._browser = browser
        self._translate = translate
        self._open_url = open_url
        self._offered = True
        self._go = QPushButton()
        self._go.clicked.connect(browser.sign_in)
        self._give_up = QPushButton(translate(texts.SIGN_IN_CANCEL))
        self._give_up.clicked.connect(browser.give_up)
        self._said = plain_label("")
        self._said.setWordWrap(True)
        self._address = QLineEdit(readOnly=True)
        self._address.setAccessibleName(translate(texts.BROWSER_ADDRESS))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._go)
        layout.addWidget(self._said, 1)
        layout.addWidget(self._address, 2)
        layout.addWidget(self._give_up)
        browser.changed.connect(self._show)
        browser.browser_wanted.connect(self._open)
        browser.refused.connect(self._tell)
        self._show()

    def offer(self, *, offered: bool) -> None:
        """Whether this is the moment to sign in at all."""
        self._offered = offered
        self._show()

    @Slot()
    def _show(self) -> None:
        waiting, name = self._browser.waiting, self._browser.provider
        self._go.setText(self._translate(texts.SIGN_IN_BY_BROWSER, provider=name))
        self._go.setVisible(not waiting)
        self._give_up.setVisible(waiting)
        self._address.setVisible(False)
        self._said.setText(self._translate(texts.GO_ON_IN_BROWSER) if waiting else "")
        self.setVisible(self._offered and bool(name))

    @Slot(str)
    def _open(self, address: str) -> None:
        if not self._browser.waiting or self._open_url(QUrl(address)):
            return
        self._said.setText(self._translate(texts.NO_BROWSER))
        self._address.setText(address)
        self._address.setVisible(True)
        self._address.selectAll()

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._said.setText(self._translate(fault_text(problem.code)))
