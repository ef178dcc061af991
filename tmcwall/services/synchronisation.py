"""Synchronisation with the central server, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from tmcwall.db import operations
from tmcwall.domain.changes import ChangeNotice, Origin
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault
from tmcwall.log import get_logger
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol
from tmcwall.services.replica import StoreReplica
from tmcwall.sync import client
from tmcwall.sync.replica import Replica

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SyncState:
    """How synchronisation stands. `configured` False: this workstation works alone and no server is missed."""

    configured: bool = False
    online: bool = False
    pending: int = 0
    """Operations that the server does not have yet."""
    last_success_at: datetime | None = None
    fault: Fault | None = None
    loading: tuple[int, int] | None = None
    """While the server's state is taken over: entities that are in, and of how many."""


class Client(Protocol):
    """`sync.client.SyncClient`."""

    def run(self, stop: threading.Event) -> None: ...
    def notify(self) -> None: ...
    def use_token(self, token: str | None) -> None: ...


class Synchronisation(QObject):
    """Runs the client, has it push what was changed here at once, and says how it stands."""

    state_changed = Signal(object)
    """SyncState."""
    clock_offset_changed = Signal(object)
    """int: milliseconds, server clock minus ours."""
    token_refused = Signal(str)
    """The server does not take this token (any more)."""
    token_expired = Signal(str)
    """The time of this token is over: another is wanted."""

    _told = Signal(object)

    def __init__(
        self,
        *,
        store: StoreProtocol,
        changes: Changes,
        clips: Path,
        clock: Clock,
        client_of: Callable[[Replica, Callable[[client.SyncState], None]], Client] | None,
        parent: QObject | None = None,
    ) -> None:
        """`client_of` makes the client for a replica and a listener; None where no server is set."""
        super().__init__(parent)
        self._state = SyncState(configured=client_of is not None)
        self._store = store
        self._futures = FutureDispatcher()
        self._stop = threading.Event()
        self._started = self._has_token = self._begun = False
        self._told.connect(self._take_state, Qt.ConnectionType.QueuedConnection)
        self._client: Client | None = None
        self._thread: _ClientThread | None = None
        if client_of is not None:
            replica = StoreReplica(store=store, clips=clips, clock=clock)
            self._client = client_of(replica, self._told.emit)
            self._thread = _ClientThread(self._client, self._stop)
            self._thread.finished.connect(self._end)
            changes.committed.connect(self._take_notice)

    def start(self) -> None:
        """The thread begins when somebody signs in at the server: before that it would only be turned away."""
        self._started = True
        self._count_pending()
        self._begin()

    def stop(self) -> None:
        self._stop.set()
        self._futures.close()

    def join(self, timeout_s: float) -> bool:
        """Whether the thread has ended in time; for the end of the program."""
        return self._thread is None or self._thread.wait(int(timeout_s * 1000))

    @property
    def state(self) -> SyncState:
        return self._state

    @Slot(object)
    def use_token(self, token: str | None) -> None:
        """Go on as the officer who has signed in; None waits for the next one."""
        if self._client is not None:
            self._client.use_token(token)
            self._has_token = token is not None
            self._begin()

    @Slot()
    def hurry(self) -> None:
        """There is something for the server besides operations: a round begins at once."""
        if self._client is not None:
            self._client.notify()

    def _begin(self) -> None:
        if self._thread is not None and self._started and self._has_token and not self._begun:
            self._begun = True
            self._thread.start(QThread.Priority.LowPriority)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        """What was changed here is to be pushed: show so at once, however long the server is away."""
        if self._client is not None and notice.origin is Origin.HERE and notice.changed:
            self._client.notify()
            self._count_pending()

    @Slot(object)
    def _take_state(self, told: client.SyncState) -> None:
        if self._stop.is_set():
            return
        self.clock_offset_changed.emit(told.clock_offset_ms)
        state = SyncState(
            configured=True,
            online=told.online,
            pending=told.pending,
            last_success_at=told.last_success_at,
            fault=told.fault,
            loading=told.loading,
        )
        self._show(state)
        if told.refused_token is not None:
            self.token_refused.emit(told.refused_token)
        if told.expired_token is not None:
            self.token_expired.emit(told.expired_token)

    def _count_pending(self) -> None:
        if self._client is not None:
            self._futures.expect(self._store.read(operations.pending_count), self._take_pending, _unheard)

    def _take_pending(self, pending: int) -> None:
        self._show(replace(self._state, pending=pending))

    def _show(self, state: SyncState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot()
    def _end(self) -> None:
        """A thread that ended by itself has met a bug, which the log has: nothing looks synchronised any more."""
        if not self._stop.is_set():
            self._show(replace(self._state, online=False))


class _ClientThread(QThread):
    def __init__(self, runs: Client, stop: threading.Event) -> None:
        super().__init__()
        self._runs = runs
        self._stop = stop
        self.setObjectName("synchronisation")

    def run(self) -> None:
        try:
            self._runs.run(self._stop)
        except Exception:
            log.exception("synchronisation_broken")


def _unheard(refusal: Refusal) -> None:
    """The fault of the store is said by whoever wrote; the client counts again with its next attempt."""
    log.info("pending_not_counted", code=refusal.code)
