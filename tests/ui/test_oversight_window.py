"""Who watched which camera, as an auditor sees it; and the reason that an officer is asked for."""

from datetime import timedelta

import pytest

from tests.afternoon import NOW, OFFICER
from tests.desk import Desk
from tests.ui.onscreen import button, field, table, words
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.oversight import Entry, OversightAction, next_row
from tmcwall.sync.oversight import OversightMessage, OversightPage, ReceivedRow
from tmcwall.sync.oversight_search import Wanted
from tmcwall.texts import Translator
from tmcwall.ui.console.oversight_window import OversightWindow, ReasonWindow

SAY = Translator()
AUDITOR = Officer("80010009", "Rina", Role.AUDITOR)


def received(action=OversightAction.VIEW_STARTED, *, camera="cam-1", detail="tile", reason="", link="whole"):
    row = next_row(None, Entry(officer="1", action=action, at=NOW, camera=camera, detail=detail, reason=reason))
    return ReceivedRow(**OversightMessage.of(row).model_dump(), device="meja-1", link=link, accepted_from="1")


@pytest.fixture
def window(desk: Desk, qtbot):
    desk.duty.accept(AUDITOR)
    window = OversightWindow(desk.oversight_search, desk.duty, clock=desk.clock, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


def cells(window):
    shown = table(window, "Siapa melihat kamera").model()
    return [[shown.index(row, column).data() for column in range(7)] for row in range(shown.rowCount())]


def test_the_filters_are_asked_of_the_server_day_by_day_of_the_station(window, desk):
    field(window, "NRP petugas").setText(" 80010001 ")
    field(window, "Id kamera").setText("bank-1")
    button(window, "Cari").click()
    ((wanted, before),) = desk.oversight_search.asked
    assert (wanted.officer, wanted.camera, before) == ("80010001", "bank-1", "")
    assert wanted.until - wanted.since == timedelta(days=2)
    assert wanted.since.isoformat().endswith("T00:00:00+07:00")
    assert wanted.since.date() == SAY.zone.date_of(NOW) - timedelta(days=1)


def test_rows_are_said_in_words_and_a_broken_chain_shows(window, desk):
    button(window, "Cari").click()
    rows = (
        received(detail="full_screen"),
        received(OversightAction.REASON_GIVEN, camera="", detail="", reason="Perampokan", link="gap"),
    )
    desk.oversight_search.found.emit(OversightPage(items=rows, next="weiter"))
    first, second = cells(window)
    assert first[2:4] == ["mulai melihat (layar penuh)", "cam-1"]
    assert (second[2], second[4], second[6]) == ("memberi alasan", "Perampokan", "ada yang hilang sebelumnya")
    button(window, "Lebih lama").click()
    assert desk.oversight_search.asked[-1][1] == "weiter"
    desk.oversight_search.found.emit(OversightPage(items=(received(),), next=None))
    assert len(cells(window)) == 3
    assert not button(window, "Lebih lama").isEnabled()
    assert "3 catatan" in words(window)


def test_all_that_is_asked_for_is_saved_as_a_table(window, desk, tmp_path):
    window.export_to(tmp_path / "daftar.csv")
    ((wanted, file),) = desk.oversight_search.exports
    assert isinstance(wanted, Wanted)
    desk.oversight_search.exported.emit(file)
    assert "Disimpan ke daftar.csv." in words(window)


def test_what_the_server_refuses_is_said_and_may_be_asked_again(window, desk):
    button(window, "Cari").click()
    assert not button(window, "Cari").isEnabled()
    desk.oversight_search.refused.emit(Fault(FaultCode.SERVER_UNREACHABLE))
    assert button(window, "Cari").isEnabled()
    assert any("server" in said.lower() for said in words(window))


def test_others_may_not_search_and_nothing_found_stays_for_whoever_comes_next(window, desk):
    button(window, "Cari").click()
    desk.oversight_search.found.emit(OversightPage(items=(received(),), next=None))
    desk.duty.sign_out()
    assert cells(window) == []
    desk.duty.accept(OFFICER)
    assert not button(window, "Cari").isEnabled()
    assert "Hanya untuk auditor dan kepala yang masuk lewat server." in words(window)


def test_a_reason_is_asked_for_and_kept(desk, qtbot):
    window = ReasonWindow(desk.oversight, desk.cameras, desk.duty, translate=SAY)
    qtbot.addWidget(window)
    camera = desk.cameras.all()[0]
    desk.oversight.reason_needed.emit(frozenset({camera.id}))
    assert any(camera.name in said for said in words(window))
    desk.oversight.reason_needed.emit(frozenset({f"bank-{number}" for number in range(5)}))
    assert window.isVisible()
    assert any("bank-0, bank-1, bank-2 dan 2 lagi" in said for said in words(window))
    button(window, "Catat").click()
    assert window.isVisible()
    field(window, "Alasan melihat").setText("Perampokan di ATM")
    button(window, "Catat").click()
    assert desk.oversight.reasons == ["Perampokan di ATM"]
    assert not window.isVisible()
