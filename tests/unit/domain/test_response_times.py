"""The clocks of incidents against the targets of 110 and 112, and the shares that met them."""

from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import incident
from tmcwall.domain.incident import Certainty, Drill, Incident, Source, Status
from tmcwall.domain.response_times import (
    PRESETS,
    ResponseStep,
    Share,
    Since,
    Targets,
    csv_rows,
    laps,
    shares,
    target_from,
)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def lap(one: Incident, step: ResponseStep, *, after: float = 0):
    return next(lap for lap in laps(one, now=NOON + s(after), targets=PRESETS) if lap.step is step)


def day(moment):
    return moment.date()


def test_110_is_to_be_answered_within_ten_seconds_of_the_call() -> None:
    in_time = incident(source=Source.CALL_110, acknowledged_at=NOON + s(10))
    late = incident(source=Source.CALL_110, acknowledged_at=NOON + s(11))
    assert not lap(in_time, ResponseStep.ANSWERED).late
    assert lap(late, ResponseStep.ANSWERED).late
    assert lap(incident(source=Source.CALL_110), ResponseStep.ANSWERED, after=11).late


def test_110_is_timed_from_the_call_and_112_from_the_receipt() -> None:
    times = {"called_at": NOON, "received_at": NOON + s(60), "on_scene_at": NOON + s(650)}
    assert lap(incident(source=Source.CALL_110, **times), ResponseStep.ON_SCENE).late
    there = lap(incident(source=Source.CALL_112, **times), ResponseStep.ON_SCENE)
    assert (there.late, there.took, there.left) == (False, s(590), s(10))


def test_a_step_without_a_target_is_timed_and_never_late() -> None:
    seen = lap(incident(verified_at=NOON + s(9000)), ResponseStep.VERIFIED)
    assert (seen.took, seen.left, seen.late) == (s(9000), None, False)


def test_clocks_of_two_machines_make_no_negative_time() -> None:
    assert lap(incident(acknowledged_at=NOON - s(5)), ResponseStep.ANSWERED).took == s(0)


def test_a_target_of_the_source_goes_before_that_of_all() -> None:
    targets = Targets(map(target_from, ("* on_scene 600 receipt", "damkar on_scene 900 call")))
    own = targets.of(Source.FIRE_BRIGADE, ResponseStep.ON_SCENE)
    assert own is not None
    assert (own.within, own.since) == (s(900), Since.CALL)
    assert targets.of(Source.LIBAS, ResponseStep.ON_SCENE).within == s(600)
    assert targets.of(Source.LIBAS, ResponseStep.ANSWERED) is None


@pytest.mark.parametrize("words", ["", "110 answered", "110 answered 0 call", "999 answered 10 call", "110 a 10 call"])
def test_a_target_that_is_not_understood_is_refused(words: str) -> None:
    with pytest.raises(ValueError):
        target_from(words)


def test_shares_count_by_day_and_source_what_met_its_target() -> None:
    met = incident(on_scene_at=NOON + s(300))
    late = incident(on_scene_at=NOON + s(700))
    still_out = incident(called_at=NOON - s(60), received_at=NOON - s(60))
    closed_without = incident(status=Status.CLOSED, closed_at=NOON + s(900))
    tomorrow = incident(called_at=NOON + timedelta(days=1), received_at=NOON + timedelta(days=1))
    found = shares([met, late, still_out, closed_without, tomorrow], now=NOON, targets=PRESETS, day_of=day)
    today = Share(NOON.date(), Source.CALL_112, ResponseStep.ON_SCENE, 600, met=1, late=1, not_known=2)
    assert found[0] == today
    assert today.share == 0.5
    assert (found[1].day, found[1].share) == ((NOON + timedelta(days=1)).date(), None)


@pytest.mark.parametrize(
    "change",
    [
        {"drill": Drill.EXERCISE},
        {"certainty": Certainty.PRANK},
        {"certainty": Certainty.DUPLICATE},
        {"duplicate_of": "INC-0"},
        {"status": Status.CANCELLED},
    ],
)
def test_exercises_pranks_and_duplicates_are_in_no_share(change: dict[str, object]) -> None:
    assert shares([incident(**change)], now=NOON, targets=PRESETS, day_of=day) == ()


def test_an_open_incident_past_its_target_is_late_before_anybody_arrives() -> None:
    found = shares([incident()], now=NOON + s(601), targets=PRESETS, day_of=day)
    assert [(one.met, one.late, one.not_known) for one in found] == [(0, 1, 0)]


def test_the_csv_has_a_heading_and_an_empty_share_where_nothing_can_be_said() -> None:
    rows = csv_rows(shares([incident()], now=NOON, targets=PRESETS, day_of=day))
    assert rows[0][-1] == "share_percent"
    assert rows[1] == (NOON.date().isoformat(), "112", "on_scene", "600", "0", "0", "1", "")
