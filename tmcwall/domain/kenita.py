"""The cascade of a Kenita alarm: own RT, the RT of the RW, then kelurahan and Polsek, with timers.

tmcwall shows who is to be told and logs who was; delivery is the work of Libas. An exercise runs through its levels and
names nobody: real contacts are not called for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Camera, Owner, Position
from tmcwall.domain.contact import Contact, ContactRole, by_nearness
from tmcwall.domain.geo import distance_m
from tmcwall.domain.incident import Drill, Incident, IncidentType, Place, Source
from tmcwall.domain.shape import Id


class Level(StrEnum):
    """How far an alarm has gone, in this order."""

    OWN_RT = "rt"
    RW = "rw"
    KELURAHAN = "kelurahan"
    """Its RW heads and the Polsek, too."""


LEVELS: Final = tuple(Level)


class StepKind(StrEnum):
    NOTIFIED = "diberitahu"
    """The contact was told, at the time that the officer gives."""
    ACKNOWLEDGED = "diterima"
    """Somebody of the neighbourhood or the Polsek has answered: it goes no further by itself."""
    ALL_CLEAR = "aman"


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """One thing that happened in a cascade; never altered. `contact_id` names a contact, so no person stands here."""

    id: Id
    incident_id: Id
    step: StepKind
    at: datetime
    written_at: datetime
    author: Id
    level: Level | None = None
    contact_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Timers:
    """Seconds from the alarm until the next level is told, while nobody has answered."""

    rw_s: float = 60.0
    kelurahan_s: float = 180.0

    def of(self, level: Level) -> timedelta:
        return timedelta(seconds={Level.OWN_RT: 0.0, Level.RW: self.rw_s, Level.KELURAHAN: self.kelurahan_s}[level])


@dataclass(frozen=True, slots=True)
class Cascade:
    """How one cascade stands at a moment."""

    level: Level
    next_level: Level | None
    """None at the last one, and once somebody has answered."""
    next_in: timedelta | None
    acknowledged_at: datetime | None
    all_clear_at: datetime | None
    notified: Sequence[CascadeStep]
    """Oldest first."""

    def notified_at(self, contact_id: str) -> datetime | None:
        """When that contact was told first."""
        return next((step.at for step in self.notified if step.contact_id == contact_id), None)


def cascades(incident: Incident) -> bool:
    """Whether a neighbourhood is told of it at all: Kenita's crime alarms are; its other news is not."""
    return incident.source is Source.KENITA and incident.type is IncidentType.CRIME


def cascade_of(incident: Incident, steps: Iterable[CascadeStep], *, now: datetime, timers: Timers) -> Cascade:
    """The same on every desk: it follows from the incident, the steps and the time. Steps may come in any order."""
    ordered = sorted(steps, key=lambda step: (step.at, step.id))
    acknowledged = next((step.at for step in ordered if step.step is StepKind.ACKNOWLEDGED), None)
    clear = next((step.at for step in ordered if step.step is StepKind.ALL_CLEAR), None)
    ends = [moment for moment in (acknowledged, clear, incident.closed_at) if moment is not None]
    until = min((now, *ends))
    began = incident.received_at
    level = [one for one in LEVELS if until - began >= timers.of(one)][-1:] or [Level.OWN_RT]
    following = LEVELS[LEVELS.index(level[0]) + 1 :]
    runs = bool(following) and not ends
    return Cascade(
        level=level[0],
        next_level=following[0] if runs else None,
        next_in=max(timedelta(0), began + timers.of(following[0]) - now) if runs else None,
        acknowledged_at=acknowledged,
        all_clear_at=clear,
        notified=tuple(step for step in ordered if step.step is StepKind.NOTIFIED),
    )


def contacts_of(level: Level, incident: Incident, contacts: Iterable[Contact]) -> Sequence[Contact]:
    """Whom a level tells, the nearest first; nobody for an exercise or a test, and nobody where the RT is not known."""
    place = incident.place
    if incident.drill is not Drill.ACTUAL or place.adm4 is None:
        return ()
    there = [one for one in contacts if one.adm4 == place.adm4 and one.camera_id is None and not one.removed]
    if level is Level.OWN_RT:
        found = [one for one in there if place.rt is not None and (one.rw, one.rt) == (place.rw, place.rt)]
    elif level is Level.RW:
        found = [one for one in there if place.rw is not None and one.rw == place.rw]
        found = [one for one in found if place.rt is None or one.rt != place.rt]
    else:
        found = [one for one in there if one.rw is None]
        found += [one for one in there if one.role is ContactRole.KETUA_RW and one.rw != place.rw]
    return sorted(found, key=lambda one: (by_nearness(one), one.rw or "", one.rt or "", one.id))


class Reach(StrEnum):
    """Why a camera stands on the list of an alarm, in this order."""

    OWN_RT = "rt"
    EXIT = "jalan_keluar"
    CROSSING = "simpang"
    """A way of escape that is possible, no more."""


EXITS_M: Final = 300.0
CROSSINGS_M: Final = 1_500.0
_CROSSING_WORDS: Final = ("simpang", "perempatan", "pertigaan", "bundaran", "sp.", "atcs")


def cameras_of(
    place: Place, cameras: Iterable[Camera], *, position_of: Callable[[str, str, str], Position | None]
) -> Sequence[tuple[Camera, Reach]]:
    """The cameras of the RT, of its exits, and of the next crossings, each group the nearest first.

    `position_of` knows an RT by adm4, rw and rt. Without any position only cameras of the same RT and RW are found.
    """
    here = place.position
    if here is None and place.adm4 and place.rw and place.rt:
        here = position_of(place.adm4, place.rw, place.rt)
    found = []
    for camera in cameras:
        away = distance_m(here, camera.position) if here is not None and camera.position is not None else None
        reach = _reach(camera, place, away)
        if reach is not None:
            found.append(
                (list(Reach).index(reach), away if away is not None else CROSSINGS_M, camera.id, camera, reach)
            )
    return tuple((camera, reach) for *_, camera, reach in sorted(found, key=lambda one: one[:3]))


def _reach(camera: Camera, place: Place, away: float | None) -> Reach | None:
    in_rw = bool(place.adm4 and place.rw) and (camera.adm4, camera.rw) == (place.adm4, place.rw)
    if in_rw and place.rt and camera.rt == place.rt:
        return Reach.OWN_RT
    if in_rw or (away is not None and away <= EXITS_M):
        return Reach.EXIT
    if away is None or away > CROSSINGS_M:
        return None
    name = camera.name.casefold()
    is_crossing = camera.owner is Owner.DISHUB or any(word in name for word in _CROSSING_WORDS)
    return Reach.CROSSING if is_crossing else None
