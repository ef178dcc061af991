"""Incidents on this workstation: what has arrived, what is being done about it, which cameras see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentNote,
    IncidentType,
    Place,
    Severity,
    Source,
)


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


class IncidentDesk(QObject):
    """The incident queue."""

    listed = Signal()
    """The open incidents were read; comes once after `start`, without tone."""
    arrived = Signal(object)
    """Incident, new to this workstation."""
    changed = Signal(object)
    """Incident; closed ones too."""
    noted = Signal(object)
    """IncidentNote."""
    refused = Signal(object)
    """Fault or DomainError."""

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def open(self) -> Sequence[Incident]:
        """Open incidents, newest and most severe first."""
        raise NotImplementedError

    def get(self, incident_id: str) -> Incident | None:
        raise NotImplementedError

    def notes(self, incident_id: str) -> Sequence[IncidentNote]:
        """Oldest first."""
        raise NotImplementedError

    def seen_by(self, camera_id: str) -> Sequence[Incident]:
        """Open incidents in that camera's view, most severe first: the markers of its tiles. Cheap."""
        raise NotImplementedError

    def nearest(self, incident_id: str) -> Coverage:
        """The nearest live cameras, at most four, within 300, 600 or 1,200 m; `radius_m` None is "tidak ada cakupan"."""
        raise NotImplementedError

    def report(self, draft: IncidentDraft) -> None:
        """Manual entry; `arrived` follows the commit."""
        raise NotImplementedError

    def acknowledge(self, incident_id: str) -> None:
        raise NotImplementedError

    def dispatch(self, incident_id: str) -> None:
        raise NotImplementedError

    def add_note(self, incident_id: str, text: str) -> None:
        raise NotImplementedError

    def close(self, incident_id: str, certainty: Certainty) -> None:
        raise NotImplementedError
