"""Named layouts, which of them is current, and which monitor each wall stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import facts, tables
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.layout import Layout, WallPlan

_layouts = tables.layouts
_plans = tables.wall_plans
_placements = tables.wall_placements
_CURRENT = "current_layout"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a wall stands. `monitor` is the monitor's identity, which outlives unplugging and reordering."""

    monitor: str
    shown: bool = True


def all_layouts(session: Session) -> tuple[Layout, ...]:
    """In the order in which they were first saved."""
    plans: dict[str, dict[str, WallPlan]] = {}
    for row in session.execute(select(_plans)).mappings():
        plans.setdefault(row["layout_id"], {})[row["wall"]] = _plan(row)
    found = session.execute(select(_layouts).order_by(_layouts.c.place, _layouts.c.id))
    return tuple(Layout(row["id"], row["name"], plans.get(row["id"], {})) for row in found.mappings())


def current(session: Session) -> Layout | None:
    """The layout that was selected last; None if there is none or it is gone."""
    selected = facts.get(session, _CURRENT)
    return next((layout for layout in all_layouts(session) if layout.id == selected), None)


def select_layout(session: Session, layout_id: str) -> None:
    """Raises DomainError(LAYOUT_UNKNOWN)."""
    _demand(session, layout_id)
    facts.put(session, _CURRENT, layout_id)


def put(session: Session, layout: Layout) -> None:
    """Saves a layout with all its walls, over the one of that id. Raises DomainError(NAME_TAKEN)."""
    same_name = select(_layouts.c.id).where(_layouts.c.name == layout.name, _layouts.c.id != layout.id)
    if session.scalar(same_name) is not None:
        raise DomainError(DomainCode.NAME_TAKEN, layout.name)
    place = session.scalar(select(func.coalesce(func.max(_layouts.c.place), 0))) or 0
    statement = insert(_layouts).values(id=layout.id, name=layout.name, place=place + 1)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"name": layout.name}))
    session.execute(delete(_plans).where(_plans.c.layout_id == layout.id))
    _put_plans(session, layout.id, layout.walls.items())


def put_wall(session: Session, layout_id: str, wall: str, plan: WallPlan) -> None:
    """What one wall of a layout shows now. Raises DomainError(LAYOUT_UNKNOWN)."""
    _demand(session, layout_id)
    session.execute(delete(_plans).where(_plans.c.layout_id == layout_id, _plans.c.wall == wall))
    _put_plans(session, layout_id, [(wall, plan)])


def remove(session: Session, layout_id: str) -> None:
    """Raises DomainError(LAYOUT_UNKNOWN)."""
    _demand(session, layout_id)
    session.execute(delete(_layouts).where(_layouts.c.id == layout_id))


def placements(session: Session) -> Mapping[str, Placement]:
    """By wall."""
    return {wall: Placement(monitor, shown) for wall, monitor, shown in session.execute(select(_placements))}


def place(session: Session, wall: str, placement: Placement) -> None:
    columns = {"monitor": placement.monitor, "shown": placement.shown}
    statement = insert(_placements).values(wall=wall, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["wall"], set_=columns))


def _put_plans(session: Session, layout_id: str, walls: Iterable[tuple[str, WallPlan]]) -> None:
    rows = [
        {
            "layout_id": layout_id,
            "wall": wall,
            "grid": plan.grid,
            "cameras": {str(cell): camera for cell, camera in plan.cameras.items()},
            "reserved": list(plan.reserved),
            "locked": list(plan.locked),
        }
        for wall, plan in walls
    ]
    if rows:
        session.execute(insert(_plans), rows)


def _demand(session: Session, layout_id: str) -> None:
    if session.scalar(select(_layouts.c.id).where(_layouts.c.id == layout_id)) is None:
        raise DomainError(DomainCode.LAYOUT_UNKNOWN, layout_id)


def _plan(row: RowMapping) -> WallPlan:
    cameras = {int(cell): camera for cell, camera in row["cameras"].items()}
    return WallPlan(row["grid"], cameras, tuple(row["reserved"]), tuple(row["locked"]))
