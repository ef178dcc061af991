"""Writes the shipped templates of letters to `resources/templates`: `python packaging/letter_templates.py`.

What stands in double braces is filled in by `tmcwall.evidence.letters`; a unit edits its copies in Word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docx import Document
from docx.document import Document as Letter
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

TEMPLATES: Final = Path(__file__).resolve().parents[1] / "resources" / "templates"
_FONT: Final = "Arial"
_WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_CENTRE, _RIGHT, _BLOCK = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
_WIDTH: Final = Cm(16.5)


def empty_letter(title: str) -> Letter:
    letter = Document()
    section = letter.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.5), Cm(2.0)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.8)
    style = letter.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    properties = letter.core_properties
    properties.title, properties.author, properties.comments = title, "tmcwall", ""
    properties.created = properties.modified = _WRITTEN
    return letter


def line(
    place: Letter | _Cell,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    bold: bool = False,
    underline: bool = False,
    size_pt: float | None = None,
    indent_cm: float = 0.0,
    hanging_cm: float = 0.0,
    before_pt: float = 0.0,
) -> Paragraph:
    paragraph = place.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.underline = bold, underline
    if size_pt is not None:
        run.font.size = Pt(size_pt)
    form = paragraph.paragraph_format
    form.alignment = align
    form.space_before = Pt(before_pt)
    form.left_indent = Cm(indent_cm)
    form.first_line_indent = Cm(-hanging_cm) if hanging_cm else None
    return paragraph


def lines(place: Letter | _Cell, name: str, *, align: WD_ALIGN_PARAGRAPH | None = None, indent_cm: float = 0.0) -> None:
    """A paragraph for each entry of a list."""
    line(place, "{%p for baris in " + name + " %}")
    line(place, "{{ baris }}", align=align, indent_cm=indent_cm)
    line(place, "{%p endfor %}")


def heading(letter: Letter, number: int, text: str) -> None:
    paragraph = line(letter, f"{number}.\t{text}", indent_cm=0.8, hanging_cm=0.8, before_pt=5)
    paragraph.paragraph_format.keep_with_next = True


def table(letter: Letter, widths_cm: Iterable[float], *, rows: int = 1, grid: bool = False) -> Table:
    widths = [Cm(width) for width in widths_cm]
    made = letter.add_table(rows=rows, cols=len(widths))
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    if grid:
        made.style = "Table Grid"
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    return made


def emptied(cell: _Cell) -> _Cell:
    """Without the paragraph that a new cell has; the first `line` takes its place."""
    first = cell.paragraphs[0]._element  # noqa: SLF001 - python-docx has no other way to take a paragraph out
    first.getparent().remove(first)
    return cell


def cell_line(cell: _Cell, text: str, *, bold: bool = False, size_pt: float | None = None) -> None:
    line(emptied(cell), text, bold=bold, size_pt=size_pt)


def head(letter: Letter, *, code: bool) -> None:
    """The unit's head at the left, over a line; the code of the letter in the right corner."""
    made = table(letter, (9.8, 6.7))
    left, right = (emptied(cell) for cell in made.rows[0].cells)
    lines(left, "kop", align=_CENTRE)
    under = line(left, "{{ alamat_kesatuan }}", align=_CENTRE, size_pt=9, underline=False)
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    under._p.get_or_add_pPr().append(border)  # noqa: SLF001 - python-docx knows no borders of paragraphs
    line(right, "{{ kode }}" if code else "", align=_RIGHT, bold=True, size_pt=14)


def address_block(letter: Letter, *, salutation: str) -> None:
    """Number, class, attachments and subject at the left; place, date and addressee at the right."""
    line(letter, "{{ tempat }}, {{ tanggal }}", align=_RIGHT, before_pt=8)
    made = table(letter, (2.3, 0.5, 6.7, 7.0), rows=4)
    rows = (("Nomor", "nomor"), ("Klasifikasi", "klasifikasi"), ("Lampiran", "lampiran"), ("Perihal", "perihal"))
    for row, (label, name) in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells[:3], (label, ":", "{{ " + name + " }}"), strict=True):
            cell_line(cell, text)
    right = emptied(made.cell(0, 3).merge(made.cell(3, 3)))
    for spare in right.paragraphs:
        spare._element.getparent().remove(spare._element)  # noqa: SLF001 - see `emptied`
    line(right, "Kepada")
    line(right, f"Yth. {salutation}" + "{{ kepada }}", before_pt=2)
    lines(right, "alamat", indent_cm=0.9)


def contact(letter: Letter, number: int, text: str) -> None:
    heading(letter, number, text)
    for label, name in (
        ("Nama", "penyidik_nama"),
        ("Pangkat/NRP", "penyidik_pangkat_nrp"),
        ("Telepon", "penyidik_telepon"),
        ("Surel", "penyidik_surel"),
    ):
        paragraph = line(letter, f"{label}\t: " + "{{ " + name + " }}", indent_cm=0.8)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(4.0))
        paragraph.paragraph_format.keep_with_next = name != "penyidik_surel"


