"""What one shift hands over to the next: what is open, locked, dead, late and planned, as it stands at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tmcwall.domain.camera import Camera
from tmcwall.domain.case import Case
from tmcwall.domain.footage_request import FootageRequest
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.incident import Incident
from tmcwall.domain.layout import Layout
from tmcwall.domain.officer import Officer
from tmcwall.domain.outage import PlannedOutage
from tmcwall.domain.sp2hp import Reminder

LONGEST_REMARK: Final = 4_000
"""Characters of what one officer tells the next."""
_DEAD: Final = frozenset(
    {TileState.STALE, TileState.LOST, TileState.FROZEN, TileState.BLACK, TileState.REFUSED, TileState.UNSUPPORTED}
)


@dataclass(frozen=True, slots=True)
class LockedTile:
    """A cell of a wall on which nobody elsewhere puts anything; `camera` is empty where it shows none."""

    wall: str
    cell: int
    camera: str


@dataclass(frozen=True, slots=True)
class DeadCamera:
    """One that shows no live picture although it is to."""

    number: int | None
    name: str
    status: TileStatus


@dataclass(frozen=True, slots=True)
class LateLetter:
    """An SP2HP whose internal reminder has passed."""

    lp: str
    due: date
    days: int


@dataclass(frozen=True, slots=True)
class LateRequest:
    """A request to an owner of cameras that was not answered by its due day."""

    lp: str
    asked_of: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftReport:
    """All lists are in the order in which they are read out."""

    made_at: datetime
    workstation: str
    incidents: Sequence[Incident]
    locked: Sequence[LockedTile]
    dead: Sequence[DeadCamera]
    letters: Sequence[LateLetter]
    requests: Sequence[LateRequest]
    outages: Sequence[PlannedOutage]
    names: Mapping[str, str]
    """Of cameras, by id."""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """A report with both officers: who hands over, and who takes over and has shown it by a password."""

    report: ShiftReport
    given_by: Officer
    taken_by: Officer
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a table, or the sentence that stands where there is nothing."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    nothing: str


def locked_tiles(layout: Layout, names: Mapping[str, str]) -> tuple[LockedTile, ...]:
    """By wall and cell."""
    return tuple(
        LockedTile(wall, cell, names.get(plan.cameras.get(cell, ""), plan.cameras.get(cell, "")))
        for wall, plan in sorted(layout.walls.items())
        for cell in sorted(plan.locked)
    )


def dead_cameras(cameras: Iterable[tuple[Camera, TileStatus]]) -> tuple[DeadCamera, ...]:
    """By number, those without one last. Cameras that are out of use, or that nobody looks at, are not among them."""
    found = (DeadCamera(camera.number, camera.name, status) for camera, status in cameras if status.state in _DEAD)
    return tuple(sorted(found, key=lambda one: (one.number is None, one.number or 0, one.name)))


def late_letters(reminders: Iterable[tuple[Case, Reminder | None]]) -> tuple[LateLetter, ...]:
    """The one that has been late longest comes first."""
    found = (LateLetter(case.lp, due.due, -due.days_left) for case, due in reminders if due is not None and due.overdue)
    return tuple(sorted(found, key=lambda one: (one.due, one.lp)))


def late_requests(
    requests: Iterable[FootageRequest], numbers: Mapping[str, str], *, today: date
) -> tuple[LateRequest, ...]:
    """`numbers` are those of the cases, by id."""
    late = (one for one in requests if one.is_late(today))
    found = (LateRequest(numbers.get(one.case_id, ""), one.asked_of, one.due_on) for one in late)
    return tuple(sorted(found, key=lambda one: (one.due, one.lp)))
