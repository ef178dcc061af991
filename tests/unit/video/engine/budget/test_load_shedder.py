from types import SimpleNamespace

import pytest

from tests.clocks import FakeClock
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan
from tmcwall.video.engine.budget.load_shedder import LoadShedder, Machine
from tmcwall.video.engine.budget.load_shedding import Patience
from tmcwall.video.engine.budget.plan import Demand
from tmcwall.video.engine.stream_routing import Channel
from tmcwall.video.ipc.messages import DecodedReport
from tmcwall.video.sessions.access_unit_source import StreamKey, StreamState

CORES = 2.0
KEY_FRAME = 3
"""Times an ordinary picture."""
FPS = 25
TILE = 320 * 180
PICTURE_US = 700
"""Of a decoder for a picture of 640x360."""


class Wall:
    """As many cameras as a test likes in equal tiles, and a machine of two cores."""

    def __init__(self, count, *, priority=0):
        self.keys = [StreamKey(f"cam{number}", Profile.SUB) for number in range(count)]
        self._priority = priority
        self._streams = {key: SimpleNamespace(state=StreamState(), frame_interval_s=0.04) for key in self.keys}
        self._channels = [Channel(key, 0) for key in self.keys]
        self.shown = count
        self.lag_s = 0.02
        self.idle = 1.0
        self.clock = FakeClock()
        self._decoded = 0
        self.load_shedder = LoadShedder(
            self,
            stream=self._streams.get,  # type: ignore[arg-type]  # and these what it asks of a stream
            machine=Machine(cores=CORES, idle=lambda: self.idle),
            patience=Patience(),
            clock=self.clock,
        )

    # What the load shedder asks of the routing.

    def demands(self):
        return {
            (key, 0): Demand(visible=True, priority=number < self._priority, pixels=TILE)
            for number, key in enumerate(self.keys[: self.shown])
        }

    def allot(self, plans):
        for channel in self._channels[: self.shown]:
            channel.stream_plan = plans[channel.key, 0]

    def lags_s(self):
        return [self.lag_s]

    def channels(self):
        return self._channels

    # What a test does and sees.

    def show(self):
        self.load_shedder.plan_streams()

    def connect(self, *, fault=None):
        for stream in self._streams.values():
            stream.state = StreamState(connected=fault is None, fault=fault, width=640, height=360)

    def run(self, *, seconds, picture_us=PICTURE_US):
        for _ in range(seconds):
            self.clock.advance(1)
            self._decoded += FPS
            for channel in self._channels:
                key_frames = channel.stream_plan.plan is DecodePlan.KEY_FRAMES
                channel.report = DecodedReport(
                    stream=1,
                    frames_decoded=self._decoded,
                    errors=0,
                    width=640,
                    height=360,
                    picture_us=picture_us * KEY_FRAME if key_frames else picture_us,
                )
            self.load_shedder.weigh()

    def plans(self, plan):
        return sum(channel.stream_plan.plan is plan for channel in self._channels[: self.shown])


@pytest.mark.parametrize("count", [1, 36, 64])
def test_what_two_cores_can_decode_begins_with_all_pictures(count):
    wall = Wall(count)
    wall.show()
    assert wall.plans(DecodePlan.KEY_FRAMES) == 0


def test_what_two_cores_cannot_decode_begins_with_key_frames_but_for_priority():
    wall = Wall(144, priority=2)
    wall.show()
    assert (wall.plans(DecodePlan.FULL), wall.plans(DecodePlan.KEY_FRAMES)) == (2, 142)


def test_nothing_more_is_decoded_while_the_cameras_are_still_coming():
    wall = Wall(144)
    wall.show()
    wall.run(seconds=60)
    assert wall.plans(DecodePlan.KEY_FRAMES) == 144


def test_key_frames_give_way_to_all_pictures_as_far_as_there_is_room():
    wall = Wall(144)
    wall.show()
    wall.connect()
    wall.idle = 0.6
    wall.run(seconds=60)
    assert 0 < wall.plans(DecodePlan.NO_DEBLOCK) < 100
    assert wall.plans(DecodePlan.NO_DEBLOCK) + wall.plans(DecodePlan.KEY_FRAMES) == 144


def test_no_room_is_taken_that_other_programs_need_beyond_what_is_ours():
    wall = Wall(144)
    wall.show()
    wall.connect()
    wall.idle = 0.0
    wall.run(seconds=60)
    assert wall.plans(DecodePlan.KEY_FRAMES) > 130


def test_a_wall_of_dead_cameras_leaves_the_living_alone():
    wall = Wall(144)
    wall.show()
    wall.connect(fault=FaultCode.HOST_UNREACHABLE)
    wall.run(seconds=60)
    assert wall.plans(DecodePlan.FULL) == 144


def test_a_slow_machine_is_known_by_what_its_pictures_take():
    wall = Wall(36)
    wall.connect()
    wall.show()
    assert wall.plans(DecodePlan.FULL) == 36
    wall.run(seconds=10, picture_us=10 * PICTURE_US)
    wall.show()
    assert wall.plans(DecodePlan.KEY_FRAMES) > 18


def test_a_busy_neighbour_alone_takes_no_picture_from_a_small_wall():
    wall = Wall(16)
    wall.connect()
    wall.idle = 0.0
    wall.show()
    wall.run(seconds=10)
    wall.show()
    assert wall.plans(DecodePlan.FULL) == 16


def test_a_small_layout_after_a_large_one_has_all_pictures_at_once():
    wall = Wall(144)
    wall.show()
    wall.connect()
    wall.idle = 0.4
    wall.run(seconds=30)
    wall.shown = 9
    wall.show()
    assert wall.plans(DecodePlan.FULL) == 9


def test_cameras_that_fail_give_nothing_to_the_others_until_that_was_measured():
    wall = Wall(144)
    wall.show()
    wall.connect()
    wall.idle = 0.0
    wall.run(seconds=30)
    before = wall.plans(DecodePlan.KEY_FRAMES)
    wall.connect(fault=FaultCode.HOST_UNREACHABLE)
    wall.show()
    assert wall.plans(DecodePlan.KEY_FRAMES) == before


def test_tiles_come_back_where_the_system_does_not_say_what_a_picture_takes():
    wall = Wall(144)
    wall.show()
    wall.connect()
    wall.idle = 0.6
    wall.run(seconds=60, picture_us=0)
    assert wall.plans(DecodePlan.NO_DEBLOCK) > 10


def test_late_pictures_are_relieved_and_come_back_when_there_is_room():
    wall = Wall(36)
    wall.connect()
    wall.show()
    wall.lag_s = 1.0
    wall.idle = 0.0
    wall.run(seconds=8)
    assert wall.plans(DecodePlan.KEY_FRAMES) > 0
    wall.lag_s = 0.02
    wall.idle = 0.6
    wall.run(seconds=60)
    assert wall.plans(DecodePlan.FULL) == 36


def test_plans_do_not_flutter_while_nothing_changes():
    wall = Wall(144)
    wall.show()
    wall.connect()
    wall.idle = 0.5
    wall.run(seconds=60)
    before = [channel.stream_plan for channel in wall.channels()]
    wall.run(seconds=60)
    assert [channel.stream_plan for channel in wall.channels()] == before
