"""Numbers, coordinates, lengths, and yes or no, as people type them into lists of cameras."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Position


class Axis(StrEnum):
    LAT = "lat"
    LON = "lon"


class Unreadable(Exception):
    """It is no number; `ambiguous` if it is more than one."""

    def __init__(self, *, ambiguous: bool = False) -> None:
        super().__init__(ambiguous)
        self.ambiguous = ambiguous


@dataclass(frozen=True, slots=True)
class Coordinate:
    """Degrees, and whether a letter or word says on which side of the equator or of Greenwich."""

    degrees: float
    side_named: bool = False


_LONGEST: Final = 80
"""Characters of a number, or of two with their signs."""
_MINUS: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")
_PLAIN: Final = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?\.?")
_THOUSANDS: Final = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")
_UNITS: Final = re.compile(r"(?<=[0-9.\s])\s*(?:°|º|DERAJAT|DEG|METER|MTR|M)\.?$", re.IGNORECASE)
_SIDES: Final = {
    Axis.LAT: {"S": -1, "LS": -1, "SOUTH": -1, "SELATAN": -1, "N": 1, "U": 1, "LU": 1, "NORTH": 1, "UTARA": 1},
    Axis.LON: {"E": 1, "T": 1, "BT": 1, "EAST": 1, "TIMUR": 1, "W": -1, "B": -1, "BB": -1, "WEST": -1, "BARAT": -1},
}
_ANGLE: Final = re.compile(
    r"(?P<before>[A-Z]*)\s*(?P<degrees>[-+]?[0-9]*\.?[0-9]+)\s*(?:(?:°|º|˚|DEG|D|\s)\s*"
    r"(?:(?P<minutes>[0-9]+(?:\.[0-9]+)?)\s*['′’M]\s*(?:(?P<seconds>[0-9]+(?:\.[0-9]+)?)\s*(?:\"|″|”|''|’’|′′|S(?=\s)))?)?)?"
    r"\s*(?P<after>[A-Z]*)\.?"
)
_BLANKS: Final = re.compile(
    r"(?P<before>[A-Z]*)\s*(?P<degrees>[-+]?[0-9]{1,3})[\s:]+(?P<minutes>[0-9]{1,2})[\s:]+(?P<seconds>[0-9]{1,2}(?:\.[0-9]+)?)"
    r"\s*(?P<after>[A-Z]*)\.?"
)
_SPACED: Final = re.compile(r"(.*?[0-9A-Z°º'\"′″’”])(?:\s*,\s*|\s+)([A-Z+-]*\s*[0-9].*)")
_YES: Final = frozenset({"1", "y", "ya", "iya", "yes", "true", "benar", "betul", "on", "aktif", "nyala", "v", "✓", "✔"})
_NO: Final = frozenset({"0", "n", "no", "tidak", "tdk", "false", "salah", "off", "nonaktif", "mati"})
"""Not `t`, which is `true` and `tidak`, and not `x`, which marks a yes on some forms and a no on others."""
_JAVA: Final = Position(5.5, 105.0), Position(9.0, 116.5)
"""Java, Madura and Bali with the sign of the latitude left out; there is only sea in the north of them."""


def read_number(text: str, *, decimal_comma: bool) -> float:
    """`90`, `90,5`, `150 m`, `90°`. Without `decimal_comma` `1,500` may be two numbers. Raises Unreadable."""
    plain = _UNITS.sub("", _typed(text)).strip()
    if "," in plain and not decimal_comma and _THOUSANDS.fullmatch(plain):
        raise Unreadable(ambiguous=True)
    return _plain(plain)


def read_yes_no(text: str) -> bool | None:
    """`ya`, `Y`, `1`, `TRUE`, `aktif`, `✓`; `tidak`, `n`, `0`, `non-aktif`; None for all else."""
    word = re.sub(r"[\s.]+", "", text.translate(_MINUS)[:_LONGEST]).lower().replace("non-", "non")
    return True if word in _YES else False if word in _NO else None


def read_coordinate(text: str, axis: Axis) -> Coordinate:
    """`-7.56`, `-7,56`, `−7.56°`, `7°33'38"S`, `7,56 LS`, `E 110 49.2'`, `S 7 33 36`. Raises Unreadable."""
    plain = _typed(text).upper().replace(",", ".")
    if _PLAIN.fullmatch(plain):
        return Coordinate(_plain(plain))
    match = _ANGLE.fullmatch(plain) or _BLANKS.fullmatch(plain)
    if match is None:
        raise Unreadable
    sides = [name for name in (match["before"], match["after"]) if name]
    if len(sides) > 1 or any(name not in _SIDES[axis] for name in sides):
        raise Unreadable
    degrees, minutes, seconds = float(match["degrees"]), float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60 or (sides and degrees < 0 and _SIDES[axis][sides[0]] > 0):
        raise Unreadable(ambiguous=True)
    size = abs(degrees) + minutes / 60 + seconds / 3600
    negative = match["degrees"].startswith("-") or (bool(sides) and _SIDES[axis][sides[0]] < 0)
    return Coordinate(-size if negative else size, side_named=bool(sides))


def read_pair(text: str) -> tuple[Coordinate, Coordinate] | None:
    """Latitude and longitude out of one cell, as maps copy them: `-7.56, 110.82`.

    None if it does not hold two, or if it is not clear which comma divides: `-7,56,110,82` is clear, `7,110` is not.
    """
    if len(text) > _LONGEST:
        return None
    plain = _typed(text).strip("()[]")
    commas = plain.split(",")
    halves = re.split(r"\s*[;|/]\s*", plain)
    if len(halves) == 2:
        plain = " ".join(half.replace(",", ".") for half in halves)
    elif len(commas) == 4:
        plain = f"{commas[0]}.{commas[1]} {commas[2]}.{commas[3]}"
    elif len(commas) == 3 and ", " in plain:
        plain = plain.replace(", ", " ")
    elif len(commas) == 2 and _PLAIN.fullmatch(plain.replace(",", ".")) and "." not in plain and ", " not in plain:
        return None
    found = _SPACED.fullmatch(plain.upper())
    if found is None:
        return None
    try:
        lat, lon = read_coordinate(found[1], Axis.LAT), read_coordinate(found[2], Axis.LON)
    except Unreadable:
        return None
    return lat, lon


def south_of_java(lat: Coordinate, lon: Coordinate) -> Coordinate | None:
    """The latitude with the sign that was left out, if the place would lie in the sea north of Java."""
    low, high = _JAVA
    if lat.side_named or not (low.lat <= lat.degrees <= high.lat and low.lon <= lon.degrees <= high.lon):
        return None
    return Coordinate(-lat.degrees)


def _typed(text: str) -> str:
    if len(text) > _LONGEST:
        raise Unreadable
    return text.translate(_MINUS).strip()


def _plain(text: str) -> float:
    text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        raise Unreadable
    try:
        return float(text)
    except ValueError:
        raise Unreadable from None
