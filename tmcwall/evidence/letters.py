"""Makes a letter: the Word file that the unit may go on editing, and the PDF/A that is archived, both hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from io import BytesIO

import rdocx

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.evidence.letter_content import LetterContent, context_of
from tmcwall.evidence.letter_templates import UNREADABLE, Template, TemplateRefused, opened, sandbox


@dataclass(frozen=True, slots=True)
class MadeLetter:
    docx: bytes
    pdf: bytes
    """PDF/A-2b: the same bytes for the same Word file."""
    remarks: tuple[str, ...]
    """What the making of the PDF remarked on: the page is to be looked at in Word."""

    @property
    def docx_sha256(self) -> str:
        return sha256(self.docx).hexdigest()

    @property
    def pdf_sha256(self) -> str:
        return sha256(self.pdf).hexdigest()


def make_letter(content: LetterContent, template: Template) -> MadeLetter:
    """Takes about 0.2 s: not in the GUI thread.

    Raises TemplateRefused, and Fault(LETTER_FAILED) where the Word file gives no PDF.
    """
    docx = _filled(content, template)
    try:
        document = rdocx.Document.from_bytes(docx)
        pdf = document.to_pdfa_deterministic()
        _, remarks = document.to_pdf_with_diagnostics()
    except rdocx.RdocxError as error:
        raise Fault(FaultCode.LETTER_FAILED, str(error)[:200], retryable=False) from error
    return MadeLetter(docx, pdf, tuple(remarks))


def _filled(content: LetterContent, template: Template) -> bytes:
    try:
        document = opened(template)
        document.render(context_of(content), sandbox(), autoescape=True)
        properties = document.docx.core_properties
        properties.title, properties.author = f"{content.subject} {content.number}", ""
        properties.created = properties.modified = datetime.combine(content.day, time(), UTC)
        written = BytesIO()
        document.save(written)
    except UNREADABLE as error:
        raise TemplateRefused(template.path.name) from error
    return written.getvalue()
