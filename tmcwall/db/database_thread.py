"""A thread with one connection that runs units of work one after the other and hands back futures."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tmcwall.db.connection import driver_connection, translated
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger

log = get_logger(__name__)

T = TypeVar("T")

Task = Callable[[Connection], None]

_LASTING = frozenset({FaultCode.DISK_FAILED, FaultCode.STORE_CORRUPT})
"""After these nothing more is written: what an `fsync` has failed on is not known to be on the disk later either."""


class DatabaseThread:
    """Runs units in the order in which they come; each is one transaction, and its future is done after the commit.

    `open_connection`, the units, `committed`, `idle` and `shut` run in the line's own thread; all other methods never
    wait. `folder` is the store's, which is looked at when SQLite blames the disk. `committed` is called with each
    unit's session once its future is done; not for a unit that failed.
    """

    def __init__(
        self,
        name: str,
        open_connection: Callable[[], Connection],
        *,
        folder: Path,
        committed: Callable[[Session], None] | None = None,
        idle: Callable[[Connection], None] | None = None,
        idle_s: float | None = None,
        shut: Callable[[Connection], None] | None = None,
    ) -> None:
        self.opened: Future[None] = Future()
        self._open_connection = open_connection
        self._folder = folder
        self._committed = committed
        self._idle = idle
        self._idle_s = idle_s
        self._shut = shut
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._accepting = True
        self._abandoned = False
        self._gate = threading.Lock()
        self._connection: Connection | None = None
        self._lasting_fault: Fault | None = None
        # A daemon: a unit that hangs in the disk must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, unit: Callable[[Session], T]) -> Future[T]:
        """The future of that unit; it is cancelled at once when the line has closed."""
        future: Future[T] = Future()

        def task(connection: Connection) -> None:
            self._carry_out(unit, future, connection)

        with self._gate:
            if self._accepting:
                self._tasks.put(task)
                return future
        future.cancel()
        future.set_running_or_notify_cancel()
        return future

    def retire(self) -> None:
        """Takes nothing more, finishes what was submitted and ends; nobody waits for it."""
        with self._gate:
            if self._accepting:
                self._accepting = False
                self._tasks.put(None)

    def close(self, timeout_s: float) -> bool:
        """Finishes what was submitted and ends; after the time the rest is cancelled. Whether the thread has ended."""
        self.retire()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self._abandoned = True
            connection = self._connection
            if connection is not None:
                with suppress(Exception):  # whatever state it is in, there is nothing left to do with it
                    driver_connection(connection).interrupt()
            self._thread.join(0.2)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with translated(self._folder):
                connection = self._open_connection()
        except BaseException as error:  # noqa: BLE001 - the top of the thread: handed to whoever waits for the opening
            self.opened.set_exception(error)
            return
        self._connection = connection
        self.opened.set_result(None)
        try:
            self._serve(connection)
            if self._shut is not None:
                self._shut(connection)
        except Exception:
            log.exception("store thread ended by a bug", thread=self._thread.name)
        finally:
            self._connection = None
            connection.close()
            connection.engine.dispose()

    def _serve(self, connection: Connection) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=self._idle_s)
            except queue.Empty:
                task = _NOTHING
            if task is None:
                return
            task(connection)
            if self._idle is not None and not self._abandoned and self._tasks.empty():
                self._idle(connection)

    def _carry_out(self, unit: Callable[[Session], T], future: Future[T], connection: Connection) -> None:
        if self._abandoned:
            future.cancel()
        if not future.set_running_or_notify_cancel():
            return
        try:
            if self._lasting_fault is not None:
                raise self._lasting_fault
            with translated(self._folder), Session(bind=connection, autoflush=False) as session, session.begin():
                result = unit(session)
        except BaseException as error:  # noqa: BLE001 - the top of the unit: a fault or a bug, for whoever asked
            if isinstance(error, Fault) and error.code in _LASTING:
                self._lasting_fault = error
            future.set_exception(error)
        else:
            future.set_result(result)
            if self._committed is not None:
                self._committed(session)


def _nothing(_connection: Connection) -> None:
    pass


_NOTHING: Task = _nothing
