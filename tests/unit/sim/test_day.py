"""The day in the synthetic city: steps that follow each other, and calls that the server's intake takes."""

from datetime import UTC, datetime

import pytest

from tests.clocks import FakeClock
from tmcwall.domain.incident import Drill, IncidentType, Severity, Source, Tone, alarm_tone
from tmcwall.domain.one_way import OneWayRule, OneWayState, indicate
from tmcwall.intake.cap import parse_cap
from tmcwall.intake.readings import parse_counts
from tmcwall.intake.webhook import MessageType, parse_webhook
from tmcwall.sim.city import first_cameras
from tmcwall.sim.day import CAMERAS, Day, Event
from tmcwall.texts import demo as say

START = datetime(2025, 3, 28, 7, 3, 22, tzinfo=UTC)


@pytest.fixture
def reports():
    """What each step reports, by its event, in the order of the day."""
    return {
        step.event: parse_webhook(post.body)
        for step in Day(clock=FakeClock(START)).steps()
        for post in step.posts()
        if post.route == "incident"
    }


def test_its_steps_follow_each_other_within_twenty_minutes():
    times = [step.at_s for step in Day(clock=FakeClock(START)).steps()]
    assert times == sorted(set(times))
    assert times[0] >= 0
    assert times[-1] < 20 * 60


def test_every_event_happens_once_and_is_told():
    events = [step.event for step in Day(clock=FakeClock(START)).steps()]
    assert sorted(events) == sorted(Event)
    assert set(say.DAY) == set(Event)


def test_all_that_is_reported_is_an_exercise_seen_now(reports):
    assert {report.drill for report in reports.values()} == {Drill.EXERCISE}
    assert {report.sent_at for report in reports.values()} == {START}


def test_two_callers_tell_of_one_accident(reports):
    first, second = reports[Event.ACCIDENT], reports[Event.ACCIDENT_AGAIN]
    assert (first.source, second.source) == (Source.CALL_112, Source.CALL_110)
    assert first.type is second.type is IncidentType.TRAFFIC_ACCIDENT
    assert first.external_id != second.external_id


def test_only_kenitas_crime_sounds(reports):
    tones = {
        event: alarm_tone(reports[event].incident("i", received_at=START))
        for event in (Event.COMMUNITY_WORK, Event.BURGLARY)
    }
    assert tones[Event.COMMUNITY_WORK] is Tone.SILENT
    assert tones[Event.BURGLARY] is not Tone.SILENT


@pytest.mark.parametrize(
    ("news", "first", "kind"),
    [
        (Event.ACCIDENT_WORSE, Event.ACCIDENT, MessageType.UPDATE),
        (Event.TAKEN_BACK, Event.CONGESTION, MessageType.CANCEL),
    ],
)
def test_news_belong_to_the_report_before(reports, news, first, kind):
    assert reports[news].external_id == reports[first].external_id
    assert (reports[news].sequence, reports[news].kind) == (reports[first].sequence + 1, kind)


def test_news_of_an_accident_say_that_it_is_severe(reports):
    assert reports[Event.ACCIDENT_WORSE].severity is Severity.SEVERE


def test_the_cameras_that_go_dark_come_back_and_one_junction_stays():
    steps = {step.event: step for step in Day(clock=FakeClock(START)).steps()}
    dark = steps[Event.OUTAGE].dark
    assert dark == steps[Event.REPAIRED].back
    assert set(dark) < {made.id for made in first_cameras(CAMERAS)}
    assert len(dark) >= 6
    assert not any("GENDENGAN" in camera for camera in dark)


def test_three_full_hours_above_the_threshold_switch_the_indicator_on():
    clock = FakeClock(START)
    posts = [post for step in Day(clock=clock).steps() for post in step.posts() if post.route == "counts"]
    counts = [count for post in posts for count in parse_counts(post.body, now=clock.utc())]
    hours = {count.starts_at: count.vehicles for count in counts}
    assert indicate(hours, OneWayRule(), now=clock.utc()).state is OneWayState.ON


def test_the_warning_is_an_exercise_with_an_area_and_is_taken_back():
    posts = [post for step in Day(clock=FakeClock(START)).steps() for post in step.posts() if post.route == "cap"]
    first, second = [parse_cap(post.body) for post in posts]
    assert first.warning().areas[0].polygons
    assert second.references[0].identifier == first.identifier
