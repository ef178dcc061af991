"""The windows of the log of incidents and of the cascade, as an officer uses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QTableWidget, QTabWidget, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, REGIONS, make_incident
from tests.desk import Desk
from tests.ui.onscreen import button, field, named, table, words
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Place, Source, Status
from tmcwall.domain.kenita import Timers, cascade_of
from tmcwall.domain.response_times import PRESETS, ResponseStep, shares
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId, Actions
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.incident_windows import IncidentWindows
from tmcwall.ui.console.response_chart import ResponseChart

SAY = Translator()
ALARM = make_incident(
    40,
    source=Source.KENITA,
    type=IncidentType.CRIME,
    place=Place(adm4="33.72.01.1007", rw="003", rt="008"),
    received_at=NOW - timedelta(seconds=70),
)


class FakeLog(QObject):
    found = Signal(object)
    saved = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, object]] = []

    def look(self, since, until):
        self.asked.append((since, until))

    def shares(self, incidents):
        return shares(incidents, now=NOW, targets=PRESETS, day_of=SAY.zone.date_of)

    def save(self, incidents, to):
        self.saved.emit(to)


class FakeCascades(QObject):
    changed = Signal(str)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, ...]] = []

    def of(self, incident):
        return cascade_of(incident, (), now=NOW, timers=Timers())

    def notified(self, incident_id, level, contact_id, *, at):
        self.asked.append(("notified", incident_id, contact_id, at))

    def acknowledge(self, incident_id):
        self.asked.append(("acknowledge", incident_id))

    def all_clear(self, incident_id):
        self.asked.append(("all_clear", incident_id))


@dataclass
class Around:
    parent: QWidget
    panel: IncidentPanel
    actions: Actions
    windows: IncidentWindows
    log: FakeLog
    cascades: FakeCascades


@pytest.fixture
def around(desk: Desk, qtbot: QtBot):
    parent = QWidget()
    actions = Actions(SAY)
    panel = IncidentPanel(
        desk.incidents, desk.cameras, desk.duty, desk.personal, actions=actions, clock=desk.clock,
        region_name=region_names(REGIONS), translate=SAY, parent=parent,
    )  # fmt: skip
    actions.setParent(panel)
    qtbot.addWidget(parent)
    place = ALARM.place
    desk.contacts.contacts = [
        Contact("rt8", ContactRole.KETUA_RT, "Pak Joko", "0811", place.adm4, place.rw, place.rt),
        Contact("rw3", ContactRole.KETUA_RW, "Bu Tini", "0812", place.adm4, place.rw),
        Contact("polsek", ContactRole.POLSEK, "Polsek Laweyan", "0271", place.adm4),
    ]
    log, cascades = FakeLog(), FakeCascades()
    windows = IncidentWindows(
        panel, log, cascades, desk.incidents, desk.contacts, desk.cameras,
        position_of=lambda *_: None, show_on_reserved=len, clock=desk.clock,
        region_name=region_names(REGIONS), translate=SAY, parent=parent,
    )  # fmt: skip
    parent.show()
    return Around(parent, panel, actions, windows, log, cascades)


def open_cascade(around, desk: Desk, incident=ALARM):
    desk.incidents.put(incident)
    around.panel.select(incident.id)
    around.actions.get(ActionId.CASCADE).trigger()
    return around.windows.cascade


def cells(window, name: str) -> list[list[str]]:
    shown = table(window, name)
    model = shown.model()
    return [
        [model.index(row, column).data() or "" for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_the_cascade_names_each_level_and_when_it_goes_on(around, desk: Desk) -> None:
    window = open_cascade(around, desk)
    assert [(row[0], row[3]) for row in cells(window, "Kaskade Kenita")] == [
        ("RT sendiri", "Pak Joko"),
        ("semua RT dalam RW", "Bu Tini"),
        ("kelurahan dan Polsek", "Polsek Laweyan"),
    ]
    assert any("Berikutnya kelurahan dan Polsek dalam 01.50" in word for word in words(window))
    assert any("pemberitahuan dikirim oleh Libas" in word for word in words(window))


def test_the_officer_writes_when_a_contact_was_told(around, desk: Desk, qtbot: QtBot) -> None:
    window = open_cascade(around, desk)
    time = named(window, QTimeEdit, "Diberitahu pukul")
    time.setTime(time.time().addSecs(-60))
    qtbot.mouseClick(button(window, "Catat diberitahu"), Qt.MouseButton.LeftButton)
    asked = around.cascades.asked[-1]
    assert asked[:3] == ("notified", ALARM.id, "rt8")
    assert timedelta(seconds=59) <= NOW - asked[3] <= timedelta(seconds=61)


def test_an_exercise_is_badged_and_names_no_contact(around, desk: Desk) -> None:
    window = open_cascade(around, desk, make_incident(41, source=ALARM.source, type=ALARM.type, place=ALARM.place,
                                                      drill=Drill.EXERCISE))  # fmt: skip
    assert cells(window, "Kaskade Kenita") == []
    assert any(word.startswith("LATIHAN: kontak yang sebenarnya tidak ditampilkan") for word in words(window))
    assert not button(window, "Catat diberitahu").isEnabled()


def test_the_key_opens_no_cascade_for_what_is_no_kenita_alarm(around, desk: Desk) -> None:
    around.panel.select("incident-2")
    around.actions.get(ActionId.CASCADE).trigger()
    assert not around.windows.cascade.isVisible()


def open_log(around, *incidents):
    around.actions.get(ActionId.INCIDENT_LOG).trigger()
    assert len(around.log.asked) == 1
    around.log.found.emit(incidents)
    return around.windows.log


def test_the_log_lists_pranks_and_duplicates_and_filters_by_words(around) -> None:
    prank = make_incident(1, certainty=Certainty.PRANK, status=Status.CLOSED, closed_at=NOW)
    merged = make_incident(2, duplicate_of="incident-3", source=Source.KENITA)
    log = open_log(around, prank, merged)
    rows = cells(log, "Daftar")
    assert rows[0][5] == "Palsu atau iseng"
    assert rows[1][5] == "Belum terverifikasi, Digabung"
    field(log, "Cari dalam daftar").setText("palsu iseng")
    shown = named(log, QTableWidget, "Daftar")
    assert [shown.isRowHidden(row) for row in range(2)] == [False, True]


def test_shares_stand_in_a_table_and_a_chart_that_says_them(around) -> None:
    met = make_incident(1, on_scene_at=NOW, status=Status.HANDLED)
    log = open_log(around, met)
    log.findChild(QTabWidget).setCurrentIndex(1)
    assert cells(log, "Waktu tanggap")[0][1:] == ["Panggilan 112", "Tiba di lokasi", "10.00", "1", "0", "0", "100 %"]
    chart = log.findChild(ResponseChart)
    assert chart.accessibleDescription() == "1 hari, 1 sumber."
    step = named(log, QComboBox, "Langkah")
    step.setCurrentIndex(step.findData(ResponseStep.VERIFIED))
    assert chart.accessibleDescription() == "0 hari, 0 sumber."
