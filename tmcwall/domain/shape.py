"""What the fields of a synchronised entity may hold: said by the types of its dataclass, and checked strictly.

What one workstation writes is read by all others for as long as the station keeps it. So the desk that writes it, the
server that takes it and the desk that receives it ask the same question, and a value is taken only if every one of
them can keep it, compare it and show it: a moment has a date in every zone, a number fits every database, a text has
no character that a database or a font stumbles over.

A field says its own bounds beside its type (`Annotated[int, Between(0, 10)]`); what it does not say is bounded here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from tmcwall.domain.clock import LATEST, in_utc
from tmcwall.domain.fault import DomainError
from tmcwall.domain.operation import Json, canonical_json
from tmcwall.domain.source import check_url, has_credentials

MAX_FIELDS_BYTES: Final = 64 * 1024
"""Canonical JSON of one operation's fields, in UTF-8."""
MAX_DEPTH: Final = 16
"""Lists and objects inside each other, the fields themselves included."""
LONGEST_NAME: Final = 128
"""Characters of a field's name."""

_EARLIEST_DAY: Final = date(1900, 1, 1)
_LATEST_DAY: Final = LATEST.date()

_WHOLE: Final = 2**53 - 1
"""Whole numbers up to this one are the same in every JSON reader."""
_LINE: Final = 1000
"""Characters of a text that says nothing else."""
_FILE_NAME_BYTES: Final = 200
_LONGEST_ADDRESS: Final = 4000
"""Characters."""
_ITEMS: Final = 10_000
"""Of a list that says nothing else."""
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME: Final = re.compile(r"[a-z0-9_]{1,40}")
"""Of a field that may be repeated in a reason."""
_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
"""NUL and halves of surrogate pairs."""
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_FOREIGN: Final = re.compile(r"[\\:\x00-\x1f]")
"""What stands in no part of a path: a drive, another separator, a control character."""


class FieldProblem(StrEnum):
    """Why a field is not taken."""

    UNKNOWN = "unknown"
    """No such field."""
    MISSING = "missing"
    TYPE = "type"
    """Another kind of value than the field has."""
    CHOICE = "choice"
    """None of the words of that field."""
    RANGE = "range"
    """A number, moment, day or file's place beyond the bounds of the field."""
    LONG = "long"
    """A text or list longer than the field takes."""
    CHARACTER = "character"
    """NUL, or half of a surrogate pair."""
    DEEP = "deep"
    """More lists in lists than anything here has."""
    SECRET = "secret"  # noqa: S105 - a word, not a secret
    """An address of a camera with a user, a password or another secret in it."""
    CLEAR = "clear"
    """A name or number of a person, where operations hold a commitment."""
    LARGE = "large"
    """All fields together are longer than an operation takes."""


class FieldRefused(ValueError):
    """A field that not everybody could read. `field` is a dotted path: never the value, which may be a person's."""

    def __init__(self, problem: FieldProblem, field: str = "") -> None:
        super().__init__(f"{field}: {problem}" if field else problem.value)
        self.problem = problem
        self.field = field


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of a number, both allowed."""

    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Longest:
    """Characters of a text."""

    characters: int


@dataclass(frozen=True, slots=True)
class Inside:
    """A file's place below a folder of ours: no way out of it, in parts that every file system takes."""


@dataclass(frozen=True, slots=True)
class Address:
    """Of a camera, well-formed and without secrets: those stand in no operation."""


@dataclass(frozen=True, slots=True)
class Matching:
    """A text that is one of a pattern's, whole."""

    pattern: str


Id = Annotated[str, Longest(128)]
"""Of an entity, a device, an officer."""
Prose = Annotated[str, Longest(8000)]
"""What somebody wrote in sentences."""
Count = Annotated[int, Between(0, _WHOLE)]
FilePlace = Annotated[str, Inside()]
"""With forward slashes; empty where there is no file."""
CameraUrl = Annotated[str, Address()]

_Check = Callable[[Any, str], None]  # Any: JSON, narrowed by each check
_COMPILED: Final[dict[type[object], Mapping[str, _Check]]] = {}
"""The checks of each dataclass that was asked for."""
_REQUIRED: Final[dict[type[object], tuple[str, ...]]] = {}
"""What each of them cannot do without."""


