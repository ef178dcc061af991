"""What one workstation writes can be kept, compared and shown by all others, or is not taken."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.entity_values import deep, poisoned, values
from tests.exchange import bookmark
from tests.services_stage import EXAMPLES
from tmcwall.db.rows import fields_of
from tmcwall.domain.bookmark import Bookmark, Clip
from tmcwall.domain.case import Case
from tmcwall.domain.incident import Incident, IncidentNote
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.shape import Between, FieldProblem, FieldRefused, check_complete, check_fields, check_json
from tmcwall.domain.station_zone import StationZone

every_kind = pytest.mark.parametrize("entity", Entity)


def numbers_without_bounds(hint: Any, path: str = "") -> list[str]:
    """The paths of numbers below a type that say no bounds."""
    if get_origin(hint) is Annotated:
        kind, *said = get_args(hint)
        return [] if any(isinstance(bound, Between) for bound in said) else numbers_without_bounds(kind, path)
    if get_origin(hint) in {Union, UnionType, tuple}:
        return [found for part in get_args(hint) for found in numbers_without_bounds(part, path)]
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return [found for name, part in hints.items() for found in numbers_without_bounds(part, f"{path}.{name}")]
    return [path] if hint in {int, float} else []


def problem_of(shape: type[object], given_fields: dict[str, Json]) -> FieldProblem:
    with pytest.raises(FieldRefused) as refused:
        check_fields(shape, given_fields)
    return refused.value.problem


@every_kind
def test_every_number_says_its_bounds(entity: Entity) -> None:
    assert numbers_without_bounds(KINDS[entity].shape) == []


@every_kind
def test_what_the_program_makes_is_taken(entity: Entity) -> None:
    made = fields_of(EXAMPLES[entity])
    check_fields(KINDS[entity].shape, made)
    check_complete(KINDS[entity].shape, made)


@given(st.sampled_from(Entity).flatmap(lambda entity: st.tuples(st.just(entity), values(entity))))
def test_every_value_of_the_types_is_taken(sample: tuple[Entity, dict[str, Json]]) -> None:
    entity, given_fields = sample
    check_fields(KINDS[entity].shape, given_fields)


@given(st.sampled_from(Entity).flatmap(lambda entity: st.tuples(st.just(entity), poisoned(entity))))
def test_what_is_taken_becomes_a_value_that_every_zone_can_show(sample: tuple[Entity, dict[str, Json]]) -> None:
    entity, given_fields = sample
    shape = KINDS[entity].shape
    try:
        check_fields(shape, given_fields)
    except FieldRefused:
        return
    value = msgspec.convert(given_fields, shape)
    assert msgspec.json.decode(msgspec.json.encode(value)) is not None
    moments = [getattr(value, part.name) for part in fields(shape)]
    for moment in moments:
        if isinstance(moment, datetime):
            assert {zone.local(moment) for zone in StationZone} == {moment}


@pytest.mark.parametrize(
    ("shape", "changes", "problem"),
    [
        (Bookmark, {"weather": "hujan"}, FieldProblem.UNKNOWN),
        (Bookmark, {"starts_at": "0001-01-01T00:00:00+14:00"}, FieldProblem.RANGE),
        (Bookmark, {"starts_at": "9999-12-31T22:00:00Z"}, FieldProblem.RANGE),
        (Bookmark, {"starts_at": "yesterday"}, FieldProblem.TYPE),
        (Bookmark, {"starts_at": "2025-03-28T07:00:00"}, FieldProblem.TYPE),
        (Bookmark, {"starts_at": "2025-02-30T07:00:00Z"}, FieldProblem.TYPE),
        (Bookmark, {"starts_at": 1743145200}, FieldProblem.TYPE),
        (Bookmark, {"clock_offset_ms": 2**63}, FieldProblem.RANGE),
        (Bookmark, {"clock_offset_ms": 10**15}, FieldProblem.RANGE),
        (Bookmark, {"clock_offset_ms": 1.5}, FieldProblem.TYPE),
        (Bookmark, {"clock_offset_ms": True}, FieldProblem.TYPE),
        (Bookmark, {"held": 1}, FieldProblem.TYPE),
        (Bookmark, {"note": "a\0b"}, FieldProblem.CHARACTER),
        (Bookmark, {"note": "\ud800"}, FieldProblem.CHARACTER),
        (Bookmark, {"note": "x" * 9000}, FieldProblem.LONG),
        (Bookmark, {"note": "x" * 70_000}, FieldProblem.LARGE),
        (Bookmark, {"note": deep(199)}, FieldProblem.DEEP),
        (Bookmark, {"note": deep(2)}, FieldProblem.TYPE),
        (Bookmark, {"camera_id": "c" * 129}, FieldProblem.LONG),
        (Clip, {"size_bytes": 2**63}, FieldProblem.RANGE),
        (Clip, {"size_bytes": -1}, FieldProblem.RANGE),
        (Clip, {"state": "lost"}, FieldProblem.CHOICE),
        (Clip, {"path": "../../etc/passwd"}, FieldProblem.RANGE),
        (Clip, {"path": "/etc/passwd"}, FieldProblem.RANGE),
        (Clip, {"path": "C:\\Windows\\x"}, FieldProblem.RANGE),
        (Clip, {"path": "k" * 300}, FieldProblem.LONG),
        (Clip, {"gaps": [{"starts_at": "2025-03-28T07:00:00Z"}]}, FieldProblem.MISSING),
        (Clip, {"gaps": {}}, FieldProblem.TYPE),
        (Case, {"lp_date": "9999-12-31"}, FieldProblem.RANGE),
        (Case, {"lp_date": "2025-13-01"}, FieldProblem.TYPE),
        (Case, {"stage": None}, FieldProblem.TYPE),
        (Incident, {"place": {"position": {"lat": 91, "lon": 0}}}, FieldProblem.RANGE),
        (Incident, {"place": {"position": {"lat": float("nan"), "lon": 0}}}, FieldProblem.RANGE),
        (Incident, {"place": {"position": {"lat": 1, "lon": 2, "height": 3}}}, FieldProblem.UNKNOWN),
        (Incident, {"place": "here"}, FieldProblem.TYPE),
        (Incident, {"sequence": 2**53}, FieldProblem.RANGE),
        (IncidentNote, {"text": 7}, FieldProblem.TYPE),
        (IncidentNote, {"n\0": 7}, FieldProblem.CHARACTER),
    ],
)
def test_what_somebody_could_not_read_is_not_taken(
    shape: type[object], changes: dict[str, Json], problem: FieldProblem
) -> None:
    assert problem_of(shape, changes) is problem


def test_a_text_that_only_looks_like_an_escaped_nul_is_taken() -> None:
    check_fields(Bookmark, {"note": r"C:\u0000"})


def test_a_nul_deep_inside_is_found_where_a_newer_version_may_have_it() -> None:
    with pytest.raises(FieldRefused) as refused:
        check_json({"later": [{"a": ["x", "b\0"]}]})
    assert (refused.value.problem, refused.value.field) == (FieldProblem.CHARACTER, "later")


def test_what_an_entity_cannot_do_without_is_missed() -> None:
    with pytest.raises(FieldRefused) as refused:
        check_complete(Bookmark, {name: value for name, value in bookmark("b1").items() if name != "camera_id"})
    assert str(refused.value) == "camera_id: missing"


def test_a_reason_never_repeats_a_value_nor_a_name_that_somebody_made_up() -> None:
    with pytest.raises(FieldRefused) as refused:
        check_fields(Bookmark, {"Aipda Budi, 0812": "x"})
    assert str(refused.value) == "unknown"


def test_a_day_is_between_1900_and_the_end_of_moments() -> None:
    for day in (date(1900, 1, 1), date(2199, 12, 31)):
        check_fields(Case, {"lp_date": day.isoformat()})
