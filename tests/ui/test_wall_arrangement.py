import pytest
from PySide6.QtCore import QPoint, QSize

from tmcwall.domain.layout import parse_grid
from tmcwall.ui.wall.arrangement import Arrangement, neighbour
from tmcwall.ui.wall.model import TileCamera, WallModel

C1, C2, C3 = (TileCamera(f"c{number}", f"Kamera {number}", number) for number in (1, 2, 3))


@pytest.fixture
def model(qapp):
    return WallModel(parse_grid("2x2"))


def arranged(model, cells, *, grid="2x2"):
    arrangement = Arrangement()
    show(arrangement, model, cells, grid=grid)
    return arrangement


def show(arrangement, model, cells, *, grid="2x2"):
    model.show(parse_grid(grid), cells)
    return arrangement.take(model)


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


def test_a_camera_that_moves_takes_its_tile_along(model):
    arrangement = arranged(model, {0: C1, 1: C2})
    one, two = arrangement.tiles[:2]
    gone = show(arrangement, model, {3: C1, 1: C2})
    assert (arrangement.tiles[3], arrangement.tiles[1]) == (one, two)
    assert one not in gone
    assert [tile.cell for tile in arrangement.tiles] == [0, 1, 2, 3]


def test_tiles_of_cameras_that_are_not_shown_any_more_are_given_back(model):
    arrangement = arranged(model, {0: C1, 1: C2})
    one = arrangement.tiles[0]
    assert one in show(arrangement, model, {0: C3, 1: C2})


def test_the_camera_that_fills_the_canvas_goes_on_doing_so_wherever_it_moves_and_no_other_takes_its_place(model):
    arrangement = arranged(model, {0: C1, 1: C2})
    arrangement.full = 0
    show(arrangement, model, {2: C1, 1: C2})
    assert arrangement.full == 2
    show(arrangement, model, {2: C3, 1: C2})
    assert arrangement.full == -1


def test_a_selected_cell_beyond_a_smaller_grid_is_selected_no_more(model):
    arrangement = arranged(model, {0: C1})
    arrangement.selected = 3
    show(arrangement, model, {0: C1}, grid="2x1")
    assert arrangement.selected == -1
    assert arrangement.selected_tile is None


def test_tiles_cover_an_odd_canvas_edge_to_edge(model):
    arrangement = arranged(model, {}, grid="3x3")
    arrangement.lay_out(model.grid, QSize(101, 67), density=1.0)
    cells = {arrangement.cell_at(QPoint(x, y)) for x in range(101) for y in range(67)}
    assert cells == set(range(9))
    assert sum(tile.rect.width() * tile.rect.height() for tile in arrangement.tiles) == 101 * 67
    assert arrangement.cell_at(QPoint(101, 0)) == -1


def test_one_tile_over_all_leaves_the_others_no_place_and_needs_no_frame(model):
    arrangement = arranged(model, {0: C1, 1: C2})
    arrangement.selected = 1
    assert arrangement.mark_selected() == [arrangement.tiles[1]]
    arrangement.full = 1
    arrangement.lay_out(model.grid, QSize(100, 60), density=1.0)
    assert [tile.cell for tile in arrangement.tiles if not tile.rect.isEmpty()] == [1]
    assert arrangement.mark_selected() == [arrangement.tiles[1]]
    assert not arrangement.tiles[1].selected
    assert arrangement.mark_selected() == []


def test_only_the_tile_that_something_is_held_over_is_marked(model):
    arrangement = arranged(model, {0: C1, 1: C2})
    assert arrangement.mark_drop(0) == [arrangement.tiles[0]]
    assert arrangement.mark_drop(1) == arrangement.tiles[:2]
    assert arrangement.mark_drop(-1) == [arrangement.tiles[1]]
