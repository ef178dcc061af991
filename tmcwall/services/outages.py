"""Planned outages: made known to all workstations, and called off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal

from tmcwall.db import planned_outages
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.outage import PlannedOutage
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.lifecycles import OnDuty


class Outages(QObject):
    """What the officer on duty decides about them. `CameraBook` says which there are, and puts them into effect."""

    planned = Signal()
    """One was committed; `refused` otherwise."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """It reads nothing."""

    def stop(self) -> None:
        self._futures.close()

    def plan(self, camera_ids: Sequence[str], *, starts_at: datetime, ends_at: datetime, reason: str) -> None:
        now = self._clock.utc()
        wanted = tuple(dict.fromkeys(camera_ids))

        def write(session: Session, by: Officer, at: datetime) -> None:
            outage = PlannedOutage(str(uuid7(now)), wanted, starts_at, ends_at, " ".join(reason.split()), by.nrp)
            planned_outages.plan(session, outage, by=by, at=at)

        self._decide(write, self.planned.emit)

    def cancel(self, outage_id: str) -> None:
        """Its cameras are in use again at once."""
        self._decide(partial(planned_outages.cancel, outage_id=outage_id), lambda: None)

    def _decide(self, write: Callable[..., None], done: Callable[[], None]) -> None:
        try:
            officer = self._duty.demand(Action.CHANGE_STANDING)
        except DomainError as error:
            self.refused.emit(error)
            return
        unit = partial(write, by=officer, at=self._clock.utc())
        self._futures.expect(self._store.write(unit), lambda _nothing: done(), self.refused.emit)
