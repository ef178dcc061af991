"""What keeps cameras working, for the running program: outages, the ledger of repairs, lists to owners."""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.domain.camera import Camera
from tmcwall.domain.region import Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.changes import Changes
from tmcwall.services.duty import Duty
from tmcwall.services.outage_events import OutageEvents
from tmcwall.services.owner_reports import OwnerReports, PlaceName, ReportRoom
from tmcwall.services.repairs import Repairs
from tmcwall.services.service import Service
from tmcwall.ui.upkeep.services import UpkeepServices
from tmcwall.workstation import Workstation


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What the running program does about cameras that do not work."""

    events: OutageEvents
    repairs: Repairs
    reports: OwnerReports

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.events, self.repairs, self.reports

    def for_screens(self) -> UpkeepServices:
        return UpkeepServices(events=self.events, repairs=self.repairs, reports=self.reports)


def upkeep_of(
    workstation: Workstation,
    *,
    changes: Changes,
    cameras: CameraBook,
    duty: Duty,
    regions: Regions,
) -> Upkeep:
    settings, store, clock = workstation.settings, workstation.store, workstation.clock
    room = ReportRoom(store, settings.letter_head, place_names(regions), StationZone(settings.time_zone), clock)
    return Upkeep(
        OutageEvents(cameras, clock=clock),
        Repairs(store=store, changes=changes, duty=duty, clock=clock),
        OwnerReports(room, duty=duty),
    )


def place_names(regions: Regions) -> PlaceName:
    """Kelurahan with its kecamatan, RW and RT, as far as they are known."""

    def name(camera: Camera) -> str:
        place = regions.by_code(camera.adm4 or "")
        parts = [f"{place.name}, {place.kecamatan}"] if place is not None else [camera.adm4 or ""]
        parts += [f"RW {camera.rw}"] if camera.rw else []
        parts += [f"RT {camera.rt}"] if camera.rt else []
        return " ".join(part for part in parts if part)

    return name
