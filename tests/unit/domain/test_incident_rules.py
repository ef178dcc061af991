"""An incident's way through its statuses, its tone, its marker, its possible duplicates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tmcwall.domain import incident as rules
from tmcwall.domain.camera import Position
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
    Tone,
)

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
HERE = Position(-7.5606, 110.8018)
NEW = Incident(
    "i", Source.CALL_112, "112-1", 1, IncidentType.TRAFFIC_ACCIDENT, Severity.MODERATE, Certainty.UNVERIFIED,
    Status.NEW, Drill.ACTUAL, Place(HERE), "motor vs mobil", NOW, NOW,
)  # fmt: skip


def test_an_incident_runs_from_call_to_closing_with_its_clocks() -> None:
    known = rules.acknowledge(NEW, at=NOW + timedelta(minutes=1), by="12345678")
    sent = rules.dispatch(known, at=NOW + timedelta(minutes=2))
    there = rules.arrive(sent, at=NOW + timedelta(minutes=9))
    done = rules.resolve(there)
    closed = rules.close(done, at=NOW + timedelta(hours=1), certainty=Certainty.SEEN_ON_CAMERA)
    assert [step.status for step in (known, sent, there, done, closed)] == [
        Status.ACKNOWLEDGED, Status.DISPATCHED, Status.HANDLED, Status.RESOLVED, Status.CLOSED,
    ]  # fmt: skip
    assert (closed.acknowledged_by, closed.on_scene_at) == ("12345678", NOW + timedelta(minutes=9))
    assert (closed.closed_at, closed.certainty) == (NOW + timedelta(hours=1), Certainty.SEEN_ON_CAMERA)


def test_a_prank_is_closed_at_once() -> None:
    assert rules.close(NEW, at=NOW, certainty=Certainty.PRANK).status is Status.CLOSED


@pytest.mark.parametrize("status", [Status.ACKNOWLEDGED, Status.RESOLVED, Status.CLOSED, Status.CANCELLED])
def test_an_incident_is_acknowledged_once(status: Status) -> None:
    with pytest.raises(DomainError) as refused:
        rules.acknowledge(replace(NEW, status=status), at=NOW, by="12345678")
    assert refused.value.code is DomainCode.TRANSITION_REFUSED


@pytest.mark.parametrize("status", [Status.CLOSED, Status.CANCELLED])
def test_what_has_ended_does_not_change(status: Status) -> None:
    ended = replace(NEW, status=status)
    for step in (
        lambda: rules.close(ended, at=NOW, certainty=Certainty.PRANK),
        lambda: rules.cancel(ended, at=NOW),
        lambda: rules.dispatch(ended, at=NOW),
        lambda: rules.arrive(ended, at=NOW),
        lambda: rules.resolve(ended),
        lambda: rules.verify(ended, Certainty.PRANK, at=NOW),
    ):
        with pytest.raises(DomainError):
            step()


@pytest.mark.parametrize(
    ("change", "tone"),
    [
        ({}, Tone.ALARM),
        ({"severity": Severity.CRITICAL}, Tone.URGENT),
        ({"severity": Severity.CRITICAL, "drill": Drill.EXERCISE}, Tone.SOFT),
        ({"drill": Drill.TEST}, Tone.SOFT),
        ({"source": Source.KENITA, "type": IncidentType.CRIME}, Tone.ALARM),
        ({"source": Source.KENITA, "type": IncidentType.OTHER}, Tone.SILENT),
        ({"source": Source.KENITA, "type": IncidentType.OTHER, "severity": Severity.CRITICAL}, Tone.SILENT),
        ({"certainty": Certainty.PRANK}, Tone.SILENT),
        ({"status": Status.ACKNOWLEDGED}, Tone.SILENT),
    ],
)
def test_the_tone_follows_source_severity_and_drill(change: dict[str, object], tone: Tone) -> None:
    incident = replace(NEW, **change)  # type: ignore[arg-type]  # the test names the fields
    assert rules.alarm_tone(incident) is tone


def test_only_open_and_believed_incidents_with_a_place_are_marked() -> None:
    assert rules.is_marked(NEW)
    assert not rules.is_marked(replace(NEW, certainty=Certainty.PRANK))
    assert not rules.is_marked(replace(NEW, status=Status.CLOSED))
    assert not rules.is_marked(replace(NEW, place=Place(text="entah")))
