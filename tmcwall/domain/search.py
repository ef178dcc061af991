"""What an officer searches footage by, and how the words that he types are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tmcwall.domain.case import LpOutcome, parse_lp
from tmcwall.domain.incident import IncidentType
from tmcwall.domain.region import Regions, normalise_rt_rw, without_rt_rw

LONGEST_SEARCH: Final = 200
"""Characters; what is typed beyond them is left out."""
_MOST_WORDS_OF_A_NAME: Final = 3
"""Of a kelurahan: `Tidar Utara`, `Karangkidul Tengah Lor`."""


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """Words that stand together, the last of them perhaps only begun; or footage of one of those kelurahan."""

    text: str
    adm4: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """All that is given has to hold. Nothing given: all footage."""

    words: tuple[SoughtWord, ...] = ()
    """In the report number, the note, or the names of camera and place."""
    lp: str = ""
    """A report number or its beginning, in any spelling."""
    since: datetime | None = None
    until: datetime | None = None
    """Footage that touches this range, both ends included."""
    adm: str = ""
    """A Kemendagri code of any level."""
    rw: str = ""
    rt: str = ""
    """As they are stored: three digits. The place of the camera, or of the incident."""
    camera_id: str = ""
    incident_type: IncidentType | None = None
    officer: str = ""
    """NRP of who tagged it, or a part of the name."""


def read_search(text: str, regions: Regions | None = None) -> Search:
    """What one line means: a whole report number, or words, RT and RW, and names of kelurahan among them.

    A kelurahan's name is a word, too: it may stand in a note.
    """
    shown = text[:LONGEST_SEARCH]
    if parse_lp(shown).outcome is not LpOutcome.REJECTED:
        return Search(lp=shown)
    place = normalise_rt_rw(shown)
    rest = without_rt_rw(shown) if place is not None else shown
    words = tuple(_sought(rest.split(), regions))
    return Search(words, rt=place.rt if place else "", rw=place.rw if place else "")


def tokens(text: str) -> list[str]:
    """The parts of a text that are searched for: runs of letters and digits."""
    return re.findall(r"[^\W_]+", text)


def _sought(words: list[str], regions: Regions | None) -> list[SoughtWord]:
    found = []
    while words:
        taken = 1
        codes: tuple[str, ...] = ()
        for count in range(min(_MOST_WORDS_OF_A_NAME, len(words)), 0, -1):
            named = regions.named(" ".join(words[:count])) if regions is not None else ()
            if named:
                taken, codes = count, tuple(one.adm4 for one in named)
                break
        found.append(SoughtWord(" ".join(words[:taken]), codes))
        words = words[taken:]
    return [word for word in found if tokens(word.text)]
