"""The view's way through a decoder: pictures in, the tile's header and the reference out."""

import av
import numpy as np
import pytest

from tests.unit.video.test_routing import MAIN, House
from tmcwall.domain.health import Limits, Signs, TileState, judge
from tmcwall.video.frames import HEADER_BYTES, Memory
from tmcwall.video.pictures import TilePainter
from tmcwall.video.wire import ExpectView, Output, ViewLearnt

S = 1_000_000_000
OUTPUT = Output(tile=0, generation=1, offset=HEADER_BYTES, width=64, height=40)


class HandClock:
    ns = 5 * S

    def monotonic_ns(self):
        return self.ns


def front(shift):
    """A street of 320x180 with its houses moved to the right."""
    chance = np.random.default_rng(8)
    picture = np.full((180, 480), 90, np.uint8)
    for _ in range(60):
        x, y, width, height = (int(number) for number in chance.integers((0, 0, 10, 10), (460, 170, 60, 50)))
        picture[y : y + height, x : x + width] = chance.integers(20, 240)
    return np.stack([picture[:, 80 - shift : 400 - shift]] * 3, axis=-1)


class Screen:
    """A painter whose time goes by hand; four pictures a second."""

    def __init__(self, memory):
        self.clock = HandClock()
        self.learnt = []
        self.memory = memory
        self.painter = TilePainter(memory, self.clock, learnt=self.learnt.append)
        self.painter.set_outputs([OUTPUT])

    def show(self, picture, *, seconds):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        for _ in range(seconds * 4):
            self.clock.ns += S // 4
            self.painter.paint(frame, schedule_ns=self.clock.ns)

    @property
    def moved_s(self):
        since_ns = int(self.memory.tiles[0]["moved_since_ns"])
        return (self.clock.ns - since_ns) / S if since_ns else 0.0


@pytest.fixture
def screen():
    memory = Memory.create()
    screen = Screen(memory)
    yield screen
    screen.painter.close()
    memory.close()


def test_a_view_is_learnt_while_it_is_shown_and_a_move_is_in_the_tiles_header_within_a_minute(screen):
    screen.show(front(0), seconds=45)
    assert len(screen.learnt) == 1
    assert screen.moved_s == 0
    screen.show(front(48), seconds=60 - round(Limits().moved_s))
    assert screen.moved_s > 0


def test_a_reference_that_comes_from_a_file_is_compared_with_from_the_start(screen):
    screen.show(front(0), seconds=45)
    (reference,) = screen.learnt
    screen.painter.watch.expect(reference)
    screen.show(front(48), seconds=40)
    assert screen.moved_s > 0
    screen.painter.watch.expect(None)
    screen.show(front(48), seconds=45)
    assert screen.moved_s == 0
    assert len(screen.learnt) == 2


def test_a_stream_that_is_opened_asks_for_its_reference_and_passes_on_what_it_learns():
    house = House()
    asked = []
    house.routing._opened = asked.append
    house.show(MAIN)
    assert asked == [MAIN]
    house.routing.expect_view(MAIN, b"view")
    (told,) = house.decoders[0].of(ExpectView)
    assert told.view == b"view"
    channel = house.routing.reported(0, ViewLearnt(stream=told.stream, view=b"new"))
    assert channel.key == MAIN
    assert channel.report is None
    assert house.routing.reported(0, ViewLearnt(stream=999, view=b"lie")) is None


def test_a_moved_view_does_not_look_live():
    signs = Signs(age_packet_s=0.1, age_frame_s=0.1, age_change_s=0.1, moved_s=25.0)
    verdict = judge(signs, Limits())
    assert (verdict.state, verdict.age_s) == (TileState.MOVED, 25.0)
