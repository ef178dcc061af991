"""How far a camera is in use on this workstation: from offer to retirement, and whether it is in quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tmcwall.domain.camera import Standing
from tmcwall.domain.health import TileState

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

    reason: str
    by: str
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


IN_USE: Final = Lifecycle()
