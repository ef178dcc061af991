"""The window in which the register of cameras is looked after, by keyboard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.afternoon import REGIONS
from tests.desk import Desk, make_desk
from tests.ui.onscreen import button, choose, field, named, table, words
from tests.ui.test_console_window import open_console, press
from tmcwall.cameras.importing import ImportReport
from tmcwall.cameras.list_reader import RowProblem, RowReason
from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.health import TileState
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind
from tmcwall.services.camera_register import EditReport, StreamTest
from tmcwall.services.register_desk import CameraTestProgress
from tmcwall.texts import Language, Translator
from tmcwall.texts import lifecycle as lifecycle_texts
from tmcwall.texts import register as texts
from tmcwall.texts.console import OWNERS, UNDO
from tmcwall.texts.importing import report_lines
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.parts import Notice
from tmcwall.ui.console.register_filter import STATE_CHOICES
from tmcwall.ui.console.register_forms import DecisionForm, EditForm, ListForm
from tmcwall.ui.console.register_model import Column, Kept
from tmcwall.ui.console.register_window import RegisterWindow
from tmcwall.video.ipc.messages import OddityCount
from tmcwall.video.sessions.probe import Seen

SAY = Translator()
WORKS = Seen("h264", 0.4, 25.0, 0)


def open_register(desk: Desk, qtbot: QtBot) -> RegisterWindow:
    window = RegisterWindow(desk.register, desk.cameras, region_name=region_names(REGIONS), translate=SAY)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> RegisterWindow:
    return open_register(desk, qtbot)


@pytest.fixture
def ids(desk: Desk) -> list[str]:
    return list(desk.register.entries)


def cell(window: RegisterWindow, row: int, column: Column) -> str:
    return str(window.model.data(window.model.index(row, list(Column).index(column))))


def hint_of(window: RegisterWindow, row: int, column: Column) -> str:
    index = window.model.index(row, list(Column).index(column))
    return str(window.model.data(index, Qt.ItemDataRole.ToolTipRole))


def shown(window: RegisterWindow) -> list[str]:
    return [entry.camera.id for entry in window.model.shown]


def choose_state(window: RegisterWindow, state: Standing | Kept) -> None:
    named(window, QComboBox, SAY(texts.STATE)).setCurrentIndex(STATE_CHOICES.index(state))


def tick(window: RegisterWindow, column: str) -> QAbstractButton:
    return button(window, SAY(texts.CHANGE_FIELD, field=SAY(texts.FIELDS[column])))


def reason(window: RegisterWindow) -> QLineEdit:
    return field(window, SAY(lifecycle_texts.REASON))


def confirm(window: RegisterWindow, standing: Standing) -> QAbstractButton:
    return button(window, SAY(texts.DECISIONS[standing].confirm))


def notice(window: RegisterWindow) -> Notice:
    found = window.findChild(Notice)
    assert found is not None
    return found


def is_open(window: RegisterWindow, kind: type[QWidget]) -> bool:
    return any(part.isVisible() for part in window.findChildren(kind))


def test_the_key_of_the_register_opens_it_from_the_console(desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    press(console, ActionId.CAMERA_REGISTER)
    assert console.beside.register.isVisible()
    assert console.beside.register.model.rowCount() == 500


def test_ten_thousand_cameras_are_filtered_by_words_owner_and_state(qtbot):
    desk = make_desk(cameras=10_000)
    window = open_register(desk, qtbot)
    QAbstractItemModelTester(window.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    field(window, SAY(texts.FILTER)).setText("RT 3 RW.01 bumi")
    found = [entry.camera for entry in window.model.shown]
    assert found
    assert {(camera.rt, camera.rw) for camera in found} == {("003", "001")}
    field(window, SAY(texts.FILTER)).setText("")
    choose(window, SAY(texts.FIELDS["owner"]), SAY(OWNERS[Owner.BANK]))
    assert {entry.camera.owner for entry in window.model.shown} == {Owner.BANK}
    choose_state(window, Standing.ENDED)
    assert window.model.rowCount() == 0


def test_a_selection_stays_while_the_filter_changes(window, ids):
    window.select(ids[0], ids[5])
    field(window, SAY(texts.FILTER)).setText(ids[5])
    assert [entry.camera.id for entry in window.selected()] == [ids[5]]


def test_the_state_of_a_camera_follows_the_wall(window, desk, ids):
    desk.cameras.put_state(TileState.FROZEN, ids[0])
    assert cell(window, 0, Column.STATE) == "Membeku"


def test_enter_on_a_camera_edits_it_and_only_what_was_changed_is_saved(window, desk, ids, qtbot):
    window.select(ids[0])
    cameras = table(window, SAY(texts.TITLE))
    cameras.setFocus()
    qtbot.keyClick(cameras, Qt.Key.Key_Return)
    assert is_open(window, EditForm)
    rw = field(window, SAY(texts.FIELDS["rw"]))
    rw.setText("9")
    named(window, QComboBox, SAY(texts.FIELDS["record"])).setCurrentIndex(0)
    qtbot.keyClick(rw, Qt.Key.Key_Return)
    assert desk.register.asked == [("edit", (ids[0],), {"rw": "9", "record": "off"})]


def test_of_many_cameras_only_ticked_fields_change_and_none_that_belongs_to_one(window, desk, ids):
    window.select(*ids[:3])
    window.edit_selected()
    assert not tick(window, "url").isEnabled()
    assert not field(window, SAY(texts.FIELDS["rw"])).isEnabled()
    tick(window, "rt").setChecked(True)
    button(window, SAY(texts.SAVE)).click()
    assert desk.register.asked == [("edit", tuple(ids[:3]), {"rt": ""})]


def test_an_edit_that_is_wrong_says_why_and_stays_open(window, desk, ids):
    window.select(ids[0])
    window.edit_selected()
    desk.register.edited.emit(
        EditReport(camera=ids[0], problem=RowProblem(0, RowReason.OUT_OF_RANGE, "lat", "-90..90"))
    )
    assert any("kolom lat harus di antara -90..90" in said for said in words(window))
    assert is_open(window, EditForm)
    desk.register.edited.emit(EditReport(changed=1))
    assert not is_open(window, EditForm)
    assert notice(window).text == "1 kamera diubah."


def test_a_list_is_looked_at_first_in_the_words_of_the_command_and_then_asked_about(window, desk):
    file = Path("/daftar/kamera.csv")
    window.look_at(file)
    report = ImportReport(2, 1, 0, (RowProblem(5, RowReason.MISSING, "url"),), (), returned=1)
    desk.register.looked_at.emit(file, report)
    said = named(window, QPlainTextEdit, SAY(texts.LIST_REPORT, file=file.name)).toPlainText().splitlines()
    assert sorted(said) == sorted(report_lines(report, dry_run=True, say=SAY))
    button(window, SAY(texts.TAKE_LIST)).click()
    assert desk.register.asked == [("look_at", file), ("import", file)]
    desk.register.imported.emit(report)
    assert not is_open(window, ListForm)


def test_a_list_that_would_change_nothing_is_not_offered(window, desk):
    desk.register.looked_at.emit(Path("kamera.csv"), ImportReport(0, 0, 4, (), ()))
    assert not button(window, SAY(texts.TAKE_LIST)).isEnabled()


def test_delete_asks_for_a_reason_removes_and_can_be_undone(window, desk, ids, qtbot):
    window.select(ids[0])
    cameras = table(window, SAY(texts.TITLE))
    cameras.setFocus()
    qtbot.keyClick(cameras, Qt.Key.Key_Delete)
    assert not confirm(window, Standing.REMOVED).isEnabled()
    reason(window).setText("dibongkar")
    qtbot.keyClick(reason(window), Qt.Key.Key_Return)
    assert desk.register.asked == [(Standing.REMOVED, (ids[0],), "dibongkar")]
    assert ids[0] not in shown(window)
    choose_state(window, Standing.REMOVED)
    assert shown(window) == [ids[0]]
    assert button(window, SAY(texts.RESTORE)).isEnabled() is False
    button(notice(window), SAY(UNDO)).click()
    assert desk.register.entries[ids[0]].lifecycle.standing is Standing.ACTIVE


def test_a_retired_camera_is_brought_back_into_use(window, desk, ids):
    window.select(ids[0])
    button(window, SAY(texts.RETIRE)).click()
    reason(window).setText("izin dicabut")
    confirm(window, Standing.ENDED).click()
    assert cell(window, 0, Column.STATE) == "Tidak dipakai lagi"
    window.select(ids[0])
    assert not button(window, SAY(texts.RETIRE)).isEnabled()
    button(window, SAY(texts.RESTORE)).click()
    reason(window).setText("izin kembali")
    confirm(window, Standing.ACTIVE).click()
    assert desk.register.entries[ids[0]].lifecycle.standing is Standing.ACTIVE


def test_who_may_not_decide_is_told_so_and_the_form_stays(window, desk, ids):
    desk.register.refusal = DomainError(DomainCode.NOT_ALLOWED)
    window.select(ids[0])
    button(window, SAY(texts.REMOVE)).click()
    reason(window).setText("dibongkar")
    confirm(window, Standing.REMOVED).click()
    assert is_open(window, DecisionForm)
    assert notice(window).text


def test_many_cameras_are_tested_with_progress_and_the_failed_ones_can_be_shown(window, desk, ids):
    window.select(ids[0], ids[1])
    button(window, SAY(texts.TEST)).click()
    assert desk.register.asked == [("test", (ids[0], ids[1]))]
    desk.register.tested.emit(CameraTestProgress(1, 2, (StreamTest(ids[0], "main", WORKS),)))
    failed = (StreamTest(ids[1], "main", WORKS), StreamTest(ids[1], "sub", fault=FaultCode.UNAUTHORIZED))
    desk.register.tested.emit(CameraTestProgress(2, 2, failed))
    assert is_open(window, QProgressBar)
    assert cell(window, 0, Column.RESULT) == "baik: h264, 25.0 gambar/detik"
    assert cell(window, 1, Column.RESULT).startswith("sub gagal: ")
    button(window, SAY(texts.CANCEL_TEST)).click()
    assert desk.register.asked[-1] == ("cancel",)
    assert not is_open(window, QProgressBar)
    assert notice(window).text == "Uji selesai: 2 dari 2 kamera diuji, 1 gagal."
    choose_state(window, Kept.FAILED)
    assert shown(window) == [ids[1]]


def test_a_camera_that_is_read_in_another_way_and_breaks_the_rules_says_so_and_its_hint_says_how(window, desk, ids):
    odd = replace(
        WORKS,
        session=SessionKind.COMPAT_FOUND,
        session_cause=FaultCode.PROTOCOL_BROKEN,
        oddities=(OddityCount(Oddity.PADDING, 7),),
    )
    window.select(ids[0])
    button(window, SAY(texts.TEST)).click()
    desk.register.tested.emit(CameraTestProgress(1, 1, (StreamTest(ids[0], "main", odd),)))
    assert cell(window, 0, Column.RESULT).endswith(", dibaca dengan cara lain, menyalahi aturan")
    hint = hint_of(window, 0, Column.RESULT)
    assert "Dibaca dengan cara lain (FFmpeg) karena jawaban kamera rusak" in hint
    assert "RFC 3550" in hint


def test_without_a_selection_all_that_is_shown_is_tested_and_exported(window, desk, ids):
    field(window, SAY(texts.FILTER)).setText(ids[7])
    button(window, SAY(texts.TEST)).click()
    window.export_to(Path("keluar.xlsx"))
    assert desk.register.asked == [("test", (ids[7],)), ("export", Path("keluar.xlsx"), (ids[7],))]


def test_the_files_are_chosen_beside_the_video_and_the_kind_of_list_names_their_ending(window, desk):
    button(window, SAY(texts.IMPORT)).click()
    (choosing,) = window.findChildren(QFileDialog)
    choosing.fileSelected.emit("/daftar/kamera.csv")
    choosing.close()
    choosing.deleteLater()
    button(window, SAY(texts.EXPORT)).click()
    saving = window.findChildren(QFileDialog)[-1]
    saving.filterSelected.emit("XLSX (*.xlsx)")
    assert saving.defaultSuffix() == "xlsx"
    saving.fileSelected.emit("/daftar/keluar.xlsx")
    saving.close()
    assert [asked[:2] for asked in desk.register.asked] == [
        ("look_at", Path("/daftar/kamera.csv")),
        ("export", Path("/daftar/keluar.xlsx")),
    ]


def test_escape_closes_what_is_asked_and_then_the_window(window, desk, ids, qtbot):
    window.select(ids[0])
    window.edit_selected()
    qtbot.keyClick(field(window, SAY(texts.FIELDS["name"])), Qt.Key.Key_Escape)
    assert not is_open(window, EditForm)
    assert window.isVisible()
    qtbot.keyClick(table(window, SAY(texts.TITLE)), Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("standing", [Standing.ENDED, Standing.REMOVED, Standing.ACTIVE])
def test_no_letter_of_the_keyboard_presses_two_buttons(desk, qtbot, language, standing):
    say = Translator(language)
    window = RegisterWindow(desk.register, desk.cameras, region_name=region_names(REGIONS), translate=say)
    qtbot.addWidget(window)
    cameras = [entry.camera for entry in desk.register.entries.values()][:1]
    window.findChild(DecisionForm).start(cameras, standing)
    of_window = [button for button in window.findChildren(QPushButton) if button.parent() is window]
    for form in (window.findChild(kind) for kind in (EditForm, ListForm, DecisionForm)):
        buttons = [*of_window, *form.findChildren(QPushButton)]
        letters = [button.text()[button.text().index("&") + 1].lower() for button in buttons if "&" in button.text()]
        assert sorted(letters) == sorted(set(letters))


def test_an_outage_is_planned_for_the_selected_cameras(desk, qtbot):
    window = RegisterWindow(desk.register, desk.cameras, region_name=region_names(REGIONS), translate=Translator())
    qtbot.addWidget(window)
    window.show()
    ids = [entry.camera.id for entry in window.model.shown[:2]]
    window.select(*ids)
    with qtbot.waitSignal(window.outage_requested) as asked:
        named(window, QPushButton, "Padam &terencana…").click()
    assert asked.args == [tuple(ids)]
