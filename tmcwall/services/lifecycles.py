"""Cameras put out of use and into use again: quarantine, planned outage, retirement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from tmcwall.db import cameras as camera_rows
from tmcwall.db.store import Session
from tmcwall.domain.camera import Standing
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action, Officer
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol


class OnDuty(Protocol):
    """The part of `Duty` that is asked who decides."""

    def demand(self, action: Action) -> Officer: ...


class Lifecycles(QObject):
    """Decisions of the officer on duty, each with a reason and a row of custody. They hold on this workstation."""

    changed = Signal(str)
    """Camera id: a decision was committed, and the cameras are to be read again."""
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

    def quarantine(self, camera_id: str, *, reason: str) -> None:
        """Nobody sees the camera from now on."""
        self._decide(camera_id, Action.QUARANTINE, partial(camera_rows.quarantine, reason=reason))

    def lift_quarantine(self, camera_id: str, *, reason: str) -> None:
        self._decide(camera_id, Action.LIFT_QUARANTINE, partial(camera_rows.lift_quarantine, reason=reason))

    def put_standing(self, camera_id: str, standing: Standing, *, reason: str) -> None:
        write = partial(camera_rows.put_standing, standing=standing, reason=reason)
        self._decide(camera_id, Action.CHANGE_STANDING, write)

    def _decide(self, camera_id: str, action: Action, write: Callable[..., None]) -> None:
        try:
            officer = self._duty.demand(action)
        except DomainError as error:
            self.refused.emit(error)
            return
        at = self._clock.utc()

        def decide(session: Session) -> None:
            write(session, camera_id=camera_id, by=officer, at=at)

        self._futures.expect(self._store.write(decide), partial(self._decided, camera_id), self.refused.emit)

    def _decided(self, camera_id: str, _nothing: None) -> None:
        self.changed.emit(camera_id)
