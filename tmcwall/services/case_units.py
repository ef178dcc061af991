"""Which unit's a case is: who sees it follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import cases as case_rows
from tmcwall.db import operations
from tmcwall.db.store import Session
from tmcwall.db.units import known_units
from tmcwall.domain.case import Case
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, check_units, demand
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.tagging import OnDuty


class CaseUnits(QObject):
    """Changed by who may edit that case; the change is an operation and in custody, as every other."""

    changed = Signal(object)
    """Case: after the commit."""
    refused = Signal(object)
    """Fault or DomainError."""
    known_changed = Signal()
    """`known`."""

    def __init__(self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._known: tuple[str, ...] = ()
        self._futures = FutureDispatcher()

    def start(self) -> None:
        self.look()

    def stop(self) -> None:
        self._futures.close()

    @property
    def known(self) -> Sequence[str]:
        """Units that are named anywhere here, as of the last `look`."""
        return self._known

    @Slot()
    def look(self) -> None:
        """`known_changed` follows."""
        self._futures.expect(self._store.read(known_units), self._take_known, self.refused.emit)

    def may_change(self, case: Case) -> bool:
        return self._duty.can(Action.EDIT_CASE, unit=case.unit)

    def sees(self, unit: str) -> bool:
        """Whether the officer on duty would see a case of that unit."""
        return self._duty.can(Action.VIEW, unit=unit)

    def put(self, case_id: str, unit: str) -> None:
        """Empty: everybody's. `changed` or `refused` follows."""
        try:
            kept = next(iter(check_units([unit])), "")
            officer = self._duty.demand(Action.EDIT_CASE)
        except DomainError as error:
            self.refused.emit(error)
            return
        work = partial(_put, case_id=case_id, unit=kept, by=officer, at=self._clock.utc())
        self._futures.expect(self._store.write(work), self.changed.emit, self.refused.emit)

    def _take_known(self, known: tuple[str, ...]) -> None:
        self._known = known
        self.known_changed.emit()


def _put(session: Session, *, case_id: str, unit: str, by: Officer, at: datetime) -> Case:
    """Raises DomainError(NOT_FOUND, NOT_ALLOWED)."""
    case = case_rows.get(session, case_id)
    if case is None:
        raise DomainError(DomainCode.NOT_FOUND, case_id)
    demand(by, Action.EDIT_CASE, unit=case.unit)
    after = replace(case, unit=unit)
    operations.change(session, after, actor=by.nrp, at=at)
    return after
