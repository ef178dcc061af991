"""What is decoded: which stream each tile gets, and how much of it the machine can afford. Pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import log2
from typing import Final, TypeVar

from tmcwall.domain.camera import Profile
from tmcwall.domain.health import DecodePlan, PlanReason

_MAIN_PIXELS_A_CORE: Final = 2 * 1920 * 1080
_NO_LOOP_FILTER: Final = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """What a camera has; sizes in pixels (width times height), a usual size where not yet known."""

    has_sub: bool
    sub_pixels: int = 640 * 360
    main_pixels: int = 1920 * 1080


@dataclass(frozen=True, slots=True)
class Wish:
    """One tile. `profile` is what was asked for, None: either; `current` what it has now. What cannot be seen takes no
    main stream by itself.
    """

    tile: tuple[int, int]
    camera: str
    pixels: int
    profile: Profile | None = None
    priority: bool = False
    visible: bool = True
    current: Profile | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """`enter` and `leave` are tile area over the sub's area: apart, so that a tile does not flutter between both."""

    main_pixels: int
    """Pixels of all main streams together that those tiles may decode which may have either."""
    enter: float = 1.5
    leave: float = 1.2

    @classmethod
    def of(cls, *, cores: float, shedding: int) -> Limits:
        """Of a machine: a third of its processors for main streams, and half of that while it does not keep up."""
        pixels = _MAIN_PIXELS_A_CORE * cores
        return cls(main_pixels=int(pixels / 2 if shedding > _NO_LOOP_FILTER else pixels))


def choose(wishes: Iterable[Wish], offers: Mapping[str, Offer], limits: Limits) -> dict[tuple[int, int], Profile]:
    """The profile of every tile. What was asked by name is given; the others share the main streams' budget.

    Tiles with priority come first, then the largest. A camera's main stream counts once however many tiles show it.
    """
    ordered = sorted(wishes, key=lambda wish: (wish.profile is None, not wish.priority, -wish.pixels, wish.tile))
    chosen: dict[tuple[int, int], Profile] = {}
    open_mains: set[str] = set()
    left = limits.main_pixels
    for wish in ordered:
        offer = offers[wish.camera]
        takes_main = _wants_main(wish, offer, limits)
        if takes_main and wish.camera not in open_mains:
            if wish.profile is None and offer.has_sub and offer.main_pixels > left:
                takes_main = False
            else:
                open_mains.add(wish.camera)
                left -= offer.main_pixels
        chosen[wish.tile] = Profile.MAIN if takes_main else Profile.SUB
    return chosen


def _wants_main(wish: Wish, offer: Offer, limits: Limits) -> bool:
    if not offer.has_sub or wish.profile is Profile.MAIN:
        return True
    if wish.profile is Profile.SUB or not wish.visible:
        return False
    factor = limits.leave if wish.current is Profile.MAIN else limits.enter
    return wish.pixels > factor * offer.sub_pixels


MOST_SHEDDING: Final = 129
"""1: no loop filter but for priority; from 2 on, of 128 such streams one more at each level gives key frames only."""
_SIZES_A_DOUBLING: Final = 4
"""Tiles are told apart by their area only so finely: the rows of a grid differ by a pixel."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Demand:
    """One stream that tiles are painted from. `pixels` are those of its largest visible tile."""

    visible: bool
    priority: bool = False
    pixels: int = 0
    rank: tuple[int, int] = (0, 0)
    """Among equals the lower one gives way later. It must not change while the tile stays, or pictures would flap."""
    fps: float = 0.0
    """Pictures a second that come; 0 of a camera that gives none."""
    picture_s: float = 0.0
    """Processor time of one of them, from codec to screen: see `workload`."""


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What a stream gets of the processor, and why."""

    plan: DecodePlan = DecodePlan.FULL
    reason: PlanReason = PlanReason.SEEN


def plan_streams(demands: Mapping[Key, Demand], *, shedding: int) -> dict[Key, StreamPlan]:
    """The plan of every stream. Under load the smallest tiles give way first, of equal ones the last by rank; none
    with priority does.
    """
    given = {key: StreamPlan(DecodePlan.PAUSED, PlanReason.HIDDEN) for key in demands}
    given |= {key: StreamPlan() for key, demand in demands.items() if demand.visible}
    if shedding <= 0:
        return given
    yielding = in_order(demands)
    kept = kept_of(len(yielding), shedding=shedding)
    for index, key in enumerate(yielding):
        given[key] = StreamPlan(DecodePlan.NO_DEBLOCK if index < kept else DecodePlan.KEY_FRAMES, PlanReason.BUSY)
    return given


def in_order(demands: Mapping[Key, Demand]) -> list[Key]:
    """The streams that can be seen and may give way, those first that do so last."""
    yielding = [key for key, demand in demands.items() if demand.visible and not demand.priority]
    yielding.sort(key=lambda key: (-_size(demands[key].pixels), demands[key].rank))
    return yielding


def _size(pixels: int) -> int:
    return round(_SIZES_A_DOUBLING * log2(max(1, pixels)))


def kept_of(count: int, *, shedding: int) -> int:
    """How many of them still give all pictures."""
    return count * (MOST_SHEDDING - min(max(shedding, 1), MOST_SHEDDING)) // (MOST_SHEDDING - 1)
