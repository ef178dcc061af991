import gc
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from tests.clocks import FakeClock
from tests.coded_pictures import coded
from tests.footage_units import FRAME_NS, access_units
from tests.waiting import until
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import DecodePlan
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.codecs import assembler_of
from tmcwall.video.decode.stream_decoder import LiveStream, TilePainter
from tmcwall.video.ipc.access_units import AccessUnit
from tmcwall.video.ipc.colour_conversion import BT601, ColourConverter
from tmcwall.video.ipc.messages import Output
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, SLOTS, Memory, Planes

WIDTH, HEIGHT = 160, 88
OUTPUT = Output(tile=0, generation=1, offset=HEADER_BYTES, width=WIDTH, height=HEIGHT)


@pytest.fixture
def memory() -> Iterator[Memory]:
    memory = Memory.create()
    yield memory
    memory.close()


@pytest.fixture(scope="module")
def units(tmp_path_factory) -> list[AccessUnit]:
    """40 pictures, a key frame every eighth."""
    from tests.cameras import write_tiny_clip  # noqa: PLC0415 - later it may be another test's plugin

    return access_units(write_tiny_clip(tmp_path_factory.mktemp("clip") / "eight.mp4", frame_rate=8, seconds=5))


class SlowClock(FakeClock):
    """A machine on which time goes by whenever somebody looks at the clock."""

    def monotonic_ns(self) -> int:
        self.advance(0.05)
        return super().monotonic_ns()


class Stream:
    """A stream whose thread runs only when everything has been offered."""

    def __init__(self, memory: Memory, codec: str = "h264", clock: FakeClock | None = None) -> None:
        self.faults: list[Fault] = []
        clock = self.clock = clock or FakeClock()
        painter = TilePainter(memory, clock)
        painter.set_outputs([OUTPUT])
        self.memory = memory
        self.live = LiveStream(codec=codec, painter=painter, clock=clock, failed=self.faults.append)

    def run(self, units, *, plan: DecodePlan | None = None) -> None:
        if plan is not None:
            self.live.set_plan(plan)
        for unit in units:
            self.live.offer(unit)
        self.live.close()
        self.live.run()

    @property
    def schedules(self) -> list[int]:
        return sorted(int(slot["schedule_ns"]) for slot in self.memory.tiles[0]["slots"] if slot["end"])


@pytest.fixture
def stream(memory) -> Stream:
    return Stream(memory)


def test_every_access_unit_becomes_a_picture_with_its_own_schedule(stream, units):
    stream.run(units[:3])
    assert stream.live.counts.decoded == 3
    assert (stream.live.counts.width, stream.live.counts.height) == (320, 180)
    assert stream.schedules == [unit.schedule_ns for unit in units[:3]]


def test_the_pixels_are_those_of_the_picture_scaled_to_the_tile(stream, units, memory):
    stream.run(units[:1])
    slot = memory.address + HEADER_BYTES + Planes.of(WIDTH, HEIGHT).size
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    ColourConverter().paint(slot, (WIDTH, HEIGHT), BT601, target=pixels.ctypes.data, stride=4 * WIDTH)
    grey = pixels[5, :, :3].astype(int)
    assert abs(grey[-8] - 198).max() < 12
    assert abs(grey[8] - 48).max() < 12


def test_nothing_is_shown_before_the_first_key_frame(stream, units):
    stream.run(units[3:10])
    assert stream.live.counts.decoded == 2
    assert stream.live.counts.errors == 0


def test_pictures_after_a_loss_are_hidden_until_the_next_key_frame(stream, units):
    stream.run([*units[:5], units[6]._replace(damaged=True), *units[7:10]])
    assert stream.live.counts.decoded == 5 + 2


def test_a_damaged_unit_is_counted_and_the_stream_recovers_at_the_next_key_frame(stream, units):
    broken = units[5]._replace(payload=b"\x00\x00\x00\x01" + b"\xff" * 40)
    stream.run([*units[:5], broken, *units[6:10]])
    assert stream.live.counts.errors >= 1
    assert stream.live.counts.decoded >= 5 + 2
    assert stream.faults == []


def test_a_stream_that_is_behind_goes_on_at_the_newest_key_frame(stream, units):
    stream.run(units)
    assert stream.live.counts.skipped == 32
    assert stream.live.counts.decoded == 8


def test_a_backlog_without_a_newer_key_frame_is_decoded_and_only_its_end_converted(stream, units, memory):
    stream.run([unit._replace(key=unit is units[0]) for unit in units[:40]])
    assert stream.live.counts.decoded == 40
    assert 0 < int(memory.tiles[0]["sequence"]) <= SLOTS


