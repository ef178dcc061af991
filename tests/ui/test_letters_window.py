"""The register of letters on the screen: what is due, a draft with all that it lacks, and what becomes of a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPlainTextEdit, QTableWidget

from tests.afternoon import NOW
from tests.desk import Desk
from tests.letters import CASE, INVESTIGATOR, LP, REQUEST, SIGNATURE, WORDS
from tests.ui.onscreen import button, choose, field, named, table, words
from tmcwall.domain.case import Difficulty, Stage
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.letter import (
    Letter,
    LetterFile,
    LetterItem,
    LetterKind,
    LetterRefused,
    LetterState,
    NamesRefused,
)
from tmcwall.domain.sp2hp import LetterCode, next_reminder
from tmcwall.evidence.letter_templates import TemplateRefused
from tmcwall.services.letter_reading import CaseLetters, ClipChoice, Register
from tmcwall.services.letter_room import CaseFacts
from tmcwall.texts import Translator
from tmcwall.texts.faults import explain
from tmcwall.ui.letters.small_forms import CaseForm, StepForm
from tmcwall.ui.letters.window import LettersWindow

SAY = Translator()
TODAY = date(2025, 3, 28)
CLIP = ClipChoice("klip-1", "Simpang Gladag", NOW, NOW + timedelta(minutes=2), "ab" * 32)
LETTER = Letter(
    "surat-1", CASE.id, LetterKind.SP2HP, LetterCode.A1, 1, 7, 2025, "B/7/III/RES.1.8./2025/Satreskrim", "perihal",
    "Siti Aminah", date(2025, 3, 12), LetterState.DRAFTED, INVESTIGATOR.nrp, datetime(2025, 3, 12, tzinfo=UTC),
    LetterFile("2025/a.docx", "aa"), LetterFile("2025/a.pdf", "bb"), WORDS, clips=("klip-1",),
)  # fmt: skip


def line(case=CASE, *letters: Letter) -> CaseLetters:
    return CaseLetters(case, letters, (CLIP,), next_reminder(case, today=TODAY))


@pytest.fixture
def opened() -> list[Path]:
    return []


@pytest.fixture
def window(desk: Desk, qtbot, opened) -> LettersWindow:
    desk.duty.accept(INVESTIGATOR)
    window = LettersWindow(
        desk.letters, desk.duty, clock=desk.clock, translate=SAY, open_document=opened.append
    )  # fmt: skip
    qtbot.addWidget(window)
    window.show()
    return window


def cells(window, name: str) -> list[list[str]]:
    model = table(window, name).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def area(form, name: str) -> QPlainTextEdit:
    return named(form, QPlainTextEdit, name)


def fill_in(form) -> None:
    field(form, "Kepada").setText("Siti Aminah")
    area(form, "Pokok perkara, atau rekaman yang dimaksud").setPlainText("Pencurian")
    field(form, "Telepon penyidik").setText("0812")


def test_opening_the_window_reads_the_register(window, desk) -> None:
    assert desk.letters.refreshed == 1


def test_cases_stand_by_when_a_letter_is_due_and_late_ones_are_counted(window, desk) -> None:
    later = replace(CASE, id="b", lp="LP/B/9", last_letter=date(2025, 3, 14))
    today = replace(CASE, id="c", lp="LP/B/10", lp_date=date(2025, 3, 25))
    closed = replace(CASE, id="d", lp="LP/B/11", stage=Stage.CLOSED)
    desk.letters.put_register(Register((), (line(later), line(today), line(), line(closed)), 8))
    shown = cells(window, "Perkara menurut jatuh tempo SP2HP")
    assert [row[0] for row in shown] == [LP, "LP/B/10", "LP/B/9"]
    assert shown[0][2] == "A1: penelitian laporan"
    assert shown[0][3] == "13 Maret 2025, lewat 15 hari"
    assert (shown[2][2], shown[2][4]) == ("perkembangan", "14 Maret 2025")
    assert "1 terlambat · 2 jatuh tempo hari ini · 3 perkara berjalan" in words(window)


def test_a_draft_begins_with_what_the_last_letter_said_of_people_and_is_asked_for_as_filled_in(window, desk) -> None:
    desk.letters.put_register(Register((LETTER,), (line(CASE, LETTER),), 8))
    button(window, "Buat surat").click()
    form = window.form
    assert field(form, "Telepon penyidik").text() == WORDS.investigator.phone
    assert field(form, "Nama penanda tangan").text() == "Agus Wibowo"
    area(form, "Hambatan (tulis “tidak ada” bila tidak ada)").setPlainText("Kamera padam.")
    clips = named(form, QListWidget, "Klip pendukung")
    clips.item(0).setCheckState(Qt.CheckState.Checked)
    button(form, "Buat surat").click()
    (order,) = desk.letters.orders
    assert (order.case_id, order.sequence, order.day) == (CASE.id, 8, TODAY)
    assert order.words == replace(WORDS, obstacles="Kamera padam.", clips=("klip-1",))


def test_a_first_draft_names_the_officer_on_duty_as_investigator(window, desk) -> None:
    desk.letters.put_register(Register((), (line(),), 1))
    button(window, "Buat surat").click()
    assert field(window.form, "Nama penyidik").text() == INVESTIGATOR.name
    assert field(window.form, "NRP penyidik").text() == INVESTIGATOR.nrp
    assert field(window.form, "Kepada").text() == ""


def test_letters_other_than_sp2hp_have_no_code(window, desk) -> None:
    desk.letters.put_register(Register((), (line(),), 1))
    button(window, "Buat surat").click()
    choose(window.form, "Surat", "Permohonan rekaman")
    button(window.form, "Buat surat").click()
    (order,) = desk.letters.orders
    assert (order.words.kind, order.words.code) == (LetterKind.FOOTAGE_REQUEST, None)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (
            LetterRefused((LetterItem.A2_MEANING, LetterItem.OBSTACLES)),
            "Surat belum dapat dibuat. Yang kurang: arti A2 di kesatuan ini (setelan sp2hp_a2_meaning), hambatan.",
        ),
        (
            NamesRefused(("Joko",)),
            "Surat menyebut orang yang bukan pelapor dan bukan polisi: Joko. Hapus, atau isi alasannya di bawah.",
        ),
        (
            TemplateRefused("sp2hp.docx", missing={"rencana"}),
            "Templat sp2hp.docx milik kesatuan tidak dapat dipakai. Kurang: rencana. Tidak dikenal: -.",
        ),
        (TemplateRefused("sp2hp.docx"), explain(TemplateRefused("sp2hp.docx"), SAY)),
        (DomainError(DomainCode.LETTER_NUMBER_TAKEN), explain(DomainError(DomainCode.LETTER_NUMBER_TAKEN), SAY)),
    ],
)
def test_what_is_refused_is_said_in_the_form_and_what_was_typed_stays(window, desk, problem, sentence) -> None:
    desk.letters.put_register(Register((), (line(),), 1))
    button(window, "Buat surat").click()
    fill_in(window.form)
    button(window.form, "Buat surat").click()
    desk.letters.refused.emit(problem)
    assert sentence in words(window.form)
    assert field(window.form, "Kepada").text() == "Siti Aminah"


def test_a_letter_that_was_made_closes_the_form_and_what_the_pdf_remarked_is_said(window, desk) -> None:
    desk.letters.put_register(Register((), (line(),), 1))
    button(window, "Buat surat").click()
    desk.letters.drafted.emit(replace(LETTER, remarks=("font missing",)))
    assert not window.form.isVisible()
    assert f"Surat {LETTER.number} dibuat. Periksa di Word: font missing" in words(window)


def test_a_letter_is_listed_with_its_state_and_receipt(window, desk) -> None:
    received = replace(
        LETTER, state=LetterState.ISSUED, issued_on=date(2025, 3, 13), received_by="Siti", received_on=TODAY
    )  # fmt: skip
    cancelled = replace(LETTER, id="surat-2", state=LetterState.CANCELLED, cancelled_reason="salah alamat", nth=None)
    request = replace(LETTER, id="surat-3", kind=LetterKind.FOOTAGE_REQUEST, code=None, words=REQUEST)
    desk.letters.put_register(Register((received, cancelled, request), (line(),), 8))
    first, second, third = cells(window, "Register surat")
    assert first == [
        LETTER.number, "SP2HP A1", "1", LP, "Siti Aminah", "dikeluarkan", "13 Maret 2025", "Siti, 28 Maret 2025", "",
        "1",
    ]  # fmt: skip
    assert second[5] == "batal: salah alamat"
    assert third[1] == "Permohonan rekaman"


@pytest.mark.parametrize(
    ("signatures", "said"),
    [
        (None, "tidak dapat diperiksa"),
        ((), "tanpa tanda tangan elektronik"),
        ((SIGNATURE,), "utuh: Agus Wibowo"),
        ((replace(SIGNATURE, intact=False),), "BERUBAH sesudah ditandatangani: Agus Wibowo"),
        (
            (SIGNATURE, replace(SIGNATURE, signer="Sri", covers_all=False)),
            "BERUBAH sesudah ditandatangani: Agus Wibowo; Sri",
        ),
        ((replace(SIGNATURE, covers_all=False), SIGNATURE), "utuh: Agus Wibowo; Agus Wibowo"),
    ],
)
def test_what_the_signatures_of_a_letter_say_stands_in_the_register(window, desk, signatures, said) -> None:
    letter = replace(LETTER, signed=LetterFile("2025/a-ttd.pdf", "cc"), signatures=signatures)
    desk.letters.put_register(Register((letter,), (line(),), 8))
    assert cells(window, "Register surat")[0][8] == said


def test_who_signed_when_is_said_and_that_nobody_was_asked_who_vouches(window, desk) -> None:
    untimed = replace(SIGNATURE, signer="Sri", signed_at=None)
    letter = replace(LETTER, signed=LetterFile("2025/a-ttd.pdf", "cc"), signatures=(SIGNATURE, untimed))
    desk.letters.put_register(Register((letter,), (line(),), 8))
    shown = named(window, QTableWidget, "Register surat").item(0, 8)
    assert shown is not None
    first, second, rest = shown.toolTip().splitlines()
    assert first == (
        "Agus Wibowo, waktu menurut penanda tangan: 13 Maret 2025 pukul 07.00 WIB, sertifikat dari BSrE"
    )  # fmt: skip
    assert second.startswith("Sri, waktu menurut penanda tangan: -")
    assert "tidak diperiksa" in rest


def test_the_files_of_a_letter_are_opened(window, desk, opened) -> None:
    signed = LetterFile("2025/a-ttd.pdf", "cc")
    desk.letters.put_register(Register((replace(LETTER, signed=signed),), (line(),), 8))
    for name in ("Buka di Word", "Buka PDF", "Buka yang bertanda tangan"):
        button(window, name).click()
    assert [path.name for path in opened] == ["a.docx", "a.pdf", "a-ttd.pdf"]


def step_form(window) -> StepForm:
    (form,) = [form for form in window.findChildren(StepForm) if form.isVisible()]
    return form


def test_issuing_receiving_and_cancelling_ask_for_what_they_need(window, desk) -> None:
    desk.letters.put_register(Register((LETTER,), (line(),), 8))
    button(window, "Keluarkan").click()
    button(step_form(window), "Keluarkan").click()
    desk.letters.put_register(Register((replace(LETTER, state=LetterState.ISSUED),), (line(),), 8))
    button(window, "Catat tanda terima").click()
    form = step_form(window)
    field(form, "Nama penerima").setText("Siti")
    button(form, "Catat tanda terima").click()
    button(window, "Batalkan surat").click()
    form = step_form(window)
    field(form, "Alasan").setText("salah alamat")
    button(form, "Batalkan surat").click()
    window.attach(Path("/tmp/a.pdf"))
    assert desk.letters.asked == [
        ("issue", "surat-1", TODAY), ("receive", "surat-1", "Siti", TODAY), ("cancel", "surat-1", "salah alamat"),
        ("attach", "surat-1", Path("/tmp/a.pdf")),
    ]  # fmt: skip
    desk.letters.changed.emit(replace(LETTER, state=LetterState.CANCELLED))
    assert f"Surat {LETTER.number}: dibatalkan." in words(window)


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (LetterState.DRAFTED, {"Keluarkan", "Batalkan surat"}),
        (LetterState.ISSUED, {"Catat tanda terima", "Batalkan surat"}),
        (LetterState.CANCELLED, set()),
    ],
)
def test_only_the_steps_that_a_letter_may_take_can_be_chosen(window, desk, state, possible) -> None:
    desk.letters.put_register(Register((replace(LETTER, state=state),), (line(),), 8))
    steps = ("Keluarkan", "Catat tanda terima", "Batalkan surat")
    assert {name for name in steps if button(window, name).isEnabled()} == possible
    assert not button(window, "Buka yang bertanda tangan").isEnabled()


def test_the_data_of_a_case_are_asked_for_and_saved(window, desk) -> None:
    desk.letters.put_register(Register((), (line(),), 1))
    button(window, "Data perkara").click()
    (form,) = window.findChildren(CaseForm)
    choose(form, "Tahap", "penyidikan")
    choose(form, "Tingkat kesulitan", "sulit")
    button(form, "Tanggal Sprindik: ada").click()
    button(form, "Simpan").click()
    facts = CaseFacts(CASE.lp_date, Difficulty.HARD, Stage.INVESTIGATION, TODAY)
    assert desk.letters.asked == [("case", CASE.id, facts)]
    desk.letters.case_changed.emit(CASE.id)
    assert "Data perkara disimpan." in words(window)


def test_whoever_may_not_edit_cases_is_told_so_and_can_do_nothing(window, desk) -> None:
    desk.duty.sign_out()
    desk.letters.put_register(Register())
    assert "Hanya untuk petugas yang boleh mengubah perkara: masuklah sebagai penyidik atau supervisor." in words(
        window
    )
    for name in ("Buat surat", "Data perkara", "Keluarkan", "Lampirkan PDF bertanda tangan"):
        assert not button(window, name).isEnabled()
    assert not window.form.isVisible()


def test_while_a_letter_is_made_no_other_is_asked_for(window, desk) -> None:
    desk.letters.put_register(Register((LETTER,), (line(),), 8))
    desk.letters.busy = True
    desk.letters.busy_changed.emit(True)
    assert not button(window, "Buat surat").isEnabled()


def test_the_row_that_was_chosen_stays_chosen_when_the_register_changes(window, desk, opened) -> None:
    other = replace(LETTER, id="surat-2", pdf=LetterFile("2025/b.pdf", "dd"))
    desk.letters.put_register(Register((LETTER, other), (line(),), 8))
    named(window, QTableWidget, "Register surat").selectRow(1)
    newest = replace(LETTER, id="surat-3", pdf=LetterFile("2025/c.pdf", "ee"))
    desk.letters.put_register(Register((newest, LETTER, other), (line(),), 9))
    button(window, "Buka PDF").click()
    assert [path.name for path in opened] == ["b.pdf"]
