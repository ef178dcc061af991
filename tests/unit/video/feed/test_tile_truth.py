from collections.abc import Iterator
from dataclasses import replace

import pytest

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan, Limits, TileObservation, TileState, TileStatus, judge
from tmcwall.video.feed.pacing import Board
from tmcwall.video.feed.tile_allocator import Extent
from tmcwall.video.feed.tile_feed import TileFeed
from tmcwall.video.ipc.colour_conversion import BT601
from tmcwall.video.ipc.messages import StreamReport
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, Memory, TileWriter

S = 1_000_000_000


class Owner:
    """A feed that has this report of the engine."""

    def __init__(self) -> None:
        self.report: StreamReport | None = None
        self.received = 0
        self.silent = False
        self.woke_ns = self.slept_ns = 0

    def report_of(self, _tile):
        return self.report

    def received_ns(self, _report):
        return self.received

    def slept_since_ns(self, since_ns):
        return self.slept_ns if since_ns < self.woke_ns else 0

    def engine_silent(self, _now_ns):
        return self.silent


@pytest.fixture
def memory() -> Iterator[Memory]:
    memory = Memory.create()
    yield memory
    memory.close()


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def tile(memory, owner) -> TileFeed:
    tile = TileFeed(
        owner, Board(memory), camera_id="c1", decoder=0, tile=0, profile=None, priority=False, limits=Limits()
    )
    tile.generation, tile.width, tile.height, tile.extent = 4, 8, 8, Extent(HEADER_BYTES, 4096)
    return tile


@pytest.fixture
def writer(memory) -> TileWriter:
    return TileWriter(memory, tile=0, generation=4, offset=HEADER_BYTES, width=8, height=8)


def picture(writer: TileWriter, at_s: float) -> None:
    now_ns = int(at_s * S)
    writer.packet_arrived(now_ns)
    writer.begin()
    writer.publish(schedule_ns=now_ns, now_ns=now_ns, colours=BT601)
    writer.observe(last_change_ns=now_ns, black_since_ns=0, moved_since_ns=0)


def state(tile: TileFeed, at_s: float) -> TileState:
    return tile.verdict(int(at_s * S)).state


def test_a_tile_is_connecting_then_live_then_stale_after_2_s_and_lost_after_8(tile, writer):
    assert state(tile, 9.0) is TileState.CONNECTING
    picture(writer, 10.0)
    assert state(tile, 11.9) is TileState.LIVE
    assert state(tile, 12.1) is TileState.STALE
    assert state(tile, 17.9) is TileState.STALE
    assert state(tile, 18.1) is TileState.LOST


def test_a_camera_that_is_getting_ready_is_no_lost_one(tile, owner):
    owner.report = StreamReport(camera="c1", profile=Profile.SUB, connected=False, fault=FaultCode.CAMERA_PREPARING)
    assert tile.verdict(9 * S) == TileStatus(TileState.CONNECTING, None, FaultCode.CAMERA_PREPARING)


def test_a_tile_says_that_its_picture_is_being_built_up_and_after_a_minute_that_none_comes(tile, writer):
    writer.mark_building(5 * S)
    assert (state(tile, 9.0), state(tile, 64.9)) == (TileState.BUILDING, TileState.BUILDING)
    assert tile.verdict(int(65.1 * S)) == TileStatus(TileState.LOST, None, FaultCode.NO_KEY_FRAME)
    writer.mark_building(0)
    picture(writer, 70.0)
    assert state(tile, 70.5) is TileState.LIVE


def test_a_picture_that_is_built_up_again_has_the_age_of_the_last_whole_one(tile, writer):
    picture(writer, 10.0)
    writer.mark_building(11 * S)
    assert state(tile, 11.9) is TileState.LIVE
    assert tile.verdict(15 * S) == TileStatus(TileState.BUILDING, 5.0)


def test_a_decoder_that_stops_while_the_engine_receives_is_named_as_the_cause(tile, writer, owner):
    owner.report = StreamReport(camera="c1", profile=Profile.SUB, connected=True)
    picture(writer, 10.0)
    owner.received = int(11.5 * S)
    assert tile.verdict(int(12.5 * S)).cause is FaultCode.DECODER_LOST


def test_a_machine_that_does_not_keep_up_is_named_and_not_its_decoder(tile, writer, owner):
    owner.report = StreamReport(camera="c1", profile=Profile.SUB, connected=True, overloaded=True)
    picture(writer, 10.0)
    owner.received = int(11.5 * S)
    assert tile.verdict(int(12.5 * S)).cause is FaultCode.MACHINE_BUSY


def test_a_silent_engine_is_named_as_the_cause(tile, writer, owner):
    picture(writer, 10.0)
    owner.silent = True
    assert tile.verdict(int(20 * S)).cause is FaultCode.ENGINE_LOST


def test_pictures_that_do_not_change_are_frozen_after_10_s(tile, writer):
    for second in range(10, 25):
        now_ns = second * S
        writer.begin()
        writer.publish(schedule_ns=now_ns, now_ns=now_ns, colours=BT601)
        writer.observe(last_change_ns=10 * S, black_since_ns=0, moved_since_ns=0)
    assert state(tile, 19.9) is TileState.LIVE
    assert state(tile, 24.0) is TileState.FROZEN


