"""Which incidents no working camera was near when they came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from tmcwall.db import blind_spots
from tmcwall.db.store import Session
from tmcwall.domain.blind_spot import BlindSpotHit, hit_of
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Incident
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol

KEPT_FOR: Final = timedelta(days=400)


class Incidents(Protocol):
    """The part of `IncidentDesk` that is judged."""

    @property
    def arrived(self) -> SignalInstance: ...
    @property
    def changed(self) -> SignalInstance: ...
    def nearest(self, incident_id: str) -> Coverage: ...


class Cameras(Protocol):
    """The part of `CameraBook` that says whether the cameras have been read."""

    def all(self) -> Sequence[Camera]: ...


class BlindSpots(QObject):
    """Judges each incident once, when it arrives or its place becomes known. Each workstation judges by itself."""

    recorded = Signal(object)
    """BlindSpotHit, after the commit."""
    refused = Signal(object)
    """Fault."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        incidents: Incidents,
        cameras: Cameras,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._incidents = incidents
        self._cameras = cameras
        self._clock = clock
        self._futures = FutureDispatcher()
        self._hits: dict[str, BlindSpotHit] = {}
        self._judged: set[str] = set()
        incidents.arrived.connect(self.judge)
        incidents.changed.connect(self.judge)

    def start(self) -> None:
        oldest = self._clock.utc() - KEPT_FOR
        self._futures.expect(self._store.write(partial(_kept, oldest=oldest)), self._take, self.refused.emit)

    def stop(self) -> None:
        self._futures.close()

    def hits(self, since: datetime) -> Sequence[BlindSpotHit]:
        """The oldest first; exercises and tests among them."""
        return sorted((hit for hit in self._hits.values() if hit.found_at >= since), key=lambda hit: hit.found_at)

    def hit(self, incident_id: str) -> BlindSpotHit | None:
        return self._hits.get(incident_id)

    @Slot(object)
    def judge(self, incident: Incident) -> None:
        """Before any camera has been read nothing is judged: a city without cameras has no blind spots but one."""
        if incident.place.position is None or incident.id in self._judged or not self._cameras.all():
            return
        self._judged.add(incident.id)
        hit = hit_of(incident, self._incidents.nearest(incident.id), at=self._clock.utc())
        if hit is not None and hit.incident_id not in self._hits:
            self._hits[hit.incident_id] = hit
            self._futures.expect(
                self._store.write(partial(blind_spots.put, hits=(hit,))),
                lambda _nothing: self.recorded.emit(hit),
                self.refused.emit,
            )

    def _take(self, found: Sequence[BlindSpotHit]) -> None:
        self._hits = {hit.incident_id: hit for hit in found} | self._hits
        self._judged |= {hit.incident_id for hit in found}


def _kept(session: Session, *, oldest: datetime) -> Sequence[BlindSpotHit]:
    blind_spots.forget_before(session, oldest)
    return blind_spots.since(session, oldest)
