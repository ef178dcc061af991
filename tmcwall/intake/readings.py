"""Counts of traffic and positions of units, as other systems send them: `tmcwall.counts/1`, `tmcwall.positions/1`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError, model_validator

from tmcwall.domain.camera import Position
from tmcwall.domain.clock import EARLIEST, LATEST, in_utc
from tmcwall.domain.traffic_count import MOST_VEHICLES_PER_HOUR, PERIODS_MIN, CountedPlace, TrafficCount
from tmcwall.domain.unit_position import UnitKind, UnitPosition
from tmcwall.intake.webhook import FieldProblem, Identity, Line, Part, WebhookError, problems_of

MOST_ROWS: Final = 500
"""In one body."""
MAX_BODY_BYTES: Final = 256 * 1024
OLDEST: Final = timedelta(days=31)
"""Counts come late after a failure, but not that late."""
_AHEAD: Final = timedelta(minutes=5)
"""How far a sender's clock may be ahead."""


def _plausible(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("no moment of our time")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(in_utc), AfterValidator(_plausible)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class _Count(Part):
    place: Identity
    name: Line = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    starts_at: Moment
    period_minutes: int
    vehicles: Annotated[int, Field(ge=0)] | None = None
    vehicles_per_hour: Annotated[int, Field(ge=0)] | None = None
    vc: Annotated[float, Field(ge=0, le=10)] | None = None

    @model_validator(mode="after")
    def _says_what_it_counts(self) -> _Count:
        if self.period_minutes not in PERIODS_MIN:
            raise ValueError(f"period_minutes is one of {', '.join(map(str, PERIODS_MIN))}")
        if (self.vehicles is None) == (self.vehicles_per_hour is None):
            raise ValueError("one of vehicles, vehicles_per_hour is needed")
        if self.vehicles_per_hour is not None and self.period_minutes != 60:
            raise ValueError("vehicles_per_hour is of a whole hour: of a shorter period say vehicles")
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon go together")
        if self.starts_at.second or self.starts_at.microsecond or self.starts_at.minute % self.period_minutes:
            raise ValueError("starts_at is not the beginning of such a period")
        if self.counted * 60 > MOST_VEHICLES_PER_HOUR * self.period_minutes:
            raise ValueError(f"more than {MOST_VEHICLES_PER_HOUR} vehicles an hour: another unit?")
        return self

    @property
    def counted(self) -> int:
        return self.vehicles if self.vehicles is not None else self.vehicles_per_hour or 0

    def count(self, sent_at: datetime) -> TrafficCount:
        position = None if self.lat is None or self.lon is None else Position(self.lat, self.lon)
        place = CountedPlace(self.place, self.name, position)
        return TrafficCount(place, self.starts_at, self.period_minutes, self.counted, self.vc, sent_at)


class _Counts(Part):
    schema_: Literal["tmcwall.counts/1"] = Field(alias="schema")
    sent: Moment
    counts: Annotated[tuple[_Count, ...], Field(max_length=MOST_ROWS)]


class _Unit(Part):
    unit: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$")]
    kind: UnitKind = UnitKind.OTHER
    lat: Latitude
    lon: Longitude
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    at: Moment
    note: Line = ""


class _Positions(Part):
    schema_: Literal["tmcwall.positions/1"] = Field(alias="schema")
    positions: Annotated[tuple[_Unit, ...], Field(max_length=MOST_ROWS)]


B = TypeVar("B", bound=Part)


def parse_counts(body: bytes, *, now: datetime) -> tuple[TrafficCount, ...]:
    """Raises WebhookError with every wrong field; a period twice, or one that has not ended, is wrong, too."""
    content = _read(_Counts, body)
    counts = tuple(row.count(content.sent) for row in content.counts)
    refuse_wrong_times(counts, now=now)
    return counts


def refuse_wrong_times(counts: tuple[TrafficCount, ...], *, now: datetime) -> None:
    """Raises WebhookError for a period that is there twice, has not ended, or ended more than `OLDEST` ago."""
    times = Counter((count.place.id, count.starts_at, count.period_min) for count in counts)
    problems = []
    for number, count in enumerate(counts):
        ends_at = count.starts_at + timedelta(minutes=count.period_min)
        if times[count.place.id, count.starts_at, count.period_min] > 1:
            problems.append(FieldProblem(f"counts.{number}", "the same place and period twice"))
        elif ends_at > now + _AHEAD:
            problems.append(FieldProblem(f"counts.{number}.starts_at", "the period has not ended"))
        elif ends_at < now - OLDEST:
            problems.append(FieldProblem(f"counts.{number}.starts_at", f"older than {OLDEST.days} days"))
    if problems:
        raise WebhookError(tuple(problems[:50]))


def parse_positions(body: bytes, *, source: str, now: datetime) -> tuple[UnitPosition, ...]:
    """Raises WebhookError with every wrong field; a position of the future is wrong, too."""
    content = _read(_Positions, body)
    problems = [
        FieldProblem(f"positions.{number}.at", "in the future")
        for number, row in enumerate(content.positions)
        if row.at > now + _AHEAD
    ]
    if problems:
        raise WebhookError(tuple(problems[:50]))
    return tuple(
        UnitPosition(row.unit, row.kind, Position(row.lat, row.lon), row.accuracy_m, row.at, source, row.note)
        for row in content.positions
    )


def _read(shape: type[B], body: bytes) -> B:
    if len(body) > MAX_BODY_BYTES:
        raise WebhookError((FieldProblem("", f"at most {MAX_BODY_BYTES} bytes"),))
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise WebhookError(problems_of(error)) from None
