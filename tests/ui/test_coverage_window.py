"""Coverage as the console shows it: to who may plan, with what is not considered, and gone with the officer."""

from pathlib import Path

import pytest

from tests.clocks import NOON
from tests.desk import Desk
from tests.services_stage import PURWOSARI
from tests.ui.onscreen import button, choose, table, words
from tests.ui.test_console_window import open_console
from tmcwall.domain.coverage import Candidate, CoverageReport, CoverageRule, Place, PlaceCoverage, RtWithout
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId

SAY = Translator()
DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)
ADM4 = "33.72.01.1007"
PLACE = Place(ADM4, "Purwosari, Laweyan", PURWOSARI, 1500.0, estimated=True)
REPORT = CoverageReport(
    "33.72",
    NOON,
    DUTY_OFFICER.nrp,
    CoverageRule(classes={"detect": 25.0}),
    10.0,
    (PlaceCoverage(PLACE, 200_000.0, {"detect": 50_000.0}, {"detect": 10_000.0}, cameras=3, working=1, assumed=2),),
    (RtWithout(ADM4, "003", "008", 1),),
    (Candidate(PURWOSARI, ADM4, 1.0, 40_000.0, 2, 1),),
    (),
    frozenset(),
    4,
)


@pytest.fixture
def console(desk: Desk, qtbot):
    desk.duty.accept(DUTY_OFFICER)
    console = open_console(desk, SAY)
    qtbot.addWidget(console)
    return console


@pytest.fixture
def window(console):
    console.shared.handlers()[ActionId.COVERAGE]()
    return console.shared.coverage


def cells(window, name: str) -> list[str]:
    model = table(window, name).model()
    return [model.index(0, column).data() for column in range(model.columnCount())]


def test_a_town_is_counted_and_shown_with_what_is_not_considered(window, desk):
    choose(window, "Kota", "Kota Semarang (33.74)")
    button(window, "&Hitung").click()
    assert desk.coverage.asked == ["33.74"]
    desk.coverage.reported.emit(REPORT)
    assert cells(window, "Wilayah") == [
        "Purwosari, Laweyan (perkiraan)", "20,0", "25,0 %", "5,0 %", "3", "1", "2", "0",
    ]  # fmt: skip
    said = " ".join(words(window))
    assert "Gedung, pohon, dan lereng tidak diperhitungkan" in said
    assert "oleh NRP 80010011" in said
    assert "4 kamera tanpa letak" in said


def test_an_export_is_asked_of_what_is_shown(window, desk, tmp_path):
    assert not button(window, "&Ekspor CSV dan GeoJSON…").isEnabled()
    desk.coverage.reported.emit(REPORT)
    window.export_to(tmp_path)
    assert desk.coverage.asked == [(REPORT, tmp_path)]
    desk.coverage.exported.emit([Path("/x/a.csv"), Path("/x/b.csv")])
    assert any("2 berkas di" in text for text in words(window))


def test_it_goes_when_another_officer_comes_and_who_may_not_sees_nothing(window, desk):
    desk.coverage.reported.emit(REPORT)
    desk.duty.accept(Officer("80010012", "Tri", Role.OPERATOR))
    assert not button(window, "&Hitung").isEnabled()
    assert any("Hanya perwira" in text for text in words(window))
    assert not any("80010011" in text for text in words(window))


def test_a_refusal_is_said(window, desk):
    desk.coverage.refused.emit(DomainError(DomainCode.NOT_FOUND, "33.99"))
    assert any("33.99" in text for text in words(window))
