"""Pages that the program words itself, without a template: how they begin, and their archived PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

import rdocx
from docx import Document
from docx.document import Document as Page
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from tmcwall.domain.fault import Fault, FaultCode


def new_page(station: Sequence[str], title: str, *, landscape: bool = False) -> Page:
    """A4 with the station's head, line by line, and the title in the middle."""
    document = Document()
    section = document.sections[0]
    width, height = Cm(21.0), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        width, height = height, width
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Cm(1.7 if landscape else 2.1)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9 if landscape else 10)
    style.paragraph_format.space_after = Pt(2)
    for line in station:
        document.add_paragraph(line)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.add_run(title).bold = True
    return document


def name_page(document: Page, title: str, *, made_at: datetime) -> None:
    """Its properties: the same content gives the same bytes."""
    properties = document.core_properties
    properties.title, properties.author = title, "tmcwall"
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def archived_pdf(document: Page) -> bytes:
    """PDF/A-2b. Takes about 0.2 s: not in the GUI thread. Raises Fault(LETTER_FAILED)."""
    made = BytesIO()
    document.save(made)
    try:
        return rdocx.Document.from_bytes(made.getvalue()).to_pdfa_deterministic()
    except rdocx.RdocxError as error:
        raise Fault(FaultCode.LETTER_FAILED, str(error)[:200], retryable=False) from error
