"""What belongs to the places of incidents, made and started together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QObject

from tmcwall.domain.clock import Clock
from tmcwall.services.blind_spots import BlindSpots
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.service import Service
from tmcwall.services.tagging import OnDuty


@dataclass(frozen=True, slots=True)
class PlaceServices:
    """Where incidents are, and which cameras are near."""

    incidents: IncidentDesk
    blind_spots: BlindSpots

    @classmethod
    def of(
        cls,
        *,
        store: StoreProtocol,
        changes: Changes,
        cameras: CameraBook,
        duty: OnDuty,
        clock: Clock,
        parent: QObject | None = None,
    ) -> Self:
        incidents = IncidentDesk(
            store=store, changes=changes, cameras=cameras, duty=duty, clock=clock, parent=parent
        )  # fmt: skip
        return cls(
            incidents, BlindSpots(store=store, incidents=incidents, cameras=cameras, clock=clock, parent=parent)
        )  # fmt: skip

    def in_order(self) -> Sequence[Service]:
        """As they start: what others build upon comes first."""
        return (self.incidents, self.blind_spots)
