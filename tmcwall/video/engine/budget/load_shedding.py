"""How much is left out where the machine does not keep up: at once where too much is asked, then by what is measured.

Pure functions. Level 0 leaves nothing out; what each level means stands in `plan.plan_streams`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tmcwall.video.engine.budget.plan import MOST_SHEDDING

_STEP: Final = (MOST_SHEDDING - 1) // 8
"""Levels that shedding rises at once, for each time that pictures are later than they may be."""
_MOST_STEPS: Final = 5
_NO_LOOP_FILTER: Final = 1


@dataclass(frozen=True, slots=True)
class Load:
    """How the machine keeps up."""

    lag_s: float
    """From arrival to picture, of most streams."""
    required: int = 0
    """The lowest level whose expected work the processors can do."""
    easy: int = 0
    """The lowest level whose expected work leaves processors idle, so that nobody waits for them."""
    settled: bool = True
    """Whether most streams that are asked for have come: before that the machine looks idler than it will be."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When the level goes up and down."""

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
class SheddingState:
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


def admit(shedding: SheddingState, *, required: int, starting: bool, patience: Patience) -> SheddingState:
    """The level with which new streams begin. Where most of them are new and cannot all be decoded, all begin with key
    frames: the first pictures are there soonest, and what there is room for is measured and not guessed.
    """
    if required <= shedding.level:
        return shedding
    if starting and required > _NO_LOOP_FILTER:
        return SheddingState(MOST_SHEDDING, wait_s=patience.settle_s)
    return SheddingState(required, fell_at=shedding.fell_at, steady_since=shedding.steady_since, wait_s=shedding.wait_s)


def lighten(shedding: SheddingState, *, borne: int) -> SheddingState:
    """The level after much less is asked for: at once so low that no more is done than was just borne, if it was."""
    if borne >= shedding.level or shedding.late_since is not None:
        return shedding
    return SheddingState(borne, fell_at=shedding.fell_at, steady_since=shedding.steady_since, wait_s=shedding.wait_s)


def adapt(shedding: SheddingState, load: Load, *, now_s: float, patience: Patience) -> SheddingState:
    """The level from now on; asked about once a second."""
    noted = _note(shedding, load, now_s=now_s, patience=patience)
    if _lasts(noted.late_since, patience.rise_after_s, now_s=now_s) and noted.level < MOST_SHEDDING:
        return _risen(noted, load, now_s=now_s, patience=patience)
    if noted.level and _lasts(noted.calm_since, noted.wait_s, now_s=now_s):
        # Half the way: what is expected is a guess until it is measured.
        level = noted.level - (noted.level - noted.calm_level + 1) // 2
        wait_s = max(noted.wait_s, patience.fall_after_s)
        return replace(noted, level=level, calm_since=now_s, calm_level=load.easy, fell_at=now_s, wait_s=wait_s)
    return noted


def _note(shedding: SheddingState, load: Load, *, now_s: float, patience: Patience) -> SheddingState:
    """The same level, with what this second adds to what is remembered."""
    late = load.lag_s > patience.late_s
    calm = load.lag_s < patience.calm_s and load.settled and load.easy < shedding.level
    wait_s = shedding.wait_s or patience.fall_after_s
    steady_since = now_s if shedding.steady_since is None else shedding.steady_since
    if now_s - steady_since >= patience.longest_fall_after_s:
        steady_since = now_s
        wait_s = max(wait_s / 2, patience.fall_after_s)
    return replace(
        shedding,
        late_since=_since(shedding.late_since, now_s, holds=late),
        calm_since=_since(shedding.calm_since, now_s, holds=calm),
        calm_level=load.easy if shedding.calm_since is None else max(shedding.calm_level, load.easy),
        steady_since=steady_since,
        wait_s=wait_s,
    )


def _risen(shedding: SheddingState, load: Load, *, now_s: float, patience: Patience) -> SheddingState:
    wait_s = max(shedding.wait_s, patience.fall_after_s)
    if shedding.fell_at is not None and now_s - shedding.fell_at < patience.longest_fall_after_s:
        wait_s = min(2 * wait_s, patience.longest_fall_after_s)
    steps = _STEP * min(_MOST_STEPS, int(load.lag_s / patience.late_s)) if shedding.level else _NO_LOOP_FILTER
    level = min(MOST_SHEDDING, max(shedding.level + steps, load.required))
    return SheddingState(level, late_since=now_s, steady_since=now_s, wait_s=wait_s)


def _since(before: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if before is None else before


def _lasts(since: float | None, least_s: float, *, now_s: float) -> bool:
    return since is not None and now_s - since >= least_s
