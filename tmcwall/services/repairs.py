"""The ledger of repairs: read whenever it has changed anywhere, and written for the officer on duty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import repairs as repair_rows
from tmcwall.db.store import Session
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import Topic, entities_of
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.repair import CauseClass, Repair, answered, done, reclassified, told, withdrawn
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol
from tmcwall.services.lifecycles import OnDuty

_LISTED: Final = 1000


class Repairs(QObject):
    """The newest repairs, and what is decided about them."""

    ledger_changed = Signal()
    """`all` has others than before."""
    changed = Signal(object)
    """Repair: a decision was committed; `refused` otherwise."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, changes: Changes, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._repairs: Sequence[Repair] = ()
        self._futures = FutureDispatcher()
        unit = partial(repair_rows.newest, limit=_LISTED)
        self._refresh = Refresh(unit, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._futures.close()

    def all(self) -> Sequence[Repair]:
        """Those that are open, the longest down first, then the others, the newest first."""
        return self._repairs

    def begin(
        self,
        camera_ids: Sequence[str],
        *,
        cause: CauseClass,
        down_since: datetime,
        words: str,
        told_to: str = "",
        told_on: date | None = None,
    ) -> None:
        """`told_to` empty: nobody was told yet."""
        now, wanted = self._clock.utc(), tuple(camera_ids)

        def write(session: Session, by: Officer, at: datetime) -> Repair:
            day = told_on if told_to.strip() else None
            repair = Repair(
                str(uuid7(now)), wanted, cause, down_since, by.nrp, at, words=words, told=told_to, told_on=day
            )  # fmt: skip
            return repair_rows.begin(session, repair, by=by, at=at)

        self._decide(write)

    def tell(self, repair_id: str, whom: str, *, on: date) -> None:
        self._step(repair_id, partial(told, whom=whom, on=on))

    def answer(self, repair_id: str, words: str, *, on: date) -> None:
        self._step(repair_id, partial(answered, words=words, on=on))

    def finish(self, repair_id: str, words: str, *, on: date) -> None:
        self._step(repair_id, partial(done, words=words, on=on))

    def reclassify(self, repair_id: str, cause: CauseClass) -> None:
        self._step(repair_id, partial(reclassified, cause=cause))

    def withdraw(self, repair_id: str) -> None:
        self._step(repair_id, withdrawn)

    def _step(self, repair_id: str, change: Callable[[Repair], Repair]) -> None:
        self._decide(partial(repair_rows.step, repair_id=repair_id, change=change))

    def _decide(self, write: Callable[..., Repair]) -> None:
        try:
            officer = self._duty.demand(Action.HANDLE_INCIDENTS)
        except DomainError as error:
            self.refused.emit(error)
            return
        unit = partial(write, by=officer, at=self._clock.utc())
        self._futures.expect(self._store.write(unit), self.changed.emit, self.refused.emit)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(entities_of(Topic.REPAIRS)) or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, found: Sequence[Repair]) -> None:
        if found != self._repairs:
            self._repairs = found
            self.ledger_changed.emit()
