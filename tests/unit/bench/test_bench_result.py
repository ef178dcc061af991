"""What the numbers of a wall mean for a machine, and how that is said."""

import msgspec
import pytest

from tmcwall.bench.decode_baseline import DecodeBaseline
from tmcwall.bench.result import Fitness, Machine, Overload, fitness, overload_row, result, wall_row
from tmcwall.commands.bench import conclusion, wall_lines
from tmcwall.process_usage import Shares
from tmcwall.texts import Language, Translator
from tmcwall.ui.wall.statistics import LoopDelay, Spread, Statistics, TileStatistics, UiStatistics

BASELINE = DecodeBaseline(streams=8, seconds=10.0, pictures=2000, cpu_s=1.6)
MACHINE = Machine(cores=2, processor="Uji", memory_gib=8.0, system="Linux", version="1")
NOTHING = Shares(ui=0.0, engine=0.0, decode=0.0, total=0.0)


def tile(camera="1", *, received=250, displayed=250, p99=90.0, state="live"):
    return TileStatistics(
        camera=camera,
        state=state,
        plan="full",
        decoder="software",
        first_picture_s=1.0 if displayed else None,
        frames_received=received,
        frames_decoded=displayed,
        frames_displayed=displayed,
        fps_displayed=displayed / 10,
        reconnects=0,
        delay_ms=Spread(p50=40.0, p99=p99) if displayed else None,
    )


def statistics(*tiles, loop_p99=10.0, cpu_s=0.5):
    return Statistics(
        seconds=10.0,
        tiles=list(tiles),
        ui=UiStatistics(LoopDelay(p50=1.0, p99=loop_p99, max=loop_p99)),
        cpu_s=Shares(ui=0.1, engine=0.1, decode=cpu_s - 0.2, total=cpu_s),
        memory_mib=Shares(ui=100.0, engine=30.0, decode=70.0, total=200.0),
    )


def wall(*tiles, beside=(0.01, 0.02), **measured):
    return wall_row(statistics(*tiles, **measured), BASELINE, size="1280x720", cores=2, beside=beside)


def test_the_floor_is_processor_time_a_decoded_picture():
    assert BASELINE.picture_us == pytest.approx(800)
    assert BASELINE.rate == pytest.approx(25)


def test_the_cost_is_processor_time_a_displayed_picture_over_the_floor():
    row = wall(tile("1"), tile("2"), cpu_s=0.5)
    assert (row.picture_us, row.ratio) == (1000.0, 1.25)
    assert row.cpu_share == 0.025


def test_a_wall_that_displays_nothing_has_no_cost_a_picture_and_is_too_much():
    row = wall(tile(displayed=0))
    assert (row.picture_us, row.ratio, row.first_pictures_s) == (None, None, None)
    assert row.fitness is Fitness.TOO_MUCH


@pytest.mark.parametrize(
    ("tiles", "loop_p99", "expected"),
    [
        ([tile(), tile()], 10.0, Fitness.SMOOTH),
        ([tile(), tile(displayed=243)], 50.0, Fitness.SMOOTH),
        ([tile(), tile(displayed=240)], 10.0, Fitness.USABLE),
        ([tile(), tile(p99=151.0)], 10.0, Fitness.USABLE),
        ([tile(), tile(), tile(displayed=180)], 10.0, Fitness.USABLE),
        ([tile(), tile(displayed=179)], 10.0, Fitness.TOO_MUCH),
        ([tile(displayed=210), tile(displayed=210)], 10.0, Fitness.TOO_MUCH),
        ([tile(), tile()], 51.0, Fitness.TOO_MUCH),
        ([tile(received=150, displayed=150)], 10.0, Fitness.TOO_MUCH),
    ],
)
def test_a_wall_is_smooth_usable_or_too_much(tiles, loop_p99, expected):
    row = wall(*tiles, loop_p99=loop_p99)
    assert row.fitness is expected
    assert fitness(row, rate=BASELINE.rate) is expected


def test_under_overload_a_reduced_tile_still_shows_a_picture_and_a_stale_one_does_not():
    row = overload_row(
        statistics(tile("1", displayed=240), tile("2", state="reduced"), tile("3", state="stale")), priority="1"
    )
    assert (row.tiles, row.showing, row.live, row.priority_share) == (3, 2, 1, 0.96)


def of(tiles, kind):
    return msgspec.structs.replace(wall(tile()), tiles=tiles, fitness=kind)


SMOOTH, USABLE, TOO_MUCH = Fitness.SMOOTH, Fitness.USABLE, Fitness.TOO_MUCH


@pytest.mark.parametrize(
    ("kinds", "indonesian", "english"),
    [
        ((SMOOTH, SMOOTH), "lancar untuk dinding 64 kamera", "strong enough for a wall of 64 cameras"),
        ((SMOOTH, USABLE), "lancar sampai 36 kamera", "smooth up to 36 cameras. With 64 it is usable"),
        ((SMOOTH, TOO_MUCH), "bagi dinding ke dua komputer", "split the wall between two machines"),
        ((USABLE, TOO_MUCH), "sampai 36 kamera masih dapat dipakai", "up to 36 cameras it is usable"),
        ((TOO_MUCH, TOO_MUCH), "terlalu lemah untuk dinding 36 kamera", "too weak for a wall of 36 cameras"),
    ],
)
def test_the_last_line_says_what_the_machine_is_strong_enough_for(kinds, indonesian, english):
    found = result(MACHINE, BASELINE, [of(36, kinds[0]), of(64, kinds[1])], None)
    assert indonesian in list(conclusion(found, Translator(Language.ID)))[-1]
    assert english in list(conclusion(found, Translator(Language.EN)))[-1]


def test_work_of_other_programs_beside_a_measurement_is_said_and_advised_on():
    say = Translator(Language.EN)
    quiet, disturbed = (
        [say(text, **fields) for text, fields in wall_lines(wall(tile(), beside=(0.01, share)), rate=25.0)]
        for share in (0.09, 0.31)
    )
    assert not any("other programs" in line for line in quiet)
    assert disturbed[-1] == "  other programs took 31% of the processor meanwhile: close them and measure again"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("row", [wall(tile()), wall(tile(displayed=0))], ids=["shown", "nothing shown"])
def test_every_sentence_of_a_wall_is_whole(row, language):
    say = Translator(language)
    lines = [say(text, **fields) for text, fields in wall_lines(row, rate=25.0)]
    assert lines
    assert not any("{" in line for line in lines)


def test_the_result_is_json_with_its_schema():
    overload = Overload(144, 144, 1, 1.0, 0.95, Spread(p50=1.0, p99=40.0), NOTHING)
    written = msgspec.json.decode(msgspec.json.encode(result(MACHINE, BASELINE, [of(36, SMOOTH)], overload)))
    assert written["schema"] == "tmcwall.bench/1"
    assert (written["smooth_tiles"], written["usable_tiles"]) == (36, 36)
    assert written["overload"]["showing"] == 144
