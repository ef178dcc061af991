"""Grids and layouts: which camera stands in which cell of which wall."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tmcwall.domain.fault import DomainCode, DomainError


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle in units of the grid's columns and rows."""

    column: int
    row: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """`name` is what is stored: `4x4`, `1+5`, `1+7`, `2+8`. Cells in reading order, large ones first."""

    name: str
    columns: int
    rows: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A named arrangement. Walls by monitor identity; cameras by cell index. Cameras may have gone since."""

    id: str
    name: str
    walls: Mapping[str, WallPlan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WallPlan:
    """What one wall shows. `reserved` are the cells that an incident may fill."""

    grid: str
    cameras: Mapping[int, str] = field(default_factory=dict)
    reserved: tuple[int, ...] = ()
    locked: tuple[int, ...] = ()
    """Cells of this workstation that nobody elsewhere puts anything on."""


def parse_grid(text: str, *, largest: int = 8) -> Grid:
    """The grid of that name: `CxR` from 1x1 to `largest`x`largest`, or `1+5`, `1+7`, `2+8`.

    Raises DomainError(GRID_MALFORMED).
    """
    name = text.strip().lower()
    if name in _MIXED:
        return _MIXED[name]
    match = re.fullmatch(r"(\d{1,2})x(\d{1,2})", name)
    if match is None:
        raise DomainError(DomainCode.GRID_MALFORMED, text)
    columns, rows = int(match[1]), int(match[2])
    if not (1 <= columns <= largest and 1 <= rows <= largest):
        raise DomainError(DomainCode.GRID_MALFORMED, text)
    cells = tuple(Cell(column, row) for row in range(rows) for column in range(columns))
    return Grid(f"{columns}x{rows}", columns, rows, cells)


def _one_large(side: int) -> Grid:
    """One large cell at the top left of a `side`x`side` grid, small ones right of it and below it."""
    big = side - 1
    right = [Cell(big, row) for row in range(big)]
    below = [Cell(column, big) for column in range(side)]
    return Grid(f"1+{2 * side - 1}", side, side, (Cell(0, 0, big, big), *right, *below))


_MIXED = {
    "1+5": _one_large(3),
    "1+7": _one_large(4),
    "2+8": Grid(
        "2+8", 4, 4,
        (Cell(0, 0, 2, 2), Cell(2, 0, 2, 2), *(Cell(column, row) for row in (2, 3) for column in range(4))),
    ),
}  # fmt: skip

MIXED_GRIDS = tuple(_MIXED)
