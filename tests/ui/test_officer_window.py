"""The window of officers: what an admin, any other officer, and a workstation with a server see and do there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget, QWidget

from tests.afternoon import NOW, OFFICER
from tests.desk import Desk
from tests.ui.onscreen import button, choose, controls, field, table, words
from tests.ui.test_console_window import open_console, press
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account, Origin
from tmcwall.services.officers import OneTimePassword
from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.officer_form import OfficerForm
from tmcwall.ui.console.officer_window import OfficerWindow

SAY = Translator()
ADMIN = Officer("11111111", "Ani Lestari", Role.ADMIN, "Iptu")
ACCOUNTS = (
    Account(ADMIN, Origin.LOCAL),
    Account(Officer("22222222", "Budi Santoso", Role.OPERATOR, "Bripda"), Origin.LOCAL, password_due=True),
    Account(Officer("33333333", "Citra Dewi", Role.INVESTIGATOR, "Aipda"), Origin.LOCAL, disabled_at=NOW),
    Account(Officer("44444444", "Dwi Hartono", Role.SUPERVISOR, "AKP"), Origin.SERVER),
)
OWN_FIELDS = ("Kata sandi lama", "Kata sandi baru", "Ulangi kata sandi baru")
ISSUED = OneTimePassword("22222222", "k7mf-2qhd-x9pt")


def open_window(desk: Desk, qtbot, translate: Translator = SAY) -> OfficerWindow:
    desk.officers.put(*ACCOUNTS)
    window = OfficerWindow(desk.officers, desk.duty, translate=translate)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def window(desk: Desk, qtbot) -> OfficerWindow:
    """As an admin sees it."""
    desk.duty.accept(ADMIN)
    return open_window(desk, qtbot)


def name_of(control: QWidget) -> str:
    return control.accessibleName() or (control.text() if isinstance(control, QPushButton) else "")


def is_shown(window: OfficerWindow, kind: type[QWidget]) -> bool:
    return any(part.isVisible() for part in window.findChildren(kind))


def test_an_admin_sees_every_account_with_role_and_state(window):
    assert window.lines() == [
        ("Iptu Ani Lestari", "11111111", "Admin", "aktif"),
        ("Bripda Budi Santoso", "22222222", "Operator", "aktif, belum membuat kata sandi sendiri"),
        ("Aipda Citra Dewi", "33333333", "Penyidik", "nonaktif sejak 28 Maret 2025 pukul 14.14 WIB"),
        ("AKP Dwi Hartono", "44444444", "Supervisor", "dari server pusat"),
    ]


def test_without_a_selection_nothing_can_be_done_to_anybody(window):
    assert not any(button(window, name).isEnabled() for name in ("Ubah peran", "Nonaktifkan", "Beri kata sandi baru"))
    assert "Pilih petugas pada daftar." in words(window)


def test_the_selected_account_is_disabled_enabled_given_a_role_and_a_password(window, desk):
    window.select(1)
    button(window, "Nonaktifkan").click()
    choose(window, "Peran baru", "Admin")
    button(window, "Ubah peran").click()
    button(window, "Beri kata sandi baru").click()
    window.select(2)
    button(window, "Aktifkan").click()
    assert desk.officers.asked == [
        ("disable", "22222222"), ("role", "22222222", Role.ADMIN), ("reset", "22222222"), ("enable", "33333333"),
    ]  # fmt: skip


def test_an_officer_is_added_by_the_keyboard_alone(window, desk, qtbot):
    name = field(window, "Nama")
    qtbot.keyClicks(field(window, "NRP"), "55555555")
    qtbot.keyClicks(field(window, "Pangkat"), "Bripda")
    qtbot.keyClicks(name, "Eko Prasetyo")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert desk.officers.asked == [("add", "55555555", "Bripda", "Eko Prasetyo", Role.OPERATOR)]
    desk.officers.password_issued.emit(OneTimePassword("55555555", "abcd-efgh-jkmn"))
    assert "abcd-efgh-jkmn" in words(window)
    assert name.text() == ""


def test_tab_walks_from_the_list_over_its_buttons_and_the_forms_to_the_last_button(window, qtbot):
    window.select(1)
    table(window, "Petugas").setFocus()
    expected = [
        "Peran baru", "Ubah peran", "Nonaktifkan", "Beri kata sandi baru",
        "NRP", "Pangkat", "Nama", "Peran", "Tambah",
        "Kata sandi lama", "Kata sandi baru", "Ulangi kata sandi baru", "Ganti kata sandi",
    ]  # fmt: skip
    walked = []
    for _ in expected:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        walked.append(name_of(window.focusWidget()))
    assert walked == expected
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget().text() == "Tutup"


@pytest.mark.parametrize(
    ("nrp", "name", "said"),
    [
        ("123", "Eko", "NRP terdiri atas 8 atau 9 angka."),
        ("55555555", " ", "Isi nama petugas."),
    ],
)
def test_what_is_missing_is_said_and_nothing_asked(window, desk, nrp, name, said):
    field(window, "NRP").setText(nrp)
    field(window, "Nama").setText(name)
    button(window, "Tambah").click()
    assert said in words(window)
    assert desk.officers.asked == []


def test_what_is_refused_is_said_in_words_and_what_was_typed_stays(window, desk):
    field(window, "NRP").setText("22222222")
    field(window, "Nama").setText("Eko")
    button(window, "Tambah").click()
    desk.officers.refused.emit(DomainError(DomainCode.ACCOUNT_EXISTS, "22222222"))
    assert "NRP ini sudah punya akun di komputer ini. Ubah atau aktifkan akun itu." in words(window)
    assert field(window, "Nama").text() == "Eko"


@pytest.mark.parametrize("leave", ["close", "sign_out", "do something else"])
def test_a_one_time_password_goes_out_of_sight(window, desk, leave):
    window.select(1)
    button(window, "Beri kata sandi baru").click()
    desk.officers.password_issued.emit(ISSUED)
    assert "k7mf-2qhd-x9pt" in words(window)
    match leave:
        case "close":
            window.reject()
        case "sign_out":
            desk.duty.sign_out()
        case _:
            button(window, "Nonaktifkan").click()
    assert not any("k7mf" in label.text() for label in window.findChildren(QLabel))
    assert "Kata sandi sekali pakai untuk NRP 22222222" not in words(window)


def test_the_selection_stays_when_accounts_change(window, desk):
    window.select(1)
    desk.officers.put(*ACCOUNTS[1:])
    assert "Petugas terpilih: Bripda Budi Santoso" in words(window)


def test_another_officer_sees_no_accounts_and_changes_his_own_password(desk, qtbot):
    window = open_window(desk, qtbot)
    assert not is_shown(window, QTableWidget)
    assert not is_shown(window, OfficerForm)
    before, after, repeat = (field(window, name) for name in OWN_FIELDS)
    qtbot.waitUntil(before.hasFocus)
    for edit, text in ((before, "kereta senja"), (after, "bintang timur"), (repeat, "bintang timur")):
        qtbot.keyClicks(edit, text)
    qtbot.keyClick(repeat, Qt.Key.Key_Return)
    assert desk.officers.asked == [("own", "kereta senja", "bintang timur")]
    assert [edit.text() for edit in (before, after, repeat)] == ["", "", ""]
    desk.officers.password_changed.emit()
    assert "Kata sandi Anda sudah diganti." in words(window)


def test_two_new_passwords_that_differ_are_said_and_not_sent(desk, qtbot):
    window = open_window(desk, qtbot)
    for name, text in zip(OWN_FIELDS, ("kereta senja", "bintang timur", "bintang barat"), strict=True):
        field(window, name).setText(text)
    button(window, "Ganti kata sandi").click()
    assert "Kedua kata sandi tidak sama." in words(window)
    assert desk.officers.asked == []


def test_with_a_server_the_accounts_are_shown_and_only_the_own_password_is_changed_here(desk, qtbot):
    desk.officers.kept_at_server = True
    desk.duty.accept(ADMIN)
    window = open_window(desk, qtbot)
    assert any("tmcwall server user" in said for said in words(window))
    assert is_shown(window, QTableWidget)
    assert controls(window) == {"Tutup", "Ganti kata sandi", *OWN_FIELDS}


def test_nobody_on_duty_sees_nothing_but_how_to_go_on(window, desk):
    desk.duty.sign_out()
    assert any(said.startswith("Belum ada petugas dinas.") for said in words(window))
    assert not is_shown(window, QTableWidget)
    assert controls(window) == {"Tutup"}


@pytest.mark.parametrize("language", Language)
def test_the_console_opens_it_by_key_and_by_the_name_on_duty(desk, qtbot, language):
    console = open_console(desk, Translator(language))
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    press(console, ActionId.OFFICERS)
    assert console.beside.officers.isVisible()
    qtbot.keyClick(console.beside.officers, Qt.Key.Key_Escape)
    assert not console.beside.officers.isVisible()
    (named_button,) = (one for one in console.status.findChildren(QPushButton) if OFFICER.name in one.text())
    named_button.click()
    assert console.beside.officers.isVisible()
