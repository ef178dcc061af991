"""What is decoded: which stream each tile gets, and how much of it the machine can afford. Pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from tmcwall.domain.health import Plan, PlanReason

MAIN: Final = "main"
SUB: Final = "sub"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a camera has; sizes in pixels (width times height), a usual size where not yet known."""

    has_sub: bool
    sub_pixels: int = 640 * 360
    main_pixels: int = 1920 * 1080


@dataclass(frozen=True, slots=True)
class Wish:
    """One visible tile. `profile` is what was asked: `auto`, `main` or `sub`; `current` what it has now."""

    tile: tuple[int, int]
    camera: str
    pixels: int
    profile: str = "auto"
    priority: bool = False
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """`enter` and `leave` are tile area over the sub's area: apart, so that a tile does not flutter between both."""

    main_pixels: int
    """Pixels of all main streams together that `auto` may decode."""
    enter: float = 1.5
    leave: float = 1.2


def choose(wishes: Iterable[Wish], offers: Mapping[str, Offer], limits: Limits) -> dict[tuple[int, int], str]:
    """The profile of every tile. What was asked by name is given; `auto` tiles share the main streams' budget.

    Tiles with priority come first, then the largest. A camera's main stream counts once however many tiles show it.
    """
    ordered = sorted(wishes, key=lambda wish: (wish.profile == "auto", not wish.priority, -wish.pixels, wish.tile))
    chosen: dict[tuple[int, int], str] = {}
    open_mains: set[str] = set()
    left = limits.main_pixels
    for wish in ordered:
        offer = offers[wish.camera]
        takes_main = _wants_main(wish, offer, limits)
        if takes_main and wish.camera not in open_mains:
            if wish.profile == "auto" and offer.has_sub and offer.main_pixels > left:
                takes_main = False
            else:
                open_mains.add(wish.camera)
                left -= offer.main_pixels
        chosen[wish.tile] = MAIN if takes_main else SUB
    return chosen


def _wants_main(wish: Wish, offer: Offer, limits: Limits) -> bool:
    if not offer.has_sub or wish.profile == MAIN:
        return True
    if wish.profile == SUB:
        return False
    factor = limits.leave if wish.current == MAIN else limits.enter
    return wish.pixels > factor * offer.sub_pixels


MOST_RELIEF: Final = 9
"""1: no loop filter but for priority; from 2 on, of eight such streams one more at each level gives key frames only."""
_MOST_STEPS: Final = 5
"""Levels that relief rises at once, after the first, where pictures are so many times later than they may be."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Demand:
    """One stream that tiles are painted from. `pixels` are those of its largest visible tile."""

    visible: bool
    priority: bool = False
    pixels: int = 0


@dataclass(frozen=True, slots=True)
class Ration:
    """What a stream gets of the processor, and why."""

    plan: Plan = Plan.FULL
    reason: PlanReason = PlanReason.SEEN


def ration(demands: Mapping[Key, Demand], *, relief: int) -> dict[Key, Ration]:
    """The plan of every stream. Under relief the smallest tiles give way first, of equal ones the last; none with
    priority does.
    """
    given = {key: Ration(Plan.PAUSED, PlanReason.HIDDEN) for key in demands}
    given |= {key: Ration() for key, demand in demands.items() if demand.visible}
    if relief <= 0:
        return given
    yielding = [key for key, demand in demands.items() if demand.visible and not demand.priority]
    yielding.sort(key=lambda key: -demands[key].pixels)
    kept = len(yielding) * (MOST_RELIEF - min(relief, MOST_RELIEF)) // (MOST_RELIEF - 1)
    for index, key in enumerate(yielding):
        given[key] = Ration(Plan.NO_DEBLOCK if index < kept else Plan.KEY_FRAMES, PlanReason.BUSY)
    return given


@dataclass(frozen=True, slots=True)
class Load:
    """How the machine keeps up. `lag_s`: from arrival to picture, of most streams; `idle`: share of all cores, 0..1."""

    lag_s: float
    idle: float


@dataclass(frozen=True, slots=True)
class Patience:
    """When relief goes up and down."""

    late_s: float = 0.12
    rise_after_s: float = 3.0
    """So long pictures must be late, for a burst at the start is none."""
    calm_s: float = 0.06
    calm_idle: float = 0.12
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


def adapt(relief: Relief, load: Load, *, now_s: float, patience: Patience) -> Relief:
    """The relief from now on; asked about once a second."""
    late = load.lag_s > patience.late_s
    calm = load.lag_s < patience.calm_s and load.idle >= patience.calm_idle
    late_since = _since(relief.late_since, now_s, holds=late)
    calm_since = _since(relief.calm_since, now_s, holds=calm)
    wait_s = relief.wait_s or patience.fall_after_s
    noted = replace(relief, late_since=late_since, calm_since=calm_since, wait_s=wait_s)
    if late_since is not None and now_s - late_since >= patience.rise_after_s and relief.level < MOST_RELIEF:
        if relief.fell_at is not None and now_s - relief.fell_at < 2 * wait_s:
            wait_s = min(2 * wait_s, patience.longest_fall_after_s)
        steps = min(_MOST_STEPS, int(load.lag_s / patience.late_s)) if relief.level else 1
        level = min(MOST_RELIEF, relief.level + steps)
        return Relief(level, late_since=now_s, wait_s=wait_s)
    if calm_since is not None and now_s - calm_since >= wait_s:
        if relief.level == 0:
            return replace(noted, wait_s=patience.fall_after_s)
        return replace(noted, level=relief.level - 1, calm_since=now_s, fell_at=now_s)
    return noted


def _since(before: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if before is None else before
