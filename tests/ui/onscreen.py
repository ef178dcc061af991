"""What an officer finds on a screen: controls by the name that a screen reader says, and the words that stand there."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QWidget

from tmcwall.ui.console.parts import Badge

W = TypeVar("W", bound=QWidget)


def words(screen: QWidget) -> list[str]:
    """The text of every label and badge that is in sight."""
    said = [label.text() for label in screen.findChildren(QLabel) if label.isVisible()]
    return said + [badge.accessibleName() for badge in screen.findChildren(Badge) if badge.isVisible()]


def controls(screen: QWidget) -> set[str]:
    """The names of all fields, choices and buttons that are in sight."""
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    return {_name(one) for one in screen.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible()}


def button(screen: QWidget, name: str) -> QAbstractButton:
    return named(screen, QAbstractButton, name)


def field(screen: QWidget, name: str) -> QLineEdit:
    return named(screen, QLineEdit, name)


def table(screen: QWidget, name: str) -> QAbstractItemView:
    return named(screen, QAbstractItemView, name)


def choose(screen: QWidget, name: str, words: str) -> None:
    """Take the entry with these words of the choice of this name."""
    box = named(screen, QComboBox, name)
    place = box.findText(words)
    assert place >= 0, [box.itemText(number) for number in range(box.count())]
    box.setCurrentIndex(place)


def named(screen: QWidget, kind: type[W], name: str) -> W:
    """The one control of that kind and name that is in sight."""
    found = [one for one in screen.findChildren(kind) if one.isVisible() and _name(one) == name]
    assert len(found) == 1, f"{len(found)} named {name!r} among {sorted(controls(screen))}"
    return found[0]


def _name(control: QWidget) -> str:
    return control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
