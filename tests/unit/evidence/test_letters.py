"""Letters as Word and PDF/A files, from the shipped templates and from the unit's own."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import cast

import docx
import pytest
import rdocx

from tests.letters import CASE, DAY, REQUEST, STATION, WORDS
from tmcwall.domain.fault import DomainCode, Fault, FaultCode
from tmcwall.domain.history import CameraHistory, CameraState, HealthChange
from tmcwall.domain.letter import LetterKind, LetterWords, subject_of
from tmcwall.domain.sp2hp import LetterCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.letter_content import CameraSpan, FootageOfLetter, LetterContent, context_of, spans_of
from tmcwall.evidence.letter_templates import KNOWN, LARGEST_TEMPLATE, TemplateRefused, template_of
from tmcwall.evidence.letters import make_letter

AT = datetime(2025, 3, 9, 7, 30, tzinfo=UTC)
NOWHERE = Path("/nowhere")
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FOOTAGE = (FootageOfLetter("Simpang <Gladag> & Pasar", AT, AT + timedelta(minutes=2), HASH),)
SPANS = (CameraSpan("Simpang Gladag", AT, AT + timedelta(hours=20), CameraState.UNKNOWN),)


def content_of(words: LetterWords) -> LetterContent:
    number = "B/7/III/RES.1.8./2025/Satreskrim"
    return LetterContent(
        words, CASE, STATION, 7, number, subject_of(words, STATION), DAY, 1, FOOTAGE, SPANS, StationZone.WIB
    )  # fmt: skip


def text_of(content: bytes) -> str:
    """All words of a Word file, tables among them."""
    body = docx.Document(BytesIO(content)).element.body
    return "\n".join("".join(run.text or "" for run in paragraph.iter(f"{W}t")) for paragraph in body.iter(f"{W}p"))


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KINDS = (
    WORDS,
    REQUEST,
    replace(WORDS, kind=LetterKind.HANDOVER, code=None),
    replace(WORDS, kind=LetterKind.AVAILABILITY, code=None),
)


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    """The folder of the unit's templates with an SP2HP of these paragraphs."""

    def write(*paragraphs: str) -> Path:
        document = docx.Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
        document.save(str(tmp_path / "sp2hp.docx"))
        return tmp_path

    return write


@pytest.mark.parametrize("words", KINDS, ids=[words.kind.value for words in KINDS])
def test_every_shipped_template_gives_a_word_file_and_a_pdf_a_on_one_page(words: LetterWords) -> None:
    made = make_letter(content_of(words), template_of(words.kind, own=NOWHERE))
    text = text_of(made.docx)
    assert "{{" not in text
    assert "{%" not in text
    for said in ("RESOR KOTA SURAKARTA", "B/7/III/RES.1.8./2025/Satreskrim", words.addressee, "Sri Wahyuni"):
        assert said in text
    assert made.pdf.startswith(b"%PDF-")
    assert b"pdfaid" in made.pdf
    assert rdocx.Document.from_bytes(made.docx).page_count() == 1
    assert made.remarks == ()


def test_an_sp2hp_says_the_four_items_and_whom_to_call() -> None:
    text = text_of(make_letter(content_of(WORDS), template_of(LetterKind.SP2HP, own=NOWHERE)).docx)
    for said in (
        "A1", "SP2HP ke-1", "Pencurian pada 9 Maret 2025 di Kemlayan.", "Pelapor telah diperiksa.", "Tidak ada.",
        "Memeriksa saksi.", "0812-3456-7890", "sri.wahyuni@polri.example", "AIPDA NRP 87654321", "12 Maret 2025",
        "Laporan Polisi Nomor LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH tanggal 10 Maret 2025.",
        "KASATRESKRIM", "Kapolresta Surakarta", "TANDA TERIMA", "Pemberitahuan perkembangan hasil penelitian laporan",
    ):  # fmt: skip
        assert said in text


def test_what_an_officer_writes_is_text_and_never_markup_or_a_template() -> None:
    words = replace(WORDS, matter="<w:p/> & {{ kop }} {% raw %}")
    assert "<w:p/> & {{ kop }} {% raw %}" in text_of(
        make_letter(content_of(words), template_of(LetterKind.SP2HP, own=NOWHERE)).docx
    )


def test_the_archived_pdf_is_the_same_for_the_same_content() -> None:
    template = template_of(LetterKind.SP2HP, own=NOWHERE)
    first, second = (make_letter(content_of(WORDS), template) for _ in range(2))
    assert first.pdf_sha256 == second.pdf_sha256


def test_a_record_of_a_handover_lists_each_clip_with_its_hash_and_local_time() -> None:
    words = replace(WORDS, kind=LetterKind.HANDOVER, code=None)
    text = text_of(make_letter(content_of(words), template_of(words.kind, own=NOWHERE)).docx)
    assert "Simpang <Gladag> & Pasar" in text
    assert "09-03-2025 14.30.00 s.d. 14.32.00" in text
    assert "9f86d081 884c7d65 9a2feaa0 c55ad015 a3bf4f1b 2b0b822c d15d6c15 b0f00a08" in text
    assert "Rabu tanggal 12 Maret 2025" in text


