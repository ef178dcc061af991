"""The alarm tone."""

import threading
from dataclasses import replace

import pytest

from tests.services_stage import ManualClock, incident
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Place, Severity, Source, Status, Tone
from tmcwall.services.alarm import BEEPS, SAMPLE_RATE, Alarm, Beeps, samples


class RecordingSpeaker:
    """Notes what it is asked to play, and plays for no time."""

    def __init__(self) -> None:
        self.played: list[Beeps] = []
        self.silenced: list[threading.Event] = []

    def play(self, beeps: Beeps, silenced: threading.Event) -> None:
        self.played.append(beeps)
        self.silenced.append(silenced)


@pytest.fixture
def speaker():
    return RecordingSpeaker()


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def alarm(qapp, clock, speaker):
    alarm = Alarm(clock=clock, speaker=speaker)
    yield alarm
    alarm.stop()
    assert alarm.join(5)


def heard(alarm, speaker):
    assert alarm.join(5)
    return speaker.played


def test_a_severe_incident_sounds_urgent(alarm, speaker):
    alarm.sound(incident(severity=Severity.SEVERE))
    assert heard(alarm, speaker) == [BEEPS[Tone.URGENT]]


@pytest.mark.parametrize(
    "quiet",
    [
        {"source": Source.KENITA, "type": IncidentType.PUBLIC_DISORDER},
        {"certainty": Certainty.PRANK},
        {"status": Status.ACKNOWLEDGED},
    ],
)
def test_kenita_without_crime_pranks_and_incidents_already_taken_up_stay_silent(alarm, speaker, quiet):
    alarm.sound(incident(**quiet))
    assert heard(alarm, speaker) == []
    assert not alarm.sounding


def test_kenita_sounds_for_crime(alarm, speaker):
    alarm.sound(incident(source=Source.KENITA, type=IncidentType.CRIME, severity=Severity.MODERATE))
    assert heard(alarm, speaker) == [BEEPS[Tone.ALARM]]


def test_an_exercise_sounds_softly(alarm, speaker):
    alarm.sound(incident(drill=Drill.EXERCISE, severity=Severity.CRITICAL))
    assert heard(alarm, speaker) == [BEEPS[Tone.SOFT]]


def test_the_same_kind_from_the_same_place_within_thirty_seconds_sounds_once(alarm, speaker, clock):
    alarm.sound(incident(id="1"))
    clock.pass_s(29)
    alarm.sound(incident(id="2"))
    assert len(heard(alarm, speaker)) == 1
    clock.pass_s(2)
    alarm.sound(incident(id="3"))
    assert len(heard(alarm, speaker)) == 2


def test_another_place_sounds_at_once(alarm, speaker):
    alarm.sound(incident(id="1"))
    alarm.join(5)
    alarm.sound(incident(id="2", place=Place(position=Position(-7.6, 110.9))))
    assert len(heard(alarm, speaker)) == 2


def test_the_alarm_is_silenced_when_somebody_takes_the_incident_up(alarm, speaker, qtbot):
    arrived = incident(severity=Severity.CRITICAL)
    alarm.sound(arrived)
    assert alarm.sounding
    with qtbot.waitSignal(alarm.sounding_changed, check_params_cb=lambda sounding: not sounding):
        alarm.answer(replace(arrived, status=Status.ACKNOWLEDGED))
    heard(alarm, speaker)
    assert speaker.silenced[0].is_set()


def test_the_alarm_says_when_it_is_over(alarm, qtbot):
    with qtbot.waitSignal(alarm.sounding_changed, check_params_cb=lambda sounding: not sounding):
        alarm.sound(incident())
    assert not alarm.sounding


def test_a_workstation_without_sound_makes_none(qapp, clock):
    alarm = Alarm(clock=clock, speaker=None)
    alarm.sound(incident(severity=Severity.CRITICAL))
    assert not alarm.sounding


def test_one_round_holds_its_beeps_and_then_silence():
    one_round = samples(Beeps((660.0, 880.0), beep_s=0.1, every_s=1.0, lasts_s=1.0), volume=0.5)
    assert len(one_round) == SAMPLE_RATE
    assert 0 < max(one_round) <= 32767 // 2
    assert not any(one_round[SAMPLE_RATE // 5 + 1 :])
