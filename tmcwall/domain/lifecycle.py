"""How far a camera is in use: from offer to retirement, and whether it is in quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from tmcwall.domain.camera import Standing
from tmcwall.domain.health import TileState
from tmcwall.domain.shape import Id, Longest

LONGEST_REASON: Final = 200
"""Characters: the reason stands on tiles."""

_NOT_IN_USE: Final[Mapping[Standing, TileState]] = {
    Standing.CANDIDATE: TileState.OFF,
    Standing.SUSPENDED: TileState.OUTAGE,
    Standing.ENDED: TileState.OFF,
    Standing.REMOVED: TileState.OFF,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Why, by whose decision (service number) and since when."""

    reason: Annotated[str, Longest(LONGEST_REASON)]
    by: Id
    at: datetime


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The standing of a camera and its quarantine, each with the decision behind it."""

    standing: Standing = Standing.ACTIVE
    changed: Decision | None = None
    """None while nobody has changed the standing."""
    quarantine: Decision | None = None
    """None for a camera that is in no quarantine."""

    @property
    def withheld(self) -> TileState | None:
        """The state of a camera that is not to be opened by anybody; None for one that may be."""
        return TileState.QUARANTINED if self.quarantine else _NOT_IN_USE.get(self.standing)

    @property
    def may_log_in(self) -> bool:
        """Whether the camera's logins may be used at all, be it only for a test."""
        return self.quarantine is None and self.standing not in {Standing.ENDED, Standing.REMOVED}

    @property
    def hidden(self) -> bool:
        """Whether it is no camera to reckon with, as one in a planned outage is."""
        return self.withheld in {TileState.QUARANTINED, TileState.OFF}

    @property
    def reason(self) -> str:
        """Why it is withheld; empty for a camera that may be opened."""
        decision = self.quarantine or (self.changed if self.withheld else None)
        return decision.reason if decision else ""


@dataclass(frozen=True, slots=True)
class CameraStanding:
    """A lifecycle as it stands in operations, under the camera's id.

    It is an entity of its own: who may put a camera in quarantine need not be allowed to change what is known of it,
    and a quarantine holds also where the camera itself has not come yet.
    """

    id: Id
    standing: Standing = Standing.ACTIVE
    changed: Decision | None = None
    quarantine: Decision | None = None

    @property
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(self.standing, self.changed, self.quarantine)


IN_USE: Final = Lifecycle()
