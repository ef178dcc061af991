"""The register of requests on the screen: what is late, and what came of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.desk import Desk
from tests.letters import CASE, INVESTIGATOR
from tests.services_stage import EXAMPLES
from tests.ui.onscreen import button, choose, field, table, words
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.footage_request import ReceivedFile, RequestAnswer, answered, handed_over, letter_received
from tmcwall.domain.operation import Entity
from tmcwall.services.request_room import RequestLine
from tmcwall.texts import Translator
from tmcwall.ui.letters.requests_window import RequestsWindow
from tmcwall.ui.letters.window import LettersWindow

SAY = Translator()
TODAY = date(2025, 3, 28)
ASKED = replace(EXAMPLES[Entity.FOOTAGE_REQUEST], letter_number="B/9/III/2025", due_on=TODAY - timedelta(days=1))


def line(request=ASKED) -> RequestLine:
    return RequestLine(request, CASE, ("Simpang Gladag",))


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> RequestsWindow:
    desk.duty.accept(INVESTIGATOR)
    window = RequestsWindow(desk.requests, desk.duty, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


def cells(window: RequestsWindow) -> list[list[str]]:
    model = table(window, "Permintaan rekaman").model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def form_of(window: RequestsWindow) -> QDialog:
    (form,) = [one for one in window.findChildren(QDialog) if one.isVisible()]
    return form


def test_a_request_is_listed_with_its_letter_cameras_span_and_that_it_is_late(window, desk) -> None:
    desk.requests.put(line(), late=1)
    (shown,) = cells(window)
    assert shown[:4] == ["Kepala Dinas Perhubungan", "B/9/III/2025", CASE.lp, "Simpang Gladag"]
    assert shown[6:8] == ["27 Maret 2025, terlambat", "Menunggu jawaban"]
    assert "1 terlambat, 1 menunggu, 1 seluruhnya" in words(window)


def test_what_came_of_it_is_listed_with_receipt_record_and_files(window, desk) -> None:
    done = letter_received(ASKED, by="Bagian Umum", on=TODAY)
    done = answered(done, RequestAnswer.PARTLY, on=TODAY, words="satu kamera rusak")
    done = handed_over(done, [ReceivedFile("r1/a.mp4", "ab" * 32, 5)], record="BA/7/III/2025", on=TODAY)
    desk.requests.put(line(done))
    (shown,) = cells(window)
    assert shown[7:] == [
        "Diberikan sebagian: satu kamera rusak", "Bagian Umum, 28 Maret 2025", "BA/7/III/2025, 28 Maret 2025", "1",
    ]  # fmt: skip


def test_an_answer_is_recorded_with_its_day_and_words(window, desk) -> None:
    desk.requests.put(line())
    button(window, "Catat &jawaban…").click()
    form = form_of(window)
    choose(form, "Jawaban", "Sudah tertimpa")
    field(form, "Isi jawaban").setText("disimpan dua hari")
    button(form, "&Simpan").click()
    assert desk.requests.asked == [("answer", "r1", RequestAnswer.OVERWRITTEN, TODAY, "disimpan dua hari")]


def test_the_receipt_of_the_letter_is_recorded_with_who_took_it(window, desk) -> None:
    desk.requests.put(line())
    button(window, "Catat tanda t&erima…").click()
    form = form_of(window)
    field(form, "Diterima oleh").setText("Bagian Umum")
    button(form, "Catat tanda t&erima…").click()
    assert desk.requests.asked == [("receive", "r1", "Bagian Umum", TODAY)]


def test_files_of_the_owner_are_taken_in_with_the_number_of_their_record(window, desk) -> None:
    desk.requests.put(line())
    window.take_in([Path("/stick/a.mp4")])
    form = form_of(window)
    field(form, "Nomor berita acara").setText("BA/7/III/2025")
    button(form, "&Masukkan berkas…").click()
    assert desk.requests.asked == [("hand over", "r1", (Path("/stick/a.mp4"),), "BA/7/III/2025", TODAY)]


def test_only_what_waits_can_be_withdrawn_and_what_is_withdrawn_takes_nothing(window, desk) -> None:
    desk.requests.put(line())
    button(window, "Ta&rik permintaan").click()
    assert desk.requests.asked == [("withdraw", "r1")]
    desk.requests.put(line(answered(ASKED, RequestAnswer.GIVEN, on=TODAY)))
    assert not button(window, "Ta&rik permintaan").isEnabled()
    assert button(window, "&Masukkan berkas…").isEnabled()
    desk.requests.put(line(replace(ASKED, withdrawn=True)))
    assert not button(window, "&Masukkan berkas…").isEnabled()
    assert cells(window)[0][7] == "Ditarik"


def test_what_was_done_and_what_was_refused_is_said(window, desk) -> None:
    desk.requests.changed.emit(ASKED)
    assert "Permintaan kepada Kepala Dinas Perhubungan dicatat." in words(window)
    desk.requests.refused.emit(DomainError(DomainCode.NOT_ALLOWED))
    assert any("tidak" in text.casefold() for text in words(window))


def test_the_letters_window_says_how_many_are_late_and_leads_to_them(desk, qtbot) -> None:
    letters = LettersWindow(desk.letters, desk.duty, clock=desk.clock, translate=SAY)
    qtbot.addWidget(letters)
    letters.show()
    letters.show_late_requests(2)
    with qtbot.waitSignal(letters.requests_requested):
        button(letters, "&Permintaan rekaman… (2 terlambat)").click()
