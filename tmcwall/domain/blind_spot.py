"""Blind spots: incidents that no working camera could have shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.camera import Position
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Drill, Incident, IncidentType

JUDGED_WITHIN: Final = timedelta(minutes=15)
"""An incident that reaches a workstation later is not judged there: how the cameras did then is not known any more."""
WIDEST_ACCURACY_M: Final = 600.0
"""Of a place that is known no better than that it cannot be said which cameras are near."""


@dataclass(frozen=True, slots=True)
class BlindSpotHit:
    """An incident within whose largest radius (1,200 m) no camera worked when it came in."""

    incident_id: str
    type: IncidentType
    drill: Drill
    """Exercises and tests are kept and told apart; they count for nothing."""
    position: Position
    adm4: str | None
    rw: str | None
    rt: str | None
    found_at: datetime
    dark_cameras: tuple[str, ...] = ()
    """Ids of those within the radius that did not work, the nearest first; empty: there is none."""


def hit_of(incident: Incident, coverage: Coverage, *, at: datetime) -> BlindSpotHit | None:
    """None for an incident whose place is not known well, that a working camera is near, or that came too late."""
    place = incident.place
    if place.position is None or coverage.radius_m is not None or at - incident.received_at > JUDGED_WITHIN:
        return None
    if place.accuracy_m is not None and place.accuracy_m > WIDEST_ACCURACY_M:
        return None
    return BlindSpotHit(
        incident.id,
        incident.type,
        incident.drill,
        place.position,
        place.adm4,
        place.rw,
        place.rt,
        at,
        tuple(camera.id for camera in coverage.not_working),
    )