def test_the_first_picture_is_shown_however_many_wait(stream, units):
    stream.run([unit._replace(key=unit is units[0]) for unit in units[:40]])
    assert units[0].schedule_ns in stream.schedules


def test_a_stream_that_never_catches_up_still_shows_some_pictures(units, memory):
    stream = Stream(memory, clock=SlowClock())
    stream.run([unit._replace(key=unit is units[0]) for unit in units[:40]])
    assert int(memory.tiles[0]["sequence"]) > 2 * SLOTS


def test_what_is_decoded_late_is_as_old_as_its_arrival(stream, units, memory):
    late = [unit._replace(arrival_ns=FakeClock().monotonic_ns() - 3_000_000_000, schedule_ns=0) for unit in units[:3]]
    stream.run(late)
    assert int(memory.tiles[0]["last_frame_ns"]) == FakeClock().monotonic_ns() - 3_000_000_000


def test_what_is_skipped_makes_the_picture_that_is_shown_no_younger(stream, units, memory):
    stream.run([unit._replace(key=unit is units[0]) for unit in units[:40]])
    shown = int(memory.tiles[0]["sequence"])
    assert shown < stream.live.counts.decoded == int(memory.tiles[0]["decoded"])
    newest = memory.tiles[0]["slots"][shown % SLOTS]
    assert int(memory.tiles[0]["last_frame_ns"]) == min(FakeClock().monotonic_ns(), int(newest["schedule_ns"]))


def test_key_frames_only_are_decoded_when_the_plan_says_so(stream, units):
    stream.run(units[:10], plan=DecodePlan.KEY_FRAMES)
    assert stream.live.counts.decoded == 2


def test_nothing_is_decoded_while_paused(stream, units):
    stream.run(units[:10], plan=DecodePlan.PAUSED)
    assert stream.live.counts.decoded == 0


def test_no_picture_is_lost_while_the_loop_filter_waits_for_a_key_frame(stream, units):
    for unit in units[:4]:
        stream.live.offer(unit)
    stream.run(units[4:12], plan=DecodePlan.NO_DEBLOCK)
    assert stream.live.counts.decoded == 12


def test_a_plan_without_loop_filter_still_shows_every_picture(stream, units):
    stream.run(units[:10], plan=DecodePlan.NO_DEBLOCK)
    assert stream.live.counts.decoded == 10


def test_a_gop_that_is_handed_over_after_key_frames_only_is_not_late(stream, units):
    stream.clock.ns += 9_000_000_000
    stream.live.set_plan(DecodePlan.KEY_FRAMES)
    stream.run([unit._replace(arrival_ns=6_000_000_000) for unit in units[:8]], plan=DecodePlan.FULL)
    assert stream.live.counts.decoded == 8
    assert stream.live.counts.timed == 0


def test_a_codec_that_is_not_needed_is_refused(memory):
    with pytest.raises(Fault) as refused:
        Stream(memory, codec="av1")
    assert refused.value.code is FaultCode.CODEC_UNSUPPORTED


def test_a_stream_of_which_no_key_frame_can_be_decoded_is_given_up(stream, units):
    garbage = units[0]._replace(payload=b"\x00\x00\x00\x01\x65" + b"\x80" * 60)
    stream.run([garbage] * 8)
    assert [fault.code for fault in stream.faults] == [FaultCode.STREAM_BROKEN]


def test_the_tile_is_let_go_when_the_stream_ends(stream, units, memory):
    stream.run(units[:2])
    assert int(memory.tiles[0]["generation"]) == 0


def codecs_alive() -> int:
    return sum(isinstance(one, VideoCodecContext) for one in gc.get_objects())


def test_a_stream_that_has_ended_keeps_no_codec_and_nothing_that_came_too_late(stream, units):
    before = codecs_alive()
    stream.run(units[:2])
    assert codecs_alive() == before
    late = units[2]._replace(payload=bytes(units[2].payload))
    references = sys.getrefcount(late)
    stream.live.offer(late)
    assert sys.getrefcount(late) == references


def units_from(pictures, *, first: int, codec: str = "h264") -> list[AccessUnit]:
    """Those of a stream that is joined at a picture; 40 ms apart."""
    assembler = assembler_of(codec)
    made = [assembler.assemble(nals, 0) for nals in pictures[first:]]
    return [
        AccessUnit(1, unit.key, False, place * FRAME_NS, place * FRAME_NS, unit.payload, unit.until_whole)
        for place, unit in enumerate(made, first)
        if unit is not None
    ]


def building_since(memory) -> int:
    return int(memory.tiles[0]["building_since_ns"])


INTRA_REFRESH = "intra-refresh=1:keyint=8"


