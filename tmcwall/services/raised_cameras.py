"""Incidents whose cameras come up: judged as they arrive, and again when a camera of theirs fails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Incident, Severity
from tmcwall.domain.raising import CAMERAS_OF_ONE, Raised, comes_up, is_repeat

_GATHER_MS: Final = 100
"""What arrives within so long is shown at once."""
MOST_RAISED: Final = 200
"""At once; of a storm the least urgent are left out."""


class Incidents(Protocol):
    """The part of `IncidentDesk` that is judged."""

    @property
    def listed(self) -> SignalInstance: ...
    @property
    def arrived(self) -> SignalInstance: ...
    @property
    def changed(self) -> SignalInstance: ...


class Cameras(Protocol):
    """The part of `CameraBook` that comes up."""

    @property
    def statuses_changed(self) -> SignalInstance: ...

    def get(self, camera_id: str) -> Camera | None: ...
    def is_working(self, camera: Camera) -> bool: ...
    def nearest(self, position: Position, *, count: int = 4) -> Coverage: ...


class RaisedCameras(QObject):
    """Decides what comes up; `ui.raised_walls` puts it onto reserved tiles. It writes nothing."""

    changed = Signal()
    """`raised` has others than before; once for all that came within a tenth of a second."""

    def __init__(
        self, *, incidents: Incidents, cameras: Cameras, least: Severity | None, parent: QObject | None = None
    ) -> None:
        """`least`: the least severity at which cameras come up; None: never."""
        super().__init__(parent)
        self._cameras = cameras
        self._least = least
        self._raised: dict[str, Raised] = {}
        self._same_as: dict[str, str] = {}
        """Of incidents that repeat another one: which."""
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self.changed)
        incidents.arrived.connect(self._take)
        incidents.changed.connect(self._take)
        cameras.statuses_changed.connect(self._look_again)

    def start(self) -> None:
        """It waits for incidents: what was open before the start brings nothing up."""

    def stop(self) -> None:
        self._gather.stop()

    def raised(self) -> Sequence[Raised]:
        """The most urgent first."""
        return sorted(self._raised.values(), key=lambda one: one.urgency)

    def of(self, incident_id: str) -> Raised | None:
        """What came up for an incident, or for the one that it repeats."""
        return self._raised.get(self._same_as.get(incident_id, incident_id))

    @Slot(object)
    def _take(self, incident: Incident) -> None:
        known = self._raised.get(incident.id)
        if not comes_up(incident, least=self._least) or incident.place.position is None:
            self._drop(incident.id)
        elif known is not None:
            moved = known.incident.place.position != incident.place.position
            self._raised[incident.id] = replace(known, incident=incident)
            if moved:
                self._find(incident)
        elif incident.id not in self._same_as:
            self._take_new(incident)

    def _take_new(self, incident: Incident) -> None:
        same = next((one for one in self._raised.values() if is_repeat(incident, one.incident)), None)
        if same is not None:
            self._same_as[incident.id] = same.incident.id
            self._raised[same.incident.id] = replace(same, repeats=same.repeats + 1)
            self._gather_changes()
            return
        self._find(incident)
        if len(self._raised) > MOST_RAISED:
            self._drop(self.raised()[-1].incident.id)

    def _find(self, incident: Incident) -> None:
        """Without a working camera near nothing comes up: `BlindSpots` keeps that."""
        assert incident.place.position is not None, "it was looked at"
        before = self._raised.get(incident.id)
        coverage = self._cameras.nearest(incident.place.position, count=CAMERAS_OF_ONE)
        if coverage.radius_m is None:
            self._drop(incident.id)
            return
        ids = tuple(camera.id for camera in coverage.cameras)
        repeats = before.repeats if before is not None else 0
        self._raised[incident.id] = Raised(incident, ids, coverage.radius_m, repeats)
        self._gather_changes()

    def _drop(self, incident_id: str) -> None:
        self._same_as.pop(incident_id, None)
        if self._raised.pop(incident_id, None) is not None:
            self._same_as = {one: other for one, other in self._same_as.items() if other != incident_id}
            self._gather_changes()

    @Slot(object)
    def _look_again(self, changed: Collection[str]) -> None:
        """Another camera comes up instead of one that has failed."""
        for one in list(self._raised.values()):
            failed = [
                camera_id for camera_id in one.cameras
                if camera_id in changed
                and ((camera := self._cameras.get(camera_id)) is None or not self._cameras.is_working(camera))
            ]  # fmt: skip
            if failed:
                self._find(one.incident)

    def _gather_changes(self) -> None:
        if not self._gather.isActive():
            self._gather.start()
