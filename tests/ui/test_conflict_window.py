"""Entries in which two workstations differ, as the console shows them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.test_console_window import open_console
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.merge import Conflict, Version
from tmcwall.domain.operation import Entity
from tmcwall.services.conflicts import OpenConflict
from tmcwall.texts import Language, Translator
from tmcwall.ui.console.conflict_window import ConflictWindow, value_text

SAY = Translator()
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
KEPT = Version("sulit", 3, "op-2", "device-b", "87654321", NOW)
OTHER = Version("ringan", 2, "op-1", "device-a", "12345678", NOW - timedelta(minutes=5))
DIFFICULTY = OpenConflict(Conflict("op-2/difficulty", Entity.CASE, "c1", "difficulty", KEPT, OTHER), LP)


def about(field, kept, *, entity=Entity.INCIDENT, subject="kebakaran Pasar Legi"):
    conflict = replace(DIFFICULTY.conflict, id=field, entity=entity, field=field, kept=replace(KEPT, value=kept))
    return OpenConflict(conflict, subject)


@pytest.fixture
def window(desk: Desk, qtbot):
    desk.conflicts.put(DIFFICULTY, about("text", "asap tebal"))
    window = ConflictWindow(desk.conflicts, desk.personal, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


def test_both_values_are_shown_with_who_gave_them_and_when(window):
    what, field, kept, other = window.lines()[0]
    assert (what, field) == (f"Perkara {LP}", "tingkat kesulitan")
    assert kept.splitlines()[0] == "Sulit"
    assert kept.splitlines()[1].startswith("oleh NRP 87654321, ")
    assert other.splitlines()[0] == "Mudah/ringan"
    assert "12345678" in other
    assert "WIB" in other


def test_the_one_that_was_looked_at_goes_and_the_other_stays(window, desk):
    assert not window._seen.isEnabled()
    window.select(0)
    window._seen.click()
    assert [line[0] for line in window.lines()] == ["Kejadian kebakaran Pasar Legi"]
    window.select(0)
    window._seen.click()
    assert window._answer.text() == "Tidak ada isian yang berbeda."


def test_whoever_may_not_settle_is_told_so_and_nothing_goes(window, desk):
    desk.conflicts.refusal = DomainError(DomainCode.NOT_ALLOWED)
    window.select(0)
    window._seen.click()
    assert window._answer.isVisible()
    assert len(window.lines()) == 2


def test_a_conflict_that_comes_in_leaves_the_selection_where_it_is(window, desk):
    window.select(1)
    desk.conflicts.put(about("status", "ditutup"), *desk.conflicts.found)
    assert window._selected().conflict.id == "text"


def test_the_reporter_is_not_named_here(desk, qtbot):
    desk.conflicts.put(about("reporter_phone", "0812-0000-0000"))
    window = ConflictWindow(desk.conflicts, desk.personal, translate=SAY)
    qtbot.addWidget(window)
    assert "0812" not in str(window.lines())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("note", None, "(kosong)"),
        ("note", "", "(kosong)"),
        ("held", False, "tidak"),
        ("packets", 0, "0"),
        ("severity", "berat", "Berat"),
        ("closed_at", "2025-03-10T07:30:00+00:00", "10 Maret 2025 pukul 14.30 WIB"),
        ("closed_at", "kapan-kapan", "kapan-kapan"),
        ("place", {"rt": "003"}, '{"rt": "003"}'),
    ],
)
def test_a_value_is_said_in_words(field, value, said):
    assert value_text(field, value, SAY) == said


@pytest.mark.parametrize("language", Language)
def test_the_line_below_counts_them_and_opens_the_window(desk: Desk, qtbot, language):
    console = open_console(desk, Translator(language))
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    assert not console.status._differing.isVisible()
    desk.conflicts.put(DIFFICULTY)
    assert console.status._differing.isVisible()
    assert console.status._differing.text().startswith("1 ")
    console.status._differing.click()
    assert console.beside.conflicts.isVisible()
    desk.conflicts.put()
    assert not console.status._differing.isVisible()


@pytest.mark.parametrize(
    ("equal", "said"),
    [(True, "(data pribadi, sama)"), (False, "(data pribadi, berbeda)"), (None, "(data pribadi, tidak")],
)
def test_whoever_may_read_them_is_told_whether_two_numbers_are_the_same(desk, qtbot, equal, said):
    desk.conflicts.put(about("reporter_phone", f"~sha256:{'1' * 64}"))
    window = ConflictWindow(desk.conflicts, desk.personal, translate=SAY)
    qtbot.addWidget(window)
    desk.personal.equal = equal
    desk.personal.changed.emit(desk.conflicts.found[0].conflict.entity_id)
    (line,) = window.lines()
    assert line[2].startswith(said)
    assert "sha256" not in "".join(line)
