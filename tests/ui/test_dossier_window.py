"""Papers of a private camera, from its menu: what lacks is said, a judgement is of the still that is open."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage

from tests.afternoon import NOW
from tests.desk import Desk
from tests.ui.onscreen import button, field, table, words
from tests.ui.test_console_window import open_console
from tmcwall.domain.camera_dossier import CameraDossier, PrivacyCheck
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.texts import Translator

SAY = Translator()
HASH = "ab" * 32


@pytest.fixture
def console(desk: Desk, qtbot):
    desk.duty.accept(Officer("80010011", "Rina", Role.DUTY_OFFICER))
    console = open_console(desk, SAY)
    qtbot.addWidget(console)
    return console


@pytest.fixture
def window(console, desk):
    console.cameras.dossier_requested.emit(desk.cameras.all()[0].id)
    return console.shared.dossier


def test_it_opens_for_the_camera_and_says_what_lacks(window, desk):
    camera = desk.cameras.all()[0]
    assert window.windowTitle() == f"Berkas kamera: {camera.name}"
    assert desk.dossiers.asked == [("tell", camera.id)]
    said = " ".join(words(window))
    assert "Kurang: perjanjian dengan berkasnya, penilaian dua petugas berbeda atas gambar yang sama" in said


def test_whole_papers_say_so_and_those_of_another_camera_are_not_shown(window, desk):
    checks = tuple(PrivacyCheck(nrp, NOW, HASH, public_only=True) for nrp in ("80010011", "80010012"))
    whole = CameraDossier(desk.cameras.all()[0].id, "MoU/7", NOW.date(), HASH, checks)
    desk.dossiers.told.emit(whole)
    desk.dossiers.told.emit(replace(whole, id="CAM-ELSE", agreement="MoU/8"))
    said = " ".join(words(window))
    assert "Lengkap: kamera boleh diaktifkan." in said
    assert "Perjanjian MoU/7, 28 Maret 2025" in said
    assert table(window, "Penilaian privasi").model().rowCount() == 2


def test_a_judgement_is_of_the_still_that_is_open(window, desk, tmp_path):
    assert not button(window, "&Hanya tempat umum").isEnabled()
    still = tmp_path / "acuan.png"
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(still))
    window.open_still(still)
    field(window, "Keterangan").setText("hanya jalan")
    button(window, "&Hanya tempat umum").click()
    button(window, "&Bukan hanya tempat umum").click()
    camera_id = desk.cameras.all()[0].id
    assert desk.dossiers.asked[1:] == [
        ("judge", camera_id, still, True, "hanya jalan"), ("judge", camera_id, still, False, ""),
    ]  # fmt: skip


def test_a_file_that_is_no_picture_is_not_judged(window, tmp_path):
    broken = tmp_path / "acuan.png"
    broken.write_bytes(b"bukan gambar")
    window.open_still(broken)
    assert not button(window, "&Hanya tempat umum").isEnabled()


def test_an_agreement_goes_with_its_file_and_a_refusal_is_said(window, desk, tmp_path):
    window.put_agreement("MoU/7", NOW.date(), tmp_path / "mou.pdf")
    camera_id = desk.cameras.all()[0].id
    assert desk.dossiers.asked[1:] == [("agreement", camera_id, "MoU/7", NOW.date(), tmp_path / "mou.pdf")]
    desk.dossiers.refused.emit(DomainError(DomainCode.FIELD_MISSING, "agreement"))
    assert any("agreement" in text for text in words(window))
