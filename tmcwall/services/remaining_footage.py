"""What is left of the footage of an incident or a case: read from the store, our recording and the register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cameras as camera_rows
from tmcwall.db import cases as case_rows
from tmcwall.db import custody, footage_requests, incidents
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Bookmark, ClipState
from tmcwall.domain.camera import Camera, Position, RecordPolicy
from tmcwall.domain.camera_index import CameraIndex
from tmcwall.domain.case import Case
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.footage_request import FootageRequest, RequestAnswer
from tmcwall.domain.footage_timeline import Footage, Span
from tmcwall.domain.incident import Incident
from tmcwall.domain.operation import Entity
from tmcwall.domain.remaining_footage import (
    Keeper,
    Looks,
    RemainingFootage,
    Scene,
    Secured,
    Sighting,
    by_urgency,
    merged,
    that_saw,
)
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol, in_thread, settled

Recorded = Callable[[str, Span], Footage | None]
"""What the rolling recording has of a camera; it may wait for the disk."""

MOST_CAMERAS: Final = 100
"""That are listed; of a place that more saw, the nearest."""
_CHANGES: Final = frozenset({
    Entity.INCIDENT, Entity.CASE, Entity.BOOKMARK, Entity.CLIP, Entity.CAMERA, Entity.FOOTAGE_REQUEST,
})  # fmt: skip


class City(Protocol):
    """The cameras of the city, as `CameraBook` has them; any thread may ask."""

    def all(self) -> Sequence[Camera]: ...
    def get(self, camera_id: str) -> Camera | None: ...
    def that_see(self, position: Position) -> Sequence[Camera]: ...


@dataclass(frozen=True, slots=True)
class Matter:
    """What footage is looked for: an incident, or a case with all its incidents and tags."""

    entity: Entity
    """INCIDENT or CASE."""
    id: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """How we keep ourselves: how long the rolling recording goes back, and what it has."""

    length: timedelta
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class MatterFootage:
    """Rows by urgency as of `read_at`; `case` is None for an incident of none."""

    matter: Matter
    case: Case | None
    rows: tuple[RemainingFootage, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Facts:
    case: Case | None
    incidents: tuple[Incident, ...]
    bookmarks: tuple[Bookmark, ...]


class RemainingFootages(QObject):
    """Reads in a thread of its own, and again when something of it changes; what is no more asked is not told."""

    footage_read = Signal(object)
    """MatterFootage."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        changes: Changes,
        cameras: City,
        keeping: Keeping,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._cameras = cameras
        self._keeping = keeping
        self._clock = clock
        self._futures = FutureDispatcher()
        self._looked: dict[str, Matter] = {}
        """What each viewer looks at."""
        self._reading: set[Matter] = set()
        self._outdated: set[Matter] = set()
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        """Nothing is read before somebody looks."""

    def stop(self) -> None:
        self._futures.close()

    def look(self, viewer: str, matter: Matter | None) -> None:
        """That viewer (a name of its own) looks at this from now on; None: at nothing. `footage_read` follows."""
        if matter is None:
            self._looked.pop(viewer, None)
            return
        self._looked[viewer] = matter
        self._read(matter)

    def _read(self, matter: Matter) -> None:
        if matter in self._reading:
            self._outdated.add(matter)
            return
        self._reading.add(matter)
        self._outdated.discard(matter)
        work = partial(
            remaining_of, matter, store=self._store, city=self._cameras, keeping=self._keeping, now=self._clock.utc()
        )  # fmt: skip
        self._futures.expect(
            in_thread(work, name="remaining-footage"), self._take, partial(self._refuse, matter)
        )  # fmt: skip

    def _take(self, found: MatterFootage) -> None:
        self._reading.discard(found.matter)
        if found.matter in self._outdated and found.matter in self._looked.values():
            self._read(found.matter)
        elif found.matter in self._looked.values():
            self.footage_read.emit(found)

    def _refuse(self, matter: Matter, problem: object) -> None:
        self._reading.discard(matter)
        self.refused.emit(problem)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(_CHANGES):
            for matter in set(self._looked.values()):
                self._read(matter)


def remaining_of(
    matter: Matter, *, store: StoreProtocol, city: City, keeping: Keeping, now: datetime
) -> MatterFootage:  # fmt: skip
    """Waits: not in the GUI thread. Raises DomainError(NOT_FOUND, CASE_UNKNOWN) and Fault."""
    facts = settled(store.read(partial(_facts_of, matter=matter)))
    seen = merged(_scenes(facts, city))[:MOST_CAMERAS]
    rows: list[RemainingFootage] = []
    for sighting, moment in seen:
        around = Span(moment - _AROUND, moment + _AROUND)
        ours = keeping.recorded(sighting.camera.id, around)
        unit = partial(_rows, sighting=sighting, moment=moment, ours=ours is not None, keep=keeping.length, now=now)
        rows += settled(store.read(unit))
    return MatterFootage(matter, facts.case, by_urgency(rows, now), now)


