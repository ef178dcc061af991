"""Twenty minutes in the synthetic city: what its partners report, and which cameras go dark and come back.

All of it is an exercise, and says so. A step's calls are made when it is played, since a report's time counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Owner
from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import IncidentType, Severity, Source
from tmcwall.domain.operation import Json
from tmcwall.domain.station_zone import StationZone
from tmcwall.sim.city import CityCamera, first_cameras
from tmcwall.sim.incidents import IncidentFeed, Story

CAMERAS: Final = 16
"""How many of the city's first cameras it takes."""

_GENDENGAN: Final = "CAM-33.72-SIMPANG-GENDENGAN-T"
_MANAHAN: Final = "CAM-33.72-SIMPANG-MANAHAN-U"
_BALAPAN: Final = "CAM-33.72-SIMPANG-BALAPAN-T"
_NEIGHBOURHOOD: Final = "CAM-33.72.01.1007-RT001RW001-01"
_BANK: Final = "CAM-33.72.05.1006-BANK-001"


TOLL_GATE: Final = "PERAGA-1"
"""The counter that has an indicator of local one-way traffic."""
_SENDER: Final = "cuaca@peragaan.example"
_CAP: Final = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>peragaan-{number}</identifier><sender>{sender}</sender><sent>{sent}</sent>
<status>Exercise</status><msgType>{kind}</msgType><scope>Public</scope>{references}
<info><language>id-ID</language><category>Met</category><event>Hujan lebat</event><urgency>Immediate</urgency>
<severity>Severe</severity><certainty>Observed</certainty><expires>{expires}</expires>
<senderName>Cuaca Peragaan</senderName><headline>Hujan lebat di sekitar Balapan</headline>
<area><areaDesc>Banjarsari</areaDesc><polygon>{polygon}</polygon></area></info>
</alert>
"""


class Event(StrEnum):
    """What happens at a step."""

    FIRST_HOUR = "hitungan pertama"
    """The counter at the toll gate has counted more vehicles in an hour than one way can take."""
    SECOND_HOUR = "hitungan kedua"
    THIRD_HOUR = "hitungan ketiga"
    RAIN = "peringatan hujan"
    """A warning with its area and its end."""
    RAIN_OVER = "hujan reda"
    CONGESTION = "kemacetan"
    ACCIDENT = "kecelakaan"
    ACCIDENT_AGAIN = "kecelakaan lagi"
    """Somebody else calls about the same accident."""
    COMMUNITY_WORK = "kerja bakti"
    BURGLARY = "pencurian"
    PRANK = "telepon iseng"
    FLOOD = "banjir"
    BANK = "bank"
    OUTAGE = "gangguan"
    """The cameras of one owner go dark within a minute."""
    REPAIRED = "pulih"
    ACCIDENT_WORSE = "kecelakaan memburuk"
    """The first caller's report, with news."""
    TAKEN_BACK = "dibatalkan"


