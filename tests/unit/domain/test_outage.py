"""Planned outages: when they count, for which cameras, and what may be planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tmcwall.domain.camera import Standing
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.health import TileState
from tmcwall.domain.lifecycle import Decision, Lifecycle
from tmcwall.domain.outage import PlannedOutage, check_outage, next_change, with_outages

HOUR = timedelta(hours=1)
WORKS = PlannedOutage("o1", ("CAM-1", "CAM-2"), NOON, NOON + HOUR, "galian fiber", "80010011")


@pytest.mark.parametrize(("at", "counts"), [(NOON - HOUR / 60, False), (NOON, True), (NOON + HOUR, False)])
def test_an_outage_counts_from_its_start_until_before_its_end(at, counts) -> None:
    found = with_outages({}, [WORKS], now=at)
    assert set(found) == ({"CAM-1", "CAM-2"} if counts else set())


def test_a_camera_in_a_planned_outage_is_withheld_with_its_reason() -> None:
    found = with_outages({}, [WORKS], now=NOON)["CAM-1"]
    assert (found.withheld, found.reason, found.hidden) == (TileState.OUTAGE, "galian fiber", False)


def test_one_that_was_called_off_counts_no_more() -> None:
    assert with_outages({}, [replace(WORKS, cancelled=True)], now=NOON) == {}
    assert next_change([replace(WORKS, cancelled=True)], now=NOON) is None


def test_what_was_decided_about_a_camera_goes_before() -> None:
    hidden = Lifecycle(quarantine=Decision("melihat rumah", "80010012", NOON))
    ended = Lifecycle(Standing.ENDED, Decision("rusak", "80010012", NOON))
    found = with_outages({"CAM-1": hidden, "CAM-2": ended}, [WORKS], now=NOON)
    assert found == {"CAM-1": hidden, "CAM-2": ended}


def test_the_next_change_is_a_start_or_an_end_that_is_still_to_come() -> None:
    later = replace(WORKS, starts_at=NOON + 2 * HOUR, ends_at=NOON + 3 * HOUR)
    assert next_change([later, WORKS], now=NOON - HOUR) == NOON
    assert next_change([later, WORKS], now=NOON) == NOON + HOUR
    assert next_change([later, WORKS], now=NOON + HOUR) == NOON + 2 * HOUR
    assert next_change([later, WORKS], now=NOON + 3 * HOUR) is None


@pytest.mark.parametrize(
    ("changes", "code", "detail"),
    [
        ({"camera_ids": ()}, DomainCode.FIELD_MISSING, "cameras"),
        ({"reason": ""}, DomainCode.FIELD_MISSING, "reason"),
        ({"reason": "x" * 201}, DomainCode.FIELD_INVALID, "reason"),
        ({"ends_at": NOON}, DomainCode.FIELD_INVALID, "time"),
        ({"starts_at": NOON - 3 * HOUR, "ends_at": NOON - 2 * HOUR}, DomainCode.FIELD_INVALID, "time"),
    ],
)
def test_what_cannot_be_is_not_planned(changes, code, detail) -> None:
    check_outage(WORKS, now=NOON - HOUR)
    with pytest.raises(DomainError) as refused:
        check_outage(replace(WORKS, **changes), now=NOON - HOUR)
    assert (refused.value.code, refused.value.detail) == (code, detail)
