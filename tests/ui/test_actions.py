"""The registry of actions and the numpad."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import ACTIONS, LAYOUT_IDS, ActionId, Actions, Group, Scope, help_of, name_of, shown_key
from tmcwall.ui.console.keys import key_rows
from tmcwall.ui.qt_words import QtWords


def meet(one: Scope, other: Scope) -> bool:
    return one is other or Scope.EVERYWHERE in (one, other)


def test_every_action_stands_in_the_registry_once() -> None:
    assert sorted(action.id for action in ACTIONS) == sorted(ActionId)


def test_no_key_means_two_things_where_both_work() -> None:
    clashes = [
        (one.id, other.id)
        for one, other in combinations(ACTIONS, 2)
        if meet(one.scope, other.scope) and set(one.keys) & set(other.keys)
    ]
    assert clashes == []


def test_every_key_is_one_that_qt_knows(qapp: object) -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert not QKeySequence(key, QKeySequence.SequenceFormat.PortableText).isEmpty(), key


@pytest.mark.parametrize("language", list(Language))
def test_every_action_has_name_help_and_key_in_words(language: Language) -> None:
    say = Translator(language)
    for action in ACTIONS:
        assert name_of(action, say)
        assert help_of(action, say).endswith(".")
        assert shown_key(action, say)
        assert "{" not in name_of(action, say) + help_of(action, say)


def test_the_list_of_keys_has_a_row_for_every_action_and_one_for_all_layouts() -> None:
    say = Translator()
    rows = [row for group in Group for row in key_rows(group, say)]
    alone = [action for action in ACTIONS if action.id not in LAYOUT_IDS]
    layouts = ("F1–F12", "Tata letak 1 sampai 12", "Tampilkan tata letak dengan urutan itu.")
    assert sorted(rows) == sorted(
        [layouts, *((shown_key(action, say), name_of(action, say), help_of(action, say)) for action in alone)]
    )


class Window(QWidget):
    """A field for text, a place without one, and the keys of the program."""

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.other = QWidget()
        self.other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.addWidget(self.edit)
        layout.addWidget(self.other)
        self.keys = Actions(Translator(), dial_pause_ms=1, parent=self)
        self.keys.install(self, Scope.EVERYWHERE)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def test_a_key_triggers_its_action(window: Window, qtbot: QtBot) -> None:
    window.other.setFocus()
    with qtbot.waitSignal(window.keys.triggered) as triggered:
        qtbot.keyClick(window.other, Qt.Key.Key_B)
    assert triggered.args == [ActionId.TAG]


def test_a_letter_typed_into_a_field_is_text(window: Window, qtbot: QtBot) -> None:
    window.edit.setFocus()
    with qtbot.assertNotEmitted(window.keys.triggered):
        qtbot.keyClicks(window.edit, "b[/m?")
    assert window.edit.text() == "b[/m?"


def test_digits_of_the_numpad_dial_a_camera(window: Window, qtbot: QtBot) -> None:
    window.other.setFocus()
    shown: list[str] = []
    window.keys.dial_changed.connect(shown.append)
    with qtbot.waitSignal(window.keys.camera_dialled) as dialled:
        for key in (Qt.Key.Key_1, Qt.Key.Key_0, Qt.Key.Key_7):
            qtbot.keyClick(window.other, key, Qt.KeyboardModifier.KeypadModifier)
    assert dialled.args == [107]
    assert shown == ["1", "10", "107", ""]


def test_plain_digits_dial_too_but_not_out_of_a_text_field(window: Window, qtbot: QtBot) -> None:
    dialled: list[int] = []
    window.keys.camera_dialled.connect(dialled.append)
    qtbot.keyClick(window.other, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: dialled == [4])
    window.edit.setFocus()
    qtbot.keyClick(window.edit, Qt.Key.Key_5)
    assert not window.keys.dialling
    assert window.edit.text().endswith("5")


def test_qt_speaks_indonesian_and_leaves_what_it_does_not_know(qapp: object) -> None:
    words = QtWords()
    assert words.translate("QPlatformTheme", "Cancel") == "Batal"
    assert words.translate("QWidgetTextControl", "&Copy") == "Salin"
    assert words.translate("QSomething", "Frobnicate") is None
