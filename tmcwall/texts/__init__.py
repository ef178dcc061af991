"""Every sentence the program says, as a typed pair: Indonesian, the default, and English.

A pair stands in the module of the screen that says it; codes of faults and states are mapped to pairs in `faults` and
`states`. Both languages are required by the type checker, so nothing can be left untranslated (ADR 0002). This package
needs no Qt: the server and the command line say the same sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tmcwall.domain.station_zone import StationZone


class Language(StrEnum):
    ID = "id"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in both languages, with `{name}` fields as `str.format` has them."""

    id: str
    en: str


class Translator:
    """Says texts in one language, and moments in the station's zone (`zone`).

    Handed to every window and command through its constructor.
    """

    def __init__(self, language: Language = Language.ID, *, zone: StationZone = StationZone.WIB) -> None:
        self.language = language
        self.zone = zone

    def __call__(self, text: Text, /, **fields: object) -> str:
        template = text.en if self.language is Language.EN else text.id
        return template.format(**fields) if fields else template