class RememberingPainter(TilePainter):
    """What it painted, by when it is due."""

    def __init__(self, memory) -> None:
        super().__init__(memory, FakeClock())
        self.painted: dict[int, bytes] = {}

    def paint(self, frame, *, schedule_ns, **more) -> None:
        super().paint(frame, schedule_ns=schedule_ns, **more)
        self.painted[schedule_ns] = frame.to_ndarray().tobytes()


def painted(memory, units) -> dict[int, bytes]:
    painter = RememberingPainter(memory)
    painter.set_outputs([OUTPUT])
    live = LiveStream(codec="h264", painter=painter, clock=SlowClock(), failed=lambda _fault: None)
    for unit in units:
        live.offer(unit)
    live.close()
    live.run()
    return painter.painted


@pytest.mark.parametrize("first", [8, 16, 24], ids="frame number {}".format)
def test_what_is_shown_of_pictures_that_are_built_up_is_to_the_bit_what_was_coded(memory, first):
    """Frame numbers begin anew at picture 16, where a decoder makes up no reference picture by itself."""
    pictures = coded("h264", INTRA_REFRESH, count=40)
    from_the_beginning = painted(memory, units_from(pictures, first=0)[: first + 9])
    joined = painted(memory, units_from(pictures, first=first)[:9])
    assert [when // FRAME_NS for when in joined] == [first + 7, first + 8]
    assert all(from_the_beginning[when] == picture for when, picture in joined.items())


def test_a_picture_that_is_built_up_bit_by_bit_is_shown_once_it_is_whole(stream):
    stream.run(units_from(coded("h264", INTRA_REFRESH, count=40), first=8)[:9])
    assert stream.schedules == [15 * FRAME_NS, 16 * FRAME_NS]


@pytest.mark.parametrize(("pictures", "is_building"), [(1, True), (7, True), (8, False)])
def test_as_long_as_it_is_not_whole_the_tile_knows_that_it_is_being_built_up(stream, memory, pictures, is_building):
    stream.clock.advance(5.0)
    stream.run(units_from(coded("h264", INTRA_REFRESH, count=40), first=8)[:pictures])
    assert (building_since(memory) > 0) is is_building


def test_a_picture_that_is_whole_at_once_is_never_said_to_be_built_up(stream, units, memory):
    stream.run(units[:3])
    assert building_since(memory) == 0


def test_a_stream_that_is_behind_does_not_skip_to_a_picture_that_is_not_whole(stream):
    stream.run(units_from(coded("h264", INTRA_REFRESH, count=40), first=0))
    assert stream.live.counts.skipped == 0
    assert stream.live.counts.decoded == 40


def test_a_stream_of_intra_pictures_that_are_no_key_pictures_is_shown(stream):
    coded_pictures = coded("h264", "bframes=2:open-gop=1:keyint=8:ref=3", count=40)
    pictures = [[nal for nal in nals if nal[0] & 0x1F != 6] for nals in coded_pictures]
    stream.run(units_from(pictures, first=1))
    assert stream.live.counts.decoded > 15
    assert not stream.faults


def test_of_pictures_that_are_built_up_all_are_decoded_where_the_plan_says_key_frames_only(stream):
    units = units_from(coded("h264", INTRA_REFRESH, count=40), first=8)
    stream.run(units, plan=DecodePlan.KEY_FRAMES)
    assert stream.live.counts.decoded == len(units) - 7


def in_slices() -> list[AccessUnit]:
    """A key picture as it comes where each slice has a marker: its first slice, then all of it, then the next one."""
    key, after = coded("h264", "slices=4:keyint=100", count=2)
    return [
        AccessUnit(1, True, False, 0, 0, annex_b(key[:-3]), end_unproven=True),
        AccessUnit(1, True, True, 0, 0, annex_b(key), end_unproven=True),
        AccessUnit(1, False, False, FRAME_NS, FRAME_NS, annex_b(after)),
    ]


def annex_b(nals) -> bytes:
    return b"".join(START_CODE + nal for nal in nals)


def test_a_picture_that_turns_out_to_be_a_part_of_one_is_not_shown(stream):
    stream.run(in_slices())
    assert stream.live.counts.decoded == 2
    assert stream.schedules == [0, FRAME_NS]


def test_a_picture_after_which_nothing_comes_is_whole(stream):
    whole = in_slices()[1]._replace(damaged=False)
    thread = threading.Thread(target=stream.live.run)
    thread.start()
    try:
        stream.live.offer(whole)
        until(lambda: stream.live.counts.decoded == 1)
    finally:
        stream.live.close()
        thread.join()
    assert stream.schedules == [0]
