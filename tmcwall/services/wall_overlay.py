"""What walls show for a while over what the officer has arranged on them, and what he changes meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from tmcwall.domain.layout import WallPlan
from tmcwall.domain.wall_order import beneath, changed_cells


class WallOverlay:
    """By wall. What lies over a wall is never stored: it is gone with the program."""

    def __init__(self) -> None:
        self._laid: dict[str, WallPlan] = {}
        self._edited: dict[str, frozenset[int]] = {}

    def lay(self, laid: Mapping[str, WallPlan]) -> bool:
        """Exactly these from now on; whether that is anything else than before."""
        if laid == self._laid:
            return False
        self._laid = dict(laid)
        self._edited = {wall: cells for wall, cells in self._edited.items() if wall in laid}
        return True

    def seen(self, walls: Mapping[str, WallPlan]) -> Mapping[str, WallPlan]:
        """What these walls show."""
        return {wall: self._laid.get(wall, plan) for wall, plan in walls.items()}

    def edited(self, wall: str) -> frozenset[int]:
        """The cells that the officer has changed since something lies over the wall."""
        return self._edited.get(wall, frozenset())

    def put(self, wall: str, plan: WallPlan, *, own: WallPlan) -> WallPlan:
        """The officer has changed what he sees to `plan`; returns what is his own now, of which `own` was it."""
        laid = self._laid.get(wall)
        if laid is None:
            return plan
        self._laid[wall] = plan
        self._edited[wall] = self.edited(wall) | changed_cells(laid, plan)
        return beneath(own, laid, plan)
