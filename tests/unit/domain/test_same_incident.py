"""One incident from many calls: what is proposed, what merging and splitting do, what is counted and not listed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.services_stage import incident
from tmcwall.domain.camera import Position
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import Certainty, Drill, Incident, IncidentType, Place, Source, Status
from tmcwall.domain.same_incident import counted_with, main_of, may_be_same, merge, proposals, repeats, split

NOON = datetime(2025, 3, 28, 5, 0, tzinfo=UTC)
HERE = Position(-7.5606, 110.8018)
METRE = 1 / 111_195


def call(number: int, *, north_m: float = 0, after: timedelta = timedelta(0), **changes: object) -> Incident:
    """A call of a traffic accident; `north_m` and `after` from the first."""
    at = NOON + after
    place = Place(Position(HERE.lat + north_m * METRE, HERE.lon))
    return incident(**{"id": f"i{number}", "called_at": at, "received_at": at, "place": place, **changes})


def alarm(number: int, seconds: float, **changes: object) -> Incident:
    at = NOON + timedelta(seconds=seconds)
    place = Place(adm4="33.74.13.1004", rw="004", rt="003")
    return incident(
        **{"id": f"k{number}", "source": Source.KENITA, "type": IncidentType.CRIME, "place": place, "called_at": at,
           "received_at": at, **changes}
    )  # fmt: skip


def by_id(*incidents: Incident) -> dict[str, Incident]:
    return {one.id: one for one in incidents}


@pytest.mark.parametrize(
    ("other", "proposed"),
    [
        (call(2, north_m=149, after=timedelta(minutes=10)), True),
        (call(2, north_m=149, source=Source.KENITA), True),
        (call(2, north_m=152), False),
        (call(2, after=timedelta(minutes=10, seconds=1)), False),
        (call(2, type=IncidentType.FIRE), False),
        (call(2, drill=Drill.EXERCISE), False),
        (call(2, place=Place(text="depan stasiun")), False),
    ],
)
def test_a_duplicate_is_proposed_by_type_150_metres_and_ten_minutes(other: Incident, proposed: bool) -> None:
    assert may_be_same(call(1), other) is proposed
    assert may_be_same(other, call(1)) is proposed


def test_an_incident_is_not_proposed_to_itself_and_a_prank_to_nobody() -> None:
    first = call(1)
    assert list(proposals(first, [first, call(2), call(3, certainty=Certainty.PRANK)])) == [call(2)]


def test_a_merged_call_points_to_the_main_incident_of_what_it_is_merged_into() -> None:
    known = by_id(call(1), call(2, duplicate_of="i1"), call(3))
    assert merge(known["i3"], known["i2"], known.get).duplicate_of == "i1"


def test_merging_what_is_one_incident_already_is_refused() -> None:
    known = by_id(call(1), call(2, duplicate_of="i1"))
    for pair in (("i1", "i2"), ("i2", "i1"), ("i1", "i1")):
        with pytest.raises(DomainError) as refused:
            merge(known[pair[0]], known[pair[1]], known.get)
        assert refused.value.code is DomainCode.TRANSITION_REFUSED


def test_two_desks_that_merge_crosswise_leave_the_older_one_listed() -> None:
    older, younger = call(1, duplicate_of="i2"), call(2, after=timedelta(minutes=1), duplicate_of="i1")
    third = call(3, duplicate_of="i2")
    known = by_id(younger, older, third)
    assert {main_of(one, known.get).id for one in known.values()} == {"i1"}
    assert counted_with(known) == {"i2": "i1", "i3": "i1"}


def test_a_call_whose_main_incident_is_unknown_or_over_is_listed() -> None:
    assert counted_with(by_id(call(1, duplicate_of="gone"))) == {}
    assert counted_with(by_id(call(1, status=Status.CLOSED), call(2, duplicate_of="i1"))) == {}


def test_splitting_takes_the_merging_back_and_opens_what_was_closed_as_a_duplicate() -> None:
    merged = call(2, duplicate_of="i1", status=Status.CLOSED, certainty=Certainty.DUPLICATE, closed_at=NOON)
    assert split(merged) == call(2)
    taken = replace(merged, acknowledged_at=NOON)
    assert split(taken).status is Status.ACKNOWLEDGED
    with pytest.raises(DomainError):
        split(call(2))


def test_kenita_alarms_of_one_rt_within_30_seconds_are_counted_with_the_first() -> None:
    found = repeats([alarm(3, 31), alarm(2, 30), alarm(1, 0), alarm(4, 40), alarm(5, 5, place=Place(text="pasar"))])
    assert found == {"k2": "k1", "k4": "k3"}


def test_other_sources_and_exercises_never_count_with_a_real_alarm() -> None:
    assert repeats([alarm(1, 0), alarm(2, 1, drill=Drill.EXERCISE), alarm(3, 2, source=Source.LIBAS)]) == {}


def test_an_alarm_merged_into_its_own_repeat_does_not_hide_both() -> None:
    known = by_id(alarm(1, 0, duplicate_of="k2"), alarm(2, 5))
    assert counted_with(known) == {"k1": "k2"}


def test_a_hundred_alarms_of_one_rt_are_one_line() -> None:
    known = by_id(*(alarm(number, number * 0.25) for number in range(100)))
    assert set(counted_with(known).values()) == {"k0"}
    assert len(counted_with(known)) == 99
