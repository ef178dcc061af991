import msgspec
import pytest

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.engine.budget.plan import Demand, StreamPlan
from tmcwall.video.engine.stream_routing import LONGEST_REPLAY, Routing
from tmcwall.video.ipc.access_units import unpack_access_unit
from tmcwall.video.ipc.messages import (
    FRAME,
    CloseStream,
    DecodedReport,
    ExpectView,
    OpenStream,
    Playback,
    SetOutputs,
    SetPlan,
    SetPlayback,
    ShowTile,
    StreamFault,
)
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.access_unit_source import StreamKey, StreamState

MAIN, SUB = StreamKey("cam", Profile.MAIN), StreamKey("cam", Profile.SUB)


def unit(number, *, key=False, damaged=False):
    return TimedUnit(str(number).encode(), 0, key, damaged, 0, 1, number, 0, 0)


class FakeDecoder:
    """Keeps what it is sent, access units as their payloads."""

    def __init__(self):
        self.ready = True
        self.behind = False
        self.streams = 0
        self.received = []

    def send(self, command):
        self.received.append(command)

    def write(self, buffers):
        self.received.append(unpack_access_unit(b"".join(buffers)[FRAME.size :]))

    def payloads(self):
        return [one.payload.decode() for one in self.received if hasattr(one, "payload")]

    def of(self, kind):
        return [one for one in self.received if isinstance(one, kind)]


class FakeStream:
    """Sends what a test wants sent."""

    def __init__(self):
        self.state = StreamState(codec="h264")
        self.gop = []
        self.sinks = []

    def add_sink(self, sink):
        self.sinks.append(sink)

    def remove_sink(self, sink):
        self.sinks = [known for known in self.sinks if known is not sink]

    def send(self, *units):
        for one in units:
            self.gop = [one] if one.key else [*self.gop, one]
            for sink in list(self.sinks):
                sink(one)


class House:
    def __init__(self):
        self.decoders = {0: FakeDecoder(), 1: FakeDecoder()}
        self.streams = {MAIN: FakeStream(), SUB: FakeStream()}
        self.files = {}
        self.switches = 0
        self.held = set()
        self.turned = set()
        self.routing = Routing(
            self.decoders,
            stream=self.streams.get,  # type: ignore[arg-type]  # what routing asks of a stream
            file_of=lambda key: self.files.get(key, b""),
            switched=self._switched,
            held=lambda key: key in self.held,
            view_checked=lambda key: key not in self.turned,
        )

    def _switched(self):
        self.switches += 1

    def show(self, key, *, tile=0, decoder=0, generation=1):
        shown = ShowTile(
            tile=tile, decoder=decoder, camera=key.camera, generation=generation, offset=4096, width=320, height=180
        )
        self.routing.show(shown, key)


@pytest.fixture
def house():
    return House()


def test_a_decoder_hears_a_stream_from_its_first_key_frame(house):
    house.show(MAIN)
    house.streams[MAIN].send(unit(1), unit(2, key=True), unit(3))
    assert house.decoders[0].payloads() == ["2", "3"]
    assert [output.tile for output in house.decoders[0].of(OpenStream)[0].outputs] == [0]


def test_a_late_decoder_gets_the_gop_at_once(house):
    house.streams[MAIN].send(unit(1, key=True), unit(2))
    house.show(MAIN)
    house.streams[MAIN].send(unit(3))
    assert house.decoders[0].payloads() == ["1", "2", "3"]


def test_a_gop_too_long_for_a_decoder_is_waited_out(house):
    house.streams[MAIN].send(unit(0, key=True), *(unit(number) for number in range(1, LONGEST_REPLAY + 1)))
    house.show(MAIN)
    house.streams[MAIN].send(unit(1000), unit(1001, key=True))
    assert house.decoders[0].payloads() == ["1001"]


def test_a_picture_whose_rest_comes_as_a_unit_of_its_own_is_handed_over_whole(house):
    house.show(MAIN)
    stream = house.streams[MAIN]
    stream.send(unit(1, key=True))
    stream.gop = [unit(12, key=True)]
    for sink in stream.sinks:
        sink(unit(2)._replace(continues=True))
    stream.send(unit(3))
    assert house.decoders[0].payloads() == ["1", "12", "3"]
    assert [one.damaged for one in house.decoders[0].received if hasattr(one, "payload")] == [False, True, False]


