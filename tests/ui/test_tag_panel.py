"""The tag panel: case number judged while typing, saved only when it is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW, REGIONS
from tests.desk import Desk
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.case import parse_lp
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.lpseries import KnownNumbers
from tmcwall.services.tagging import TagRequest
from tmcwall.texts import Translator
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.tag_panel import TagPanel

SAY = Translator()
GOOD = "LP/B/987/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
REJECTED = "LP/B/45/XIII/2025/SPKT/POLRESTA SURAKARTA"


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> TagPanel:
    panel = TagPanel(
        desk.tagging,
        desk.cameras,
        desk.incidents,
        clock=desk.clock,
        region_name=region_names(REGIONS),
        translate=SAY,
        linger_ms=1,
    )
    qtbot.addWidget(panel)
    panel.start(desk.cameras.all()[0].id)
    return panel


def type_lp(panel: TagPanel, text: str) -> None:
    panel._number.setText(text)
    panel._check_lp()


def stored(request: TagRequest) -> Bookmark:
    assert request.starts_at is not None
    assert request.ends_at is not None
    return Bookmark("b1", request.camera_id, "Kamera", request.starts_at, request.ends_at, NOW, "Bripka Sari")


def test_a_valid_number_says_so_and_whether_the_case_is_new(panel: TagPanel) -> None:
    type_lp(panel, GOOD)
    assert panel._verdict.text() == "Nomor LP sah. Perkara baru akan dibuat."


def test_a_number_that_is_known_finds_its_case(panel: TagPanel, desk: Desk) -> None:
    known = desk.tagging.rows[0].case.lp
    type_lp(panel, known.lower())
    assert panel._verdict.text().startswith("Nomor LP sah. Perkara sudah ada, ")


def test_a_number_with_remarks_is_accepted_and_lists_them(panel: TagPanel) -> None:
    type_lp(panel, "LP/45/VI/2023/SPKT/POLSEK DUKU")
    assert panel._verdict.text().startswith("Diterima dengan catatan: ")
    assert "tanpa model A atau B" in panel._verdict.text()
    assert isinstance(panel.request(), TagRequest)


def test_a_unit_that_nobody_knows_and_a_number_out_of_line_are_remarks_and_no_refusals(
    panel: TagPanel, desk: Desk
) -> None:
    numbers = KnownNumbers()
    numbers.add([parse_lp("LP/B/12/VI/2023/SPKT/POLERSTA SURAKARTA/POLDA JAWA TENGAH")])
    desk.tagging.known_numbers = numbers
    type_lp(panel, "LP/B/1300/VI/2023/SPKT/POLERSTA SURAKARTA/POLDA JAWA TENGAH")
    assert "jenis kesatuan tidak dikenal; nomor urut melompat" in panel._verdict.text()
    panel.save()
    assert len(desk.tagging.requests) == 1


def test_a_rejected_number_is_not_saved_without_being_called_an_old_number(panel: TagPanel, desk: Desk) -> None:
    type_lp(panel, REJECTED)
    assert panel._verdict.text().startswith("Bukan nomor LP yang dikenal.")
    assert panel._old.isVisible()
    panel.save()
    assert desk.tagging.requests == []
    assert panel.message.startswith("Belum tersimpan.")


def test_an_old_number_needs_a_reason(panel: TagPanel, desk: Desk) -> None:
    type_lp(panel, REJECTED)
    panel._old.setChecked(True)
    panel.save()
    assert desk.tagging.requests == []
    panel._reason.setText("buku register 1998")
    panel.save()
    assert desk.tagging.requests[0].forced_reason == "buku register 1998"
    assert desk.tagging.requests[0].lp == REJECTED


def test_the_range_is_pre_roll_and_post_roll_around_the_key_press(panel: TagPanel, desk: Desk) -> None:
    desk.clock.advance(25)
    panel._before.setValue(60)
    panel.save()
    request = desk.tagging.requests[0]
    assert request.starts_at == NOW - timedelta(seconds=60)
    assert request.ends_at == NOW + timedelta(seconds=15)


def test_marks_stand_as_they_were_made(panel: TagPanel, desk: Desk) -> None:
    marks = TagRequest("x", NOW - timedelta(seconds=90), NOW - timedelta(seconds=10))
    panel.start(desk.cameras.all()[3].id, marks)
    assert not panel._before.isEnabled()
    panel.save()
    assert desk.tagging.requests[0].starts_at == marks.starts_at
    assert desk.tagging.requests[0].ends_at == marks.ends_at


def test_enter_saves_and_only_the_store_says_saved(panel: TagPanel, desk: Desk, qtbot: QtBot) -> None:
    type_lp(panel, GOOD)
    qtbot.keyClick(panel._number, Qt.Key.Key_Return)
    assert panel.message == "Menyimpan…"
    qtbot.keyClick(panel._note, Qt.Key.Key_Return)
    assert len(desk.tagging.requests) == 1
    with qtbot.waitSignal(panel.closed):
        desk.tagging.saved.emit(stored(desk.tagging.requests[0]))
        assert panel.message.startswith("Tersimpan: Kamera")
    assert not panel.isVisible()


def test_a_bookmark_of_another_camera_does_not_count_as_ours(panel: TagPanel, desk: Desk) -> None:
    panel.save()
    desk.tagging.saved.emit(stored(TagRequest("another", NOW, NOW)))
    assert panel.message == "Menyimpan…"


def test_a_refusal_is_said_in_words_and_nothing_typed_is_lost(panel: TagPanel, desk: Desk) -> None:
    type_lp(panel, GOOD)
    panel.save()
    desk.tagging.refused.emit(Fault(FaultCode.STORE_UNWRITABLE))
    assert panel.message.startswith("Belum tersimpan. ")
    assert panel._number.text() == GOOD
    assert panel._number.isEnabled()


def test_escape_leaves_without_saving(panel: TagPanel, desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel._number, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert desk.tagging.requests == []


def test_open_incidents_can_be_linked(panel: TagPanel, desk: Desk) -> None:
    panel._incident.setCurrentIndex(panel._incident.findData("incident-2"))
    panel.save()
    assert desk.tagging.requests[0].incident_id == "incident-2"