_STORIES: Final[Mapping[Event, tuple[str, Story]]] = {
    Event.CONGESTION: (_MANAHAN, Story(
        IncidentType.CONGESTION, Severity.MODERATE, Source.DISHUB, "Antrean sampai simpang sebelumnya")),
    Event.ACCIDENT: (_GENDENGAN, Story(
        IncidentType.TRAFFIC_ACCIDENT, Severity.MODERATE, Source.CALL_112,
        "Motor dan mobil bertabrakan, satu orang terluka")),
    Event.ACCIDENT_AGAIN: (_GENDENGAN, Story(
        IncidentType.TRAFFIC_ACCIDENT, Severity.MODERATE, Source.CALL_110, "Tabrakan di simpang, jalan tersendat")),
    Event.COMMUNITY_WORK: (_NEIGHBOURHOOD, Story(
        IncidentType.OTHER, Severity.MINOR, Source.KENITA, "Kerja bakti warga RT 001 mulai pukul 07.00")),
    Event.BURGLARY: (_NEIGHBOURHOOD, Story(
        IncidentType.CRIME, Severity.SEVERE, Source.KENITA, "Rumah dibobol, dua orang lari ke arah jalan besar")),
    Event.PRANK: (_MANAHAN, Story(
        IncidentType.FIRE, Severity.SEVERE, Source.CALL_112, "Kebakaran; penelepon menutup telepon")),
    Event.FLOOD: (_BALAPAN, Story(
        IncidentType.FLOOD, Severity.SEVERE, Source.CALL_112, "Genangan setinggi lutut, motor tidak dapat lewat")),
    Event.BANK: (_BANK, Story(
        IncidentType.CRIME, Severity.CRITICAL, Source.CALL_110, "Tas nasabah dirampas di parkiran bank")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """A signed call to the server: `route` stands under `/api/v1/webhooks/`."""

    route: str
    source: Source
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What happens `at_s` seconds after the day began: calls, cameras that go dark, cameras that come back."""

    event: Event
    at_s: float
    posts: Callable[[], tuple[Post, ...]]
    dark: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


class Day:
    """The steps in their order, for one playing."""

    def __init__(self, *, clock: Clock) -> None:
        self._cameras = {made.id: made for made in first_cameras(CAMERAS)}
        self._clock = clock
        self._feed = IncidentFeed(clock=clock)
        self._warned_at: datetime | None = None
        self._reported: dict[Event, dict[str, Json]] = {}

    def steps(self) -> tuple[Step, ...]:
        """From the first to the last, all within twenty minutes."""
        dark = tuple(made.id for made in self._cameras.values() if _stands_beside_a_street(made))
        return (
            self._hour(Event.FIRST_HOUR, minute=0.2, vehicles=3_120, ago_h=3),
            self._report(Event.CONGESTION, minute=0.5),
            self._report(Event.ACCIDENT, minute=1.5),
            self._report(Event.ACCIDENT_AGAIN, minute=2.2),
            self._report(Event.COMMUNITY_WORK, minute=3.5),
            self._report(Event.BURGLARY, minute=5.0),
            self._hour(Event.SECOND_HOUR, minute=6.0, vehicles=3_040, ago_h=2),
            self._news(Event.ACCIDENT_WORSE, of=Event.ACCIDENT, minute=7.0, severity=Severity.SEVERE),
            self._report(Event.PRANK, minute=8.5),
            Step(Event.RAIN, 9.5 * 60, lambda: (self._warning(),)),
            self._report(Event.FLOOD, minute=10.5),
            self._report(Event.BANK, minute=12.5),
            self._hour(Event.THIRD_HOUR, minute=13.2, vehicles=3_260, ago_h=1),
            Step(Event.OUTAGE, 14.0 * 60, _none, dark=dark),
            Step(Event.REPAIRED, 17.0 * 60, _none, back=dark),
            Step(Event.RAIN_OVER, 18.0 * 60, lambda: (self._warning(cancelled=True),)),
            self._news(Event.TAKEN_BACK, of=Event.CONGESTION, minute=18.5, message="cancel"),
        )

    def _report(self, event: Event, *, minute: float) -> Step:
        def posts() -> tuple[Post, ...]:
            camera, story = _STORIES[event]
            self._reported[event] = report = self._feed.report(self._cameras[camera], story)
            return (_incident(report),)

        return Step(event, minute * 60, posts)

    def _hour(self, event: Event, *, minute: float, vehicles: int, ago_h: int) -> Step:
        """What the counter at the toll gate has counted in a whole hour that is over."""

        def posts() -> tuple[Post, ...]:
            now = self._clock.utc()
            hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=ago_h)
            count: Json = {
                "place": TOLL_GATE, "name": "Gerbang Tol Peragaan", "starts_at": _local(hour), "period_minutes": 60,
                "vehicles": vehicles,
            }  # fmt: skip
            body = {"schema": "tmcwall.counts/1", "sent": _local(now), "counts": [count]}
            return (Post("counts", Source.DISHUB, "application/json", json.dumps(body).encode()),)

        return Step(event, minute * 60, posts)

    def _warning(self, *, cancelled: bool = False) -> Post:
        """A weather warning around the station at Balapan, as CAP 1.2; or that it is over."""
        now = self._clock.utc()
        first = now if self._warned_at is None else self._warned_at
        self._warned_at = first
        place = self._cameras[_BALAPAN].camera.position
        assert place is not None
        corners = ((0.02, -0.03), (0.02, 0.03), (-0.02, 0.03), (-0.02, -0.03), (0.02, -0.03))
        body = _CAP.format(
            sender=_SENDER,
            number=2 if cancelled else 1,
            sent=_local(now),
            kind="Cancel" if cancelled else "Alert",
            references=f"<references>{_SENDER},peragaan-1,{_local(first)}</references>" if cancelled else "",
            expires=_local(first + timedelta(hours=2)),
            polygon=" ".join(f"{place.lat + north:.4f},{place.lon + east:.4f}" for north, east in corners),
        )
        return Post("cap", Source.BMKG, "application/xml", body.encode())

    def _news(
        self, event: Event, *, of: Event, minute: float, severity: Severity | None = None, message: str = "update"
    ) -> Step:
        """A later message on what was reported."""

        def posts() -> tuple[Post, ...]:
            changed: dict[str, Json] = {} if severity is None else {"severity": severity.value}
            again = self._feed.report(self._cameras[_STORIES[of][0]], _STORIES[of][1])
            first = self._reported[of]
            report = {**first, "seq": 2, "msg_type": message, "sent": again["sent"], **changed}
            return (_incident(report),)

        return Step(event, minute * 60, posts)


def _local(moment: datetime) -> str:
    return StationZone.WIB.local(moment).isoformat(timespec="seconds")


def _stands_beside_a_street(made: CityCamera) -> bool:
    """Those of the transport department but the one at the accident, which somebody is looking at."""
    return made.camera.owner is Owner.DISHUB and not made.id.startswith(_GENDENGAN[:-2])


def _incident(report: Mapping[str, Json]) -> Post:
    return Post("incident", Source(str(report["source"])), "application/json", json.dumps(report).encode())


def _none() -> tuple[Post, ...]:
    return ()