def signature(letter: Letter) -> None:
    made = table(letter, (8.0, 8.5))
    right = emptied(made.rows[0].cells[1])
    line(right, "", before_pt=6)
    lines(right, "penandatangan_jabatan", align=_CENTRE)
    for _ in range(3):
        line(right, "")
    line(right, "{{ penandatangan_nama }}", align=_CENTRE, bold=True, underline=True)
    line(right, "{{ penandatangan_pangkat_nrp }}", align=_CENTRE)
    keep_together(made)


def keep_together(made: Table) -> None:
    for row in made.rows:
        mark = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx knows no rows that stay together


def copies(letter: Letter) -> None:
    line(letter, "{%p if tembusan %}")
    line(letter, "Tembusan:", before_pt=6, size_pt=10)
    line(letter, "{%p for baris in tembusan %}")
    line(letter, "{{ loop.index }}. {{ baris }}", size_pt=10)
    line(letter, "{%p endfor %}")
    line(letter, "{%p endif %}")


def receipt(letter: Letter) -> None:
    """The strip that stays with the unit."""
    line(letter, "TANDA TERIMA", bold=True, before_pt=8, size_pt=9)
    made = table(letter, (6.0, 4.5, 6.0), grid=True)
    for cell, text in zip(
        made.rows[0].cells, ("Nama penerima:\n\n", "Tanggal terima:\n\n", "Tanda tangan:\n\n"), strict=True
    ):
        cell_line(cell, text, size_pt=9)
    keep_together(made)


def footage(letter: Letter) -> None:
    """A row for each clip."""
    made = table(letter, (1.0, 5.2, 4.6, 5.7), rows=4, grid=True)
    titles = ("No.", "Kamera", "Waktu rekaman ({{ zona }})", "SHA-256")
    for cell, text in zip(made.rows[0].cells, titles, strict=True):
        cell_line(cell, text, bold=True, size_pt=9)
    row_loop(made, "rekaman", ("{{ satu.nomor }}", "{{ satu.kamera }}", "{{ satu.waktu }}", "{{ satu.sha256 }}"))


def row_loop(made: Table, name: str, texts: tuple[str, ...]) -> None:
    """Rows 1 to 3 of a table: the loop's beginning, its row and its end."""
    cell_line(made.rows[1].cells[0], "{%tr for satu in " + name + " %}")
    for cell, text in zip(made.rows[2].cells, texts, strict=True):
        cell_line(cell, text, size_pt=8)
    cell_line(made.rows[3].cells[0], "{%tr endfor %}")
    keep_together(made)


def sp2hp() -> Letter:
    letter = empty_letter("SP2HP")
    head(letter, code=True)
    address_block(letter, salutation="Sdr./Sdri. ")
    heading(letter, 1, "Rujukan:")
    line(letter, "{%p for baris in rujukan %}")
    line(letter, "{{ baris.huruf }}.\t{{ baris.teks }}", indent_cm=1.6, hanging_cm=0.8)
    line(letter, "{%p endfor %}")
    heading(letter, 2, "Bersama ini diberitahukan kepada Saudara/Saudari sebagai pelapor (SP2HP ke-{{ ke }}):")
    for label, name in (
        ("a.\tPokok perkara:", "pokok_perkara"),
        ("b.\tTindakan yang telah dilakukan dan hasilnya:", "tindakan"),
        ("c.\tHambatan:", "hambatan"),
        ("d.\tRencana tindak lanjut:", "rencana"),
    ):
        paragraph = line(letter, label, indent_cm=1.6, hanging_cm=0.8, before_pt=3)
        paragraph.paragraph_format.keep_with_next = True
        lines(letter, name, align=_BLOCK, indent_cm=1.6)
    contact(letter, 3, "Penyidik yang menangani dan dapat dihubungi:")
    heading(letter, 4, "Demikian untuk menjadi maklum.")
    signature(letter)
    copies(letter)
    receipt(letter)
    return letter


def footage_request() -> Letter:
    letter = empty_letter("Permohonan rekaman CCTV")
    head(letter, code=False)
    address_block(letter, salutation="")
    heading(letter, 1, "Rujukan:")
    line(letter, "{%p for baris in rujukan %}")
    line(letter, "{{ baris.huruf }}.\t{{ baris.teks }}", indent_cm=1.6, hanging_cm=0.8)
    line(letter, "{%p endfor %}")
    heading(
        letter, 2,
        "Sehubungan dengan rujukan di atas, mohon agar rekaman berikut disimpan, tidak dihapus dan tidak ditimpa, dan "
        "salinannya diserahkan kepada penyidik:",
    )  # fmt: skip
    lines(letter, "pokok_perkara", align=_BLOCK, indent_cm=0.8)
    heading(
        letter, 3,
        "Mohon rekaman diserahkan dalam bentuk aslinya dari perekam, tanpa diubah atau dikonversi, bersama catatan "
        "selisih jam perekam terhadap waktu sebenarnya. Penyerahan dicatat dalam berita acara.",
    )  # fmt: skip
    contact(letter, 4, "Penyidik yang menangani dan dapat dihubungi:")
    heading(letter, 5, "Demikian, atas bantuan dan kerja samanya diucapkan terima kasih.")
    signature(letter)
    copies(letter)
    receipt(letter)
    return letter


