"""The watch over the pictures of the synthetic city, coded as cameras code them: named in time, and no false alarm."""

from dataclasses import replace
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from tmcwall.domain.health import Limits, TileObservation, TileState, judge
from tmcwall.sim.scenes.catalogue import SCENES
from tmcwall.sim.scenes.film import pictures
from tmcwall.sim.scenes.lens import Lens
from tmcwall.sim.scenes.light import Weather
from tmcwall.sim.scenes.stage import build_stage
from tmcwall.video.decode.picture_monitor import PictureMonitor

S = 1_000_000_000
LOOK_S = 1.25
TEN_MINUTES = int(600 / LOOK_S)
NOISY_NIGHT = "arteri-malam"
BIT_RATE = 300_000
FRAME_RATE = 25


def coded(film, *, rate, gop):
    """The brightness of pictures after coding at the share of 300 kbit/s that this rate of pictures has."""
    bits = BIT_RATE * rate // FRAME_RATE
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = 640, 360
    encoder.pix_fmt = "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, rate), Fraction(rate)
    encoder.bit_rate = bits
    encoder.thread_count = 1
    encoder.options = {"preset": "superfast", "g": str(gop), "bf": "0", "maxrate": str(bits), "bufsize": str(bits)}
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    packets = []
    for number, picture in enumerate(film):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    frames = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    return [frame.to_ndarray(format="gray") for frame in frames]


def seen(scene, *, count=12, rate=2):
    return coded(pictures(scene, 640, 360, count=count, frame_rate=rate), rate=rate, gop=2 * rate)


class Onlooker:
    """Judges a stream by its watch, as a tile does. `states` holds every state with the second it was first given."""

    def __init__(self):
        self.watch = PictureMonitor()
        self.now_s = 1.0
        self.states = {}

    def show(self, film, *, looks, step=1.0):
        begun_s = self.now_s
        self.states = {}
        for number in range(looks):
            self.now_s += LOOK_S
            self.watch.look(film[int(number * step) % len(film)], int(self.now_s * S))
            state = judge(self._signs(), Limits()).state
            self.states.setdefault(state, self.now_s - begun_s)

    def _signs(self):
        def age_s(since_ns):
            return self.now_s - since_ns / S if since_ns else 0.0

        watch = self.watch
        return TileObservation(
            age_packet_s=0.0,
            age_frame_s=0.0,
            age_change_s=age_s(watch.last_change_ns),
            black_s=age_s(watch.black_since_ns),
            moved_s=age_s(watch.moved_since_ns),
        )


@pytest.fixture(scope="module")
def night():
    """The noisy night street: eight seconds of it, every picture, at 300 kbit/s."""
    film = pictures(SCENES[NOISY_NIGHT], 640, 360, count=8 * FRAME_RATE, frame_rate=FRAME_RATE)
    return coded(film, rate=FRAME_RATE, gop=50)


@pytest.fixture
def onlooker(night):
    found = Onlooker()
    found.show(night, looks=60, step=LOOK_S * FRAME_RATE)
    assert found.watch.take_learnt() is not None
    return found


def test_ten_minutes_of_the_noisy_night_raise_no_alarm(night):
    onlooker = Onlooker()
    onlooker.show(night, looks=TEN_MINUTES, step=LOOK_S * FRAME_RATE)
    assert set(onlooker.states) == {TileState.LIVE}


def test_a_night_in_which_nothing_moves_but_noise_is_not_frozen():
    scene = SCENES[NOISY_NIGHT]
    stage = build_stage(scene.street, Lens(scene.mount, 640, 360), scene.light, seed=scene.seed)
    weather = Weather(scene.light, 640, 360, seed=scene.seed)

    def quiet():
        for number in range(12 * FRAME_RATE):
            picture = stage.picture.copy()
            weather.fall_on(picture, number)
            yield picture

    film = coded(quiet(), rate=FRAME_RATE, gop=10 * FRAME_RATE)
    onlooker = Onlooker()
    onlooker.show(film, looks=TEN_MINUTES, step=LOOK_S * FRAME_RATE)
    assert set(onlooker.states) == {TileState.LIVE}


@pytest.mark.parametrize("name", sorted(SCENES.keys() - {NOISY_NIGHT}))
def test_ten_minutes_of_no_other_scene_raise_an_alarm(name):
    onlooker = Onlooker()
    onlooker.show(seen(SCENES[name]), looks=TEN_MINUTES)
    assert set(onlooker.states) == {TileState.LIVE}


def test_a_frozen_picture_is_named_within_15_seconds(onlooker, night):
    onlooker.show(night[:1], looks=20)
    assert onlooker.states[TileState.FROZEN] <= 15


@pytest.mark.parametrize(
    "cover",
    [
        np.zeros_like,
        lambda picture: np.full_like(picture, 240),
        lambda picture: cv2.GaussianBlur(picture, (0, 0), 15),
        lambda picture: cv2.GaussianBlur(np.roll(picture, 200, axis=1), (0, 0), 40) + np.uint8(60),
    ],
    ids=["black", "white", "blurred", "hand"],
)
def test_a_covered_lens_is_named_within_30_seconds(onlooker, night, cover):
    noise = np.random.default_rng(4)
    film = [
        np.clip(cover(picture) + noise.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
        for picture in pictures(SCENES[NOISY_NIGHT], 640, 360, count=12, frame_rate=2)
    ]
    onlooker.show(coded(film, rate=2, gop=4), looks=40)
    assert onlooker.states[TileState.BLACK] <= 30
    assert TileState.MOVED not in onlooker.states


@pytest.mark.parametrize(
    "turned",
    [
        lambda mount: replace(mount, yaw_deg=mount.yaw_deg + 0.15 * mount.fov_deg),
        lambda mount: replace(mount, yaw_deg=mount.yaw_deg - 0.15 * mount.fov_deg),
        lambda mount: replace(mount, pitch_deg=mount.pitch_deg + 6),
        lambda mount: replace(mount, fov_deg=0.75 * mount.fov_deg),
    ],
    ids=["right", "left", "down", "zoomed"],
)
def test_a_moved_view_is_named_within_60_seconds(onlooker, turned):
    scene = SCENES[NOISY_NIGHT]
    onlooker.show(seen(replace(scene, mount=turned(scene.mount))), looks=60)
    assert onlooker.states[TileState.MOVED] <= 60
    assert TileState.BLACK not in onlooker.states
