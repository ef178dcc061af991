import numpy as np

from tmcwall.video.decode.picture_monitor import PictureMonitor

S = 1_000_000_000


def scene(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(30, 220, (180, 320), dtype=np.uint8)


def test_a_picture_that_stays_identical_counts_as_unchanged_since_it_came():
    watch = PictureMonitor()
    for second in range(1, 20):
        watch.look(scene(), second * S)
    assert watch.last_change_ns == 1 * S


def test_one_changed_pixel_outside_the_sample_is_a_change():
    watch = PictureMonitor()
    watch.look(scene(), 1 * S)
    moved = scene()
    moved[1, 1] ^= 1
    watch.look(moved, 2 * S)
    assert watch.last_change_ns == 2 * S


def test_the_noise_of_a_quiet_night_is_change_and_not_black():
    watch = PictureMonitor()
    noise = np.random.default_rng(7)
    street = np.full((180, 320), 45, np.uint8)
    street[100:, :] = 70
    for second in range(1, 30):
        watch.look(street + noise.integers(0, 6, street.shape, dtype=np.uint8), second * S)
    assert watch.last_change_ns == 29 * S
    assert watch.black_since_ns == 0


def test_a_dark_flat_picture_is_black_since_it_became_so_also_with_noise():
    watch = PictureMonitor()
    noise = np.random.default_rng(7)
    watch.look(scene(), 1 * S)
    for second in range(2, 9):
        watch.look(np.full((180, 320), 17, np.uint8) + noise.integers(0, 4, (180, 320), dtype=np.uint8), second * S)
    assert watch.black_since_ns == 2 * S
    watch.look(scene(), 9 * S)
    assert watch.black_since_ns == 0


def test_a_covered_lens_shows_nothing_however_bright():
    watch = PictureMonitor()
    watch.look(np.full((180, 320), 128, np.uint8), 1 * S)
    assert watch.black_since_ns == 1 * S


def test_it_looks_a_few_times_a_second_at_most():
    watch = PictureMonitor(every_ns=400_000_000)
    watch.look(scene(), 1 * S)
    assert not watch.due(1 * S + 399_000_000)
    assert watch.due(1 * S + 400_000_000)


def test_a_picture_of_another_size_is_a_change():
    watch = PictureMonitor()
    watch.look(scene(), 1 * S)
    watch.look(scene()[:90, :160], 2 * S)
    assert watch.last_change_ns == 2 * S
