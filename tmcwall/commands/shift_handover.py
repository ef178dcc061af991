"""The handover of shifts in the running program."""

from __future__ import annotations

from functools import partial

from tmcwall.commands.evidence import case_desk_of
from tmcwall.domain.incident import Incident
from tmcwall.domain.region import Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.shift_handover import Cameras, Incidents, ShiftHandover, Station, Walls
from tmcwall.services.tagging import OnDuty
from tmcwall.texts import Language, Translator
from tmcwall.texts.shift_report import sections_of
from tmcwall.workstation import Workstation


def shift_handover_of(
    workstation: Workstation, *, duty: OnDuty, incidents: Incidents, cameras: Cameras, walls: Walls, regions: Regions
) -> ShiftHandover:
    """Its pages are Indonesian, as letters are."""
    settings = workstation.settings
    zone = StationZone(settings.time_zone)
    say = Translator(Language.ID, zone=zone)
    return ShiftHandover(
        store=workstation.store,
        duty=duty,
        incidents=incidents,
        cameras=cameras,
        walls=walls,
        officer_of=case_desk_of(workstation).room.officer,
        sections_of=lambda report: sections_of(report, partial(_place_of, regions=regions), say),
        station=Station(settings.letter_head, workstation.paths.handovers, zone, settings.reminder_rules),
        clock=workstation.clock,
    )


def _place_of(incident: Incident, *, regions: Regions) -> str:
    """What was said, RT and RW, kelurahan and kecamatan, as far as they are known."""
    place = incident.place
    found = regions.by_code(place.adm4) if place.adm4 else None
    parts = [
        place.text,
        f"RT {place.rt}" if place.rt else "",
        f"RW {place.rw}" if place.rw else "",
        found.name if found is not None else place.adm4 or "",
    ]
    return ", ".join(part for part in parts if part)
