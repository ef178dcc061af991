"""What a written place may mean: RT and RW, kelurahan, crossings and landmarks, cameras. Never a guess.

One candidate that nothing in the text contradicts is taken; of more an officer chooses.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, TypeVar

from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.geo import distance_m
from tmcwall.domain.incident import Place
from tmcwall.domain.landmark import Landmark
from tmcwall.domain.neighbourhood import Neighbourhoods
from tmcwall.domain.region import Kelurahan, Regions, RtRw, normalise_rt_rw, without_rt_rw

T = TypeVar("T")

KELURAHAN_ACCURACY_M: Final = 1_000.0
"""Of a middle without boundary."""
CAMERA_ACCURACY_M: Final = 50.0
NEAR_KELURAHAN_M: Final = 3_000.0
"""From the middle of a kelurahan: so far a landmark may be said to lie in it, or an incident in its town."""
_LONGEST_TEXT: Final = 300
_MOST_WORDS: Final = 6
"""Of a name."""
_MOST_CANDIDATES: Final = 60
_SIMILAR: Final = 0.6
_RW_ALONE: Final = re.compile(r"\bRW\.?\s*0*([0-9]{1,3})\b", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_KECAMATAN_WORDS: Final = frozenset({"kec", "kecamatan"})
_SIDES: Final = frozenset({"utara", "selatan", "timur", "barat", "tengah", "kulon", "wetan", "lor", "kidul"})


class PlaceKind(StrEnum):
    RT = "rt"
    RW = "rw"
    KELURAHAN = "kelurahan"
    LANDMARK = "landmark"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that the text may mean. Names repeat: it is shown with its kecamatan and town."""

    kind: PlaceKind
    name: str
    position: Position | None
    accuracy_m: float
    adm4: str | None = None
    rw: str | None = None
    rt: str | None = None
    kecamatan: str = ""
    town: str = ""
    approximate: bool = False
    """The RT or RW is not in the list: it is the middle of what lies around it."""

    def place(self, text: str) -> Place:
        """Of an incident, with what was written."""
        return Place(self.position, self.accuracy_m if self.position else None, self.adm4, self.rw, self.rt, text)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text may mean, the nearest meaning first."""

    candidates: tuple[Candidate, ...] = ()
    contradicted: str = ""
    """What the text names as kecamatan or town and none of the candidates lies in; empty: nothing."""

    @property
    def settled(self) -> Candidate | None:
        """The one candidate there is, if it has a position and nothing in the text is against it."""
        if len(self.candidates) != 1 or self.contradicted or self.candidates[0].position is None:
            return None
        return self.candidates[0]


class PlaceNames:
    """All names that are known, to look up written places. Immutable, so that any thread may ask."""

    def __init__(
        self,
        regions: Regions,
        *,
        neighbourhoods: Neighbourhoods | None = None,
        landmarks: Iterable[Landmark] = (),
        cameras: Iterable[Camera] = (),
    ) -> None:
        self._regions = regions
        self._neighbourhoods = neighbourhoods or Neighbourhoods()
        self._landmarks = _by_name(
            (one for one in landmarks if not one.removed), names=lambda one: (one.name, *one.synonyms)
        )  # fmt: skip
        self._cameras = _by_name(
            (one for one in cameras if one.position is not None), names=lambda one: (one.name, one.id)
        )  # fmt: skip
        rows = regions.all()
        self._kecamatan = {_key(row.kecamatan): row.kecamatan for row in rows}
        self._towns = {_key(_short(row.town)): row.town for row in rows}

    @property
    def neighbourhoods(self) -> Neighbourhoods:
        return self._neighbourhoods

    def find(self, text: str) -> Finding:
        """Every meaning of a written place; none where nothing in it is known."""
        written = text[:_LONGEST_TEXT]
        rt_rw, rw = normalise_rt_rw(written), _rw_of(written)
        names = _runs(_RW_ALONE.sub(" ", without_rt_rw(written)))
        marks = _longest(names, self._landmarks)
        kelurahan = self._kelurahan(written, names, marks)
        contradicted = self._contradicted(written, kelurahan)
        if rw is not None and kelurahan:
            found = [self._in_rw(row, rw, rt_rw) for row in kelurahan]
        elif marks:
            found = self._at_landmarks(marks, kelurahan)
        elif kelurahan:
            found = [_in_kelurahan(row) for row in kelurahan]
        else:
            cameras = _longest(names, self._cameras)
            found = [self._at_camera(one) for name in cameras for one in self._cameras[name]]
        return Finding(tuple(dict.fromkeys(found))[:_MOST_CANDIDATES], contradicted)

    def of_place(self, place: Place) -> Finding:
        """What an incident says of its place: by its codes, where it has them, else by its text."""
        row = self._regions.by_code(place.adm4) if place.adm4 else None
        if row is None:
            return self.find(place.text)
        if place.rw:
            return Finding((self._in_rw(row, place.rw, RtRw(place.rt, place.rw) if place.rt else None),))
        return Finding((_in_kelurahan(row),))

    def town_of(self, position: Position) -> Kelurahan | None:
        """The kelurahan whose middle is the nearest; None: none is near."""
        rows = [(distance_m(row.centre, position), row) for row in self._regions.all() if row.centre is not None]
        distance, nearest = min(rows, key=lambda pair: pair[0], default=(float("inf"), None))
        return nearest if distance <= NEAR_KELURAHAN_M else None

    def _kelurahan(self, text: str, names: AbstractSet[str], marks: AbstractSet[str]) -> Sequence[Kelurahan]:
        """Those named, without one whose name is only a part of a landmark's (Simpang Krapyak)."""
        found = self._regions.resolve(text).candidates
        outside = [row for row in found if not any(_key(row.name) in mark for mark in marks)]
        # Laweyan is a kelurahan and the kecamatan around it: "Purwosari, Laweyan" is the one in the other.
        inside = [row for row in outside if _key(row.kecamatan) in names - {_key(row.name)}]
        outside = inside or outside
        own = {_key(row.name) for row in found}
        towns = {town for key, town in self._towns.items() if key in names and key not in own}
        narrowed = [row for row in outside if row.town in towns]
        return narrowed or outside

    def _contradicted(self, text: str, found: Sequence[Kelurahan]) -> str:
        """A kecamatan or town that the text names and that none of these lies in."""
        if not found:
            return ""
        words = _WORD.findall(without_rt_rw(text))
        own = {_key(row.kecamatan) for row in found} | {_key(row.name) for row in found}
        return (
            _other_kecamatan(words, own) or self._misspelt_kecamatan(words, own) or self._other_place(text, own, found)
        )

    def _misspelt_kecamatan(self, words: Sequence[str], own: AbstractSet[str]) -> str:
        """`Sumatera Utara` for Semarang Utara."""
        for first, second in itertools.pairwise(words):
            name = _key(first + second)
            if second.casefold() not in _SIDES or name in own or self._regions.named(name):
                continue
            similar = any(SequenceMatcher(None, name, other).ratio() >= _SIMILAR for other in own)
            if similar or name in self._kecamatan:
                return f"{first} {second}"
        return ""

    def _other_place(self, text: str, own: AbstractSet[str], found: Sequence[Kelurahan]) -> str:
        towns = {_key(_short(row.town)) for row in found}
        for name in sorted(_runs(text)):
            if any(name in key for key in own):
                continue
            if name in self._towns:
                if name not in towns:
                    return self._towns[name]
            elif name in self._kecamatan:
                return self._kecamatan[name]
        return ""

    def _in_rw(self, row: Kelurahan, rw: str, rt_rw: RtRw | None) -> Candidate:
        known = self._neighbourhoods
        rt = rt_rw.rt if rt_rw is not None else None
        area = known.area_of(row.adm4, rw, rt) if rt else None
        around = area or known.area_of(row.adm4, rw, None)
        position = around.middle if around is not None else row.centre
        return Candidate(
            PlaceKind.RT if rt else PlaceKind.RW,
            f"RT {rt}/RW {rw} {row.name}" if rt else f"RW {rw} {row.name}",
            position,
            around.radius_m if around is not None else KELURAHAN_ACCURACY_M,
            row.adm4,
            rw,
            rt,
            row.kecamatan,
            row.town,
            approximate=(area if rt else around) is None,
        )

    def _at_landmarks(self, marks: AbstractSet[str], kelurahan: Sequence[Kelurahan]) -> list[Candidate]:
        """Of several of one name those in a kelurahan that is named, too; else all of them, and the kelurahan."""
        found = [one for mark in sorted(marks) for one in self._landmarks[mark]]
        if not kelurahan:
            return [self._at_landmark(one) for one in found]
        inside = [one for one in found if any(_lies_in(one, row) for row in kelurahan)]
        if inside:
            return [self._at_landmark(one) for one in inside]
        return [*(self._at_landmark(one) for one in found), *(_in_kelurahan(row) for row in kelurahan)]

    def _at_landmark(self, one: Landmark) -> Candidate:
        row = self._regions.by_code(one.adm4) if one.adm4 else self.town_of(one.position)
        return _named(PlaceKind.LANDMARK, one.name, one.position, one.radius_m, row, one.adm4)

    def _at_camera(self, camera: Camera) -> Candidate:
        row = self._regions.by_code(camera.adm4) if camera.adm4 else None
        made = _named(PlaceKind.CAMERA, camera.name, camera.position, CAMERA_ACCURACY_M, row, camera.adm4)
        return Candidate(
            made.kind, made.name, made.position, made.accuracy_m, made.adm4, camera.rw, camera.rt, made.kecamatan,
            made.town,
        )  # fmt: skip


