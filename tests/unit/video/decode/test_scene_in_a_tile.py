"""The view's way through a decoder: pictures in, the tile's header and the reference out."""

import av
import numpy as np
import pytest

from tests.clocks import FakeClock
from tests.unit.video.engine.test_stream_routing import MAIN, House
from tmcwall.domain.health import Limits, TileObservation, TileState, judge
from tmcwall.video.decode.stream_decoder import TilePainter
from tmcwall.video.ipc.messages import ExpectView, Output, ViewLearnt
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, Memory

S = 1_000_000_000
OUTPUT = Output(tile=0, generation=1, offset=HEADER_BYTES, width=64, height=40)


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
        self.clock = FakeClock()
        self.learnt = []
        self.memory = memory
        self.painter = TilePainter(memory, self.clock, learnt=self.learnt.append)
        self.painter.set_outputs([OUTPUT])

    def show(self, picture, *, seconds):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        for _ in range(seconds * 4):
            self.clock.ns += S // 4
            self.painter.paint(frame, schedule_ns=self.clock.ns)

    def replace_decoder(self, picture):
        """Another process paints the tile from now on; what was learnt comes to it after its first picture."""
        self.memory.writers.clear()
        self.painter = TilePainter(self.memory, self.clock, learnt=self.learnt.append)
        self.painter.set_outputs([OUTPUT])
        self.clock.ns += 2 * S
        self.show(picture, seconds=1)
        self.painter.watch.expect(self.learnt[0])

    def state(self) -> TileState:
        observation = TileObservation(
            age_packet_s=0.1,
            age_frame_s=0.1,
            age_change_s=self.age_s("last_change_ns"),
            black_s=self.age_s("black_since_ns"),
            moved_s=self.age_s("moved_since_ns"),
        )
        return judge(observation, Limits()).state

    def age_s(self, field):
        since_ns = int(self.memory.tiles[0][field])
        return (self.clock.ns - since_ns) / S if since_ns else 0.0

    @property
    def moved_s(self):
        return self.age_s("moved_since_ns")


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


def noisy(picture):
    """The same view over and over, never twice the same picture."""
    chance = np.random.default_rng(3)
    while True:
        yield np.clip(picture + chance.integers(-3, 4, picture.shape), 0, 255).astype(np.uint8)


TURNED, FREE, HAND = front(48), front(0), np.asarray(90 + np.add.outer(np.arange(180), np.arange(320)) / 12, np.uint8)
FAULTS = {
    "turned": (TURNED, TileState.MOVED),
    "covered": (np.stack([HAND] * 3, axis=-1), TileState.BLACK),
    "dark": (np.full_like(FREE, 16), TileState.BLACK),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_known_of_a_view_holds_from_the_first_picture_of_another_decoder(screen, fault):
    picture, state = FAULTS[fault]
    screen.show(FREE, seconds=45)
    changing = noisy(picture)
    for _ in range(60):
        screen.show(next(changing), seconds=1)
    assert screen.state() is state
    screen.replace_decoder(next(changing))
    for _ in range(60):
        assert screen.state() is state
        screen.show(next(changing), seconds=1)
    changing = noisy(FREE)
    for _ in range(20):
        screen.show(next(changing), seconds=1)
    assert screen.state() is TileState.LIVE


def test_a_frozen_picture_is_frozen_from_the_first_picture_of_another_decoder(screen):
    screen.show(FREE, seconds=45)
    screen.replace_decoder(FREE)
    assert screen.state() is TileState.FROZEN
    screen.show(TURNED, seconds=2)
    assert screen.state() is TileState.LIVE


def test_the_time_without_a_decoder_freezes_no_picture(screen):
    changing = noisy(FREE)
    for _ in range(45):
        screen.show(next(changing), seconds=1)
    screen.clock.ns += 60 * S
    screen.replace_decoder(next(changing))
    assert screen.state() is TileState.LIVE


def test_a_view_that_is_known_to_be_turned_is_not_learnt_where_no_reference_comes(screen):
    screen.show(FREE, seconds=45)
    screen.show(TURNED, seconds=60)
    del screen.learnt[:]
    screen.memory.writers.clear()
    screen.painter = TilePainter(screen.memory, screen.clock, learnt=screen.learnt.append)
    screen.painter.set_outputs([OUTPUT])
    screen.show(TURNED, seconds=60)
    assert (screen.learnt, screen.moved_s > 60) == ([], True)
    screen.painter.watch.expect(None)
    screen.show(TURNED, seconds=45)
    assert (len(screen.learnt), screen.moved_s) == (1, 0)


def test_a_tile_of_another_size_shows_at_once_what_is_known_of_its_stream(screen):
    screen.show(FREE, seconds=45)
    screen.show(TURNED, seconds=60)
    moved_s = screen.moved_s
    screen.painter.set_outputs([Output(tile=0, generation=2, offset=HEADER_BYTES, width=128, height=80)])
    assert screen.moved_s == moved_s > 0


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
    observation = TileObservation(age_packet_s=0.1, age_frame_s=0.1, age_change_s=0.1, moved_s=25.0)
    verdict = judge(observation, Limits())
    assert (verdict.state, verdict.age_s) == (TileState.MOVED, 25.0)
