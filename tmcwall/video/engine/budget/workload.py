"""What decoding takes of the processors: as measured where a stream was decoded, by its size elsewhere. Pure functions.

Work is in processor seconds a second: 1.0 keeps one core busy. It is all that a stream costs, from network to screen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from statistics import median
from typing import Final

from tmcwall.domain.health import DecodePlan
from tmcwall.video.engine.budget.plan import MOST_SHEDDING, Demand, Key, StreamPlan, in_order, kept_of

_SHARE: Final = {
    DecodePlan.FULL: 1.0,
    DecodePlan.NO_DEBLOCK: 0.85,
    DecodePlan.KEY_FRAMES: 0.125,
    DecodePlan.PAUSED: 0.0,
}
"""Of what all pictures in full cost. Measured: benchmarks/NOTES.md."""
_KEY_FRAME: Final = 3.1
"""Of what an ordinary picture costs."""
_RECEIVE_S: Final = 90e-6
"""The engine's part of a picture, whatever its plan."""
_SHOW_S: Final = 100e-6
_SHOW_PIXEL_S: Final = 0.6e-9
"""The screen's part, by the pixels of the tile."""
_DECODE_PIXEL_S: Final = 3e-9
"""Of the camera's picture, before anything was measured."""
_USUAL_PIXELS: Final = 640 * 360


@dataclass(frozen=True, slots=True)
class Measured:
    """What one picture of a stream took in its decoder."""

    pixels: int
    """Of the camera's picture."""
    decode_s: float


def decode_seconds(plan: DecodePlan, picture_s: float) -> float:
    """What a picture takes in full on average, where one took so long under that plan; not for paused ones."""
    return picture_s / (_KEY_FRAME if plan is DecodePlan.KEY_FRAMES else _SHARE[plan])


def pixel_seconds(measured: Collection[Measured]) -> float:
    """What a pixel of a stream takes that was not measured: the median of those that were."""
    known = [one.decode_s / one.pixels for one in measured if one.pixels]
    return median(known) if known else _DECODE_PIXEL_S


def usual_pixels(sizes: Iterable[int]) -> int:
    """How large the pictures may be of a camera that has not sent any: as the others', whose sizes are given."""
    known = [size for size in sizes if size]
    return int(median(known)) if known else _USUAL_PIXELS


def picture_seconds(*, decode_s: float, tile_pixels: int) -> float:
    """Processor time of a picture from codec to screen."""
    return decode_s + _SHOW_S + tile_pixels * _SHOW_PIXEL_S


def work(demands: Mapping[Key, Demand], plans: Mapping[Key, StreamPlan]) -> float:
    """What all streams take under these plans."""
    return sum(_work(demand, plans[key].plan) for key, demand in demands.items() if key in plans)


def least_shedding(demands: Mapping[Key, Demand], *, room: float) -> int:
    """The lowest level whose work fits into the room; the highest where none does."""
    yielding = [demands[key] for key in in_order(demands)]
    fixed = sum(
        _work(demand, DecodePlan.FULL if demand.visible else DecodePlan.PAUSED)
        for demand in demands.values()
        if demand.priority or not demand.visible
    )
    if fixed + sum(_work(demand, DecodePlan.FULL) for demand in yielding) <= room:
        return 0
    all_pictures = list(accumulate((_work(demand, DecodePlan.NO_DEBLOCK) for demand in yielding), initial=0.0))
    key_frames = list(accumulate((_work(demand, DecodePlan.KEY_FRAMES) for demand in yielding), initial=0.0))
    for shedding in range(1, MOST_SHEDDING):
        kept = kept_of(len(yielding), shedding=shedding)
        if fixed + all_pictures[kept] + key_frames[-1] - key_frames[kept] <= room:
            return shedding
    return MOST_SHEDDING


def _work(demand: Demand, plan: DecodePlan) -> float:
    return demand.fps * (_RECEIVE_S + _SHARE[plan] * demand.picture_s)