def test_a_certificate_says_when_nobody_looked() -> None:
    words = replace(WORDS, kind=LetterKind.AVAILABILITY, code=None)
    text = text_of(make_letter(content_of(words), template_of(words.kind, own=NOWHERE)).docx)
    assert "09-03-2025 14.30.00 s.d. 10-03-2025 10.30.00" in text
    assert "Tidak diamati" in text


def test_the_units_template_wins(own: Callable[..., Path]) -> None:
    folder = own("MILIK KESATUAN", *("{{ " + name + " }}" for name in sorted(KNOWN)))
    template = template_of(LetterKind.SP2HP, own=folder)
    assert template.own
    assert "MILIK KESATUAN" in text_of(make_letter(content_of(WORDS), template).docx)


def test_placeholders_that_are_missing_or_unknown_are_named_before_a_letter_is_made(own: Callable[..., Path]) -> None:
    names = sorted(KNOWN - {"rencana", "penyidik_surel"})
    folder = own(*("{{ " + name + " }}" for name in names), "{{ nama_saksi }}")
    with pytest.raises(TemplateRefused) as refused:
        template_of(LetterKind.SP2HP, own=folder)
    assert refused.value.code is DomainCode.LETTER_TEMPLATE
    assert refused.value.missing == ("penyidik_surel", "rencana")
    assert refused.value.unknown == ("nama_saksi",)


@pytest.mark.parametrize("wrong", ["{{ kop", "{% for x in kop %}", "{{ kop.__class__.__mro__ }}", "{{ kop | tidak }}"])
def test_a_template_that_is_no_template_is_refused(own: Callable[..., Path], wrong: str) -> None:
    folder = own(*("{{ " + name + " }}" for name in sorted(KNOWN)), wrong)
    with pytest.raises(TemplateRefused):
        make_letter(content_of(WORDS), template_of(LetterKind.SP2HP, own=folder))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"], ids=["empty", "text", "broken"])
def test_a_file_that_is_no_word_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sp2hp.docx").write_bytes(content)
    with pytest.raises(TemplateRefused):
        template_of(LetterKind.SP2HP, own=tmp_path)


def test_a_zip_of_something_else_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sp2hp.docx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(TemplateRefused):
        template_of(LetterKind.SP2HP, own=tmp_path)
    (tmp_path / "sp2hp.docx").write_bytes(bytes(LARGEST_TEMPLATE + 1))
    with pytest.raises(TemplateRefused):
        template_of(LetterKind.SP2HP, own=tmp_path)


def test_every_name_of_a_placeholder_is_filled_in_for_every_kind() -> None:
    assert all(set(context_of(content_of(words))) == KNOWN for words in KINDS)


def test_references_go_on_after_z() -> None:
    words = replace(WORDS, code=LetterCode.A3, sprindik="SP.Sidik/1", references="\n".join(map(str, range(26))))
    rows = cast("list[dict[str, str]]", context_of(content_of(words))["rujukan"])
    assert [row["huruf"] for row in rows][-3:] == ["z", "aa", "ab"]
    assert rows[1]["teks"] == "Surat Perintah Penyidikan Nomor SP.Sidik/1;"
    assert rows[-1]["teks"] == "25."


def change(minutes: int, state: CameraState) -> HealthChange:
    return HealthChange("CAM", AT + timedelta(minutes=minutes), state)


def test_the_history_of_a_camera_covers_the_whole_range_without_a_hole() -> None:
    history = CameraHistory(
        (change(-60, CameraState.WORKING), change(5, CameraState.LOST), change(10, CameraState.WORKING)),
        (),
        known_until=AT + timedelta(minutes=20),
    )
    spans = spans_of("CAM", history, since=AT, until=AT + timedelta(minutes=30))
    assert [(span.state, (span.until - span.since).total_seconds() / 60) for span in spans] == [
        (CameraState.WORKING, 5), (CameraState.LOST, 5), (CameraState.WORKING, 10), (CameraState.UNKNOWN, 10),
    ]  # fmt: skip
    assert (spans[0].since, spans[-1].until) == (AT, AT + timedelta(minutes=30))


def test_of_a_camera_without_a_history_nobody_knows() -> None:
    (span,) = spans_of("CAM", CameraHistory((), (), None), since=AT, until=AT + timedelta(minutes=1))
    assert span.state is CameraState.UNKNOWN


def test_a_date_is_written_out_whatever_the_system_says() -> None:
    assert context_of(replace(content_of(WORDS), day=date(2025, 8, 1)))["tanggal"] == "1 Agustus 2025"


def test_a_word_file_that_gives_no_pdf_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def from_bytes(_content: bytes) -> None:
            raise rdocx.LayoutError("no layout")

    monkeypatch.setattr(rdocx, "Document", Broken)
    with pytest.raises(Fault) as failed:
        make_letter(content_of(WORDS), template_of(LetterKind.SP2HP, own=NOWHERE))
    assert failed.value.code is FaultCode.LETTER_FAILED
