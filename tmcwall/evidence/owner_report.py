"""The monthly list to an owner of cameras: how available each was, since when it is dead, what was repaired.

What nobody looked at is said, and never counted as working. The words are Indonesian, as those of letters are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from docx.document import Document as Page
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt
from docx.table import _Row

from tmcwall.domain.clock import MONTHS_ID
from tmcwall.domain.history import Uptime
from tmcwall.domain.repair import CauseClass, Repair
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.plain_pages import archived_pdf, name_page, new_page
from tmcwall.spreadsheet_csv import spreadsheet_csv

CAUSES_ID: Final = {
    CauseClass.POWER: "listrik",
    CauseClass.NETWORK: "jaringan",
    CauseClass.CAMERA: "kamera",
    CauseClass.RECORDER: "perekam (NVR)",
    CauseClass.MOVED: "kamera dipindah",
    CauseClass.UNPAID: "langganan tak dibayar",
    CauseClass.OTHER: "lain-lain",
}
_HEADS: Final = ("No.", "Kamera", "Tempat", "Diamati (jam)", "Tersedia", "Mati sejak ({zone})", "Perbaikan")
_WIDTHS_CM: Final = (1.1, 5.6, 4.0, 2.0, 2.0, 3.6, 8.0)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One camera in the month."""

    camera_id: str
    name: str
    place: str
    uptime: Uptime
    down_since: datetime | None
    """If it was without picture at the end of the month."""
    repairs: Sequence[Repair]


@dataclass(frozen=True, slots=True)
class OwnerReport:
    """All that a list says."""

    owner: str
    """As letters address him."""
    month: date
    """Its first day."""
    since: datetime
    until: datetime
    rows: Sequence[ReportRow]
    station: Sequence[str]
    """The head of letters, line by line."""
    made_at: datetime
    zone: StationZone

    @property
    def month_text(self) -> str:
        return f"{MONTHS_ID[self.month.month - 1]} {self.month.year}"


def csv_of(report: OwnerReport) -> bytes:
    """As spreadsheets here open it; numbers with a comma."""
    heading = (
        "id",
        "kamera",
        "tempat",
        "diamati_jam",
        "tersedia_persen",
        f"mati_sejak_{report.zone}".lower(),
        "perbaikan",
    )
    return spreadsheet_csv(
        heading,
        *(
            (
                row.camera_id,
                row.name,
                row.place,
                _hours(row.uptime),
                _percent(row.uptime),
                _local(row.down_since, report.zone),
                repair_words(row.repairs),
            )
            for row in report.rows
        ),
    )


def pdf_of(report: OwnerReport) -> bytes:
    """PDF/A-2b. Takes about 0.2 s: not in the GUI thread. Raises Fault(LETTER_FAILED)."""
    return archived_pdf(page_of(report))


def page_of(report: OwnerReport) -> Page:
    """As a Word file, on its side."""
    title = f"DAFTAR KEADAAN KAMERA CCTV, {report.month_text.upper()}"
    document = new_page(report.station, title, landscape=True)
    document.add_paragraph(f"Kepada: {report.owner}")
    document.add_paragraph(_summary(report))
    _add_table(document, report)
    note = document.add_paragraph(
        '"Diamati" ialah waktu kamera dilihat atau direkam oleh TMC; "tersedia" ialah bagian dari waktu itu dengan '
        "gambar. Waktu yang tidak diamati tidak dihitung, baik sebagai hidup maupun sebagai mati."
    )
    note.paragraph_format.space_before = Pt(6)
    document.add_paragraph(f"Dibuat pada {report.zone.long_text(report.made_at)}.")
    name_page(document, f"Daftar keadaan kamera CCTV {report.month:%Y-%m}", made_at=report.made_at)
    return document


def repair_words(repairs: Sequence[Repair]) -> str:
    """All of a camera in one cell: cause, who was told and when, the answer, when it was done."""
    return " | ".join(_repair(one) for one in repairs)


def _repair(repair: Repair) -> str:
    parts = [CAUSES_ID[repair.cause], repair.words]
    if repair.told:
        parts.append(f"diberitahukan kepada {repair.told}{_on(repair.told_on)}")
    if repair.answer:
        parts.append(f"jawaban{_on(repair.answered_on)}: {repair.answer}")
    done = (
        f"selesai{_on(repair.done_on)} {repair.done_words}".strip() if repair.done_on is not None else "belum selesai"
    )
    return "; ".join(part for part in (*parts, done) if part)


def _on(day: date | None) -> str:
    return f" {day:%d-%m-%Y}" if day is not None else ""


def _summary(report: OwnerReport) -> str:
    seen = [row for row in report.rows if row.uptime.share is not None]
    dead = sum(row.down_since is not None for row in report.rows)
    total = sum((row.uptime for row in report.rows), Uptime())
    words = f"{len(report.rows)} kamera; {len(seen)} diamati; {dead} tanpa gambar pada akhir bulan"
    return f"{words}; tersedia {_percent(total)} % dari waktu yang diamati." if seen else f"{words}."


def _add_table(document: Page, report: OwnerReport) -> None:
    table = document.add_table(rows=1, cols=len(_HEADS))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, _HEADS, strict=True):
        cell.text = text.format(zone=report.zone)
        for run in cell.paragraphs[0].runs:
            run.bold = True
    _mark_row(table.rows[0], "w:tblHeader")
    for number, row in enumerate(report.rows, start=1):
        share = f"{_percent(row.uptime)} %" if row.uptime.share is not None else "tidak diamati"
        texts = (
            str(number),
            f"{row.name} ({row.camera_id})",
            row.place,
            _hours(row.uptime),
            share,
            _local(row.down_since, report.zone),
            repair_words(row.repairs),
        )
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    for column, width in zip(table.columns, _WIDTHS_CM, strict=True):
        column.width = Cm(width)
    for made in table.rows:
        _mark_row(made, "w:cantSplit")
        for cell, width in zip(made.cells, _WIDTHS_CM, strict=True):
            cell.width = Cm(width)


def _mark_row(row: _Row, mark: str) -> None:
    """A property of a row for which python-docx has no word: repeated on every page, or not split between two."""
    row._tr.get_or_add_trPr().append(OxmlElement(mark))  # noqa: SLF001


def _hours(uptime: Uptime) -> str:
    return f"{timedelta(seconds=uptime.known_s) / timedelta(hours=1):.1f}".replace(".", ",")


def _percent(uptime: Uptime) -> str:
    return f"{uptime.share * 100:.1f}".replace(".", ",") if uptime.share is not None else ""


def _local(at: datetime | None, zone: StationZone) -> str:
    return f"{zone.date_of(at):%d-%m-%Y} {zone.time_of_day(at)}" if at is not None else ""
