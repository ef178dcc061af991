"""Operations that are kept without effect: own ones that the server refused, and what nobody here can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import operations, server_order
from tmcwall.db.store import Session
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.conflicts import subject_of
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol


@dataclass(frozen=True, slots=True)
class KeptOperation:
    """One of them. Nothing but `reason` is known of what could not be read."""

    reason: str
    """A code of the server or of this version, or the words of whoever took it out of effect."""
    entity: Entity | None = None
    subject: str = ""
    """What it is about as officers know it; empty for what is not here."""
    actor: str = ""
    made_at: datetime | None = None


class Quarantine(QObject):
    """What is kept without effect, as the store has it."""

    changed = Signal()
    """`kept` has others than before."""

    def __init__(self, *, store: StoreProtocol, changes: Changes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._futures = FutureDispatcher()
        self._kept: Sequence[KeptOperation] = ()
        self._refresh = Refresh(_kept, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._futures.close()

    def kept(self) -> Sequence[KeptOperation]:
        """Oldest first, those that could not be read last."""
        return self._kept

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        """One that waited for its officer has its effect again once it comes back from the server."""
        if notice.without_effect or self._kept or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, found: Sequence[KeptOperation]) -> None:
        if found != self._kept:
            self._kept = found
            self.changed.emit()


def _kept(session: Session) -> Sequence[KeptOperation]:
    quarantined = [
        KeptOperation(
            reason,
            operation.entity,
            subject_of(session, operation.entity, operation.entity_id),
            operation.actor,
            operation.made_at,
        )
        for operation, reason in operations.quarantined(session)
    ]
    return (*quarantined, *(KeptOperation(one.reason) for one in server_order.unread(session)))
