"""Values of every kind of synchronised entity, as JSON: sound ones, and what a hostile or broken desk might push."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.shape import Address, Between, Inside, Longest, Matching

_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORDS = st.text(_CHARACTERS, max_size=40)
_MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))

POISON = st.sampled_from([
    "0001-01-01T00:00:00+14:00", "9999-12-31T22:00:00Z", "9999-12-31T23:59:59-14:00", "1969-12-31T23:59:59Z",
    "2025-02-30T00:00:00Z", "2025-01-01T00:00:00", "0001-01-01", "9999-12-31", "", "\0", "\ud800", "x" * 100_000,
    2**63, -(2**63) - 1, 2**53, -1, 10**400, 1e308, -1e308, 5e-324, True, None, [], {}, [[]], {"a": {"b": []}},
    "../../etc/passwd", "/etc/passwd", "C:\\x", "n" * 300,
])  # fmt: skip
"""None of these is a value of most fields; some of them are a value of some."""


def deep(depth: int) -> Json:
    """Lists inside each other."""
    value: Json = []
    for _ in range(depth - 1):
        value = [value]
    return value


def values(entity: Entity) -> st.SearchStrategy[dict[str, Json]]:
    """All fields of an entity of that kind, each with any value that its type takes."""
    return _part(KINDS[entity].shape)


def poisoned(entity: Entity) -> st.SearchStrategy[dict[str, Json]]:
    """The same with something else in one of the fields, or with a field that is none."""
    shape = KINDS[entity].shape
    names = st.sampled_from([*(part.name for part in fields(shape)), "weather", "x\0", "n" * 300])
    anything = POISON | st.integers(2, 250).map(deep)
    return st.builds(lambda sound, name, value: {**sound, name: value}, values(entity), names, anything)


def _part(shape: type[Any]) -> st.SearchStrategy[dict[str, Json]]:  # Any: a dataclass
    hints = get_type_hints(shape, include_extras=True)
    return st.fixed_dictionaries({name: _of(hint) for name, hint in hints.items()})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    said: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        said = tuple(rest)
    if get_origin(hint) in {Union, UnionType}:
        (kind,) = (part for part in get_args(hint) if part is not NoneType)
        return st.none() | _of(kind)
    if get_origin(hint) is tuple:
        return st.lists(_of(get_args(hint)[0]), max_size=3)
    if isinstance(hint, type) and is_dataclass(hint):
        return _part(hint)
    if issubclass(hint, Enum):
        return st.sampled_from([member.value for member in hint])
    bounds = next((bound for bound in said if isinstance(bound, Between)), Between(0, 1000))
    longest = next((bound.characters for bound in said if isinstance(bound, Longest)), 40)
    pattern = next((bound.pattern for bound in said if isinstance(bound, Matching)), None)
    if pattern is not None:
        return st.from_regex(pattern, fullmatch=True)
    if any(isinstance(bound, Inside) for bound in said):
        return st.sampled_from(["", "2025/03/20250328-070300_k1.mp4", "k.mp4"])
    if any(isinstance(bound, Address) for bound in said):
        return st.sampled_from(
            ["rtsp://10.0.0.1/1", "https://[fd00::1]:8443/live.m3u8?key={secret}", "rtsps://kamera/#compat"]
        )
    return {
        bool: st.booleans(),
        int: st.integers(int(bounds.lowest), int(bounds.highest)),
        float: st.floats(bounds.lowest, bounds.highest),
        str: st.text(_CHARACTERS, max_size=min(longest, 40)),
        datetime: _MOMENTS.map(datetime.isoformat),
        date: _DAYS.map(date.isoformat),
    }[hint]
