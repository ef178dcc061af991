"""What belongs to the places of incidents, made and started together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QObject

from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import Severity
from tmcwall.domain.region import Regions
from tmcwall.domain.response_times import PRESETS, Targets
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.blind_spots import BlindSpots
from tmcwall.services.calibrations import Calibrations
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.place_register import PlaceImports, PlaceRegister
from tmcwall.services.places import PlaceBook
from tmcwall.services.raised_cameras import RaisedCameras
from tmcwall.services.service import Service
from tmcwall.services.tagging import OnDuty


@dataclass(frozen=True, slots=True)
class PlaceServices:
    """Where incidents are, and which cameras are near."""

    incidents: IncidentDesk
    blind_spots: BlindSpots
    places: PlaceBook
    imports: PlaceImports
    calibrations: Calibrations
    raised: RaisedCameras

    @classmethod
    def of(
        cls,
        regions: Regions,
        register: PlaceRegister,
        *,
        store: StoreProtocol,
        changes: Changes,
        cameras: CameraBook,
        duty: OnDuty,
        clock: Clock,
        area: Sequence[str] = (),
        raised_from: Severity | None = None,
        targets: Targets = PRESETS,
        cap_sender: str = "tmcwall",
        zone: StationZone = StationZone.WIB,
        parent: QObject | None = None,
    ) -> Self:
        """`area`: codes of the towns or kecamatan that the station answers for; none: all.

        `raised_from`: the least severity at which cameras come up by themselves; None: never.
        `cap_sender` and `zone` are those of incidents that go out as CAP.
        """
        places = PlaceBook(regions, store=store, changes=changes, cameras=cameras, area=area, parent=parent)
        incidents = IncidentDesk(
            store=store,
            changes=changes,
            cameras=cameras,
            duty=duty,
            clock=clock,
            targets=targets,
            places=places,
            cap_sender=cap_sender,
            zone=zone,
            parent=parent,
        )
        blind_spots = BlindSpots(store=store, incidents=incidents, cameras=cameras, clock=clock, parent=parent)
        return cls(
            incidents,
            blind_spots,
            places,
            PlaceImports(register, duty=duty, parent=parent),
            Calibrations(store=store, changes=changes, duty=duty, clock=clock, parent=parent),
            RaisedCameras(incidents=incidents, cameras=cameras, least=raised_from, parent=parent),
        )

    def in_order(self) -> Sequence[Service]:
        """As they start: what others build upon comes first."""
        return (self.places, self.incidents, self.blind_spots, self.imports, self.calibrations, self.raised)
