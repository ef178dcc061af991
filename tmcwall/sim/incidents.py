"""Incidents of the synthetic city, as an outside system would report them: webhook JSON `tmcwall.incident/1`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import Certainty, Drill, IncidentType, Severity, Source
from tmcwall.domain.operation import Json
from tmcwall.domain.station_zone import StationZone
from tmcwall.sim.city import CityCamera, moved


@dataclass(frozen=True, slots=True)
class Story:
    """What a caller tells."""

    type: IncidentType
    severity: Severity
    source: Source
    text: str


STORIES: Final = (
    Story(IncidentType.TRAFFIC_ACCIDENT, Severity.MODERATE, Source.CALL_112,
          "Motor dan mobil bertabrakan, satu orang terluka, lajur kiri tertutup"),
    Story(IncidentType.FALLEN_TREE, Severity.MINOR, Source.LIBAS, "Dahan pohon menutup satu lajur"),
    Story(IncidentType.BREAKDOWN, Severity.MINOR, Source.DISHUB, "Truk mogok di lajur kanan"),
    Story(IncidentType.CONGESTION, Severity.MODERATE, Source.DISHUB, "Antrean kendaraan sampai simpang sebelumnya"),
    Story(IncidentType.FLOOD, Severity.SEVERE, Source.CALL_112, "Genangan setinggi lutut, motor tidak dapat lewat"),
)  # fmt: skip


class IncidentFeed:
    """Makes reports of incidents in view of given cameras, numbered in order."""

    def __init__(self, *, clock: Clock, seed: int = 112, drill: Drill = Drill.EXERCISE) -> None:
        self._clock = clock
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self._drill = drill
        self._number = 0

    def report(self, seen_by: CityCamera, story: Story = STORIES[0]) -> dict[str, Json]:
        """A valid report of something in that camera's view. Raises DomainError(FIELD_MISSING) if it has none."""
        camera = seen_by.camera
        if camera.position is None or camera.view is None or camera.view.bearing_deg is None:
            raise DomainError(DomainCode.FIELD_MISSING, f"{camera.id} has no known view")
        distance_m = camera.view.range_m * self._chance.uniform(0.25, 0.45)
        place = moved(camera.position, camera.view.bearing_deg + self._chance.uniform(-5, 5), distance_m)
        sent = StationZone.WIB.local(self._clock.utc())
        self._number += 1
        region = {"adm4": camera.adm4, "rw": camera.rw, "rt": camera.rt}
        location: dict[str, Json] = {
            "lat": place.lat,
            "lon": place.lon,
            "accuracy_m": 30,
            "text": f"dekat {camera.name}",
            **{name: value for name, value in region.items() if value is not None},
        }
        return {
            "schema": "tmcwall.incident/1",
            "id": f"{story.source.value.upper()}-SKA-{sent:%Y%m%d%H%M%S}-{self._number:04}",
            "source": story.source.value,
            "msg_type": "alert",
            "seq": 1,
            "sent": sent.isoformat(timespec="seconds"),
            "status": self._drill.value,
            "type": story.type.value,
            "severity": story.severity.value,
            "certainty": Certainty.UNVERIFIED.value,
            "location": location,
            "reporter": {"name": "Pelapor Simulasi", "phone": "+620000000000", "consent": True},
            "callback": False,
            "text": story.text,
            "refs": [],
            "attachments": [],
        }
