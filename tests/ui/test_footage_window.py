"""Footage that dies on the screen: the list counts down in words, one key secures, and it says what it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, make_incident
from tests.desk import Desk
from tests.letters import CASE
from tests.ui.onscreen import button, table, words
from tmcwall.domain.letter import LetterItem
from tmcwall.domain.operation import Entity
from tmcwall.domain.remaining_footage import Keeper, Looks, RemainingFootage, Secured
from tmcwall.services.remaining_footage import Matter, MatterFootage
from tmcwall.services.securing import SecuringDone
from tmcwall.texts import Language, Translator
from tmcwall.texts.remaining_footage import done_text, left_text, state_text
from tmcwall.ui import theme
from tmcwall.ui.case_services import RemainingServices
from tmcwall.ui.console.footage_list import colour_of
from tmcwall.ui.evidence.footage_window import FootageWindow

SAY = Translator(Language.ID)
MINUTE = timedelta(minutes=1)
ROW = RemainingFootage(
    "CAM-1", "Simpang Gladag", None, Looks.TOWARDS, 42.4, NOW, Keeper.OURS, NOW + 8 * MINUTE
)  # fmt: skip
OWNERS = replace(ROW, camera_id="CAM-2", camera_name="Toko Roti", keeper=Keeper.OWNER, ends_at=None)


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> FootageWindow:
    services = RemainingServices(remaining=desk.remaining, securing=desk.securing, requests=desk.requests)
    window = FootageWindow(services, desk.duty, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    return window


def of_case(*rows: RemainingFootage) -> MatterFootage:
    return MatterFootage(Matter(Entity.CASE, CASE.id), CASE, rows, NOW)


def cells(window: FootageWindow) -> list[list[str]]:
    model = table(window, "Sisa waktu rekaman").model()
    columns = range(model.columnCount())
    return [[model.index(row, column).data() for column in columns] for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("row", "left", "state"),
    [
        (ROW, "8 mnt", "belum diamankan"),
        (replace(ROW, ends_at=NOW + timedelta(seconds=30)), "kurang dari 1 mnt", "belum diamankan"),
        (replace(ROW, ends_at=NOW + timedelta(hours=5, minutes=12)), "5 jam 12 mnt", "belum diamankan"),
        (replace(ROW, ends_at=NOW + timedelta(days=2, hours=4)), "2 hari 4 jam", "belum diamankan"),
        (OWNERS, "belum diketahui", "belum diamankan"),
        (replace(OWNERS, secured=Secured.ASKED), "belum diketahui", "sudah diminta, belum dijawab"),
        (replace(ROW, secured=Secured.HELD), "–", "ditahan"),
        (replace(OWNERS, secured=Secured.RECEIVED), "–", "sudah diterima"),
    ],
)
def test_what_is_left_is_said_in_words(row: RemainingFootage, left: str, state: str) -> None:
    assert (left_text(row, NOW, SAY), state_text(row, NOW, SAY)) == (left, state)


def test_what_is_gone_says_since_when_by_the_clock_of_the_station() -> None:
    gone = replace(ROW, ends_at=NOW - MINUTE)
    assert left_text(gone, NOW, SAY) == f"sudah tertimpa sejak {SAY.zone.long_text(NOW - MINUTE)}"
    assert state_text(gone, NOW, SAY) == "tertimpa"
    assert colour_of(gone, NOW) == theme.GREY


def test_below_an_hour_the_colour_is_that_of_an_alarm_and_what_nobody_knows_is_no_green() -> None:
    assert colour_of(ROW, NOW) == theme.VERMILLION
    assert colour_of(replace(ROW, ends_at=NOW + timedelta(hours=2)), NOW) == theme.ORANGE
    assert colour_of(OWNERS, NOW) == theme.YELLOW
    assert colour_of(replace(ROW, secured=Secured.HELD), NOW) == theme.GREEN


def test_the_most_urgent_is_on_top_and_the_list_counts_down(window: FootageWindow, desk: Desk, qtbot: QtBot) -> None:
    window.open_case(CASE)
    desk.remaining.footage_read.emit(of_case(OWNERS, ROW))
    assert [row[0] for row in cells(window)] == ["Simpang Gladag", "Toko Roti"]
    assert cells(window)[0][1:5] == ["42 m", "menghadap tempat", "rekaman kita", "8 mnt"]
    desk.clock.advance(180)
    window.hide()
    window.show()
    assert cells(window)[0][4] == "5 mnt"


def test_the_key_secures_what_is_shown_and_says_in_one_sentence_what_it_did(
    window: FootageWindow, desk: Desk, qtbot: QtBot
) -> None:
    window.open_case(CASE)
    footage = of_case(ROW, OWNERS)
    desk.remaining.footage_read.emit(footage)
    qtbot.mouseClick(button(window, "Amankan (S)"), Qt.MouseButton.LeftButton)
    assert desk.securing.asked == [footage]
    desk.securing.secured.emit(SecuringDone(held=2, letters=3))
    assert "2 kamera diamankan, 3 surat permintaan dibuat." in words(window)
    undo = button(window, "&Urungkan permintaan")
    assert undo.isEnabled()
    undo.click()
    desk.securing.undone.emit(3)
    assert (desk.securing.undos, undo.isEnabled()) == (1, False)


def test_s_secures_in_the_window_as_it_does_in_the_queue(window: FootageWindow, desk: Desk, qtbot: QtBot) -> None:
    window.open_case(CASE)
    footage = of_case(ROW)
    desk.remaining.footage_read.emit(footage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: desk.securing.asked == [footage])


def test_an_incident_is_secured_at_once_where_its_key_asks_for_that(window: FootageWindow, desk: Desk) -> None:
    incident = make_incident(1)
    window.open_incident(incident, "Kecelakaan", secure=True)
    footage = MatterFootage(Matter(Entity.INCIDENT, incident.id), None, (ROW,), NOW)
    desk.remaining.footage_read.emit(footage)
    desk.remaining.footage_read.emit(footage)
    assert desk.securing.asked == [footage]


def test_nothing_is_looked_at_while_nobody_sees_the_window(window: FootageWindow, desk: Desk) -> None:
    window.open_case(CASE)
    assert list(desk.remaining.looked.values()) == [Matter(Entity.CASE, CASE.id)]
    window.reject()
    assert not desk.remaining.looked


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        (SecuringDone(), "Tidak ada lagi yang perlu diamankan."),
        (SecuringDone(held=1, waiting_for_case=2), "1 kamera diamankan, 2 kamera pemilik perlu nomor LP dahulu."),
        (SecuringDone(gone=1, waiting_for_investigator=2),
         "2 kamera pemilik perlu surat dari penyidik, 1 kamera sudah tertimpa."),
        (SecuringDone(without_letter=1, lacking=(LetterItem.ADDRESS,), names=("Joko",)),
         "1 permintaan dicatat tanpa surat (kurang: alamat penerima, nama orang: Joko)."),
    ],
)  # fmt: skip
def test_what_could_not_be_done_is_in_the_sentence(done: SecuringDone, sentence: str) -> None:
    assert done_text(done, SAY).casefold() == sentence.casefold()
