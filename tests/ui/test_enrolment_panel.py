"""The strip that asks for an enrolment code."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from tests.fake_services import FakeEnrolment
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.texts import Language, Translator
from tmcwall.ui.console.enrolment_panel import EnrolmentPanel

CODE = "K7QD-2MRT-9XWC-ADFG-3467"


@pytest.fixture
def enrolment(qapp: object) -> FakeEnrolment:
    return FakeEnrolment()


@pytest.fixture
def panel(enrolment: FakeEnrolment, qtbot: QtBot) -> EnrolmentPanel:
    shown = EnrolmentPanel(enrolment, translate=Translator(Language.ID))
    qtbot.addWidget(shown)
    return shown


def words(panel: EnrolmentPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (FaultCode.DEVICE_NOT_ENROLLED, "belum terdaftar"),
        (FaultCode.DEVICE_REVOKED, "dicabut"),
        (FaultCode.SERVER_KEY_CHANGED, "kunci lain"),
    ],
)
def test_it_says_why_a_code_is_needed_and_whom_to_ask(
    panel: EnrolmentPanel, enrolment: FakeEnrolment, why: FaultCode, said: str
) -> None:
    assert panel.isHidden()
    enrolment.need(why)
    assert not panel.isHidden()
    assert said in words(panel)
    assert "petugas TI" in words(panel)


def test_enter_sends_the_code_and_a_refusal_leaves_it_to_be_corrected(
    panel: EnrolmentPanel, enrolment: FakeEnrolment, qtbot: QtBot
) -> None:
    enrolment.need(FaultCode.DEVICE_NOT_ENROLLED)
    (field,) = panel.findChildren(QLineEdit)
    qtbot.keyClicks(field, CODE)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert enrolment.asked == [CODE]
    enrolment.refused.emit(Fault(FaultCode.ENROLMENT_REFUSED, retryable=False))
    assert field.text() == CODE
    assert "kedaluwarsa" in words(panel)
    enrolment.accept()
    assert panel.isHidden()
    assert field.text() == ""
