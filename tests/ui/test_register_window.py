"""The window in which the register of cameras is looked after, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from tests.afternoon import REGIONS
from tests.desk import Desk, make_desk
from tests.ui.test_console_window import open_console, press
from tmcwall.cameras.importing import ImportReport
from tmcwall.cameras.list_reader import RowProblem, RowReason
from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.domain.health import TileState
from tmcwall.services.camera_register import EditReport, StreamTest
from tmcwall.services.register_desk import CameraTestProgress
from tmcwall.texts import Language, Translator
from tmcwall.texts.importing import report_lines
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.register_filter import OWNER_CHOICES, STATE_CHOICES
from tmcwall.ui.console.register_model import Column, Kept
from tmcwall.ui.console.register_window import RegisterWindow
from tmcwall.ui.console.window import region_names
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


def shown(window: RegisterWindow) -> list[str]:
    return [entry.camera.id for entry in window.model.shown]


def choose_state(window: RegisterWindow, state: Standing | Kept) -> None:
    window._filter.state.setCurrentIndex(STATE_CHOICES.index(state))


def test_the_key_of_the_register_opens_it_from_the_console(desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    press(console, ActionId.CAMERA_REGISTER)
    assert console.register.isVisible()
    assert console.register.model.rowCount() == 500


def test_ten_thousand_cameras_are_filtered_by_words_owner_and_state(qtbot):
    desk = make_desk(cameras=10_000)
    window = open_register(desk, qtbot)
    QAbstractItemModelTester(window.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    window._filter.search.setText("RT 3 RW.01 bumi")
    found = [entry.camera for entry in window.model.shown]
    assert found
    assert {(camera.rt, camera.rw) for camera in found} == {("003", "001")}
    window._filter.search.setText("")
    window._filter.owner.setCurrentIndex(OWNER_CHOICES.index(Owner.BANK))
    assert {entry.camera.owner for entry in window.model.shown} == {Owner.BANK}
    choose_state(window, Standing.ENDED)
    assert window.model.rowCount() == 0


def test_a_selection_stays_while_the_filter_changes(window, ids):
    window.select(ids[0], ids[5])
    window._filter.search.setText(ids[5])
    assert [entry.camera.id for entry in window.selected()] == [ids[5]]


def test_the_state_of_a_camera_follows_the_wall(window, desk, ids):
    desk.cameras.put_state(TileState.FROZEN, ids[0])
    assert cell(window, 0, Column.STATE) == "Membeku"


def test_enter_on_a_camera_edits_it_and_only_what_was_changed_is_saved(window, desk, ids, qtbot):
    window.select(ids[0])
    window._table.setFocus()
    qtbot.keyClick(window._table, Qt.Key.Key_Return)
    assert window._edit_form.isVisible()
    window._edit_form._inputs["rw"].setText("9")
    window._edit_form._inputs["record"].setCurrentIndex(0)
    qtbot.keyClick(window._edit_form._inputs["rw"], Qt.Key.Key_Return)
    assert desk.register.asked == [("edit", (ids[0],), {"rw": "9", "record": "off"})]


def test_of_many_cameras_only_ticked_fields_change_and_none_that_belongs_to_one(window, desk, ids):
    window.select(*ids[:3])
    window.edit_selected()
    form = window._edit_form
    assert not form._ticks["url"].isEnabled()
    assert not form._inputs["rw"].isEnabled()
    form._ticks["rt"].setChecked(True)
    form._save()
    assert desk.register.asked == [("edit", tuple(ids[:3]), {"rt": ""})]


def test_an_edit_that_is_wrong_says_why_and_stays_open(window, desk, ids):
    window.select(ids[0])
    window.edit_selected()
    desk.register.edited.emit(
        EditReport(camera=ids[0], problem=RowProblem(0, RowReason.OUT_OF_RANGE, "lat", "-90..90"))
    )
    assert "kolom lat harus di antara -90..90" in window._edit_form._answer.text()
    assert window._edit_form.isVisible()
    desk.register.edited.emit(EditReport(changed=1))
    assert not window._edit_form.isVisible()
    assert window._notice.text == "1 kamera diubah."


def test_a_list_is_looked_at_first_in_the_words_of_the_command_and_then_asked_about(window, desk):
    file = Path("/daftar/kamera.csv")
    window.look_at(file)
    report = ImportReport(2, 1, 0, (RowProblem(5, RowReason.MISSING, "url"),), (), returned=1)
    desk.register.looked_at.emit(file, report)
    said = window._list_form._lines.toPlainText().splitlines()
    assert sorted(said) == sorted(report_lines(report, dry_run=True, say=SAY))
    window._list_form._confirm.click()
    assert desk.register.asked == [("look_at", file), ("import", file)]
    desk.register.imported.emit(report)
    assert not window._list_form.isVisible()


def test_a_list_that_would_change_nothing_is_not_offered(window, desk):
    desk.register.looked_at.emit(Path("kamera.csv"), ImportReport(0, 0, 4, (), ()))
    assert not window._list_form._confirm.isEnabled()


def test_delete_asks_for_a_reason_removes_and_can_be_undone(window, desk, ids, qtbot):
    window.select(ids[0])
    window._table.setFocus()
    qtbot.keyClick(window._table, Qt.Key.Key_Delete)
    form = window._decision_form
    assert not form._confirm.isEnabled()
    form._reason.setText("dibongkar")
    qtbot.keyClick(form._reason, Qt.Key.Key_Return)
    assert desk.register.asked == [(Standing.REMOVED, (ids[0],), "dibongkar")]
    assert ids[0] not in shown(window)
    choose_state(window, Standing.REMOVED)
    assert shown(window) == [ids[0]]
    assert window._restore.isEnabled() is False
    window._notice._offer.click()
    assert desk.register.entries[ids[0]].lifecycle.standing is Standing.ACTIVE


def test_a_retired_camera_is_brought_back_into_use(window, desk, ids):
    window.select(ids[0])
    window._retire.click()
    window._decision_form._reason.setText("izin dicabut")
    window._decision_form._confirm.click()
    assert cell(window, 0, Column.STATE) == "Tidak dipakai lagi"
    window.select(ids[0])
    assert not window._retire.isEnabled()
    window._restore.click()
    window._decision_form._reason.setText("izin kembali")
    window._decision_form._confirm.click()
    assert desk.register.entries[ids[0]].lifecycle.standing is Standing.ACTIVE


def test_who_may_not_decide_is_told_so_and_the_form_stays(window, desk, ids):
    desk.register.refusal = DomainError(DomainCode.NOT_ALLOWED)
    window.select(ids[0])
    window._remove.click()
    window._decision_form._reason.setText("dibongkar")
    window._decision_form._confirm.click()
    assert window._decision_form.isVisible()
    assert window._notice.text


def test_many_cameras_are_tested_with_progress_and_the_failed_ones_can_be_shown(window, desk, ids):
    window.select(ids[0], ids[1])
    window._test.click()
    assert desk.register.asked == [("test", (ids[0], ids[1]))]
    desk.register.tested.emit(CameraTestProgress(1, 2, (StreamTest(ids[0], "main", WORKS),)))
    failed = (StreamTest(ids[1], "main", WORKS), StreamTest(ids[1], "sub", fault=FaultCode.UNAUTHORIZED))
    desk.register.tested.emit(CameraTestProgress(2, 2, failed))
    assert window._progress.isVisible()
    assert cell(window, 0, Column.RESULT) == "baik: h264, 25.0 gambar/detik"
    assert cell(window, 1, Column.RESULT).startswith("sub gagal: ")
    window._test.click()
    assert desk.register.asked[-1] == ("cancel",)
    assert not window._progress.isVisible()
    assert window._notice.text == "Uji selesai: 2 dari 2 kamera diuji, 1 gagal."
    choose_state(window, Kept.FAILED)
    assert shown(window) == [ids[1]]


def test_without_a_selection_all_that_is_shown_is_tested_and_exported(window, desk, ids):
    window._filter.search.setText(ids[7])
    window._test.click()
    window.export_to(Path("keluar.xlsx"))
    assert desk.register.asked == [("test", (ids[7],)), ("export", Path("keluar.xlsx"), (ids[7],))]


def test_the_files_are_chosen_beside_the_video_and_the_kind_of_list_names_their_ending(window, desk):
    window._import.click()
    (choosing,) = window.findChildren(QFileDialog)
    choosing.fileSelected.emit("/daftar/kamera.csv")
    choosing.close()
    choosing.deleteLater()
    window._export.click()
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
    qtbot.keyClick(window._edit_form._inputs["name"], Qt.Key.Key_Escape)
    assert not window._edit_form.isVisible()
    assert window.isVisible()
    qtbot.keyClick(window._table, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("standing", [Standing.ENDED, Standing.REMOVED, Standing.ACTIVE])
def test_no_letter_of_the_keyboard_presses_two_buttons(desk, qtbot, language, standing):
    say = Translator(language)
    window = RegisterWindow(desk.register, desk.cameras, region_name=region_names(REGIONS), translate=say)
    qtbot.addWidget(window)
    cameras = [entry.camera for entry in desk.register.entries.values()][:1]
    window._decision_form.start(cameras, standing)
    of_window = [button for button in window.findChildren(QPushButton) if button.parent() is window]
    for form in window._forms:
        buttons = [*of_window, *form.findChildren(QPushButton)]
        letters = [button.text()[button.text().index("&") + 1].lower() for button in buttons if "&" in button.text()]
        assert sorted(letters) == sorted(set(letters))
