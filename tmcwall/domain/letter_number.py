"""Numbers of letters, in the form that a station writes them: `B/123/IV/RES.1.8./2025/Satreskrim`.

The parts are those of Perkap 1/2023 (naskah dinas); how stations put them together differs (domain notes 1.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Final

ROMAN_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LARGEST_SEQUENCE: Final = 999_999
_PARTS: Final = frozenset({"sifat", "urut", "bulan", "klasifikasi", "tahun", "satuan"})
_NEEDED: Final = frozenset({"urut", "tahun"})
_LONGEST_FORMAT: Final = 120


class Secrecy(StrEnum):
    """The class of a letter, printed on it in full."""

    ORDINARY = "BIASA"
    RESTRICTED = "TERBATAS"
    CONFIDENTIAL = "RAHASIA"


@dataclass(frozen=True, slots=True)
class NumberParts:
    """What goes into the number of a letter."""

    sequence: int
    """The running number of the year (urut)."""
    day: date
    """The letter's date: its month in Roman figures, and its year."""
    archive_code: str
    """Klasifikasi arsip, such as `RES.1.8.`; free text, for its list is not published."""
    unit_code: str
    secrecy: Secrecy = Secrecy.ORDINARY


def is_number_format(form: str) -> bool:
    """Whether it holds `{urut}` and `{tahun}`, so that no two letters get one number, and only parts that there are."""
    try:
        found = list(Formatter().parse(form))
    except ValueError:
        return False
    names = {name for _, name, _, _ in found if name is not None}
    plain = not any(spec or conversion for _, _, spec, conversion in found)
    return plain and names >= _NEEDED and names <= _PARTS and len(form) <= _LONGEST_FORMAT and form.isprintable()


def written_number(form: str, parts: NumberParts) -> str:
    """The number as it is printed. `form` has been checked."""
    return form.format(
        sifat=parts.secrecy.value[0],
        urut=parts.sequence,
        bulan=ROMAN_MONTHS[parts.day.month - 1],
        klasifikasi=parts.archive_code,
        tahun=parts.day.year,
        satuan=parts.unit_code,
    )
