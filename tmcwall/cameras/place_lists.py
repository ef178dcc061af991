"""Lists of RT, RW and landmarks as they are read: every row becomes a place or a reason why not.

A list of RT and RW has `adm4`, `rw` and mostly `rt`; a list of landmarks has `name` and the position. GeoJSON (WGS84,
longitude first) gives points with a radius, or polygons.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from tmcwall.cameras.measures import Axis, Unreadable, read_coordinate, read_number, south_of_java
from tmcwall.cameras.tables import Row, read_table
from tmcwall.domain.camera import Position
from tmcwall.domain.landmark import LONGEST_NAME, MOST_SYNONYMS, USUAL_RADIUS_M, Landmark, LandmarkKind
from tmcwall.domain.neighbourhood import (
    LARGEST_RADIUS_M,
    MOST_CORNERS,
    MOST_RT,
    USUAL_RT_RADIUS_M,
    USUAL_RW_RADIUS_M,
    Area,
    Neighbourhood,
    Rt,
    area_within,
    neighbourhood_id,
)
from tmcwall.domain.region import Regions, is_adm4, normalise_rt_rw

MOST_POPULATION: Final = 1_000_000
_OTHER_NAMES: Final = {
    **dict.fromkeys(("kode", "kode_kelurahan", "kelurahan_kode", "code"), "adm4"),
    **dict.fromkeys(("latitude", "lintang"), "lat"),
    **dict.fromkeys(("longitude", "long", "lng", "bujur"), "lon"),
    **dict.fromkeys(("radius", "jari_jari", "radius_meter"), "radius_m"),
    **dict.fromkeys(("penduduk", "jumlah_penduduk", "jiwa", "populasi"), "population"),
    **dict.fromkeys(("nama", "tempat", "nama_tempat"), "name"),
    **dict.fromkeys(("nama_lain", "alias", "sinonim"), "synonyms"),
    **dict.fromkeys(("jenis",), "kind"),
    **dict.fromkeys(("no_rt", "nomor_rt"), "rt"),
    **dict.fromkeys(("no_rw", "nomor_rw"), "rw"),
    **dict.fromkeys(("desa", "kel", "nama_kelurahan"), "kelurahan"),
    **dict.fromkeys(("kec",), "kecamatan"),
}
_HEADERS: Final = (
    *(frozenset({code, "rw"}) for code in ("adm4", "kode", "kode_kelurahan", "kelurahan", "desa", "nama_kelurahan")),
    *(
        frozenset({name, lat})
        for name in ("name", "nama", "tempat", "nama_tempat")
        for lat in ("lat", "latitude", "lintang")
    ),
)
_NUMBER: Final = re.compile(r"(?:(?:RT|RW)\.?\s*)?0*([1-9][0-9]{0,2})", re.IGNORECASE)
_DIGITS: Final = 6
"""Of a degree: a tenth of a metre."""


class PlaceProblem(StrEnum):
    """Why a row was not taken, or what was made of it. The words stand in `texts.places`."""

    NO_KELURAHAN = "no_kelurahan"
    """Neither a code nor a name that is known."""
    SEVERAL_KELURAHAN = "several_kelurahan"
    NO_RW = "no_rw"
    BAD_NUMBER = "bad_number"
    NO_POSITION = "no_position"
    BAD_POSITION = "bad_position"
    FAR_AWAY = "far_away"
    """Outside of Indonesia."""
    BAD_RADIUS = "bad_radius"
    BAD_POPULATION = "bad_population"
    TOO_MANY_CORNERS = "too_many_corners"
    TWICE = "twice"
    TOO_MANY_RT = "too_many_rt"
    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    FORM = "form"
    """More cells than columns, or quotes that do not close."""
    # Remarks: the row was taken
    SWAPPED = "swapped"
    SIGN_MISSING = "sign_missing"
    UNLISTED_KELURAHAN = "unlisted_kelurahan"


_REMARKS: Final = frozenset({PlaceProblem.SWAPPED, PlaceProblem.SIGN_MISSING, PlaceProblem.UNLISTED_KELURAHAN})


@dataclass(frozen=True, slots=True)
class PlaceRemark:
    line: int
    problem: PlaceProblem
    detail: str = ""

    @property
    def refused(self) -> bool:
        """Whether the row was not taken."""
        return self.problem not in _REMARKS


@dataclass(frozen=True, slots=True)
class PlaceList:
    """What a file holds."""

    neighbourhoods: tuple[Neighbourhood, ...]
    landmarks: tuple[Landmark, ...]
    remarks: tuple[PlaceRemark, ...]
    """By line."""


class _Refused(Exception):
    def __init__(self, problem: PlaceProblem, detail: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail


def read_places(file: Path, *, regions: Regions) -> PlaceList:
    """Raises DomainError(LIST_UNREADABLE, LIST_COLUMNS)."""
    table = read_table(file, headers=_HEADERS)
    reading = _Reading(regions, decimal_comma=table.decimal_comma)
    for row in table.rows:
        reading.take(row)
    return reading.result()


class _Reading:
    """Takes the rows one by one."""

    def __init__(self, regions: Regions, *, decimal_comma: bool) -> None:
        self._regions = regions
        self._decimal_comma = decimal_comma
        self._rts: defaultdict[tuple[str, str], dict[str, Rt]] = defaultdict(dict)
        self._rws: dict[tuple[str, str], Neighbourhood] = {}
        self._landmarks: dict[str, Landmark] = {}
        self._remarks: list[PlaceRemark] = []

    def take(self, row: Row) -> None:
        cells = {_OTHER_NAMES.get(name, name): cell for name, cell in row.cells.items()}
        try:
            if row.surplus or row.open_quote:
                raise _Refused(PlaceProblem.FORM)
            if cells.get("rw") or cells.get("rt"):
                self._take_neighbourhood(row, cells)
            else:
                self._take_landmark(row, cells)
        except _Refused as refused:
            self._remarks.append(PlaceRemark(row.line, refused.problem, refused.detail))

    def result(self) -> PlaceList:
        found = []
        for key in sorted(self._rws.keys() | self._rts.keys()):
            adm4, rw = key
            one = self._rws.get(key) or Neighbourhood(neighbourhood_id(adm4, rw), adm4, rw)
            rts = self._rts.get(key, {})
            found.append(replace(one, rts=tuple(rts[number] for number in sorted(rts))))
        return PlaceList(
            tuple(found), tuple(self._landmarks.values()), tuple(sorted(self._remarks, key=lambda one: one.line))
        )

    def _take_neighbourhood(self, row: Row, cells: Mapping[str, str]) -> None:
        adm4 = self._kelurahan(row, cells)
        both = normalise_rt_rw(f"{cells.get('rt', '')} {cells.get('rw', '')}")
        rw = both.rw if both is not None else _number(cells.get("rw", ""))
        rt = both.rt if both is not None else _number(cells.get("rt", ""))
        if rw is None:
            raise _Refused(PlaceProblem.NO_RW)
        area = self._area(row, cells, usual_m=USUAL_RT_RADIUS_M if rt else USUAL_RW_RADIUS_M)
        population = _population(cells.get("population", ""))
        if rt is None:
            if (adm4, rw) in self._rws:
                raise _Refused(PlaceProblem.TWICE, f"RW {rw}")
            self._rws[adm4, rw] = Neighbourhood(neighbourhood_id(adm4, rw), adm4, rw, area, (), population)
            return
        known = self._rts[adm4, rw]
        if rt in known:
            raise _Refused(PlaceProblem.TWICE, f"RT {rt}/RW {rw}")
        if len(known) >= MOST_RT:
            raise _Refused(PlaceProblem.TOO_MANY_RT, str(MOST_RT))
        known[rt] = Rt(rt, area, population)

    def _kelurahan(self, row: Row, cells: Mapping[str, str]) -> str:
        code = cells.get("adm4", "")
        if is_adm4(code):
            if self._regions.by_code(code) is None:
                self._remarks.append(PlaceRemark(row.line, PlaceProblem.UNLISTED_KELURAHAN, code))
            return code
        name = cells.get("kelurahan", "") or code
        found = self._regions.resolve(f"{name}, {cells.get('kecamatan', '')}").candidates if name else ()
        own = self._regions.named(name)
        kecamatan = _plain(cells.get("kecamatan", ""))
        narrowed = [one for one in own if _plain(one.kecamatan) == kecamatan]
        candidates = narrowed or own or found
        if not candidates:
            raise _Refused(PlaceProblem.NO_KELURAHAN, name[:40])
        if len(candidates) > 1:
            raise _Refused(PlaceProblem.SEVERAL_KELURAHAN, name[:40])
        return candidates[0].adm4

    def _take_landmark(self, row: Row, cells: Mapping[str, str]) -> None:
        name = " ".join(cells.get("name", "").split())
        if not name or not name.isprintable():
            raise _Refused(PlaceProblem.NO_NAME)
        synonyms = [" ".join(part.split()) for part in re.split(r"[;|]", cells.get("synonyms", ""))]
        synonyms = [part for part in dict.fromkeys(synonyms) if part and part.isprintable()]
        if max(map(len, (name, *synonyms))) > LONGEST_NAME or len(synonyms) > MOST_SYNONYMS:
            raise _Refused(PlaceProblem.LONG_NAME, str(LONGEST_NAME))
        area = self._area(row, cells, usual_m=USUAL_RADIUS_M)
        adm4 = cells.get("adm4", "")
        key = _slug(cells.get("id", "") or f"{name} {adm4}")
        if not key:
            raise _Refused(PlaceProblem.NO_NAME)
        if key in self._landmarks:
            raise _Refused(PlaceProblem.TWICE, name[:40])
        said = cells.get("kind", "").casefold()
        crossing = said in {"simpang", "crossing", "junction"} or (not said and _plain(name).startswith("simpang"))
        self._landmarks[key] = Landmark(
            key,
            name,
            LandmarkKind.CROSSING if crossing else LandmarkKind.LANDMARK,
            area.middle,
            area.radius_m,
            tuple(synonyms),
            adm4 if is_adm4(adm4) else None,
        )

    def _area(self, row: Row, cells: Mapping[str, str], *, usual_m: float) -> Area:
        if row.outline:
            return self._drawn(row)
        position = self._position(row, cells)
        said = cells.get("radius_m", "")
        if not said:
            return Area(position, usual_m)
        try:
            radius = read_number(said, decimal_comma=self._decimal_comma)
        except Unreadable:
            raise _Refused(PlaceProblem.BAD_RADIUS) from None
        if not 1 <= radius <= LARGEST_RADIUS_M:
            raise _Refused(PlaceProblem.BAD_RADIUS)
        return Area(position, radius)

    def _drawn(self, row: Row) -> Area:
        corners = row.outline[:-1] if row.outline[0] == row.outline[-1] else row.outline
        if len(corners) > MOST_CORNERS:
            raise _Refused(PlaceProblem.TOO_MANY_CORNERS, str(MOST_CORNERS))
        if len(corners) < 3:
            raise _Refused(PlaceProblem.BAD_POSITION)
        swapped = all(_is_lat_lon(*corner) for corner in corners)
        found = [_checked(*(corner if swapped else corner[::-1])) for corner in corners]
        if swapped:
            self._remarks.append(PlaceRemark(row.line, PlaceProblem.SWAPPED))
        area = area_within(found)
        return replace(area, middle=_rounded(area.middle), radius_m=round(area.radius_m, 1))

    def _position(self, row: Row, cells: Mapping[str, str]) -> Position:
        if not (cells.get("lat") and cells.get("lon")):
            raise _Refused(PlaceProblem.NO_POSITION)
        try:
            lat = read_coordinate(cells["lat"], Axis.LAT)
            lon = read_coordinate(cells["lon"], Axis.LON)
        except Unreadable:
            raise _Refused(PlaceProblem.BAD_POSITION) from None
        if abs(lat.degrees) > 90 >= abs(lon.degrees):
            lat, lon = lon, lat
            self._remarks.append(PlaceRemark(row.line, PlaceProblem.SWAPPED))
        signed = south_of_java(lat, lon)
        if signed is not None:
            lat = signed
            self._remarks.append(PlaceRemark(row.line, PlaceProblem.SIGN_MISSING))
        return _checked(lat.degrees, lon.degrees)


def _is_lat_lon(first: float, second: float) -> bool:
    """Whether the two stand in the wrong order: no longitude of Java is a latitude."""
    return abs(first) <= 90 < abs(second) <= 180


def _checked(lat: float, lon: float) -> Position:
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise _Refused(PlaceProblem.BAD_POSITION)
    if not (-12.0 <= lat <= 7.0 and 94.0 <= lon <= 142.0):
        raise _Refused(PlaceProblem.FAR_AWAY, f"{lat:.4f}, {lon:.4f}")
    return _rounded(Position(lat, lon))


def _rounded(position: Position) -> Position:
    return Position(round(position.lat, _DIGITS), round(position.lon, _DIGITS))


def _number(text: str) -> str | None:
    """Three digits; None for an empty cell."""
    if not text.strip():
        return None
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise _Refused(PlaceProblem.BAD_NUMBER, text.strip()[:20])
    return match[1].zfill(3)


def _population(text: str) -> int | None:
    if not text:
        return None
    digits = text.replace(".", "").replace(",", "").strip()
    if not digits.isdecimal() or int(digits[:10]) > MOST_POPULATION:
        raise _Refused(PlaceProblem.BAD_POPULATION)
    return int(digits)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _slug(name: str) -> str:
    """An id that stays the same for the same name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


def counts(places: Sequence[Neighbourhood]) -> tuple[int, int]:
    """How many RW and how many RT."""
    return len(places), sum(len(one.rts) for one in places)
