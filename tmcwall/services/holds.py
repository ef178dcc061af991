"""The hold of footage that is tagged to a case: a supervisor lets go of it, with a reason that custody keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cases, custody, operations
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.tagging import OnDuty

LONGEST_REASON: Final = 200
"""Characters."""


class Holds(QObject):
    """Who lets go answers for it; what is let go is deleted by age like what is in no case."""

    released = Signal(object)
    """Bookmark."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """Nothing happens before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def can_release(self, unit: str) -> bool:
        """Whether who is on duty may let go of footage of a case of that unit."""
        return self._duty.can(Action.RELEASE_HOLD, unit=unit)

    def release(self, bookmark_id: str, *, reason: str) -> None:
        """`released` or `refused` follows."""
        try:
            officer = self._duty.demand(Action.RELEASE_HOLD)
            unit = partial(
                _release, bookmark_id=bookmark_id, officer=officer, reason=_checked(reason), at=self._clock.utc()
            )
        except DomainError as error:
            self.refused.emit(error)
            return
        self._futures.expect(self._store.write(unit), self.released.emit, self.refused.emit)


def _checked(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise DomainError(DomainCode.FIELD_MISSING, "reason")
    if len(words) > LONGEST_REASON or not words.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    return words


def _release(session: Session, *, bookmark_id: str, officer: Officer, reason: str, at: datetime) -> Bookmark:
    held = bookmark_rows.get(session, bookmark_id)
    if held is None:
        raise DomainError(DomainCode.NOT_FOUND, f"bookmark {bookmark_id}")
    case = cases.get(session, held.case_id) if held.case_id is not None else None
    demand(officer, Action.RELEASE_HOLD, unit=case.unit if case is not None else "")
    free = replace(held, held=False)
    if operations.change(session, free, actor=officer.nrp, at=at) is None and not held.held:
        raise DomainError(DomainCode.TRANSITION_REFUSED, "release hold")
    about, action = f"bookmark/{bookmark_id}", CustodyAction.HOLD_RELEASED
    custody.append(session, actor=officer.nrp, action=action, about=about, at=at, reason=reason)
    return free
