"""The log of incidents: all that were called in, whatever became of them, and how fast they were answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from tmcwall.db import incidents as incident_rows
from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import Incident
from tmcwall.domain.response_times import Share, Targets, csv_rows, shares
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, replace_file
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol, in_thread
from tmcwall.spreadsheet_csv import spreadsheet_csv

LISTED: Final = 5_000
"""Incidents that are read at most; a city of 60 calls a day has them in three months."""


class IncidentLog(QObject):
    """Reads when it is asked. Pranks, false reports, duplicates and exercises are in the log; shares leave them out."""

    found = Signal(object)
    """tuple[Incident, ...], the newest first."""
    saved = Signal(object)
    """Path."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        targets: Targets,
        zone: StationZone,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._targets = targets
        self._zone = zone
        self._clock = clock
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """Nothing is read before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def look(self, since: datetime, until: datetime) -> None:
        """What was called in from then until before then; `found` or `refused` follows."""
        read = partial(incident_rows.called_between, since=since, until=until, limit=LISTED)
        self._futures.expect(self._store.read(read), self.found.emit, self.refused.emit)

    def shares(self, incidents: Sequence[Incident]) -> Sequence[Share]:
        """By day, source and step."""
        return shares(incidents, now=self._clock.utc(), targets=self._targets, day_of=self._zone.date_of)

    def save(self, incidents: Sequence[Incident], to: Path) -> None:
        """Their shares as CSV; `saved` or `refused` follows."""
        write = partial(_write, csv_rows(self.shares(incidents)), to)
        self._futures.expect(in_thread(write, name="incident-log"), self.saved.emit, self.refused.emit)


def _write(rows: Sequence[Sequence[str]], to: Path) -> Path:
    """Raises Fault (`durable.disk_fault`)."""
    try:
        replace_file(to, spreadsheet_csv(*rows), mode=0o644)
    except OSError as error:
        raise disk_fault(error, folder=to.parent) from error
    return to