def handover() -> Letter:
    letter = empty_letter("Berita acara penyerahan rekaman")
    head(letter, code=False)
    line(letter, "BERITA ACARA PENYERAHAN REKAMAN CCTV", align=_CENTRE, bold=True, underline=True, before_pt=14)
    line(letter, "Nomor: {{ nomor }}", align=_CENTRE)
    line(
        letter,
        "Pada hari ini, {{ hari }} tanggal {{ tanggal }}, bertempat di {{ tempat }}, saya, {{ penyidik_nama }}, "
        "{{ penyidik_pangkat_nrp }}, telah menyerahkan rekaman CCTV tersebut di bawah ini kepada {{ kepada }}, "
        "sehubungan dengan Laporan Polisi Nomor {{ lp }} tanggal {{ tanggal_lp }}.",
        align=_BLOCK, before_pt=10,
    )  # fmt: skip
    line(letter, "{%p for baris in pokok_perkara %}")
    line(letter, "{{ baris }}", align=_BLOCK, before_pt=5)
    line(letter, "{%p endfor %}")
    line(letter, "Rekaman yang diserahkan:", before_pt=6).paragraph_format.space_after = Pt(3)
    footage(letter)
    line(
        letter,
        "SHA-256 ialah sidik dari seluruh isi berkas. Siapa pun dapat menghitungnya kembali; bila berkas berubah satu "
        "bita pun, sidiknya berbeda.",
        align=_BLOCK, size_pt=9, before_pt=4,
    )  # fmt: skip
    line(letter, "Demikian berita acara ini dibuat dengan sebenarnya dan ditandatangani oleh kedua pihak.", before_pt=6)
    made = table(letter, (8.2, 8.3))
    left, right = (emptied(cell) for cell in made.rows[0].cells)
    for side, title, name, below in (
        (left, "Yang menerima,", "{{ kepada }}", ""),
        (right, "Yang menyerahkan,", "{{ penyidik_nama }}", "{{ penyidik_pangkat_nrp }}"),
    ):
        line(side, title, align=_CENTRE, before_pt=10)
        for _ in range(3):
            line(side, "")
        line(side, name, align=_CENTRE, bold=True, underline=True)
        line(side, below, align=_CENTRE)
    keep_together(made)
    return letter


def availability() -> Letter:
    letter = empty_letter("Keterangan ketersediaan rekaman")
    head(letter, code=False)
    line(letter, "SURAT KETERANGAN KETERSEDIAAN REKAMAN CCTV", align=_CENTRE, bold=True, underline=True, before_pt=14)
    line(letter, "Nomor: {{ nomor }}", align=_CENTRE)
    line(
        letter,
        "Yang bertanda tangan di bawah ini menerangkan kepada {{ kepada }}, sehubungan dengan Laporan Polisi Nomor "
        "{{ lp }} tanggal {{ tanggal_lp }}, keadaan kamera CCTV berikut menurut riwayat yang dicatat tempat kerja TMC:",
        align=_BLOCK, before_pt=10,
    ).paragraph_format.space_after = Pt(3)  # fmt: skip
    made = table(letter, (5.0, 5.6, 5.9), rows=4, grid=True)
    for cell, text in zip(made.rows[0].cells, ("Kamera", "Waktu ({{ zona }})", "Keadaan"), strict=True):
        cell_line(cell, text, bold=True, size_pt=9)
    row_loop(made, "keadaan", ("{{ satu.kamera }}", "{{ satu.waktu }}", "{{ satu.keadaan }}"))
    line(letter, "{%p for baris in pokok_perkara %}")
    line(letter, "{{ baris }}", align=_BLOCK, before_pt=5)
    line(letter, "{%p endfor %}")
    line(letter, "Rekaman yang disimpan:", before_pt=6).paragraph_format.space_after = Pt(3)
    footage(letter)
    line(
        letter,
        '"Tidak diamati" berarti tidak ada yang melihat kamera itu pada waktu tersebut, sehingga tidak diketahui '
        "apakah kamera bekerja. Petugas yang membuat: {{ penyidik_nama }}, {{ penyidik_pangkat_nrp }}.",
        align=_BLOCK, size_pt=9, before_pt=4,
    )  # fmt: skip
    line(letter, "{{ tempat }}, {{ tanggal }}", align=_RIGHT, before_pt=8)
    signature(letter)
    return letter


if __name__ == "__main__":
    TEMPLATES.mkdir(exist_ok=True)
    for name, make in (
        ("sp2hp", sp2hp),
        ("permohonan_rekaman", footage_request),
        ("berita_acara_penyerahan", handover),
        ("keterangan_ketersediaan", availability),
    ):
        make().save(str(TEMPLATES / f"{name}.docx"))
