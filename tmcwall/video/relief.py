"""How much is left out where the machine does not keep up: at once where too much is asked, then by what is measured.

Pure functions. Relief 0 leaves nothing out; what each level means stands in `budget.ration`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tmcwall.video.budget import MOST_RELIEF

_STEP: Final = (MOST_RELIEF - 1) // 8
"""Levels that relief rises at once, for each time that pictures are later than they may be."""
_MOST_STEPS: Final = 5
_NO_LOOP_FILTER: Final = 1


@dataclass(frozen=True, slots=True)
class Load:
    """How the machine keeps up."""

    lag_s: float
    """From arrival to picture, of most streams."""
    required: int = 0
    """The least relief whose expected work the processors can do."""
    easy: int = 0
    """The least relief whose expected work leaves processors idle, so that nobody waits for them."""
    settled: bool = True
    """Whether most streams that are asked for have come: before that the machine looks idler than it will be."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When relief goes up and down."""

    late_s: float = 0.12
    rise_after_s: float = 3.0
    """So long pictures must be late, for a burst at the start is none."""
    calm_s: float = 0.06
    settle_s: float = 2.0
    """The first fall after a start that asked for too much comes so soon."""
    fall_after_s: float = 5.0
    longest_fall_after_s: float = 160.0
    """Each fall that had to be taken back within this time doubles the wait for the next one, up to this; each such
    time without a rise halves it again."""


@dataclass(frozen=True, slots=True)
class Relief:
    """How much is being left out, and what is remembered to change that without fluttering. Times in seconds."""

    level: int = 0
    late_since: float | None = None
    calm_since: float | None = None
    calm_level: int = 0
    """The highest `Load.easy` in that calm: what there was room for all the time."""
    fell_at: float | None = None
    steady_since: float | None = None
    """No rise since then, and the wait as it is."""
    wait_s: float = 0.0


def admit(relief: Relief, *, required: int, starting: bool, patience: Patience) -> Relief:
    """The relief with which new streams begin. Where most of them are new and cannot all be decoded, all begin with key
    frames: the first pictures are there soonest, and what there is room for is measured and not guessed.
    """
    if required <= relief.level:
        return relief
    if starting and required > _NO_LOOP_FILTER:
        return Relief(MOST_RELIEF, wait_s=patience.settle_s)
    return Relief(required, fell_at=relief.fell_at, steady_since=relief.steady_since, wait_s=relief.wait_s)


def lighten(relief: Relief, *, borne: int) -> Relief:
    """The relief after much less is asked for: at once so low that no more is done than was just borne, if it was."""
    if borne >= relief.level or relief.late_since is not None:
        return relief
    return Relief(borne, fell_at=relief.fell_at, steady_since=relief.steady_since, wait_s=relief.wait_s)


def adapt(relief: Relief, load: Load, *, now_s: float, patience: Patience) -> Relief:
    """The relief from now on; asked about once a second."""
    noted = _note(relief, load, now_s=now_s, patience=patience)
    if _lasts(noted.late_since, patience.rise_after_s, now_s=now_s) and noted.level < MOST_RELIEF:
        return _risen(noted, load, now_s=now_s, patience=patience)
    if noted.level and _lasts(noted.calm_since, noted.wait_s, now_s=now_s):
        # Half the way: what is expected is a guess until it is measured.
        level = noted.level - (noted.level - noted.calm_level + 1) // 2
        wait_s = max(noted.wait_s, patience.fall_after_s)
        return replace(noted, level=level, calm_since=now_s, calm_level=load.easy, fell_at=now_s, wait_s=wait_s)
    return noted


def _note(relief: Relief, load: Load, *, now_s: float, patience: Patience) -> Relief:
    """The same level, with what this second adds to what is remembered."""
    late = load.lag_s > patience.late_s
    calm = load.lag_s < patience.calm_s and load.settled and load.easy < relief.level
    wait_s = relief.wait_s or patience.fall_after_s
    steady_since = now_s if relief.steady_since is None else relief.steady_since
    if now_s - steady_since >= patience.longest_fall_after_s:
        steady_since = now_s
        wait_s = max(wait_s / 2, patience.fall_after_s)
    return replace(
        relief,
        late_since=_since(relief.late_since, now_s, holds=late),
        calm_since=_since(relief.calm_since, now_s, holds=calm),
        calm_level=load.easy if relief.calm_since is None else max(relief.calm_level, load.easy),
        steady_since=steady_since,
        wait_s=wait_s,
    )


def _risen(relief: Relief, load: Load, *, now_s: float, patience: Patience) -> Relief:
    wait_s = max(relief.wait_s, patience.fall_after_s)
    if relief.fell_at is not None and now_s - relief.fell_at < patience.longest_fall_after_s:
        wait_s = min(2 * wait_s, patience.longest_fall_after_s)
    steps = _STEP * min(_MOST_STEPS, int(load.lag_s / patience.late_s)) if relief.level else _NO_LOOP_FILTER
    level = min(MOST_RELIEF, max(relief.level + steps, load.required))
    return Relief(level, late_since=now_s, steady_since=now_s, wait_s=wait_s)


def _since(before: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if before is None else before


def _lasts(since: float | None, least_s: float, *, now_s: float) -> bool:
    return since is not None and now_s - since >= least_s
