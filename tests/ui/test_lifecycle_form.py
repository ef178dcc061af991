"""Cameras put out of use and into use again from the camera tree."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, REGIONS, make_cameras
from tests.fake_services import FakeCameraBook, FakeDuty, FakeLifecycles
from tmcwall.domain.camera import Standing
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.lifecycle import Decision, Lifecycle
from tmcwall.domain.officer import Officer, Role
from tmcwall.texts import Translator
from tmcwall.ui.console.camera_panel import CameraPanel
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.lifecycle_form import Change

OPERATOR = Officer("12345678", "Budi", Role.OPERATOR)
DUTY_OFFICER = Officer("22345678", "Tri", Role.DUTY_OFFICER)
SUPERVISOR = Officer("123456789", "Sri", Role.SUPERVISOR)
QUARANTINED = Lifecycle(quarantine=Decision("melihat rumah", "12345678", NOW))


@pytest.fixture
def book(qapp: object) -> FakeCameraBook:
    return FakeCameraBook(make_cameras(3))


@pytest.fixture
def lifecycles(qapp: object) -> FakeLifecycles:
    return FakeLifecycles()


@pytest.fixture
def duty(qapp: object) -> FakeDuty:
    return FakeDuty(DUTY_OFFICER)


@pytest.fixture
def panel(book: FakeCameraBook, lifecycles: FakeLifecycles, duty: FakeDuty, qtbot: QtBot) -> CameraPanel:
    panel = CameraPanel(book, lifecycles, duty, region_name=region_names(REGIONS), translate=Translator())
    qtbot.addWidget(panel, before_close_func=lambda panel: panel._menu.close())
    panel.resize(360, 600)
    panel.show()
    panel.reveal(book.all()[0].id)
    return panel


def offered(panel: CameraPanel) -> dict[str, bool]:
    """What the Menu key offers, and whether it can be chosen."""
    keyboard = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(panel._view, QContextMenuEvent(keyboard, QPoint(5, 5), QPoint(5, 5)))
    assert panel._menu.isVisible()
    entries = [entry for entry in panel._menu.actions() if entry.isVisible() and entry.text()]
    return {entry.text(): entry.isEnabled() for entry in entries}


def choose(panel: CameraPanel, change: Change) -> None:
    panel._changes[change].trigger()


def test_the_menu_key_offers_what_the_officer_on_duty_may_decide(panel: CameraPanel, duty: FakeDuty) -> None:
    assert (
        offered(panel).items()
        >= {"Riwayat kamera…": True, "Karantina kamera…": True, "Ubah status kamera…": True}.items()
    )
    duty.accept(OPERATOR)
    assert (
        offered(panel).items()
        >= {"Riwayat kamera…": True, "Karantina kamera…": True, "Ubah status kamera…": False}.items()
    )
    duty.sign_out()
    assert (
        offered(panel).items()
        >= {"Riwayat kamera…": True, "Karantina kamera…": False, "Ubah status kamera…": False}.items()
    )


def test_only_a_supervisor_can_lift_a_quarantine(panel: CameraPanel, book: FakeCameraBook, duty: FakeDuty) -> None:
    book.lifecycles[book.all()[0].id] = QUARANTINED
    assert offered(panel)["Cabut karantina…"] is False
    duty.accept(SUPERVISOR)
    assert (
        offered(panel).items()
        >= {"Riwayat kamera…": True, "Cabut karantina…": True, "Ubah status kamera…": True}.items()
    )


def test_a_quarantine_wants_a_reason_and_is_said_once_it_is_committed(
    panel: CameraPanel, book: FakeCameraBook, lifecycles: FakeLifecycles, qtbot: QtBot
) -> None:
    camera, form = book.all()[0], panel._form
    choose(panel, Change.QUARANTINE)
    assert form.isVisible()
    assert not form._standing.isVisible()
    assert not form._button.isEnabled()
    qtbot.keyClick(form._reason, Qt.Key.Key_Return)
    assert lifecycles.asked == []
    qtbot.keyClicks(form._reason, "melihat rumah")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(form._reason, Qt.Key.Key_Return)
    assert lifecycles.asked == [("quarantine", camera.id, "melihat rumah")]
    assert told.args == [f"{camera.name} dikarantina."]
    assert not form.isVisible()


def test_a_planned_outage_is_the_first_choice_for_a_camera_in_use(
    panel: CameraPanel, book: FakeCameraBook, lifecycles: FakeLifecycles, qtbot: QtBot
) -> None:
    camera, form = book.all()[0], panel._form
    choose(panel, Change.STANDING)
    assert form._standing.currentText() == "Padam terencana"
    assert form._standing.findData(Standing.ACTIVE) == -1
    qtbot.keyClicks(form._reason, "pindah jaringan")
    qtbot.mouseClick(form._button, Qt.MouseButton.LeftButton)
    assert lifecycles.asked == [(Standing.SUSPENDED, camera.id, "pindah jaringan")]
    book.lifecycles[camera.id] = Lifecycle(Standing.SUSPENDED, Decision("pindah jaringan", "22345678", NOW))
    choose(panel, Change.STANDING)
    assert form._standing.currentText() == "Aktif"


def test_what_is_refused_leaves_the_form_open_with_what_was_typed(
    panel: CameraPanel, lifecycles: FakeLifecycles, qtbot: QtBot
) -> None:
    lifecycles.refusal = DomainError(DomainCode.NOT_ON_DUTY)
    choose(panel, Change.QUARANTINE)
    qtbot.keyClicks(panel._form._reason, "melihat rumah")
    with qtbot.waitSignal(lifecycles.refused):
        qtbot.keyClick(panel._form._reason, Qt.Key.Key_Return)
    assert panel._form.isVisible()
    assert panel._form._reason.text() == "melihat rumah"


def test_escape_closes_the_form_and_decides_nothing(
    panel: CameraPanel, lifecycles: FakeLifecycles, qtbot: QtBot
) -> None:
    choose(panel, Change.QUARANTINE)
    qtbot.keyClicks(panel._form._reason, "x")
    qtbot.keyClick(panel._form._reason, Qt.Key.Key_Escape)
    assert not panel._form.isVisible()
    assert lifecycles.asked == []
