import pytest

from tmcwall.domain.layout import parse_grid
from tmcwall.ui.wall.hands import neighbour


@pytest.mark.parametrize(
    ("cell", "step", "there"),
    [
        (0, (1, 0), 1),
        (0, (0, 1), 3),
        (4, (-1, 0), 3),
        (4, (0, -1), 1),
        (2, (1, 0), -1),
        (0, (0, -1), -1),
        (8, (0, 1), -1),
    ],
)
def test_a_step_goes_to_the_nearest_cell_in_its_direction_and_not_beyond_the_edge(cell, step, there):
    columns, rows = step
    assert neighbour(parse_grid("3x3"), cell, columns=columns, rows=rows) == there
