"""Twenty minutes in the synthetic city: what its partners report, and which cameras go dark and come back.

All of it is an exercise, and says so. A step's calls are made when it is played, since a report's time counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Owner
from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import IncidentType, Severity, Source
from tmcwall.domain.operation import Json
from tmcwall.sim.city import CityCamera, first_cameras
from tmcwall.sim.incidents import IncidentFeed, Story

CAMERAS: Final = 16
"""How many of the city's first cameras it takes."""

_GENDENGAN: Final = "CAM-33.72-SIMPANG-GENDENGAN-T"
_MANAHAN: Final = "CAM-33.72-SIMPANG-MANAHAN-U"
_BALAPAN: Final = "CAM-33.72-SIMPANG-BALAPAN-T"
_NEIGHBOURHOOD: Final = "CAM-33.72.01.1007-RT001RW001-01"
_BANK: Final = "CAM-33.72.05.1006-BANK-001"


class Event(StrEnum):
    """What happens at a step."""

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
        self._feed = IncidentFeed(clock=clock)
        self._reported: dict[Event, dict[str, Json]] = {}

    def steps(self) -> tuple[Step, ...]:
        """From the first to the last, all within twenty minutes."""
        dark = tuple(made.id for made in self._cameras.values() if _stands_beside_a_street(made))
        return (
            self._report(Event.CONGESTION, minute=0.5),
            self._report(Event.ACCIDENT, minute=1.5),
            self._report(Event.ACCIDENT_AGAIN, minute=2.2),
            self._report(Event.COMMUNITY_WORK, minute=3.5),
            self._report(Event.BURGLARY, minute=5.0),
            self._news(Event.ACCIDENT_WORSE, of=Event.ACCIDENT, minute=7.0, severity=Severity.SEVERE),
            self._report(Event.PRANK, minute=8.5),
            self._report(Event.FLOOD, minute=10.5),
            self._report(Event.BANK, minute=12.5),
            Step(Event.OUTAGE, 14.0 * 60, _none, dark=dark),
            Step(Event.REPAIRED, 17.0 * 60, _none, back=dark),
            self._news(Event.TAKEN_BACK, of=Event.CONGESTION, minute=18.5, message="cancel"),
        )

    def _report(self, event: Event, *, minute: float) -> Step:
        def posts() -> tuple[Post, ...]:
            camera, story = _STORIES[event]
            self._reported[event] = report = self._feed.report(self._cameras[camera], story)
            return (_incident(report),)

        return Step(event, minute * 60, posts)

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


def _stands_beside_a_street(made: CityCamera) -> bool:
    """Those of the transport department but the one at the accident, which somebody is looking at."""
    return made.camera.owner is Owner.DISHUB and not made.id.startswith(_GENDENGAN[:-2])


def _incident(report: Mapping[str, Json]) -> Post:
    return Post("incident", Source(str(report["source"])), "application/json", json.dumps(report).encode())


def _none() -> tuple[Post, ...]:
    return ()
