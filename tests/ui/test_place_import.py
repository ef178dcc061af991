"""Lists of RT, RW and landmarks at the console: what is known, and what a list did."""

import pytest
from PySide6.QtCore import QObject, Signal

from tests.services_stage import EXAMPLES
from tests.ui.onscreen import words
from tmcwall.cameras.place_lists import PlaceProblem, PlaceRemark
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.neighbourhood import Neighbourhoods
from tmcwall.domain.operation import Entity
from tmcwall.services.place_register import PlaceReport
from tmcwall.texts import Translator
from tmcwall.ui.console.place_import import PlaceImportBar


class Imports(QObject):
    imported = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.files = []

    def import_list(self, file):
        self.files.append(file)


class Places(QObject):
    changed = Signal()
    neighbourhoods = Neighbourhoods([EXAMPLES[Entity.NEIGHBOURHOOD]])
    landmarks = (EXAMPLES[Entity.LANDMARK],)


@pytest.fixture
def imports(qapp):
    return Imports()


@pytest.fixture
def bar(imports, qtbot):
    bar = PlaceImportBar(imports, Places(), translate=Translator())
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_what_is_known_is_counted(bar):
    assert "Dikenal: 1 RW dengan 1 RT, 1 simpang dan tempat." in words(bar)


def test_what_a_list_did_is_said_row_by_row(bar, imports, tmp_path):
    bar.take(tmp_path / "rt.csv")
    assert imports.files == [tmp_path / "rt.csv"]
    remarks = tuple(PlaceRemark(line, PlaceProblem.NO_RW) for line in range(2, 12))
    imports.imported.emit(PlaceReport(3, 2, 1, 9, 0, 0, 0, remarks))
    (said,) = (line for line in words(bar) if "baris" in line)
    assert said.split("\n")[0].startswith("3 RW dengan 9 RT (2 RW baru, 1 diubah)")
    assert said.split("\n")[1] == "baris 2: nomor RW kosong"
    assert said.endswith("…")


def test_a_list_that_cannot_be_read_is_said(bar, imports):
    imports.refused.emit(DomainError(DomainCode.LIST_UNREADABLE, "x"))
    assert any("Daftar tidak dapat dibaca" in line for line in words(bar))
