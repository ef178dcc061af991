"""Signatures of a PDF are looked at by a process of its own, whatever the file does to it."""

from __future__ import annotations

from pathlib import Path

from tests.letters import CASE, DAY, STATION, WORDS
from tmcwall.domain.letter import LetterKind
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.letter_content import LetterContent
from tmcwall.evidence.letter_templates import template_of
from tmcwall.evidence.letters import make_letter
from tmcwall.evidence.signed_pdf import examine_signatures


def test_a_letter_without_a_signature_has_none_and_what_cannot_be_read_is_not_examined() -> None:
    content = LetterContent(WORDS, CASE, STATION, 1, "B/1/III/2025", "perihal", DAY, 1, (), (), StationZone.WIB)
    pdf = make_letter(content, template_of(LetterKind.SP2HP, own=Path("/nowhere"))).pdf
    assert examine_signatures(pdf) == ()
    assert examine_signatures(b"%PDF-1.7 no more") is None


def test_a_process_that_takes_too_long_is_ended() -> None:
    assert examine_signatures(b"%PDF-1.7", limit_s=0.001) is None