def _other_kecamatan(words: Sequence[str], own: AbstractSet[str]) -> str:
    """What stands behind the word kecamatan and is none of these."""
    for place, word in enumerate(words[:-1]):
        if word.casefold() in _KECAMATAN_WORDS:
            said = words[place + 1 : place + 3]
            if not any(_key("".join(said[:count])) in own for count in (1, 2)):
                return " ".join(said if len(said) > 1 and said[1].casefold() in _SIDES else said[:1])
    return ""


def _named(
    kind: PlaceKind, name: str, position: Position | None, accuracy_m: float, row: Kelurahan | None, adm4: str | None
) -> Candidate:
    return Candidate(
        kind, name, position, accuracy_m, adm4,
        kecamatan=row.kecamatan if row is not None else "", town=row.town if row is not None else "",
    )  # fmt: skip


def _in_kelurahan(row: Kelurahan) -> Candidate:
    return Candidate(
        PlaceKind.KELURAHAN, row.name, row.centre, KELURAHAN_ACCURACY_M, row.adm4,
        kecamatan=row.kecamatan, town=row.town, approximate=True,
    )  # fmt: skip


def _lies_in(landmark: Landmark, row: Kelurahan) -> bool:
    if landmark.adm4 is not None:
        return landmark.adm4 == row.adm4
    return row.centre is not None and distance_m(landmark.position, row.centre) <= NEAR_KELURAHAN_M


def _rw_of(text: str) -> str | None:
    rt_rw = normalise_rt_rw(text)
    if rt_rw is not None:
        return rt_rw.rw
    match = _RW_ALONE.search(text)
    return f"{int(match[1]):03}" if match is not None and int(match[1]) else None


def _runs(text: str) -> frozenset[str]:
    """Every run of words of a text that may be a name, written together in small letters."""
    words = [_key(word) for word in _WORD.findall(text)]
    return frozenset(
        "".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, min(len(words), first + _MOST_WORDS) + 1)
    ) - {""}


def _longest(runs: AbstractSet[str], names: Mapping[str, object]) -> AbstractSet[str]:
    """The names that stand in the text, of names inside each other the longest."""
    found = {run for run in runs if run in names}
    return {name for name in found if not any(name != other and name in other for other in found)}


def _by_name(things: Iterable[T], *, names: Callable[[T], Iterable[str]]) -> Mapping[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for one in things:
        for key in {_key(name) for name in names(one)} - {""}:
            found[key].append(one)
    return found


def _short(town: str) -> str:
    return town.removeprefix("Kota ").removeprefix("Kabupaten ")


def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
