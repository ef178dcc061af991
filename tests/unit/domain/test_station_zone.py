"""Moments by the clock of a station: three fixed zones, days that begin at the station's midnight."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.station_zone import StationZone

HOURS = {StationZone.WIB: 7, StationZone.WITA: 8, StationZone.WIT: 9}
PLACES = {StationZone.WIB: "Asia/Jakarta", StationZone.WITA: "Asia/Makassar", StationZone.WIT: "Asia/Jayapura"}
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ZONES = st.sampled_from(StationZone)


def place_of(zone: StationZone) -> ZoneInfo:
    try:
        return ZoneInfo(PLACES[zone])
    except ZoneInfoNotFoundError:
        pytest.skip("this system has no table of time zones")


@given(moment=MOMENTS, zone=ZONES)
def test_the_stations_clock_is_ahead_of_utc_by_the_hours_of_its_zone(moment: datetime, zone: StationZone) -> None:
    local = zone.local(moment)
    assert local == moment
    assert local.utcoffset() == timedelta(hours=HOURS[zone])
    assert local.tzname() == zone


@given(moment=MOMENTS, zone=ZONES)
def test_it_shows_what_the_worlds_table_of_zones_shows_of_its_city(moment: datetime, zone: StationZone) -> None:
    there = moment.astimezone(place_of(zone))
    assert zone.local(moment).replace(tzinfo=None) == there.replace(tzinfo=None)


@given(moment=MOMENTS, zone=ZONES, hours=st.integers(-12, 14))
def test_it_does_not_matter_in_which_zone_a_moment_was_written(moment: datetime, zone: StationZone, hours: int) -> None:
    elsewhere = moment.astimezone(ZoneInfo(f"Etc/GMT{-hours:+d}") if hours else UTC)
    assert zone.long_text(elsewhere) == zone.long_text(moment)
    assert zone.date_of(elsewhere) == zone.date_of(moment)


@given(day=st.dates(date(1990, 1, 2), date(2100, 1, 1)), zone=ZONES)
def test_a_day_begins_at_the_stations_midnight(day: date, zone: StationZone) -> None:
    midnight = datetime.combine(day, time(), UTC) - timedelta(hours=HOURS[zone])
    assert zone.date_of(midnight) == day
    assert zone.date_of(midnight - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "words", "time_of_day"),
    [
        (StationZone.WIB, "31 Desember 2025 pukul 23.30 WIB", "23.30.05"),
        (StationZone.WITA, "1 Januari 2026 pukul 00.30 WITA", "00.30.05"),
        (StationZone.WIT, "1 Januari 2026 pukul 01.30 WIT", "01.30.05"),
    ],
)
def test_a_moment_is_said_with_the_name_of_its_zone(zone: StationZone, words: str, time_of_day: str) -> None:
    moment = datetime(2025, 12, 31, 16, 30, 5, tzinfo=UTC)
    assert (zone.long_text(moment), zone.time_of_day(moment)) == (words, time_of_day)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        StationZone.WIT.local(datetime(2025, 3, 10))  # noqa: DTZ001 - that is what is refused


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T22:00:00+00:00", "9999-12-31T23:59:59-12:00"]
)
@given(zone=ZONES)
def test_a_moment_at_the_ends_of_time_is_shown_and_breaks_nothing(text: str, zone: StationZone) -> None:
    moment = datetime.fromisoformat(text)
    assert zone.local(moment).tzname() == zone
    assert abs(zone.local(moment).year - moment.year) <= 1
    assert zone.long_text(moment).endswith(zone)