class StoredCity:
    """The cameras of a store, for a command: read once."""

    def __init__(self, session: Session) -> None:
        self._cameras = {camera.id: camera for camera in camera_rows.all_cameras(session)}
        self._index = CameraIndex(self._cameras.values())

    def all(self) -> Sequence[Camera]:
        return tuple(self._cameras.values())

    def get(self, camera_id: str) -> Camera | None:
        return self._cameras.get(camera_id)

    def that_see(self, position: Position) -> Sequence[Camera]:
        return self._index.that_see(position)


_AROUND: Final = timedelta(seconds=30)
"""Of a moment: what was recorded then at all."""


def _facts_of(session: Session, *, matter: Matter) -> _Facts:
    if matter.entity is Entity.INCIDENT:
        incident = incidents.get(session, matter.id)
        if incident is None:
            raise DomainError(DomainCode.NOT_FOUND, f"incident {matter.id}")
        entries = bookmark_rows.of_incident(session, incident.id)
        tagged = next((entry.case for entry in entries if entry.case is not None), None)
        case = case_rows.get(session, incident.case_id) if incident.case_id else tagged
        return _Facts(case, (incident,), tuple(entry.bookmark for entry in entries))
    case = case_rows.get(session, matter.id)
    if case is None:
        raise DomainError(DomainCode.CASE_UNKNOWN, matter.id)
    tags = tuple(entry.bookmark for entry in bookmark_rows.of_case(session, case.id))
    found: dict[str, Incident] = {one.id: one for one in incidents.of_case(session, case.id)}
    for incident_id in {tag.incident_id for tag in tags if tag.incident_id is not None} - found.keys():
        incident = incidents.get(session, incident_id)
        if incident is not None:
            found[incident.id] = incident
    return _Facts(case, tuple(found.values()), tags)


def _scenes(facts: _Facts, city: City) -> Iterable[Scene]:
    for incident in facts.incidents:
        seen = that_saw(incident.place, that_see=city.that_see, cameras=city.all())
        yield Scene(incident.called_at, seen)
    for tag in facts.bookmarks:
        camera = city.get(tag.camera_id)
        if camera is not None:
            yield Scene(_middle(tag), (Sighting(camera, Looks.TAGGED),))


def _middle(tag: Bookmark) -> datetime:
    return tag.starts_at + (tag.ends_at - tag.starts_at) / 2


def _rows(
    session: Session, *, sighting: Sighting, moment: datetime, ours: bool, keep: timedelta, now: datetime
) -> Sequence[RemainingFootage]:
    """Of the owner's recorder, and of our recording where it has, or had, something."""
    camera = sighting.camera
    retention = camera.retention
    owners = RemainingFootage(
        camera.id,
        camera.name,
        camera.owner,
        sighting.looks,
        sighting.distance_m,
        moment,
        Keeper.OWNER,
        moment + retention.length if retention is not None else None,
        _asked(footage_requests.covering(session, moment), camera.id, moment),
    )
    held = _is_held(session, camera.id, moment)
    expired = camera.record is not RecordPolicy.OFF and moment + keep <= now
    if not (held or ours or expired):
        return (owners,)
    own = replace(
        owners, keeper=Keeper.OURS, ends_at=moment + keep, secured=Secured.HELD if held else Secured.NOT
    )  # fmt: skip
    return own, owners


def _is_held(session: Session, camera_id: str, moment: datetime) -> bool:
    """By a tag; one whose cut failed keeps nothing, nor one whose clip went by age."""
    entries = bookmark_rows.of_camera_between(session, camera_id, since=moment, until=moment)
    clips = [entry.clip for entry in entries if entry.clip is not None and entry.clip.state is not ClipState.FAILED]
    return any(
        all(row.action is not CustodyAction.CLIP_EXPIRED for row in custody.about(session, f"clip/{clip.id}"))
        for clip in clips
    )


_SECURED: Final[Mapping[RequestAnswer, Secured]] = {
    RequestAnswer.OPEN: Secured.ASKED,
    RequestAnswer.GIVEN: Secured.RECEIVED,
    RequestAnswer.PARTLY: Secured.RECEIVED,
    RequestAnswer.REFUSED: Secured.REFUSED,
    RequestAnswer.OVERWRITTEN: Secured.LOST,
}


def _asked(requests: Sequence[FootageRequest], camera_id: str, moment: datetime) -> Secured:
    """By the newest request for it."""
    about = [request for request in requests if request.covers(camera_id, moment)]
    return _SECURED[about[-1].answer] if about else Secured.NOT
