"""What this workstation knows and no operation says yet, said by the officer who has signed in at the server."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Slot

from tmcwall.db import operations
from tmcwall.domain.clock import Clock
from tmcwall.domain.officer import Officer
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol

log = get_logger(__name__)

_IN_A_TRANSACTION: Final = 200
"""Entities: an officer who tags meanwhile waits for the writer no longer than that."""


class OnDuty(Protocol):
    """The part of `Duty` that is asked who is signed in at the server."""

    @property
    def officer(self) -> Officer | None: ...

    @property
    def online(self) -> bool: ...


class Vouching(QObject):
    """Cameras that were here before they were synchronised, or that a command has taken in, go to the server.

    They do so in the name of an officer who may write them, once one is signed in at the server.
    """

    def __init__(self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()
        self._busy = self._again = False

    def start(self) -> None:
        """It reads nothing until somebody is signed in."""

    def stop(self) -> None:
        self._futures.close()

    @Slot()
    def look(self) -> None:
        """Somebody has signed in, or something was changed that nobody has answered for."""
        if self._busy:
            self._again = True
        else:
            self._go_on(("", ""))

    def _go_on(self, after: tuple[str, str]) -> None:
        officer = self._duty.officer
        self._busy = officer is not None and self._duty.online
        if officer is None or not self._busy:
            return
        vouch = partial(
            operations.vouch, officer=officer, at=self._clock.utc(), after=after, limit=_IN_A_TRANSACTION
        )  # fmt: skip
        self._futures.expect(self._store.write(vouch), self._take, self._take_refusal)

    def _take(self, reached: tuple[str, str] | None) -> None:
        if reached is not None:
            self._go_on(reached)
        else:
            self._end()

    def _take_refusal(self, refusal: Refusal) -> None:
        """The store says its fault itself; the next sign-in tries again."""
        log.warning("not vouched for", code=refusal.code)
        self._end()

    def _end(self) -> None:
        self._busy, again = False, self._again
        self._again = False
        if again:
            self.look()
