"""Which unit's a case is, on the screen of the review."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.fake_services import FakeCaseUnits
from tests.services_stage import EXAMPLES
from tmcwall.domain.case import Case
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.operation import Entity
from tmcwall.texts import Language, Translator
from tmcwall.ui.review.case_unit import CaseUnitPanel

EXAMPLE = EXAMPLES[Entity.CASE]
assert isinstance(EXAMPLE, Case)
CASE = replace(EXAMPLE, unit="")


def panel_of(units: FakeCaseUnits, qtbot: QtBot) -> CaseUnitPanel:
    shown = CaseUnitPanel(units, translate=Translator(Language.ID))
    qtbot.addWidget(shown)
    return shown


@pytest.fixture
def units(qapp: object) -> FakeCaseUnits:
    return FakeCaseUnits("Reskrim")


@pytest.fixture
def panel(units: FakeCaseUnits, qtbot: QtBot) -> CaseUnitPanel:
    return panel_of(units, qtbot)


def words(panel: CaseUnitPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())


def buttons(panel: CaseUnitPanel) -> dict[str, QPushButton]:
    return {one.text(): one for one in panel.findChildren(QPushButton) if not one.isHidden()}


def choice(panel: CaseUnitPanel) -> QComboBox:
    found = panel.findChild(QComboBox)
    assert isinstance(found, QComboBox)
    return found


def test_it_says_who_sees_the_case_and_is_not_there_for_footage_of_none(panel: CaseUnitPanel) -> None:
    panel.show_case(CASE)
    assert "semua petugas melihatnya" in words(panel)
    panel.show_case(replace(CASE, unit="Reskrim"))
    assert "satuan Reskrim: dilihat petugas satuan itu, supervisor, kepala, dan auditor" in words(panel)
    panel.show_case(None)
    assert panel.isHidden()


def test_a_unit_is_chosen_and_saved(panel: CaseUnitPanel, units: FakeCaseUnits, qtbot: QtBot) -> None:
    panel.show_case(CASE)
    qtbot.mouseClick(buttons(panel)["Ubah satuan…"], Qt.MouseButton.LeftButton)
    offered = choice(panel)
    assert [offered.itemText(place) for place in range(offered.count())] == ["", "Lantas", "Reskrim"]
    offered.setCurrentText("Reskrim")
    qtbot.mouseClick(buttons(panel)["Simpan satuan"], Qt.MouseButton.LeftButton)
    assert units.asked == [(CASE.id, "Reskrim")]
    units.changed.emit(replace(CASE, unit="Reskrim"))
    assert "Perkara satuan Reskrim" in words(panel)
    assert set(buttons(panel)) == {"Ubah satuan…"}


def test_whoever_gives_a_case_away_is_told_before(panel: CaseUnitPanel, qtbot: QtBot) -> None:
    panel.show_case(CASE)
    qtbot.mouseClick(buttons(panel)["Ubah satuan…"], Qt.MouseButton.LeftButton)
    choice(panel).setCurrentText("Lantas")
    assert "Anda tidak bertugas di Lantas" in words(panel)
    choice(panel).setCurrentText("Reskrim")
    assert "Anda tidak bertugas" not in words(panel)


def test_a_refusal_is_said_and_nothing_changes(panel: CaseUnitPanel, units: FakeCaseUnits, qtbot: QtBot) -> None:
    panel.show_case(CASE)
    qtbot.mouseClick(buttons(panel)["Ubah satuan…"], Qt.MouseButton.LeftButton)
    units.refused.emit(DomainError(DomainCode.NOT_ALLOWED, "case"))
    assert "Simpan satuan" in buttons(panel)
    assert words(panel).count("semua petugas melihatnya") == 1
    qtbot.mouseClick(buttons(panel)["Batal"], Qt.MouseButton.LeftButton)
    assert set(buttons(panel)) == {"Ubah satuan…"}


def test_who_may_not_edit_the_case_sees_whose_it_is_and_no_button(qtbot: QtBot, qapp: object) -> None:
    panel = panel_of(FakeCaseUnits(may=False), qtbot)
    panel.show_case(replace(CASE, unit="Reskrim"))
    assert "Perkara satuan Reskrim" in words(panel)
    assert buttons(panel) == {}
