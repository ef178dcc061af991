"""Puts the cameras of incidents onto the reserved tiles of the walls, and takes them off again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot

from tmcwall.domain.clock import Clock
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.raising import BEFORE_THE_CALL, Cell, Raised, Wanted, share_out
from tmcwall.ui.wall.replaying import LONGEST_S

_TRY_MS: Final = 250
_TRIES: Final = 20
"""A tile opens its stream in a moment; one that has none after five seconds stays live."""


class RaisedService(Protocol):
    """The part of `RaisedCameras` that is shown."""

    @property
    def changed(self) -> SignalInstance: ...
    def raised(self) -> Sequence[Raised]: ...


class Layouts(Protocol):
    """The part of `Layouts` whose reserved tiles are filled."""

    @property
    def changed(self) -> SignalInstance: ...
    def current(self) -> Layout: ...
    def put(self, wall: str, plan: WallPlan) -> None: ...
    def shown(self) -> AbstractSet[str]: ...


class Walls(Protocol):
    """The part of `WallRoom` that has the walls."""

    @property
    def ready(self) -> bool: ...
    def wall_order(self) -> Sequence[str]: ...
    def replay_from(self, wall: str, cell: int, camera_id: str, from_s: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Held:
    """A tile that shows a camera of an incident, and what stood there before."""

    wanted: Wanted
    before: str | None


@dataclass(slots=True)
class _ReplayToOpen:
    cell: Cell
    camera_id: str
    from_s: float
    tries: int = _TRIES


class RaisedWalls(QObject):
    """Only reserved tiles that are not locked are filled; what an officer puts on one of them meanwhile is his."""

    def __init__(
        self,
        raised: RaisedService,
        layouts: Layouts,
        walls: Walls,
        *,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._raised = raised
        self._layouts = layouts
        self._walls = walls
        self._clock = clock
        self._layout_id = ""
        self._held_on: dict[str, dict[Cell, _Held]] = {}
        """By layout: those that are not shown now get back what they had when they are."""
        self._his: set[Cell] = set()
        """Tiles that an officer has changed since: left alone until nothing is up any more."""
        self._replays: list[_ReplayToOpen] = []
        self._try = QTimer(self, interval=_TRY_MS)
        self._try.timeout.connect(self._open_replays)
        raised.changed.connect(self._show)
        layouts.changed.connect(self._follow_layout)

    @Slot()
    def _follow_layout(self) -> None:
        """Another layout has reserved tiles of its own."""
        if self._layouts.current().id != self._layout_id:
            self._show()

    @Slot()
    def _show(self) -> None:
        if not self._walls.ready:
            return
        layout = self._layouts.current()
        if layout.id != self._layout_id:
            self._layout_id, self._his = layout.id, set()
        plans = {wall: layout.walls[wall] for wall in self._walls.wall_order() if wall in layout.walls}
        held_before = self._still_held(self._held_on.get(layout.id, {}), plans)
        raised = self._raised.raised()
        if not raised:
            self._his.clear()
        cells = self._cells(plans)
        held = {cell: one.wanted for cell, one in held_before.items()}
        shared = share_out(raised, cells, held=held)
        recorded = self._layouts.shown()
        now_held = self._held_on[layout.id] = {
            cell: held_before[cell]
            if held.get(cell) == wanted
            else _Held(wanted, held_before[cell].before if cell in held_before else plans[cell[0]].cameras.get(cell[1]))
            for cell, wanted in shared.items()
        }
        changed = {cell: wanted[1] for cell, wanted in shared.items() if held.get(cell) != wanted}
        left = {cell: one.before for cell, one in held_before.items() if cell not in shared}
        self._put(plans, {**left, **changed})
        by_id = {one.incident.id: one for one in raised}
        self._replays = [one for one in self._replays if one.cell in now_held and one.cell not in changed]
        for cell, camera_id in changed.items():
            if camera_id in recorded:
                self._ask_for_replay(cell, camera_id, by_id[shared[cell][0]])

    def _cells(self, plans: Mapping[str, WallPlan]) -> Sequence[Cell]:
        return [
            (wall, cell)
            for wall, plan in plans.items()
            for cell in plan.reserved
            if cell not in plan.locked and (wall, cell) not in self._his
        ]

    def _still_held(self, held: Mapping[Cell, _Held], plans: Mapping[str, WallPlan]) -> Mapping[Cell, _Held]:
        """Without those on which an officer has put something else since."""
        still = {}
        for cell, one in held.items():
            plan = plans.get(cell[0])
            if plan is None or cell[1] not in plan.reserved:
                continue
            if plan.cameras.get(cell[1]) == one.wanted[1]:
                still[cell] = one
            else:
                self._his.add(cell)
        return still

    def _put(self, plans: Mapping[str, WallPlan], cells: Mapping[Cell, str | None]) -> None:
        by_wall: defaultdict[str, dict[int, str | None]] = defaultdict(dict)
        for (wall, cell), camera_id in cells.items():
            by_wall[wall][cell] = camera_id
        for wall, given in by_wall.items():
            plan = plans.get(wall)
            if plan is not None:
                cameras = {cell: camera for cell, camera in plan.cameras.items() if cell not in given}
                cameras |= {cell: camera for cell, camera in given.items() if camera is not None}
                self._layouts.put(wall, replace(plan, cameras=cameras))

    def _ask_for_replay(self, cell: Cell, camera_id: str, raised: Raised) -> None:
        """Of what is recorded; a call of long ago is not replayed."""
        from_s = (raised.incident.called_at - BEFORE_THE_CALL).timestamp()
        if self._clock.utc().timestamp() - from_s < LONGEST_S:
            self._replays.append(_ReplayToOpen(cell, camera_id, from_s))
            self._try.start()

    @Slot()
    def _open_replays(self) -> None:
        waiting = []
        for one in self._replays:
            one.tries -= 1
            opened = self._walls.replay_from(*one.cell, one.camera_id, one.from_s)
            if not opened and one.tries > 0:
                waiting.append(one)
        self._replays = waiting
        if not waiting:
            self._try.stop()
