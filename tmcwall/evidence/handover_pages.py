"""The pages of a shift handover: the same words as HTML and as PDF/A. The words are Indonesian, as those of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from docx.shared import Cm, Pt
from docx.table import Table
from jinja2 import Environment, StrictUndefined

from tmcwall.domain.officer import Officer
from tmcwall.domain.shift_report import Handover, Section, ShiftReport
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.plain_pages import archived_pdf, name_page, new_page

_TITLE: Final = "LAPORAN SERAH TERIMA DINAS TMC"
_ROOM_CM: Final = 16.8
_HTML: Final = """<!DOCTYPE html>
<html lang="id"><head><meta charset="utf-8"><title>{{ title }}</title><style>
body { font-family: Arial, sans-serif; font-size: 10pt; max-width: 21cm; margin: 1cm auto; }
body { color: #000; background: #fff; }
h1 { font-size: 14pt; text-align: center; } h2 { font-size: 11pt; margin: 1em 0 0.3em; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid #666; padding: 3px 5px; text-align: left; }
td.sign { border: none; width: 50%; padding-top: 1.5em; }
</style></head><body>
{% for line in station %}<div>{{ line }}</div>
{% endfor %}<h1>{{ title }}</h1>
<p>{{ opening }}</p>
{% for section in sections %}<h2>{{ section.title }}</h2>
{% if section.rows %}<table><tr>{% for head in section.heads %}<th>{{ head }}</th>{% endfor %}</tr>
{% for row in section.rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>{% else %}<p>{{ section.nothing }}</p>{% endif %}
{% endfor %}<h2>Catatan</h2><p>{{ remark }}</p>
{% if signatures %}<table><tr>{% for lines in signatures %}<td class="sign">
{% for line in lines %}{{ line }}<br>{% endfor %}</td>
{% endfor %}</tr></table>{% endif %}</body></html>
"""


@dataclass(frozen=True, slots=True)
class HandoverPages:
    """What stands on them. Without `handover` nobody has signed yet."""

    report: ShiftReport
    sections: Sequence[Section]
    station: Sequence[str]
    """The head of letters, line by line."""
    zone: StationZone
    handover: Handover | None = None

    @property
    def opening(self) -> str:
        made = self.zone.long_text(self.report.made_at)
        return f"Keadaan pada {made} menurut tempat kerja TMC {self.report.workstation}."

    @property
    def remark(self) -> str:
        return self.report.remark or "Tidak ada catatan."

    @property
    def signatures(self) -> Sequence[Sequence[str]]:
        """Of who hands over and who takes over; empty before."""
        if self.handover is None:
            return ()
        at = self.zone.long_text(self.handover.signed_at)
        return [
            ("Yang menyerahkan,", *_named(self.handover.given_by), f"masuk dinas dengan sandi; {at}"),
            ("Yang menerima,", *_named(self.handover.taken_by), f"menyatakan menerima dengan sandi; {at}"),
        ]


def html_of(pages: HandoverPages) -> bytes:
    """One file without links: nothing is fetched when it is opened."""
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_HTML)
    return template.render(
        title=_TITLE,
        station=pages.station,
        opening=pages.opening,
        sections=pages.sections,
        remark=pages.remark,
        signatures=pages.signatures,
    ).encode()


def pdf_of(pages: HandoverPages) -> bytes:
    """PDF/A. Takes about 0.2 s: not in the GUI thread. Raises Fault(LETTER_FAILED)."""
    document = new_page(pages.station, _TITLE)
    document.add_paragraph(pages.opening)
    for part in pages.sections:
        heading = document.add_paragraph()
        heading.paragraph_format.space_before = Pt(8)
        heading.add_run(part.title).bold = True
        if not part.rows:
            document.add_paragraph(part.nothing)
            continue
        _add_table(document.add_table(rows=1 + len(part.rows), cols=len(part.heads)), part)
    heading = document.add_paragraph()
    heading.paragraph_format.space_before = Pt(8)
    heading.add_run("Catatan").bold = True
    document.add_paragraph(pages.remark)
    if pages.signatures:
        table = document.add_table(rows=1, cols=2)
        for cell, lines in zip(table.rows[0].cells, pages.signatures, strict=True):
            cell.text = "\n".join(("", *lines))
            cell.width = Cm(_ROOM_CM / 2)
    name_page(document, "Laporan serah terima dinas TMC", made_at=pages.report.made_at)
    return archived_pdf(document)


def _add_table(table: Table, part: Section) -> None:
    table.style = "Table Grid"
    for row, texts in zip(table.rows, (part.heads, *part.rows), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
            cell.width = Cm(_ROOM_CM / len(part.heads))


def _named(officer: Officer) -> tuple[str, str]:
    return f"{officer.rank} {officer.name}".strip(), f"NRP {officer.nrp}"
