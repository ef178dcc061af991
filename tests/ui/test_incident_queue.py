"""The incident queue: clocks, what a row says, handling, manual entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QListView
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, OFFICER, REGIONS, make_incident
from tests.desk import Desk
from tests.ui.onscreen import button, choose, controls, field, named, table, words
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Severity, Source, Status
from tmcwall.domain.officer import Role
from tmcwall.services.personal import Reporter, ReporterState
from tmcwall.texts import Translator
from tmcwall.texts import incidents as texts
from tmcwall.ui.actions import ActionId, Actions
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.incident_clocks import clock_text, clocks_of
from tmcwall.ui.console.incident_detail import IncidentDetail
from tmcwall.ui.console.incident_form import read_position
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.officers import officer_text

SAY = Translator()


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_the_clocks_run_from_the_call_and_from_the_receipt() -> None:
    incident = make_incident(1, called_at=NOW - seconds(150), received_at=NOW - seconds(120))
    clocks = clocks_of(incident, NOW)
    assert clocks.since_call == seconds(150)
    assert clocks.acknowledgement == seconds(120)
    assert clocks.waiting
    assert clocks.left == seconds(480)
    assert not clocks.late


def test_the_acknowledgement_clock_stops_when_an_officer_takes_the_incident() -> None:
    incident = make_incident(1, received_at=NOW - seconds(120), acknowledged_at=NOW - seconds(90))
    clocks = clocks_of(incident, NOW)
    assert clocks.acknowledgement == seconds(30)
    assert not clocks.waiting


def test_the_target_is_late_ten_minutes_after_the_receipt() -> None:
    incident = make_incident(1, received_at=NOW - seconds(601))
    assert clocks_of(incident, NOW).late
    assert clocks_of(incident, NOW).left == seconds(-1)


def test_the_target_clock_stops_on_arrival() -> None:
    incident = make_incident(1, received_at=NOW - seconds(900), on_scene_at=NOW - seconds(500))
    clocks = clocks_of(incident, NOW)
    assert clocks.arrival == seconds(400)
    assert not clocks.late


def test_a_caller_whose_clock_is_ahead_does_not_make_a_clock_run_backwards() -> None:
    incident = make_incident(1, called_at=NOW + seconds(30), received_at=NOW + seconds(5))
    clocks = clocks_of(incident, NOW)
    assert clocks.since_call == seconds(0)
    assert clocks.acknowledgement == seconds(0)


@pytest.mark.parametrize(("span", "text"), [(201, "03.21"), (-63, "01.03"), (59.9, "00.59"), (3801, "1.03.21")])
def test_a_clock_reads_as_indonesian_writes_time(span: float, text: str) -> None:
    assert clock_text(seconds(span)) == text


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> IncidentPanel:
    actions = Actions(SAY)
    panel = IncidentPanel(
        desk.incidents,
        desk.cameras,
        desk.duty,
        desk.personal,
        actions=actions,
        clock=desk.clock,
        region_name=region_names(REGIONS),
        translate=SAY,
    )
    actions.setParent(panel)
    qtbot.addWidget(panel)
    panel.resize(430, 900)
    panel.show()
    return panel


def press(panel: IncidentPanel, action: ActionId) -> None:
    actions = panel.findChild(Actions)
    assert actions is not None
    actions.get(action).trigger()


def rows(panel: IncidentPanel) -> list[str]:
    """What a screen reader says of the rows of the queue, from the top."""
    model = table(panel, "Antrean kejadian").model()
    return [model.index(number, 0).data() for number in range(model.rowCount())]


def first_row(panel: IncidentPanel) -> str:
    return rows(panel)[0]


def test_a_row_says_type_severity_place_and_status(panel: IncidentPanel) -> None:
    spoken = first_row(panel)
    assert spoken == "Kebakaran, Kritis, gudang kain, RT 005/RW 002, Pucangsawit, Jebres, Kota Surakarta, Baru"


def test_what_an_officer_has_taken_on_is_accepted_and_no_status_claims_a_verification(panel: IncidentPanel) -> None:
    panel.select("incident-3")
    assert any(word.startswith("Diterima oleh") for word in words(panel))
    assert not any("verifikasi" in SAY(text).lower() for text in texts.STATUSES.values())


def test_an_exercise_is_named_first(panel: IncidentPanel, desk: Desk) -> None:
    desk.incidents.put(make_incident(20, drill=Drill.EXERCISE))
    assert first_row(panel).startswith("LATIHAN, Kecelakaan lalu lintas")


def test_acknowledging_enables_nothing_twice(panel: IncidentPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.select("incident-2")
    qtbot.mouseClick(button(panel, "Terima"), Qt.MouseButton.LeftButton)
    assert desk.incidents.asked == [("acknowledge", "incident-2")]
    assert panel.selected == "incident-2"
    assert not button(panel, "Terima").isEnabled()


def test_the_keys_of_the_queue_acknowledge_and_ask_for_the_nearest_cameras(
    panel: IncidentPanel, desk: Desk, qtbot: QtBot
) -> None:
    panel.select("incident-1")
    with qtbot.waitSignal(panel.nearest_requested) as asked:
        press(panel, ActionId.NEAREST)
    assert asked.args == ["incident-1"]
    press(panel, ActionId.ACKNOWLEDGE)
    assert desk.incidents.asked == [("acknowledge", "incident-1")]


def test_a_note_is_handed_on_and_shown_with_time_and_author(panel: IncidentPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.select("incident-2")
    note = field(panel, "Catatan baru")
    qtbot.keyClicks(note, "Patroli menuju lokasi")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert desk.incidents.asked == [("note", "incident-2", "Patroli menuju lokasi")]
    assert "14.14.32 WIB  Bripka Sari Wulandari: Patroli menuju lokasi" in words(panel)
    assert note.text() == ""


def test_closing_asks_for_the_result_of_the_verification(panel: IncidentPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.select("incident-2")
    qtbot.mouseClick(button(panel, "Tutup kejadian"), Qt.MouseButton.LeftButton)
    assert desk.incidents.asked == []
    choose(panel, "Hasil verifikasi", SAY(texts.CERTAINTIES[Certainty.PRANK]))
    qtbot.mouseClick(button(panel, "Tutup kejadian ini"), Qt.MouseButton.LeftButton)
    assert desk.incidents.asked == [("close", "incident-2", Certainty.PRANK)]
    assert len(rows(panel)) == len(desk.incidents.open()) == 5


@pytest.mark.parametrize(
    ("reporter", "said"),
    [
        (Reporter(ReporterState.SHOWN, "Ibu Rahayu", "+62 800"), "Ibu Rahayu, +62 800"),
        (Reporter(ReporterState.SHOWN), "Tidak disebutkan"),
        (Reporter(ReporterState.OF_CASES), "Hanya untuk yang menangani perkara"),
        (Reporter(ReporterState.ASKED), "Diambil dari server …"),
        (Reporter(ReporterState.AWAY), "Tidak ada di sini. Ada di server, yang sekarang tidak terhubung."),
        (
            Reporter(ReporterState.AWAY, written_by="80017777"),
            "Tidak ada di sini, dan server tidak terhubung. Dicatat oleh NRP 80017777.",
        ),
        (
            Reporter(ReporterState.MISSING, written_by="80017777"),
            "Tidak ada di sini dan belum sampai di server. Dicatat oleh NRP 80017777.",
        ),
        (Reporter(ReporterState.ERASED), "Dihapus atas permintaan"),
    ],
)  # fmt: skip
def test_it_says_who_has_reported_it_or_where_that_is(
    panel: IncidentPanel, desk: Desk, reporter: Reporter, said: str
) -> None:
    assert panel.selected is not None
    desk.personal.put(panel.selected, reporter)
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert said in texts
    assert not any("sha256" in text for text in texts)


def test_nobody_on_duty_sees_no_reporter_and_can_handle_nothing(panel: IncidentPanel, desk: Desk) -> None:
    panel.select("incident-2")
    desk.duty.sign_out()
    assert not any("Ibu Rahayu" in text for text in words(panel))
    assert not button(panel, "Terima").isEnabled()
    assert not button(panel, SAY(texts.NEW)).isEnabled()
    desk.duty.accept(replace(OFFICER, role=Role.INVESTIGATOR))
    assert any("Ibu Rahayu" in text for text in words(panel))


def test_who_handles_no_cases_is_not_told_who_reported(panel: IncidentPanel, desk: Desk) -> None:
    desk.duty.accept(replace(OFFICER, role=Role.DUTY_OFFICER))
    panel.select("incident-2")
    assert not any("Ibu Rahayu" in text for text in words(panel))
    assert SAY(texts.REPORTER_OF_CASES) in words(panel)


def test_outside_text_is_never_taken_for_markup(panel: IncidentPanel, desk: Desk) -> None:
    desk.incidents.put(replace(make_incident(21), text="<img src='x'><b>tebal</b>"))
    panel.select("incident-21")
    label = next(label for label in panel.findChildren(QLabel) if "tebal" in label.text())
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_form_needs_a_place(panel: IncidentPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.start_entry()
    qtbot.mouseClick(button(panel, "Simpan kejadian"), Qt.MouseButton.LeftButton)
    assert "Isi lokasi: tulisan, kamera, kelurahan, atau posisi." in words(panel)
    assert desk.incidents.reported == []


def test_the_form_takes_position_region_rt_and_rw_from_the_chosen_camera(
    panel: IncidentPanel, desk: Desk, qtbot: QtBot
) -> None:
    panel.start_entry()
    camera = desk.cameras.all()[2]
    choose(panel, "Kamera di lokasi", f"{camera.number} {camera.name}")
    qtbot.mouseClick(button(panel, "Simpan kejadian"), Qt.MouseButton.LeftButton)
    (draft,) = desk.incidents.reported
    assert draft.place.position == camera.position
    assert (draft.place.adm4, draft.place.rt, draft.place.rw) == (camera.adm4, camera.rt, camera.rw)


def test_an_entered_incident_is_reported_once_and_the_form_leaves_when_it_is_stored(
    panel: IncidentPanel, desk: Desk, qtbot: QtBot
) -> None:
    panel.start_entry()
    choose(panel, "Jenis kejadian", SAY(texts.TYPES[IncidentType.FLOOD]))
    place = field(panel, "Lokasi")
    qtbot.keyClicks(place, "Jalan Ir. Sutami")
    qtbot.keyClick(place, Qt.Key.Key_Return)
    qtbot.keyClick(place, Qt.Key.Key_Return)
    (draft,) = desk.incidents.reported
    assert (draft.type, draft.severity, draft.place.text) == (IncidentType.FLOOD, Severity.MODERATE, "Jalan Ir. Sutami")
    assert "Jenis kejadian" in controls(panel)
    desk.incidents.put(make_incident(30, type=IncidentType.FLOOD))
    assert "Jenis kejadian" not in controls(panel)
    assert panel.selected == "incident-30"


def test_a_refused_entry_keeps_what_was_typed_and_says_why(panel: IncidentPanel, qtbot: QtBot) -> None:
    panel.start_entry()
    qtbot.keyClicks(field(panel, "Lokasi"), "Jalan Ir. Sutami")
    qtbot.mouseClick(button(panel, "Simpan kejadian"), Qt.MouseButton.LeftButton)
    assert panel.refuse_entry("Belum ada petugas dinas.")
    assert field(panel, "Lokasi").text() == "Jalan Ir. Sutami"
    assert "Belum ada petugas dinas." in words(panel)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("-7.5606, 110.8018", Position(-7.5606, 110.8018)),
        (" -7.5606 110.8018 ", Position(-7.5606, 110.8018)),
        ("110.8018", None),
        ("-97.5, 110.8", None),
        ("utara", None),
    ],
)
def test_a_position_is_two_numbers(text: str, position: Position | None) -> None:
    assert read_position(text) == position


def test_an_officer_on_duty_is_named_and_others_by_their_number() -> None:
    assert officer_text("87654321", OFFICER) == "Bripka Sari Wulandari"
    assert officer_text("12345678", OFFICER) == "NRP 12345678"
    assert officer_text("Dishub", None) == "Dishub"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Terlihat CCTV", ("verify", "incident-2", Certainty.SEEN_ON_CAMERA)),
        ("Tiba", ("arrive", "incident-2")),
        ("Ditugaskan", ("dispatch", "incident-2")),
    ],
)
def test_the_steps_of_an_accepted_incident_are_said_by_one_press(
    panel: IncidentPanel, desk: Desk, qtbot: QtBot, name: str, asked: tuple[object, ...]
) -> None:
    panel.select("incident-2")
    desk.incidents.acknowledge("incident-2")
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)
    assert desk.incidents.asked[-1] == asked


@pytest.mark.parametrize(
    ("action", "asked"),
    [(ActionId.VERIFY, "verify"), (ActionId.DISPATCH, "dispatch"), (ActionId.ARRIVE, "arrive")],
)
def test_the_steps_have_keys(panel: IncidentPanel, desk: Desk, action: ActionId, asked: str) -> None:
    panel.select("incident-2")
    press(panel, action)
    assert desk.incidents.asked[-1][:2] == (asked, "incident-2")


def test_nobody_is_sent_to_an_incident_that_nobody_has_taken_on(panel: IncidentPanel) -> None:
    panel.select("incident-2")
    assert not button(panel, "Ditugaskan").isEnabled()
    assert not button(panel, "Tiba").isEnabled()
    assert button(panel, "Terlihat CCTV").isEnabled()


def test_the_detail_says_each_step_and_what_is_over_its_target(panel: IncidentPanel, desk: Desk) -> None:
    late = make_incident(30, acknowledged_at=NOW, on_scene_at=NOW + seconds(60), status=Status.HANDLED)
    desk.incidents.put(late)
    panel.select(late.id)
    steps = next(word for word in words(panel) if "Terverifikasi: belum" in word).split("\n")
    assert steps[0].startswith("Diterima ")
    assert steps[3].startswith("▲ Tiba di lokasi ")
    assert "lewat target" in steps[3]


def test_a_likely_duplicate_is_offered_and_merged_by_a_press(panel: IncidentPanel, desk: Desk, qtbot: QtBot) -> None:
    call = make_incident(2, id="same", source=Source.KENITA, external_id="KNT-7")
    desk.incidents.put(call)
    panel.select("incident-2")
    assert named(panel, QComboBox, "Laporan yang mungkin sama").currentText().startswith("Mungkin ganda: ")
    qtbot.mouseClick(button(panel, "Gabungkan"), Qt.MouseButton.LeftButton)
    merge, on_main = desk.incidents.asked[-1], "Laporan KNT-7 digabung ke kejadian ini."
    assert merge == ("merge", "same", "incident-2", "Digabung ke kejadian 112-SKA-2025-031232.", on_main)
    assert "Kecelakaan lalu lintas, Sedang" in rows(panel)[1]
    assert rows(panel)[1].endswith("2 laporan")


def test_what_was_merged_is_split_again_by_a_press(panel: IncidentPanel, desk: Desk, qtbot: QtBot) -> None:
    desk.incidents.put(make_incident(2, id="same", external_id="KNT-7", duplicate_of="incident-2"))
    panel.select("incident-2")
    qtbot.mouseClick(button(panel, "Pisahkan lagi"), Qt.MouseButton.LeftButton)
    assert desk.incidents.asked[-1][:2] == ("split", "same")


def test_every_open_incident_can_be_merged_once_it_is_asked_for(panel: IncidentPanel) -> None:
    panel.select("incident-2")
    press(panel, ActionId.MERGE)
    choice = named(panel, QComboBox, "Laporan yang mungkin sama")
    assert choice.isVisible()
    assert [choice.itemText(place).partition(":")[0] for place in range(choice.count())] == ["Lainnya"] * 5


def test_the_shown_incident_is_exported_as_cap_with_its_type_and_place(panel: IncidentPanel, desk: Desk) -> None:
    shown = next(iter(desk.incidents.incidents.values()))
    panel.select(shown.id)
    detail = panel.findChild(IncidentDetail)
    assert detail is not None
    detail.export_to(Path("kejadian.xml"))
    (what, incident_id, file, headline, area) = desk.incidents.asked[-1]
    assert (what, incident_id, file) == ("cap", shown.id, "kejadian.xml")
    assert headline == f"{SAY(texts.TYPES[shown.type])}, {area}"
    desk.incidents.exported.emit(Path("kejadian.xml"))
    assert "Tersimpan: kejadian.xml" in words(panel)


def test_in_a_low_panel_the_footage_gives_way_to_the_queue(panel: IncidentPanel, qtbot: QtBot) -> None:
    panel.resize(360, 480)
    qtbot.waitUntil(lambda: not panel.footage.isVisible())
    assert named(panel, QListView, "Antrean kejadian").height() >= 120
    panel.resize(360, 700)
    qtbot.waitUntil(panel.footage.isVisible)
