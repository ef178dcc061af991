"""A repair: opened, told, answered, done, each step once it makes sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import EXAMPLES
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.mass_outage import OutageCause
from tmcwall.domain.operation import Entity
from tmcwall.domain.repair import (
    CauseClass,
    Repair,
    answered,
    check_repair,
    done,
    in_span,
    likely_cause,
    reclassified,
    told,
    withdrawn,
)

REPAIR: Repair = EXAMPLES[Entity.REPAIR]
TODAY = NOON.date()
DAY = timedelta(days=1)


def test_a_repair_is_told_answered_and_done() -> None:
    step = told(REPAIR, whom=" PLN  UP3 ", on=TODAY)
    step = answered(step, words="besok", on=TODAY)
    ended = done(step, words="", on=TODAY + DAY)
    assert (step.is_open, ended.is_open, ended.told, ended.answer) == (True, False, "PLN UP3", "besok")


@pytest.mark.parametrize("over", [done(REPAIR, words="", on=TODAY), withdrawn(REPAIR)])
def test_one_that_is_over_takes_no_step(over) -> None:
    for step in (
        lambda: told(over, whom="x", on=TODAY),
        lambda: answered(over, words="x", on=TODAY),
        lambda: done(over, words="x", on=TODAY),
        lambda: withdrawn(over),
    ):
        with pytest.raises(DomainError) as refused:
            step()
        assert refused.value.code is DomainCode.TRANSITION_REFUSED


def test_the_cause_may_be_another_after_the_repair_but_not_of_one_that_was_withdrawn() -> None:
    assert reclassified(done(REPAIR, words="", on=TODAY), CauseClass.UNPAID).cause is CauseClass.UNPAID
    with pytest.raises(DomainError):
        reclassified(withdrawn(REPAIR), CauseClass.UNPAID)


def test_nobody_is_told_without_a_name_and_no_repair_is_without_a_camera() -> None:
    with pytest.raises(DomainError) as nobody:
        told(REPAIR, whom="  ", on=TODAY)
    with pytest.raises(DomainError) as nothing:
        check_repair(replace(REPAIR, camera_ids=()))
    with pytest.raises(DomainError) as long:
        check_repair(replace(REPAIR, words="x" * 1001))
    assert [one.value.code for one in (nobody, nothing, long)] == [
        DomainCode.FIELD_MISSING, DomainCode.FIELD_MISSING, DomainCode.FIELD_INVALID,
    ]  # fmt: skip


def test_a_month_has_the_repairs_that_were_open_in_it() -> None:
    ended = done(REPAIR, words="", on=TODAY)
    assert in_span([ended], "CAM-1", since=NOON + DAY, until=NOON + 30 * DAY) == ()
    assert in_span([REPAIR, withdrawn(REPAIR)], "CAM-1", since=NOON + DAY, until=NOON + 30 * DAY) == (REPAIR,)
    assert in_span([REPAIR], "CAM-2", since=NOON - DAY, until=NOON + DAY) == ()
    assert in_span([REPAIR], "CAM-1", since=NOON - DAY, until=NOON) == ()


def test_every_kind_of_outage_has_a_likely_cause() -> None:
    assert {likely_cause(cause) for cause in OutageCause} <= set(CauseClass)
    assert likely_cause(OutageCause.AREA) is CauseClass.POWER
