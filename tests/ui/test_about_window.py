"""Version, parts and licences, as the console shows them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QPlainTextEdit

from tests.desk import Desk
from tests.ui.test_console_window import open_console
from tmcwall import __version__
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.about_window import AboutWindow


@pytest.fixture
def window(qtbot):
    window = AboutWindow(translate=Translator())
    qtbot.addWidget(window)
    window.show()
    return window


def shown_text(window: AboutWindow) -> str:
    return window.findChild(QPlainTextEdit).toPlainText()


def test_it_opens_with_the_offer_of_source_code(window: AboutWindow) -> None:
    assert "TAWARAN KODE SUMBER" in shown_text(window)


def test_the_arrow_keys_walk_through_the_texts_of_the_parts(window: AboutWindow) -> None:
    parts = window.findChild(QListWidget)
    assert parts is not None
    QTest.keyClick(parts, Qt.Key.Key_Down)
    assert parts.currentItem().text() == f"tmcwall {__version__}\nApache-2.0"
    assert "Apache License" in shown_text(window)


def test_a_text_that_is_gone_is_said_and_nothing_breaks(window: AboutWindow, tmp_path) -> None:
    lost = window._parts[0].__class__("lost", "1", "MIT", (tmp_path / "gone.txt",))
    window._parts = (lost,)
    window.findChild(QListWidget).setCurrentRow(1)
    assert shown_text(window) == f"Teks lisensi tidak dapat dibaca: {tmp_path / 'gone.txt'}"


def test_the_console_opens_it_by_its_key_and_escape_closes_it(desk: Desk, qtbot) -> None:
    console = open_console(desk, Translator())
    qtbot.addWidget(console)
    console._on_action(ActionId.ABOUT)
    about = console.findChild(AboutWindow)
    assert about is not None
    assert about.isVisible()
    QTest.keyClick(about, Qt.Key.Key_Escape)
    assert not about.isVisible()
