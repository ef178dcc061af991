"""The console as a whole: every control has a name, nothing is cut off, keys reach what they name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, OFFICER, REGIONS, make_incident, make_row
from tests.desk import Desk
from tests.fake_login_sharing import FakeLoginSharing
from tests.fake_services import FakeBrowserSignIn, FakeCaseUnits
from tests.ui.onscreen import button, controls, field, named, table, words
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.geo import Coverage
from tmcwall.domain.restoration import Restoration
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.synchronisation import SyncState
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts.faults import fault_text
from tmcwall.ui.actions import ActionId, Actions
from tmcwall.ui.case_services import EvidenceServices, RemainingServices
from tmcwall.ui.console.parts import ElidedLabel
from tmcwall.ui.console.plan_canvas import PlanCanvas
from tmcwall.ui.console.remembered import DockSizes, Remembered
from tmcwall.ui.console.window import ConsoleWindow, ReplayedAt
from tmcwall.ui.services import ConsoleServices
from tmcwall.ui.upkeep.services import UpkeepServices


class StretchedTranslator(Translator):
    """Says everything 40 % longer, as another language might."""

    def __call__(self, text: Text, /, **fields: object) -> str:
        said = super().__call__(text, **fields)
        return said + "o" * round(0.4 * len(said))


def open_console(
    desk: Desk,
    translate: Translator,
    remembered: Remembered | None = None,
    *,
    replayed_at: ReplayedAt = lambda _camera_id: None,
) -> ConsoleWindow:
    services = ConsoleServices(
        personal=desk.personal,
        duty=desk.duty,
        browser=FakeBrowserSignIn(),
        cameras=desk.cameras,
        incidents=desk.incidents,
        tagging=desk.tagging,
        case_units=FakeCaseUnits(),
        copies=desk.copies,
        letters=desk.letters,
        search=desk.search,
        tracks=desk.tracks,
        holds=desk.holds,
        baskets=desk.baskets,
        annotations=desk.annotations,
        masks=desk.masks,
        open_live=lambda *_: pytest.fail("no picture is taken here"),
        evidence=EvidenceServices(export=desk.export, check=desk.check, redaction=desk.redaction),
        layouts=desk.layouts,
        sync=desk.sync,
        alarm=desk.alarm,
        health=desk.health,
        lifecycles=desk.lifecycles,
        conflicts=desk.conflicts,
        quarantine=desk.quarantine,
        register=desk.register,
        officers=desk.officers,
        enrolment=desk.enrolment,
        oversight=desk.oversight,
        oversight_search=desk.oversight_search,
        outages=desk.outages,
        contacts=desk.contacts,
        wall_orders=desk.wall_orders,
        patrol=desk.patrol,
        city=desk.city,
        footage=RemainingServices(remaining=desk.remaining, securing=desk.securing, requests=desk.requests),
        upkeep=UpkeepServices(events=desk.outage_events, repairs=desk.repairs, reports=desk.owner_reports),
        logins=FakeLoginSharing(),
    )
    actions = Actions(translate)
    console = ConsoleWindow(
        services,
        desk.monitors,
        actions=actions,
        regions=REGIONS,
        open_file=lambda path, width, height: pytest.fail("no clip is opened here"),
        clock=desk.clock,
        translate=translate,
        remembered=remembered,
        replayed_at=replayed_at,
    )
    actions.setParent(console)
    if remembered is None:
        console.setWindowState(Qt.WindowState.WindowNoState)
        console.resize(1366, 768)
    console.show()
    return console


@pytest.fixture
def console(desk: Desk, qtbot: QtBot) -> ConsoleWindow:
    console = open_console(desk, Translator())
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    return console


def actions_of(console: ConsoleWindow) -> Actions:
    actions = console.findChild(Actions)
    assert actions is not None
    return actions


def press(console: ConsoleWindow, action: ActionId) -> None:
    actions_of(console).get(action).trigger()


def test_every_control_has_a_name_for_screen_readers(console: ConsoleWindow) -> None:
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QSlider)
    inner = ("qt_spinbox_lineedit", "qt_toolbar_ext_button")
    nameless = [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
        for widget in console.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.objectName() not in inner
        and not isinstance(widget.parent(), QComboBox | QLineEdit | QAbstractItemView | QAbstractSpinBox)
        and widget.window() in (console, console.beside.review)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert "\n".join(nameless) == ""


def test_labels_take_nothing_for_markup(console: ConsoleWindow) -> None:
    formats = {label.textFormat() for label in console.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize("language", list(Language))
def test_nothing_is_cut_off_with_texts_40_percent_longer(desk: Desk, language: Language, qtbot: QtBot) -> None:
    console = open_console(desk, StretchedTranslator(language))
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    console.resize(1920, 1080)
    cut = [
        f"{type(widget).__name__} {widget.text()!r}: {widget.width()} of {widget.minimumSizeHint().width()}"
        for widget in console.findChildren(QWidget)
        if isinstance(widget, QPushButton | QLabel)
        and not isinstance(widget, ElidedLabel)
        and widget.isVisible()
        and widget.width() < widget.minimumSizeHint().width()
    ]
    assert cut == []


def test_the_console_fits_a_small_screen(console: ConsoleWindow) -> None:
    assert console.minimumSizeHint().width() <= 1366
    assert console.minimumSizeHint().height() <= 768
    assert console.size().width() == 1366


def test_window_and_docks_stand_where_they_were_left(desk: Desk, tmp_path: Path) -> None:
    remembered = Remembered(tmp_path / "state" / "console.ini")
    first = open_console(desk, Translator(), remembered)
    assert first.isMaximized()
    first.setWindowState(Qt.WindowState.WindowNoState)
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks(first)[1])
    left, right, below = docks(first)
    sizes = DockSizes(left.width(), right.width(), below.height())
    first.leave()
    again = open_console(desk, Translator(), remembered)
    assert not again.isMaximized()
    assert again.dockWidgetArea(docks(again)[1]) is Qt.DockWidgetArea.LeftDockWidgetArea
    assert remembered.restore(again) == sizes
    again.leave()


def docks(console: ConsoleWindow) -> list[QDockWidget]:
    """Cameras, incidents, bookmarks."""
    return console.findChildren(QDockWidget)


def test_a_broken_file_of_places_is_as_good_as_none(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "console.ini"
    path.write_bytes(b"[General]\nwindow=junk\ndocks=@ByteArray(\\x1)\nsizes=9x-4x999999999\n")
    console = open_console(desk, Translator(), Remembered(path))
    assert console.isMaximized()
    console.leave()


def test_slash_goes_to_the_search_box(console: ConsoleWindow, qtbot: QtBot) -> None:
    press(console, ActionId.SEARCH)
    qtbot.waitUntil(field(console, "Cari kamera").hasFocus)


def test_a_function_key_shows_the_layout_of_that_number(console: ConsoleWindow, desk: Desk) -> None:
    press(console, ActionId.LAYOUT_3)
    assert desk.layouts.current().name == "Malam"
    press(console, ActionId.LAYOUT_9)
    assert desk.layouts.current().name == "Malam"


def test_b_opens_the_tag_panel_for_the_selected_tile(console: ConsoleWindow, desk: Desk) -> None:
    console.select_tile("DP-1", 0)
    press(console, ActionId.TAG)
    camera = desk.cameras.get(desk.layouts.current().walls["DP-1"].cameras[0])
    assert console.tag.isVisible()
    assert camera is not None
    assert camera.name in words(console.tag)


def test_b_without_a_camera_asks_for_a_tile(console: ConsoleWindow) -> None:
    console.select_tile("DP-1", 11)
    press(console, ActionId.TAG)
    assert not console.tag.isVisible()
    assert console.notice.text == "Pilih petak dahulu."


def test_in_and_out_marks_open_the_tag_panel_with_their_range(console: ConsoleWindow, desk: Desk) -> None:
    console.select_tile("DP-1", 0)
    press(console, ActionId.MARK_OUT)
    assert console.notice.text == "Belum ada titik awal. Tekan [ dahulu."
    press(console, ActionId.MARK_IN)
    press(console, ActionId.MARK_OUT)
    request = console.tag.request()
    assert request.starts_at == NOW
    assert request.ends_at == NOW + timedelta(seconds=20)


def test_tags_on_a_replayed_tile_refer_to_the_time_it_shows(desk: Desk, qtbot: QtBot) -> None:
    looked_at = NOW - timedelta(minutes=4)
    console = open_console(desk, Translator(), replayed_at=lambda _camera_id: looked_at)
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    console.select_tile("DP-1", 0)
    press(console, ActionId.TAG)
    assert console.tag.request().starts_at == looked_at - timedelta(seconds=30)
    press(console, ActionId.MARK_IN)
    press(console, ActionId.MARK_OUT)
    assert console.tag.request().starts_at == looked_at


def test_a_dialled_number_puts_the_camera_on_the_selected_tile(console: ConsoleWindow, desk: Desk) -> None:
    console.select_tile("DP-1", 5)
    actions_of(console).camera_dialled.emit(123)
    assert desk.layouts.current().walls["DP-1"].cameras[5] == desk.cameras.by_number(123).id
    actions_of(console).camera_dialled.emit(99_999)
    assert console.notice.text == "Tidak ada kamera nomor 99999."


def test_enter_on_an_incident_fills_the_reserved_tiles(console: ConsoleWindow, desk: Desk) -> None:
    console.incidents.select("incident-1")
    press(console, ActionId.NEAREST)
    plan = desk.layouts.current().walls["DP-1"]
    assert [plan.cameras.get(index) for index in (12, 13, 14)] == [camera.id for camera in desk.cameras.all()[:3]]
    assert console.notice.text == "3 kamera dalam 300 m ditampilkan pada petak cadangan."


def test_an_incident_without_camera_in_reach_says_there_is_no_coverage(console: ConsoleWindow, desk: Desk) -> None:
    desk.incidents.coverage = Coverage(None, ())
    console.incidents.select("incident-1")
    press(console, ActionId.NEAREST)
    assert console.notice.text == "Tidak ada cakupan: tidak ada kamera aktif dalam 1.200 m."
    console.incidents.select("incident-3")
    press(console, ActionId.NEAREST)
    assert console.notice.text == "Tidak ada cakupan: posisi kejadian belum diketahui."


def test_where_only_cameras_that_do_not_work_are_near_that_is_said(console: ConsoleWindow, desk: Desk) -> None:
    desk.incidents.coverage = Coverage(None, (), tuple(desk.cameras.all()[:2]))
    assert console.show_nearest(desk.incidents.open()[0].id) == 0
    assert console.notice.text == "Tidak ada kamera aktif dalam 1.200 m; 2 kamera di sana sedang tidak bekerja."


def test_an_arriving_incident_is_told_and_stands_in_the_queue(console: ConsoleWindow, desk: Desk) -> None:
    desk.incidents.put(make_incident(40))
    assert console.notice.text.startswith("Kejadian baru: Kecelakaan lalu lintas (Sedang), depan Stasiun Purwosari")
    queue = table(console, "Antrean kejadian").model()
    rows = [queue.index(number, 0).data() for number in range(queue.rowCount())]
    assert sum("depan Stasiun Purwosari" in row for row in rows) == 2


def test_a_refusal_is_said_in_words(console: ConsoleWindow, desk: Desk) -> None:
    desk.layouts.refused.emit(DomainError(DomainCode.NOT_ALLOWED))
    assert console.notice.isVisible()
    assert "not_allowed" not in console.notice.text


def test_undo_brings_back_what_stood_on_the_reserved_tiles(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    before = desk.layouts.current().walls["DP-1"]
    assert console.show_nearest("incident-1") == 3
    qtbot.mouseClick(button(console.notice, "Urungkan"), Qt.MouseButton.LeftButton)
    assert desk.layouts.current().walls["DP-1"] == before


def test_cameras_without_their_passwords_are_told_of(console: ConsoleWindow, desk: Desk) -> None:
    desk.cameras.refused.emit(Fault(FaultCode.VAULT_UNAVAILABLE))
    assert console.notice.text.startswith("Tidak ada tempat aman untuk kata sandi kamera.")


def test_undo_is_offered_after_a_tile_was_cleared(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    before = dict(desk.layouts.current().walls["DP-1"].cameras)
    console.select_tile("DP-1", 0)
    qtbot.keyClick(named(console, PlanCanvas, "Petak monitor 1"), Qt.Key.Key_Delete)
    assert 0 not in desk.layouts.current().walls["DP-1"].cameras
    qtbot.mouseClick(button(console.notice, "Urungkan"), Qt.MouseButton.LeftButton)
    assert dict(desk.layouts.current().walls["DP-1"].cameras) == before
    assert not console.notice.isVisible()


def test_question_mark_shows_and_hides_the_list_of_keys(console: ConsoleWindow) -> None:
    press(console, ActionId.KEYS)
    assert console.keys.isVisible()
    assert QRect(0, 0, 1366, 768).contains(console.keys.geometry())
    press(console, ActionId.KEYS)
    assert not console.keys.isVisible()


def test_closing_the_console_asks_the_program_to_end(console: ConsoleWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(console.quit_requested):
        console.close()
    assert console.isVisible()


def test_a_stopped_recording_is_always_in_sight(console: ConsoleWindow) -> None:
    console.show_recording(FaultCode.DISK_FULL)
    assert "Rekaman berhenti: disk penuh" in words(console.status)
    console.show_recording(None)
    assert not any(text.startswith("Rekaman") for text in words(console.status))


def test_that_nothing_can_be_stored_is_in_sight_until_it_can_and_nobody_can_close_it(console: ConsoleWindow) -> None:
    console.show_store(DiskFault(FaultCode.DISK_FULL, "", folder="/home/tmc", free_bytes=3 << 20))
    assert console.store_notice.isVisible()
    assert "tidak dapat disimpan sekarang" in console.store_notice.text
    assert "Folder: /home/tmc, sisa 3 MiB." in console.store_notice.text
    assert not [button for button in console.store_notice.findChildren(QAbstractButton) if button.isVisible()]
    press(console, ActionId.BACK)
    assert console.store_notice.isVisible()
    console.show_store(None)
    assert not console.store_notice.isVisible()
    assert "dapat disimpan lagi" in console.notice.text


def test_a_restored_store_tells_from_which_backup_it_is_and_what_may_be_missing(console: ConsoleWindow) -> None:
    backup_at = NOW - timedelta(hours=9)
    console.tell_restored(Restoration(NOW, "/data/damaged/1", "store-1-daily.sqlite", backup_at))
    assert f"cadangan dari {StationZone.WIB.long_text(backup_at)} (store-1-daily.sqlite)" in console.notice.text
    assert "mungkin hilang" in console.notice.text
    assert "/data/damaged/1" in console.notice.text


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (SyncState(), "Tanpa server pusat, tersimpan di komputer ini"),
        (SyncState(configured=True), "Luring, tersimpan di komputer ini"),
        (SyncState(configured=True, pending=3), "Luring, 3 menunggu dikirim"),
        (SyncState(configured=True, online=True, pending=2), "Server terhubung, 2 menunggu dikirim"),
        (SyncState(configured=True, online=True), "Server terhubung, semua terkirim"),
        (
            SyncState(configured=True, pending=1, fault=Fault(FaultCode.SIGN_IN_EXPIRED)),
            "Server menolak, 1 menunggu dikirim",
        ),
    ],
)
def test_the_badge_says_how_synchronisation_stands(
    console: ConsoleWindow, desk: Desk, state: SyncState, text: str
) -> None:
    desk.sync.put(state)
    assert console.status._badge.text == text


def test_the_status_line_shows_officer_and_time_in_wib(console: ConsoleWindow, desk: Desk) -> None:
    assert button(console.status, "Petugas: Bripka Sari Wulandari").isEnabled()
    assert "28 Maret 2025  14.14.32 WIB" in words(console.status)


def test_signing_in_needs_nrp_and_password_and_asks_the_service_once(
    console: ConsoleWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.duty.sign_out()
    panel = console.sign_in
    assert panel.isVisible()
    qtbot.mouseClick(button(panel, "Mulai dinas"), Qt.MouseButton.LeftButton)
    assert "NRP terdiri atas 8 atau 9 angka." in words(panel)
    password = field(panel, "Kata sandi")
    qtbot.keyClicks(field(panel, "NRP"), "87654321")
    qtbot.keyClicks(password, "rahasia sekali")
    qtbot.keyClick(password, Qt.Key.Key_Return)
    assert desk.duty.asked == [("sign_in", "87654321", "rahasia sekali")]
    assert not button(panel, "Memeriksa…").isEnabled()
    desk.duty.accept(OFFICER)
    assert not panel.isVisible()
    assert password.text() == ""


def test_signing_out_leads_to_the_next_sign_in(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.sync.put(SyncState(configured=True, pending=2, fault=Fault(FaultCode.SIGN_IN_EXPIRED)))
    desk.duty.sign_out()
    qtbot.waitUntil(field(console.sign_in, "NRP").hasFocus)
    assert "Server menunggu petugas masuk, 2 menunggu dikirim" in words(console.status)


def test_a_tag_panel_that_closes_after_the_sign_out_leaves_the_keyboard_at_the_sign_in(
    console: ConsoleWindow, desk: Desk, qtbot: QtBot
) -> None:
    console.start_tag(desk.cameras.all()[0].id)
    desk.duty.sign_out()
    console.tag.cancel()
    qtbot.waitUntil(field(console.sign_in, "NRP").hasFocus)


def test_enter_presses_the_button_that_has_the_focus(console: ConsoleWindow, qtbot: QtBot) -> None:
    sign_out = button(console.status, "Akhiri dinas")
    sign_out.setFocus()
    with qtbot.waitSignal(console.status.sign_out_requested):
        qtbot.keyClick(sign_out, Qt.Key.Key_Return)


def test_a_refused_sign_in_says_why_and_forgets_the_password(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.duty.sign_out()
    panel = console.sign_in
    nrp, password = field(panel, "NRP"), field(panel, "Kata sandi")
    qtbot.keyClicks(nrp, "87654321")
    qtbot.keyClicks(password, "salah")
    qtbot.keyClick(password, Qt.Key.Key_Return)
    desk.duty.refuse(Fault(FaultCode.SIGN_IN_REFUSED, "status 401"))
    assert Translator()(fault_text(FaultCode.SIGN_IN_REFUSED)) in words(panel)
    assert not any("401" in text for text in words(panel))
    assert (nrp.text(), password.text()) == ("87654321", "")


def test_the_first_account_needs_a_name_and_the_same_password_twice(
    console: ConsoleWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.duty.needs_first_account = True
    desk.duty.sign_out()
    panel = console.sign_in
    repeat = field(panel, "Ulangi kata sandi")
    qtbot.keyClicks(field(panel, "NRP"), "87654321")
    qtbot.keyClicks(field(panel, "Nama dan pangkat"), "Bripka Sari")
    qtbot.keyClicks(field(panel, "Kata sandi"), "satu kata sandi")
    qtbot.keyClicks(repeat, "kata sandi lain")
    qtbot.mouseClick(button(panel, "Buat akun"), Qt.MouseButton.LeftButton)
    assert "Kedua kata sandi tidak sama." in words(panel)
    qtbot.waitUntil(repeat.hasFocus)
    repeat.clear()
    qtbot.keyClicks(repeat, "satu kata sandi")
    qtbot.keyClick(repeat, Qt.Key.Key_Return)
    assert desk.duty.asked == [("first", "87654321", "Bripka Sari", "satu kata sandi")]


def test_after_a_one_time_password_another_one_is_asked_for_twice(
    console: ConsoleWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.duty.sign_out()
    panel = console.sign_in
    qtbot.keyClicks(field(panel, "NRP"), "87654321")
    qtbot.keyClicks(field(panel, "Kata sandi"), "k7mf-2qhd-x9pt")
    qtbot.keyClick(field(panel, "Kata sandi"), Qt.Key.Key_Return)
    desk.duty.ask_new_password()
    assert "Buat kata sandi sendiri" in words(panel)
    assert controls(panel) == {"Batal", "Kata sandi baru", "Mulai dinas", "Ulangi kata sandi"}
    password = field(panel, "Kata sandi baru")
    qtbot.waitUntil(password.hasFocus)
    assert password.text() == ""
    qtbot.keyClicks(password, "satu kata sandi")
    qtbot.keyClick(password, Qt.Key.Key_Return)
    assert "Kedua kata sandi tidak sama." in words(panel)
    repeat = field(panel, "Ulangi kata sandi")
    qtbot.keyClicks(repeat, "satu kata sandi")
    qtbot.keyClick(repeat, Qt.Key.Key_Return)
    assert desk.duty.asked[-1] == ("choose", "satu kata sandi")


def test_who_does_not_go_on_gives_the_place_back_with_esc(console: ConsoleWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.duty.sign_out()
    desk.duty.ask_new_password()
    qtbot.keyClick(field(console.sign_in, "Kata sandi baru"), Qt.Key.Key_Escape)
    assert "Belum ada petugas dinas" in words(console.sign_in)
    qtbot.waitUntil(field(console.sign_in, "NRP").hasFocus)


def test_bookmarks_are_found_by_lp_number(console: ConsoleWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(field(console, "Cari penanda"), "LP/A/7")
    qtbot.waitUntil(lambda: "3 penanda ditemukan" in words(console.bookmarks))
    assert len(bookmarks(console)) == 3
    assert all("LP/A/7/" in row[0] for row in bookmarks(console))


def test_a_case_number_can_be_read_on_a_small_screen(console: ConsoleWindow) -> None:
    view = named(console.bookmarks, QTableView, "Daftar penanda, terbaru di atas")
    assert view.columnWidth(0) >= view.fontMetrics().horizontalAdvance("LP/B/1234/VIII/2026/SPKT")


def test_a_bookmark_whose_clip_is_not_ready_is_not_played(console: ConsoleWindow, qtbot: QtBot) -> None:
    view = table(console, "Daftar penanda, terbaru di atas")
    view.setCurrentIndex(view.model().index(0, 0))
    assert not button(console, "Putar klip").isEnabled()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert console.notice.text == "Klip belum siap: Menunggu akhir."


def test_a_late_reminder_is_shown_as_late(console: ConsoleWindow, desk: Desk) -> None:
    case = make_row(2, desk.cameras.all()).case
    assert case is not None
    assert bookmarks(console)[2][0] == case.lp
    assert bookmarks(console)[2][6] == "25 Maret 2025, lewat 3 hari"


def bookmarks(console: ConsoleWindow) -> list[list[str]]:
    """The rows of the list, column by column."""
    model = table(console, "Daftar penanda, terbaru di atas").model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]
