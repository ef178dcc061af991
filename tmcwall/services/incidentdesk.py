"""Incidents on this workstation: what has arrived, what is being done about it, which cameras see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from tmcwall.db import incidents as incident_rows
from tmcwall.db import operations
from tmcwall.db.store import Session
from tmcwall.domain import incident as transitions
from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.commitment import is_commitment
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.geo import Coverage
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import (
    OPEN_STATUSES,
    Certainty,
    Drill,
    Incident,
    IncidentNote,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
    is_marked,
)
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.operation import Entity
from tmcwall.domain.place_names import Finding
from tmcwall.domain.response_times import PRESETS, Targets
from tmcwall.domain.same_incident import close_with_main, counted_with, proposals
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.cap_export import export_cap
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol, in_thread
from tmcwall.services.merging import Merging

T = TypeVar("T")

_BY_SEVERITY: Final = {severity: rank for rank, severity in enumerate(Severity)}
LONGEST_NOTE: Final = 4_000
"""Characters."""
_RIGHT: Final = KINDS[Entity.INCIDENT].right


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """What an officer enters by hand. `called_at` None means now."""

    type: IncidentType
    severity: Severity
    place: Place
    text: str = ""
    source: Source = Source.OPERATOR
    certainty: Certainty = Certainty.UNVERIFIED
    drill: Drill = Drill.ACTUAL
    called_at: datetime | None = None
    reporter_name: str = ""
    reporter_phone: str = ""


class OnDuty(Protocol):
    """The part of `Duty` that other services use."""

    def demand(self, action: Action) -> Officer:
        """The officer on duty. Raises DomainError(NOT_ON_DUTY or NOT_ALLOWED)."""
        ...


class Eyes(Protocol):
    """The part of `CameraBook` that the desk uses."""

    @property
    def cameras_changed(self) -> SignalInstance: ...

    def that_see(self, position: Position) -> Sequence[Camera]: ...
    def nearest(self, position: Position, *, count: int = 4) -> Coverage: ...


class Places(Protocol):
    """The part of `PlaceBook` that the desk uses."""

    @property
    def changed(self) -> SignalInstance: ...

    def settled(self, place: Place) -> Place: ...
    def of_place(self, place: Place) -> Finding: ...


class IncidentDesk(QObject):
    """The incident queue: every open incident and those closed since the start, in memory.

    An incident that came without a position has one here as soon as its words mean exactly one place. That is not
    written anywhere: every workstation finds the same, and what an officer chooses stands above it.
    """

    listed = Signal()
    """The open incidents were read; comes once after `start`, without tone."""
    arrived = Signal(object)
    """Incident, new to this workstation."""
    changed = Signal(object)
    """Incident; closed ones too."""
    noted = Signal(object)
    """IncidentNote."""
    exported = Signal(object)
    """Path."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        changes: Changes,
        cameras: Eyes,
        duty: OnDuty,
        clock: Clock,
        targets: Targets = PRESETS,
        cap_sender: str = "tmcwall",
        zone: StationZone = StationZone.WIB,
        places: Places | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`cap_sender` is the same word at all workstations: updates of an exported incident refer to it."""
        super().__init__(parent)
        self.targets: Final = targets
        self._cap_sender = cap_sender
        self._zone = zone
        self._store = store
        self._cameras = cameras
        self._places = places
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()
        self._incidents: dict[str, Incident] = {}
        self._notes: dict[str, tuple[IncidentNote, ...]] = {}
        self._seen_by: dict[str, tuple[str, ...]] = {}
        """Incidents by camera."""
        self._markers: dict[str, frozenset[str]] = {}
        """Cameras by incident."""
        self._counted: Mapping[str, str] = {}
        """Open incidents that are not listed, with the one that they are counted with."""
        self._as_stored: dict[str, Place] = {}
        """Of the incidents whose place was found by its words."""
        cameras.cameras_changed.connect(self.place_markers)
        if places is not None:
            places.changed.connect(self._find_places)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._futures.expect(self._store.read(_open_with_notes), self._list, self.refused.emit)

    def stop(self) -> None:
        self._futures.close()

    def export_cap(self, incident_id: str, file: Path, *, headline: str, area: str) -> None:
        """As a file of CAP 1.2; `exported` or `refused` follows."""
        incident = self._incidents.get(incident_id)
        try:
            self._duty.demand(_RIGHT)
        except DomainError as error:
            self.refused.emit(error)
            return
        if incident is not None:
            work = partial(
                export_cap, incident, file, sender=self._cap_sender, headline=headline, area=area,
                now=self._clock.utc(), zone=self._zone,
            )  # fmt: skip
            self._futures.expect(in_thread(work, name="cap"), self.exported.emit, self.refused.emit)

    def open(self) -> Sequence[Incident]:
        """Open incidents, the most severe first and of these the newest first.

        What was merged into one that is open, and alarms that repeat one, are counted there (`calls`) and not listed.
        """
        return sorted(
            (one for one in self._incidents.values() if one.status in OPEN_STATUSES and one.id not in self._counted),
            key=_urgency,
        )

    def calls(self, incident_id: str) -> Sequence[Incident]:
        """All that was reported of it, itself first: what was merged into it, and the alarms that repeat it."""
        incident = self._incidents.get(incident_id)
        if incident is None:
            return ()
        others = [self._incidents[one] for one, main in self._counted.items() if main == incident_id]
        merged = (one for one in self._incidents.values() if one.duplicate_of == incident_id and one not in others)
        same = sorted((*others, *merged), key=lambda one: (one.received_at, one.id))
        return (incident, *(one for one in same if one.id != incident_id))

    def proposals(self, incident_id: str) -> Sequence[Incident]:
        """Open incidents that may be the same, the oldest first."""
        incident = self._incidents.get(incident_id)
        return () if incident is None else proposals(incident, self.open())

    def get(self, incident_id: str) -> Incident | None:
        return self._incidents.get(incident_id)

    def notes(self, incident_id: str) -> Sequence[IncidentNote]:
        """Oldest first."""
        return self._notes.get(incident_id, ())

    def seen_by(self, camera_id: str) -> Sequence[Incident]:
        """Open incidents in that camera's view, most severe first: the markers of its tiles. Cheap."""
        ids = self._seen_by.get(camera_id, ())
        return sorted((self._incidents[incident_id] for incident_id in ids), key=_urgency) if ids else ()

    def seeing(self, incident_id: str) -> frozenset[str]:
        """The cameras whose tiles carry the incident's marker."""
        return self._markers.get(incident_id, frozenset())

    def nearest(self, incident_id: str) -> Coverage:
        """The nearest live cameras, at most four, within 300, 600 or 1,200 m; else `radius_m` is None."""
        incident = self._incidents.get(incident_id)
        if incident is None or incident.place.position is None:
            return Coverage(None, ())
        return self._cameras.nearest(incident.place.position)

    def is_found_by_words(self, incident_id: str) -> bool:
        """Whether the incident came without a position, and its words meant exactly one."""
        return incident_id in self._as_stored

    def meanings(self, incident_id: str) -> Finding:
        """What the words of its place may mean, to choose from; none for one that came with a position."""
        incident = self._incidents.get(incident_id)
        if incident is None or self._places is None:
            return Finding()
        place = self._as_stored.get(incident_id, incident.place)
        return self._places.of_place(place) if place.position is None else Finding()

    def put_place(self, incident_id: str, place: Place) -> None:
        """An officer has said where it is; `changed` follows the commit."""
        self._change(incident_id, lambda incident, _by: replace(incident, place=place))

    def report(self, draft: IncidentDraft) -> None:
        """Manual entry; `arrived` follows the commit."""
        place = draft.place
        if place.position is None and place.adm4 is None and not place.text.strip():
            self.refused.emit(DomainError(DomainCode.FIELD_MISSING, "place"))
            return
        if any(map(is_commitment, (draft.reporter_name.strip(), draft.reporter_phone.strip()))):
            self.refused.emit(DomainError(DomainCode.FIELD_INVALID, "reporter"))
            return
        now = self._clock.utc()
        incident_id = str(uuid7(now))
        incident = Incident(
            id=incident_id, source=draft.source, external_id=incident_id, sequence=1, type=draft.type,
            severity=draft.severity, certainty=draft.certainty, status=Status.NEW, drill=draft.drill, place=place,
            text=draft.text.strip(), called_at=draft.called_at or now, received_at=now,
            reporter_name=draft.reporter_name.strip(), reporter_phone=draft.reporter_phone.strip(),
        )  # fmt: skip

        def create(session: Session, officer: Officer) -> Incident:
            operations.change(session, incident, actor=officer.nrp, at=now)
            written = incident_rows.get(session, incident_id)
            assert written is not None, "it was written just now"
            return written

        self._write(create, self._take)

    def acknowledge(self, incident_id: str) -> None:
        at = self._clock.utc()
        self._change(incident_id, lambda incident, by: transitions.acknowledge(incident, at=at, by=by.nrp))

    def verify(self, incident_id: str, certainty: Certainty) -> None:
        at = self._clock.utc()
        self._change(incident_id, lambda incident, _by: transitions.verify(incident, certainty, at=at))

    def dispatch(self, incident_id: str) -> None:
        at = self._clock.utc()
        self._change(incident_id, lambda incident, _by: transitions.dispatch(incident, at=at))

    def arrive(self, incident_id: str) -> None:
        """Somebody is on scene."""
        at = self._clock.utc()
        self._change(incident_id, lambda incident, _by: transitions.arrive(incident, at=at))

    def close(self, incident_id: str, certainty: Certainty) -> None:
        """What is counted with it is closed with it, as its duplicate."""
        at = self._clock.utc()
        for one in self.calls(incident_id)[1:]:
            if one.status in OPEN_STATUSES:
                self._change(one.id, lambda incident, _by: close_with_main(incident, at=at))
        self._change(incident_id, lambda incident, _by: transitions.close(incident, at=at, certainty=certainty))

    def merge(self, duplicate_id: str, main_id: str, *, on_duplicate: str, on_main: str) -> None:
        """An officer says that they are one incident; both keep a note of it, in these words."""
        merging = Merging(duplicate_id, main_id, on_duplicate=on_duplicate, on_main=on_main)
        self._write(partial(merging.merge, at=self._clock.utc()), self._take_all)

    def split(self, duplicate_id: str, *, on_duplicate: str, on_main: str) -> None:
        """Take a merging back; both keep a note of it, in these words."""
        merging = Merging(duplicate_id, None, on_duplicate=on_duplicate, on_main=on_main)
        self._write(partial(merging.split, at=self._clock.utc()), self._take_all)

    def add_note(self, incident_id: str, text: str) -> None:
        """`noted` follows the commit."""
        words = text.strip()
        if not words or len(words) > LONGEST_NOTE:
            self.refused.emit(DomainError(DomainCode.FIELD_INVALID, "note"))
            return
        now = self._clock.utc()
        note_id = str(uuid7(now))

        def write(session: Session, officer: Officer) -> IncidentNote:
            note = IncidentNote(note_id, incident_id, now, officer.nrp, words)
            operations.change(session, note, actor=officer.nrp, at=now)
            return note

        self._write(write, self._take_note)

    @Slot()
    def place_markers(self) -> None:
        """Find again which cameras see what; done by itself when the cameras change."""
        self._seen_by, self._markers = {}, {}
        for incident in self._incidents.values():
            self._mark(incident)

    def _change(self, incident_id: str, transition: Callable[[Incident, Officer], Incident]) -> None:
        """Apply a transition to the incident as it stands in the store at that moment, not as it was shown."""
        at = self._clock.utc()

        def change(session: Session, officer: Officer) -> Incident:
            incident = incident_rows.get(session, incident_id)
            if incident is None:
                raise DomainError(DomainCode.NOT_FOUND, f"incident {incident_id}")
            changed = transition(incident, officer)
            operations.change(session, changed, actor=officer.nrp, at=at)
            return changed

        self._write(change, self._take)

    def _write(self, unit: Callable[[Session, Officer], T], then: Callable[[T], None]) -> None:
        try:
            officer = self._duty.demand(_RIGHT)
        except DomainError as error:
            self.refused.emit(error)
            return
        self._futures.expect(self._store.write(lambda session: unit(session, officer)), then, self.refused.emit)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        """Read again what has changed; what was changed at this desk is known already and looks the same."""
        ids, note_ids = notice.ids(Entity.INCIDENT), notice.ids(Entity.INCIDENT_NOTE)
        if ids or note_ids:
            self._futures.expect(
                self._store.read(partial(_again, ids=ids, note_ids=note_ids)), self._take_again, self.refused.emit
            )

    def _list(self, read: _Read) -> None:
        self._keep(*read.incidents)
        for note in read.notes:
            self._keep_note(note)
        self.listed.emit()

    def _take(self, incident: Incident) -> None:
        is_new = incident.id not in self._incidents
        self._keep(incident)
        incident = self._incidents[incident.id]
        (self.arrived if is_new and incident.status in OPEN_STATUSES else self.changed).emit(incident)

    def _take_all(self, incidents: Sequence[Incident]) -> None:
        for incident in incidents:
            self._take(incident)

    def _take_note(self, note: IncidentNote) -> None:
        self._keep_note(note)
        self.noted.emit(note)

    def _take_again(self, read: _Read) -> None:
        for incident in read.incidents:
            if self._incidents.get(incident.id) != self._placed(incident):
                self._take(incident)
        for note in read.notes:
            if note not in self._notes.get(note.incident_id, ()):
                self._take_note(note)

    def _keep(self, *stored: Incident) -> None:
        """As they are shown: with the place that their words mean, and counted with what they are merged into."""
        for one in stored:
            incident = self._incidents[one.id] = self._placed(one)
            if incident.place != one.place:
                self._as_stored[one.id] = one.place
            else:
                self._as_stored.pop(one.id, None)
        before, self._counted = self._counted, counted_with(self._incidents)
        changed = {one.id for one in stored} | dict(before.items() ^ self._counted.items()).keys()
        for incident_id in changed:
            self._unmark(incident_id)
            self._mark(self._incidents[incident_id])

    def _placed(self, incident: Incident) -> Incident:
        if self._places is None or incident.place.position is not None:
            return incident
        return replace(incident, place=self._places.settled(incident.place))

    @Slot()
    def _find_places(self) -> None:
        """Lists have changed: incidents without a position may have one now, or none any more."""
        before = [
            incident
            for incident in self._incidents.values()
            if incident.status in OPEN_STATUSES and (incident.id in self._as_stored or incident.place.position is None)
        ]
        self._keep(*(replace(one, place=self._as_stored.get(one.id, one.place)) for one in before))
        for incident in before:
            found = self._incidents[incident.id]
            if found != incident:
                self.changed.emit(found)

    def _keep_note(self, note: IncidentNote) -> None:
        notes = (*self._notes.get(note.incident_id, ()), note)
        self._notes[note.incident_id] = tuple(sorted(notes, key=lambda kept: (kept.written_at, kept.id)))

    def _mark(self, incident: Incident) -> None:
        position = incident.place.position
        if position is None or not is_marked(incident) or incident.id in self._counted:
            return
        seeing = frozenset(camera.id for camera in self._cameras.that_see(position))
        self._markers[incident.id] = seeing
        for camera_id in seeing:
            self._seen_by[camera_id] = (*self._seen_by.get(camera_id, ()), incident.id)

    def _unmark(self, incident_id: str) -> None:
        for camera_id in self._markers.pop(incident_id, frozenset()):
            self._seen_by[camera_id] = tuple(other for other in self._seen_by[camera_id] if other != incident_id)


@dataclass(frozen=True, slots=True)
class _Read:
    incidents: Sequence[Incident]
    notes: Sequence[IncidentNote]


def _urgency(incident: Incident) -> tuple[int, float, str]:
    return -_BY_SEVERITY[incident.severity], -incident.received_at.timestamp(), incident.id


def _open_with_notes(session: Session) -> _Read:
    incidents = (*incident_rows.open_incidents(session), *incident_rows.closed_into_open(session))
    notes = [note for incident in incidents for note in incident_rows.notes(session, incident.id)]
    return _Read(incidents, notes)


def _again(session: Session, *, ids: Collection[str], note_ids: Collection[str]) -> _Read:
    incidents = [incident for id_ in ids if (incident := incident_rows.get(session, id_)) is not None]
    notes = [note for id_ in note_ids if (note := incident_rows.get_note(session, id_)) is not None]
    return _Read(incidents, notes)