def test_the_age_goes_on_when_the_size_changes(tile, writer, memory):
    picture(writer, 10.0)
    tile.carry(tile.ages())
    tile.generation = 5
    assert state(tile, 10.5) is TileState.LIVE
    assert state(tile, 13.0) is TileState.STALE
    TileWriter(memory, tile=0, generation=5, offset=HEADER_BYTES, width=8, height=8)
    assert state(tile, 13.0) is TileState.STALE


def count(tile: TileFeed, writer: TileWriter, seconds: list[int]) -> None:
    tile.count_second()
    for pictures in seconds:
        for _ in range(pictures):
            picture(writer, 1.0)
        tile.count_second()


def test_a_stream_of_25_pictures_a_second_is_measured_as_such(tile, writer):
    count(tile, writer, [3, 25, 25])
    assert tile.decoded_fps == 25


def test_a_stream_that_has_just_begun_or_stopped_is_not_called_slow(tile, writer):
    count(tile, writer, [25, 25, 2, 0, 0, 0, 0, 3])
    assert tile.decoded_fps == 25


def test_a_picture_every_three_seconds_is_slow(tile, writer):
    count(tile, writer, [1, 0, 0, 1, 0, 0])
    assert tile.decoded_fps == pytest.approx(1 / 3)


def test_a_tile_below_5_pictures_a_second_is_marked_reduced():
    observation = TileObservation(age_packet_s=0.1, age_frame_s=0.1, age_change_s=0.1, decoded_fps=4.0)
    assert judge(observation, Limits()).state is TileState.REDUCED


def on_key_frames(*, age_frame_s, age_packet_s=1.2):
    return judge(
        TileObservation(
            age_frame_s=age_frame_s, age_packet_s=age_packet_s, decoded_fps=25.0, plan=DecodePlan.KEY_FRAMES
        ),
        Limits(),
    )


def test_a_tile_that_gets_key_frames_only_is_never_live():
    verdict = on_key_frames(age_frame_s=0.1)
    assert (verdict.state, verdict.age_s) == (TileState.REDUCED, 0.1)


def test_key_frames_may_be_as_far_apart_as_the_camera_sends_them_while_the_stream_flows():
    assert on_key_frames(age_frame_s=4.0).state is TileState.REDUCED
    assert on_key_frames(age_frame_s=9.0).state is TileState.LOST


def test_a_tile_on_key_frames_is_stale_when_its_stream_stops():
    assert on_key_frames(age_frame_s=4.0, age_packet_s=3.5).state is TileState.STALE


def test_a_screen_that_stood_still_judges_by_the_decoder_s_times_and_not_by_its_own(tile, writer):
    picture(writer, 10.0)
    assert state(tile, 10.1) is TileState.LIVE
    picture(writer, 15.0)  # nobody looked for five seconds, the decoder went on
    assert state(tile, 15.1) is TileState.LIVE
    verdict = tile.verdict(int(19.0 * S))  # nobody looked again, and the decoder stopped meanwhile
    assert (verdict.state, verdict.age_s) == (TileState.STALE, 4.0)


def test_after_the_machine_has_slept_a_picture_is_as_old_as_the_night_was_long(tile, owner, writer):
    """U7"""
    picture(writer, 100.0)
    assert state(tile, 100.5) is TileState.LIVE
    owner.woke_ns, owner.slept_ns = int(100.6 * S), 3600 * S
    assert state(tile, 100.7) is TileState.LOST
    assert tile.verdict(int(100.7 * S)).age_s == pytest.approx(3600.7)
    picture(writer, 101.0)
    assert state(tile, 101.1) is TileState.LIVE


def test_a_tile_whose_stream_waits_for_a_key_picture_is_calm_and_never_live():
    waiting = TileObservation(age_packet_s=0.1, waits_for_key=True)
    assert judge(waiting, Limits()) == TileStatus(TileState.CONNECTING, None, FaultCode.NO_KEY_FRAME)
    with_an_old_picture = replace(waiting, age_frame_s=90.0)
    assert judge(with_an_old_picture, Limits()) == TileStatus(TileState.CONNECTING, 90.0, FaultCode.NO_KEY_FRAME)


def test_a_tile_that_waited_for_a_key_picture_in_vain_is_lost():
    in_vain = TileObservation(age_packet_s=0.1, fault=FaultCode.NO_KEY_FRAME)
    assert judge(in_vain, Limits()) == TileStatus(TileState.LOST, None, FaultCode.NO_KEY_FRAME)


@pytest.mark.parametrize(("age_s", "state"), [(9.9, TileState.REDUCED), (31.0, TileState.LOST)])
def test_a_picture_in_ten_seconds_is_shown_with_its_age_until_a_few_are_missing(age_s, state):
    slow = TileObservation(age_packet_s=age_s, age_frame_s=age_s, age_change_s=0.0, frame_interval_s=10.0)
    assert (judge(slow, Limits()).state, judge(slow, Limits()).age_s) == (state, age_s)


def test_a_tile_is_told_that_its_stream_waits_for_a_key_picture(tile, owner):
    owner.report = StreamReport(camera="c1", profile=Profile.SUB, connected=False, waits_for_key_since_s=1000.0)
    assert tile.observation(10 * S).waits_for_key
