"""Wall orders: what one workstation has the walls of another show, for a while, and how far that goes.

An order lies over what the officer there has arranged and never becomes part of it: when it ends, or is taken back,
what he had is what the wall shows again. Cells that he has locked, that he has changed since, or whose camera sees an
open incident are not touched.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.fault import DomainError
from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.domain.shape import Between, Id
from tmcwall.domain.shared_layout import Page, plan_of

BEGINS_WITHIN: Final = timedelta(minutes=2)
"""An order that reaches its workstation later than that is not begun any more."""
LONGEST: Final = timedelta(hours=12)
"""A shift. Whatever an order says, it ends so long after it was sent."""


class OrderOutcome(StrEnum):
    """What became of an order at the workstation that it was sent to."""

    SENT = "sent"
    """Nothing has been said yet."""
    SHOWN = "shown"
    IN_PART = "in_part"
    """Some of it found no place."""
    NO_PLACE = "no_place"
    LATE = "late"
    """It came when its time was over."""
    DISMISSED = "dismissed"
    """An officer there has put back what he had."""


@dataclass(frozen=True, slots=True)
class WallOrder:
    """Pages for the walls of a workstation from `first_wall` on, or one camera for one tile of that wall.

    Who has sent it is who has made the operation; it is not said here, where anybody could claim it.
    """

    id: Id
    desk: Id
    """The device that it is for."""
    sent_at: datetime
    """By the server's clock, as the sender knows it."""
    ends_at: datetime
    pages: tuple[Page, ...] = ()
    camera_id: Id | None = None
    first_wall: Annotated[int, Between(1, 64)] = 1
    taken_back: bool = False
    outcome: OrderOutcome = OrderOutcome.SENT

    @property
    def end(self) -> datetime:
        return min(self.ends_at, self.sent_at + LONGEST)

    def is_over(self, now: datetime) -> bool:
        return self.taken_back or self.outcome in _ENDED or self.end <= now

    def may_begin(self, now: datetime) -> bool:
        """Whether it came in time. A clock that is a little behind makes no order one of the future."""
        return not self.is_over(now) and abs(now - self.sent_at) <= BEGINS_WITHIN


_ENDED: Final = frozenset({OrderOutcome.LATE, OrderOutcome.DISMISSED, OrderOutcome.NO_PLACE})


@dataclass(frozen=True, slots=True)
class Laid:
    """A wall with an order on it."""

    plan: WallPlan
    left_out: int = 0
    """Cameras of the order that found no place."""


def lay_page(plan: WallPlan, page: Page, *, kept: AbstractSet[int]) -> Laid:
    """The page on the wall, without what is `kept` of the plan.

    While nothing is kept the wall takes the page's grid; else it keeps its own, and the cameras of the page come into
    the other cells, as they stand where the grid is the same, and else in their order.
    """
    kept_cameras = {cell: plan.cameras[cell] for cell in kept if cell in plan.cameras}
    sent = plan_of(page)
    wanted = sorted(sent.cameras.items())
    if page.grid == plan.grid:
        free = {cell: camera for cell, camera in wanted if cell not in kept}
        return Laid(replace(plan, cameras=free | kept_cameras), len(wanted) - len(free))
    if not kept:
        return Laid(sent)
    cells = [cell for cell in range(_cell_count(plan)) if cell not in kept]
    placed = dict(zip(cells, (camera for _cell, camera in wanted), strict=False))
    return Laid(replace(plan, cameras=placed | kept_cameras), len(wanted) - len(placed))


def lay_camera(plan: WallPlan, camera_id: str, *, kept: AbstractSet[int]) -> Laid:
    """The camera on an empty cell, else on a reserved one, else on the last that is not `kept`."""
    if camera_id in plan.cameras.values():
        return Laid(plan)
    free = [cell for cell in range(_cell_count(plan)) if cell not in kept]
    if not free:
        return Laid(plan, 1)
    empty = [cell for cell in free if cell not in plan.cameras]
    cell = next((cell for cell in empty if cell not in plan.reserved), None)
    if cell is None:
        cell = empty[0] if empty else next((cell for cell in free if cell in plan.reserved), free[-1])
    return Laid(replace(plan, cameras={**plan.cameras, cell: camera_id}))


def changed_cells(before: WallPlan, after: WallPlan) -> frozenset[int]:
    """The cells in which an officer has changed something; all of them with another grid."""
    if before.grid != after.grid:
        return frozenset(range(_cell_count(after)))
    cells = before.cameras.keys() | after.cameras.keys()
    return frozenset(cell for cell in cells if before.cameras.get(cell) != after.cameras.get(cell))


def beneath(own: WallPlan, before: WallPlan, after: WallPlan) -> WallPlan:
    """What is the officer's own once he has changed a wall on which an order lies from `before` to `after`."""
    if before.grid != after.grid:
        return after
    changed = changed_cells(before, after)
    cameras = {cell: camera for cell, camera in own.cameras.items() if cell not in changed}
    cameras |= {cell: after.cameras[cell] for cell in changed if cell in after.cameras}
    reserved = after.reserved if after.reserved != before.reserved else own.reserved
    return replace(own, cameras=cameras, reserved=reserved, locked=after.locked)


def _cell_count(plan: WallPlan) -> int:
    """Of a grid of a newer program: as many as walls show of it."""
    try:
        return len(parse_grid(plan.grid).cells)
    except DomainError:
        return len(parse_grid("4x4").cells)
