"""The services of what is recorded of incidents beside the queue, made together."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tmcwall.domain.clock import Clock
from tmcwall.domain.kenita import Timers
from tmcwall.domain.response_times import Targets
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.cascades import Cascades
from tmcwall.services.changes import Changes
from tmcwall.services.duty import Duty
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.incident_log import IncidentLog
from tmcwall.services.service import Service


@dataclass(frozen=True, slots=True)
class IncidentRecords:
    log: IncidentLog
    cascades: Cascades

    @classmethod
    def of(
        cls,
        *,
        store: StoreProtocol,
        changes: Changes,
        duty: Duty,
        clock: Clock,
        targets: Targets,
        timers: Timers,
        zone: StationZone,
        parent: QObject,
    ) -> IncidentRecords:
        return cls(
            IncidentLog(store=store, targets=targets, zone=zone, clock=clock, parent=parent),
            Cascades(store=store, changes=changes, duty=duty, clock=clock, timers=timers, parent=parent),
        )

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.log, self.cascades
