from typing import Any

from PySide6.QtCore import QRect

from tmcwall.ui.wall.monitors import identity_of, screens_by_identity

_FULL_HD = QRect(0, 0, 1920, 1080)


class Screen:
    """What the program reads of a QScreen."""

    def __init__(self, name, *, serial="", model="U2720Q", geometry=_FULL_HD):
        self._values = ("DELL", model, serial, name)
        self._geometry = geometry

    def manufacturer(self):
        return self._values[0]

    def model(self):
        return self._values[1]

    def serialNumber(self):  # noqa: N802 - Qt's name
        return self._values[2]

    def name(self):
        return self._values[3]

    def geometry(self):
        return self._geometry


def screen(name, **properties) -> Any:
    """In the place of a QScreen, which only Qt can make."""
    return Screen(name, **properties)


def test_a_monitor_with_a_serial_number_is_the_same_in_another_socket():
    known = identity_of(screen("DP-1", serial="A1"))
    moved = screen("DP-7", serial="A1")
    assert screens_by_identity([moved], known=[known]) == {known: moved}


def test_the_same_socket_comes_first_where_serial_numbers_are_not_unique():
    one, other = screen("DP-1", serial="0"), screen("DP-2", serial="0")
    known = [identity_of(one), identity_of(other)]
    assert screens_by_identity([other, one], known=known) == {known[1]: other, known[0]: one}


def test_two_that_moved_are_not_taken_for_one():
    known = [identity_of(screen(name, serial="0")) for name in ("DP-1", "DP-2")]
    moved = [screen("DP-3", serial="0"), screen("DP-4", serial="0")]
    assert set(screens_by_identity(moved, known=known)) == set(known)


def test_without_a_serial_number_the_socket_tells_monitors_apart():
    known = identity_of(screen("DP-1"))
    moved = screen("DP-7")
    assert screens_by_identity([moved], known=[known]) == {identity_of(moved): moved}


def test_what_stands_in_for_a_missing_monitor_is_none():
    empty = screen("DP-1", geometry=QRect())
    assert screens_by_identity([screen(":0.0"), screen("WinDisc"), empty]) == {}
