"""What a test leaves behind in Qt is found: see `nothing_left_behind` in conftest."""

from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import leaks


class Waiting(QThread):
    def run(self) -> None:
        self.exec()


def test_a_timer_that_runs_is_found_and_one_that_was_stopped_is_not(qapp: QApplication) -> None:
    before = leaks.windows()
    owner = QObject()
    timer = QTimer(owner, interval=250)
    timer.start()
    (found,) = leaks.left_since(before)
    assert "every 250 ms" in found
    again = QTimer(owner, interval=250)
    again.start()
    again.stop()
    timer.stop()
    assert leaks.left_since(before) == []


def test_a_timer_of_an_owner_that_is_to_be_deleted_is_not_left(qapp: QApplication) -> None:
    owner = QObject()
    QTimer(owner, interval=250).start()
    owner.deleteLater()
    assert leaks.left_since(leaks.windows()) == []


def test_a_thread_that_runs_is_found_and_one_that_has_ended_is_not(qapp: QApplication) -> None:
    thread = Waiting()
    thread.setObjectName("stuck")
    thread.start()
    try:
        assert leaks.left_since(leaks.windows(), given_ms=1) == ["thread Waiting stuck"]
    finally:
        thread.quit()
        thread.wait()
    assert leaks.left_since(leaks.windows()) == []


def test_a_window_is_found_until_it_is_deleted(qapp: QApplication, qtbot: QtBot) -> None:
    before = leaks.windows()
    window = QWidget()
    window.setObjectName("forgotten")
    assert leaks.left_since(before) == ["window QWidget forgotten"]
    window.deleteLater()
    assert leaks.left_since(before) == []


def test_what_belongs_to_a_window_is_no_window(qtbot: QtBot) -> None:
    before = leaks.windows()
    window = QWidget()
    qtbot.addWidget(window)
    known = before | leaks.windows()
    inner = QWidget(window)
    assert leaks.left_since(known) == []
    assert inner.parent() is window
