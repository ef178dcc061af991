"""How far a camera is in use."""

from datetime import UTC, datetime

import pytest

from tmcwall.domain.camera import Standing
from tmcwall.domain.health import TileState
from tmcwall.domain.lifecycle import IN_USE, Decision, Lifecycle

CHANGED = Decision("pindah jaringan", "87654321", datetime(2025, 3, 28, 7, 3, tzinfo=UTC))
PRIVACY = Decision("melihat ke dalam rumah", "12345678", datetime(2025, 3, 28, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("standing", "withheld", "hidden"),
    [
        (Standing.CANDIDATE, TileState.OFF, True),
        (Standing.TRIAL, None, False),
        (Standing.ACTIVE, None, False),
        (Standing.SUSPENDED, TileState.OUTAGE, False),
        (Standing.ENDED, TileState.OFF, True),
    ],
)
def test_a_camera_is_opened_on_trial_and_in_use_only(
    standing: Standing, withheld: TileState | None, hidden: bool
) -> None:
    lifecycle = Lifecycle(standing, CHANGED)
    assert (lifecycle.withheld, lifecycle.hidden) == (withheld, hidden)


@pytest.mark.parametrize("standing", list(Standing))
def test_quarantine_comes_before_any_standing(standing: Standing) -> None:
    lifecycle = Lifecycle(standing, CHANGED, PRIVACY)
    assert (lifecycle.withheld, lifecycle.hidden) == (TileState.QUARANTINED, True)
    assert lifecycle.reason == PRIVACY.reason


def test_a_camera_that_is_withheld_says_why_and_no_other_does() -> None:
    assert Lifecycle(Standing.SUSPENDED, CHANGED).reason == CHANGED.reason
    assert Lifecycle(Standing.ACTIVE, CHANGED).reason == ""
    assert (IN_USE.withheld, IN_USE.reason) == (None, "")