def check_fields(shape: type[object], given: Mapping[str, Json], *, canonical: str | None = None) -> None:
    """Fields of an operation on an entity of that shape; they need not be all of them.

    `canonical` as for `check_json`. Raises FieldRefused for the first that is not taken.
    """
    check_json(given, canonical=canonical)
    known = _checks(shape)
    for name, value in given.items():
        check = known.get(name)
        if check is None:
            raise FieldRefused(FieldProblem.UNKNOWN, name if _NAME.fullmatch(name) else "")
        check(value, name)


def check_complete(shape: type[object], given: Mapping[str, Json]) -> None:
    """Whether an entity with these fields has all that it cannot do without. Raises FieldRefused."""
    for name in _required(shape):
        if name not in given:
            raise FieldRefused(FieldProblem.MISSING, name)


def check_json(given: Mapping[str, Json], *, canonical: str | None = None) -> None:
    """What holds for all fields, also for those of a newer version. Raises FieldRefused.

    `canonical` is their canonical JSON, where somebody has it already.
    """
    text = canonical_json(given) if canonical is None else canonical
    if not _is_plain(text):
        for name, value in given.items():
            _check_texts(name, "")
            _check_texts(value, name)
    for name, value in given.items():
        if len(name) > LONGEST_NAME:
            raise FieldRefused(FieldProblem.LONG)
        _check_any(value, name, depth=1)
    if 4 * len(text) > MAX_FIELDS_BYTES and len(text.encode()) > MAX_FIELDS_BYTES:
        raise FieldRefused(FieldProblem.LARGE)


def _is_plain(canonical: str) -> bool:
    """Whether no text within canonical JSON has what is not kept; False also where only a closer look can tell."""
    return r"\u0000" not in canonical and _SURROGATES.search(canonical) is None


def _check_any(value: Json, path: str, *, depth: int) -> None:
    if isinstance(value, str):
        return
    if isinstance(value, (list, dict)):
        if depth >= MAX_DEPTH:
            raise FieldRefused(FieldProblem.DEEP, path)
        for part in value.values() if isinstance(value, dict) else value:
            _check_any(part, path, depth=depth + 1)
    elif isinstance(value, int):
        if abs(value) > _WHOLE:
            raise FieldRefused(FieldProblem.RANGE, path)
    elif isinstance(value, float) and not math.isfinite(value):
        raise FieldRefused(FieldProblem.RANGE, path)


def _check_texts(value: Json, path: str) -> None:
    if isinstance(value, str):
        if _UNKEPT.search(value):
            raise FieldRefused(FieldProblem.CHARACTER, path)
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_texts(name, path)
            _check_texts(part, path)
    elif isinstance(value, list):
        for part in value:
            _check_texts(part, path)


def _checks(shape: type[object]) -> Mapping[str, _Check]:
    """By the name of each field of a dataclass."""
    known = _COMPILED.get(shape)
    if known is None:
        hints = get_type_hints(shape, include_extras=True)
        known = _COMPILED[shape] = {name: _check_of(hint) for name, hint in hints.items()}
    return known


def _required(shape: type[object]) -> tuple[str, ...]:
    known = _REQUIRED.get(shape)
    if known is None:
        # The shapes are dataclasses; `type` cannot say that.
        parts = fields(shape)  # type: ignore[arg-type]
        known = _REQUIRED[shape] = tuple(
            part.name for part in parts if part.default is MISSING and part.default_factory is MISSING
        )
    return known


def _check_of(hint: object) -> _Check:
    """For a type as `typing` gives it."""
    bounds: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *said = get_args(hint)
        bounds = tuple(said)
    if get_origin(hint) in {Union, UnionType}:
        return _optional(hint)
    if get_origin(hint) is tuple:
        return _list_of(get_args(hint)[0])
    assert isinstance(hint, type), f"no operation holds {hint}"
    if is_dataclass(hint):
        return _part(hint)
    if issubclass(hint, Enum):
        return _choice(frozenset(member.value for member in hint))
    return _simple(hint, bounds)


def _simple(kind: type[object], bounds: tuple[object, ...]) -> _Check:
    if kind is bool:
        return _flag
    if kind is str and any(isinstance(bound, Inside) for bound in bounds):
        return _file_place
    if kind is str and any(isinstance(bound, Address) for bound in bounds):
        return _address
    pattern = next((bound.pattern for bound in bounds if isinstance(bound, Matching)), None)
    if kind is str and pattern is not None:
        return _matching(re.compile(pattern))
    if kind is str:
        return _text(next((bound.characters for bound in bounds if isinstance(bound, Longest)), _LINE))
    if kind in {int, float}:
        said = next((bound for bound in bounds if isinstance(bound, Between)), Between(-_WHOLE, _WHOLE))
        return _number(said, whole=kind is int)
    if kind is datetime:
        return _moment
    assert kind is date, f"no operation holds a {kind}"
    return _day


