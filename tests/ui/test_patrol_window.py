"""The window of the patrol: what was not seen for too long, and a tour on the reserved tiles."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.afternoon import NOW
from tests.fake_services import FakePatrol
from tests.ui.onscreen import button, words
from tmcwall.domain.camera import Camera
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.patrol import PatrolLine, Seen
from tmcwall.domain.station_zone import StationZone
from tmcwall.texts import Translator
from tmcwall.ui.console.patrol_window import PatrolWindow


def camera(number: int) -> Camera:
    return Camera(f"cam-{number}", f"Simpang {number}", "rtsp://10.0.0.1/x", number=number)


LINES = (
    PatrolLine(camera(1), None, overdue=True),
    PatrolLine(camera(2), Seen(NOW - timedelta(hours=13), "87654321"), overdue=True),
    PatrolLine(camera(3), Seen(NOW, "87654321"), overdue=False),
)


@pytest.fixture
def patrol(qapp):
    patrol = FakePatrol(LINES)
    patrol.next = ("cam-1", "cam-2", "cam-3")
    return patrol


@pytest.fixture
def window(patrol, qtbot):
    window = PatrolWindow(patrol, translate=Translator())
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_longest_unseen_stand_first_and_the_overdue_are_counted(window, patrol):
    assert [line[:2] for line in window.lines()] == [("1", "Simpang 1"), ("2", "Simpang 2"), ("3", "Simpang 3")]
    assert window.lines()[0][2:] == ("belum, 7 hari terakhir", "")
    assert window.lines()[1][3] == "87654321"
    assert "2 dari 3 kamera belum dilihat dalam 12 jam terakhir" in words(window)


def test_a_long_list_says_what_it_leaves_out(window, patrol):
    patrol.known = tuple(PatrolLine(camera(number), None, overdue=True) for number in range(1, 602))
    patrol.changed.emit()
    assert len(window.lines()) == 500
    assert any("ditampilkan 500 yang paling lama" in text for text in words(window))


def test_a_tour_wants_places_and_tells_which_it_got(window, patrol):
    wanted = []
    window.places_wanted.connect(wanted.append)
    window.places_wanted.connect(lambda cameras: window.take_places(cameras[:2]))
    button(window, "Mulai ronda").click()
    assert patrol.asked[-1][0] == "lines" or ("begin", 15) in patrol.asked
    assert wanted == [("cam-1", "cam-2", "cam-3")]
    assert patrol.placed == ("cam-1", "cam-2")
    assert "Ronda berjalan di 2 petak cadangan." in words(window)
    button(window, "Jeda").click()
    assert "Ronda dijeda." in words(window)
    button(window, "Lanjut").click()
    button(window, "Akhiri ronda").click()
    assert not patrol.touring


def test_without_reserved_tiles_a_tour_ends_and_says_why(window, patrol):
    window.places_wanted.connect(lambda _: window.take_places(()))
    button(window, "Mulai ronda").click()
    assert not patrol.touring
    assert any("Tidak ada petak cadangan" in text for text in words(window))


def test_the_whole_list_is_saved_and_a_failure_is_said(window, patrol):
    window.export_to(Path("/stick/ronda.csv"))
    assert patrol.asked[-1] == ("export", Path("/stick/ronda.csv"), timedelta(hours=12), StationZone.WIB)
    assert any("/stick/ronda.csv" in text for text in words(window))
    patrol.refused.emit(Fault(FaultCode.DISK_FULL, "/stick"))
    assert not any("/stick/ronda.csv" in text for text in words(window))
