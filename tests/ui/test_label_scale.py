import pytest

from tmcwall.ui.wall.labels import Scale


@pytest.mark.parametrize("height", [135, 270, 540, 1080, 2160])
def test_labels_are_as_large_on_a_monitor_of_double_density(height):
    coarse, fine = Scale.of(height), Scale.of(2 * height, density=2.0)
    assert (fine.line, fine.text, fine.frame) == (2 * coarse.line, 2 * coarse.text, 2 * coarse.frame)


def test_the_smallest_letters_have_13_pixels_of_the_desktop():
    assert Scale.of(60).text == 13
    assert Scale.of(150, density=2.5).text == 32