def test_a_decoder_that_waits_out_a_long_gop_is_known_to_wait_until_its_key_picture(house):
    long_gop = [unit(0, key=True), *(unit(number) for number in range(1, LONGEST_REPLAY + 1))]
    house.streams[MAIN].send(*long_gop)
    house.show(MAIN)
    (channel,) = house.routing.channels_of(MAIN)
    house.streams[MAIN].send(unit(1000)._replace(arrival_ns=7), unit(1001)._replace(arrival_ns=8))
    since = [channel.waits_for_key_ns]
    house.streams[MAIN].send(unit(1002, key=True), unit(1003))
    assert [*since, channel.waits_for_key_ns] == [7, 0]


def test_two_tiles_on_one_decoder_are_decoded_once(house):
    house.show(MAIN, tile=0)
    house.show(MAIN, tile=1)
    house.streams[MAIN].send(unit(1, key=True))
    assert house.decoders[0].payloads() == ["1"]
    assert [output.tile for output in house.decoders[0].of(SetOutputs)[-1].outputs] == [0, 1]


def test_each_decoder_that_shows_a_stream_gets_it(house):
    house.show(MAIN, decoder=0)
    house.show(MAIN, decoder=1)
    house.streams[MAIN].send(unit(1, key=True))
    assert [decoder.payloads() for decoder in house.decoders.values()] == [["1"], ["1"]]


def test_the_old_stream_is_painted_until_the_new_one_has_a_key_frame(house):
    house.show(SUB)
    house.streams[SUB].send(unit(1, key=True))
    house.routing.retarget((0, 0), MAIN)
    house.streams[MAIN].send(unit(50))
    house.streams[SUB].send(unit(2))
    assert house.decoders[0].payloads() == ["1", "2"]
    assert house.switches == 0
    house.streams[MAIN].send(unit(51, key=True))
    house.streams[SUB].send(unit(3, key=True))
    assert house.decoders[0].payloads() == ["1", "2", "51"]
    assert house.switches == 1
    assert house.routing.wanted_streams() == {MAIN}
    assert len(house.decoders[0].of(CloseStream)) == 1


def test_a_switch_that_is_taken_back_changes_nothing(house):
    house.show(SUB)
    house.streams[SUB].send(unit(1, key=True))
    house.routing.retarget((0, 0), MAIN)
    house.routing.retarget((0, 0), SUB)
    house.streams[MAIN].send(unit(51, key=True))
    house.streams[SUB].send(unit(2))
    assert house.decoders[0].payloads() == ["1", "2"]
    assert house.streams[MAIN].sinks == []


def test_a_hidden_tile_ends_its_stream_on_the_decoder(house):
    house.show(MAIN)
    house.routing.hide((0, 0))
    assert len(house.decoders[0].of(CloseStream)) == 1
    assert house.streams[MAIN].sinks == []
    assert house.decoders[0].streams == 0


def test_hiding_one_of_two_tiles_leaves_the_other(house):
    house.show(MAIN, tile=0)
    house.show(MAIN, tile=1)
    house.routing.hide((0, 0))
    assert [output.tile for output in house.decoders[0].of(SetOutputs)[-1].outputs] == [1]
    assert house.decoders[0].of(CloseStream) == []


def test_a_resized_tile_keeps_its_stream(house):
    house.show(MAIN)
    house.show(MAIN, generation=2)
    assert house.decoders[0].of(SetOutputs)[-1].outputs[0].generation == 2
    assert len(house.decoders[0].of(OpenStream)) == 1


def test_a_new_decoder_process_gets_all_streams_and_their_gops_again(house):
    house.show(MAIN)
    house.streams[MAIN].send(unit(1, key=True), unit(2))
    first = house.decoders[0].of(OpenStream)[0].stream
    house.routing.decoder_lost(0)
    house.streams[MAIN].send(unit(3))
    house.decoders[0].received.clear()
    house.routing.decoder_ready(0)
    assert house.decoders[0].payloads() == ["1", "2", "3"]
    assert house.decoders[0].of(OpenStream)[0].stream != first


