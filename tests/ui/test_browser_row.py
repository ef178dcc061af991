"""The row of the sign-in strip that leads to the identity provider."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.fake_services import FakeBrowserSignIn, FakeDuty
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.texts import Language, Translator
from tmcwall.ui.console.browser_row import BrowserRow
from tmcwall.ui.console.sign_in import SignInPanel

ADDRESS = "https://sso.example/auth?client_id=tmcwall"


@pytest.fixture
def browser(qapp: object) -> FakeBrowserSignIn:
    return FakeBrowserSignIn("SSO Polri")


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def row(browser: FakeBrowserSignIn, opened: list[str], qtbot: QtBot) -> BrowserRow:
    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return "client_id" in url.toString()

    shown = BrowserRow(browser, translate=Translator(Language.ID), open_url=open_url)
    qtbot.addWidget(shown)
    return shown


def button(row: BrowserRow) -> QPushButton:
    (shown,) = [one for one in row.findChildren(QPushButton) if not one.isHidden()]
    return shown


def words(row: BrowserRow) -> str:
    return " ".join(label.text() for label in row.findChildren(QLabel) if not label.isHidden())


def test_it_names_the_provider_opens_the_browser_and_can_be_given_up(
    row: BrowserRow, browser: FakeBrowserSignIn, opened: list[str], qtbot: QtBot
) -> None:
    assert button(row).text() == "Masuk lewat SSO Polri"
    qtbot.mouseClick(button(row), Qt.MouseButton.LeftButton)
    browser.browser_wanted.emit(ADDRESS)
    assert opened == [ADDRESS]
    assert "Lanjutkan di peramban" in words(row)
    qtbot.mouseClick(button(row), Qt.MouseButton.LeftButton)
    assert not browser.waiting
    assert button(row).text() == "Masuk lewat SSO Polri"


def test_where_no_browser_opens_the_address_is_shown(row: BrowserRow, browser: FakeBrowserSignIn) -> None:
    browser.sign_in()
    browser.browser_wanted.emit("https://sso.example/other")
    address = row.findChild(QLineEdit)
    assert isinstance(address, QLineEdit)
    assert (address.isHidden(), address.text()) == (False, "https://sso.example/other")
    assert "Peramban tidak terbuka" in words(row)


def test_a_refusal_is_said_in_words(row: BrowserRow, browser: FakeBrowserSignIn) -> None:
    browser.refused.emit(Fault(FaultCode.PROVIDER_UNREACHABLE))
    assert "Masuklah dengan NRP dan kata sandi" in words(row)


def test_without_a_provider_and_where_no_sign_in_is_asked_for_there_is_no_row(qtbot: QtBot) -> None:
    browser, duty = FakeBrowserSignIn(), FakeDuty()
    panel = SignInPanel(duty, browser, translate=Translator(Language.ID))
    qtbot.addWidget(panel)
    row = panel.findChild(BrowserRow)
    assert isinstance(row, BrowserRow)
    assert row.isHidden()
    browser.provider = "SSO Polri"
    browser.changed.emit()
    assert not row.isHidden()
    duty.ask_new_password()
    assert row.isHidden()
