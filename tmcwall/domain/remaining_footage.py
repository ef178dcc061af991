"""Footage that dies: which cameras saw a place, who keeps what they saw, and until when.

An owner's recorder overwrites after the time that the owner has stated; our rolling recording after the time in the
settings, or earlier where the disk fills up. Where nobody has stated a time, none is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Camera, Owner, Position
from tmcwall.domain.geo import distance_m, looks_towards
from tmcwall.domain.incident import Place

SAME_SCENE: Final = timedelta(hours=1)
"""Moments of one camera that are no further apart are one: the earliest counts, for it is overwritten first."""


class Looks(StrEnum):
    """How it is known that a camera saw the place."""

    TOWARDS = "towards"
    """It stands in reach and points at it."""
    UNKNOWN = "unknown"
    """It stands near; where it looks is not known."""
    NEIGHBOURHOOD = "neighbourhood"
    """It stands in the same RT; where the place is exactly is not known."""
    TAGGED = "tagged"
    """An officer has tagged it."""


class Keeper(StrEnum):
    OURS = "ours"
    """Our rolling recording."""
    OWNER = "owner"
    """The recorder of the camera's owner."""


class Secured(StrEnum):
    """What was done so that it is not overwritten."""

    NOT = "not"
    ASKED = "asked"
    """The owner was asked and has not answered: it goes on dying."""
    HELD = "held"
    """Tagged: cut from our recording and held."""
    RECEIVED = "received"
    """The owner has handed it over."""
    REFUSED = "refused"
    LOST = "lost"
    """The owner says that it is overwritten."""


class Urgency(StrEnum):
    """What of a row is to be said, in the order in which rows are listed."""

    DYING = "dying"
    UNKNOWN = "unknown"
    """Nobody knows until when: it may be gone any moment."""
    REFUSED = "refused"
    GONE = "gone"
    SAFE = "safe"


_ORDER: Final = {urgency: place for place, urgency in enumerate(Urgency)}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A camera that saw a place, or may have. `distance_m` is None where the place has no position."""

    camera: Camera
    looks: Looks
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class RemainingFootage:
    """What one keeper has of one camera around a moment. `ends_at`: overwritten then, at the latest where it is ours;
    None: not known.
    """

    camera_id: str
    camera_name: str
    owner: Owner | None
    looks: Looks
    distance_m: float | None
    moment: datetime
    keeper: Keeper
    ends_at: datetime | None
    secured: Secured = Secured.NOT

    def left_s(self, now: datetime) -> float | None:
        """Seconds until it is overwritten, negative after that."""
        return (self.ends_at - now).total_seconds() if self.ends_at is not None else None

    def urgency(self, now: datetime) -> Urgency:
        if self.secured in {Secured.HELD, Secured.RECEIVED}:
            return Urgency.SAFE
        if self.secured is Secured.LOST or (self.ends_at is not None and self.ends_at <= now):
            return Urgency.GONE
        if self.secured is Secured.REFUSED:
            return Urgency.REFUSED
        return Urgency.UNKNOWN if self.ends_at is None else Urgency.DYING

    def can_be_secured(self, now: datetime) -> bool:
        """Whether something can still be done about it that was not done."""
        return self.secured is Secured.NOT and self.urgency(now) in {Urgency.DYING, Urgency.UNKNOWN}


def by_urgency(rows: Iterable[RemainingFootage], now: datetime) -> tuple[RemainingFootage, ...]:
    """What is overwritten next comes first; what nobody knows the end of before what is gone or safe."""

    def rank(row: RemainingFootage) -> tuple[int, float, float, str, str]:
        left = row.left_s(now)
        near = row.distance_m if row.distance_m is not None else 0.0
        return _ORDER[row.urgency(now)], left if left is not None else 0.0, near, row.camera_id, row.keeper

    return tuple(sorted(rows, key=rank))


def that_saw(
    place: Place, *, that_see: Callable[[Position], Sequence[Camera]], cameras: Iterable[Camera]
) -> tuple[Sighting, ...]:
    """The nearest first. A place without a position was seen by the cameras of its RT, else of its RW.

    `that_see` gives those in whose view a position lies (`camera_index.CameraIndex`); `cameras` are all of the city.
    """
    position = place.position
    if position is None:
        return tuple(Sighting(camera, Looks.NEIGHBOURHOOD) for camera in cameras if _stands_in(camera, place))
    found = [
        Sighting(
            camera,
            Looks.TOWARDS if looks_towards(camera, position) else Looks.UNKNOWN,
            round(distance_m(camera.position, position), 1),
        )
        for camera in that_see(position)
        if camera.position is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.distance_m or 0.0, one.camera.id)))


def _stands_in(camera: Camera, place: Place) -> bool:
    """A kelurahan alone is too large to say that its cameras saw anything."""
    if place.adm4 is None or place.rw is None or (camera.adm4, camera.rw) != (place.adm4, place.rw):
        return False
    return place.rt is None or camera.rt == place.rt


@dataclass(frozen=True, slots=True)
class Scene:
    """When something happened, and which cameras saw it."""

    moment: datetime
    sightings: Sequence[Sighting]


def merged(scenes: Iterable[Scene]) -> tuple[tuple[Sighting, datetime], ...]:
    """Each camera once a scene: tags of a camera within an hour of an incident that it saw are the same scene."""
    found: dict[str, list[tuple[Sighting, datetime]]] = {}
    for scene in sorted(scenes, key=lambda one: one.moment):
        for sighting in scene.sightings:
            known = found.setdefault(sighting.camera.id, [])
            if not any(scene.moment - moment <= SAME_SCENE for _, moment in known):
                known.append((sighting, scene.moment))
            elif known[-1][0].looks is Looks.TAGGED and sighting.looks is not Looks.TAGGED:
                known[-1] = (sighting, known[-1][1])
    return tuple(pair for pairs in found.values() for pair in pairs)
