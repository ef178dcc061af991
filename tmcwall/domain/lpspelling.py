"""Report numbers as letters, chats and spreadsheets carry them, brought to one spelling.

`LP/{A|B}/{number}/{Roman month}/{year}/{desk}/{unit}[/{parent}]/{POLDA}` (domain notes 2.2), with what people put
around it: a heading before it, a date or names behind it, blanks and dashes for slashes, signs of other keyboards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
NAMED_UNITS: Final = ("POLSEK", "POLSEKTA", "POLRES", "POLRESTA", "POLRESTABES", "POLDA")
"""First words of units that are followed by the name of a place; domain notes 2.4."""

_POLDA: Final = {
    "ACEH": (),
    "BALI": (),
    "BANTEN": (),
    "BENGKULU": (),
    "DAERAH ISTIMEWA YOGYAKARTA": ("DIY", "DI YOGYAKARTA", "D.I. YOGYAKARTA", "D.I.YOGYAKARTA", "YOGYAKARTA"),
    "GORONTALO": (),
    "JAMBI": (),
    "JAWA BARAT": ("JABAR",),
    "JAWA TENGAH": ("JATENG",),
    "JAWA TIMUR": ("JATIM",),
    "KALIMANTAN BARAT": ("KALBAR",),
    "KALIMANTAN SELATAN": ("KALSEL",),
    "KALIMANTAN TENGAH": ("KALTENG",),
    "KALIMANTAN TIMUR": ("KALTIM",),
    "KALIMANTAN UTARA": ("KALTARA",),
    "KEPULAUAN BANGKA BELITUNG": ("BABEL", "BANGKA BELITUNG", "KEP. BABEL", "KEP. BANGKA BELITUNG"),
    "KEPULAUAN RIAU": ("KEPRI",),
    "LAMPUNG": (),
    "MALUKU": (),
    "MALUKU UTARA": ("MALUT",),
    "METRO JAYA": (),
    "NUSA TENGGARA BARAT": ("NTB",),
    "NUSA TENGGARA TIMUR": ("NTT",),
    "PAPUA": (),
    "PAPUA BARAT": (),
    "PAPUA BARAT DAYA": (),
    "PAPUA TENGAH": (),
    "RIAU": (),
    "SULAWESI BARAT": ("SULBAR",),
    "SULAWESI SELATAN": ("SULSEL",),
    "SULAWESI TENGAH": ("SULTENG",),
    "SULAWESI TENGGARA": ("SULTRA",),
    "SULAWESI UTARA": ("SULUT",),
    "SUMATERA BARAT": ("SUMBAR", "SUMATRA BARAT"),
    "SUMATERA SELATAN": ("SUMSEL", "SUMATRA SELATAN"),
    "SUMATERA UTARA": ("SUMUT", "SUMATRA UTARA"),
}
"""Regional police forces by their full names, with the short ones that numbers carry, too."""
_POLDA_NAMES: Final = {name: full for full, short in _POLDA.items() for name in (full, *short)}

_SIGNS: Final = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2160, 0x2180), *range(0xFF01, 0xFF5F))},
    **dict.fromkeys(map(ord, "\\\u2044\u2215\u29f8\uff3c"), "/"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"),
    **dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF), ""),
}
"""Full-width letters and Roman numerals as one sign; what stands for a slash or a dash; signs that nobody sees."""

_LONGEST_TEXT: Final = 2000
"""Characters: a number with a paragraph around it, not a whole letter."""
_UNIT: Final = rf"(?:{'|'.join(sorted(NAMED_UNITS, key=len, reverse=True))})\b"
_SHORT_HEADING: Final = re.compile(r"(?:(?:NOMOR|NO)\b[\s.:]*)+")
_HEADING: Final = re.compile(
    r"(?:(?:(?:BERDASARKAN|DASAR|RUJUKAN|SESUAI|DENGAN|SURAT|LAPORAN|POLISI|INFORMASI|PENGADUAN|MASYARAKAT|NOMOR|NO|POL"
    r"|LP|DUMAS|LI)\b|[0-9]{1,2}[.)]|[A-Z][.)]|[-\"'“”(*•])[\s.:,)]*)+"
    r"(?=(?:LP|DUMAS|LI)(?:[/:-]|\.? ?[A-C/0-9-])|LAPORAN POLISI\b)"
)
_NUMBER: Final = re.compile(
    r"(?P<kind>LP|LAPORAN POLISI|DUMAS|LI)[\s/.:-]+(?:(?:NOMOR|NO)\b[\s.:]*)?(?:(?P<model>[ABC])[\s/.-]+)?"
    r"(?P<sequence>[0-9]{1,6})\s*[/-]\s*(?P<month>XII|XI|X|IX|VIII|VII|VI|V|IV|III|II|I)\s*\.?"
    r"\s*[/-]\s*(?P<year>(?:19|20)[0-9]{2})\s*[/-]\s*(?P<rest>[A-Z].*)"
)
_DESK: Final = re.compile(r"SPKT(?:[-. ]+(?P<part>[A-Z ]+))?|[A-Z]+")
_MONTHS: Final = r"JAN|FEB|MAR|APR|MEI|MAY|JUN|JUL|AGU|AGT|AGS|AUG|SEP|OKT|OCT|NOV|DES|DEC"
_NOTE: Final = re.compile(
    r"(?:TANGGAL|TERTANGGAL|TGL|HARI|PUKUL|JAM|PADA|A\.\s?N\b\.?|AN\b\.?|A/N|ATAS NAMA|NAMA|PELAPOR|TERLAPOR|KORBAN"
    r"|TERSANGKA|SAKSI|DENGAN|DGN|YANG|TENTANG|TTG|PERIHAL|HAL|PERKARA|KASUS|DUGAAN|TINDAK PIDANA|PASAL|TELAH"
    r"|SEBAGAIMANA|DI(?:BUAT|LAPORKAN|TERIMA)|OLEH)(?![A-Z])"
    rf"|[0-9]{{1,2}}(?:\s*[-/.]\s*[0-9]{{1,2}}\s*[-/.]\s*(?:[0-9]{{4}}|[0-9]{{2}})|[\s-]+(?:{_MONTHS})[A-Z]*)(?![0-9A-Z])"
)
"""What letters write behind a number: the date, for whom, about what."""
_BEHIND: Final = re.compile(
    rf"(?:[,;](?!\s*{_UNIT})|[(\[{{\"'“”]|(?<![A-Z0-9]){_NOTE.pattern}|\s-\s(?!\s*{_UNIT}))(?!.*/\s*{_UNIT})"
)
"""Where the number ends: no unit follows behind a slash, for `Lubuk Dalam` or another place may hold such a word."""
_BETWEEN_UNITS: Final = re.compile(rf"\s*/\s*|\s*[,;-]\s*(?={_UNIT})|\s+(?={_UNIT})")
_UNIT_NAME: Final = re.compile(r"[A-Z0-9][A-Z0-9 .'-]*")
_ANOTHER_NUMBER: Final = re.compile(r"(?<![A-Z])(?:LP|DUMAS|LI)\s*[/.:-]")


@dataclass(frozen=True, slots=True)
class SpelledNumber:
    """The parts of a number that was recognised, in the one spelling."""

    kind: str
    model: str | None
    sequence: int
    month: int
    year: int
    desk: str
    units: tuple[str, ...]
    unread: bool
    """It holds signs, or words stand behind it, that are neither of the number nor a date or another known note."""

    @property
    def text(self) -> str:
        """`LP/B/8/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH`; without the zeros that some put before 8."""
        model = (self.model,) if self.model else ()
        return "/".join(
            (self.kind, *model, str(self.sequence), ROMAN[self.month - 1], str(self.year), self.desk, *self.units)
        )


def plain_text(raw: str) -> str:
    """Upper case, one blank between words and none around slashes, without a heading."""
    text = " ".join(raw.translate(_SIGNS).split()).upper()
    for heading in (_HEADING, _SHORT_HEADING):
        found = heading.match(text)
        text = text[found.end() :] if found else text
    return "/".join(part.strip() for part in text.split("/"))


def spelled_number(text: str) -> SpelledNumber | None:
    """The number in a text of `plain_text`, or None: no number, or more than one."""
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if match is None or _ANOTHER_NUMBER.search(match["rest"]):
        return None
    rest, behind = _cut(match["rest"])
    first, *parts = (part.strip(" .:") for part in _BETWEEN_UNITS.split(rest))
    desk = _DESK.fullmatch(first)
    if desk is None or not all(parts):
        return None
    units, after_polda = _until_polda(parts)
    return SpelledNumber(
        kind="LP" if match["kind"] == "LAPORAN POLISI" else match["kind"],
        model=match["model"],
        sequence=int(match["sequence"]),
        month=ROMAN.index(match["month"]) + 1,
        year=int(match["year"]),
        desk=f"SPKT.{desk['part']}" if desk["part"] else first,
        units=units,
        unread=any(map(_is_unread, (after_polda, behind))) or not all(map(_UNIT_NAME.fullmatch, units)),
    )


def is_polda(unit: str) -> bool:
    """Whether a unit is one of the regional police forces there are."""
    return unit.removeprefix("POLDA ") in _POLDA


def _cut(rest: str) -> tuple[str, str]:
    """The number's own part, and what stands behind it."""
    found = _BEHIND.search(rest)
    end = found.start() if found else len(rest)
    return rest[:end].rstrip(" .:-"), rest[end:]


def _until_polda(parts: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The units with the full name of their Polda, which is the last, and the words behind that."""
    units: list[str] = []
    for place, part in enumerate(parts):
        name = part.removeprefix("POLDA ")
        words = name.split(" ")
        known = [end for end in range(len(words), 0, -1) if " ".join(words[:end]) in _POLDA_NAMES]
        if name == part or not known:
            units.append(part)
            continue
        end = known[0]
        units.append(f"POLDA {_POLDA_NAMES[' '.join(words[:end])]}")
        return tuple(units), "/".join((" ".join(words[end:]), *parts[place + 1 :])).strip("/")
    return tuple(units), ""


def _is_unread(behind: str) -> bool:
    words = behind.strip(" .,:;-()[]{}\"'“”")
    return bool(words) and _NOTE.match(words) is None
