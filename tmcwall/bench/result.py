"""What `tmcwall bench` found: schema `tmcwall.bench/1`, and what it means for the machine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from tmcwall.bench.decode_baseline import DecodeBaseline
from tmcwall.domain.health import TileState
from tmcwall.process_usage import Shares
from tmcwall.ui.wall.statistics import Spread, Statistics

SCHEMA: Final = "tmcwall.bench/1"

_SHARE: Final = 0.97
_LATE_MS: Final = 150.0
_LOOP_MS: Final = 50.0
_SLOWEST: Final = 18 / 25
_MEAN: Final = 22 / 25
_SHOWS_A_PICTURE: Final = frozenset({TileState.LIVE, TileState.REDUCED})


class Fitness(StrEnum):
    """How a machine does with a wall."""

    SMOOTH = "smooth"
    """Every tile displays 97 % of what comes, at most 150 ms late, and the screen answers at once."""
    USABLE = "usable"
    """No tile below 18 of 25 pictures a second, 22 in the mean, and the screen answers at once."""
    TOO_MUCH = "too much"


class Machine(msgspec.Struct, frozen=True):
    cores: int
    processor: str
    memory_gib: float
    system: str
    version: str
    """Of tmcwall."""


class BaselineRow(msgspec.Struct, frozen=True):
    """One process that decodes `streams` to nothing."""

    streams: int
    picture_us: float
    rate: float
    """Pictures a second and stream."""


class Wall(msgspec.Struct, frozen=True):
    """One wall. Times in milliseconds unless they say otherwise; `fps` of displayed pictures a tile."""

    tiles: int
    size: str
    """Pixels of the whole wall."""
    seconds: float
    fitness: Fitness
    picture_us: float | None
    """Processor time of all processes for a displayed picture, microseconds; None if none was displayed."""
    ratio: float | None
    """`picture_us` over that of the baseline."""
    displayed_of_received: float
    share_min: float
    """That of the tile that does worst."""
    fps_mean: float
    fps_min: float
    delay_ms: Spread
    """Of the tile that does worst."""
    loop_delay_ms: Spread
    first_pictures_s: float | None
    """From program start until every tile had one; None if a tile never had."""
    cpu_share: float
    """Of all cores, 0..1."""
    cameras_cpu_share: float
    """What the synthetic cameras took beside it: a real wall has that, too."""
    others_cpu_share: float
    """What programs took that have nothing to do with it."""
    cpu_s: Shares
    memory_mib: Shares
    plans: dict[str, int]


class Overload(msgspec.Struct, frozen=True):
    """Many more cameras than fit: what is left must be true, and the priority camera fluent."""

    tiles: int
    showing: int
    """Tiles that show a picture, live or marked as reduced."""
    live: int
    fps_mean: float
    priority_share: float
    """Displayed of received, of the one camera that comes first."""
    loop_delay_ms: Spread
    memory_mib: Shares


class Result(msgspec.Struct, frozen=True):
    machine: Machine
    floor: BaselineRow
    walls: list[Wall]
    overload: Overload | None
    smooth_tiles: int
    """The largest wall measured that is smooth; 0 if none is."""
    usable_tiles: int
    schema: str = SCHEMA


def wall_row(
    statistics: Statistics, baseline: DecodeBaseline, *, size: str, cores: int, beside: tuple[float, float] = (0.0, 0.0)
) -> Wall:
    """What the statistics of one wall come to. The baseline has decoded something. `beside`: see `Busy.shares`."""
    tiles = statistics.tiles
    displayed = sum(tile.frames_displayed for tile in tiles)
    received = sum(tile.frames_received for tile in tiles)
    picture_us = statistics.cpu_s.total / displayed * 1e6 if displayed else None
    first = [tile.first_picture_s for tile in tiles]
    plans: dict[str, int] = {}
    for tile in tiles:
        plans[f"{tile.plan} {tile.state}"] = plans.get(f"{tile.plan} {tile.state}", 0) + 1
    loop = statistics.ui.loop_delay_ms
    wall = Wall(
        tiles=len(tiles),
        size=size,
        seconds=statistics.seconds,
        fitness=Fitness.TOO_MUCH,
        picture_us=None if picture_us is None else round(picture_us, 1),
        ratio=None if picture_us is None else round(picture_us / baseline.picture_us, 3),
        displayed_of_received=round(displayed / max(1, received), 4),
        share_min=round(min(tile.frames_displayed / max(1, tile.frames_received) for tile in tiles), 4),
        fps_mean=round(sum(tile.fps_displayed for tile in tiles) / len(tiles), 2),
        fps_min=min(tile.fps_displayed for tile in tiles),
        delay_ms=_worst([tile.delay_ms for tile in tiles]),
        loop_delay_ms=Spread(p50=loop.p50, p99=loop.p99),
        first_pictures_s=None if None in first else max(found for found in first if found is not None),
        cpu_share=round(statistics.cpu_s.total / statistics.seconds / cores, 3),
        cameras_cpu_share=round(beside[0], 3),
        others_cpu_share=round(beside[1], 3),
        cpu_s=statistics.cpu_s,
        memory_mib=statistics.memory_mib,
        plans=plans,
    )
    return msgspec.structs.replace(wall, fitness=fitness(wall, rate=baseline.rate))


def fitness(wall: Wall, *, rate: float) -> Fitness:
    """`rate` is what the cameras send, pictures a second."""
    answers = wall.loop_delay_ms.p99 <= _LOOP_MS
    whole = wall.fps_min >= _SHARE * _SHARE * rate and wall.share_min >= _SHARE
    if answers and whole and wall.delay_ms.p99 <= _LATE_MS:
        return Fitness.SMOOTH
    if answers and wall.fps_min >= _SLOWEST * rate and wall.fps_mean >= _MEAN * rate:
        return Fitness.USABLE
    return Fitness.TOO_MUCH


def overload_row(statistics: Statistics, *, priority: str) -> Overload:
    tiles = statistics.tiles
    first = next(tile for tile in tiles if tile.camera == priority)
    loop = statistics.ui.loop_delay_ms
    return Overload(
        tiles=len(tiles),
        showing=sum(tile.state in _SHOWS_A_PICTURE for tile in tiles),
        live=sum(tile.state == TileState.LIVE for tile in tiles),
        fps_mean=round(sum(tile.fps_displayed for tile in tiles) / len(tiles), 2),
        priority_share=round(first.frames_displayed / max(1, first.frames_received), 3),
        loop_delay_ms=Spread(p50=loop.p50, p99=loop.p99),
        memory_mib=statistics.memory_mib,
    )


def result(machine: Machine, baseline: DecodeBaseline, walls: Sequence[Wall], overload: Overload | None) -> Result:
    smooth = [wall.tiles for wall in walls if wall.fitness is Fitness.SMOOTH]
    usable = [wall.tiles for wall in walls if wall.fitness is not Fitness.TOO_MUCH]
    return Result(
        machine=machine,
        floor=BaselineRow(baseline.streams, round(baseline.picture_us, 1), round(baseline.rate, 2)),
        walls=list(walls),
        overload=overload,
        smooth_tiles=max(smooth, default=0),
        usable_tiles=max(usable, default=0),
    )


def _worst(delays: Sequence[Spread | None]) -> Spread:
    found = [delay for delay in delays if delay is not None]
    return Spread(p50=max((one.p50 for one in found), default=0.0), p99=max((one.p99 for one in found), default=0.0))
