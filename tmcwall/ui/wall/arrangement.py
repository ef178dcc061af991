"""Which tile stands where on a canvas: one in each cell of the grid, or one over all."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QSize

from tmcwall.domain.layout import Grid
from tmcwall.ui.wall.model import TileCamera, WallModel
from tmcwall.ui.wall.tile import WallTile


def neighbour(grid: Grid, cell: int, *, columns: int, rows: int) -> int:
    """The nearest cell in the direction of those steps, or -1 at the edge of the grid."""
    here = grid.cells[cell]
    x, y = here.column + here.columns / 2, here.row + here.rows / 2
    best, best_distance = -1, float("inf")
    for index, there in enumerate(grid.cells):
        dx, dy = there.column + there.columns / 2 - x, there.row + there.rows / 2 - y
        along = dx * columns + dy * rows
        across = abs(dx * rows) + abs(dy * columns)
        if along > 0.4 and across <= along + 1 and along + 3 * across < best_distance:
            best, best_distance = index, along + 3 * across
    return best


class Arrangement:
    """The tiles of one canvas, with the selected one and the one that fills it. Places are in device pixels."""

    def __init__(self) -> None:
        self.tiles: list[WallTile] = []
        self.selected = -1
        """The cell, or -1; so is `full`."""
        self.full = -1

    @property
    def selected_tile(self) -> WallTile | None:
        """The selected tile, with a camera or without."""
        return self.tiles[self.selected] if self.selected >= 0 else None

    @property
    def selected_camera_tile(self) -> WallTile | None:
        """The selected tile, if a camera is in it."""
        tile = self.selected_tile
        return tile if tile is not None and tile.camera is not None else None

    def take(self, model: WallModel) -> list[WallTile]:
        """Take over grid and cameras; the answer is tiles that are not shown any more.

        A camera that was shown before keeps its tile, wherever it moved; one that filled the canvas goes on doing so.
        """
        free: dict[str, list[WallTile]] = {}
        for tile in self.tiles:
            if tile.camera is not None:
                free.setdefault(tile.camera.id, []).append(tile)
        full = self.tiles[self.full].camera if self.full >= 0 else None
        before, self.tiles = self.tiles, []
        for cell in range(len(model.grid.cells)):
            camera = model.cells.get(cell)
            there = free.get(camera.id) if camera is not None else None
            tile = there.pop(0) if there else WallTile(cell)
            tile.cell = cell
            tile.camera = camera
            tile.reserved = cell in model.reserved
            tile.markers = model.markers(camera.id) if camera is not None else ()
            self.tiles.append(tile)
        self.full = next((tile.cell for tile in self.tiles if full is not None and _is_same(tile.camera, full)), -1)
        if self.selected >= len(self.tiles):
            self.selected = -1
        return [tile for tile in before if tile not in self.tiles]

    def lay_out(self, grid: Grid, size: QSize, *, density: float) -> None:
        """Give each tile its rectangle, in whole pixels, edge to edge."""
        width, height = size.width(), size.height()
        for tile, cell in zip(self.tiles, grid.cells, strict=True):
            tile.density = density
            if self.full >= 0:
                tile.rect = QRect(0, 0, width, height) if tile.cell == self.full else QRect()
                continue
            left = cell.column * width // grid.columns
            top = cell.row * height // grid.rows
            right = (cell.column + cell.columns) * width // grid.columns
            bottom = (cell.row + cell.rows) * height // grid.rows
            tile.rect = QRect(left, top, right - left, bottom - top)

    def mark_selected(self) -> list[WallTile]:
        """Tell the tiles which of them is framed as selected, in the grid only; the answer is those that changed."""
        changed = [tile for tile in self.tiles if tile.selected != (tile.cell == self.selected and self.full < 0)]
        for tile in changed:
            tile.selected = not tile.selected
        return changed

    def mark_drop(self, cell: int) -> list[WallTile]:
        """Tell the tiles which of them something is held over; the answer is those that changed."""
        changed = [tile for tile in self.tiles if tile.drop_target != (tile.cell == cell)]
        for tile in changed:
            tile.drop_target = not tile.drop_target
        return changed

    def cell_at(self, point: QPoint) -> int:
        """The cell at a point, or -1."""
        return next((tile.cell for tile in self.tiles if tile.rect.contains(point)), -1)


def _is_same(camera: TileCamera | None, other: TileCamera) -> bool:
    """Whether it is shown as before; a privacy mask that was set meanwhile changes nothing of that."""
    return camera is not None and replace(camera, masks=other.masks) == other
