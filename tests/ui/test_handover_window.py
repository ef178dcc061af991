"""The window of the shift handover: read by both, signed by the second officer's password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.afternoon import NOW
from tests.desk import Desk
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.shift_report import ShiftReport
from tmcwall.services.shift_handover import KeptHandover
from tmcwall.texts import Translator
from tmcwall.texts.faults import explain
from tmcwall.ui.console.handover_window import HandoverWindow

SAY = Translator()
REPORT = ShiftReport(
    made_at=NOW, workstation="ws1", incidents=(), locked=(), dead=(), letters=(), requests=(), outages=(), names={}
)


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> Iterator[HandoverWindow]:
    window = HandoverWindow(desk.handover, translate=SAY)
    qtbot.addWidget(window)
    window.open_report()
    yield window
    window.close()


def test_the_page_is_shown_before_anybody_signs(window: HandoverWindow, desk: Desk) -> None:
    assert desk.handover.prepared_times == 1
    assert not window.sign.isEnabled()
    desk.handover.prepared.emit(REPORT, b"<h1>SERAH TERIMA</h1><p>3 kamera mati</p>")
    assert "3 kamera mati" in window.page.toPlainText()


def test_who_takes_over_signs_with_number_and_password_which_is_forgotten_at_once(
    window: HandoverWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.handover.prepared.emit(REPORT, b"<p>x</p>")
    window.remark.setPlainText("lampu padam")
    qtbot.keyClicks(window.nrp, "12340001")
    qtbot.keyClicks(window.password, "rahasia sekali")
    qtbot.keyClick(window.password, Qt.Key.Key_Return)
    assert desk.handover.signed == [("lampu padam", "12340001", "rahasia sekali")]
    assert window.password.text() == ""


def test_where_the_report_lies_is_said_and_it_cannot_be_signed_twice(window: HandoverWindow, desk: Desk) -> None:
    desk.handover.prepared.emit(REPORT, b"<p>x</p>")
    desk.handover.kept.emit(KeptHandover(Path("/data/a.html"), Path("/data/a.pdf"), b"<p>ditandatangani</p>"))
    assert window.page.toPlainText() == "ditandatangani"
    assert "/data/a.pdf" in window.words.text()
    window.nrp.setText("12340001")
    window.password.setText("x")
    assert not window.sign.isEnabled()


def test_a_wrong_password_is_said(window: HandoverWindow, desk: Desk) -> None:
    fault = Fault(FaultCode.SIGN_IN_REFUSED, "")
    desk.handover.refused.emit(fault)
    assert window.words.text() == explain(fault, SAY)
