"""A station in the east of the country: every moment on its screens is by its own clock, with the zone's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView, QTreeView
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, make_cameras, make_incident, make_row
from tests.clocks import FakeClock
from tests.desk import Desk
from tests.ui.test_console_window import open_console
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import CameraHistory, CameraState, HealthChange
from tmcwall.domain.incident import IncidentNote
from tmcwall.domain.station_zone import StationZone
from tmcwall.texts import Translator
from tmcwall.ui.console.bookmark_list import BookmarkListModel, Column
from tmcwall.ui.console.camera_history import CameraHistoryWindow
from tmcwall.ui.console.window import ConsoleWindow

JAYAPURA = Translator(zone=StationZone.WIT)
HALF_PAST_MIDNIGHT = datetime(2025, 3, 28, 15, 30, tzinfo=UTC)
"""On 29 March in Jayapura; still on 28 March in Jakarta."""


@pytest.fixture
def console(desk: Desk, qtbot: QtBot) -> ConsoleWindow:
    console = open_console(desk, JAYAPURA)
    qtbot.addWidget(console, before_close_func=lambda window: window.leave())
    return console


def words_on(console: ConsoleWindow) -> list[str]:
    """All that stands on the console's and the review's labels, headings and cells."""
    words = [label.text() for label in console.findChildren(QLabel)]
    for view in console.findChildren(QTableView) + console.findChildren(QTreeView):
        model = view.model()
        columns = range(model.columnCount())
        words += [str(model.headerData(column, Qt.Orientation.Horizontal) or "") for column in columns]
        words += [str(model.index(row, column).data() or "") for row in range(model.rowCount()) for column in columns]
    return words


def test_the_status_line_shows_the_stations_date_and_time(console: ConsoleWindow) -> None:
    assert console.status._time.text() == "28 Maret 2025  16.14.32 WIT"


def test_nothing_on_a_console_in_the_east_is_said_in_western_time(console: ConsoleWindow) -> None:
    words = words_on(console)
    assert any("WIT" in said for said in words)
    assert [said for said in words if "WIB" in said] == []


def test_an_incident_and_its_notes_carry_the_stations_time(console: ConsoleWindow, desk: Desk) -> None:
    called = make_incident(1, called_at=HALF_PAST_MIDNIGHT)
    note = IncidentNote("n", called.id, HALF_PAST_MIDNIGHT, "87654321", "dua mobil")
    detail = console.incidents._detail
    detail.show_incident(called, [note], on_duty=desk.duty.officer, reporter=desk.personal.reporter(called))
    assert "29 Maret 2025 pukul 00.30 WIT" in [label.text() for label in detail.findChildren(QLabel)]
    assert detail._notes.text().startswith("00.30.00 WIT  ")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (StationZone.WIB, "Hari ini, 22.30.00"),
        (StationZone.WITA, "28 Maret 2025, 23.30.00"),
        (StationZone.WIT, "Hari ini, 00.30.00"),
    ],
)
def test_today_begins_at_the_stations_midnight(zone: StationZone, said: str) -> None:
    row = make_row(2, make_cameras(100))
    row = replace(row, bookmark=replace(row.bookmark, starts_at=HALF_PAST_MIDNIGHT))
    model = BookmarkListModel(clock=FakeClock(HALF_PAST_MIDNIGHT + timedelta(hours=1)), translate=Translator(zone=zone))
    model.show([row])
    assert model.data(model.index(0, Column.TIME)) == said
    assert model.headerData(Column.TIME, Qt.Orientation.Horizontal) == f"Waktu ({zone})"


@pytest.mark.parametrize(
    ("zone", "dated"),
    [(StationZone.WIB, "27 Maret 2025, 23.00.00"), (StationZone.WIT, "28 Maret 2025, 01.00.00")],
)
def test_a_cameras_history_is_dated_by_the_stations_days_and_its_uptime_is_of_the_same_hours_everywhere(
    desk: Desk, qtbot: QtBot, zone: StationZone, dated: str
) -> None:
    camera = make_cameras(1)[0]
    changes = (
        HealthChange(camera.id, NOW - timedelta(hours=30), CameraState.WORKING),
        HealthChange(
            camera.id, datetime(2025, 3, 27, 16, tzinfo=UTC), CameraState.LOST, FaultCode.NO_ANSWER, 1, 53_000, 53_000
        ),
    )
    desk.health.histories[camera.id] = CameraHistory(changes, (), NOW)
    window = CameraHistoryWindow(camera, desk.health, clock=desk.clock, translate=Translator(zone=zone))
    qtbot.addWidget(window)
    assert window.lines()[0][0] == dated
    assert window._table.horizontalHeaderItem(0).text() == f"Sejak ({zone})"
    assert "Ada gambar: 36,4 % dalam 24 jam" in window.said()
