"""The window of officers: what an admin, any other officer, and a workstation with a server see and do there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.afternoon import NOW, OFFICER
from tests.desk import Desk
from tests.ui.test_console_window import open_console
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account, Origin
from tmcwall.services.officers import OneTimePassword
from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.officer_window import OfficerWindow

SAY = Translator()
ADMIN = Officer("11111111", "Ani Lestari", Role.ADMIN, "Iptu")
ACCOUNTS = (
    Account(ADMIN, Origin.LOCAL),
    Account(Officer("22222222", "Budi Santoso", Role.OPERATOR, "Bripda"), Origin.LOCAL, password_due=True),
    Account(Officer("33333333", "Citra Dewi", Role.INVESTIGATOR, "Aipda"), Origin.LOCAL, disabled_at=NOW),
    Account(Officer("44444444", "Dwi Hartono", Role.SUPERVISOR, "AKP"), Origin.SERVER),
)
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


def test_an_admin_sees_every_account_with_role_and_state(window):
    assert window.lines() == [
        ("Iptu Ani Lestari", "11111111", "Admin", "aktif"),
        ("Bripda Budi Santoso", "22222222", "Operator", "aktif, belum membuat kata sandi sendiri"),
        ("Aipda Citra Dewi", "33333333", "Penyidik", "nonaktif sejak 28 Maret 2025 pukul 14.14 WIB"),
        ("AKP Dwi Hartono", "44444444", "Supervisor", "dari server pusat"),
    ]


def test_without_a_selection_nothing_can_be_done_to_anybody(window):
    assert not any(button.isEnabled() for button in (window._change_role, window._toggle, window._reset))
    assert window._chosen.text() == "Pilih petugas pada daftar."


def test_the_selected_account_is_disabled_enabled_given_a_role_and_a_password(window, desk):
    window.select(1)
    window._toggle.click()
    window._role.setCurrentIndex(window._role.findData(Role.ADMIN))
    window._change_role.click()
    window._reset.click()
    window.select(2)
    assert window._toggle.text() == "Aktifkan"
    window._toggle.click()
    assert desk.officers.asked == [
        ("disable", "22222222"), ("role", "22222222", Role.ADMIN), ("reset", "22222222"), ("enable", "33333333"),
    ]  # fmt: skip


def test_an_officer_is_added_by_the_keyboard_alone(window, desk, qtbot):
    form = window._new
    qtbot.keyClicks(form._nrp, "55555555")
    qtbot.keyClicks(form._rank, "Bripda")
    qtbot.keyClicks(form._name, "Eko Prasetyo")
    qtbot.keyClick(form._name, Qt.Key.Key_Return)
    assert desk.officers.asked == [("add", "55555555", "Bripda", "Eko Prasetyo", Role.OPERATOR)]
    desk.officers.password_issued.emit(OneTimePassword("55555555", "abcd-efgh-jkmn"))
    assert window._password.text() == "abcd-efgh-jkmn"
    assert form._name.text() == ""


def test_tab_walks_from_the_list_over_its_buttons_and_the_forms_to_the_last_button(window, qtbot):
    window.select(1)
    window._table.setFocus()
    new, own = window._new, window._own
    expected = [
        window._role, window._change_role, window._toggle, window._reset,
        new._nrp, new._rank, new._name, new._role, new._button,
        own._before, own._after, own._repeat, own._button,
    ]  # fmt: skip
    walked = []
    for _ in expected:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        walked.append(window.focusWidget())
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
    window._new._nrp.setText(nrp)
    window._new._name.setText(name)
    window._new._button.click()
    assert window._answer.text() == said
    assert desk.officers.asked == []


def test_what_is_refused_is_said_in_words_and_what_was_typed_stays(window, desk):
    window._new._nrp.setText("22222222")
    window._new._name.setText("Eko")
    window._new._button.click()
    desk.officers.refused.emit(DomainError(DomainCode.ACCOUNT_EXISTS, "22222222"))
    assert window._answer.text() == "NRP ini sudah punya akun di komputer ini. Ubah atau aktifkan akun itu."
    assert window._new._name.text() == "Eko"


@pytest.mark.parametrize("leave", ["close", "sign_out", "do something else"])
def test_a_one_time_password_goes_out_of_sight(window, desk, leave):
    window.select(1)
    window._reset.click()
    desk.officers.password_issued.emit(ISSUED)
    assert window._password.text() == "k7mf-2qhd-x9pt"
    match leave:
        case "close":
            window.reject()
        case "sign_out":
            desk.duty.sign_out()
        case _:
            window._toggle.click()
    assert window._password.text() == ""
    assert not window._issued.isVisible()


def test_the_selection_stays_when_accounts_change(window, desk):
    window.select(1)
    desk.officers.put(*ACCOUNTS[1:])
    assert window._selected().officer.nrp == "22222222"


def test_another_officer_sees_no_accounts_and_changes_his_own_password(desk, qtbot):
    window = open_window(desk, qtbot)
    assert not window._table.isVisible()
    assert not window._new.isVisible()
    own = window._own
    qtbot.waitUntil(own._before.hasFocus)
    for edit, text in ((own._before, "kereta senja"), (own._after, "bintang timur"), (own._repeat, "bintang timur")):
        qtbot.keyClicks(edit, text)
    qtbot.keyClick(own._repeat, Qt.Key.Key_Return)
    assert desk.officers.asked == [("own", "kereta senja", "bintang timur")]
    assert [edit.text() for edit in own.findChildren(QLineEdit)] == ["", "", ""]
    desk.officers.password_changed.emit()
    assert window._answer.text() == "Kata sandi Anda sudah diganti."


def test_two_new_passwords_that_differ_are_said_and_not_sent(desk, qtbot):
    window = open_window(desk, qtbot)
    window._own._before.setText("kereta senja")
    window._own._after.setText("bintang timur")
    window._own._repeat.setText("bintang barat")
    window._own._button.click()
    assert window._answer.text() == "Kedua kata sandi tidak sama."
    assert desk.officers.asked == []


def test_with_a_server_the_accounts_are_shown_and_the_window_says_where_they_are_changed(desk, qtbot):
    desk.officers.kept_at_server = True
    desk.duty.accept(ADMIN)
    window = open_window(desk, qtbot)
    assert "tmcwall server user" in window._explanation.text()
    assert window._table.isVisible()
    assert not any(part.isVisible() for part in (window._chosen_bar, window._new, window._own))


def test_nobody_on_duty_sees_nothing_but_how_to_go_on(window, desk):
    desk.duty.sign_out()
    assert window._explanation.text().startswith("Belum ada petugas dinas.")
    assert not any(part.isVisible() for part in (window._table, window._chosen_bar, window._new, window._own))


@pytest.mark.parametrize("language", Language)
def test_the_console_opens_it_by_key_and_by_the_name_on_duty(desk, qtbot, language):
    console = open_console(desk, Translator(language))
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    console._on_action(ActionId.OFFICERS)
    assert console.officers.isVisible()
    qtbot.keyClick(console.officers, Qt.Key.Key_Escape)
    assert not console.officers.isVisible()
    console.status._officer.click()
    assert console.officers.isVisible()
    assert OFFICER.name in console.status._officer.text()
