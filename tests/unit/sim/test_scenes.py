import numpy as np
import pytest

from tmcwall.domain.fault import DomainError
from tmcwall.sim.city import build_city
from tmcwall.sim.scenes.catalogue import SCENES, scene_named
from tmcwall.sim.scenes.film import pictures
from tmcwall.sim.scenes.lens import Lens, Mount

SIZE = (160, 90)


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_has_content_and_moves(name):
    first, *_, last = pictures(scene_named(name), *SIZE, count=10, frame_rate=5)
    assert first.shape == (90, 160, 3)
    assert first.dtype == np.uint8
    assert first.std() > 8
    still = first.astype(int) - last.astype(int)
    assert (np.abs(still).max(axis=2) > 30).mean() > 0.003


def test_every_camera_of_the_city_shows_a_scene_that_exists():
    assert {made.scene for made in build_city()} == set(SCENES)


def test_a_scene_is_drawn_the_same_each_time():
    first, again = (next(pictures(scene_named("arteri-siang"), *SIZE, count=4, frame_rate=4)) for _ in range(2))
    assert np.array_equal(first, again)


def test_an_unknown_scene_is_refused():
    with pytest.raises(DomainError):
        scene_named("bulan")


def test_the_lens_shows_ground_where_it_projects_ground():
    lens = Lens(Mount(yaw_deg=10, x_m=2), 64, 36)
    x, z, below = lens.ground()
    place = np.array([[x[30, 40], 0, z[30, 40]]], np.float32)
    pixels, depths = lens.project(place)
    assert below[30, 40]
    assert depths[0] > 0
    assert pixels[0] == pytest.approx([40.5, 30.5], abs=0.02)
