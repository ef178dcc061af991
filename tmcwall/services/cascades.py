"""The cascades of Kenita alarms: how far each has gone, and who was told. The same at all workstations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import cascades as rows
from tmcwall.db import operations
from tmcwall.db.store import Session
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import Incident
from tmcwall.domain.kenita import Cascade, CascadeStep, Level, StepKind, Timers, cascade_of
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.incidentdesk import OnDuty

_RIGHT: Final = KINDS[Entity.CASCADE_STEP].right


class Cascades(QObject):
    """Shows and logs; it tells nobody: delivery is the work of Libas."""

    changed = Signal(str)
    """Id of the incident whose cascade has a new step."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        changes: Changes,
        duty: OnDuty,
        clock: Clock,
        timers: Timers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._timers = timers
        self._futures = FutureDispatcher()
        self._steps: dict[str, dict[str, CascadeStep]] = {}
        """By incident and id."""
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._futures.expect(self._store.read(rows.of_open_incidents), self._take, self.refused.emit)

    def stop(self) -> None:
        self._futures.close()

    def of(self, incident: Incident) -> Cascade:
        """How its cascade stands now."""
        steps = self._steps.get(incident.id, {}).values()
        return cascade_of(incident, steps, now=self._clock.utc(), timers=self._timers)

    def notified(self, incident_id: str, level: Level, contact_id: str, *, at: datetime) -> None:
        """A contact was told at that time. `changed` or `refused` follows."""
        self._write(incident_id, StepKind.NOTIFIED, at=at, level=level, contact_id=contact_id)

    def acknowledge(self, incident_id: str) -> None:
        """Somebody has answered. `changed` or `refused` follows."""
        self._write(incident_id, StepKind.ACKNOWLEDGED, at=self._clock.utc())

    def all_clear(self, incident_id: str) -> None:
        """The danger is over. `changed` or `refused` follows."""
        self._write(incident_id, StepKind.ALL_CLEAR, at=self._clock.utc())

    def _write(
        self,
        incident_id: str,
        kind: StepKind,
        *,
        at: datetime,
        level: Level | None = None,
        contact_id: str | None = None,
    ) -> None:
        try:
            officer = self._duty.demand(_RIGHT)
        except DomainError as error:
            self.refused.emit(error)
            return
        now = self._clock.utc()
        step = CascadeStep(str(uuid7(now)), incident_id, kind, at, now, officer.nrp, level, contact_id)

        def write(session: Session) -> Sequence[CascadeStep]:
            operations.change(session, step, actor=officer.nrp, at=now)
            return (step,)

        self._futures.expect(self._store.write(write), self._take, self.refused.emit)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        ids = notice.ids(Entity.CASCADE_STEP)
        if ids:
            self._futures.expect(self._store.read(partial(rows.some, step_ids=ids)), self._take, self.refused.emit)

    def _take(self, steps: Sequence[CascadeStep]) -> None:
        changed = []
        for step in steps:
            known = self._steps.setdefault(step.incident_id, {})
            if known.get(step.id) != step:
                known[step.id] = step
                changed.append(step.incident_id)
        for incident_id in dict.fromkeys(changed):
            self.changed.emit(incident_id)
