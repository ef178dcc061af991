"""Layouts that all workstations have: pages in order, without the monitors of any one workstation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.domain.shape import Between, Id, Longest, Matching

LONGEST_NAME: Final = 60
"""Characters."""

GridName = Annotated[str, Matching(r"[1-8]x[1-8]|1\+5|1\+7|2\+8")]
"""What `layout.parse_grid` reads, as it writes it."""
CellNumber = Annotated[int, Between(0, 63)]


@dataclass(frozen=True, slots=True)
class PlacedCamera:
    cell: CellNumber
    camera_id: Id


@dataclass(frozen=True, slots=True)
class Page:
    """What one wall shows."""

    grid: GridName
    cameras: tuple[PlacedCamera, ...] = ()
    reserved: tuple[CellNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedLayout:
    """The first page is for a workstation's first wall, and so on; walls and pages may be of different number."""

    id: Id
    name: Annotated[str, Longest(LONGEST_NAME)]
    pages: tuple[Page, ...] = ()
    shared: bool = True
    """False: it was taken back. A workstation keeps what it had of it as a layout of its own."""


def page_of(plan: WallPlan) -> Page:
    """Without what is locked, which is this workstation's."""
    cameras = tuple(PlacedCamera(cell, camera_id) for cell, camera_id in sorted(plan.cameras.items()))
    return Page(plan.grid, cameras, tuple(sorted(plan.reserved)))


def plan_of(page: Page) -> WallPlan:
    """Cells beyond the grid, which no program of ours writes, are left out."""
    count = len(parse_grid(page.grid).cells)
    cameras = {one.cell: one.camera_id for one in page.cameras if one.cell < count}
    return WallPlan(page.grid, cameras, tuple(cell for cell in page.reserved if cell < count))


def followed(
    walls: Mapping[str, WallPlan], before: SharedLayout, after: SharedLayout, *, order: Sequence[str]
) -> dict[str, WallPlan]:
    """The walls of this workstation once its layout has become another one elsewhere.

    `order` are its walls, the first first. A wall that shows what its page said follows; one that was changed here
    stays as it is. Its locked cells keep their cameras.
    """
    found = dict(walls)
    for place, wall in enumerate(order):
        if wall in walls and place < len(before.pages) and place < len(after.pages):
            mine = walls[wall]
            if page_of(mine) == before.pages[place]:
                found[wall] = with_locked(plan_of(after.pages[place]), mine)
    return found


def differs(walls: Mapping[str, WallPlan], shared: SharedLayout, *, order: Sequence[str]) -> bool:
    """Whether any wall shows something else than its page says."""
    return any(
        wall in walls and place < len(shared.pages) and page_of(walls[wall]) != shared.pages[place]
        for place, wall in enumerate(order)
    )


def with_locked(plan: WallPlan, mine: WallPlan) -> WallPlan:
    """The plan with the cells that are locked in `mine` as they are there; in another grid nothing stays locked."""
    if plan.grid != mine.grid:
        return plan
    locked = {cell: mine.cameras[cell] for cell in mine.locked if cell in mine.cameras}
    cameras = {cell: camera for cell, camera in plan.cameras.items() if cell not in mine.locked}
    return replace(plan, cameras=cameras | locked, locked=mine.locked)