def _flag(value: Json, path: str) -> None:
    if not isinstance(value, bool):
        raise FieldRefused(FieldProblem.TYPE, path)


def _text(longest: int) -> _Check:
    def check(value: Json, path: str) -> None:
        if not isinstance(value, str):
            raise FieldRefused(FieldProblem.TYPE, path)
        if len(value) > longest:
            raise FieldRefused(FieldProblem.LONG, path)

    return check


def _matching(pattern: re.Pattern[str]) -> _Check:
    def check(value: Json, path: str) -> None:
        if not isinstance(value, str):
            raise FieldRefused(FieldProblem.TYPE, path)
        if pattern.fullmatch(value) is None:
            raise FieldRefused(FieldProblem.CHOICE, path)

    return check


def _file_place(value: Json, path: str) -> None:
    if not isinstance(value, str):
        raise FieldRefused(FieldProblem.TYPE, path)
    if len(value) > _LINE or any(len(part.encode()) > _FILE_NAME_BYTES for part in value.split("/")):
        raise FieldRefused(FieldProblem.LONG, path)
    if value and any(part in {"", ".", ".."} or _FOREIGN.search(part) for part in value.split("/")):
        raise FieldRefused(FieldProblem.RANGE, path)


def _address(value: Json, path: str) -> None:
    if not isinstance(value, str):
        raise FieldRefused(FieldProblem.TYPE, path)
    if len(value) > _LONGEST_ADDRESS:
        raise FieldRefused(FieldProblem.LONG, path)
    if has_credentials(value):
        raise FieldRefused(FieldProblem.SECRET, path)
    try:
        check_url(value)
    except DomainError:
        raise FieldRefused(FieldProblem.TYPE, path) from None


def _number(bounds: Between, *, whole: bool) -> _Check:
    def check(value: Json, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise FieldRefused(FieldProblem.TYPE, path)
        if not bounds.lowest <= value <= bounds.highest:
            raise FieldRefused(FieldProblem.RANGE, path)

    return check


def _moment(value: Json, path: str) -> None:
    """An aware moment within the years that every zone can show."""
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        raise FieldRefused(FieldProblem.TYPE, path)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise FieldRefused(FieldProblem.TYPE, path) from None
    try:
        in_utc(moment)
    except ValueError:
        raise FieldRefused(FieldProblem.RANGE, path) from None


def _day(value: Json, path: str) -> None:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise FieldRefused(FieldProblem.TYPE, path)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise FieldRefused(FieldProblem.TYPE, path) from None
    if not _EARLIEST_DAY <= day < _LATEST_DAY:
        raise FieldRefused(FieldProblem.RANGE, path)


def _choice(words: frozenset[object]) -> _Check:
    def check(value: Json, path: str) -> None:
        if not isinstance(value, str):
            raise FieldRefused(FieldProblem.TYPE, path)
        if value not in words:
            raise FieldRefused(FieldProblem.CHOICE, path)

    return check


def _optional(hint: object) -> _Check:
    kinds = [part for part in get_args(hint) if part is not NoneType]
    assert len(kinds) == 1, "a field has one kind of value, or none"
    inner = _check_of(kinds[0])

    def check(value: Json, path: str) -> None:
        if value is not None:
            inner(value, path)

    return check


def _list_of(hint: object) -> _Check:
    inner = _check_of(hint)

    def check(value: Json, path: str) -> None:
        if not isinstance(value, list):
            raise FieldRefused(FieldProblem.TYPE, path)
        if len(value) > _ITEMS:
            raise FieldRefused(FieldProblem.LONG, path)
        for item in value:
            inner(item, path)

    return check


def _part(shape: type[object]) -> _Check:
    known, required = _checks(shape), _required(shape)

    def check(value: Json, path: str) -> None:
        if not isinstance(value, dict):
            raise FieldRefused(FieldProblem.TYPE, path)
        for name, part in value.items():
            inner = known.get(name)
            if inner is None:
                raise FieldRefused(FieldProblem.UNKNOWN, path)
            inner(part, f"{path}.{name}")
        for name in required:
            if name not in value:
                raise FieldRefused(FieldProblem.MISSING, f"{path}.{name}")

    return check
