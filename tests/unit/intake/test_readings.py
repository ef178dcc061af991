"""Counts of traffic and positions of units, as other systems send them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain.camera import Position
from tmcwall.domain.unit_position import UnitKind
from tmcwall.intake.readings import MAX_BODY_BYTES, MOST_ROWS, parse_counts, parse_positions
from tmcwall.intake.webhook import WebhookError

NOW = datetime(2025, 3, 28, 12, 3, tzinfo=UTC)
HOUR = "2025-03-28T18:00:00+07:00"


def counts_body(*rows: dict[str, object], **changes: object) -> bytes:
    given = rows or ({},)
    complete = [{"place": "KLK", "starts_at": HOUR, "period_minutes": 60, "vehicles": 3000} | row for row in given]
    content = {"schema": "tmcwall.counts/1", "sent": "2025-03-28T19:01:00+07:00", "counts": complete}
    return json.dumps(content | changes).encode()


def positions_body(**changes: object) -> bytes:
    unit = {"unit": "Patroli 12", "lat": -7.0, "lon": 110.4, "at": "2025-03-28T19:02:00+07:00"} | changes
    return json.dumps({"schema": "tmcwall.positions/1", "positions": [unit]}).encode()


def problem(row: dict[str, object]) -> tuple[str, str]:
    with pytest.raises(WebhookError) as refused:
        parse_counts(counts_body(row), now=NOW)
    (found,) = refused.value.problems
    return found.field, found.message


def test_an_hour_of_a_counter_is_read() -> None:
    row = {"name": "Kalikangkung", "lat": -7.0, "lon": 110.3, "vc": 0.8}
    (count,) = parse_counts(counts_body(row), now=NOW)
    assert (count.place.id, count.place.name, count.place.position) == ("KLK", "Kalikangkung", Position(-7.0, 110.3))
    assert (count.starts_at, count.vehicles, count.vc) == (datetime(2025, 3, 28, 11, tzinfo=UTC), 3000, 0.8)


def test_vehicles_an_hour_are_those_of_a_whole_hour() -> None:
    row: dict[str, object] = {"vehicles": None, "vehicles_per_hour": 2900}
    assert parse_counts(counts_body(row), now=NOW)[0].vehicles == 2900
    assert "whole hour" in problem(row | {"period_minutes": 15})[1]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"vehicles": 6000, "period_minutes": 15}, "another unit"),
        ({"vehicles": None}, "one of vehicles"),
        ({"vehicles_per_hour": 3000}, "one of vehicles"),
        ({"period_minutes": 7}, "period_minutes is one of"),
        ({"starts_at": "2025-03-28T18:05:00+07:00"}, "beginning"),
        ({"starts_at": "2025-03-28T19:00:00+07:00"}, "not ended"),
        ({"starts_at": "2025-01-28T19:00:00+07:00"}, "older"),
        ({"lat": -7.0}, "together"),
    ],
)
def test_what_is_wrong_with_a_count_is_said_in_words(row: dict[str, object], words: str) -> None:
    field, message = problem(row)
    assert field.startswith("counts.0")
    assert words in message


def test_a_period_twice_in_one_body_is_refused() -> None:
    with pytest.raises(WebhookError) as refused:
        parse_counts(counts_body({}, {"vehicles": 1}), now=NOW)
    assert [one.field for one in refused.value.problems] == ["counts.0", "counts.1"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", counts_body(more=1), counts_body(*[{}] * (MOST_ROWS + 1)), b" " * (MAX_BODY_BYTES + 1)],
)
def test_what_is_not_of_the_schema_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookError):
        parse_counts(body, now=NOW)


def test_a_position_has_its_time_and_grows_old() -> None:
    (unit,) = parse_positions(positions_body(kind="mobil", accuracy_m=8.0), source="ht", now=NOW)
    assert (unit.unit, unit.kind, unit.source, unit.accuracy_m) == ("Patroli 12", UnitKind.CAR, "ht", 8.0)
    ages = [timedelta(minutes=1), timedelta(minutes=3), timedelta(hours=9)]
    assert [(unit.is_stale(unit.at + age), unit.is_gone(unit.at + age)) for age in ages] == [
        (False, False), (True, False), (True, True),
    ]  # fmt: skip
    assert unit.age(unit.at - timedelta(seconds=1)) == timedelta()


def test_a_position_of_the_future_is_refused() -> None:
    with pytest.raises(WebhookError) as refused:
        parse_positions(positions_body(at="2025-03-28T19:09:00+07:00"), source="ht", now=NOW)
    assert refused.value.problems[0].field == "positions.0.at"
