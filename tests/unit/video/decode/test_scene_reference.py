"""The view against its reference, with pictures made of plain shapes."""

import cv2
import numpy as np
import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.decode.picture_monitor import PictureMonitor
from tmcwall.video.decode.scene_reference import SceneReference, likeness, likeness_nearby, sketch, thumbnail
from tmcwall.video.ipc.messages import LARGEST_VIEW

S = 1_000_000_000
LOOK = 1_250_000_000


def street(*, seed=3, shift=(0, 0), light=1.0):
    """A picture of 640x360 full of house fronts; `shift` in pixels."""
    chance = np.random.default_rng(seed)
    picture = np.full((500, 900), 120, np.uint8)
    for _ in range(160):
        x, y = (int(number) for number in chance.integers(0, (840, 440)))
        width, height = (int(number) for number in chance.integers(15, 90, 2))
        cv2.rectangle(picture, (x, y), (x + width, y + height), int(chance.integers(10, 245)), -1)
    right, down = shift
    part = picture[70 - down : 430 - down, 130 - right : 770 - right]
    return np.asarray(part * light, np.uint8)


class Eye:
    """A watch that is shown one picture after the other, with noise."""

    def __init__(self, watch=None):
        self.watch = watch or PictureMonitor()
        self.now_ns = S
        self.learnt = None
        self._chance = np.random.default_rng(5)

    def show(self, picture, *, looks):
        for _ in range(looks):
            self.now_ns += LOOK
            noise = self._chance.integers(-6, 7, picture.shape)
            self.watch.look(np.clip(picture.astype(np.int16) + noise, 0, 255).astype(np.uint8), self.now_ns)

    def age_s(self, since_ns):
        return (self.now_ns - since_ns) / S if since_ns else 0.0


@pytest.fixture
def eye():
    found = Eye()
    found.show(street(), looks=30)
    found.learnt = found.watch.take_learnt()
    return found


def test_a_view_that_stays_for_half_a_minute_becomes_the_reference_once(eye):
    assert eye.learnt is not None
    assert len(eye.learnt.exemplars) == 1
    eye.show(street(), looks=60)
    assert eye.watch.take_learnt() is None
    assert eye.watch.moved_since_ns == 0


def test_a_view_that_is_being_turned_is_not_learnt():
    eye = Eye()
    for step in range(60):
        eye.show(street(shift=(step % 30 * 8 - 120, 0)), looks=1)
    assert eye.watch.take_learnt() is None


@pytest.mark.parametrize("shift", [(96, 0), (-96, 0), (0, 54), (64, -40)], ids=["right", "left", "down", "aslant"])
def test_another_view_is_noticed_and_the_old_one_is_the_reference_still(eye, shift):
    eye.show(street(shift=shift), looks=26)
    assert eye.watch.moved_since_ns
    eye.show(street(), looks=12)
    assert eye.watch.moved_since_ns == 0


def test_a_mast_that_sways_has_not_moved(eye):
    for step in range(60):
        eye.show(street(shift=(step % 3 * 4 - 4, step % 2 * 3)), looks=1)
        assert eye.watch.moved_since_ns == 0


def test_dusk_has_not_moved_the_camera(eye):
    for step in range(60):
        eye.show(street(light=1.0 - step / 75), looks=1)
        assert eye.watch.moved_since_ns == 0
        assert eye.watch.black_since_ns == 0


def test_a_view_that_an_officer_accepts_is_learnt_anew(eye):
    eye.show(street(shift=(96, 0)), looks=26)
    eye.watch.expect(None)
    assert eye.watch.moved_since_ns == 0
    eye.show(street(shift=(96, 0)), looks=60)
    assert eye.watch.moved_since_ns == 0
    assert eye.watch.take_learnt() is not None
    eye.show(street(), looks=26)
    assert eye.watch.moved_since_ns


def test_a_reference_from_an_earlier_run_is_compared_with_at_once(eye):
    later = Eye()
    later.watch.expect(SceneReference.unpack(eye.learnt.pack()))
    later.show(street(shift=(96, 0)), looks=26)
    assert later.watch.moved_since_ns
    assert later.watch.take_learnt() is None


@pytest.mark.parametrize(
    "cover",
    [
        lambda picture: np.full_like(picture, 236),
        lambda picture: cv2.GaussianBlur(picture, (0, 0), 20),
        lambda picture: np.asarray(90 + np.add.outer(np.arange(360), np.arange(640)) / 25, np.uint8),
    ],
    ids=["paper", "a smeared lens", "a hand"],
)
def test_a_covered_lens_shows_nothing_and_is_not_another_view(eye, cover):
    eye.show(cover(street()), looks=24)
    assert eye.age_s(eye.watch.black_since_ns) == 23 * LOOK / S
    assert eye.watch.moved_since_ns == 0
    eye.show(street(), looks=1)
    assert eye.watch.black_since_ns == 0


def test_a_camera_that_is_turned_is_never_moved_and_covered_only_by_what_shows_nothing():
    eye = Eye(PictureMonitor(view_checked=False))
    eye.show(street(), looks=30)
    for shift in (96, -96, 0):
        eye.show(cv2.GaussianBlur(street(shift=(shift, 0)), (0, 0), 20), looks=30)
        assert (eye.watch.moved_since_ns, eye.watch.black_since_ns) == (0, 0)
    assert eye.watch.take_learnt() is None
    eye.show(np.full_like(street(), 12), looks=20)
    assert eye.watch.black_since_ns


def test_mist_takes_contrast_and_not_the_view(eye):
    eye.show(np.asarray(street() * 0.25 + 120, np.uint8), looks=40)
    assert eye.watch.black_since_ns == 0
    assert eye.watch.moved_since_ns == 0


def test_the_same_streets_edges_are_alike_in_another_light_and_another_streets_are_not():
    seen = sketch(thumbnail(street()))
    assert likeness(seen, sketch(thumbnail(255 - street()))) > 0.9
    assert abs(likeness(seen, sketch(thumbnail(street(seed=4))))) < 0.15
    assert likeness_nearby(seen, sketch(thumbnail(street(shift=(10, 6))))) > 0.6


def test_a_reference_is_the_same_after_its_way_through_a_file(eye):
    packed = eye.learnt.pack()
    assert len(packed) < LARGEST_VIEW
    assert SceneReference.unpack(packed).pack() == packed


def test_the_first_light_is_kept_and_of_the_others_the_newest(eye):
    first = eye.learnt.exemplars[0]
    lights = [sketch(thumbnail(street(seed=seed))) for seed in range(10, 16)]
    reference = eye.learnt
    for light in lights:
        reference = reference.with_light(light)
    assert len(reference.exemplars) == 4
    assert reference.exemplars[0] is first
    assert reference.exemplars[-1] is lights[-1]


@pytest.mark.parametrize("broken", [b"", b"TMV1", b"TMV1\1" + bytes(8), b"XXXX\1" + bytes(20_000)])
def test_what_is_no_reference_is_refused(broken):
    with pytest.raises(Fault) as refusal:
        SceneReference.unpack(broken)
    assert refusal.value.code is FaultCode.PROTOCOL_BROKEN
