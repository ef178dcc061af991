"""`tmcwall bench`: is this machine strong enough for a wall? The published benchmark, with what the product has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tmcwall.bench.decode_baseline import DecodeBaseline
from tmcwall.bench.measuring import Busy, Measure, measure_baseline, show_wall, size_of, this_machine
from tmcwall.bench.result import Fitness, Overload, Result, Wall, overload_row, result, wall_row
from tmcwall.child_programs import Child
from tmcwall.commands.results import check_result, save_json
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.texts import Text, Translator
from tmcwall.texts import bench as say

LARGEST_WALL: Final = 256
_BASELINE_STREAMS: Final = 8
_WARMUP_S: Final = 8.0
_OVERLOAD_WARMUP_S: Final = 20.0
_WALL_WIDTH, _WALL_HEIGHT = 3840, 2160
_FEWEST_COLUMNS: Final = 6
"""Smaller walls have tiles of a sixth of the wall as well, so that walls compare."""
_DISTURBED: Final = 0.1
"""Of all cores: with that much work of others a result says little of the machine."""
_WORDS: Final = {Fitness.SMOOTH: say.SMOOTH, Fitness.USABLE: say.USABLE, Fitness.TOO_MUCH: say.TOO_MUCH}


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What `tmcwall bench` was asked. `seconds` are those counted for each wall."""

    clip: Path | Callable[[], Path]
    """The footage that every camera sends, or what draws it, which may take a minute."""
    paths: Callable[[int], Sequence[str]]
    """The paths of the first so many cameras of the city."""
    tiles: Sequence[int] = (36, 64)
    overload: int = 144
    """0 leaves that part out."""
    seconds: float = 15.0
    json: Path | None = None
    on_screen: bool = False


def run_bench(options: BenchOptions, *, translate: Translator) -> int:
    """Measure, say what was found, exit code 0.

    Raises DomainError for wrong input, Fault(COMPONENT_MISSING) if a part does not start, Fault(FILE_UNWRITABLE).
    """
    _check(options)

    def tell(text: Text, **fields: object) -> None:
        print(translate(text, **fields), flush=True)  # noqa: T201 - the command's answer

    found = _measure(options, tell)
    for line in conclusion(found, translate):
        print(line)  # noqa: T201 - the command's answer
    if options.json is not None:
        save_json(options.json, found)
        tell(say.SAVED, path=options.json)
    return 0


def _check(options: BenchOptions) -> None:
    if not options.tiles or not all(1 <= count <= LARGEST_WALL for count in options.tiles):
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--tiles: 1..{LARGEST_WALL}")
    if not 0 <= options.overload <= LARGEST_WALL:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--overload: 0..{LARGEST_WALL}")
    if not 0 < options.seconds <= 3600:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, "--seconds: 0..3600")
    if isinstance(options.clip, Path) and not options.clip.is_file():
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(options.clip))
    check_result(options.json)


def _measure(options: BenchOptions, tell: Callable[..., None]) -> Result:
    machine = this_machine()
    tell(
        say.MACHINE,
        processor=machine.processor,
        cores=machine.cores,
        memory=machine.memory_gib,
        system=machine.system,
    )
    count = max(*options.tiles, options.overload)
    tell(say.PREPARING, cameras=count)
    clip = options.clip if isinstance(options.clip, Path) else options.clip()
    words = ["sim", "--cameras", str(count), "--port", "0", "--clip", str(clip), "--until-input-ends"]
    with Child(words) as cameras:
        address = cameras.wait_ready().split()[0]
        urls = [f"{address}/{path}" for path in options.paths(count)]
        baseline = measure_baseline(urls[:_BASELINE_STREAMS], seconds=options.seconds)
        tell(say.FLOOR, streams=baseline.streams, us=baseline.picture_us)
        walls = []
        for tiles in sorted(options.tiles):
            tell(say.MEASURING, tiles=tiles)
            walls.append(_wall(urls[:tiles], options, baseline, cameras=cameras.pid, cores=machine.cores))
            for line in wall_lines(walls[-1], rate=baseline.rate):
                tell(line[0], **line[1])
        overload = None
        if options.overload:
            tell(say.MEASURING, tiles=options.overload)
            overload = _overload(urls[: options.overload], options)
    return result(machine, baseline, walls, overload)


def _wall(urls: Sequence[str], options: BenchOptions, baseline: DecodeBaseline, *, cameras: int, cores: int) -> Wall:
    measure = _tile_measure(len(urls), options, warmup_s=_WARMUP_S)
    busy = Busy(cameras, cores=cores)
    statistics = show_wall(urls, measure)
    return wall_row(statistics, baseline, size=size_of(len(urls), measure), cores=cores, beside=busy.shares())


def _overload(urls: Sequence[str], options: BenchOptions) -> Overload:
    first = "1"
    measure = _tile_measure(len(urls), options, warmup_s=_OVERLOAD_WARMUP_S)
    statistics = show_wall(urls, replace(measure, priority=first))
    return overload_row(statistics, priority=first)


def _tile_measure(tiles: int, options: BenchOptions, *, warmup_s: float) -> Measure:
    """Tiles that fill 3840x2160, none larger than the streams. A short measurement warms up shorter, too."""
    columns = max(_FEWEST_COLUMNS, next(side for side in range(1, 17) if side * side >= tiles))
    return Measure(
        width=_WALL_WIDTH // columns,
        height=_WALL_HEIGHT // columns,
        seconds=options.seconds,
        warmup_s=min(warmup_s, max(3.0, options.seconds)),
        on_screen=options.on_screen,
    )


def wall_lines(wall: Wall, *, rate: float) -> Iterator[tuple[Text, dict[str, object]]]:
    """What is said of one wall, each sentence with its fields."""
    yield _WORDS[wall.fitness], {"tiles": wall.tiles}
    yield say.PICTURES, {"mean": wall.fps_mean, "rate": rate, "slowest": wall.fps_min}
    yield say.DELAY, {"p50": wall.delay_ms.p50, "p99": wall.delay_ms.p99, "loop": wall.loop_delay_ms.p99}
    if wall.first_pictures_s is None:
        yield say.NO_FIRST, {}
    else:
        yield say.FIRST, {"seconds": wall.first_pictures_s}
    memory = wall.memory_mib.total
    yield say.LOAD, {"cpu": wall.cpu_share, "cameras": wall.cameras_cpu_share, "memory": memory}
    if wall.ratio is not None:
        yield say.COST, {"us": wall.picture_us, "ratio": wall.ratio}
    if wall.others_cpu_share > _DISTURBED:
        yield say.DISTURBED, {"others": wall.others_cpu_share}


def conclusion(found: Result, translate: Translator) -> Iterator[str]:
    """The overload part, and whether the machine is strong enough."""
    overload = found.overload
    if overload is not None:
        yield translate(
            say.OVERLOAD,
            tiles=overload.tiles,
            showing=overload.showing,
            live=overload.live,
            priority=overload.priority_share,
            loop=overload.loop_delay_ms.p99,
        )
    largest = max(wall.tiles for wall in found.walls)
    smooth, usable = found.smooth_tiles, found.usable_tiles
    if smooth == largest:
        yield translate(say.FIT, tiles=smooth)
    elif smooth:
        text = say.FIT_BELOW if usable > smooth else say.FIT_ONLY_BELOW
        yield translate(text, smooth=smooth, usable=usable)
    elif usable:
        yield translate(say.FIT_USABLE, usable=usable)
    else:
        yield translate(say.UNFIT, tiles=min(wall.tiles for wall in found.walls))
