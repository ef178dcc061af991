"""Operations without effect, as the console shows them."""

import pytest

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.onscreen import button, table, words
from tests.ui.test_console_window import open_console
from tmcwall.domain.operation import Entity
from tmcwall.services.quarantine import KeptOperation
from tmcwall.texts import Translator
from tmcwall.ui.console.quarantine_window import QuarantineWindow

SAY = Translator()


@pytest.fixture
def window(desk: Desk, qtbot):
    window = QuarantineWindow(desk.quarantine, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


def cells(window):
    shown = table(window, "Tersimpan tanpa efek").model()
    return [[shown.index(row, column).data() for column in range(3)] for row in range(shown.rowCount())]


def test_each_says_about_what_it_is_who_made_it_and_why_it_has_no_effect(window, desk):
    desk.quarantine.put(KeptOperation("actor_unproven", Entity.BOOKMARK, "Simpang Empat", "87654321", NOW))
    about, made, reason = cells(window)[0]
    assert about == "Penanda Simpang Empat"
    assert made.startswith("NRP 87654321, ")
    assert reason.startswith("Menunggu petugas itu masuk")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("shape: starts_at: range", "(starts_at: range)"),
        ("completed: sha256", "(sha256)"),
        ("entity_unknown", "versi program yang lebih baru"),
        ("racun dari meja 3", "pengelola server: racun dari meja 3"),
    ],
)
def test_every_reason_is_said_in_words(window, desk, reason, said):
    desk.quarantine.put(KeptOperation(reason))
    assert said in cells(window)[0][2]


def test_nothing_is_kept_without_effect(window, desk):
    desk.quarantine.put(KeptOperation("message"))
    desk.quarantine.put()
    assert cells(window) == []
    assert "Semua perubahan berlaku." in words(window)


def test_the_line_below_counts_them_and_opens_the_window(desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console)
    console.show()
    assert not any("tanpa efek" in text for text in words(console))
    desk.quarantine.put(KeptOperation("message"), KeptOperation("not_allowed", Entity.CLIP, "", "1", NOW))
    button(console.status, "2 tanpa efek").click()
    assert console.beside.quarantine.isVisible()
    console.beside.quarantine.close()
