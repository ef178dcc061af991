"""The windows for evidence: what goes in and with what right, what came of it, and a verdict that flatters nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit

from tests.afternoon import NOW, make_row
from tests.desk import Desk
from tests.ui.onscreen import button, field, named, table, words
from tmcwall.domain.disk_fault import DiskFault
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.evidence.camera_signature import SinceCamera
from tmcwall.evidence.package import MadePackage, StampOutcome
from tmcwall.evidence.record import CopyNotMadeRecord
from tmcwall.evidence.verification import (
    AlteredPart,
    Claims,
    ClaimState,
    KeyStanding,
    SignedBy,
    Verdict,
    Verification,
)
from tmcwall.services.evidence import Exported
from tmcwall.services.evidence_check import CheckedPackage
from tmcwall.services.package_preview import PackagePreview, PreviewedClip
from tmcwall.texts import Translator
from tmcwall.ui import theme
from tmcwall.ui.evidence.check_window import CheckWindow, style_of
from tmcwall.ui.evidence.export_window import ExportWindow
from tmcwall.ui.evidence.windows import EvidenceButton

SAY = Translator()
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
SEEKER = Officer("80010004", "Sri Wahyuni", Role.INVESTIGATOR, "Aipda")
CLIP = PreviewedClip("Simpang Gendengan", False, NOW, NOW + timedelta(minutes=2), 60_000_000, 0, 0)
PRIVATE = replace(CLIP, camera="BCA Purwosari", is_private=True, gaps=1, released=2)
MADE = MadePackage(Path("/media/BUKTI/LP-B-123"), 2, 120_000_000, "ab" * 32, "SHA256:abc", "satu dua tiga", 4)


@pytest.fixture
def export(desk: Desk, qtbot) -> ExportWindow:
    desk.duty.accept(SEEKER)
    window = ExportWindow(desk.export, desk.duty, translate=SAY)
    qtbot.addWidget(window)
    window.open_case(LP)
    return window


def plug_in(desk: Desk, *clips: PreviewedClip) -> None:
    desk.export.previewed.emit(PackagePreview(LP, clips))
    desk.export.sticks_found.emit((Path("/run/media/sari/BUKTI"),))


def test_the_officer_sees_what_goes_in_and_what_does_not(export: ExportWindow, desk: Desk) -> None:
    plug_in(desk, CLIP, PRIVATE, replace(CLIP, left_out="not_here", size_bytes=0))
    assert desk.export.looked == [LP]
    model = table(export, "Isi paket").model()
    remarks = [model.index(row, 4).data() for row in range(model.rowCount())]
    assert remarks[0] == "ikut"
    assert remarks[1] == "ikut, milik swasta atau bank, 1 celah, 2 cuplikan atau salinan yang disamarkan"
    assert remarks[2] == "tidak ikut: berkas klip tidak ada di tempat kerja ini"
    assert any("2 dari 3 klip ikut, 120,0 MB" in said for said in words(export))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (StampOutcome.STAMPED, "Ditandatangani juga oleh server pusat."),
        (StampOutcome.FAILED, "Tanpa tanda tangan server pusat"),
    ],
)
def test_the_server_counter_signs_where_the_officer_asks_for_it(
    export: ExportWindow, desk: Desk, outcome: StampOutcome, said: str
) -> None:
    plug_in(desk, CLIP)
    (asked,) = (box for box in export.findChildren(QCheckBox) if box.text() == "Minta server pusat ikut menandatangani")
    asked.setChecked(True)
    button(export, "Ekspor").click()
    ((order, _),) = desk.export.orders
    assert order.counter_signature
    desk.export.exported.emit(Exported(replace(MADE, counter_signature=outcome), ()))
    assert any(said in text for text in words(export))


def test_footage_of_a_private_owner_waits_for_a_basis_or_a_consent(export: ExportWindow, desk: Desk) -> None:
    plug_in(desk, CLIP, PRIVATE)
    assert any("BCA Purwosari" in said for said in words(export))
    assert not button(export, "Ekspor").isEnabled()
    field(export, "Nomor persetujuan pemilik").setText("B/12/III/2025")
    button(export, "Ekspor").click()
    ((order, out),) = desk.export.orders
    assert (order.lp, order.consent_number, order.viewing_copy) == (LP, "B/12/III/2025", True)
    assert out == Path("/run/media/sari/BUKTI")


def test_a_folder_is_a_target_as_well_as_a_stick(export: ExportWindow, desk: Desk, tmp_path: Path) -> None:
    plug_in(desk, CLIP)
    export.offer_folder(tmp_path)
    desk.export.sticks_found.emit(())
    button(export, "Ekspor").click()
    assert desk.export.orders[0][1] == tmp_path
    assert named(export, QComboBox, "Tujuan").count() == 1


def test_without_a_target_nothing_is_exported(export: ExportWindow, desk: Desk) -> None:
    desk.export.previewed.emit(PackagePreview(LP, (CLIP,)))
    assert not button(export, "Ekspor").isEnabled()


def test_who_may_not_take_evidence_along_cannot_press_the_button(export: ExportWindow, desk: Desk) -> None:
    plug_in(desk, CLIP)
    desk.duty.accept(Officer("1", "Sari", Role.OPERATOR))
    assert not button(export, "Ekspor").isEnabled()


def test_done_is_said_with_the_fingerprint_in_words_once_it_is_done(export: ExportWindow, desk: Desk) -> None:
    plug_in(desk, CLIP)
    button(export, "Ekspor").click()
    assert not any("SELESAI" in said for said in words(export))
    assert not field(export, "Dasar hukum").isEnabled()
    not_made = (CopyNotMadeRecord("data/originals/1.mp4", "still", "copy_failed"),)
    desk.export.put_busy(busy=False)
    desk.export.exported.emit(Exported(replace(MADE, copies_not_made=not_made), ()))
    said = "\n".join(words(export))
    assert "SELESAI. Paket sudah dibaca ulang" in said
    assert "satu dua tiga" in words(export)
    assert "Salinan 1 klip tidak dapat dibuat" in said


def test_an_export_can_be_given_up(export: ExportWindow, desk: Desk) -> None:
    plug_in(desk, CLIP)
    button(export, "Ekspor").click()
    button(export, "Batalkan").click()
    assert desk.export.cancelled == 1
    desk.export.put_busy(busy=False)
    desk.export.refused.emit(Fault(FaultCode.EXPORT_CANCELLED))
    assert any("tidak ada yang tersisa" in said for said in words(export))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (FaultCode.DISK_FULL, "Tujuannya penuh"),
        (FaultCode.DISK_READ_ONLY, "hanya dapat dibaca"),
        (FaultCode.DISK_FAILED, "rusak atau tercabut"),
    ],
)
def test_what_is_wrong_with_a_stick_is_said_of_the_stick(export, desk, tmp_path, code, said) -> None:
    plug_in(desk, CLIP)
    export.offer_folder(tmp_path)
    button(export, "Ekspor").click()
    desk.export.put_busy(busy=False)
    desk.export.refused.emit(DiskFault(code, "", folder=str(tmp_path), free_bytes=3))
    assert any(said in sentence for sentence in words(export))


def test_a_stick_that_was_pulled_is_said_to_be_gone(export, desk, tmp_path) -> None:
    plug_in(desk, CLIP)
    export.offer_folder(tmp_path / "tercabut")
    button(export, "Ekspor").click()
    desk.export.put_busy(busy=False)
    desk.export.refused.emit(Fault(FaultCode.FILE_UNWRITABLE))
    assert any("tidak ada lagi" in sentence for sentence in words(export))


def test_a_trouble_of_this_computers_own_disk_is_not_blamed_on_the_stick(export, desk, tmp_path) -> None:
    plug_in(desk, CLIP)
    export.offer_folder(tmp_path)
    button(export, "Ekspor").click()
    desk.export.put_busy(busy=False)
    desk.export.refused.emit(DiskFault(FaultCode.DISK_FULL, "", folder="/var/lib/tmcwall", free_bytes=3))
    assert any("/var/lib/tmcwall" in sentence for sentence in words(export))


@pytest.fixture
def check(desk: Desk, qtbot) -> CheckWindow:
    window = CheckWindow(desk.check, translate=SAY)
    qtbot.addWidget(window)
    window.show()
    return window


KNOWN = SignedBy(KeyStanding.KNOWN, "SHA256:abc", "satu dua", "ws@tmcwall")
WHOLE = Verification(
    verdict=Verdict.VALID,
    package="paket",
    signed_by=KNOWN,
    lp=LP,
    claims=Claims(ClaimState.HOLDS, ClaimState.NOT_MADE, SinceCamera.NOT_SIGNED, ClaimState.NOT_MADE),
)
UNKNOWN = replace(
    WHOLE,
    verdict=Verdict.UNKNOWN_KEY,
    signed_by=replace(KNOWN, standing=KeyStanding.UNKNOWN, principal=""),
    claims=replace(WHOLE.claims, since_workstation=ClaimState.NOT_CHECKED),
)
ALTERED = replace(
    WHOLE, verdict=Verdict.ALTERED, altered=(AlteredPart("data/originals/001.mp4", first_altered_second=2),)
)


def tell(desk: Desk, *found: Verification) -> None:
    desk.check.put_busy(busy=False)
    desk.check.checked.emit(tuple(CheckedPackage(Path(f"/media/paket-{n}"), one) for n, one in enumerate(found)))


def drop(window: CheckWindow, place: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(place))])
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )


def test_a_package_that_is_dropped_on_the_window_is_checked(check: CheckWindow, desk: Desk, tmp_path: Path) -> None:
    drop(check, tmp_path)
    assert desk.check.places == [tmp_path]
    tell(desk, WHOLE)
    said = words(check)
    assert "SAH: tidak ada yang berubah." in said
    assert "tidak berubah sejak diterima tempat kerja ini: ya" in said
    assert "tidak berubah sejak diserahkan perekam: tidak dinyatakan oleh paket ini" in said
    assert "tidak berubah sejak dari kamera: tidak ditandatangani kamera" in said
    assert "sudah ada sebelum suatu saat: tidak dinyatakan oleh paket ini" in said


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.VALID])
def test_nothing_but_a_valid_package_of_a_known_key_is_green(verdict: Verdict) -> None:
    assert style_of(WHOLE).colour == theme.GREEN
    assert style_of(replace(WHOLE, verdict=verdict)).colour != theme.GREEN


def test_an_unknown_key_is_not_green_whatever_the_verdict_says(check: CheckWindow, desk: Desk) -> None:
    assert style_of(replace(UNKNOWN, verdict=Verdict.VALID)).colour != theme.GREEN
    tell(desk, UNKNOWN)
    assert any("KUNCI TIDAK DIKENAL" in said for said in words(check))
    assert "tidak berubah sejak diterima tempat kerja ini: tidak diperiksa" in words(check)


def test_an_altered_video_is_named_with_its_first_altered_second(check: CheckWindow, desk: Desk) -> None:
    tell(desk, ALTERED)
    details = named(check, QPlainTextEdit, "Rincian").toPlainText()
    assert "data/originals/001.mp4, mulai detik ke-2" in details


def test_each_package_of_a_stick_is_chosen_in_a_list(check: CheckWindow, desk: Desk) -> None:
    tell(desk, WHOLE, ALTERED)
    listed = table(check, "Paket yang diperiksa")
    assert listed.model().rowCount() == 2
    listed.setCurrentIndex(listed.model().index(1, 0))
    assert any("BERUBAH" in said for said in words(check))


def test_what_was_found_before_is_out_of_sight_while_something_else_is_checked(check, desk, tmp_path) -> None:
    tell(desk, WHOLE)
    drop(check, tmp_path)
    assert not any("SAH" in said for said in words(check))
    desk.check.put_busy(busy=False)
    desk.check.refused.emit(Fault(FaultCode.FILE_UNREADABLE))
    assert not any("SAH" in said for said in words(check))


def test_a_bookmark_without_a_case_cannot_be_exported(desk: Desk, qtbot) -> None:
    evidence = EvidenceButton(translate=SAY)
    qtbot.addWidget(evidence)
    row = make_row(3, desk.cameras.all())
    asked = []
    evidence.export_requested.connect(asked.append)
    export = evidence.menu().actions()[0]
    evidence.show_row(replace(row, case=None))
    assert not export.isEnabled()
    evidence.show_row(row)
    export.trigger()
    assert asked == [row]
