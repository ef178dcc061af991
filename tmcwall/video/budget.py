"""Which stream each tile gets: the small one, or the large one where it can be seen and afforded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

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
