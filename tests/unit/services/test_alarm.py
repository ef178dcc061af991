"""The alarm tone."""

import array
import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication

from tests.services_stage import incident
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Place, Severity, Source, Status, Tone
from tmcwall.services.alarm import BEEPS, SAMPLE_RATE, Alarm, Beeps, _frames, samples

OTHER_PLACE = Place(position=Position(-7.6, 110.9))


class RecordingSpeaker:
    """Notes what it is asked to play; plays for no time, or until it is silenced."""

    def __init__(self) -> None:
        self.played: list[Beeps] = []
        self.silenced: list[threading.Event] = []
        self.lasting = False

    def play(self, beeps: Beeps, silenced: threading.Event) -> None:
        self.played.append(beeps)
        self.silenced.append(silenced)
        if self.lasting:
            silenced.wait(60)


@pytest.fixture
def speaker():
    return RecordingSpeaker()


@pytest.fixture
def alarm(qapp, clock, speaker):
    alarm = Alarm(clock=clock, speaker=speaker)
    yield alarm
    alarm.stop()
    assert alarm.join(60)


def heard(alarm, speaker):
    """What was played, when all of it is over."""
    assert alarm.join(60)
    QCoreApplication.processEvents()
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
    heard(alarm, speaker)
    clock.advance(29)
    alarm.sound(incident(id="2"))
    assert len(heard(alarm, speaker)) == 1
    clock.advance(2)
    alarm.sound(incident(id="3"))
    assert len(heard(alarm, speaker)) == 2


def test_another_place_sounds_at_once(alarm, speaker):
    alarm.sound(incident(id="1"))
    heard(alarm, speaker)
    alarm.sound(incident(id="2", place=OTHER_PLACE))
    assert len(heard(alarm, speaker)) == 2


def test_the_alarm_sounds_until_every_incident_is_taken_up(alarm, speaker):
    speaker.lasting = True
    first, second = incident(id="1"), incident(id="2", place=OTHER_PLACE)
    alarm.sound(first)
    alarm.sound(second)
    alarm.answer(replace(first, status=Status.ACKNOWLEDGED))
    assert alarm.sounding
    alarm.answer(replace(second, status=Status.ACKNOWLEDGED))
    assert not alarm.sounding
    assert heard(alarm, speaker) == [BEEPS[Tone.ALARM]]
    assert speaker.silenced[0].is_set()


def test_a_more_urgent_alarm_replaces_the_one_that_sounds_and_a_storm_stays_one_alarm(alarm, speaker):
    speaker.lasting = True
    alarm.sound(incident(id="calm"))
    for index in range(100):
        place = Place(position=Position(-7.5 - index / 1000, 110.8))
        alarm.sound(incident(id=str(index), severity=Severity.CRITICAL, place=place))
    alarm.silence()
    assert heard(alarm, speaker) == [BEEPS[Tone.ALARM], BEEPS[Tone.URGENT]]


def test_the_alarm_says_when_it_is_over(alarm, qtbot):
    with qtbot.waitSignal(alarm.sounding_changed, check_params_cb=lambda sounding: not sounding):
        alarm.sound(incident())
    assert not alarm.sounding


def test_a_workstation_without_sound_makes_none(qapp, clock):
    alarm = Alarm(clock=clock, speaker=None)
    alarm.sound(incident(severity=Severity.CRITICAL))
    assert not alarm.sounding


def test_the_sound_device_is_fed_round_after_round_without_a_gap():
    frames = _frames(array.array("h", [1, 2, 3]))
    next(frames)
    assert [list(frames.send(wanted)) for wanted in (2, 2, 5)] == [[1, 2], [3, 1], [2, 3, 1, 2, 3]]


def test_one_round_holds_its_beeps_and_then_silence():
    one_round = samples(Beeps((660.0, 880.0), beep_s=0.1, every_s=1.0, lasts_s=1.0), volume=0.5)
    assert len(one_round) == SAMPLE_RATE
    assert 0 < max(one_round) <= 32767 // 2
    assert not any(one_round[SAMPLE_RATE // 5 + 1 :])
