"""How a camera has been doing, as the console says it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests.afternoon import NOW, REGIONS, make_cameras
from tests.desk import Desk
from tests.fake_services import FakeCameraBook, FakeHealth
from tmcwall.domain.camera import Mount, Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import (
    CameraHistory,
    CameraState,
    ClockReading,
    CodecChange,
    HealthChange,
    ReaderChange,
    Uptime,
    Uptimes,
)
from tmcwall.domain.source import SessionKind
from tmcwall.texts import Language, Translator
from tmcwall.texts import health as texts
from tmcwall.ui.console.camera_history import CameraHistoryWindow
from tmcwall.ui.console.camera_tree import CameraTreeModel, region_names

SAY = Translator()
HOUR = timedelta(hours=1)


@pytest.fixture
def camera():
    return make_cameras(1)[0]


@pytest.fixture
def history(desk: Desk, camera, qtbot):
    changes = (
        HealthChange(camera.id, NOW - 30 * HOUR, CameraState.WORKING),
        HealthChange(camera.id, NOW - 6 * HOUR, CameraState.LOST, FaultCode.NO_ANSWER, 1, 86_400, 86_400),
        HealthChange(camera.id, NOW - 3 * HOUR, CameraState.UNSTABLE, None, 40, 5400, 10_800),
    )
    clocks = (ClockReading(camera.id, NOW, 7_200_000),)
    desk.health.histories[camera.id] = CameraHistory(changes, clocks, NOW)
    window = CameraHistoryWindow(camera, desk.health, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    return window


def test_every_change_is_said_with_its_cause_the_newest_first(history):
    lines = history.lines()
    assert [state for _when, state, _why in lines] == ["Putus-sambung", "Terputus", "Baik"]
    assert lines[0][2] == "40 kali berubah sebelumnya"
    assert lines[1][2]


def test_a_change_of_codec_stands_among_the_changes_with_its_stream(desk, camera, qtbot):
    changes = (
        HealthChange(camera.id, NOW - 3 * HOUR, CameraState.WORKING),
        HealthChange(camera.id, NOW, CameraState.LOST),
    )
    codecs = (
        CodecChange(camera.id, NOW - 3 * HOUR, Profile.SUB, "h264"),
        CodecChange(camera.id, NOW - 2 * HOUR, Profile.SUB, "hevc", "h264"),
    )
    desk.health.histories[camera.id] = CameraHistory(changes, (), NOW, codecs)
    window = CameraHistoryWindow(camera, desk.health, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    assert [state for _when, state, _why in window.lines()] == [
        "Terputus",
        "Kodek berganti dari H.264 ke H.265",
        "Baik",
    ]
    assert window.lines()[1][2] == "substream"
    assert texts.codec_text(codecs[1], Translator(Language.EN)) == "Codec changed from H.264 to H.265"


def test_another_way_of_reading_stands_among_the_changes_with_its_cause(desk, camera, qtbot):
    readers = (
        ReaderChange(camera.id, NOW - 2 * HOUR, Profile.MAIN, SessionKind.COMPAT_FOUND, FaultCode.NO_MEDIA),
        ReaderChange(camera.id, NOW - HOUR, Profile.MAIN, SessionKind.OWN),
    )
    desk.health.histories[camera.id] = CameraHistory(
        (HealthChange(camera.id, NOW, CameraState.LOST),), (), NOW, readers=readers
    )
    window = CameraHistoryWindow(camera, desk.health, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    assert [state for _when, state, _why in window.lines()][1:] == [
        "Dibaca dengan cara biasa lagi",
        "Dibaca dengan cara lain (FFmpeg) karena video belum datang",
    ]


def test_uptime_and_a_wrong_clock_are_said_in_words(history):
    assert "Ada gambar: 92,8 % dalam 24 jam" in history.said()
    assert "jam kamera lebih cepat 2 jam 0 menit" in history.said()


def test_a_camera_without_history_says_so(desk, camera, qtbot):
    window = CameraHistoryWindow(camera, desk.health, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    assert window._nothing.isVisible()
    assert not window._table.isVisible()


def test_a_camera_that_is_turned_has_no_view_to_accept_and_is_not_said_to_be_checked(desk, camera, qtbot):
    turned = replace(camera, mount=Mount.PTZ)
    window = CameraHistoryWindow(turned, desk.health, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    assert not window._accept.isVisible()
    assert window._answer.isVisible()
    assert "tidak diperiksa" in window._answer.text()
    book = FakeCameraBook([turned], {})
    model = CameraTreeModel(
        status=book.status, region_name=region_names(REGIONS), translate=SAY, uptimes=desk.health.uptimes
    )  # fmt: skip
    model.show(book.all())
    assert SAY(texts.VIEW_UNCHECKED) in model.index_of(camera.id).data(Qt.ItemDataRole.ToolTipRole)


def test_the_tip_of_a_camera_names_its_uptime_and_its_clock(camera, qapp):
    health = FakeHealth()
    health.found[camera.id] = Uptimes(Uptime(86_400, 86_400), Uptime(999, 1000), ClockReading(camera.id, NOW, -2500))
    book = FakeCameraBook([camera], {})
    model = CameraTreeModel(
        status=book.status, region_name=region_names(REGIONS), translate=SAY, uptimes=health.uptimes
    )  # fmt: skip
    model.show(book.all())
    tip = model.index_of(camera.id).data(Qt.ItemDataRole.ToolTipRole)
    assert "Ada gambar: 100,0 % dalam 24 jam, 99,9 % dalam 30 hari" in tip
    assert "PERINGATAN: jam kamera lebih lambat 2,5 detik" in tip


@pytest.mark.parametrize(
    ("offset_ms", "said"),
    [
        (None, "does not send its time"),
        (1400, "right (off by 1.4 s)"),
        (-2100, "2.1 s behind"),
        (90_000, "1 min 30 s ahead"),
        (-200_000_000, "2 d 7 h behind"),
    ],
)
def test_a_clock_that_is_more_than_two_seconds_off_is_warned_of(offset_ms, said):
    assert said in texts.clock_text(offset_ms, Translator(Language.EN))


def test_uptime_is_cut_and_never_rounded_up():
    assert texts.share_text(Uptime(99_999, 100_000), Translator(Language.EN)) == "99.9 %"


def test_a_moved_view_is_accepted_with_a_button_that_answers(history, desk, camera):
    history._accept.click()
    assert desk.health.accepted == [camera.id]
    assert "Arah kamera diterima" in history._answer.text()


def test_enter_closes_the_window_and_accepts_nothing(history, desk, qtbot):
    history.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    history.show()
    qtbot.keyClick(history, Qt.Key.Key_Return)
    assert not history.isVisible()
    assert desk.health.accepted == []