def test_a_view_that_is_accepted_while_its_decoder_is_lost_is_learnt_anew_by_the_next_one(house):
    house.show(MAIN)
    house.streams[MAIN].send(unit(1, key=True))
    house.routing.decoder_lost(0)
    house.routing.expect_view(MAIN, b"")
    house.decoders[0].received.clear()
    house.routing.decoder_ready(0)
    (opened,) = house.decoders[0].of(OpenStream)
    assert house.decoders[0].of(ExpectView) == [ExpectView(stream=opened.stream, view=b"")]
    house.routing.decoder_lost(0)
    house.decoders[0].received.clear()
    house.routing.decoder_ready(0)
    assert house.decoders[0].of(ExpectView) == []


def test_the_view_of_a_camera_that_is_turned_and_of_what_is_played_is_not_checked(house):
    house.turned.add(SUB)
    played = StreamKey("clip", Profile.MAIN)
    house.files[played] = b"/clips/one.mp4"
    for tile, key in enumerate((MAIN, SUB, played)):
        house.show(key, tile=tile)
        if key in house.streams:
            house.streams[key].send(unit(1, key=True))
    assert [opened.view_checked for opened in house.decoders[0].of(OpenStream)] == [True, False, False]


def test_what_a_decoder_cannot_take_is_left_out_up_to_a_key_frame_marked_damaged(house):
    decoder, stream = house.decoders[0], house.streams[MAIN]
    house.show(MAIN)
    stream.send(unit(1, key=True))
    decoder.behind = True
    stream.send(unit(2))
    decoder.behind = False
    stream.send(unit(3), unit(4, key=True), unit(5))
    assert decoder.payloads() == ["1", "4", "5"]
    assert [one.damaged for one in decoder.received if hasattr(one, "payload")] == [False, True, False]


def test_a_stream_whose_source_changed_is_opened_anew(house):
    house.show(MAIN)
    house.streams[MAIN].send(unit(1, key=True))
    house.streams[MAIN] = FakeStream()
    house.routing.stream_replaced(MAIN)
    house.streams[MAIN].send(unit(10, key=True))
    assert house.decoders[0].payloads() == ["1", "10"]
    assert len(house.decoders[0].of(OpenStream)) == 2


def test_a_file_goes_to_the_decoder_by_its_path_and_is_steered_there(house):
    key = StreamKey("clip", Profile.MAIN)
    house.files[key] = b"/clips/a.mp4"
    house.show(key)
    house.routing.playback(Playback("clip", speed=0.0, seek_s=3.0))
    assert house.decoders[0].of(OpenStream)[0].path == b"/clips/a.mp4"
    assert house.decoders[0].of(SetPlayback)[0].seek_s == 3.0


def test_what_was_asked_of_a_file_before_it_has_a_decoder_is_asked_of_each_that_opens_it(house):
    key = StreamKey("clip", Profile.MAIN)
    house.files[key] = b"/clips/a.mp4"
    house.routing.playback(Playback("clip", speed=0.0, seek_s=3.0))
    house.show(key)
    assert [told.seek_s for told in house.decoders[0].of(SetPlayback)] == [3.0]
    house.routing.forget_playbacks(["clip"])
    house.routing.decoder_lost(0)
    house.routing.decoder_ready(0)
    assert len(house.decoders[0].of(SetPlayback)) == 1


def test_a_decoder_is_believed_only_about_its_own_streams(house):
    house.show(MAIN)
    number = house.decoders[0].of(OpenStream)[0].stream
    assert house.routing.reported(1, StreamFault(stream=number, fault=FaultCode.CODEC_UNSUPPORTED)) is None
    assert house.routing.reported(0, DecodedReport(stream=99, frames_decoded=1, errors=0, width=1, height=1)) is None
    channel = house.routing.reported(0, StreamFault(stream=number, fault=FaultCode.CODEC_UNSUPPORTED))
    assert channel.fault is FaultCode.CODEC_UNSUPPORTED


def test_a_held_stream_is_opened_on_no_decoder_until_it_is_released(house):
    house.show(MAIN)
    house.streams[MAIN].send(unit(1, key=True))
    house.routing.decoder_lost(0)
    house.decoders[0].received.clear()
    house.held.add(MAIN)
    house.routing.decoder_ready(0)
    house.streams[MAIN].send(unit(2), unit(3, key=True))
    assert house.decoders[0].received == []
    assert [channel.fault for channel in house.routing.channels_of(MAIN)] == [FaultCode.DECODER_CRASHED]
    house.held.clear()
    house.routing.open_again(MAIN)
    assert house.decoders[0].payloads() == ["3"]
    assert [channel.fault for channel in house.routing.channels_of(MAIN)] == [None]


