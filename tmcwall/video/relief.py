"""How much is left out where the machine does not keep up: at once where too much is asked, then by what is measured.

Pure functions. Relief 0 leaves nothing out; what each level means stands in `budget.ration`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tmcwall.video.budget import MOST_RELIEF

_MOST_STEPS: Final = 5
"""Levels that relief rises at once, after the first, where pictures are so many times later than they may be."""
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
    """Each fall that had to be taken back doubles the wait for the next one, up to this."""


@dataclass(frozen=True, slots=True)
class Relief:
    """How much is being left out, and what is remembered to change that without fluttering. Times in seconds."""

    level: int = 0
    late_since: float | None = None
    calm_since: float | None = None
    fell_at: float | None = None
    wait_s: float = 0.0


def admit(relief: Relief, *, required: int, starting: bool, patience: Patience) -> Relief:
    """The relief with which new streams begin. Where most of them are new and cannot all be decoded, all begin with key
    frames: the first pictures are there soonest, and what there is room for is measured and not guessed.
    """
    if required <= relief.level:
        return relief
    if starting and required > _NO_LOOP_FILTER:
        return Relief(MOST_RELIEF, wait_s=patience.settle_s)
    return Relief(required, fell_at=relief.fell_at, wait_s=relief.wait_s)


def adapt(relief: Relief, load: Load, *, now_s: float, patience: Patience) -> Relief:
    """The relief from now on; asked about once a second."""
    late = load.lag_s > patience.late_s
    calm = load.lag_s < patience.calm_s and load.settled and (load.easy < relief.level or not relief.level)
    late_since = _since(relief.late_since, now_s, holds=late)
    calm_since = _since(relief.calm_since, now_s, holds=calm)
    wait_s = relief.wait_s or patience.fall_after_s
    noted = replace(relief, late_since=late_since, calm_since=calm_since, wait_s=wait_s)
    if late_since is not None and now_s - late_since >= patience.rise_after_s and relief.level < MOST_RELIEF:
        if relief.fell_at is not None and now_s - relief.fell_at < 2 * wait_s:
            wait_s = min(2 * wait_s, patience.longest_fall_after_s)
        steps = min(_MOST_STEPS, int(load.lag_s / patience.late_s)) if relief.level else 1
        level = min(MOST_RELIEF, max(relief.level + steps, load.required))
        return Relief(level, late_since=now_s, wait_s=max(wait_s, patience.fall_after_s))
    if calm_since is not None and now_s - calm_since >= wait_s:
        if relief.level == 0:
            return replace(noted, wait_s=patience.fall_after_s)
        # Half the way: what is expected is a guess until it is measured.
        level = relief.level - (relief.level - load.easy + 1) // 2
        return replace(noted, level=level, calm_since=now_s, fell_at=now_s, wait_s=max(wait_s, patience.fall_after_s))
    return noted


def _since(before: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if before is None else before
