"""Planned outages, as the console shows and makes them."""

from datetime import timedelta

import pytest

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.onscreen import button, field, words
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.outage import PlannedOutage
from tmcwall.texts import Translator
from tmcwall.ui.console.outage_window import OutageWindow

SAY = Translator()
DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)
HOUR = timedelta(hours=1)


@pytest.fixture
def window(desk: Desk, qtbot):
    desk.duty.accept(DUTY_OFFICER)
    window = OutageWindow(desk.outages, desk.cameras, desk.duty, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


def works(desk, count=1, **times):
    cameras = [camera.id for camera in desk.cameras.all()[:count]]
    moments = {"starts_at": NOW - HOUR, "ends_at": NOW + HOUR, **times}
    return PlannedOutage("o1", tuple(cameras), **moments, reason="galian fiber", planned_by="80010012")


def test_an_outage_of_another_workstation_is_listed_with_its_times_in_the_zone_of_the_station(window, desk):
    desk.cameras.planned = [works(desk, 5)]
    desk.cameras.cameras_changed.emit()
    ((cameras, starts, ends, reason, by),) = window.lines()
    assert cameras.endswith("dan 2 lagi")
    assert (starts, ends) == ("28 Maret 2025, 13.14.32 (sedang berlangsung)", "28 Maret 2025, 15.14.32")
    assert (reason, by) == ("galian fiber", "80010012")


def test_a_new_one_is_planned_in_the_clock_of_the_station(window, desk):
    window.fill("1; 2", "galian fiber", starts_at=NOW, ends_at=NOW + HOUR)
    button(window, "Rencanakan").click()
    ids = tuple(camera.id for camera in desk.cameras.all()[:2])
    minute = NOW.replace(second=0)
    assert desk.outages.asked == [(ids, minute, minute + HOUR, "galian fiber")]


def test_it_begins_with_the_selected_camera_and_the_next_quarter_of_an_hour(window, desk):
    window.begin([desk.cameras.all()[6].id])
    assert field(window, "Kamera (nomor atau id, dipisah koma)").text() == "7"
    button(window, "Rencanakan").click()
    ((_ids, starts, ends, _reason),) = desk.outages.asked
    assert (starts, ends) == (NOW.replace(minute=15, second=0), NOW.replace(minute=15, second=0) + 4 * HOUR)


def test_many_selected_cameras_are_counted_and_all_of_them_are_planned_for(window, desk):
    ids = tuple(camera.id for camera in desk.cameras.all()[:300])
    window.begin(ids)
    assert field(window, "Kamera (nomor atau id, dipisah koma)").text() == "300 kamera yang dipilih"
    button(window, "Rencanakan").click()
    assert desk.outages.asked[0][0] == ids


def test_a_camera_that_nobody_has_is_said_and_nothing_is_planned(window, desk):
    window.fill("1, 99999", "x", starts_at=NOW, ends_at=NOW + HOUR)
    button(window, "Rencanakan").click()
    assert "Tidak ada kamera “99999”." in words(window)
    assert desk.outages.asked == []


def test_the_selected_one_is_called_off(window, desk):
    desk.cameras.planned = [works(desk)]
    desk.cameras.cameras_changed.emit()
    assert not button(window, "Batalkan yang dipilih").isEnabled()
    window.select(0)
    button(window, "Batalkan yang dipilih").click()
    assert desk.outages.asked == [("o1",)]


def test_what_is_being_typed_stays_when_something_comes_from_elsewhere(window, desk):
    window.fill("3", "sedang ditulis", starts_at=NOW, ends_at=NOW + HOUR)
    desk.cameras.planned = [works(desk)]
    desk.cameras.cameras_changed.emit()
    assert field(window, "Alasan").text() == "sedang ditulis"


def test_an_operator_sees_them_and_plans_none(window, desk):
    desk.duty.accept(Officer("80010013", "Tri", Role.OPERATOR))
    assert not button(window, "Rencanakan").isEnabled()


def test_a_refusal_is_said_and_keeps_what_was_typed_and_a_success_clears_it(window, desk):
    window.fill("1", "galian", starts_at=NOW, ends_at=NOW + HOUR)
    desk.outages.refused.emit(DomainError(DomainCode.NOT_ALLOWED, "x"))
    assert field(window, "Alasan").text() == "galian"
    desk.outages.planned.emit()
    assert field(window, "Alasan").text() == ""
    assert "Padam terencana disimpan." in words(window)
