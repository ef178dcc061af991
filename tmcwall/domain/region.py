"""Kelurahan by code and name, and RT/RW as people write them."""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tmcwall.domain.camera import Position
from tmcwall.domain.fault import DomainCode, DomainError

_ADM = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[123][0-9]{3})?)?)?")
_RT_RW = re.compile(r"\bRT\.?\s*0*([0-9]{1,3})\s*[/,\-]?\s*RW\.?\s*0*([0-9]{1,3})\b", re.IGNORECASE)
_COLUMNS = ("adm4", "kecamatan", "kelurahan", "town")


def is_adm(code: str) -> bool:
    """Whether it is written as a Kemendagri code of any level (`33`, `33.72`, `33.72.01`, `33.72.01.1007`)."""
    return _ADM.fullmatch(code) is not None


def is_adm4(code: str) -> bool:
    """Whether it is written as the Kemendagri code of a kelurahan or desa. BPS codes are another system."""
    return is_adm(code) and code.count(".") == 3


@dataclass(frozen=True, slots=True)
class RtRw:
    """Three digits each, as they are stored. RT and RW have no Kemendagri code."""

    rt: str
    rw: str

    def __str__(self) -> str:
        return f"RT {self.rt}/RW {self.rw}"


def normalise_rt_rw(text: str) -> RtRw | None:
    """The first RT and RW named in a text: `RT 3 RW 4`, `RT02/ RW03`, `rt.008 / rw.003`; None if there is none."""
    for match in _RT_RW.finditer(text):
        rt, rw = int(match[1]), int(match[2])
        if rt and rw:
            return RtRw(f"{rt:03}", f"{rw:03}")
    return None


def without_rt_rw(text: str) -> str:
    """A written place without its RT and RW."""
    return _RT_RW.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """Names repeat (Jagalan is in Surakarta and in Semarang): always shown with kecamatan and town."""

    adm4: str
    kecamatan: str
    name: str
    town: str
    centre: Position | None = None
    """About its middle, as published; the boundaries are not known."""


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What a written place may mean. More than one candidate is for the officer to choose from, never guessed."""

    rt_rw: RtRw | None
    candidates: tuple[Kelurahan, ...]


class Regions:
    """The table of kelurahan, by code and by name."""

    def __init__(self, rows: Iterable[Kelurahan]) -> None:
        self._by_code: dict[str, Kelurahan] = {row.adm4: row for row in rows}
        by_name: defaultdict[str, list[Kelurahan]] = defaultdict(list)
        for row in self._by_code.values():
            by_name[_key(row.name)].append(row)
        self._by_name: Mapping[str, list[Kelurahan]] = by_name

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Regions:
        """From the lines of `resources/regions.csv`: `adm4,kecamatan,kelurahan,town`, and `lat,lon` where known.

        Raises DomainError(LIST_COLUMNS) for a missing column, FIELD_INVALID for a code or a position that is none.
        """
        reader = csv.DictReader(lines)
        missing = set(_COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise DomainError(DomainCode.LIST_COLUMNS, ", ".join(sorted(missing)))
        rows = []
        for record in reader:
            if not is_adm4(record["adm4"]):
                raise DomainError(DomainCode.FIELD_INVALID, f"adm4 {record['adm4']}")
            centre = _centre(record)
            rows.append(Kelurahan(record["adm4"], record["kecamatan"], record["kelurahan"], record["town"], centre))
        return cls(rows)

    def __len__(self) -> int:
        return len(self._by_code)

    def all(self) -> tuple[Kelurahan, ...]:
        """By code."""
        return tuple(self._by_code[code] for code in sorted(self._by_code))

    def by_code(self, adm4: str) -> Kelurahan | None:
        return self._by_code.get(adm4)

    def named(self, name: str) -> tuple[Kelurahan, ...]:
        """All kelurahan of exactly that name, by code; spaces and case do not count."""
        return tuple(sorted(self._by_name.get(_key(name), ()), key=lambda row: row.adm4))

    def search(self, name: str) -> tuple[Kelurahan, ...]:
        """All kelurahan of that name, else all whose name begins with it, by code; spaces and case do not count."""
        key = _key(name)
        if not key:
            return ()
        found = self._by_name.get(key) or [
            row for other, rows in self._by_name.items() if other.startswith(key) for row in rows
        ]
        return tuple(sorted(found, key=lambda row: row.adm4))

    def resolve(self, text: str) -> PlaceMatch:
        """The RT/RW and every kelurahan whose name stands in a written place, such as `RT 3 RW 4 Krapyak`.

        Of names inside each other the longest counts (`Tidar Utara`, not `Tidar`); a kecamatan or town that is also
        named narrows the candidates.
        """
        words = [_key(word) for word in re.findall(r"\w+", without_rt_rw(text))]
        runs = {
            "".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1)
        } - {""}
        names = {run for run in runs if run in self._by_name}
        longest = {name for name in names if not any(name != other and name in other for other in names)}
        found = [row for name in longest for row in self._by_name[name]]
        narrowed = [row for row in found if _key(row.kecamatan) in runs - longest or _key(row.town) in runs]
        return PlaceMatch(normalise_rt_rw(text), tuple(sorted(narrowed or found, key=lambda row: row.adm4)))


def _centre(record: Mapping[str, str]) -> Position | None:
    if not record.get("lat") or not record.get("lon"):
        return None
    try:
        lat, lon = float(record["lat"]), float(record["lon"])
    except ValueError:
        lat = lon = math.nan
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise DomainError(DomainCode.FIELD_INVALID, f"lat,lon {record['adm4']}")
    return Position(lat, lon)


def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
