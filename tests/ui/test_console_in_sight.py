import pytest
from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from tmcwall.ui.console.insight import KeptInSight
from tmcwall.ui.wall.monitors import Monitor

LEFT, RIGHT = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1920, 1080)


class Desk(QObject):
    """Monitors as the walls tell of them."""

    changed = Signal()

    def __init__(self, **places):
        super().__init__()
        self.places = places
        self.walls = {"wall"}

    def monitors(self):
        return [Monitor(name, name, place, open=name in self.walls) for name, place in self.places.items()]

    def become(self, **places):
        self.places = places
        self.changed.emit()


@pytest.fixture
def desk():
    return Desk(own=LEFT, wall=RIGHT)


@pytest.fixture
def window(qtbot, desk):
    window = QWidget()
    qtbot.addWidget(window)
    KeptInSight(window, desk)
    window.setGeometry(200, 200, 1200, 800)
    window.show()
    return window


def test_it_goes_along_when_the_order_of_the_monitors_changes(window, desk):
    desk.become(own=RIGHT, wall=LEFT)
    assert RIGHT.contains(window.geometry())


def test_it_stays_where_it_is_as_long_as_its_monitor_does(window, desk):
    desk.become(own=LEFT, wall=RIGHT, new=QRect(3840, 0, 1920, 1080))
    assert window.geometry() == QRect(200, 200, 1200, 800)


def test_it_is_not_left_behind_a_wall_while_its_monitor_is_away_and_comes_back_with_it(window, desk):
    third = QRect(0, 1080, 1280, 720)
    desk.become(wall=LEFT, free=third)
    assert third.contains(window.geometry())
    desk.become(own=LEFT, wall=RIGHT, free=third)
    assert LEFT.contains(window.geometry())


def test_with_no_monitor_left_it_waits(window, desk):
    before = window.geometry()
    desk.become()
    assert window.geometry() == before
    desk.become(own=RIGHT, wall=LEFT)
    assert RIGHT.contains(window.geometry())


def test_a_window_that_the_officer_moved_belongs_where_it_was_moved_to(window, desk):
    window.move(2000, 100)
    desk.become(own=LEFT, wall=QRect(1920, 500, 1920, 1080))
    assert window.pos().x() == 2000
    desk.become(own=RIGHT, wall=LEFT)
    assert LEFT.contains(window.geometry())


def test_a_window_too_large_for_its_new_monitor_is_made_to_fit(window, desk):
    desk.become(own=QRect(1920, 0, 800, 600), wall=LEFT)
    assert QRect(1920, 0, 800, 600).contains(window.geometry())


def test_a_maximised_window_stays_maximised(window, desk):
    window.showMaximized()
    desk.become(own=QRect(5000, 0, 1920, 1080), wall=LEFT)
    assert window.isMaximized()
