"""Warnings, traffic and units as the console shows them; the strip of the indicator; the menu of services."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from tests.afternoon import NOW
from tests.cap_messages import NOWCAST
from tests.desk import Desk
from tests.ui.onscreen import button, words
from tests.ui.test_console_window import StretchedTranslator, open_console
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Drill
from tmcwall.domain.one_way import OneWayRule
from tmcwall.domain.traffic_count import HOUR, CountedPlace, TrafficCount, hour_of
from tmcwall.domain.unit_position import UnitKind, UnitPosition
from tmcwall.intake.cap import parse_cap
from tmcwall.intake.counts_csv import RowProblem
from tmcwall.services.city import ImportedCounts
from tmcwall.texts import Language, Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.console.city import CityWindows
from tmcwall.ui.console.city_chart import CountChart
from tmcwall.ui.console.city_window import CityWindow

SAY = Translator()
WARNING = replace(parse_cap(NOWCAST).warning(), expires_at=NOW + HOUR)
GATE = CountedPlace("KLK", "Kalikangkung", Position(-7.0, 110.3))
CAR = UnitPosition("Patroli 12", UnitKind.CAR, Position(-7, 110.4), None, NOW - timedelta(seconds=20), "patroli")


def counted(*vehicles: int) -> list[TrafficCount]:
    """The last whole hours, the oldest first."""
    newest = hour_of(NOW) - HOUR
    return [
        TrafficCount(GATE, newest - HOUR * back, 60, count, 0.82, NOW)
        for back, count in enumerate(reversed(vehicles))
    ]  # fmt: skip


class Shown:
    def __init__(self, desk: Desk) -> None:
        self.positions: list[Position] = []
        self.found = 3
        self.window = CityWindow(desk.city, self.show_cameras, clock=desk.clock, translate=SAY)

    def show_cameras(self, position: Position) -> int:
        self.positions.append(position)
        return self.found


@pytest.fixture
def shown(desk: Desk, qtbot) -> Shown:
    shown = Shown(desk)
    qtbot.addWidget(shown.window)
    shown.window.show()
    return shown


def test_a_warning_says_until_when_it_holds_and_whose_it_is(desk, shown):
    desk.city.known_warnings = [WARNING]
    desk.city.changed.emit()
    ((headline, severity, area, until, source),) = shown.window.lines(0)
    assert (headline, severity) == ("Hujan lebat dan petir di Kota Contoh", "sedang")
    assert (area, source) == ("Kota Contoh", "Dinas Cuaca Contoh")
    assert until.startswith("28 Maret 2025, 15.")


def test_a_warning_of_an_exercise_is_badged(desk, shown):
    desk.city.known_warnings = [replace(WARNING, drill=Drill.EXERCISE)]
    desk.city.changed.emit()
    assert shown.window.lines(0)[0][0].startswith("LATIHAN · ")


def test_a_gate_says_its_last_hour_and_its_indicator(desk, shown):
    desk.city.gates = {"KLK": OneWayRule()}
    desk.city.counts = counted(3000, 3000, 3100)
    desk.city.changed.emit()
    ((place, _hour, vehicles, vc, indicator),) = shown.window.lines(1)
    assert (place, vehicles, vc, indicator) == ("Kalikangkung", "3100", "0.82", "MENYALA (indikator)")


def test_an_hour_that_nobody_counted_leaves_too_little_data(desk, shown):
    desk.city.gates = {"KLK": OneWayRule()}
    desk.city.counts = [count for count in counted(3000, 3000, 3100) if count.vehicles == 3000][:1]
    desk.city.changed.emit()
    assert shown.window.lines(1)[0][-1] == "padam · data kurang"


def test_a_place_that_is_no_gate_has_no_indicator(desk, shown):
    desk.city.counts = counted(9)
    desk.city.changed.emit()
    assert shown.window.lines(1)[0][-1] == "-"


def test_a_position_says_its_age_and_a_stale_one_that_it_is_stale(desk, shown):
    old = replace(CAR, unit="Patroli 13", at=NOW - timedelta(minutes=7))
    desk.city.known_units = [CAR, old]
    desk.city.changed.emit()
    assert [line[2] for line in shown.window.lines(2)] == ["baru saja", "BASI · 7 menit yang lalu"]


def test_the_chart_of_a_counter_says_what_it_draws(desk, shown):
    desk.city.counts = counted(100, 300)
    desk.city.changed.emit()
    shown.window.show_place("KLK")
    chart = shown.window.findChild(CountChart)
    assert chart is not None
    assert "Kalikangkung" in chart.accessibleName()
    assert chart.accessibleDescription() == "2 dari 48 jam terhitung; terbanyak 300 kendaraan."


def test_cameras_of_a_counted_place_are_shown(desk, shown):
    desk.city.counts = counted(100)
    desk.city.changed.emit()
    shown.window.show_place("KLK")
    button(shown.window, "Kamera di tempat ini").click()
    assert shown.positions == [GATE.position]
    assert "3 kamera terdekat ditampilkan." in words(shown.window)
    shown.found = 0
    button(shown.window, "Kamera di tempat ini").click()
    assert "Tidak ada cakupan kamera di tempat ini." in words(shown.window)


def test_wrong_rows_of_a_file_are_named(desk, shown):
    shown.window.import_file(Path("hitung.csv"))
    assert desk.city.asked == [Path("hitung.csv")]
    desk.city.imported.emit(ImportedCounts(2, 1, (RowProblem(4, "the period has not ended"),)))
    (answer,) = (text for text in words(shown.window) if text.startswith("2 hitungan"))
    assert answer == "2 hitungan masuk, 1 sudah ada, 1 baris keliru.\nbaris 4: the period has not ended"


def test_the_strip_says_indicator_and_goes_when_it_is_off(desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    notice = console.shared.city.notice
    desk.city.gates = {"KLK": OneWayRule()}
    desk.city.counts = counted(3000, 3000, 3000)
    desk.city.indicated.emit("KLK", desk.city.indication("KLK"))
    assert notice.isVisible()
    assert notice.text == (
        "Indikator satu arah lokal menyala di Kalikangkung: 3000, 3000, 3000 kendaraan per jam."
        " Indikator, bukan keputusan."
    )
    desk.city.counts = counted(3000, 2999, 3100)
    desk.city.indicated.emit("KLK", desk.city.indication("KLK"))
    assert not notice.isVisible()


def test_the_city_is_shown_by_its_key(desk, qtbot):
    console = open_console(desk, SAY)
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    console.shared.handlers()[ActionId.CITY]()
    assert console.shared.city.window.isVisible()


def test_links_of_the_settings_open_in_the_browser(desk, qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    opened: list[str] = []
    desk.city.links = (("SINAR & BLC", "https://contoh.example/a"),)
    windows = CityWindows(
        desk.city, len, clock=desk.clock, translate=SAY, parent=parent, open_address=opened.append
    )  # fmt: skip
    (action,) = windows.links.actions()
    assert action.text() == "SINAR && BLC"
    action.trigger()
    assert opened == ["https://contoh.example/a"]


def test_without_links_the_menu_says_where_they_come_from(desk, qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    (action,) = CityWindows(desk.city, len, clock=desk.clock, translate=SAY, parent=parent).links.actions()
    assert "service_links" in action.text()
    assert not action.isEnabled()


@pytest.mark.parametrize("language", Language)
def test_nothing_of_the_window_is_wider_than_a_small_screen_with_texts_40_percent_longer(desk, qtbot, language):
    desk.city.counts = counted(100, 300)
    window = CityWindow(desk.city, lambda _position: 0, clock=desk.clock, translate=StretchedTranslator(language))
    qtbot.addWidget(window)
    window.show_place("KLK")
    window.show()
    assert window.minimumSizeHint().width() <= 1366
    assert window.minimumSizeHint().height() <= 768