def test_the_streams_inside_a_codec_are_known_by_the_marks_of_their_tiles(house):
    house.show(MAIN, tile=4)
    assert house.routing.inside_codec(0, {4: 77}.get) == {MAIN: 77}
    assert house.routing.inside_codec(0, {4: 0}.get) == {}
    assert house.routing.inside_codec(1, {4: 77}.get) == {}


KEY_FRAMES = StreamPlan(DecodePlan.KEY_FRAMES, PlanReason.BUSY)
NO_DEBLOCK = StreamPlan(DecodePlan.NO_DEBLOCK, PlanReason.BUSY)
PAUSED = StreamPlan(DecodePlan.PAUSED, PlanReason.HIDDEN)


def test_a_decoder_on_key_frames_is_sent_nothing_else_and_goes_on_at_a_key_frame(house):
    house.show(MAIN)
    house.routing.allot({(MAIN, 0): KEY_FRAMES})
    house.streams[MAIN].send(unit(1, key=True), unit(2), unit(3, key=True), unit(4))
    house.routing.allot({(MAIN, 0): NO_DEBLOCK})
    house.streams[MAIN].send(unit(5), unit(6, key=True), unit(7))
    assert house.decoders[0].payloads() == ["1", "3", "6", "7"]
    assert [one.plan for one in house.decoders[0].of(SetPlan)] == [DecodePlan.KEY_FRAMES, DecodePlan.NO_DEBLOCK]


def test_a_decoder_on_key_frames_is_sent_all_of_a_stream_whose_key_frames_show_nothing_by_themselves(house):
    house.show(MAIN)
    house.routing.allot({(MAIN, 0): KEY_FRAMES})
    house.streams[MAIN].send(unit(1, key=True)._replace(until_whole=2), unit(2), unit(3))
    house.routing.allot({(MAIN, 0): NO_DEBLOCK})
    house.streams[MAIN].send(unit(4))
    assert house.decoders[0].payloads() == ["1", "2", "3", "1", "2", "3", "4"]


def test_a_reduced_tile_that_is_selected_moves_at_once(house):
    house.show(MAIN)
    house.routing.allot({(MAIN, 0): KEY_FRAMES})
    house.streams[MAIN].send(unit(1, key=True), unit(2))
    house.routing.allot({(MAIN, 0): StreamPlan()})
    house.streams[MAIN].send(unit(3))
    assert house.decoders[0].payloads() == ["1", "1", "2", "3"]


def test_a_paused_stream_is_sent_nothing_and_comes_back_with_its_gop(house):
    house.show(MAIN)
    house.routing.allot({(MAIN, 0): PAUSED})
    house.streams[MAIN].send(unit(1, key=True), unit(2))
    assert house.decoders[0].payloads() == []
    house.routing.allot({(MAIN, 0): StreamPlan()})
    assert house.decoders[0].payloads() == ["1", "2"]


def test_a_decoder_that_was_replaced_gets_the_plan_again(house):
    house.show(MAIN)
    house.routing.allot({(MAIN, 0): KEY_FRAMES})
    house.routing.decoder_lost(0)
    house.routing.decoder_ready(0)
    assert [one.plan for one in house.decoders[0].of(SetPlan)] == [DecodePlan.KEY_FRAMES, DecodePlan.KEY_FRAMES]


def test_a_stream_is_as_important_as_the_most_important_tile_that_can_be_seen(house):
    house.show(MAIN, tile=0)
    house.show(MAIN, tile=1)
    one, other = (tile.shown for tile in house.routing.tiles.values())
    house.routing.show(msgspec.structs.replace(one, priority=True), MAIN)
    house.routing.show(msgspec.structs.replace(other, priority=True, visible=False, width=900), MAIN)
    assert house.routing.demands() == {
        (MAIN, 0): Demand(visible=True, priority=True, pixels=one.width * one.height)
    }  # fmt: skip


def test_a_stream_whose_tiles_are_all_hidden_asks_for_nothing(house):
    house.show(MAIN)
    shown = house.routing.tiles[0, 0].shown
    house.routing.show(msgspec.structs.replace(shown, visible=False), MAIN)
    assert house.routing.demands() == {(MAIN, 0): Demand(visible=False)}
