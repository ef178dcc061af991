"""The cascade of a Kenita alarm: levels by timers, who answers, whom it names, and which cameras are listed."""

from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import camera, incident
from tmcwall.domain.camera import Owner, Position
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.incident import Drill, Incident, IncidentType, Place, Source
from tmcwall.domain.kenita import (
    Cascade,
    CascadeStep,
    Level,
    Reach,
    StepKind,
    Timers,
    cameras_of,
    cascade_of,
    cascades,
    contacts_of,
)

KRAPYAK = "33.74.13.1004"
HERE = Position(-6.985, 110.375)
ALARM = incident(source=Source.KENITA, type=IncidentType.CRIME, place=Place(adm4=KRAPYAK, rw="004", rt="003"))


def step(kind: StepKind, seconds: float, **changes: object) -> CascadeStep:
    at = NOON + timedelta(seconds=seconds)
    return CascadeStep(f"{kind}{seconds}", ALARM.id, kind, at, at, "12345678", **changes)  # type: ignore[arg-type]


def after(seconds: float, *steps: CascadeStep, alarm: Incident = ALARM) -> Cascade:
    return cascade_of(alarm, steps, now=NOON + timedelta(seconds=seconds), timers=Timers())


@pytest.mark.parametrize(
    ("seconds", "level", "following", "left"),
    [
        (0, Level.OWN_RT, Level.RW, 60),
        (59, Level.OWN_RT, Level.RW, 1),
        (60, Level.RW, Level.KELURAHAN, 120),
        (179, Level.RW, Level.KELURAHAN, 1),
        (180, Level.KELURAHAN, None, None),
        (9000, Level.KELURAHAN, None, None),
    ],
)
def test_an_alarm_that_nobody_answers_goes_to_the_rw_and_then_to_kelurahan_and_polsek(seconds, level, following, left):
    found = after(seconds)
    assert (found.level, found.next_level) == (level, following)
    assert found.next_in == (None if left is None else timedelta(seconds=left))


def test_an_answer_stops_the_cascade_where_it_is() -> None:
    found = after(600, step(StepKind.ACKNOWLEDGED, 70))
    assert (found.level, found.next_level, found.next_in) == (Level.RW, None, None)
    assert found.acknowledged_at == NOON + timedelta(seconds=70)


def test_all_clear_stops_it_too() -> None:
    found = after(600, step(StepKind.ALL_CLEAR, 30))
    assert (found.level, found.all_clear_at) == (Level.OWN_RT, NOON + timedelta(seconds=30))


def test_steps_of_several_desks_give_the_same_in_any_order() -> None:
    steps = [
        step(StepKind.NOTIFIED, 40, contact_id="rt"),
        step(StepKind.NOTIFIED, 20, contact_id="rt"),
        step(StepKind.ACKNOWLEDGED, 90),
        step(StepKind.ACKNOWLEDGED, 65),
    ]
    assert after(300, *steps) == after(300, *reversed(steps))
    assert after(300, *steps).notified_at("rt") == NOON + timedelta(seconds=20)
    assert after(300, *steps).notified_at("rw") is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, True), ({"type": IncidentType.OTHER}, False), ({"source": Source.CALL_112}, False)],
)
def test_only_a_crime_alarm_of_kenita_cascades(change: dict[str, object], expected: bool) -> None:
    assert cascades(incident(source=ALARM.source, type=ALARM.type) if not change else incident(
        **{"source": ALARM.source, "type": ALARM.type, **change})) is expected  # fmt: skip


def contact(id_: str, role: ContactRole, **place: str) -> Contact:
    return Contact(id_, role, "Pak Warga", "0800", **{"adm4": KRAPYAK, **place})  # type: ignore[arg-type]


CONTACTS = [
    contact("polsek", ContactRole.POLSEK),
    contact("bhabin", ContactRole.BHABINKAMTIBMAS),
    contact("other-rw", ContactRole.KETUA_RW, rw="005"),
    contact("rw", ContactRole.KETUA_RW, rw="004"),
    contact("polisi-rw", ContactRole.POLISI_RW, rw="004"),
    contact("rt3", ContactRole.KETUA_RT, rw="004", rt="003"),
    contact("rt4", ContactRole.KETUA_RT, rw="004", rt="004"),
    contact("elsewhere", ContactRole.KETUA_RT, adm4="33.74.01.1001", rw="004", rt="003"),
]


@pytest.mark.parametrize(
    ("level", "named"),
    [
        (Level.OWN_RT, ["rt3"]),
        (Level.RW, ["rt4", "rw", "polisi-rw"]),
        (Level.KELURAHAN, ["other-rw", "bhabin", "polsek"]),
    ],
)
def test_each_level_names_its_contacts(level: Level, named: list[str]) -> None:
    assert [one.id for one in contacts_of(level, ALARM, CONTACTS)] == named


@pytest.mark.parametrize("drill", [Drill.EXERCISE, Drill.TEST])
@pytest.mark.parametrize("level", Level)
def test_an_exercise_names_no_real_contact(drill: Drill, level: Level) -> None:
    exercise = incident(source=Source.KENITA, type=IncidentType.CRIME, place=ALARM.place, drill=drill)
    assert contacts_of(level, exercise, CONTACTS) == ()


def test_cameras_are_listed_by_rt_then_exits_then_crossings_each_by_distance() -> None:
    def at(metres: float) -> Position:
        return Position(HERE.lat + metres / 111_195, HERE.lon)

    cameras = [
        camera("crossing-far", name="Simpang Kalibanteng", position=at(1400)),
        camera("crossing", name="Jalan", owner=Owner.DISHUB, position=at(500)),
        camera("exit-far", position=at(290)),
        camera("exit", position=at(100)),
        camera("same-rw", adm4=KRAPYAK, rw="004", rt="004", position=at(350)),
        camera("rt", adm4=KRAPYAK, rw="004", rt="003", position=at(150)),
        camera("house", name="Toko", position=at(600)),
        camera("too-far", name="Simpang", position=at(1600)),
    ]
    found = cameras_of(ALARM.place, cameras, position_of=lambda *_: HERE)
    assert [one.id for one, _ in found] == [
        "rt", "exit", "exit-far", "same-rw", "crossing", "crossing-far",
    ]  # fmt: skip
    assert [reach for _, reach in found][:2] == [Reach.OWN_RT, Reach.EXIT]


def test_an_rt_without_a_position_finds_the_cameras_that_are_registered_there() -> None:
    cameras = [camera("rt", adm4=KRAPYAK, rw="004", rt="003", position=None), camera("other", adm4=KRAPYAK)]
    assert [one.id for one, _ in cameras_of(ALARM.place, cameras, position_of=lambda *_: None)] == ["rt"]
