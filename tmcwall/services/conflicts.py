"""What two workstations changed without seeing each other's change: shown until an officer has looked at both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import conflicts as conflict_rows
from tmcwall.db import rows
from tmcwall.db.store import Session
from tmcwall.db.units import unit_of
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.merge import Conflict
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol
from tmcwall.services.tagging import OnDuty


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A conflict, and what it is about as officers know it: a report number, a camera's name, an incident's text."""

    conflict: Conflict
    subject: str
    unit: str = ""
    """Whose it is; empty: everybody's."""


class Conflicts(QObject):
    """The conflicts that nobody has settled yet on this workstation."""

    changed = Signal()
    """`open` has others than before."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, changes: Changes, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()
        self._open: Sequence[OpenConflict] = ()
        self._refresh = Refresh(_open_conflicts, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._futures.close()

    def open(self) -> Sequence[OpenConflict]:
        """Oldest first; without those of other units."""
        return tuple(one for one in self._open if not one.unit or self._duty.can(Action.VIEW, unit=one.unit))

    @Slot()
    def follow_duty(self) -> None:
        """Another officer sees those of other units."""
        self.changed.emit()

    def settle(self, conflict_id: str) -> None:
        """The officer on duty has looked at both values; into custody. What stands still stands."""
        try:
            unit = next((one.unit for one in self._open if one.conflict.id == conflict_id), "")
            officer = self._duty.demand(Action.RESOLVE_CONFLICT, unit=unit)
        except DomainError as error:
            self.refused.emit(error)
            return
        settle = partial(
            conflict_rows.settle, conflict_id=conflict_id, actor=officer.nrp, at=self._clock.utc()
        )  # fmt: skip
        self._futures.expect(self._store.write(settle), _settled, self.refused.emit)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        """Those that are open may be known by something else than before, whatever has changed."""
        if notice.conflicts or self._open or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, found: Sequence[OpenConflict]) -> None:
        if found != self._open:
            self._open = found
            self.changed.emit()


def _settled(_nothing: None) -> None:
    """The notice of the commit has it read again."""


def _open_conflicts(session: Session) -> Sequence[OpenConflict]:
    return tuple(
        OpenConflict(one, subject_of(session, one.entity, one.entity_id), unit_of(session, one.entity, one.entity_id))
        for one in conflict_rows.unsettled(session)
    )


def subject_of(session: Session, entity: Entity, entity_id: str) -> str:
    """What an entity is about as officers know it; empty for what this workstation does not have."""
    kind, value = KINDS[entity], rows.get(session, entity, entity_id)
    if value is None:
        return ""
    if kind.subject is not None:
        return kind.subject(value)
    return subject_of(session, kind.parent.entity, getattr(value, kind.parent.field)) if kind.parent is not None else ""
